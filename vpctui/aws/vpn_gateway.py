"""Virtual private gateway: known remote prefixes on the way out, edge table on the way in.  Rules R-072, R-108 … R-117."""

from collections.abc import Generator, Hashable, Iterable, Iterator

from vpctui.address import Prefix
from vpctui.aws import edge, route_table
from vpctui.aws.delivery import entrance, owner_of
from vpctui.aws.internet import ON_PREMISES
from vpctui.aws.reading import Item
from vpctui.aws.route_table import RouteTable, adds_routes, route_target
from vpctui.document import Mapping, Node
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import Outline, outlines
from vpctui.engine.registry import Assumptions, Evaluation, Rule, Sentence, Situation, forwards
from vpctui.packet import Packet
from vpctui.schema import Choice, Cidr, Field, Json, Kind, ListOf, MapOf, Reader, Reference, Section
from vpctui.trace import Arrival, Candidate, Drop, Forward, Lookup, Step

ORIGINS = ("static", "bgp", "dx")


class VpnGateway(Record, frozen=True, kw_only=True):
    """A virtual private gateway; `routes` are (remote prefix, how it was learned)."""

    vpc: str
    route_table: str | None = None
    routes: tuple[tuple[Prefix, str], ...] = ()


@indexes(VpnGateway)
def keys(gateway: VpnGateway) -> Iterable[Hashable]:
    """By VPC and by edge table."""
    yield ("in", gateway.vpc)
    yield ("vpn-gateway", gateway.vpc)
    yield ("edge", gateway.route_table)


class RemoteRoutes(Kind, frozen=True):
    """A list of CIDRs (learned by BGP), or `{CIDR: static|bgp|dx}`."""

    def read(self, node: Node, reader: Reader, owner: str) -> tuple[tuple[Prefix, str], ...]:
        if isinstance(node, Mapping):
            return tuple(MapOf(Cidr(0), Choice(ORIGINS)).read(node, reader, owner))
        return tuple((prefix, "bgp") for prefix in ListOf(Cidr(0)).read(node, reader, owner))

    def json_schema(self) -> Json:
        return {"anyOf": [ListOf(Cidr(0)).json_schema(), MapOf(Cidr(0), Choice(ORIGINS)).json_schema()]}

    def names(self) -> str:
        return "list of CIDRs, or `{CIDR: static|bgp|dx}`"


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
        Field("routes", RemoteRoutes(), "remote CIDRs, as its VPN or Direct Connect side announces them", ()),
    ),
    "Virtual private gateways.",
)


def read(item: Item) -> Iterator[Record]:
    """One virtual private gateway."""
    yield VpnGateway(id=item.id, vpc=item.vpc(), route_table=item["route_table"], routes=item["routes"])


@route_target(VpnGateway)
def usable(gateway: VpnGateway, network: Network, assume: Assumptions) -> bool:
    """A detached gateway leaves its routes blackholed (R-036)."""
    return bool(gateway.vpc)


@adds_routes(VpnGateway)
def propagated(gateway: VpnGateway, table: RouteTable, network: Network) -> Iterator[tuple[Prefix, str, str, str]]:
    """What propagation puts into a table of the same VPC (R-109), ranked by how it was learned (R-015)."""
    if gateway.vpc == table.vpc:
        for prefix, learned in gateway.routes:
            yield prefix, str(prefix), gateway.id, {"static": "propagated-static", "dx": "dx"}.get(learned, "bgp")


@entrance(VpnGateway)
def enter(gateway: VpnGateway, packet: Packet, here: Situation, won: Candidate, zone: str) -> Generator[Step, None, Arrival | str]:
    """From a subnet whose table says so; the gateway of another VPC takes nothing (R-043)."""
    yield from ()
    if gateway.vpc != here.arrival.node:
        return "ROUTE_TARGET_WRONG_VPC"
    return Arrival(node=gateway.id, by=gateway.vpc, zone=zone, came_from=here.arrival.node)


@forwards(VpnGateway, named="vpn_gateway")
def forward(gateway: VpnGateway, packet: Packet, here: Situation) -> Evaluation:
    """In: destination check, edge table (R-111, R-116).  Out: source check, remote routes (R-110, R-112)."""
    if here.arrival.by != gateway.vpc:
        return (yield from _inbound(gateway, packet, here))
    return (yield from _outbound(gateway, packet, here))


def _inbound(gateway: VpnGateway, packet: Packet, here: Situation) -> Evaluation:
    owner = owner_of(gateway.vpc, packet.dst, here.network)
    yield Step(
        rule="vgw-destination", packet=packet, passed=owner is not None, facts={"dst": str(packet.dst), "vpc": gateway.vpc, "eni": owner.id if owner else ""}
    )
    if owner is None:
        return Drop(packet=packet, reason="VGW_ADDRESS_NOT_IN_VPC")
    return (yield from edge.forward(gateway.id, gateway.vpc, gateway.route_table, packet, here, needs_public_ip=False))


def _outbound(gateway: VpnGateway, packet: Packet, here: Situation) -> Evaluation:
    owner = owner_of(gateway.vpc, packet.src, here.network)
    yield Step(rule="vgw-source", packet=packet, passed=owner is not None, facts={"src": str(packet.src), "vpc": gateway.vpc, "eni": owner.id if owner else ""})
    if owner is None:
        return Drop(packet=packet, reason="VGW_ADDRESS_NOT_IN_VPC")
    rows = tuple(
        route_table.Row(prefix, str(prefix), gateway.id, {"static": "propagated-static", "dx": "dx"}.get(kind, "bgp"), "active", "")
        for prefix, kind in gateway.routes
    )
    lookup = Lookup("", str(packet.dst), route_table.choose(rows, packet.dst), "remote", gateway.id)
    won = lookup.winner
    yield Step(
        rule="vgw-remote-route",
        packet=packet,
        passed=won is not None,
        facts={"dst": str(packet.dst), "route": won.destination if won else "", "gateway": gateway.id},
        lookup=lookup,
    )
    if won is None:
        return Drop(packet=packet, reason="VGW_NO_ONPREM_ROUTE")
    host = here.network.ids(("behind", gateway.id, packet.dst))
    end = host[0] if host else ON_PREMISES
    yield Step(rule="vgw-remote-side", packet=packet, facts={"dst": str(packet.dst), "to": end})
    return Forward(packet=packet, to=Arrival(node=end, by=gateway.id, came_from=gateway.id), route=won.destination)


RULES = {
    "vgw-destination": Rule(
        "R-111 R-127",
        Sentence("{dst} is an address of {eni} in {vpc}", "{dst}は{vpc}の{eni}のアドレス"),
        Sentence(
            "{dst} is no address of an interface in {vpc}: the gateway carries nothing else",
            "{dst}は{vpc}のどのインターフェイスのものでもない：このゲートウェイは運ばない",
        ),
    ),
    "vgw-source": Rule(
        "R-110",
        Sentence("{src} is an address of {eni} in {vpc}", "{src}は{vpc}の{eni}のアドレス"),
        Sentence(
            "{src} is no address of an interface in {vpc}: the gateway carries nothing else",
            "{src}は{vpc}のどのインターフェイスのものでもない：このゲートウェイは運ばない",
        ),
    ),
    "vgw-remote-route": Rule(
        "R-112 R-113",
        Sentence("{gateway} knows {route} on the remote side", "{gateway}は対向側の{route}を知っている"),
        Sentence("{gateway} knows no remote prefix that covers {dst}", "{gateway}が知る対向側のプレフィックスに{dst}を含むものが無い"),
    ),
    "vgw-remote-side": Rule("R-117", Sentence("the remote side takes it to {to}; nothing is translated", "対向側で{to}に届く。変換は無い")),
}
