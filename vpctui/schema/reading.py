"""What reading a document is made of: kinds that read one value each, and the reader that collects what they find."""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from msgspec import Struct

from vpctui.document import Entry, Mapping, Mark, Node, Problem, Scalar
from vpctui.schema.spelling import FULL_WIDTH, ascii_form, glued, nearest, quoted

Json = dict[str, Any]
COMPARISONS = 200_000
"""Names that one reader compares with unknown ones, all together."""


class Mistake(Exception):
    """A value that a kind refuses; the reader turns it into a `Problem` and goes on with the next field."""

    def __init__(self, code: str, message: str, node: Node | None = None, mend: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.node, self.mend = code, message, node, mend


class Reader:
    """Collects what reading a document finds: problems, and the place of everything that was read."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.places: dict[tuple[str, str], Mark] = {}
        """Place of every setting by (resource id, field, or `field[key]`); (id, "") is the id itself."""
        self.meant: set[tuple[str, str]] = set()
        """Fields that were written with a wrong name (resource id, right name): nobody is told that they are missing too."""
        self.references: list[tuple[str, Sequence[str], Scalar, str]] = []
        """Ids that were named: (id, sections that it may be in, its place, who names it); checked when all are read."""
        self.identifiers: dict[str, tuple[Mark, str]] = {}
        """Where every id stands that is written as a key: its place, and the section or the resource that holds it."""
        self.doubtful: set[str] = set()
        """Ids from parts of the document that could not be read."""
        self.blind = False
        """Whether a part could not be read of which not even the ids are known."""
        self._comparisons = COMPARISONS

    def identify(self, key: Scalar, holder: str) -> bool:
        """Note the place of an id.  E126 and False when something else has it already: ids are unique in the whole file."""
        before = self.identifiers.setdefault(key.text, (key.mark, holder))
        self.places.setdefault((key.text, ""), key.mark)
        if before[0] == key.mark:
            return True
        message = f"id {quoted(key.text)} already used at line {before[0].line} ({before[1]})"
        self.problem("E126", message, key, f"another id, such as {key.text}-2")
        return False

    def doubts(self, identifier: str) -> bool:
        """Whether an unknown id may stand in a part that could not be read: naming it is then no mistake of its own."""
        return self.blind or identifier in self.doubtful

    def nearest(self, word: str, known: Collection[str]) -> str:
        """The known name most like a word; nothing once so many names were compared that a large file would be slow to read."""
        self._comparisons -= len(known)
        return nearest(word, known) if self._comparisons >= 0 else ""

    def problem(self, code: str, message: str, at: Node | Mark, mend: str = "", *, warning: bool = False) -> None:
        """Note one mistake (or, with `warning`, one thing to look at)."""
        if isinstance(at, Mark):
            self.problems.append(Problem(code, message, at, mend, "warning" if warning else "error"))
        elif warning:
            self.problems.append(Problem(code, message, at.mark, mend, "warning"))
        else:
            self.problems.append(typing_error(at, code) or Problem(code, message, at.mark, mend))

    def mistake(self, mistake: Mistake, at: Node) -> None:
        """Note a mistake that a kind raised while it read the node `at`."""
        self.problem(mistake.code, mistake.message, mistake.node or at, mistake.mend)


def typing_error(node: Node, code: str) -> Problem | None:
    """The cause of a refused value in the way it was typed: full-width characters, or no space after the colon."""
    if not isinstance(node, Scalar) or code in ("E103", "E126"):
        return None
    found = FULL_WIDTH.search(node.text)
    if found is not None:
        place = part(node, found.start(), 1).mark
        if found[0] == "：" and code == "E123":
            return Problem("E111", "full-width `：` where a key needs `:`", place, re.sub(r":\s*", ": ", ascii_form(node.text), count=1))
        return Problem("E111", f"full-width character {quoted(found[0])} at column {place.column}", place, ascii_form(node.text).strip())
    if code == "E123" and not node.quoted and (colon := glued(node.text)) > 0:
        return Problem("E102", "missing space after `:`", node.mark, f"{node.text[:colon]}: {node.text[colon + 1 :]}")
    return None


class Kind(Struct, frozen=True):
    """What a value may be."""

    def read(self, node: Node, reader: Reader, owner: str) -> Any:
        """The value of a node.  `owner` is the id of the resource, for messages.  Raises Mistake."""
        raise NotImplementedError

    def json_schema(self) -> Json:
        """This kind in JSON Schema, draft 2020-12."""
        raise NotImplementedError

    def names(self) -> str:
        """A few words for the format reference."""
        raise NotImplementedError


def is_empty(node: Node) -> bool:
    """Whether a key stands there with nothing after its colon."""
    return isinstance(node, Scalar) and not node.text and not node.quoted


def called(node: Node) -> str:
    """What a node is, in a sentence that says what was found."""
    if isinstance(node, Scalar):
        return "nothing" if is_empty(node) else quoted(node.text)
    return "a mapping" if isinstance(node, Mapping) else "a list"


def scalar(node: Node, expected: str) -> Scalar:
    """The node as a scalar that is not empty.  Raises Mistake E123."""
    if not isinstance(node, Scalar) or is_empty(node):
        raise Mistake("E123", f"expected {expected}, found {called(node)}", node)
    return node


def part(node: Scalar, start: int, length: int) -> Scalar:
    """A piece of a scalar's text with its own place; where escapes or line breaks hide it, the whole scalar's place."""
    around = 1 if node.quoted else 0
    direct = node.mark.length == len(node.text) + 2 * around
    mark = Mark(node.mark.line, node.mark.column + around + start, length) if direct else node.mark
    return Scalar(node.text[start : start + length], mark, node.quoted)


def attempt(kind: Kind, node: Node, reader: Reader, owner: str) -> Any:
    """The value, or None with the problem noted."""
    try:
        return kind.read(node, reader, owner)
    except Mistake as mistake:
        reader.mistake(mistake, node)
        return None


def unique(node: Mapping, reader: Reader) -> Iterable[Entry]:
    """Entries of a mapping; a key that stands a second time is a problem and is left out."""
    first: dict[str, Entry] = {}
    for entry in node:
        before = first.setdefault(entry.key.text, entry)
        if before is entry:
            yield entry
        else:
            reader.problem("E103", f"{entry.key.text} twice, first at line {before.key.mark.line}", entry.key, "delete one of them")
