"""Analyses of AWS Reachability Analyzer: the answer of `describe-network-insights-analyses` as values."""

from typing import Any

import msgspec
from msgspec import Struct

from vpctui.address import Address, Prefix, parse_address, parse_prefix

PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "tcp": "tcp", "udp": "udp", "icmp": "icmp"}
ROUTE_TARGETS = (
    "GatewayId",
    "NatGatewayId",
    "NetworkInterfaceId",
    "InstanceId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "EgressOnlyInternetGatewayId",
    "CarrierGatewayId",
    "CoreNetworkArn",
    "LocalGatewayId",
)


class Unreadable(Exception):
    """The file holds no analyses; the text says where and why."""


class Shape(Struct, rename="pascal"):
    """An object of the API; fields that are not listed are left out."""


class Component(Shape):
    """A resource that an analysis names."""

    id: str = ""
    arn: str = ""
    name: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every way in which a scenario may call it: id, what stands last in its ARN, a load balancer's name in it, its own name."""
        path = self.arn.rpartition(":")[2]
        balancer = path.removeprefix("loadbalancer/") if path.startswith("loadbalancer/") else ""
        last = path.rpartition("/")[2]
        return tuple(
            dict.fromkeys(
                filter(
                    None, (self.id, self.id.rpartition("/")[2], path if self.is_part_of_balancer else "", balancer, *balancer.split("/")[1:2], last, self.name)
                )
            )
        )

    @property
    def is_part_of_balancer(self) -> bool:
        """Listeners and target groups: a load balancer of ours has them inside."""
        return self.arn.rpartition(":")[2].startswith(("listener/", "targetgroup/"))


class PortRange(Shape):
    """Ports from and to, both included."""

    from_: int = msgspec.field(default=0, name="From")
    to: int = 0


class Header(Shape):
    """The packet at a component; addresses may be blocks."""

    source_addresses: list[str] = []
    destination_addresses: list[str] = []
    source_port_ranges: list[PortRange] = []
    destination_port_ranges: list[PortRange] = []
    protocol: str = ""

    def allows(self, source: Address, destination: Address) -> bool:
        """Whether a packet with these addresses is one that the header describes."""
        return _within(source, self.source_addresses) and _within(destination, self.destination_addresses)


class AclRule(Shape):
    """The entry of a network ACL that decided."""

    rule_number: int = 0
    rule_action: str = ""
    cidr: str = ""


class GroupRule(Shape):
    """The rule of a security group that decided."""

    security_group_id: str = ""
    cidr: str = ""
    protocol: str = ""
    port_range: PortRange | None = None


class GatewayRoute(Shape):
    """The route of a transit gateway route table that decided."""

    destination_cidr: str = ""
    attachment_id: str = ""
    state: str = ""


class Explanation(Struct):
    """Why a path is not reachable: the code, and every resource that goes with it."""

    code: str
    direction: str
    components: tuple[Component, ...]


class PathComponent(Shape):
    """One component of a path."""

    sequence_number: int = 0
    component: Component = msgspec.field(default_factory=Component)
    acl_rule: AclRule | None = None
    security_group_rule: GroupRule | None = None
    outbound_header: Header | None = None
    inbound_header: Header | None = None
    route_table_route: dict[str, Any] | None = None
    transit_gateway_route_table_route: GatewayRoute | None = None

    @property
    def route(self) -> str:
        """The destination of the route that decided, or empty."""
        if self.transit_gateway_route_table_route is not None:
            return self.transit_gateway_route_table_route.destination_cidr
        return str((self.route_table_route or {}).get("DestinationCidr") or "")

    @property
    def detail(self) -> str:
        """What decided there, in a few words."""
        if self.acl_rule is not None:
            return f"{self.acl_rule.rule_number or '*'} {self.acl_rule.rule_action}".strip()
        if self.security_group_rule is not None:
            ports = self.security_group_rule.port_range
            shown = "" if ports is None else f" {ports.from_}" if ports.from_ == ports.to else f" {ports.from_}-{ports.to}"
            return f"{self.security_group_rule.protocol}{shown} {self.security_group_rule.cidr}".strip()
        if self.transit_gateway_route_table_route is not None:
            return f"{self.route} → {self.transit_gateway_route_table_route.attachment_id}"
        target = next((str(self.route_table_route[key]) for key in ROUTE_TARGETS if self.route_table_route and self.route_table_route.get(key)), "")
        return f"{self.route} → {target or 'local'}" if self.route else ""


class Analysis(Shape):
    """One analysis."""

    network_insights_analysis_id: str = ""
    network_insights_path_id: str = ""
    status: str = ""
    status_message: str = ""
    network_path_found: bool = False
    forward_path_components: list[PathComponent] = []
    return_path_components: list[PathComponent] = []
    raw_explanations: list[dict[str, Any]] = msgspec.field(default_factory=list, name="Explanations")

    @property
    def explanations(self) -> tuple[Explanation, ...]:
        """Its explanations, one for every code and direction."""
        return tuple(_explanation(raw) for raw in self.raw_explanations)


class _Answer(Shape):
    network_insights_analyses: list[Analysis]


def read_analyses(data: bytes) -> tuple[Analysis, ...]:
    """The analyses of an answer, a single one, or a list of them.  Raises Unreadable."""
    try:
        raw = msgspec.json.decode(data)
        if isinstance(raw, dict) and "NetworkInsightsAnalyses" not in raw and {"NetworkInsightsAnalysisId", "NetworkPathFound"} & raw.keys():
            raw = [raw]
        analyses = msgspec.convert({"NetworkInsightsAnalyses": raw} if isinstance(raw, list) else raw, _Answer).network_insights_analyses
    except msgspec.ValidationError as error:
        raise Unreadable(f"this is not what describe-network-insights-analyses answers: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(f"not JSON: {error}") from None
    if not analyses:
        raise Unreadable("there are no analyses in it")
    return tuple(analyses)


def question(analysis: Analysis) -> dict[str, str] | None:
    """The flow that was analysed, in the fields of the scenario format; None where the path does not tell it."""
    path = analysis.forward_path_components
    header = next((found for each in path for found in (each.inbound_header, each.outbound_header) if found is not None and found.destination_addresses), None)
    if header is None or not path[0].component.id:
        return None
    protocol = PROTOCOLS.get(header.protocol.lower(), header.protocol or "tcp")
    destination = header.destination_addresses[0].partition("/")[0]
    if protocol in ("tcp", "udp") and header.destination_port_ranges:
        port = header.destination_port_ranges[0].from_
        destination = f"[{destination}]:{port}" if ":" in destination else f"{destination}:{port}"
    fields = {"from": path[0].component.id, "to": destination, "protocol": protocol}
    if path[0].component.id.startswith("igw-"):
        fields |= {"from": "internet", "source_ip": _some_address(header.source_addresses)}
    return fields


def _some_address(blocks: list[str]) -> str:
    """An address of the first block: the block's own where it is one host, the first that a host may have otherwise."""
    documentation = parse_address("198.51.100.1")
    block = _block(blocks[0]) if blocks else _host(documentation)
    return str(block.first if block.size == 1 else documentation if documentation in block else block.first + 1)


def _within(address: Address, blocks: list[str]) -> bool:
    return not blocks or any(address in _block(text) for text in blocks)


def _block(text: str) -> Prefix:
    try:
        return parse_prefix(text) if "/" in text else _host(parse_address(text))
    except ValueError:
        return Prefix(4, 0, 32)  # what cannot be read holds nothing that is sent


def _host(address: Address) -> Prefix:
    return Prefix(address.family, address.value, 32 if address.family == 4 else 128)


def _explanation(raw: dict[str, Any]) -> Explanation:
    named = (value for key, value in raw.items() if isinstance(value, dict) and {"Id", "Arn"} & value.keys())
    components = tuple(Component(str(each.get("Id", "")), str(each.get("Arn", "")), str(each.get("Name", ""))) for each in named)
    return Explanation(str(raw.get("ExplanationCode", "")), str(raw.get("Direction", "")), components)
