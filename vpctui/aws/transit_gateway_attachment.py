"""Transit gateway attachment: a VPC by one subnet of each zone, a VPN, Connect, a Direct Connect gateway, or another transit gateway.

Rules R-226, R-230 … R-236, R-242.  Attachments stand inside `transit_gateways`; their ids are ids of the whole file.
"""

from collections.abc import Hashable, Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from vpctui.address import Prefix
from vpctui.aws import availability_zone, remote_path
from vpctui.aws.altering import ec2, field, members
from vpctui.aws.reading import Item
from vpctui.aws.remote_path import RemotePath, RemoteRouteList, RemoteRoutes, paths
from vpctui.aws.remote_side import coming_in
from vpctui.aws.subnet import Subnet
from vpctui.document import Mapping, Node
from vpctui.engine.change import Refusal, alterations
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import Outline, outlines
from vpctui.schema import Field, Json, Kind, ListOf, Mistake, OnOff, Reader, Reference, Text, read_fields, unique
from vpctui.trace import Arrival

KINDS = ("vpc", "vpn", "connect", "direct_connect_gateway", "peering", "network_function", "unsupported")
REMOTE = ("vpn", "connect", "direct_connect_gateway")
CONNECT_MTU = 8500
TABLES = Reference(("transit_gateway_route_tables",))


class TransitGatewayAttachment(Record, frozen=True, kw_only=True):
    """An attachment; `kind` is one of KINDS.  A peering has one id on both sides: `peer` and `peer_route_table` are the other's."""

    transit_gateway: str
    kind: str
    vpc: str = ""
    subnets: tuple[str, ...] = ()
    routes: RemoteRoutes = ()
    peer: str = ""
    route_table: str | None = None
    peer_route_table: str | None = None
    appliance_mode: bool = False
    security_group_referencing: bool = False

    def table_at(self, gateway: str) -> str | None:
        """The table that is asked for what comes in by it, at this transit gateway (R-225)."""
        return self.route_table if gateway == self.transit_gateway else self.peer_route_table

    def zones(self, network: Network) -> dict[str, Subnet]:
        """The enabled zones, each with its subnet; failed ones left out (R-230, R-049)."""
        subnets = (network.find(Subnet, identifier) for identifier in self.subnets)
        return {subnet.az: subnet for subnet in subnets if subnet is not None and not availability_zone.is_down(self.vpc, subnet.az, network)}

    def paths(self, network: Network) -> tuple[RemotePath, ...]:
        """The ways to its remote side; those of Connect carry what the transit gateway does (R-294)."""
        found = paths(self.id, self.routes, network)
        return tuple(replace(path, mtu=CONNECT_MTU) for path in found) if self.kind == "connect" else found


@indexes(TransitGatewayAttachment)
def keys(attachment: TransitGatewayAttachment) -> Iterable[Hashable]:
    """By transit gateway (and VPC), by associated table; those with a remote side among themselves."""
    yield ("attachment-of", attachment.transit_gateway)
    yield ("attachment", attachment.transit_gateway, attachment.vpc)
    yield ("associated", attachment.route_table)
    if attachment.peer:
        yield ("attachment-of", attachment.peer)
        yield ("associated", attachment.peer_route_table)
    if attachment.kind in REMOTE:
        yield ("remote-side",)


@outlines(TransitGatewayAttachment)
def outline(attachment: TransitGatewayAttachment, network: Network) -> Outline:
    """Under its transit gateway, with what it attaches."""
    return Outline(attachment.transit_gateway, attachment.vpc or attachment.peer or attachment.kind.replace("_", " "), 10)


FIELDS = (
    Field("vpc", Reference(("vpcs",)), "the VPC that it attaches"),
    Field("subnets", ListOf(Reference(("subnets",))), "for a VPC: one subnet in each enabled zone", ()),
    Field("vpn", RemoteRouteList(), "or a VPN: remote CIDRs (`vpn_connections` may add more)"),
    Field("connect", RemoteRouteList(), "or a Connect attachment: CIDRs that its peers announce"),
    Field("direct_connect_gateway", RemoteRouteList(), "or a Direct Connect gateway: CIDRs announced over its virtual interfaces"),
    Field("peering", Reference(("transit_gateways",)), "or another transit gateway"),
    Field("network_function", Text(), "or a Network Firewall attached to it directly: by name, not modelled"),
    Field("unsupported", Text(), "or what an import did not find: what it is; packets stop there"),
    Field("route_table", TABLES, "the associated table, asked for what comes in by this attachment", shown_default="none"),
    Field("peer_route_table", TABLES, "for a peering: the associated table of the other transit gateway", shown_default="none"),
    Field("appliance_mode", OnOff(), "whether both directions of a flow use one zone", False),
    Field("security_group_referencing", OnOff(), "with that of the transit gateway: rules may name groups of other attached VPCs", False),
)


class Attachments(Kind, frozen=True):
    """`{id: {vpc, subnets, route_table, …}}`."""

    def read(self, node: Node, reader: Reader, owner: str) -> tuple[tuple[str, dict[str, Any]], ...]:
        if not isinstance(node, Mapping):
            raise Mistake("E123", f"attachments of {owner} maps ids to settings", node, "att-a: {vpc: vpc-a, subnets: [sn-a], route_table: …}")
        found = []
        for entry in unique(node, reader):
            if reader.identify(entry.key, f"attachments of {owner}"):
                found.append((entry.key.text, read_fields(FIELDS, entry.value, reader, entry.key.text, "attachment")))
        return tuple(found)

    def json_schema(self) -> Json:
        fields = {field.name: field.kind.json_schema() for field in FIELDS}
        return {"type": "object", "additionalProperties": {"type": "object", "properties": fields, "additionalProperties": False}}

    def names(self) -> str:
        return "`{id: {…}}`"


def read(item: Item, gateway: str) -> Iterator[Record]:
    """One attachment of a transit gateway.  Notes E124 where it does not say what it attaches, E206 for a subnet of another VPC, E217 for two of one zone."""
    named = [kind for kind in KINDS if item[kind] is not None]
    if len(named) != 1:
        found = f"names {' and '.join(named)}" if named else "names none"
        item.problem("E124", f"attachment {item.id} attaches one of {', '.join(KINDS)}; it {found}", named[-1] if named else "", "vpc: …")
    kind = named[0] if named else "vpn"
    routes: RemoteRoutes = item[kind] or () if kind in REMOTE else ()
    if kind == "vpc":
        _check_subnets(item)
    yield TransitGatewayAttachment(
        id=item.id,
        transit_gateway=gateway,
        kind=kind,
        vpc=item["vpc"] or "",
        subnets=item["subnets"],
        routes=tuple((prefix, "dx") for prefix, _ in routes) if kind == "direct_connect_gateway" else routes,
        peer=item["peering"] or "",
        route_table=item["route_table"],
        peer_route_table=item["peer_route_table"],
        appliance_mode=item["appliance_mode"],
        security_group_referencing=item["security_group_referencing"],
    )


def _check_subnets(item: Item) -> None:
    if not item["subnets"]:
        item.problem("E124", f'attachment {item.id} needs "subnets"', "", "subnets: [one of each zone]")
    zones: dict[str, str] = {}
    for subnet in item["subnets"]:
        other = zones.setdefault(item.zone(subnet), subnet)
        if other != subnet and item.zone(subnet):
            item.problem("E217", f"{item.id} has two subnets in zone {item.zone(subnet)}: {other} and {subnet}", "subnets", "one subnet of each zone")
        if item.subnet_vpc(subnet) not in ("", item["vpc"]):
            item.problem("E206", f"{subnet} is not a subnet of {item['vpc']}", "subnets", f"a subnet of {item['vpc']}")


@coming_in(TransitGatewayAttachment)
def come_in(attachment: TransitGatewayAttachment, network: Network) -> Arrival:
    """At its transit gateway, with the table of its association."""
    return Arrival(node=attachment.transit_gateway, by=attachment.id, table=attachment.route_table or "")


def announced(attachment: TransitGatewayAttachment, network: Network) -> tuple[Prefix, ...]:
    """The prefixes that it propagates: its VPC's ranges (R-226), or what its remote side announces."""
    if attachment.kind == "vpc":
        vpc = network.get(attachment.vpc)
        blocks: tuple[Prefix, ...] = getattr(vpc, "cidrs", ()) + getattr(vpc, "ipv6_cidrs", ())
        return blocks
    return tuple(dict.fromkeys(prefix for prefix, _ in remote_path.announced(attachment.paths(network))))


def _table(attachment: TransitGatewayAttachment, table: str | None, network: Network) -> Refusal | None:
    """AssociateTransitGatewayRouteTable: a table of the same transit gateway (R-226)."""
    return _table_of(attachment.transit_gateway, attachment, table, network, "route_table")


def _peer_table(attachment: TransitGatewayAttachment, table: str | None, network: Network) -> Refusal | None:
    return _table_of(attachment.peer, attachment, table, network, "peer_route_table")


def _table_of(gateway: str, attachment: TransitGatewayAttachment, table: str | None, network: Network, setting: str) -> Refusal | None:
    if table is None or table in tables_of(gateway, network):
        return None
    message = f"{table} is not a route table of {gateway or 'the other transit gateway'}"
    hint = " or ".join(tables_of(gateway, network))
    return Refusal("QUERY_INVALID", message, "InvalidRouteTableID.NotFound", hint, "R-226", f"{attachment.id}.{setting}")


def tables_of(gateway: str, network: Network) -> tuple[str, ...]:
    """Ids of a transit gateway's route tables."""
    return network.ids(("transit-gateway-table", gateway))


def _table_command(attachment: TransitGatewayAttachment, table: str | None, network: Network) -> tuple[str, ...]:
    """A second association is refused, so the first one goes before (R-226)."""
    options = {"transit_gateway_attachment_id": attachment.id}
    before = attachment.route_table
    gone = (ec2("disassociate-transit-gateway-route-table", transit_gateway_route_table_id=before, **options),) if before else ()
    return (*gone, ec2("associate-transit-gateway-route-table", transit_gateway_route_table_id=table, **options)) if table else gone


def _subnet(attachment: TransitGatewayAttachment, value: str, network: Network) -> Refusal | None:
    """ModifyTransitGatewayVpcAttachment: subnets of the VPC, one of each zone (R-230)."""
    subnet, place = network.find(Subnet, value), f"{attachment.id}.subnets"
    if subnet is None or subnet.vpc != attachment.vpc:
        return Refusal(
            "QUERY_INVALID", f"{value} is not a subnet of {attachment.vpc}", "InvalidSubnetID.NotFound", f"a subnet of {attachment.vpc}", "R-230", place
        )
    taken = next((other for other in attachment.subnets if other != value and getattr(network.get(other), "az", "") == subnet.az), None)
    if taken:
        message = f"{taken} and {value} are in the same Availability Zone {subnet.az}"
        return Refusal("QUERY_INVALID", message, "DuplicateSubnetsInSameZone", f"{place}-={taken} first", "R-230", place)
    return None


def _subnet_command(attachment: TransitGatewayAttachment, operator: str, value: str) -> tuple[str, ...]:
    option = "remove_subnet_ids" if operator == "-=" else "add_subnet_ids"
    return (ec2("modify-transit-gateway-vpc-attachment", transit_gateway_attachment_id=attachment.id, **{option: value}),)


def _option(name: str) -> Any:
    def command(attachment: TransitGatewayAttachment, value: bool, network: Network) -> tuple[str, ...]:
        options = f"{name}={'enable' if value else 'disable'}"
        return (ec2("modify-transit-gateway-vpc-attachment", transit_gateway_attachment_id=attachment.id, options=options),)

    return command


def _vpc_only(setting: str) -> Any:
    def check(attachment: TransitGatewayAttachment, value: bool, network: Network) -> Refusal | None:
        if attachment.kind == "vpc" or not value:
            return None
        message = f"{attachment.id} is no VPC attachment"
        return Refusal("QUERY_INVALID", message, "InvalidParameterValue", "the attachment of the appliance's VPC", "R-233", f"{attachment.id}.{setting}")

    return check


alterations(
    TransitGatewayAttachment,
    field(
        "route_table",
        TABLES,
        check=_table,
        command=_table_command,
        offer=lambda attachment, network: (*tables_of(attachment.transit_gateway, network), "none"),
    ),
    field("peer_route_table", TABLES, check=_peer_table),
    field("appliance_mode", OnOff(), check=_vpc_only("appliance_mode"), command=_option("ApplianceModeSupport")),
    members("subnets", Reference(("subnets",)), check=_subnet, command=_subnet_command),
    field("security_group_referencing", OnOff(), check=_vpc_only("security_group_referencing"), command=_option("SecurityGroupReferencingSupport")),
)
