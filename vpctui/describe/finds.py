"""Finding resources by a part of what is written about them, at a price that the size of the network hardly moves."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from msgspec import Struct

SHOWN = 20
"""Finds that are shown: more than a screen of them, each with its settings, nobody reads, and one more letter leaves a tenth."""
COUNTED = 1000
"""Finds that are counted; beyond it stands that there are more."""


class Finds(Struct, frozen=True):
    """Ids in the order of the tree, how many more there are, and whether there are even more than were counted."""

    ids: tuple[str, ...] = ()
    more: int = 0
    uncounted: bool = False


class Catalogue:
    """Everything that can be found, as one text with a line for each record, so that a search is a scan in C and not a walk over records."""

    def __init__(self, lines: Iterable[tuple[str, str]]) -> None:
        """`lines` are ids, and what stands beside them."""
        kept = [(identifier, f"{identifier} {beside}".replace("\n", " ").lower()) for identifier, beside in lines]
        self._ids = [identifier for identifier, _ in kept]
        self._starts = list(accumulate((len(line) + 1 for _, line in kept), initial=0))
        self._text = "".join(f"{line}\n" for _, line in kept)
        self._known = frozenset(self._ids)

    def search(self, text: str) -> Finds:
        """Records whose line contains the text in any case; one whose id it is stands first, and so is never among those left out."""
        wanted = text.lower()
        whole = [text] if text in self._known else []
        found: list[str] = []
        at, count = -1 if "\n" in wanted else self._text.find(wanted), 0
        while at >= 0 and count < COUNTED:
            number = bisect_right(self._starts, at) - 1
            if count < SHOWN:
                found.append(self._ids[number])
            count += 1
            at = self._text.find(wanted, self._starts[number + 1])
        ids = tuple(dict.fromkeys([*whole, *found]))[:SHOWN]
        return Finds(ids, count - len(ids), at >= 0)
