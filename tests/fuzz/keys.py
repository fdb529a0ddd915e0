"""Random keys for the explorer, headless: what a cat on the keyboard, a terminal being dragged about and a hostile clipboard would send.

    python -m tests.fuzz.keys --keys 1000000           over all bundled scenarios, in turns
    python -m tests.fuzz.keys --scenario appliance --seed 7 --keys 2000   one journey again, as a report names it

Every frame is looked at: as many lines as the terminal has, each exactly as wide, nothing in them that a terminal would obey.
Exit status 1 when anything was found; each finding names the journey and its last keys.
"""

import argparse
import random
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from vpctui.cli.handing import handout_of
from vpctui.describe.width import cells
from vpctui.engine import change as changes
from vpctui.exploration import Exploration, begin
from vpctui.scenario.changing import state_of
from vpctui.scenario.reading import read_scenario
from vpctui.scenario.scenario import Scenario
from vpctui.scenario.typed import typed_flow
from vpctui.tui.desk import Settings
from vpctui.tui.effects import Picture, Quit, Write
from vpctui.tui.explorer import Explorer
from vpctui.tui.keys import ACTIONS
from vpctui.tui.painting import paint

FILES = sorted((Path(__file__).resolve().parent.parent.parent / "scenarios").glob("*.yaml"))
JOURNEY = 2000
"""Keys of one journey; the next one begins afresh, with another scenario."""
SIZES = ((80, 24), (80, 24), (120, 40), (200, 60), (40, 10), (39, 9), (1, 1), (70, 18), (69, 17), (160, 20), (400, 120), (41, 200), (300, 10))
LOOKED_AT = 1000
"""Cells of a screen of which every frame is looked at; of larger ones it is every second, tenth, fiftieth."""
NAMED = ("f1", "f12", "insert", "delete", "backspace", "ctrl+@", "ctrl+a", "ctrl+u", "ctrl+w", "shift+f3", "alt+x", "escape", "enter", "tab", "up", "left")
PASTES = ("", "n", "\n", "a\nb", "\x1b[31m", "\x1b]52;c;aGk=\x07", "\x00", "\x9b1m", "戻り値", "e\u0301\u200d", "\u202e", "[bold]x[/]", "x" * 5000, "\ud800")
KEYS = tuple(key for action in ACTIONS for key in action.keys)
STRAY = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCXYZ[\\]^_`abcxyz{|}~é戻\u3000"


class Found(Exception):
    """Something that must never happen, in words."""


class Journey:
    """One explorer with a generator of keys."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario, self.chance = scenario, random.Random(seed)
        self.done: list[str] = []
        self.places = [setting.place for record in scenario.network for setting in changes.settings(record.id, scenario.network)]
        self.start()

    def start(self) -> None:
        """A new explorer, as a command line opens it."""
        chance = self.chance
        settings = Settings(
            language=chance.choice(("en", "ja")), ascii=chance.random() < 0.2, read_only=chance.random() < 0.1, multiplexed=chance.random() < 0.3
        )
        exploration = begin(self.scenario.name, state_of(self.scenario), asker=typed_flow)
        assert isinstance(exploration, Exploration)
        handout = handout_of(self.scenario, exploration, predict=chance.random() < 0.2)
        self.explorer = Explorer(exploration, settings, chance.choice(SIZES), handout)

    def go(self, count: int) -> None:
        """So many random deeds.  Raises Found, or whatever the explorer raises."""
        for _ in range(count):
            self.deed()
            self.look()

    def deed(self) -> None:
        """A key mostly; now and then another size, a paste, a click, a line typed into the prompt."""
        what = self.chance.random()
        if what < 0.03:
            size = self.chance.choice(SIZES) if self.chance.random() < 0.7 else (self.chance.randint(1, 260), self.chance.randint(1, 90))
            self.done.append(f"size {size}")
            self.explorer.resize(size)
        elif what < 0.05:
            text = self.chance.choice(PASTES)
            self.done.append(f"paste {text!r}")
            self.explorer.paste(text)
        elif what < 0.07:
            x, y = self.chance.randint(-1, 260), self.chance.randint(-1, 90)
            self.done.append(f"click {x} {y}")
            self.explorer.click(x, y)
        elif what < 0.09:
            for key in (":", *self.line(), "enter"):
                self.press(key)
        else:
            self.press(self.chance.choice(KEYS) if what < 0.85 else self.chance.choice(STRAY) if what < 0.95 else self.chance.choice(NAMED))

    def line(self) -> str:
        """What somebody may type: a change that is offered, half of one, a number, a flow, anything."""
        chance = self.chance
        place, ids = chance.choice(self.places or [""]), [record.id for record in self.scenario.network]
        texts = (
            f"{place}={chance.choice(('on', 'off', 'none', 'stopped', '10.0.0.0/8', '', chance.choice(ids)))}",
            place[: chance.randint(0, len(place))],
            str(chance.randint(-5, 99999)),
            f"{chance.choice(ids)} {chance.choice(ids)}:80",
            f"-{chance.choice(ids)}",
            "".join(chance.choice(STRAY) for _ in range(chance.randint(0, 30))),
        )
        return chance.choice(texts)

    def press(self, key: str) -> None:
        """A key as the terminal's part hands it over; leaving begins anew.  Raises Found when a file is to be written whose name nobody saw."""
        self.done.append(key)
        prompt = self.explorer.desk.prompt
        typed = prompt.text if prompt is not None else ""
        effect = self.explorer.press("space" if key == " " else key, key if len(key) == 1 else None)
        if isinstance(effect, Quit):
            self.start()
        elif isinstance(effect, Write | Picture) and effect.name not in typed:
            raise Found(f"a file would be written that nobody named: {effect.name!r}")

    def look(self) -> None:
        """The frame is a rectangle of printable cells with the cursor inside.  Raises Found."""
        desk = self.explorer.desk
        columns, rows = desk.size
        if self.chance.random() * columns * rows > LOOKED_AT:
            return  # painting is most of the work, and of a large screen more than of all the rest
        frame = paint(desk)
        if len(frame.lines) != rows:
            raise Found(f"{len(frame.lines)} lines on {columns}x{rows}")
        for number, line in enumerate(frame.lines):
            text = "".join(run.text for run in line)
            if cells(text) != columns:
                raise Found(f"line {number} has {cells(text)} cells on {columns}x{rows}: {text!r}")
            if not text.isprintable() and any(not (character.isprintable() or character == "\u3000") for character in text):
                raise Found(f"line {number} has characters that a terminal may obey: {text!r}")
        if not (0 <= frame.cursor[0] <= columns and 0 <= frame.cursor[1] < max(1, rows)):
            raise Found(f"the cursor stands at {frame.cursor} on {columns}x{rows}")


def read(path: Path) -> Scenario:
    """A bundled scenario."""
    found, problems = read_scenario(path.read_bytes(), path.name)
    assert found is not None, problems
    return found


def journeys(files: list[Path], keys: int, seed: int) -> Iterator[tuple[Path, int, int]]:
    """Journeys over the files in turns until so many keys are spent: file, seed, keys."""
    number = 0
    while keys > 0:
        yield files[number % len(files)], seed + number, min(JOURNEY, keys)
        keys, number = keys - JOURNEY, number + 1


def main() -> int:
    """The command line; exit status 1 when something was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--keys", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scenario", default="", help="the name of a bundled one")
    options = parser.parse_args()
    files = [file for file in FILES if options.scenario in ("", file.stem)]
    scenarios = {file: read(file) for file in files}
    found, spent, began, seen = 0, 0, time.monotonic(), set()
    for file, seed, keys in journeys(files, options.keys, options.seed):
        journey = Journey(scenarios[file], seed)
        try:
            journey.go(keys)
        except Exception as error:
            found += 1
            place = "; ".join(f"{each.filename}:{each.lineno} {each.name}" for each in traceback.extract_tb(error.__traceback__)[-2:])
            if (place, type(error)) not in seen:
                seen.add((place, type(error)))
                print(f"{file.stem} --seed {seed} --keys {len(journey.done)}: {error!r}\n  at {place}\n  after {journey.done[-15:]}", flush=True)
        spent += keys
        if spent % (JOURNEY * 10) == 0:
            sys.stderr.write(f"{spent} keys, {found} findings, {spent / (time.monotonic() - began):.0f} keys/s\n")
    print(f"{spent} keys, {found} findings, {len(seen)} different ones")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
