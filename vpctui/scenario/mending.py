"""Mistakes with the edits that mend them, and the way back from places in the mended text to places in the file."""

from collections.abc import Iterable
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from vpctui.document import Entry, Mapping, Mark, Node, Problem, Scalar, Sequence
from vpctui.scenario.nodes import lines_of


class Edit(Struct, frozen=True, order=True):
    """Replace the characters from `start` to `end` of a line by `text`; lines and columns count from 0."""

    line: int
    start: int
    end: int
    text: str


class Finding(Struct, frozen=True):
    """One mistake, and what makes the text what was meant; not `sure` where that cannot be known."""

    problem: Problem
    edits: tuple[Edit, ...] = ()
    sure: bool = True


LONGEST_MEND = 200


def quoting(line: str, number: int, start: int, end: int) -> tuple[Edit, ...]:
    """Edits that put a piece of a line in quotes.  The text inside keeps its length wherever it can."""
    inside = line[start:end]
    if not ('"' in inside or "\\" in inside):
        return Edit(number, start, start, '"'), Edit(number, end, end, '"')
    if "'" not in inside:
        return Edit(number, start, start, "'"), Edit(number, end, end, "'")
    escaped = tuple(Edit(number, start + at, start + at, "\\") for at, char in enumerate(inside) if char in '"\\')
    return Edit(number, start, start, '"'), *escaped, Edit(number, end, end, '"')


def in_quotes(text: str) -> str:
    """A text in quotes, as it may be pasted into the file; nothing for a text that is too long to be shown."""
    if len(text) > LONGEST_MEND:
        return "quote it"
    if not ('"' in text or "\\" in text):
        return f'"{text}"'
    return f"'{text}'" if "'" not in text else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Mended(Struct, frozen=True):
    """A text after its edits."""

    text: str
    edits: dict[int, tuple[Edit, ...]]

    def mark(self, mark: Mark) -> Mark:
        """The place in the file of a place in the mended text."""
        edits = self.edits.get(mark.line - 1)
        if not edits:
            return mark
        start = _original(edits, mark.column - 1)
        length = _original(edits, mark.column - 1 + mark.length) - start if mark.length else 0
        return Mark(mark.line, start + 1, length)

    def original(self, problem: Problem) -> Problem:
        """A problem with its place in the file."""
        return replace(problem, mark=self.mark(problem.mark)) if self.edits else problem

    def original_node(self, node: Node) -> Node:
        """A node with its places in the file."""
        if not self.edits:
            return node
        if isinstance(node, Scalar):
            return replace(node, mark=self.mark(node.mark))
        if isinstance(node, Sequence):
            return Sequence(tuple(self.original_node(item) for item in node.items), self.mark(node.mark))
        entries = (Entry(replace(entry.key, mark=self.mark(entry.key.mark)), self.original_node(entry.value)) for entry in node)
        return Mapping(tuple(entries), self.mark(node.mark))


def mend(text: str, findings: Iterable[Finding]) -> Mended:
    """Apply the edits of all findings; of edits that touch the same characters the first is made."""
    every = sorted({edit for finding in findings for edit in finding.edits})
    if not every:
        return Mended(text, {})
    lines = lines_of(text)
    made: dict[int, tuple[Edit, ...]] = {}
    for number, group in groupby(every, key=lambda edit: edit.line):
        made[number] = _apart(group)
        lines[number] = _edited(lines[number], made[number])
    return Mended("\n".join(lines), made)


def _apart(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    kept: list[Edit] = []
    for edit in edits:
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return tuple(kept)


def _edited(line: str, edits: tuple[Edit, ...]) -> str:
    pieces, at = [], 0
    for edit in edits:
        pieces += [line[at : edit.start], edit.text]
        at = edit.end
    return "".join([*pieces, line[at:]])


def _original(edits: tuple[Edit, ...], column: int) -> int:
    shift = 0
    for edit in edits:
        start = edit.start + shift
        if column < start:
            break
        if column < start + len(edit.text):
            return edit.start + min(column - start, edit.end - edit.start)
        shift += len(edit.text) - (edit.end - edit.start)
    return column - shift
