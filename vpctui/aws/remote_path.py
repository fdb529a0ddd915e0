"""Ways to a remote prefix: which one a gateway takes, and what it announces into route tables.  Rules R-112 … R-115, R-118, R-119, R-123, R-125.

VPN connections and Direct Connect virtual interfaces say what they carry; a gateway may also list remote prefixes itself.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from msgspec import Struct

from vpctui.address import Address, Prefix
from vpctui.aws.candidates import noted
from vpctui.aws.route_table import ORIGIN_RANK, Row
from vpctui.document import Mapping, Node
from vpctui.engine.network import Network
from vpctui.schema import Choice, Cidr, Json, Kind, ListOf, MapOf, Reader
from vpctui.trace import Lookup

R = TypeVar("R")
ORIGINS = {"static": "propagated-static", "bgp": "bgp", "dx": "dx"}
"""How a remote prefix was learned, and the origin that its propagated row has (R-015)."""
VPN_MTU = 1446
"""R-118."""
DIRECT_CONNECT_MTU = 1500
"""What a virtual interface carries unless it is a jumbo one (R-125, R-294)."""

RemoteRoutes = tuple[tuple[Prefix, str], ...]
"""Remote prefixes, each with how it was learned: `static`, `bgp` or `dx`."""


class RemoteRouteList(Kind, frozen=True):
    """A list of CIDRs (learned by BGP), or `{CIDR: static|bgp|dx}`."""

    def read(self, node: Node, reader: Reader, owner: str) -> RemoteRoutes:
        if isinstance(node, Mapping):
            return tuple(MapOf(Cidr(0), Choice(tuple(ORIGINS))).read(node, reader, owner))
        return tuple((prefix, "bgp") for prefix in ListOf(Cidr(0)).read(node, reader, owner))

    def json_schema(self) -> Json:
        return {"anyOf": [ListOf(Cidr(0)).json_schema(), MapOf(Cidr(0), Choice(tuple(ORIGINS))).json_schema()]}

    def names(self) -> str:
        return "list of CIDRs, or `{CIDR: static|bgp|dx}`"


class RemotePath(Struct, frozen=True):
    """One way to a remote prefix: by which connection or virtual interface, whether it works now, and what it prefers to others by."""

    prefix: Prefix
    learned: str
    """`static`, `bgp` or `dx`."""
    via: str
    """The VPN connection or virtual interface; the gateway or attachment itself where it lists the prefix."""
    up: bool = True
    preference: tuple[int, ...] = (1, 0)
    """Less is better: the local preference of Direct Connect (negated), then AS_PATH length, MED (R-113, R-123)."""
    mtu: int = VPN_MTU
    asn: int = 0

    @property
    def is_vpn(self) -> bool:
        """Whether it is a Site-to-Site VPN."""
        return self.learned != "dx"


Carried = Callable[[Any], Iterable[RemotePath]]
_CARRIED: dict[type, Carried] = {}


def carries(kind: type[R]) -> Callable[[Callable[[R], Iterable[RemotePath]]], Carried]:
    """Register the ways that a record offers to the gateway or attachment that it is indexed for, as `("carries-for", gateway)`."""

    def register(function: Callable[[R], Iterable[RemotePath]]) -> Carried:
        _CARRIED[kind] = function
        return function

    return register


def paths(gateway: str, written: RemoteRoutes, network: Network) -> tuple[RemotePath, ...]:
    """All ways of a gateway or attachment: what it lists itself, then what its connections and virtual interfaces carry."""
    own = (RemotePath(prefix, learned, gateway, mtu=DIRECT_CONNECT_MTU if learned == "dx" else VPN_MTU) for prefix, learned in written)
    return (*own, *(path for carrier in carriers(gateway, network) for path in _CARRIED[type(carrier)](carrier)))


def carriers(gateway: str, network: Network) -> tuple[Any, ...]:
    """The VPN connections and virtual interfaces of a gateway or attachment."""
    return tuple(network.get(identifier) for identifier in network.ids(("carries-for", gateway)))


def working(gateway: str, by: str, network: Network) -> bool:
    """Whether something of a gateway or attachment works: the carrier `by` which a packet comes, else any of them; true where it has none."""
    all_carriers = carriers(gateway, network)
    used = [carrier for carrier in all_carriers if carrier.id == by] or all_carriers
    return not used or any(carrier.up for carrier in used)


def rank(path: RemotePath) -> tuple[int, ...]:
    """Among ways to the same destination: those that work, the longest prefix, Direct Connect, static VPN, BGP VPN, attributes (R-113)."""
    return (not path.up, -path.prefix.length, ORIGIN_RANK[ORIGINS[path.learned]], *path.preference)


def best(found: tuple[RemotePath, ...], address: Address) -> tuple[RemotePath, ...]:
    """The ways to an address that are equally good; none where nothing covers it (R-112)."""
    matching = [path for path in found if address in path.prefix]
    top = min((rank(path) for path in matching), default=())
    return tuple(path for path in matching if rank(path) == top)


def lookup(gateway: str, found: tuple[RemotePath, ...], won: RemotePath | None, asked: Address) -> Lookup:
    """The ways as a table that was asked."""
    rows = {path: Row(path.prefix, str(path.prefix), path.via, ORIGINS[path.learned], "active" if path.up else "down", "") for path in found}
    return Lookup("", str(asked), noted(tuple(rows.values()), rows.get(won) if won else None, asked), "remote", gateway)


def announced(found: tuple[RemotePath, ...]) -> Iterator[tuple[Prefix, str]]:
    """What propagation puts into tables, each prefix once for every way of learning it.

    A static VPN route stays while its tunnels are down; what BGP announced is gone (R-119).
    """
    yield from dict.fromkeys((path.prefix, ORIGINS[path.learned]) for path in found if path.up or path.learned == "static")
