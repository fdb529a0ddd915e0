"""Every other file that people hand over, damaged byte by byte: changes, AWS and Terraform answers, analyses, settings.

The answer is a result or a place with a message; never a traceback, nothing that a terminal obeys, and no file half written.
"""

import json
import random
import tracemalloc
from pathlib import Path

import pytest

from tests.fuzz.editing import HOSTILE, edited, words_of
from tests.interop.accounts import account
from tests.interop.terraform_files import APPLIANCE, state
from tests.interop.test_import_services import balancer, gwlb, transit
from tests.interop.test_reachability import SCENARIO, analysis
from vpctui.cli import main
from vpctui.scenario.reading import read_scenario
from vpctui.tui.config import read_config

CHANGES = """# changed on Monday
eni-fw.source_dest_check=on
rtb-app[0.0.0.0/0]=igw

igw.route_table=none
i-fw.state=stopped
sg-app.ingress+=tcp 443 0.0.0.0/0
flows.web.ttl=2
assume.asymmetric_return=drop
"""
CONFIG = 'language = "ja"\ntheme = "dark"\ncolor = "16"\nascii = true\n\n[keys]\nstep = ["n", "right"]\nundo = ["u"]\n'
TRIED = 200
"""Damaged files of each kind."""


def pretty(value: object) -> str:
    return json.dumps(value, indent=1)


SOURCES: dict[str, tuple[str, ...]] = {
    "changes": (CHANGES,),
    "aws": tuple(pretty(make()) for make in (account, balancer, gwlb, transit)),
    "terraform": (pretty(state(*APPLIANCE)),),
    "analysis": (pretty(analysis()),),
    "settings": (CONFIG,),
}


def damaged(text: str, chance: random.Random) -> bytes:
    """What an editor, a pager, a broken disk, a shell of Windows or an enemy makes of a file."""
    match chance.randrange(9):
        case 0:
            return text.encode()[: chance.randrange(len(text))]
        case 1:
            data = bytearray(text.encode())
            for _ in range(chance.randint(1, 5)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            return bytes(data)
        case 2:
            return text.encode(chance.choice(("utf-16", "utf-8-sig", "utf-32", "utf-16-be")))
        case 3:
            at = chance.randrange(len(text))
            return (text[:at] + chance.choice("[{(\"'") * chance.choice((3, 200_000)) + text[at:]).encode()
        case 4:
            return chance.choice((b"", b"\0" * 100, b"\xff\xfe", b"null", b"0", b'"x"', b"\n" * 9999, b"x" * 100_000, chance.randbytes(300)))
        case 5:
            at = chance.randrange(len(text))
            return (text[:at] + chance.choice(HOSTILE) + text[at:]).encode("utf-8", "surrogatepass")
        case _:
            return edited(text, chance, words_of(text)).encode("utf-8", "surrogatepass")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "net.yaml").write_text(SCENARIO, encoding="utf-8")
    return tmp_path


def command(kind: str, file: Path) -> list[str]:
    """What reads a file of a kind."""
    return {
        "changes": ["trace", "appliance", "--set", f"@{file}"],
        "aws": ["import", "aws", str(file), "--output", str(file.parent / "out.yaml")],
        "terraform": ["import", "terraform", str(file), "--output", str(file.parent / "out.yaml")],
        "analysis": ["compare-ra", str(file), str(file.parent / "net.yaml")],
    }[kind]


@pytest.mark.parametrize("kind", ["changes", "aws", "terraform", "analysis"])
def test_a_damaged_file_gets_a_result_or_a_message(kind: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = place / "f.json", place / "out.yaml"
    for seed in range(TRIED):
        chance = random.Random(seed)
        file.write_bytes(damaged(chance.choice(SOURCES[kind]), chance))
        out.unlink(missing_ok=True)
        status = main(command(kind, file))
        printed = capsys.readouterr()
        assert status in (0, 1, 2), seed
        assert printed.out + printed.err or out.exists(), seed
        assert all(each.isprintable() or each in "\n\u3000" for stream in printed for each in stream), (seed, printed)
        assert "Traceback" not in printed.err
        assert status != 2 or any(name in printed.err for name in ("f.json", "nia-1")), (seed, printed.err)
        if out.exists():
            scenario, problems = read_scenario(out.read_bytes(), "out.yaml")
            assert scenario is not None, (seed, problems)
        assert {left.name for left in place.iterdir()} <= {"f.json", "out.yaml", "net.yaml"}


def test_damaged_settings_are_taken_or_every_mistake_is_told(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    for seed in range(10 * TRIED):
        file.write_bytes(damaged(CONFIG, random.Random(seed)))
        found = read_config(file)
        assert not isinstance(found, list) or all(found), seed


@pytest.mark.parametrize("kind", ["changes", "aws", "terraform", "analysis"])
def test_fifty_megabytes_are_answered_within_bounds(kind: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A log file named by mistake: it costs its own size a few times over at most."""
    file = place / "f.json"
    file.write_bytes(b"0123456789abcdef" * (50_000_000 // 16))
    tracemalloc.start()
    status = main(command(kind, file))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert status == 2
    assert peak < 400_000_000
    assert len(capsys.readouterr().err) < 2000
