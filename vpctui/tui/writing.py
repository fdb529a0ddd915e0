"""The bytes that turn one frame into the next on a terminal.

Only cells that differ are written, each line in the shortest of several ways: cell by cell, or with the rest of the line erased at some point and
written on the blank.  Cells that do not differ are written again where that is shorter than to jump over them, and the look is set where it changes,
not for every run.  Everything written is known to every terminal: absolute moves, moves to the right, new lines, erasing to the right edge.  What would be
shorter still is not: GNU screen cannot repeat a character (REP), tmux cannot scroll between a left and a right margin, and whole lines that are
scrolled take the panes beside them along.
"""

from vpctui.tui.colours import Palette
from vpctui.tui.frame import Frame, Line
from vpctui.tui.row_writing import Ink, Stroke, inked, right, texts, ways, written
from vpctui.tui.sgr import Looks

NOWHERE = -9
"""The row of a cursor of which nothing is known."""


class Writer:
    """Knows the palette; keeps the codes of each look, and the rows that were written last."""

    def __init__(self, palette: Palette) -> None:
        self._looks = Looks(palette)
        # Where the ground is not the terminal's own, what is erased may get another ground than what is written.
        self._erases = not palette.theme.ground
        self._rows: dict[Line, list[Ink]] = {}

    def whole(self, frame: Frame) -> str:
        """What to write to a terminal of which nothing is known but its size."""
        parts: list[str] = []
        look = ""
        for y, line in enumerate(frame.lines):
            row = inked(line, self._looks)
            way = ((0, 0), *texts(row)) if self._erases else ((0, len(row)),)
            stroke = written(row, way, self._looks, _move(y - 1, y, 0), look)
            parts.append(stroke.text)
            look = stroke.look
        return "".join([*parts, "\x1b[m"])

    def update(self, before: Frame, after: Frame) -> str:
        """What to write; empty when nothing differs.  Both frames have the same size."""
        parts: list[str] = []
        look, above = "", NOWHERE
        rows: dict[Line, list[Ink]] = {}
        for y, (old, new) in enumerate(zip(before.lines, after.lines, strict=True)):
            if old == new:
                continue
            row = rows[new] = self._row(new)
            strokes = [written(row, way, self._looks, _move(above, y, way[0][0]), look) for way in ways(self._row(old), row, self._erases)]
            if strokes:
                best = min(strokes, key=self._cost)
                parts.append(best.text)
                look, above = best.look, y
        self._rows = rows
        return "".join([*parts, self._looks.turn(look, "")])

    def _row(self, line: Line) -> list[Ink]:
        row = self._rows.get(line)
        return inked(line, self._looks) if row is None else row

    def _cost(self, stroke: Stroke) -> int:
        """Bytes, with those that take back the look in the end."""
        return len(stroke.text.encode()) + len(self._looks.turn(stroke.look, ""))


def _move(above: int, y: int, x: int) -> str:
    """From anywhere in the row `above` to a place, in the shortest form."""
    there = "\x1b[H" if y == x == 0 else f"\x1b[{y + 1}H" if x == 0 else f"\x1b[{y + 1};{x + 1}H"
    if not 0 < y - above <= 2:
        return there
    down = "\r" + "\n" * (y - above) + right(x)
    return down if len(down) < len(there) else there
