"""Problems as a person reads them: place, code, message, the source line with a caret under the place, and what to write instead."""

import unicodedata
from collections.abc import Iterable

from vpctui.document import Mark, Problem
from vpctui.scenario.nodes import lines_of

WIDEST = 100
"""Cells of a source line that are shown; longer ones are cut around the caret."""
TEXT_CODES = frozenset({"E100", "E101", "E102", "E104", "E105", "E107", "E108", "E109", "E111", "E112", "E113", "E115", "E116"})
"""Mistakes in how the text was typed: what else is wrong at the same place follows from them."""
COLOURS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "place": "\x1b[1m", "caret": "\x1b[1;32m", "off": "\x1b[0m"}


def render(problems: Iterable[Problem], name: str, text: str, *, limit: int = 20, color: bool = False) -> str:
    """All problems, errors first, each kind by place, at most `limit` of each and then how many more there are.

    `text` is the source as `source_text` gives it.  The result ends with a line break; it is empty without problems.  Nothing in it is
    a control sequence but the colours.
    """
    found = arranged(problems)
    lines = lines_of(text)
    shown = []
    for severity, more in (("error", "more"), ("warning", "more warnings")):
        some = [problem for problem in found if problem.severity == severity]
        shown += [_paragraph(problem, name, lines, color) for problem in some[:limit]]
        if len(some) > limit:
            shown.append(f"… and {len(some) - limit} {more}\n")
    return "".join(shown)


def arranged(problems: Iterable[Problem]) -> list[Problem]:
    """Problems by place, each once, without those that only follow from the way their place was typed."""
    found = sorted(dict.fromkeys(problems), key=lambda problem: (problem.mark.line, problem.mark.column))
    typed = {_place(problem.mark) for problem in found if problem.code in TEXT_CODES}
    return [problem for problem in found if problem.code in TEXT_CODES or problem.severity == "warning" or _place(problem.mark) not in typed]


def _place(mark: Mark) -> tuple[int, int]:
    return mark.line, mark.column


def _paragraph(problem: Problem, name: str, lines: list[str], color: bool) -> str:
    def painted(text: str, colour: str) -> str:
        return f"{COLOURS[colour]}{text}{COLOURS['off']}" if color else text

    mark = problem.mark
    place = painted(f"{visible(name)}:{mark.line}:{mark.column}:", "place")
    rows = [f"{place} {painted(problem.code, problem.severity)} {visible(problem.message)}"]
    if 1 <= mark.line <= len(lines) and lines[mark.line - 1].strip():
        source, indent, width = excerpt(lines[mark.line - 1], mark.column - 1, mark.length)
        gutter = f"{mark.line:>5} | "
        rows += [gutter + source, " " * (len(gutter) - 2) + "| " + " " * indent + painted("^" * width, "caret")]
    if problem.mend:
        rows.append(f"   try: {visible(problem.mend)}")
    return "".join(row.rstrip() + "\n" for row in rows)


def excerpt(line: str, column: int, length: int) -> tuple[str, int, int]:
    """A source line as it is shown, the cells before the caret, and the cells of the caret.

    `column` counts characters from 0; a place behind the end of the line is shown as its end.
    """
    column = min(column, len(line))
    before, marked, after = visible(line[:column]), visible(line[column : column + max(length, 1)]), visible(line[column + max(length, 1) :])
    if cells(before + marked + after) > WIDEST:
        before, marked, after = _cut(before, marked, after)
    return before + marked + after, cells(before), max(cells(marked), 1)


def _cut(before: str, marked: str, after: str) -> tuple[str, str, str]:
    """Cut to the widest line: a third for what stands before, the place itself, and what room is left."""
    marked = _first(marked, WIDEST * 2 // 3)
    room = WIDEST - cells(marked)
    tail = min(cells(after), max(room * 2 // 3, room - cells(before)))
    before = _last(before, room - tail)
    return before, marked, _first(after, WIDEST - cells(before + marked))


def _first(text: str, room: int) -> str:
    if cells(text) <= room:
        return text
    kept, used = "", 0
    for char in text:
        used += cells(char)
        if used > room - 1:
            break
        kept += char
    return kept + "…"


def _last(text: str, room: int) -> str:
    return _first(text[::-1], room)[::-1]


def visible(text: str) -> str:
    """Text in which nothing moves a terminal's cursor or hides: control characters and odd spaces stand as escapes."""
    return text if text.isascii() and text.isprintable() else "".join(map(_visible_char, text))


def _visible_char(char: str) -> str:
    if char.isprintable() or char == "　":
        return char
    if char == "\t":
        return "\\t"
    number = ord(char)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def cells(text: str) -> int:
    """How many terminal cells a text takes: two for wide characters, none for combining ones."""
    return len(text) if text.isascii() else sum(_cells(char) for char in text)


def _cells(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
