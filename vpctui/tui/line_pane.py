"""A pane: rows in a box, with its own scroll position and the row that a person is on.  Only rows that are visible are ever drawn."""

from collections.abc import Iterator

from vpctui.describe.lines import Pane, Row
from vpctui.describe.width import cells, cut
from vpctui.tui.frame import Line, Run, emphasised, fit


class LinePane:
    """Rows of a pane, drawn from `top` on.

    The cursor follows `pane.at` whenever that moves to another row (the packet went on); otherwise it stays on the row where a person put
    it, recognised by the row's key even when rows come and go above it.
    """

    def __init__(self, whole: bool = False) -> None:
        self._whole = whole
        """Whether rows inside the current one are kept in view with it: the checks of a hop."""
        self.pane = Pane("")
        self.top = 0
        self.cursor = -1
        self._followed = ""

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.pane.rows[self.cursor] if 0 <= self.cursor < len(self.pane.rows) else None

    def take(self, pane: Pane, height: int) -> None:
        """Show these rows in a box with so many of them visible."""
        followed = pane.rows[pane.at].key if 0 <= pane.at < len(pane.rows) else ""
        held = self.row
        if held is None or followed != self._followed:
            self.cursor = pane.at
        elif pane is not self.pane:
            self.cursor = _find(pane, held.key, self.cursor, pane.at)
        self._followed = followed
        self.pane = pane
        # A setting that a check looked at is marked where it is in view; scrolling the whole tree for it, check by check, would unsettle.
        self.scroll(height, follow=self.cursor != pane.at or not followed.startswith("setting:"))

    def move(self, rows: int, height: int) -> bool:
        """Put the cursor so many rows further; False when it was at the end already."""
        last = len(self.pane.rows) - 1
        wanted = max(0, min(last, max(self.cursor, 0) + rows)) if last >= 0 else -1
        moved, self.cursor = wanted != self.cursor, wanted
        self.scroll(height)
        return moved

    def to_key(self, key: str, height: int) -> bool:
        """Put the cursor on the row with that key; False where there is none."""
        at = next((at for at, row in enumerate(self.pane.rows) if row.key == key), -1)
        if at >= 0:
            self.cursor = at
            self.scroll(height)
        return at >= 0

    @property
    def opened(self) -> bool:
        """Whether rows inside the one under the cursor are shown; some may be hidden all the same."""
        return self._last_inside(self.cursor) > self.cursor if self.row else False

    def parent(self) -> int:
        """Rows from the cursor up to the row that holds it; 0 at the top."""
        depth = self.row.depth if self.row else 0
        for at in range(self.cursor - 1, -1, -1):
            if self.pane.rows[at].depth < depth:
                return at - self.cursor
        return 0

    def scroll(self, height: int, follow: bool = True) -> None:
        """Keep the cursor visible: scroll seldom, and then far enough that the next steps stay in view."""
        count, at = len(self.pane.rows), self.cursor
        last = min(self._last_inside(at), at + height - 1) if self._whole and at >= 0 else at
        if follow and at >= 0 and (at < self.top or last >= self.top + height):
            self.top = min(at, max(at - height // 3, last - height + 1))
        self.top = max(0, min(self.top, count - height))

    def _last_inside(self, at: int) -> int:
        """The last of the rows that belong to a row, being deeper than it; at most a screen's worth is looked at."""
        rows = self.pane.rows
        last = at
        while last + 1 < len(rows) and rows[last + 1].depth > rows[at].depth:
            last += 1
        return last

    def lines(self, columns: int, height: int, active: bool) -> Iterator[Line]:
        """Exactly `height` lines, each exactly `columns` wide."""
        rows = self.pane.rows
        for at in range(self.top, self.top + height):
            if at >= len(rows):
                yield (Run(" " * columns),)
                continue
            line = fit((Run(span.text, span.role) for span in rows[at].spans), columns)
            yield emphasised(line, "cursor") if active and self._is_current(at) else line

    def _is_current(self, at: int) -> bool:
        """Whether a row is the one of the cursor, or the rest of its sentence (`step:3:1:0` goes on where `step:3:1` ends)."""
        row = self.row
        return at == self.cursor or (row is not None and row.key.startswith("step:") and self.pane.rows[at].key.startswith(f"{row.key}:"))

    def title(self, number: int, columns: int, active: bool, height: int, ascii_only: bool) -> Line:
        """The rule above the pane: its number (0: none), its title, and how far down it is scrolled when it does not fit."""
        rule = "-" if ascii_only else "─"
        hidden = len(self.pane.rows) > height
        place = f" {min(self.top + height, len(self.pane.rows))}/{len(self.pane.rows)}" if hidden else ""
        room = columns - cells(place) - 1 - (2 if number else 1)
        title = cut(self.pane.title, max(1, room), ".." if ascii_only else "…")
        name = f"{number} {title} " if number else f" {title} "
        fill = max(0, columns - cells(name) - cells(place) - 1)
        mark = Run(rule if not active else ">", "title" if active else "dim")
        return fit((mark, Run(name, "title" if active else "dim"), Run(rule * fill, "dim"), Run(place, "dim")), columns)


def _find(pane: Pane, key: str, near: int, otherwise: int) -> int:
    """Where the row with that key is now: looked for close by first, since rows seldom move far."""
    rows = pane.rows
    if key:
        for at in range(max(0, near - 50), min(len(rows), near + 50)):
            if rows[at].key == key:
                return at
        for at, row in enumerate(rows):
            if row.key == key:
                return at
    return max(0, min(near, len(rows) - 1)) if rows and otherwise < 0 else otherwise
