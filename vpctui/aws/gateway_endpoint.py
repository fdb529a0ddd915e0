"""Gateway endpoint: S3 and DynamoDB by a prefix list route that the endpoint itself puts into tables.  Rules R-045, R-283 … R-289."""

from collections.abc import Generator, Hashable, Iterable, Iterator

from vpctui.address import Prefix
from vpctui.aws.connection_tracking import always_tracked
from vpctui.aws.delivery import deliver_local, entrance, owner_of
from vpctui.aws.internet import AWS_SERVICE
from vpctui.aws.prefix_list import PrefixList
from vpctui.aws.reading import Item
from vpctui.aws.route_table import RouteTable, adds_routes, entries, route_target
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import Outline, outlines
from vpctui.engine.registry import Assumptions, Evaluation, Rule, Sentence, Situation, forwards
from vpctui.packet import Packet
from vpctui.trace import Arrival, Candidate, Drop, Forward, Memo, Step


class GatewayEndpoint(Record, frozen=True, kw_only=True):
    """A gateway endpoint: the service's prefix list, and the tables that hold its route."""

    vpc: str
    service: str
    prefix_list: str
    route_tables: tuple[str, ...] = ()
    state: str = "available"


@indexes(GatewayEndpoint)
def keys(endpoint: GatewayEndpoint) -> Iterable[Hashable]:
    """By the tables to which it adds its route."""
    for table in endpoint.route_tables:
        yield ("adds-routes", table)


@outlines(GatewayEndpoint)
def outline(endpoint: GatewayEndpoint, network: Network) -> Outline:
    """In its VPC, with its service."""
    return Outline(endpoint.vpc, f"→ {endpoint.service}", 15)


def read(item: Item) -> Iterator[Record]:
    """One gateway endpoint.  Notes E124 where no prefix list says which addresses the service has."""
    listed = item["prefix_list"] or (item["service"] if item["service"] in item.document.of("prefix_lists") else "")
    if not listed:
        item.problem("E124", f'gateway endpoint {item.id} needs "prefix_list"', "service", "prefix_list: pl-s3, and its addresses in prefix_lists")
    if item["security_groups"]:
        item.problem("E122", f"gateway endpoint {item.id} has no interface, so no security groups", "security_groups", "leave it out")
    yield GatewayEndpoint(id=item.id, vpc=_vpc(item), service=item["service"], prefix_list=listed, route_tables=item["route_tables"], state=item["state"])


def _vpc(item: Item) -> str:
    """Its VPC: as written, the only one, or that of its first table."""
    tables, subnets = item.document.of("route_tables"), item.document.naming("subnets", "route_table")
    users = (values for table in item["route_tables"] for values in (tables.get(table, {}), *subnets.get(table, ())))
    return item["vpc"] or next((str(values["vpc"]) for values in users if values.get("vpc")), "") or item.vpc()


@route_target(GatewayEndpoint, "vpc_endpoints")
def usable(endpoint: GatewayEndpoint, network: Network, assume: Assumptions) -> bool:
    """Its routes are active while it is available (R-036)."""
    return endpoint.state == "available"


@adds_routes(GatewayEndpoint)
def added(endpoint: GatewayEndpoint, table: RouteTable, network: Network) -> Iterator[tuple[Prefix, str, str, str]]:
    """One row for each entry of the list (R-286), unless the file writes the row itself, as an imported table does."""
    if table.row(endpoint.prefix_list) is None:
        for entry in entries(endpoint.prefix_list, network):
            yield entry, endpoint.prefix_list, endpoint.id, "prefix-list"


def managing(table: str, destination: Prefix | str, network: Network, target: str = "") -> str:
    """The endpoint whose route this is or would be, which only ModifyVpcEndpoint changes (R-045); empty for any other route."""
    for identifier in (*network.ids(("adds-routes", table)), target):
        endpoint = network.find(GatewayEndpoint, identifier)
        if endpoint is not None and endpoint.prefix_list == destination:
            return identifier
    return ""


@entrance(GatewayEndpoint)
def enter(endpoint: GatewayEndpoint, packet: Packet, here: Situation, won: Candidate, zone: str) -> Generator[Step, None, Arrival | str]:
    """From a subnet whose table has its route."""
    yield from ()
    if endpoint.vpc != here.arrival.node:
        return "ROUTE_TARGET_WRONG_VPC"
    return Arrival(node=endpoint.id, by=endpoint.vpc, zone=zone, came_from=here.arrival.node, tags=here.arrival.tags)


@forwards(GatewayEndpoint, named="vpc_endpoint")
def forward(endpoint: GatewayEndpoint, packet: Packet, here: Situation) -> Evaluation:
    """Out: protocol and source (R-284, R-285), then the service.  In: only answers of the service (R-289)."""
    if here.arrival.by != endpoint.vpc:
        return (yield from _inbound(endpoint, packet, here))
    carried = packet.protocol == "tcp" or (packet.is_icmp and packet.icmp_type in (0, 8, 128, 129))
    facts: dict[str, str | int] = {"endpoint": endpoint.id, "protocol": packet.protocol, "src": str(packet.src), "dst": str(packet.dst), "vpc": endpoint.vpc}
    if not carried:
        yield Step(rule="gateway-endpoint-protocol", packet=packet, passed=False, facts=facts)
        return Drop(packet=packet, reason="PROTOCOL_NOT_SUPPORTED")
    if owner_of(endpoint.vpc, packet.src, here.network) is None:
        yield Step(rule="gateway-endpoint-source", packet=packet, passed=False, facts=facts)
        return Drop(packet=packet, reason="VPCE_SOURCE_NOT_IN_VPC")
    host = here.network.ids(("internet", packet.dst))
    service = host[0] if host else AWS_SERVICE
    yield Step(
        rule="gateway-endpoint-out",
        packet=packet,
        facts={**facts, "service": endpoint.service, "to": service},
        remembers=(Memo(endpoint.id, ("out", packet.reverse_flow)), Memo(AWS_SERVICE, ("came by", packet.reverse_flow), endpoint.id)),
    )
    return Forward(packet=packet, to=Arrival(node=service, by=endpoint.id, came_from=endpoint.id), target=endpoint.service)


def _inbound(endpoint: GatewayEndpoint, packet: Packet, here: Situation) -> Evaluation:
    listed = here.network.find(PrefixList, endpoint.prefix_list)
    facts: dict[str, str | int] = {"endpoint": endpoint.id, "src": str(packet.src), "list": endpoint.prefix_list}
    if listed is None or not listed.holds(packet.src):
        yield Step(rule="gateway-endpoint-service", packet=packet, passed=False, facts=facts)
        return Drop(packet=packet, reason="VPCE_SOURCE_NOT_SERVICE")
    known = bool(here.connections.recall(endpoint.id, ("out", packet.flow)))
    yield Step(rule="gateway-endpoint-answer", packet=packet, passed=known, facts=facts)
    if not known:
        return Drop(packet=packet, reason="VPCE_CANNOT_INITIATE")
    return (yield from deliver_local(endpoint.vpc, packet, here, table=None, route=None, target=None))


always_tracked(GatewayEndpoint, lambda endpoint, network: "dynamodb" in endpoint.service)


RULES = {
    "gateway-endpoint-protocol": Rule(
        "R-284",
        Sentence("{endpoint} carries {protocol}", "{endpoint}は{protocol}を転送する"),
        Sentence("{endpoint} carries TCP and ICMP echo only, not {protocol}", "{endpoint}が転送するのはTCPとICMPエコーだけで、{protocol}は転送しない"),
    ),
    "gateway-endpoint-source": Rule(
        "R-285",
        Sentence("{src} is an address of {vpc}", "{src}は{vpc}のアドレス"),
        Sentence(
            "{src} is no address of an interface in {vpc}: {endpoint} serves its own VPC only",
            "{src}は{vpc}のアドレスではない：{endpoint}は自分のVPCだけが使える",
        ),
    ),
    "gateway-endpoint-out": Rule(
        "R-283 R-288",
        Sentence(
            "{endpoint} takes it to {service}; the source stays {src}, nothing is translated",
            "{endpoint}が{service}へ転送する。送信元は{src}のまま、変換は無い",
        ),
    ),
    "gateway-endpoint-service": Rule(
        "R-289",
        Sentence("{src} is in {list}", "{src}は{list}に含まれる"),
        Sentence(
            "{src} is not in {list}: {endpoint} lets out the service's own addresses only", "{src}は{list}に無い：{endpoint}から出るのはサービスのアドレスだけ"
        ),
    ),
    "gateway-endpoint-answer": Rule(
        "R-289",
        Sentence("it answers a connection that went out by {endpoint}", "{endpoint}から出た接続への応答"),
        Sentence("{endpoint} opens no connection into its VPC", "{endpoint}からVPCへ接続を始めることはない"),
    ),
}
