"""The installed program on a real terminal."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.tui.terminal import Terminal

Start = Callable[..., Terminal]
READY = "q quit"


@pytest.fixture
def start(root: Path, tmp_path: Path) -> Start:
    """`start("--ascii", size=(120, 40))` opens the explorer on the appliance scenario and waits for its first frame."""

    def open_explorer(
        *arguments: str,
        scenario: str = "appliance",
        size: tuple[int, int] = (80, 24),
        term: str = "xterm",
        env: Mapping[str, str] | None = None,
        sync: bool = False,
    ) -> Terminal:
        command = [sys.executable, "-m", "vpctui", str(root / "scenarios" / f"{scenario}.yaml"), *arguments]
        environment = {"PYTHONPATH": str(root), "HOME": str(tmp_path), **(env or {})}
        terminal = Terminal(command, size=size, term=term, env=environment, sync=sync)
        terminal.wait_for(READY)
        terminal.read()
        return terminal

    return open_explorer
