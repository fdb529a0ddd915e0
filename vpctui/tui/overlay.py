"""What lies over the panes for a while: a sheet of rows to read, or a list to choose from.

Drawn into the same frame as everything else, so opening one writes the cells that it covers and nothing is laid out again.
"""

from collections.abc import Callable, Sequence

from msgspec import Struct

from vpctui.describe.lines import Pane, Row, Span
from vpctui.describe.width import cells
from vpctui.tui.effects import Effect
from vpctui.tui.frame import Line, Run, fit
from vpctui.tui.line_pane import LinePane


class Choice(Struct, frozen=True):
    """A row of a list, what is said about it below the list, and what choosing it means."""

    row: Row
    chosen: Callable[[], Effect | None]
    detail: tuple[Row, ...] = ()


class Overlay:
    """A titled pane: a list with a cursor, or a sheet, in which the cursor goes from one row that leads somewhere to the next."""

    def __init__(self, title: str, rows: Sequence[Row], choices: Sequence[Choice] = (), *, at: int = 0, covers: bool = False) -> None:
        self.title = title
        self.covers = covers
        """It asks about what lies ahead, which is hidden meanwhile."""
        self.choices = tuple(choices)
        self.pane = LinePane()
        shown = tuple(choice.row for choice in choices) if choices else tuple(rows)
        self.pane.take(Pane(title, shown, at if choices else -1), len(shown))
        self._rows = len(shown)

    @property
    def choice(self) -> Choice | None:
        """The choice under the cursor."""
        return self.choices[self.pane.cursor] if self.choices else None

    def _details(self) -> int:
        return max((len(choice.detail) for choice in self.choices), default=0)

    def height(self, available: int) -> int:
        """Lines that it takes, its title included."""
        details = self._details()
        return min(available, 1 + self._rows + (details + 1 if details else 0))

    def visible(self, available: int) -> int:
        """Rows of the list or sheet that can be seen at once."""
        details = self._details()
        return max(1, self.height(available) - 1 - (details + 1 if details else 0))

    def move(self, rows: int, available: int) -> bool:
        """Go up or down: the cursor of a list, the top of a sheet."""
        visible = self.visible(available)
        if self.choices:
            return self.pane.move(rows, visible)
        if abs(rows) == 1 and (wanted := self._link(rows)) is not None:
            return self.pane.move(wanted - self.pane.cursor, visible)
        top = max(0, min(self.pane.top + rows, self._rows - visible))
        moved, self.pane.top = top != self.pane.top, top
        return moved

    def _link(self, step: int) -> int | None:
        """The next row that leads somewhere."""
        rows, at = self.pane.pane.rows, self.pane.cursor + step
        while 0 <= at < len(rows):
            if rows[at].setting or rows[at].resource:
                return at
            at += step
        return None

    @property
    def has_links(self) -> bool:
        """Whether rows of a sheet lead somewhere."""
        return not self.choices and any(row.setting or row.resource for row in self.pane.pane.rows)

    @property
    def linked(self) -> Row | None:
        """The row of a sheet under the cursor."""
        return None if self.choices else self.pane.row

    def lines(self, columns: int, available: int, ascii_only: bool) -> list[Line]:
        """The lines from its title down; the sheet always ends at the bottom of the body."""
        visible = self.visible(available)
        if self.choices:
            self.pane.scroll(visible)
        rule = "-" if ascii_only else "─"
        lines = [self._title(columns, visible, rule), *self.pane.lines(columns, visible, active=True)]
        if details := self._details():
            lines.append((Run(rule * columns, "dim"),))
            said = self.choice.detail if self.choice else ()
            for at in range(details):
                spans = said[at].spans if at < len(said) else (Span(""),)
                lines.append(fit((Run(span.text, span.role) for span in spans), columns))
        return lines

    def _title(self, columns: int, visible: int, rule: str) -> Line:
        place = f" {min(self.pane.top + visible, self._rows)}/{self._rows}" if self._rows > visible else ""
        name = f" {self.title} "
        fill = max(0, columns - 2 - cells(name) - cells(place))
        return fit((Run(rule * 2, "dim"), Run(name, "title"), Run(rule * fill, "dim"), Run(place, "dim")), columns)
