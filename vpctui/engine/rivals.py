"""What else could have been asked: for a table that decided, the lookups that its neighbours would give for the same destination.

`@rivals(Kind)` names a function of a record, the address asked for, the network and the readings; it yields a lookup for every table that
people confuse with this one, the table itself left out.  `owner` of each says who uses it.
"""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from vpctui.address import Address
from vpctui.engine.network import Network
from vpctui.engine.registry import Assumptions
from vpctui.trace import Lookup

Rivals = Callable[[Any, Address, Network, Assumptions], Iterable[Lookup]]
RIVALS: dict[type, Rivals] = {}


def rivals(kind: type) -> Callable[[Rivals], Rivals]:
    """Register which tables are confused with tables of a kind."""

    def register(function: Rivals) -> Rivals:
        RIVALS[kind] = function
        return function

    return register


def rival_lookups(table: str, asked: Address, network: Network, assume: Assumptions, most: int | None = None) -> tuple[Lookup, ...]:
    """The lookups of the tables that are confused with this one, at most so many; none for an id that is no table."""
    record = network.get(table)
    function = RIVALS.get(type(record))
    return tuple(islice(function(record, asked, network, assume), most)) if function else ()
