"""One line on a terminal: the ways to write it, from what stands there, and the bytes of each."""

from msgspec import Struct

from vpctui.tui.frame import Line, cells
from vpctui.tui.sgr import Looks

ERASE = 4
"""Characters that have to become blank before it may be shorter to erase (`ESC [ K`) than to write blanks."""
Ink = tuple[str, str]
"""A cell: its character, and the codes of its look."""
BLANK: Ink = (" ", "?")
"""A blank that does not stand out: it has no look of its own."""
Island = tuple[int, int]
"""Cells that are written, from the first to before the end; where both are one, the line is erased from there on."""
Way = tuple[Island, ...]


def inked(line: Line, looks: Looks) -> list[Ink]:
    """The cells of a line as the palette shows them: those that nobody could tell apart are equal."""
    codes = looks.codes
    return [BLANK if character == " " and not emphasis else (character, codes(role, emphasis)) for character, role, emphasis in cells(line)]


def differences(old: list[Ink], new: list[Ink]) -> list[Island]:
    """Spans of cells in which two rows of one width differ, as (first, end); no wide character is in one by half."""
    spans: list[Island] = []
    for at, (one, other) in enumerate(zip(old, new, strict=True)):
        if one == other:
            continue
        first, end = at, at + 1
        while first > 0 and new[first][0] == "":
            first -= 1
        while end < len(new) and new[end][0] == "":
            end += 1
        if spans and first <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((first, end))
    return spans


def texts(row: list[Ink], start: int = 0) -> list[Island]:
    """What is not blank, from a place on."""
    islands: list[Island] = []
    for at in range(start, len(row)):
        if row[at] is not BLANK:
            if islands and islands[-1][1] == at:
                islands[-1] = (islands[-1][0], at + 1)
            else:
                islands.append((at, at + 1))
    return islands


def ways(old: list[Ink], new: list[Ink], erases: bool) -> list[Way]:
    """Ways to turn one row into another: without erasing, and erasing at each place where that may be shorter; none where they are equal."""
    spans = differences(old, new)
    out = [tuple(spans)] if spans else []
    for at in _erasable(old, new, spans) if erases else ():
        kept = [(first, min(end, at)) for first, end in spans if first < at]
        out.append((*kept, (at, at), *texts(new, at)))
    return out


def _erasable(old: list[Ink], new: list[Ink], spans: list[Island]) -> list[int]:
    """The first difference, the stretch of new blanks that covers most, and the last one: more are slower to try and hardly ever shorter."""
    covered: dict[int, int] = {}
    start = end = 0
    for first, last in spans:
        for at in range(first, last):
            if new[at] is BLANK and old[at] is not BLANK:
                if at >= end:
                    start, end = _stretch(new, at)
                covered[start] = covered.get(start, 0) + 1
    starts = {spans[0][0], max(covered, key=lambda start: covered[start])} if sum(covered.values()) >= ERASE else set()
    if end == len(new):
        starts.add(start)
    return sorted(starts)


def _stretch(row: list[Ink], at: int) -> Island:
    """The blanks around a place."""
    start, end = at, at + 1
    while start > 0 and row[start - 1] is BLANK:
        start -= 1
    while end < len(row) and row[end] is BLANK:
        end += 1
    return start, end


class Stroke(Struct, frozen=True):
    """The bytes that write a row, and the look that is set afterwards."""

    text: str
    look: str


def written(row: list[Ink], way: Way, looks: Looks, move: str, look: str) -> Stroke:
    """One row written; `move` goes to the first cell that is."""
    parts, at = [move], way[0][0]
    for first, end in way:
        if first > at:
            look = _pass(parts, row, (at, first), looks, look)
        look = _text(parts, row, (first, end), looks, look) if first < end else _erase(parts, looks, look)
        at = end
    return Stroke("".join(parts), look)


def _text(parts: list[str], row: list[Ink], island: Island, looks: Looks, look: str) -> str:
    """Write some cells; the look that is set afterwards."""
    start, end = island
    for at in range(start, end):
        cell = row[at]
        if cell[1] == look or (cell is BLANK and looks.quiet(look)):
            continue
        wanted = cell[1] if cell is not BLANK else _ahead(row, (at, end), looks)
        parts.append("".join([each[0] for each in row[start:at]]))
        parts.append(looks.turn(look, wanted))
        look, start = wanted, at
    parts.append("".join([each[0] for each in row[start:end]]))
    return look


def _ahead(row: list[Ink], island: Island, looks: Looks) -> str:
    """The look for a blank: that of the text behind it, if nobody can tell."""
    after = next((row[at][1] for at in range(*island) if row[at] is not BLANK), "?")
    return after if looks.quiet(after) else looks.plain


def _pass(parts: list[str], row: list[Ink], gap: Island, looks: Looks, look: str) -> str:
    """Go on over cells that show already what they should: jump, or write them again where that is shorter."""
    at, first = gap
    jump = right(first - at)
    if first - at <= len(jump):
        again: list[str] = []
        after, wanted = _text(again, row, gap, looks, look), row[first][1]
        turns = len(looks.turn(after, wanted)) - len(looks.turn(look, wanted)) if row[first] is not BLANK else 0
        if len("".join(again).encode()) + turns <= len(jump):
            parts += again
            return after
    parts.append(jump)
    return look


def _erase(parts: list[str], looks: Looks, look: str) -> str:
    """Erase up to the right edge; some terminals give what they erase the look that is set, which nobody sees where that is quiet."""
    if not looks.quiet(look):
        parts.append(looks.turn(look, ""))
        look = ""
    parts.append("\x1b[K")
    return look


def right(columns: int) -> str:
    """So many cells to the right."""
    return f"\x1b[{columns}C" if columns > 1 else "\x1b[C" if columns else ""
