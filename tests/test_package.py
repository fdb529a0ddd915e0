"""The package as it is installed: what the wheel carries, the console script, and that commands without a screen never load one."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import vpctui

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package as the wheel installs it, away from the repository."""
    folder = tmp_path_factory.mktemp("site")
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


def run_installed(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    return subprocess.run([sys.executable, *arguments], cwd=installed, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def test_the_wheel_carries_every_scenario_and_data_file(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        for path in (ROOT / "scenarios").glob("*.yaml"):
            assert archive.read(f"vpctui/scenarios/{path.name}") == path.read_bytes()
    assert "vpctui/scenarios/appliance.yaml" in names
    assert "vpctui/py.typed" in names
    wanted = {path.relative_to(ROOT).as_posix() for path in (ROOT / "vpctui").rglob("*") if path.suffix in (".py", ".csv")}
    assert wanted <= names
    assert not [name for name in names if name.startswith(("tests/", "tools/", "benchmarks/"))]


def test_the_wheel_names_its_command_licence_and_version(wheel: Path) -> None:
    about = f"vpctui-{vpctui.__version__}.dist-info"
    with zipfile.ZipFile(wheel) as archive:
        assert "vpctui = vpctui.cli:main" in archive.read(f"{about}/entry_points.txt").decode()
        metadata = archive.read(f"{about}/METADATA").decode()
        assert archive.read(f"{about}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
    assert "License-Expression: Apache-2.0" in metadata
    assert "Requires-Python: >=3.11" in metadata


def test_the_installed_program_runs_away_from_the_repository(installed: Path) -> None:
    where = run_installed(installed, "-c", "import vpctui; print(vpctui.__file__)")
    assert where.stdout.startswith(str(installed))
    done = run_installed(installed, "-m", "vpctui", "trace", str(installed / "vpctui/scenarios/appliance.yaml"))
    assert (done.returncode, done.stderr) == (0, "")


def test_the_version_is_one(installed: Path) -> None:
    assert run_installed(installed, "-m", "vpctui", "--version").stdout.strip() == f"vpctui {vpctui.__version__}"
    assert f"## {vpctui.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


WITHOUT_A_SCREEN = (
    ["trace", "scenarios/appliance.yaml"],
    ["trace", "scenarios/appliance.yaml", "--format", "json"],
    ["check", "scenarios/appliance.yaml"],
    ["schema"],
    ["--version"],
)


@pytest.mark.parametrize("arguments", WITHOUT_A_SCREEN, ids=" ".join)
def test_commands_without_a_screen_do_not_load_textual(arguments: list[str]) -> None:
    program = (
        "import sys\n"
        "from vpctui.cli import main\n"
        "try:\n    status = main(sys.argv[1:])\nexcept SystemExit as left:\n    status = left.code\n"
        "loaded = [name for name in sys.modules if name.partition('.')[0] == 'textual']\n"
        "sys.exit(f'loads {loaded}' if loaded else status)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
