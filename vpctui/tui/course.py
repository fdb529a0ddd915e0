"""The course on the screen: the bundled scenarios in order, what each teaches, and the paths through them.  Enter opens one."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from vpctui.describe.lines import Pane, Row, Span
from vpctui.describe.width import cells, cut, pad, wrap
from vpctui.handout import BothWords, CourseEntry, CoursePath
from vpctui.tui.desk import Language, Settings
from vpctui.tui.effects import Effect, Quit, Repaint, Suspend
from vpctui.tui.frame import Frame, Line, Run, fit
from vpctui.tui.geometry import SMALLEST, too_small
from vpctui.tui.keys import Keymap, shown
from vpctui.tui.line_pane import LinePane
from vpctui.tui.prompt import Prompt
from vpctui.tui.words import say

TEACHES = 4
"""Rows for what the scenario under the cursor teaches."""


class Course:
    """The list with its cursor, filter and path; keys in, frames out."""

    def __init__(self, entries: Sequence[CourseEntry], paths: Sequence[CoursePath], settings: Settings, size: tuple[int, int] = (80, 24)) -> None:
        self.settings = settings
        self._entries: Mapping[str, CourseEntry] = {entry.name: entry for entry in entries}
        self._paths = (CoursePath((say("en", "course-all"), say("ja", "course-all")), tuple(self._entries)), *paths)
        self._path = 0
        self._filter = ""
        self._prompt: Prompt | None = None
        self._pane = LinePane()
        self._keymap = Keymap(settings.keymap)
        self._size = size
        self._message = ""
        self._opened: set[str] = set()
        self._refresh()

    # --- keys

    def press(self, key: str, character: str | None = None) -> Effect | None:
        """Do what a key means here."""
        self._message = ""
        effect = self._typed(key, character) if self._prompt is not None else self._act(key)
        self._refresh()
        return effect

    def _act(self, key: str) -> Effect | None:
        action = self._keymap.action(key)
        name = action.id if action else ""
        page = max(1, self._rows)
        moves = {"row.down": 1, "row.up": -1, "hop.next": 1, "hop.previous": -1, "page.down": page, "page.up": -page, "hop.first": -(10**6), "hop.last": 10**6}
        if name in moves:
            self._pane.move(moves[name], page)
        elif name in ("explain", "row.in"):
            return self._open()
        elif name in ("pane.next", "pane.previous"):
            self._path = (self._path + (1 if name == "pane.next" else -1)) % len(self._paths)
            self._pane = LinePane()
        elif name == "find":
            self._prompt = Prompt("find", say(self.settings.language, "find-label"), lambda text: (), self._filter)
        elif name == "language":
            self.settings = replace(self.settings, language="en" if self.settings.language == "ja" else "ja")
        elif name == "back":
            self._filter = ""
        else:
            return self._leave(name)
        return None

    def _leave(self, name: str) -> Effect | None:
        if name in ("close", "quit", "quit.print"):
            return Quit(entirely=True)
        return Suspend() if name == "suspend" else Repaint() if name == "repaint" else None

    def _typed(self, key: str, character: str | None) -> Effect | None:
        """A search narrows while it is being typed; Enter keeps it, and opens where only one scenario is left."""
        prompt = self._prompt
        assert prompt is not None
        if key in ("escape", "ctrl+c", "ctrl+g") or (key == "backspace" and not prompt.text):
            self._prompt, self._filter = None, ""
        elif key == "enter":
            self._prompt = None
            return self._open() if len(self._shown) == 1 else None
        else:
            prompt.press(key, character)
            self._filter = prompt.text.strip()
        return None

    def _open(self) -> Effect | None:
        entry = self.entry
        if entry is None:
            return None
        self._opened.add(entry.name)
        return Quit(entry.name)

    def paste(self, text: str) -> None:
        """Into the line that is being typed."""
        if self._prompt is not None:
            self._prompt.insert(text)
            self._filter = self._prompt.text.strip()
            self._refresh()

    def click(self, x: int, y: int) -> None:
        """Put the cursor on a row."""
        row = self._pane.top + y - 2
        if 2 <= y < 2 + self._rows and row < len(self._pane.pane.rows):
            self._pane.move(row - max(0, self._pane.cursor), self._rows)
            self._refresh()

    def wheel(self, rows: int) -> None:
        """As the arrow keys."""
        self.press("down" if rows > 0 else "up")

    def resize(self, size: tuple[int, int]) -> None:
        """The terminal has another size."""
        self._size = size
        self._refresh()

    def tell(self, sentence: str, **facts: object) -> None:
        """Say something until the next key."""
        self._message = say(self.settings.language, sentence, **facts)

    def note(self, en: str, ja: str) -> None:
        """A sentence of a tape, until the next key."""
        self._message = ja if self.settings.language == "ja" else en

    def back(self, language: Language) -> None:
        """A person came back from a scenario, with the language that they had there."""
        self.settings = replace(self.settings, language=language)
        self.tell("course-back", key=self._keymap.key("close"))
        self._refresh()

    # --- what is shown

    @property
    def entry(self) -> CourseEntry | None:
        """The scenario under the cursor."""
        row = self._pane.row
        return self._entries.get(row.key) if row else None

    @property
    def _shown(self) -> list[CourseEntry]:
        """The scenarios of the path that contain the filter in their name or their words, in either language."""
        wanted = self._filter.casefold()
        entries = [self._entries[name] for name in self._paths[self._path].names if name in self._entries]
        return [entry for entry in entries if wanted in " ".join((entry.name, *entry.title, *entry.teaches)).casefold()]

    @property
    def _rows(self) -> int:
        return max(1, self._size[1] - 4 - TEACHES)

    def _words(self, both: BothWords) -> str:
        return both[self.settings.language == "ja"]

    def _refresh(self) -> None:
        shown = self._shown
        names = min(24, max((cells(entry.name) for entry in shown), default=8))
        slides = max((len(entry.slide_text) for entry in shown), default=0)
        rows = tuple(self._row(number, entry, names, slides) for number, entry in enumerate(shown, 1))
        self._pane.take(Pane("", rows, max(0, min(self._pane.cursor, len(rows) - 1)) if rows else -1), self._rows)

    def _row(self, number: int, entry: CourseEntry, names: int, slides: int) -> Row:
        room = max(8, self._size[0] - names - slides - 11)
        mark = "." if entry.name in self._opened else " "
        title = pad(cut(self._words(entry.title), room), room)
        spans = (Span(f"{number:>3} ", "key"), Span(f"{mark} ", "dim"), Span(pad(cut(entry.name, names), names) + "  ", "id"), Span(title))
        return Row((*spans, Span(f"  {entry.slide_text:>{slides}}", "dim")), key=entry.name)

    def frame(self) -> Frame:
        """Everything on the screen."""
        columns, rows = self._size
        if too_small(columns, rows):
            sentence = say(self.settings.language, "too-small", columns=SMALLEST[0], rows=SMALLEST[1], width=columns, height=rows)
            return Frame(tuple([*(fit((Run(part),), columns) for part in wrap(sentence, columns)), *[(Run(" " * columns),)] * rows][:rows]))
        lines = [self._title(), self._rule(self._head()), *self._pane.lines(columns, self._rows, True), *self._lesson(), self._keys()]
        cursor = (0, 2 + max(0, self._pane.cursor - self._pane.top))
        if self._prompt is not None:
            lines[-1], column = self._prompt.line(columns)
            cursor = (column, rows - 1)
        return Frame(tuple(lines), cursor)

    def _title(self) -> Line:
        language = self.settings.language
        path = self._words(self._paths[self._path].title)
        left, right = f" vpctui  {say(language, 'course-title')}", f"{path}  {len(self._shown)} "
        if self._filter:
            left += f"  /{self._filter}"
        return fit((Run(pad(cut(left, self._size[0] - cells(right) - 1), self._size[0] - cells(right)), "title"), Run(right)), self._size[0])

    def _head(self) -> str:
        return say(self.settings.language, "course-head")

    def _rule(self, text: str) -> Line:
        rule, columns = "-" if self.settings.ascii else "─", self._size[0]
        name = f" {cut(text, columns - 6)} " if text else ""
        return fit((Run(rule * 2, "dim"), Run(name, "title"), Run(rule * (columns - cells(name) - 2), "dim")), columns)

    def _lesson(self) -> list[Line]:
        """What the scenario under the cursor teaches."""
        entry, columns = self.entry, self._size[0]
        if entry is None:
            return [self._rule(""), fit((Run(f" {say(self.settings.language, 'course-none')}"),), columns), *[fit((), columns)] * (TEACHES - 1)]
        steps = say(self.settings.language, "course-steps", count=entry.steps)
        head = f"{cut(self._words(entry.title), columns - cells(steps) - 8)}  {steps}"
        said = wrap(self._words(entry.teaches), columns - 2)
        if len(said) > TEACHES:
            said = [*said[: TEACHES - 1], cut(said[TEACHES - 1] + " " * columns, columns - 2)]
        return [self._rule(head), *(fit((Run(f" {part}"),), columns) for part in (said + [""] * TEACHES)[:TEACHES])]

    def _keys(self) -> Line:
        language, columns = self.settings.language, self._size[0]
        if self._message:
            return fit((Run(f" {self._message}", "current"),), columns)
        hints = [("explain", "open"), ("find", "find"), ("pane.next", "path"), ("language", "language"), ("close", "quit")]
        runs = [Run(" ")]
        for action, word in hints:
            key = next((keys.keys[0] for keys in self._keymap.actions if keys.id == action and keys.keys), "")
            if key:
                runs += [Run(shown(key), "key"), Run(f" {say(language, f'course-key-{word}')}  ", "dim")]
        return fit(runs, columns)
