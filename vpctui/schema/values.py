"""Values as bare text, outside a document: what stands after `=` in a change."""

from typing import Any, Protocol, runtime_checkable

from vpctui.document import Mark, Scalar, Sequence
from vpctui.schema.kinds import ListOf, MapOf
from vpctui.schema.reading import Kind, Mistake, Reader


def parse_value(kind: Kind, text: str, reader: Reader | None = None) -> Any:
    """The value that `text` is for a field of this kind; a list stands with commas.

    Ids that it names are noted in `reader`.  Raises Mistake, whose node is a scalar of one line that starts at column 1.
    """
    collected = Reader()
    text = text.strip()
    if isinstance(kind, MapOf):
        raise Mistake("E123", "a mapping is changed entry by entry", Scalar(text), "PLACE[KEY]=VALUE")
    value = kind.read(_listed(text) if isinstance(kind, ListOf) else Scalar(text, Mark(1, 1, len(text))), collected, "")
    for problem in collected.problems:
        raise Mistake(problem.code, problem.message, Scalar(text, problem.mark), problem.mend)
    if reader is not None:
        reader.references.extend(collected.references)
    return value


def _listed(text: str) -> Sequence:
    """Items between commas, brackets around all of them allowed, each with its place in the text."""
    inside, start = (text[1:-1], 2) if text[:1] == "[" and text[-1:] == "]" else (text, 1)
    items: list[Scalar] = []
    for piece in inside.split(","):
        word = piece.strip()
        column = start + len(piece) - len(piece.lstrip())
        if word or "," in inside:
            items.append(Scalar(word, Mark(1, column, len(word))))
        start += len(piece) + 1
    return Sequence(tuple(items), Mark(1, 1, len(text)))


@runtime_checkable
class Written(Protocol):
    """A value that knows its own text in the grammar of the file."""

    @property
    def text(self) -> str:
        """That text."""


def value_text(value: Any) -> str:
    """A value that was read as the text that reads back to it: True is `on`, a tuple stands with commas, None is `none`."""
    if value is None or value == ():
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ",".join(_pair(item) if isinstance(item, tuple) else value_text(item) for item in value)
    return value.text if isinstance(value, Written) else str(value)


def _pair(item: tuple[Any, ...]) -> str:
    return ": ".join(value_text(side) for side in item)
