"""Where records stand in the topology tree: registered by each resource, read by whoever draws the tree.

`@outlines(Kind)` names a function of a record and its network that returns an `Outline`.  Changes move few records, so the tree is kept
by the network of the file and asked anew only for records that a change names.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from msgspec import Struct

from vpctui.engine.network import Network, Record

R = TypeVar("R")
OUTSIDE = "outside"
"""The parent of everything that is not in AWS."""


class Outline(Struct, frozen=True):
    """`parent` is the id of the record that holds this one, `OUTSIDE`, or empty at the top; `beside` stands beside the id.

    `rank` orders records below one parent: gateways, subnets, tables, filters; equal ranks stand in the order of the file.
    """

    parent: str = ""
    beside: str = ""
    rank: int = 90
    quiet: bool = False
    """Shown only while the packet touches it."""


Outliner = Callable[[Any, Network], Outline]
OUTLINES: dict[type, Outliner] = {}


def outlines(kind: type[R]) -> Callable[[Callable[[R, Network], Outline]], Callable[[R, Network], Outline]]:
    """Register where records of a kind stand."""

    def register(function: Callable[[R, Network], Outline]) -> Callable[[R, Network], Outline]:
        OUTLINES[kind] = function
        return function

    return register


def outline(record: Record, network: Network) -> Outline:
    """Where a record stands; one whose kind registered nothing stands at the end of the top."""
    function = OUTLINES.get(type(record))
    return function(record, network) if function else Outline()


class Tree:
    """The children of every record of a network, gathered once; what the tree of another version of it looks like costs what changed."""

    __slots__ = ("_beside", "_children", "_moved", "_network", "_order", "_quiet")

    def __init__(self, network: Network) -> None:
        children: dict[str, list[str]] = {}
        self._order: dict[str, tuple[int, int]] = {}
        self._quiet: set[str] = set()
        self._beside: dict[str, str] = {}
        for at, record in enumerate(network):
            place = outline(record, network)
            self._order[record.id] = (place.rank, at)
            self._beside[record.id] = place.beside
            if place.quiet:
                self._quiet.add(record.id)
            else:
                children.setdefault(place.parent, []).append(record.id)
        self._children = {parent: tuple(sorted(ids, key=self._order.__getitem__)) for parent, ids in children.items()}
        self._network = network
        self._moved: dict[str, tuple[str, str]] = {}

    def after(self, network: Network, changed: tuple[str, ...]) -> "Tree":
        """The tree of a changed version of the network; `changed` are the ids that changes name."""
        tree = Tree.__new__(Tree)
        tree._children, tree._order, tree._quiet, tree._beside = self._children, self._order, self._quiet, self._beside
        tree._network, tree._moved = network, {}
        for identifier in changed:
            if self._network.get(identifier) is not network.get(identifier):
                before, after = (outline(which.the(Record, identifier), which).parent for which in (self._network, network))
                if before != after:
                    tree._moved[identifier] = (before, after)
        return tree

    def children(self, parent: str) -> tuple[str, ...]:
        """Ids of the records below one, quiet ones left out; the top is the empty id."""
        held = self._children.get(parent, ())
        if not self._moved:
            return held
        stay = tuple(identifier for identifier in held if identifier not in self._moved)
        return stay + tuple(identifier for identifier, (_, now) in self._moved.items() if now == parent)

    def parent(self, identifier: str) -> str:
        """Id of the record that holds one; empty at the top and for an unknown id."""
        record = self._network.get(identifier)
        return outline(record, self._network).parent if record is not None else ""

    def beside(self, identifier: str) -> str:
        """What stands beside an id."""
        record = self._network.get(identifier)
        return outline(record, self._network).beside if record is not None else ""

    def sorted(self, identifiers: Iterable[str]) -> tuple[str, ...]:
        """Ids in the order in which the tree shows them; unknown ones left out."""
        return tuple(sorted((identifier for identifier in identifiers if identifier in self._order), key=self._order.__getitem__))

    def is_quiet(self, identifier: str) -> bool:
        """Whether a record is shown only while the packet touches it."""
        return identifier in self._quiet

    def lines(self) -> Iterator[tuple[str, str]]:
        """Every id that is not quiet and what stood beside it in the file, children of one record together."""
        return ((identifier, self._beside[identifier]) for rows in self._children.values() for identifier in rows)
