"""What the README promises: its commands, its example, its links."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def blocks(language: str) -> list[str]:
    """The fenced blocks of the README in that language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def setting_up() -> list[str]:
    return [block.strip() for block in blocks("sh") if "-m venv" in block]


def screenless() -> list[str]:
    lines = [line.split("  #")[0].strip() for block in blocks("sh") for line in block.splitlines()]
    return [line for line in lines if line.startswith("vpctui ")]


def test_two_commands_do_all_the_setting_up() -> None:
    run, tests = setting_up()
    assert run.endswith("&& .venv/bin/vpctui scenarios/appliance.yaml")
    assert tests.endswith("&& .venv/bin/pytest")
    assert "\n" not in run + tests
    assert (ROOT / "scenarios/appliance.yaml").is_file()


def test_ci_calls_the_test_command_word_for_word() -> None:
    _, tests = setting_up()
    assert tests in [line.strip() for line in (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()]


def test_the_example_is_a_scenario_that_holds(tmp_path: Path) -> None:
    (example, modeline) = blocks("yaml")
    path = tmp_path / "example.yaml"
    path.write_text(modeline + example, encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "vpctui", "check", str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("line", screenless())
def test_every_command_without_a_screen_works_as_told(line: str) -> None:
    command = line.partition(" > ")[0]
    done = subprocess.run([sys.executable, "-m", *shlex.split(command)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == (1 if "source_dest_check=on" in command else 0), done.stderr
    assert done.stdout.strip()


def pages() -> list[Path]:
    return [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("benchmarks/*.md")]


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```|`[^`]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
    assert [target for target in targets if target and not (page.parent / target).exists()] == []
