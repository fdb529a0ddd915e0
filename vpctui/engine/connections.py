"""What stateful components remember: translations, tracked connections, flow pins, sessions.

The table travels beside the trace and never changes; remembering makes another one.  Components put their own keys in it.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from vpctui.trace import Memo


class Connections:
    """An immutable table of memos by owner and key."""

    __slots__ = ("_held",)

    def __init__(self, held: dict[tuple[str, Any], Any] | None = None) -> None:
        self._held = held or {}

    def recall(self, owner: str, key: Any) -> Any:
        """What `owner` remembers under this key, or None."""
        return self._held.get((owner, key))

    def of(self, owner: str) -> Iterator[tuple[Any, Any]]:
        """Everything that `owner` remembers, oldest first."""
        return ((key, value) for (who, key), value in self._held.items() if who == owner)

    def all(self) -> Iterator[tuple[str, Any, Any]]:
        """Everything: owner, key, value, oldest first."""
        return ((owner, key, value) for (owner, key), value in self._held.items())

    def remember(self, memos: Iterable[Memo]) -> "Connections":
        """The table with these memos; a memo whose value is None is forgotten."""
        held = dict(self._held)
        for memo in memos:
            if memo.value is None:
                held.pop((memo.owner, memo.key), None)
            else:
                held[(memo.owner, memo.key)] = memo.value
        return Connections(held)

    def __len__(self) -> int:
        return len(self._held)
