"""Gateway Load Balancer endpoint: a route target that sends packets through inspection.  Also the section of all endpoints.  Rules R-210 … R-223, R-292."""

from collections.abc import Generator, Hashable, Iterable, Iterator

from vpctui.address import Address
from vpctui.aws import availability_zone, gateway_endpoint, interface_endpoint, network_acl, service_subnets
from vpctui.aws.connection_tracking import always_tracked
from vpctui.aws.delivery import entrance
from vpctui.aws.endpoint_service import EndpointService
from vpctui.aws.internet import AWS_SERVICE
from vpctui.aws.mtu import too_big
from vpctui.aws.reading import Item
from vpctui.aws.route_table import route_target
from vpctui.aws.service_subnets import Nodes, ServiceSubnets
from vpctui.aws.subnet import Subnet
from vpctui.document import Scalar
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import Outline, outlines
from vpctui.engine.registry import Assumptions, Evaluation, Rule, Sentence, Situation, addressed, forwards, sends
from vpctui.packet import Packet
from vpctui.schema import Choice, Field, IpAddress, ListOf, Reference, Section, Text
from vpctui.trace import Arrival, Candidate, Drop, Forward, Step

MTU = 8500
"""Of what is inside; larger packets vanish without a word (R-218)."""
TYPES = ("gateway", "interface", "gateway_load_balancer")
STATES = ("available", "pending_acceptance", "rejected")


class VpcEndpoint(Record, frozen=True, kw_only=True):
    """A Gateway Load Balancer endpoint, as AWS Network Firewall has them too: one subnet, so one zone (R-219, R-222)."""

    vpc: str
    subnet: str
    zone: str
    service: str
    type: str = "gateway_load_balancer"
    state: str = "available"


@indexes(VpcEndpoint)
def keys(endpoint: VpcEndpoint) -> Iterable[Hashable]:
    """Among the targets of routes of its VPC."""
    yield ("target-in", endpoint.vpc)


@outlines(VpcEndpoint)
def outline(endpoint: VpcEndpoint, network: Network) -> Outline:
    """In its subnet, with the service behind it."""
    return Outline(endpoint.subnet, f"→ {endpoint.service}", 32)


SECTION = Section(
    "vpc_endpoints",
    "VPC endpoint",
    (
        Field("type", Choice(TYPES, {"gwlb": TYPES[2], "gwlbe": TYPES[2], "privatelink": TYPES[1]}), "kind of endpoint", required=True),
        Field("vpc", Reference(("vpcs",)), "the VPC", shown_default="that of its subnet, or the only one"),
        Field("subnet", Reference(("subnets",)), "the subnet; a Gateway Load Balancer endpoint has exactly one"),
        Field("subnets", ServiceSubnets(), "several subnets of an interface endpoint", ()),
        Field("private_ip", IpAddress(4), "address of its interface in `subnet`"),
        Field("ipv6", ListOf(IpAddress(6)), "IPv6 address of its interface in `subnet`", ()),
        Field("network_interface", Text(), "id of its interface in `subnet`", shown_default="`eni-` and the endpoint's id"),
        Field("service", Text(), "an endpoint service of this file, or the name of an AWS service", "", required=True),
        Field("route_tables", ListOf(Reference(("route_tables",))), "tables that get the route of a gateway endpoint", ()),
        Field("prefix_list", Reference(("prefix_lists",)), "addresses of the service of a gateway endpoint", shown_default="the list that `service` names"),
        Field("security_groups", ListOf(Reference(("security_groups",))), "security groups of an interface endpoint", ()),
        Field("state", Choice(STATES), "only an available endpoint works", "available"),
    ),
    "VPC endpoints: gateway (S3, DynamoDB), interface (PrivateLink), and Gateway Load Balancer endpoints, which are route targets.",
)


def read(item: Item) -> Iterator[Record]:
    """One endpoint of any type, and its interfaces."""
    if item["type"] == "gateway":
        return gateway_endpoint.read(item)
    own = {field.name: item[field.name] for field in service_subnets.NODE_FIELDS}
    nodes = item["subnets"] or (((item["subnet"], own),) if item["subnet"] else ())
    if not nodes:
        item.problem("E124", f'VPC endpoint {item.id} needs "subnet"', "", "subnet: …")
    if item["type"] == "interface":
        return interface_endpoint.read(item, nodes)
    return _read(item, nodes)


def _read(item: Item, nodes: Nodes) -> Iterator[Record]:
    if len(nodes) > 1:
        item.problem("E217", f"{item.id} has {len(nodes)} subnets; a Gateway Load Balancer endpoint has exactly one", "subnets", "one endpoint for each zone")
    if "." not in item["service"]:
        item.document.reader.references.append((item["service"], ("endpoint_services",), Scalar(item["service"], item.mark("service")), item.id))
    subnet = nodes[0][0] if nodes else ""
    yield VpcEndpoint(id=item.id, vpc=item.subnet_vpc(subnet), subnet=subnet, zone=item.zone(subnet), service=item["service"], state=item["state"])
    yield from service_subnets.interfaces(item, nodes[:1], "gateway_load_balancer_endpoint")


@route_target(VpcEndpoint, "vpc_endpoints", option="vpc_endpoint_id")
def usable(endpoint: VpcEndpoint, network: Network, assume: Assumptions) -> bool:
    """An endpoint that its service has not accepted, or has rejected, leaves its routes blackholed (R-036)."""
    return endpoint.state == "available"


@entrance(VpcEndpoint)
def enter(endpoint: VpcEndpoint, packet: Packet, here: Situation, won: Candidate, zone: str) -> Generator[Step, None, Arrival | str]:
    """From any subnet or gateway of its VPC.  Its network ACL is asked from its own subnet too (R-220); groups are lost (R-269)."""
    yield from ()
    router = here.network.get(here.arrival.node)
    if endpoint.vpc not in (here.arrival.node, getattr(router, "vpc", "")):
        return "ROUTE_TARGET_WRONG_VPC"
    arrival = here.arrival
    return Arrival(node=endpoint.id, by=endpoint.id, zone=endpoint.zone, came_from=arrival.node, groups=None, tags=arrival.tags)


@addressed(VpcEndpoint)
def address(endpoint: VpcEndpoint, network: Network, family: int, outside: bool) -> Address | None:
    """Its interface's address."""
    return None if outside else interface_endpoint.own_address(endpoint.id, network, family)


@sends(VpcEndpoint)
def source(endpoint: VpcEndpoint, destination: Address, network: Network) -> Address | None:
    """Its interface's address; it never sends (R-223)."""
    return interface_endpoint.own_address(endpoint.id, network, destination.family)


@forwards(VpcEndpoint, named="vpc_endpoint")
def forward(endpoint: VpcEndpoint, packet: Packet, here: Situation) -> Evaluation:
    """Network ACL, size, then the service (R-218 … R-220).  It starts nothing (R-223), and nobody talks to its own address."""
    if here.arrival.by != endpoint.id:
        began = here.arrival.by in ("", AWS_SERVICE)
        yield Step(rule="gwlbe-routed-only", packet=packet, passed=False, facts={"endpoint": endpoint.id})
        return Drop(packet=packet, reason="VPCE_CANNOT_INITIATE" if began else "NO_LISTENER")
    refused = yield from network_acl.enter(here.network.the(Subnet, endpoint.subnet), packet, here)
    if refused:
        return refused
    refused = yield from availability_zone.check(endpoint.id, endpoint.vpc, endpoint.zone, packet, here.network)
    if refused:
        return refused
    refused = yield from too_big(endpoint.id, packet, here, MTU, vpc=endpoint.vpc, reports=False)
    if refused:
        return refused
    if here.network.find(EndpointService, endpoint.service) is None:
        yield Step(rule="not-modelled", packet=packet, passed=False, facts={"node": endpoint.service})
        return Drop(packet=packet, reason="UNSUPPORTED_COMPONENT", target=endpoint.service)
    yield Step(rule="gwlbe-to-service", packet=packet, facts={"endpoint": endpoint.id, "service": endpoint.service, "dst": str(packet.dst)})
    arrival = here.arrival
    to = Arrival(node=endpoint.service, by=endpoint.id, table=endpoint.id, zone=endpoint.zone, came_from=endpoint.id, groups=None, tags=arrival.tags)
    return Forward(packet=packet, to=to, target=endpoint.service)


always_tracked(VpcEndpoint, lambda endpoint, network: getattr(network.get(endpoint.service), "type", "") == "network_firewall")

RULES = {
    "gwlbe-routed-only": Rule(
        "R-223",
        Sentence("a route sent it to {endpoint}", "ルートによって{endpoint}に来た"),
        Sentence(
            "{endpoint} takes only what a route sends to it, and starts no connection of its own",
            "{endpoint}はルートで送られたパケットだけを受け、自分から接続を始めない",
        ),
    ),
    "gwlbe-to-service": Rule(
        "R-219 R-325 R-326 R-328",
        Sentence("{endpoint} hands it to {service} unchanged; the destination stays {dst}", "{endpoint}は変更せずに{service}へ渡す。宛先は{dst}のまま"),
    ),
}
