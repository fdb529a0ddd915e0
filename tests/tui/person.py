"""A person at the keyboard, without a terminal: keys in, text frames out, with everything that the command line hands over."""

from collections.abc import Callable
from pathlib import Path

from vpctui.cli.arguments import explorer_parser
from vpctui.cli.beginning import exploration
from vpctui.cli.files import load
from vpctui.cli.handing import handout_of
from vpctui.lesson import LessonStep
from vpctui.tui.desk import Settings
from vpctui.tui.effects import Effect
from vpctui.tui.explorer import Explorer
from vpctui.tui.painting import paint
from vpctui.tui.spelling import spelled


class Person:
    """Presses keys and reads the screen."""

    def __init__(self, path: Path, settings: Settings, size: tuple[int, int], *, predict: bool = False, arguments: tuple[str, ...] = ()) -> None:
        options = explorer_parser().parse_args([str(path), *arguments])
        scenario = load(str(path), colour=False)
        start = exploration(scenario, options)
        self.explorer = Explorer(start, settings, size, handout_of(scenario, start, predict=predict))
        self.effect: Effect | None = None

    def press(self, keys: str) -> "Person":
        for key in spelled(keys):
            self.effect = self.explorer.press(key, " " if key == "space" else key if len(key) == 1 else None)
        return self

    @property
    def text(self) -> str:
        return paint(self.explorer.desk).text

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @property
    def last(self) -> str:
        return self.lines[-1].strip()

    def to_row(self, wanted: str) -> "Person":
        """Down the pane in use to the row with that key."""
        keys = [row.key for row in self.explorer.desk.pane.pane.rows]
        assert wanted in keys, keys
        self.press("<pageup>" * 20 + "j" * keys.index(wanted))
        assert self.explorer.desk.row is not None
        assert self.explorer.desk.row.key == wanted
        return self

    @property
    def active(self) -> str:
        return self.explorer.desk.active

    @property
    def hop(self) -> int:
        return self.explorer.desk.exploration.cursor.hop

    @property
    def outcome(self) -> str:
        return self.explorer.desk.exploration.conversation.outcome

    @property
    def steps(self) -> tuple[LessonStep, ...]:
        lesson = self.explorer.desk.handout.lesson
        return lesson.steps if lesson else ()


Sit = Callable[..., Person]
