"""A text document as nodes with their places, and the problems found in it.

Readers of every resource get these nodes; which syntax they came from (YAML, JSON, a prompt) is not known here.  Nodes never form a
cycle, so the garbage collector need not look at them (`gc=False`): a large file loads in half the time.
"""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct


class Mark(Struct, frozen=True, order=True, gc=False):
    """Where something stands: line and column count from 1, `length` in characters (0: the rest is unknown)."""

    line: int = 1
    column: int = 1
    length: int = 0


class Scalar(Struct, frozen=True, gc=False):
    """One value as the text that was written; `quoted` tells `"80"` from `80`."""

    text: str
    mark: Mark = Mark()
    quoted: bool = False


class Entry(Struct, frozen=True, gc=False):
    """One `key: value` of a mapping."""

    key: Scalar
    value: "Node"


class Mapping(Struct, frozen=True, gc=False):
    """Keys and values in the order of the file; a key that stands twice stands twice here."""

    entries: tuple[Entry, ...] = ()
    mark: Mark = Mark()

    def get(self, key: str) -> "Node | None":
        """The value of the first entry with that key."""
        return next((entry.value for entry in self.entries if entry.key.text == key), None)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)


class Sequence(Struct, frozen=True, gc=False):
    """A list."""

    items: tuple["Node", ...] = ()
    mark: Mark = Mark()


Node = Scalar | Mapping | Sequence


class Problem(Struct, frozen=True):
    """Something wrong in a document: `CODE message`, where, and what to write instead (`mend`)."""

    code: str
    message: str
    mark: Mark = Mark()
    mend: str = ""
    severity: Literal["error", "warning"] = "error"
