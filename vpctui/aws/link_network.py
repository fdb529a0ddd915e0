"""A network outside AWS, or behind an instance's operating system: a link with a prefix.  Rules R-141, R-315."""

from collections.abc import Hashable, Iterable, Iterator

from vpctui.address import Prefix
from vpctui.aws.reading import Item
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import OUTSIDE, Outline, outlines
from vpctui.schema import Cidr, Field, Section


class LinkNetwork(Record, frozen=True, kw_only=True):
    """A link: who is on it reaches its neighbours directly."""

    cidr: Prefix


@indexes(LinkNetwork)
def keys(link: LinkNetwork) -> Iterable[Hashable]:
    """By its prefix."""
    yield ("range", link.cidr)


@outlines(LinkNetwork)
def outline(link: LinkNetwork, network: Network) -> Outline:
    """Outside, after hosts and routers."""
    return Outline(OUTSIDE, str(link.cidr), 30)


SECTION = Section(
    "networks",
    "network",
    (Field("cidr", Cidr(0), "its prefix", required=True),),
    "Networks that no VPC knows: LANs, links between routers, pod networks. `internet` is the reserved name of the network outside; it reaches public "
    "networks through the router that stands between.",
)


def read(item: Item) -> Iterator[Record]:
    """One network."""
    if item["cidr"] is not None:
        yield LinkNetwork(id=item.id, cidr=item["cidr"])
