"""The installed program on a real terminal."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.tui.person import Person, Sit
from tests.tui.terminal import Terminal
from vpctui.tui.desk import Settings

Start = Callable[..., Terminal]
READY = "q quit"


@pytest.fixture
def start(root: Path, tmp_path: Path) -> Start:
    """`start("--ascii", size=(120, 40))` opens the explorer on the appliance scenario and waits for its first frame."""

    def open_explorer(
        *arguments: str,
        scenario: str | Path = "appliance",
        size: tuple[int, int] = (80, 24),
        term: str = "xterm",
        env: Mapping[str, str] | None = None,
        sync: bool = False,
        ready: str = READY,
    ) -> Terminal:
        path = scenario if isinstance(scenario, Path) else root / "scenarios" / f"{scenario}.yaml"
        command = [sys.executable, "-m", "vpctui", str(path), *arguments]
        environment = {"PYTHONPATH": str(root), "HOME": str(tmp_path), **(env or {})}
        terminal = Terminal(command, size=size, term=term, env=environment, sync=sync)
        terminal.wait_for(ready)
        terminal.read()
        return terminal

    return open_explorer


@pytest.fixture
def sit(root: Path) -> Sit:
    """`sit("appliance", language="ja")` opens a bundled scenario, or a file, without a terminal."""

    def at(
        scenario: str | Path = "appliance",
        size: tuple[int, int] = (80, 24),
        predict: bool = False,
        arguments: tuple[str, ...] = (),
        **settings: object,
    ) -> Person:
        path = scenario if isinstance(scenario, Path) else root / "scenarios" / f"{scenario}.yaml"
        return Person(path, Settings(**settings), size, predict=predict, arguments=arguments)  # type: ignore[arg-type]

    return at
