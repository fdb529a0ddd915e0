"""What updates leave on a real terminal is what a person who had not looked before would be shown, whatever was pressed."""

import random
import time

import pyte
import pytest

from tests.tui.conftest import Start
from tests.tui.person import Person, Sit
from tests.tui.terminal import Terminal
from vpctui.tui.colours import Palette, theme_for
from vpctui.tui.painting import paint
from vpctui.tui.writing import Writer

NAMED = {"<escape>": "\x1b[27u", "<enter>": "\r", "<tab>": "\t", "<backspace>": "\x7f", "<up>": "\x1b[A", "<down>": "\x1b[B", "<pagedown>": "\x1b[6~"}
KEYS = [*"nnnn...pp,][gGrmm||iiddffee??ttzz1234jjkkhhll u=L/:f", *NAMED, "<escape>"]
"""Those that suspend, quit or write files left out.  Escape is written so that nothing can follow it: a bare one, read late by a program that the
machine keeps waiting, would be the beginning of the key after it."""
PATIENCE = 30.0
"""Seconds until a screen counts as wrong: the machine may be busy with anything else."""
Cell = tuple[object, ...]


def looks(screen: pyte.Screen) -> list[list[Cell]]:
    """Every cell and how it looks; of a blank that is its ground alone."""
    rows = ([screen.buffer[y][x] for x in range(screen.columns)] for y in range(screen.lines))
    return [[(cell.data, cell.bg, cell.reverse, *((cell.fg, cell.bold) if cell.data.strip() or cell.reverse else ())) for cell in row] for row in rows]


def painted(person: Person, theme: str) -> pyte.Screen:
    """The person's screen, written as a whole on an empty terminal."""
    screen = pyte.Screen(*person.explorer.desk.size)
    pyte.Stream(screen).feed(Writer(Palette(theme_for("16", theme, {}), "16")).whole(paint(person.explorer.desk)))
    return screen


@pytest.mark.parametrize(
    ("scenario", "size", "language", "theme"),
    [
        ("appliance", (80, 24), "ja", ""),
        ("tgw-inspection", (120, 40), "en", "dark"),
        ("gwlb-edge", (200, 60), "ja", ""),
        ("nat-gateway", (60, 16), "en", "light"),
    ],
)
def test_updates_leave_what_a_whole_repaint_shows(start: Start, sit: Sit, scenario: str, size: tuple[int, int], language: str, theme: str) -> None:
    chance = random.Random(f"{scenario} {size}")
    person = sit(scenario, size, language=language)
    with start("--lang", language, *(("--theme", theme) if theme else ()), scenario=scenario, size=size, ready="─") as terminal:
        for turn in range(6):
            if turn == 3:
                # What was pressed before is done, and what follows waits: keys and the new size come by different ways, in any order.
                terminal.resize(size[0] - 7, size[1] + 2)
                person.explorer.resize((size[0] - 7, size[1] + 2))
                _settle(terminal, painted(person, theme))
            pressed = [chance.choice(KEYS) for _ in range(7)]
            for key in pressed:
                terminal.press(NAMED.get(key, key), quiet=0.01)
                person.press(key)
            expected = painted(person, theme)
            _settle(terminal, expected)
            assert looks(terminal.screen) == looks(expected), f"after {pressed}\n{terminal.text}\n--- expected\n" + "\n".join(expected.display)


def _settle(terminal: Terminal, expected: pyte.Screen) -> None:
    """Read until the screen shows what is expected, as long as it may take; then whatever still comes."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and looks(terminal.screen) != looks(expected):
        terminal.read(0.1, 1.0)
    terminal.read(0.05)
