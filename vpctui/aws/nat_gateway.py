"""NAT gateway: sources of a VPC behind one address, zonal or regional, public or private.  Rules R-163 … R-184, R-301."""

from collections.abc import Generator, Hashable, Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from vpctui.aws import edge_rules, managed_interface, nat_gateway_regional, nat_translation, network_interface
from vpctui.aws.altering import field, refused
from vpctui.aws.connection_tracking import always_tracked
from vpctui.aws.delivery import entrance
from vpctui.aws.icmp_error import Report
from vpctui.aws.mtu import carried, inside
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.reading import Item
from vpctui.aws.route_table import route_target
from vpctui.engine.change import alterations
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import Outline, outlines
from vpctui.engine.registry import Assumptions, Evaluation, Rule, Sentence, Situation, forwards
from vpctui.packet import Packet
from vpctui.schema import Choice, Field, Integer, IpAddress, ListOf, MapOf, OnOff, Reference, Section, Text
from vpctui.trace import Arrival, Candidate, Drop, Step

MTU = 8500
"""R-183, R-294."""
CAPACITY = 55000
"""Connections of one address to one destination address, port and protocol (R-171)."""
STATES = ("available", "pending", "failed", "deleting", "deleted")
FORWARDING = ("available", "deleting")
"""States in which it still forwards (R-176)."""
NOT_A_STATE = {"running": "available", "on": "available", "active": "available", "off": "deleted", "stopped": "failed"}


class NatGateway(Record, frozen=True, kw_only=True):
    """A NAT gateway.  Its addresses are those of the interfaces that name it as `owner`.

    A zonal one has one interface in its `subnet`.  A regional one (R-179) has no subnet: one set of addresses per zone, an own
    `route_table`, or the preset one with a route to the internet gateway.
    """

    vpc: str
    subnet: str = ""
    connectivity: str = "public"
    availability_mode: str = "zonal"
    auto_provision_zones: bool = True
    route_table: str | None = None
    state: str = "available"
    ports: int = CAPACITY


@indexes(NatGateway)
def keys(gateway: NatGateway) -> Iterable[Hashable]:
    """Among the route targets of its VPC."""
    yield ("target-in", gateway.vpc)


@outlines(NatGateway)
def outline(gateway: NatGateway, network: Network) -> Outline:
    """In its subnet; a regional one in its VPC, beside the internet gateway."""
    beside = " ".join(word for word in (gateway.connectivity, "regional" if not gateway.subnet else "") if word != "public")
    beside = beside if gateway.state == "available" else f"{beside} {gateway.state}".strip()
    return Outline(gateway.subnet or gateway.vpc, beside, 32 if gateway.subnet else 14)


SECTION = Section(
    "nat_gateways",
    "NAT gateway",
    (
        Field("subnet", Reference(("subnets",)), "the subnet of a zonal NAT gateway"),
        Field("private_ip", IpAddress(4), "its private address"),
        Field("public_ip", IpAddress(4), "its Elastic IP address; absent for `connectivity: private`"),
        Field("secondary_private_ips", ListOf(IpAddress(4)), "further private addresses", ()),
        Field("secondary_public_ips", ListOf(IpAddress(4)), "Elastic IP addresses of the further private ones, in their order", ()),
        Field("network_interface", Text(), "the id of its interface", shown_default="`eni-` and the gateway's id"),
        Field("connectivity", Choice(("public", "private")), "connectivity type", "public"),
        Field("state", Choice(STATES, NOT_A_STATE), "its state", "available"),
        Field("ports", Integer(0, 64512), "connections of one address to one destination address, port and protocol that still find a port", CAPACITY),
        Field("availability_mode", Choice(("zonal", "regional")), "`regional` has no subnet", "zonal"),
        Field("vpc", Reference(("vpcs",)), "the VPC of a regional one", shown_default="the only one"),
        Field("availability_zone_addresses", MapOf(Text(), ListOf(IpAddress(4))), "a regional one's Elastic IP addresses: `{az: address}`", ()),
        Field("auto_provision_zones", OnOff(), "a regional one expands to new zones by itself and serves them from others meanwhile", True),
        Field(
            "route_table",
            Reference(("route_tables",)),
            "a regional one's own table",
            shown_default="a preset one: local, and 0.0.0.0/0 to the internet gateway",
        ),
    ),
    "NAT gateways: many private sources behind one address, connections from inside only.",
)


def read(item: Item) -> Iterator[Record]:
    """One NAT gateway and its interface; for a regional one, its addresses by zone."""
    regional = item["availability_mode"] == "regional"
    if regional:
        yield from nat_gateway_regional.read(item)
    else:
        yield from _zonal_interface(item)
    yield NatGateway(
        id=item.id,
        vpc=item.vpc() if regional else item.subnet_vpc(item["subnet"]),
        subnet="" if regional else item["subnet"] or "",
        connectivity=item["connectivity"],
        availability_mode=item["availability_mode"],
        auto_provision_zones=item["auto_provision_zones"],
        route_table=item["route_table"],
        state=item["state"],
        ports=item["ports"],
    )


def _zonal_interface(item: Item) -> Iterator[Record]:
    public = item["connectivity"] == "public"
    for name in ("subnet", "private_ip", "public_ip") if public else ("subnet", "private_ip"):
        if item[name] is None:
            other = ", or connectivity: private" if name == "public_ip" else ", or availability_mode: regional" if name == "subnet" else ""
            item.problem("E124", f'NAT gateway {item.id} needs "{name}"', "", f"{name}: …{other}")
    if not public and (item["public_ip"] or item["secondary_public_ips"]):
        field_name = "public_ip" if item["public_ip"] else "secondary_public_ips"
        item.problem("E215", f"{item.id} is private: it has no public address", field_name, f"leave {field_name} out, or connectivity: public")
    if item["route_table"]:
        item.problem("E122", f"{item.id} is zonal: it uses the table of its subnet", "route_table", f"route_table of {item['subnet']}")
    identifier = managed_interface.named(item, item["network_interface"], f"eni-{item.id}")
    interface = network_interface.from_values(item, identifier, item.values, owner=item.id, kind="nat_gateway")
    yield replace(interface, secondary_public_ips=tuple(zip(item["secondary_private_ips"], item["secondary_public_ips"], strict=False)))


@route_target(NatGateway, "nat_gateways", option="nat_gateway_id")
def usable(gateway: NatGateway, network: Network, assume: Assumptions) -> bool:
    """A deleted one leaves its routes blackholed; they must be removed by hand (R-036, R-176)."""
    return gateway.state != "deleted"


@entrance(NatGateway)
def enter(gateway: NatGateway, packet: Packet, here: Situation, won: Candidate, zone: str) -> Generator[Step, None, Arrival | str]:
    """From a subnet whose table says so; the border of its own subnet is crossed unless the sender is in it too."""
    if gateway.vpc != here.arrival.node:
        return "ROUTE_TARGET_WRONG_VPC"
    interface = yield from nat_gateway_regional.serving(gateway, packet, zone, here.network)
    if interface is None:
        return "NATGW_AZ_RESTRICTION"
    border = here.arrival.by != gateway.subnet
    return Arrival(node=gateway.id, by=interface.id, zone=interface.zone, crosses_border=border, came_from=here.arrival.node, tags=here.arrival.tags)


@forwards(NatGateway, named="nat_gateway")
def forward(gateway: NatGateway, packet: Packet, here: Situation) -> Evaluation:
    """Network ACL, what it carries at all, translation, then its subnet's table (R-164, R-167, R-174)."""
    interface = managed_interface.own(here, gateway.id)
    if interface is None:
        return (yield from _starts(gateway, packet, here))
    refusal = yield from managed_interface.enter_subnet(interface, packet, here)
    if refusal:
        return refusal
    fitted = yield from _carries(gateway, interface, packet, here)
    if isinstance(fitted, Drop):
        return fitted
    translated = yield from nat_translation.translate(gateway, interface, fitted, here)
    if isinstance(translated, Drop):
        return translated
    return (yield from nat_gateway_regional.leave(gateway, interface, translated, here))


def _carries(gateway: NatGateway, interface: NetworkInterface, packet: Packet, here: Situation) -> Generator[Step, None, Packet | Drop]:
    """Its state, the protocols that it knows, fragments, size (R-165, R-173, R-176, R-183)."""
    if gateway.state not in FORWARDING:
        yield Step(rule="nat-gateway-state", packet=packet, passed=False, facts={"nat": gateway.id, "state": gateway.state}, setting=f"{gateway.id}.state")
        return Drop(packet=packet, reason="COMPONENT_BAD_STATE", mends=(f"{gateway.id}.state=available",))
    if packet.protocol not in ("tcp", "udp", "icmp", "icmpv6"):
        yield Step(rule="nat-gateway-protocol", packet=packet, passed=False, facts={"nat": gateway.id, "protocol": packet.protocol})
        return Drop(packet=packet, reason="PROTOCOL_NOT_SUPPORTED")
    if (packet.more_fragments or packet.fragment_offset) and packet.protocol != "udp":
        yield Step(rule="nat-gateway-fragment", packet=packet, passed=False, facts={"nat": gateway.id, "protocol": packet.protocol})
        return Drop(packet=packet, reason="PROTOCOL_NOT_SUPPORTED")
    return (yield from carried(gateway.id, packet, here, MTU, report=_report(interface, packet, here), fragments=packet.protocol == "udp"))


def _report(interface: NetworkInterface, packet: Packet, here: Situation) -> Report | None:
    """A NAT gateway says from its own address what it cannot carry (R-183, R-296)."""
    if packet.family == 6 or interface.private_ip is None:
        return inside(interface.vpc, packet, here)
    return Report(interface.private_ip, Arrival(node=interface.owner))


def _starts(gateway: NatGateway, packet: Packet, here: Situation) -> Evaluation:
    """Of itself it sends nothing but ICMP errors."""
    interface = next((own for own in network_interface.attached(gateway.id, here.network) if own.owns(packet.src)), None)
    if interface is None or packet.about is None:
        yield Step(rule="managed-starts-nothing", packet=packet, passed=False, facts={"node": gateway.id})
        return Drop(packet=packet, reason="NATGW_NO_STATE")
    yield Step(rule="originate", packet=packet, facts={"node": gateway.id, "src": packet.socket("src"), "dst": packet.socket("dst")})
    return (yield from nat_gateway_regional.leave(gateway, interface, packet, here))


def _state_command(gateway: NatGateway, value: Any, network: Network) -> tuple[str, ...]:
    return (f"aws ec2 delete-nat-gateway --nat-gateway-id {gateway.id}",) if value in ("deleting", "deleted") else ()


alterations(
    NatGateway,
    field("state", Choice(STATES, NOT_A_STATE), command=_state_command),
    field("ports", Integer(0, 64512), offer=lambda gateway, network: ("0", "1", str(CAPACITY))),
    refused("route_table", lambda gateway, change, network: edge_rules.gateway_kind(gateway)),
)

always_tracked(NatGateway)

RULES = {
    "nat-gateway-state": Rule(
        "R-176",
        Sentence("{nat} is {state}", "{nat}の状態は{state}"),
        Sentence("{nat} is {state}: it does not forward", "{nat}の状態は{state}：転送しない"),
    ),
    "nat-gateway-protocol": Rule(
        "R-165",
        Sentence("{nat} carries {protocol}", "{nat}は{protocol}を転送する"),
        Sentence("{nat} carries TCP, UDP and ICMP only, not {protocol}", "{nat}が転送するのはTCP・UDP・ICMPだけで、{protocol}は転送しない"),
    ),
    "nat-gateway-fragment": Rule(
        "R-173",
        Sentence("{nat} passes fragments of UDP", "{nat}はUDPのフラグメントを通す"),
        Sentence("{nat} passes fragments of UDP only; this is a fragment of {protocol}", "{nat}が通すフラグメントはUDPだけ。これは{protocol}のフラグメント"),
    ),
}
