"""The operating system of an instance, a host or a router: its settings, its addresses, its own route table.  Rules R-142, R-146, R-149."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from vpctui.address import ANYWHERE, Address, Prefix, parse_address
from vpctui.aws import route_table
from vpctui.aws.network_interface import NetworkInterface, attached
from vpctui.aws.subnet import Subnet
from vpctui.document import Mapping, Node
from vpctui.engine.network import Network, Record
from vpctui.filter_rules import RuleText, SecurityGroupRule
from vpctui.schema import Choice, Cidr, Field, IpAddress, Json, Kind, ListOf, MapOf, Mistake, OnOff, Port, Reader, Text, quoted, scalar, unique
from vpctui.trace import Candidate, Lookup


class Guest(Struct, frozen=True, kw_only=True):
    """What is set inside an operating system.

    `routes` are (destination, next hop address | interface | network | tunnel | `internet`); `links` are (network, own address);
    `dnat` is (port, address, port); `listens` None means anything; `proxy` 0 means none.
    """

    ip_forward: bool = False
    nat: str = "none"
    dnat: tuple[tuple[int, Address, int], ...] = ()
    snat: bool = False
    proxy: int = 0
    routes: tuple[tuple[Prefix, str], ...] = ()
    links: tuple[tuple[str, Address], ...] = ()
    rp_filter: str = "off"
    listens: tuple[int, ...] | None = None
    local_addresses: tuple[Address, ...] = ()
    inspect: str = "none"
    deny: tuple[RuleText, ...] = ()


class Machine(Record, frozen=True, kw_only=True):
    """Anything with a guest operating system: instances, hosts and routers."""

    guest: Guest = Guest()
    state: str = "running"


class Translations(Kind, frozen=True):
    """`{PORT: "IP:PORT"}`."""

    def read(self, node: Node, reader: Reader, owner: str) -> tuple[tuple[int, Address, int], ...]:
        if not isinstance(node, Mapping):
            raise Mistake("E123", f"dnat of {owner} maps a port to an address and a port", node, '{80: "10.0.2.10:80"}')
        rows = []
        for entry in unique(node, reader):
            port = Port().read(entry.key, reader, owner)
            text = scalar(entry.value, "IP:PORT").text
            address, _, inside = text.rpartition(":")
            try:
                rows.append((port, parse_address(address.strip("[]")), int(inside)))
            except ValueError:
                raise Mistake("E106", f"{quoted(text)} is not IP:PORT", entry.value, '"10.0.2.10:80"') from None
        return tuple(rows)

    def json_schema(self) -> Json:
        return {"type": "object", "additionalProperties": {"type": "string"}}

    def names(self) -> str:
        return '`{PORT: "IP:PORT"}`'


class ProxyPort(Kind, frozen=True):
    """`{port: N}`."""

    def read(self, node: Node, reader: Reader, owner: str) -> int:
        if isinstance(node, Mapping):
            port = node.get("port")
            extra = [entry.key for entry in node if entry.key.text != "port"]
            if extra or port is None:
                raise Mistake("E122", f"proxy of {owner} takes port", extra[0] if extra else node, "{port: 3128}")
            node = port
        return Port().read(node, reader, owner)

    def json_schema(self) -> Json:
        return {"type": "object", "properties": {"port": Port().json_schema()}, "required": ["port"], "additionalProperties": False}

    def names(self) -> str:
        return "`{port: N}`"


FIELDS = (
    Field("ip_forward", OnOff(), "net.ipv4.ip_forward, and net.ipv6.conf.all.forwarding for IPv6", False),
    Field("nat", Choice(("none", "masquerade")), "masquerade the IPv4 that leaves by the default route", "none"),
    Field("dnat", Translations(), "destination translation by port", ()),
    Field("snat", OnOff(), "with `dnat`: put the own address in as source too", False),
    Field("proxy", ProxyPort(), "a proxy listens on this port and opens connections of its own", 0, shown_default="none"),
    Field("routes", MapOf(Cidr(0), Text()), "guest routes: next hop address, interface, network, tunnel or `internet`", ()),
    Field("interfaces", MapOf(Text(), IpAddress(0)), "links to networks that the VPC does not know: `{network: address}`", ()),
    Field("rp_filter", Choice(("off", "loose", "strict")), "reverse path filter of IPv4", "off"),
    Field("listens", ListOf(Port()), "listening ports", shown_default="anything"),
    Field("local_addresses", ListOf(IpAddress(0)), "addresses that only the operating system knows", ()),
    Field("inspect", Choice(("none", "loose", "strict")), "what an appliance wants to have seen of a connection", "none"),
    Field("deny", ListOf(SecurityGroupRule(addresses_only=True)), "what an appliance refuses", ()),
)


def read(values: dict[str, Any]) -> Guest:
    """The guest that these fields describe."""
    return Guest(
        ip_forward=values["ip_forward"],
        nat=values["nat"],
        dnat=values["dnat"],
        snat=values["snat"],
        proxy=values["proxy"],
        routes=values["routes"],
        links=values["interfaces"],
        rp_filter=values["rp_filter"],
        listens=values["listens"],
        local_addresses=values["local_addresses"],
        inspect=values["inspect"],
        deny=values["deny"],
    )


def owns(machine: Machine, address: Address, network: Network) -> bool:
    """Whether the operating system takes an address for its own: interfaces, links, local addresses, loopback (RFC 1122: it leaves no host)."""
    if _is_loopback(address) or any(address == own for _, own in machine.guest.links) or address in machine.guest.local_addresses:
        return True
    if address in (getattr(machine, "ip", None), getattr(machine, "ipv6", None)):
        return True
    return any(interface.owns(address) for interface in attached(machine.id, network))


def _is_loopback(address: Address) -> bool:
    return address.value >> 24 == 127 if address.family == 4 else address.value == 1


def table(machine: Machine, network: Network) -> Iterator[route_table.Row]:
    """The rows of the guest's table: what is on link, what was written, the default by the first interface (R-146)."""
    interfaces = attached(machine.id, network)
    written = {prefix for prefix, _ in machine.guest.routes}
    place = f"{machine.id}.routes"
    for prefix, target in machine.guest.routes:
        yield route_table.Row(prefix, str(prefix), target, "static", "active", f"{place}[{prefix}]")
    for link, address in machine.guest.links:
        block = getattr(network.get(link), "cidr", None)
        if isinstance(block, Prefix) and address in block and block not in written:
            yield route_table.Row(block, str(block), link, "connected", "active", "")
    for interface in interfaces:
        subnet = network.find(Subnet, interface.subnet)
        for block in (subnet.cidr, subnet.ipv6_cidr) if subnet else ():
            if block is not None and block not in written and interface.source(block.family) is not None:
                yield route_table.Row(block, str(block), interface.id, "connected", "active", "")
    yield from _defaults(machine, interfaces, written)


def _defaults(machine: Machine, interfaces: tuple[NetworkInterface, ...], written: set[Prefix]) -> Iterator[route_table.Row]:
    behind: str = getattr(machine, "behind", "")
    outside = behind or ("internet" if getattr(machine, "ip", None) or getattr(machine, "ipv6", None) else "")
    for family in (4, 6):
        everything = ANYWHERE[family]
        if everything in written:
            continue
        target = next((interface.id for interface in interfaces if interface.source(family) is not None), outside)
        if target:
            yield route_table.Row(everything, str(everything), target, "default", "active", f"{machine.id}.routes[{everything}]")


def speaks_ipv6(machine: Machine, network: Network) -> bool:
    """Whether a machine has an IPv6 address: without one its kernel has no default route of IPv6 either."""
    if getattr(machine, "ipv6", None) is not None or any(address.family == 6 for _, address in machine.guest.links):
        return True
    return any(interface.ipv6 for interface in attached(machine.id, network))


def lookup(machine: Machine, address: Address, network: Network) -> Lookup:
    """Ask the guest's table for an address."""
    found = tuple(table(machine, network))
    if address.family == 6 and not speaks_ipv6(machine, network):
        found = tuple(row for row in found if row.origin != "default")
    return Lookup("", str(address), route_table.choose(found, address), "guest", machine.id)


class Way(Struct, frozen=True):
    """How a packet leaves a machine: the interface, or the network outside, and the next hop where the table names one."""

    route: Candidate
    interface: NetworkInterface | None = None
    link: str = ""
    next_hop: Address | None = None


def way(machine: Machine, won: Candidate, network: Network) -> Way | None:
    """Turn the winning route's target into a way out; None when nothing of the machine is on the next hop's link, or the next hop is itself."""
    record = network.get(won.target)  # first: an id is far more frequent than an address, and no address is an id
    if isinstance(record, NetworkInterface):
        return Way(won, record)
    try:
        next_hop = parse_address(won.target) if record is None else None
    except ValueError:
        next_hop = None
    if next_hop is None:
        return Way(won, None, won.target)
    if owns(machine, next_hop, network):
        return None
    for interface in attached(machine.id, network):
        subnet = network.find(Subnet, interface.subnet)
        if subnet is not None and subnet.holds(next_hop):
            return Way(won, interface, "", next_hop)
    for link, _ in machine.guest.links:
        block = getattr(network.get(link), "cidr", None)
        if isinstance(block, Prefix) and next_hop in block:
            return Way(won, None, link, next_hop)
    return None


def source_for(machine: Machine, out: Way, family: int) -> Address | None:
    """The address that the guest puts in as source when it leaves that way."""
    if out.interface is not None:
        return out.interface.source(family)
    for link, address in machine.guest.links:
        if link == out.link and address.family == family:
            return address
    outside: Address | None = getattr(machine, "ip" if family == 4 else "ipv6", None)
    if outside is not None:
        return outside
    return next((address for _, address in machine.guest.links if address.family == family), None)


def address_facing(machine: Machine, by: str, family: int, network: Network) -> Address | None:
    """The machine's address on the side of an interface, link or gateway by which a packet came in."""
    interface = network.find(NetworkInterface, by)
    if interface is not None:
        return interface.source(family)
    own = next((address for link, address in machine.guest.links if link == by and address.family == family), None)
    return own or getattr(machine, "ip" if family == 4 else "ipv6", None)


def is_default(way_out: Way) -> bool:
    """Whether the way out is the default one: what a masquerading guest calls outside."""
    return way_out.route.destination in (str(ANYWHERE[4]), str(ANYWHERE[6]))
