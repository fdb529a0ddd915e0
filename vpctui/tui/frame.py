"""A screen as a value: lines of runs, cut and laid over each other by cells, and the cells in which two frames differ."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from vpctui.describe.width import cells as width_of, visible


class Run(NamedTuple):
    """Text in one look: a role, and how much it stands out (`cursor`, `trail`, `bar` or nothing)."""

    text: str
    role: str = "plain"
    emphasis: str = ""


Line = tuple[Run, ...]
Cell = tuple[str, str, str]


class Frame(NamedTuple):
    """Everything on the screen at one moment; `cursor` is the column and row of the line that a person is on."""

    lines: tuple[Line, ...]
    cursor: tuple[int, int] = (0, 0)

    @property
    def text(self) -> str:
        """The characters, line by line, without trailing blanks."""
        return "\n".join("".join(run.text for run in line).rstrip() for line in self.lines)


def cells(line: Iterable[Run]) -> list[Cell]:
    """One entry per cell; the second cell of a wide character is empty, a combining mark joins the cell before it."""
    out: list[Cell] = []
    for text, role, emphasis in line:
        if text.isascii() and text.isprintable():
            out.extend((character, role, emphasis) for character in text)
        else:
            _add_cells(out, visible(text), role, emphasis)
    return out


def _add_cells(out: list[Cell], text: str, role: str, emphasis: str) -> None:
    for character in text:
        taken = width_of(character)
        if taken == 0 and out:
            before = out[-1]
            out[-1] = (before[0] + character, before[1], before[2])
        elif taken:
            out.append((character, role, emphasis))
            out.extend(("", role, emphasis) for _ in range(taken - 1))


def joined(row: Sequence[Cell]) -> Line:
    """Runs of equal look, from cells."""
    runs: list[Run] = []
    start = 0
    for at in range(1, len(row) + 1):
        if at == len(row) or row[at][1:] != row[start][1:]:
            runs.append(Run("".join(cell[0] for cell in row[start:at]), row[start][1], row[start][2]))
            start = at
    return tuple(runs)


def _slice(row: list[Cell], start: int, end: int) -> list[Cell]:
    """Cells from `start` to before `end`; a wide character that the edge cuts becomes a blank."""
    part = row[start:end]
    if part and part[0][0] == "":
        part[0] = (" ", *part[0][1:])
    if part and end < len(row) and row[end][0] == "" and part[-1][0] != "":
        part[-1] = (" ", *part[-1][1:])
    return part


def fit(line: Iterable[Run], columns: int, role: str = "plain", emphasis: str = "") -> Line:
    """The line cut or filled with blanks to exactly so many cells."""
    row = cells(line)
    if len(row) > columns:
        return joined(_slice(row, 0, columns))
    return joined(row + [(" ", role, emphasis)] * (columns - len(row)))


def cut(line: Iterable[Run], start: int, end: int) -> Line:
    """The cells of a line from `start` to before `end`."""
    return joined(_slice(cells(line), start, end))


def lay(line: Line, at: int, over: Line) -> Line:
    """`over` laid on the line from column `at` on."""
    base, top = cells(line), cells(over)
    end = at + len(top)
    return joined(_slice(base, 0, at) + top + _slice(base, end, max(end, len(base))))


def emphasised(line: Iterable[Run], emphasis: str) -> Line:
    """The same text, standing out."""
    return tuple(Run(run.text, run.role, emphasis) for run in line)
