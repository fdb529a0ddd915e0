"""Managed prefix list: CIDRs under one id, for routes and security group rules.  Rules R-018, R-019, R-270."""

from collections.abc import Iterator

from vpctui.address import Address, Prefix
from vpctui.aws.reading import Item
from vpctui.engine.network import Network, Record
from vpctui.engine.outline import Outline, outlines
from vpctui.schema import Cidr, Field, Integer, ListOf, Section


class PrefixList(Record, frozen=True, kw_only=True):
    """A prefix list; `max_entries` is what it counts against quotas."""

    entries: tuple[Prefix, ...] = ()
    max_entries: int = 0

    def holds(self, address: Address) -> bool:
        """Whether an entry holds the address."""
        return any(address in entry for entry in self.entries)


@outlines(PrefixList)
def outline(listed: PrefixList, network: Network) -> Outline:
    """At the top, after everything that carries packets."""
    return Outline("", "", 80)


SECTION = Section(
    "prefix_lists",
    "prefix list",
    (
        Field("cidrs", ListOf(Cidr(0)), "the entries", ()),
        Field("max_entries", Integer(0, 1000), "what it counts against a table's quota", 0),
    ),
    "Managed prefix lists: `pl-s3: [52.0.0.0/15]`.",
    short="cidrs",
)


def read(item: Item) -> Iterator[Record]:
    """One prefix list."""
    yield PrefixList(id=item.id, entries=item["cidrs"], max_entries=item["max_entries"])
