"""What many tests ask for: programs of the machine, the reference material, a terminal environment that leaks nothing in."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TERMINAL_VARIABLES = ("NO_COLOR", "COLORTERM", "COLUMNS", "LINES", "TMUX", "STY", "VPCTUI_THEME")


def in_ci() -> bool:
    """Whether this run is a CI run, where everything must be there."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


@pytest.fixture
def root() -> Path:
    """The top of the repository."""
    return ROOT


@pytest.fixture
def program() -> Callable[[str], str]:
    """`program("tmux")` is the path of that program; without it the test is skipped, or fails in CI, where it must be installed."""

    def find(name: str) -> str:
        found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")
        if found is None:
            reason = f"{name} is not installed (tests/install-system-packages installs it)"
            if in_ci():
                pytest.fail(reason)
            pytest.skip(reason)
        return found

    return find


@pytest.fixture
def superuser() -> None:
    """The test needs root: network namespaces, raw sockets."""
    if os.geteuid() != 0:
        pytest.skip("needs root")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference material that lies beside a developer's checkout; it is no part of the project, so its absence skips the test."""
    folder = ROOT.parent / "shared"
    if not (folder / "reference" / "drop-reasons.csv").is_file():
        pytest.skip("the reference material is not beside this checkout")
    return folder


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Tests see the same terminal whoever starts them: no colour wishes, no multiplexer, no user configuration."""
    # Programs that a test starts keep their bytecode, as installed ones do: compiling it at every start would be measured too.
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    for name in [*TERMINAL_VARIABLES, *(name for name in os.environ if name.startswith("TEXTUAL"))]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.getbasetemp() / "no-configuration"))
