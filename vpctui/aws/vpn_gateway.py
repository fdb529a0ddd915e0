"""Virtual private gateway: known remote prefixes on the way out, edge table on the way in.  Rules R-072, R-108 … R-119, R-121, R-125, R-127."""

from collections.abc import Generator, Hashable, Iterable, Iterator

from vpctui.address import Prefix
from vpctui.aws import edge
from vpctui.aws.delivery import entrance, owner_of
from vpctui.aws.equal_choice import ordered
from vpctui.aws.mtu import carried
from vpctui.aws.reading import Item
from vpctui.aws.remote_path import DIRECT_CONNECT_MTU, RemotePath, RemoteRouteList, RemoteRoutes, announced, best, carriers, lookup, paths
from vpctui.aws.remote_side import coming_in, hand_out
from vpctui.aws.route_table import RouteTable, adds_routes, route_target
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import Outline, outlines
from vpctui.engine.registry import Assumptions, Checks, Evaluation, Rule, Sentence, Situation, forwards
from vpctui.packet import Packet
from vpctui.schema import Field, Reference, Section
from vpctui.trace import Arrival, Candidate, Drop, Forward, Step


class VpnGateway(Record, frozen=True, kw_only=True):
    """A virtual private gateway; `routes` are (remote prefix, how it was learned) beside those of its connections and virtual interfaces."""

    vpc: str
    route_table: str | None = None
    routes: RemoteRoutes = ()


@indexes(VpnGateway)
def keys(gateway: VpnGateway) -> Iterable[Hashable]:
    """By VPC and by edge table, among what has a remote side, and by the prefixes there."""
    yield ("in", gateway.vpc)
    yield ("vpn-gateway", gateway.vpc)
    yield ("edge", gateway.route_table)
    yield ("remote-side",)
    for prefix, _ in gateway.routes:
        yield ("range", prefix)


@outlines(VpnGateway)
def outline(gateway: VpnGateway, network: Network) -> Outline:
    """In its VPC, before the subnets."""
    return Outline(gateway.vpc, "", 12)


SECTION = Section(
    "vpn_gateways",
    "virtual private gateway",
    (
        Field("vpc", Reference(("vpcs",)), "the VPC it is attached to", shown_default="the only one"),
        Field("route_table", Reference(("route_tables",)), "the edge association: the table asked for what comes in", shown_default="none"),
        Field("routes", RemoteRouteList(), "remote CIDRs, as its VPN or Direct Connect side announces them", ()),
    ),
    "Virtual private gateways.",
)


def read(item: Item) -> Iterator[Record]:
    """One virtual private gateway.  Notes E217 for a second one of a VPC (R-108)."""
    vpc = item.vpc()
    before = _first_of(vpc, item)
    if before != item.id:
        item.problem("E217", f"{vpc} has a virtual private gateway already: {before}", "vpc", "one for each VPC")
    yield VpnGateway(id=item.id, vpc=vpc, route_table=item["route_table"], routes=item["routes"])


def _first_of(vpc: str, item: Item) -> str:
    """The first virtual private gateway of a VPC in the file."""
    gateways = item.document.of("vpn_gateways")
    only = len(item.document.of("vpcs")) == 1
    return next((name for name, values in gateways.items() if values["vpc"] == vpc or (only and not values["vpc"])), item.id)


@route_target(VpnGateway, "vpn_gateways")
def usable(gateway: VpnGateway, network: Network, assume: Assumptions) -> bool:
    """A detached gateway leaves its routes blackholed (R-036)."""
    return bool(gateway.vpc)


@adds_routes(VpnGateway)
def propagated(gateway: VpnGateway, table: RouteTable, network: Network) -> Iterator[tuple[Prefix, str, str, str]]:
    """What propagation puts into a table of the same VPC (R-109), ranked by how it was learned (R-015)."""
    if gateway.vpc == table.vpc:
        for prefix, origin in announced(paths(gateway.id, gateway.routes, network)):
            yield prefix, str(prefix), gateway.id, origin


@coming_in(VpnGateway)
def come_in(gateway: VpnGateway, network: Network) -> Arrival:
    """From its remote side, by whichever tunnel (R-114)."""
    return Arrival(node=gateway.id, by="remote")


@entrance(VpnGateway)
def enter(gateway: VpnGateway, packet: Packet, here: Situation, won: Candidate, zone: str) -> Generator[Step, None, Arrival | str]:
    """From a subnet whose table says so; the gateway of another VPC takes nothing (R-043).

    The origin of the route goes along: jumbo frames need a propagated one (R-125).
    """
    yield from ()
    if gateway.vpc != here.arrival.node:
        return "ROUTE_TARGET_WRONG_VPC"
    return Arrival(node=gateway.id, by=gateway.vpc, zone=zone, came_from=here.arrival.node, tags=(f"origin:{won.origin}",))


@forwards(VpnGateway, named="vpn_gateway")
def forward(gateway: VpnGateway, packet: Packet, here: Situation) -> Evaluation:
    """In: destination check, edge table (R-111, R-116).  Out: source check, remote routes (R-110, R-112)."""
    if here.arrival.by != gateway.vpc:
        return (yield from _inbound(gateway, packet, here))
    return (yield from _outbound(gateway, packet, here))


def _inbound(gateway: VpnGateway, packet: Packet, here: Situation) -> Evaluation:
    refused = yield from _came_in(gateway, packet, here)
    if refused:
        return refused
    owner = owner_of(gateway.vpc, packet.dst, here.network)
    if owner is None and _hub(gateway, packet, here):
        return (yield from _send_out(gateway, packet, here))
    yield Step(
        rule="vgw-destination", packet=packet, passed=owner is not None, facts={"dst": str(packet.dst), "vpc": gateway.vpc, "eni": owner.id if owner else ""}
    )
    if owner is None:
        return Drop(packet=packet, reason="VGW_ADDRESS_NOT_IN_VPC" if gateway.vpc else "VGW_DETACHED")
    return (yield from edge.forward(gateway.id, gateway.vpc, gateway.route_table, packet, here, needs_public_ip=False))


def _came_in(gateway: VpnGateway, packet: Packet, here: Situation) -> Checks:
    """By a connection that works; what a tunnel cannot carry never gets here (R-114, R-115, R-118)."""
    ways = paths(gateway.id, gateway.routes, here.network)
    named = tuple(path for path in ways if path.via == here.arrival.by)
    carrier = here.network.get(here.arrival.by)
    way = next(iter(best(named or ways, packet.src)), None)
    if not getattr(carrier, "up", True) or (way is not None and not way.up):
        at = way.via if way else here.arrival.by
        yield Step(rule="vgw-tunnel", packet=packet, passed=False, facts={"gateway": gateway.id, "via": at})
        session = carrier is not None and not hasattr(carrier, "tunnels")
        return Drop(packet=packet, reason="COMPONENT_BAD_STATE" if session else "VPN_TUNNEL_DOWN")
    if way is None:
        return None
    refused = yield from _family(gateway, way, packet)
    if refused:
        return refused
    fitted = yield from carried(way.via, packet, here, way.mtu)
    return fitted if isinstance(fitted, Drop) else None


def _hub(gateway: VpnGateway, packet: Packet, here: Situation) -> bool:
    """CloudHub: from one BGP connection to another, with numbers of their own (R-121)."""
    if here.arrival.by == "remote":
        return False
    ways = paths(gateway.id, gateway.routes, here.network)
    came = next((carrier for carrier in carriers(gateway.id, here.network) if carrier.id == here.arrival.by), None)
    goes = next(iter(best(ways, packet.dst)), None)
    own: int = getattr(came, "customer_gateway_asn", 0)
    return goes is not None and getattr(came, "type", "") == "bgp" and goes.learned == "bgp" and bool(goes.asn) and goes.asn != own


def _outbound(gateway: VpnGateway, packet: Packet, here: Situation) -> Evaluation:
    owner = owner_of(gateway.vpc, packet.src, here.network)
    yield Step(rule="vgw-source", packet=packet, passed=owner is not None, facts={"src": str(packet.src), "vpc": gateway.vpc, "eni": owner.id if owner else ""})
    if owner is None:
        return Drop(packet=packet, reason="VGW_ADDRESS_NOT_IN_VPC")
    return (yield from _send_out(gateway, packet, here))


def _send_out(gateway: VpnGateway, packet: Packet, here: Situation) -> Evaluation:
    """By the best way that works (R-113): one tunnel for all that leaves (R-114)."""
    ways = paths(gateway.id, gateway.routes, here.network)
    equal = best(ways, packet.dst)
    choices = ordered(tuple(dict.fromkeys(path.via for path in equal)), packet, here, gateway.id) if equal else ()
    won = next((path for path in equal if path.via == choices[0]), None)
    yield Step(
        rule="vgw-remote-route",
        packet=packet,
        passed=won is not None,
        facts={"dst": str(packet.dst), "route": str(won.prefix) if won else "", "gateway": gateway.id, "via": won.via if won else ""},
        lookup=lookup(gateway.id, ways, won, packet.dst),
        choices=choices if len(choices) > 1 else (),
        chooser=gateway.id,
    )
    if won is None:
        return Drop(packet=packet, reason="VGW_NO_ONPREM_ROUTE")
    route = str(won.prefix)
    refused = yield from _usable(gateway, won, packet)
    if refused:
        return refused
    jumbo = won.learned != "dx" or "origin:dx" in here.arrival.tags
    sent = yield from carried(won.via, packet, here, won.mtu if jumbo else DIRECT_CONNECT_MTU, route=route)
    if isinstance(sent, Drop):
        return sent
    to = yield from hand_out(sent, here, behind=tuple(dict.fromkeys((won.via, gateway.id))))
    return Forward(packet=sent, to=to, route=route)


def _usable(gateway: VpnGateway, won: RemotePath, packet: Packet) -> Checks:
    if not won.up:  # a static route stays while its tunnels are down
        yield Step(rule="vgw-tunnel", packet=packet, passed=False, facts={"gateway": gateway.id, "via": won.via}, setting=f"{won.via}.tunnels[1]")
        return Drop(packet=packet, reason="VPN_TUNNEL_DOWN", route=str(won.prefix), mends=(f"{won.via}.tunnels[1]=up",))
    return (yield from _family(gateway, won, packet))


def _family(gateway: VpnGateway, won: RemotePath, packet: Packet) -> Checks:
    """IPv6 only over Direct Connect (R-115, C-10)."""
    if packet.family == 4 or not won.is_vpn:
        return None
    yield Step(rule="vgw-ipv4-only", packet=packet, passed=False, facts={"gateway": gateway.id, "via": won.via})
    return Drop(packet=packet, reason="PROTOCOL_NOT_SUPPORTED")


RULES = {
    "vgw-destination": Rule(
        "R-111 R-127",
        Sentence("{dst} is an address of {eni} in {vpc}", "{dst}は{vpc}の{eni}のアドレス"),
        Sentence(
            "{dst} is no address of an interface in {vpc}: the gateway carries nothing else",
            "{dst}は{vpc}のどのインターフェイスのアドレスでもない：このゲートウェイは転送しない",
        ),
    ),
    "vgw-source": Rule(
        "R-110",
        Sentence("{src} is an address of {eni} in {vpc}", "{src}は{vpc}の{eni}のアドレス"),
        Sentence(
            "{src} is no address of an interface in {vpc}: the gateway carries nothing else",
            "{src}は{vpc}のどのインターフェイスのアドレスでもない：このゲートウェイは転送しない",
        ),
    ),
    "vgw-remote-route": Rule(
        "R-112 R-113 R-114 R-121",
        Sentence("{gateway} has a route to {route} on the remote side: {via}", "{gateway}に対向側の{route}へのルートがある：{via}"),
        Sentence("{gateway} has no route to a remote prefix that covers {dst}", "{gateway}が持つ対向側のルートに{dst}を含むものが無い"),
    ),
    "vgw-tunnel": Rule(
        "R-113 R-119",
        Sentence("{via} is up", "{via}は確立済み"),
        Sentence("{via} is down, and {gateway} has nothing else", "{via}が切れており、{gateway}に他の経路は無い"),
    ),
    "vgw-ipv4-only": Rule(
        "R-115 C-10",
        Sentence("{via} carries IPv6", "{via}はIPv6を転送する"),
        Sentence("{via} is a VPN of {gateway}: it carries IPv4 only", "{via}は{gateway}のVPN：IPv4だけを転送する"),
    ),
}
