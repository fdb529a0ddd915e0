"""A scenario as namespaces: one per host, instance, interface, gateway and VPC router; one policy routing table per route table.

What only AWS has (source/destination check, security groups per interface, a blackhole when an instance stops, the public address that an
edge target needs) is written as nftables rules or routes, so there the kernel proves consistency only.  Longest prefix match, forwarding,
TTL, MTU, connection tracking, translation and their order the kernel decides by itself.  Routers that AWS hides give the TTL back that
they take.
"""

from collections.abc import Callable

from tests.kernel import gateways, machines, router
from tests.kernel.plumbing import LINKS, MTU, Plumber, chain, table
from vpctui.address import Address, Prefix
from vpctui.aws.guest import Machine
from vpctui.aws.host import Host
from vpctui.aws.vpc import Vpc
from vpctui.engine.conversation import World
from vpctui.engine.network import Network

INTERNET = "@internet"
LARGEST_TTL = 80
_ONE_MORE = [f"ip ttl {ttl} ip ttl set {ttl + 1} accept" for ttl in range(LARGEST_TTL, 0, -1)]
_ONE_MORE6 = ["ip6 hoplimit set ip6 hoplimit map { " + ", ".join(f"{ttl} : {ttl + 1}" for ttl in range(1, LARGEST_TTL + 1)) + " }"]
GIVE_BACK_TTL = table("hidden", chain("pre", _ONE_MORE, "prerouting", "mangle"))
"""A router that AWS does not show in TTL: one more before the kernel takes one away."""
GIVE_BACK_HOPS = table("hidden", chain("pre", _ONE_MORE6, "prerouting", "mangle"), family="ip6")
"""The same for IPv6."""
COUNT_ON_SEGMENTS = table("hidden", chain("pre", ['iifname "sn*" return', *_ONE_MORE], "prerouting", "mangle"))
COUNT_HOPS_ON_SEGMENTS = table("hidden", chain("pre", ['iifname "sn*" return', *_ONE_MORE6], "prerouting", "mangle"), family="ip6")
"""The same for a VPC's router that counts (`ttl: textbook`): only what a gateway hands it is passed on uncounted."""


class Laboratory:
    """The namespaces of one network, and which interfaces of them tell that a node sent a packet."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.network = world.network
        self.ipv6 = _speaks_ipv6(world.network)
        self.plumber = Plumber(ipv6=self.ipv6)
        self.windows: dict[tuple[str, str], str] = {}
        """(namespace's node, interface): a packet that goes out there was sent by this scenario node."""
        self.entries: dict[tuple[str, str], Callable[[Address], bool]] = {}
        """(VPC, interface) by which packets come in that a gateway has judged already, and for which destinations."""
        self.takers: list[str] = []
        """Nodes with an operating system: they take packets for themselves."""
        self.numbers: dict[str, int] = {}
        self.hardware: dict[tuple[str, str], str] = {}
        self.ways: dict[str, str] = {}
        """`VPC:gateway` or `gateway:VPC`: how the first reaches the second."""
        self.ways6: dict[str, str] = {}
        """The same for IPv6."""
        self._cables = 0
        self.forwards(INTERNET)
        self.hide(INTERNET)
        self.plumber.both(INTERNET, "rule add blackhole priority 40000")
        for build in (router.build, gateways.build, machines.build, router.guard):
            build(self)

    def number(self, kind: str, identifier: str) -> int:
        """A small number for something that needs one: tables, segments."""
        return self.numbers.setdefault(f"{kind}:{identifier}", 10 + len(self.numbers))

    def forwards(self, node: str) -> None:
        """Make a node a router, of both families."""
        self.plumber.sysctl(node, net__ipv4__ip_forward="1")
        if self.ipv6:
            self.plumber.sysctl(node, net__ipv6__conf__all__forwarding="1")

    def hide(self, node: str) -> None:
        """Make a router give back what it takes of a packet's TTL."""
        self.plumber.nft(node, GIVE_BACK_TTL + (GIVE_BACK_HOPS if self.ipv6 else ""))

    def give_back_ttl(self, node: str, *, vpc: bool = False) -> None:
        """Make a router of AWS's count TTL as the scenario's reading has it."""
        if self.world.assume.ttl == "aws":
            self.hide(node)
        elif vpc:
            self.plumber.nft(node, COUNT_ON_SEGMENTS + (COUNT_HOPS_ON_SEGMENTS if self.ipv6 else ""))

    def cable(self, one: str, other: str, *, names: tuple[str, str] = ("", "")) -> tuple[str, str]:
        """A cable between two nodes; the names of its ends."""
        self._cables += 1
        ends = (names[0] or f"c{self._cables}a", names[1] or f"c{self._cables}b")
        self.plumber.link(one, ends[0], other, ends[1])
        for side, (node, end) in enumerate(((one, ends[0]), (other, ends[1]))):
            self.address_hardware(node, end, f"02:0{side}:00:00:{self._cables >> 8:02x}:{self._cables & 255:02x}")
        return ends

    def address_hardware(self, node: str, end: str, hardware: str) -> None:
        """Give an interface a hardware address that neighbours can be told."""
        self.hardware[(node, end)] = hardware
        self.plumber.ip(node, f"link set {end} address {hardware}")

    def neighbour(self, node: str, end: str, address: object, other: str, other_end: str) -> None:
        """Tell a node who holds an address on a link: nobody has to ask, nothing is late."""
        self.plumber.ip(node, f"neigh replace {address} lladdr {self.hardware[(other, other_end)]} dev {end} nud permanent")

    def handle(self, node: str, end: str) -> str:
        """The address by which routes of IPv6 name a neighbour: what AWS does with a link-local one."""
        group = self.hardware[(node, end)].split(":")
        return f"{LINKS}:{group[1]}::{group[4]}{group[5]}"

    def knows(self, node: str, end: str, other: str, other_end: str) -> str:
        """Tell a node the handle of what is on a link with it; the way there."""
        self.plumber.ip6(node, f"neigh replace {self.handle(other, other_end)} lladdr {self.hardware[(other, other_end)]} dev {end} nud permanent")
        return f"via {self.handle(other, other_end)} dev {end} onlink"

    def interface_handle(self, interface: str) -> str:
        """The handle of an interface on its segment, known before it is plugged in."""
        return f"{LINKS}:e::{self.number('interface', interface)}"

    def point_to_point(self, one: str, other: str, network: int) -> tuple[str, str]:
        """A cable with addresses 169.254.N.1 and .2 on it, each known to the other."""
        near, far = self.cable(one, other)
        self.plumber.ip(one, f"addr add 169.254.{network}.1/30 dev {near}")
        self.plumber.ip(other, f"addr add 169.254.{network}.2/30 dev {far}")
        self.neighbour(one, near, f"169.254.{network}.2", other, far)
        self.neighbour(other, far, f"169.254.{network}.1", one, near)
        for node, end, at, there in ((one, near, other, far), (other, far, one, near)):
            self.plumber.ip6(node, f"addr add {self.handle(node, end)}/128 dev {end} nodad")
            self.ways6[f"{node}:{at}"] = self.knows(node, end, at, there)
        return near, far

    def one_address(self, node: str, other: str, address: object, *, default: bool, ipv6: object = None) -> tuple[str, str]:
        """A cable between a node and one that knows this single address (one of each family) behind it."""
        near, far = self.cable(node, other)
        if ipv6 is not None:
            self._one_ipv6(node, near, other, far, ipv6, default=default)
        self.windows[(node, near)] = node
        if not other.startswith("@"):
            self.windows[(other, far)] = other
        if address is None:
            return near, far
        self.plumber.ip(node, f"addr add {address}/32 dev {near}", *([f"route add default via 169.254.250.1 dev {near} onlink"] if default else []))
        self.plumber.ip(other, f"addr add 169.254.250.1/32 dev {far}", f"route replace {address}/32 dev {far} src 169.254.250.1")
        self.neighbour(node, near, "169.254.250.1", other, far)
        self.neighbour(other, far, address, node, near)
        return near, far

    def _one_ipv6(self, node: str, near: str, other: str, far: str, address: object, *, default: bool) -> None:
        way = self.knows(node, near, other, far)
        self.plumber.ip6(node, f"addr add {address}/128 dev {near} nodad", *([f"route add default {way}"] if default else []))
        self.plumber.ip6(other, f"addr add {self.handle(other, far)}/128 dev {far} nodad", f"route replace {address}/128 dev {far}")
        self.plumber.ip6(other, f"neigh replace {address} lladdr {self.hardware[(node, near)]} dev {far} nud permanent")

    def hides(self, vpc: str, came_in: str, destination: str) -> bool:
        """Whether the VPC's router only hands on here what a gateway decided: then it is no hop of the engine's."""
        judged = self.entries.get((vpc, came_in))
        return judged is not None and judged(_address(destination))


def _speaks_ipv6(network: Network) -> bool:
    """Whether anything of a network has an IPv6 address."""
    if any(vpc.ipv6_cidrs for vpc in network.all(Vpc)) or any(host.ipv6 for host in network.all(Host)):
        return True
    return any(address.family == 6 for machine in network.all(Machine) for _, address in machine.guest.links)


def _address(text: str) -> Address:
    from vpctui.address import parse_address

    return parse_address(text)


def limited(limit: int) -> str:
    """What a route says of the size that fits; empty where everything does."""
    return f" mtu lock {limit}" if limit < MTU else ""


def braces(items: object) -> str:
    """An nftables set of addresses or prefixes."""
    return "{ " + ", ".join(str(item) for item in items) + " }"  # type: ignore[attr-defined]


__all__ = ["GIVE_BACK_TTL", "INTERNET", "Laboratory", "Prefix", "braces", "limited"]
