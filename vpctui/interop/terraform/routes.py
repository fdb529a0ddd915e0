"""Route tables with their routes and associations, route by route or in blocks.  Propagation too."""

from vpctui.interop.aws.account import Json
from vpctui.interop.terraform.networks import MAIN
from vpctui.interop.terraform.reading import Context, Item

DESTINATIONS = {
    "cidr_block": "DestinationCidrBlock",
    "destination_cidr_block": "DestinationCidrBlock",
    "ipv6_cidr_block": "DestinationIpv6CidrBlock",
    "destination_ipv6_cidr_block": "DestinationIpv6CidrBlock",
    "destination_prefix_list_id": "DestinationPrefixListId",
}
TARGETS = {
    "gateway_id": "GatewayId",
    "nat_gateway_id": "NatGatewayId",
    "network_interface_id": "NetworkInterfaceId",
    "instance_id": "InstanceId",
    "transit_gateway_id": "TransitGatewayId",
    "vpc_peering_connection_id": "VpcPeeringConnectionId",
    "egress_only_gateway_id": "EgressOnlyInternetGatewayId",
    "vpc_endpoint_id": "VpcEndpointId",
    "carrier_gateway_id": "CarrierGatewayId",
    "local_gateway_id": "LocalGatewayId",
    "core_network_arn": "CoreNetworkArn",
}
OF_TYPE = {
    "aws_internet_gateway": "GatewayId",
    "aws_vpn_gateway": "GatewayId",
    "aws_nat_gateway": "NatGatewayId",
    "aws_network_interface": "NetworkInterfaceId",
    "aws_instance": "InstanceId",
    "aws_ec2_transit_gateway": "TransitGatewayId",
    "aws_vpc_peering_connection": "VpcPeeringConnectionId",
    "aws_egress_only_internet_gateway": "EgressOnlyInternetGatewayId",
    "aws_vpc_endpoint": "VpcEndpointId",
}
"""The key of a target that only its type tells: where a plan has the routes of a table as one attribute."""


def write(context: Context) -> None:
    """Tables, their rows, what they are associated with."""
    for item in context.all("aws_route_table"):
        _table(context, item, [])
    for item in context.all("aws_default_route_table"):
        _default_table(context, item)
    for item in context.all("aws_route"):
        _route(context, item)
    for item in context.all("aws_route_table_association", "aws_main_route_table_association"):
        _association(context, item)
    for item in context.all("aws_vpn_gateway_route_propagation"):
        table = context.held("RouteTables", item.text("route_table_id"))
        if table is None:
            context.orphan(item, item.text("route_table_id"))
        else:
            table.setdefault("PropagatingVgws", []).append({"GatewayId": item.text("vpn_gateway_id")})


def _table(context: Context, item: Item, associations: list[Json], identifier: str = "", vpc: str = "") -> None:
    values: Json = {
        "RouteTableId": identifier or item.id,
        "VpcId": vpc or item.text("vpc_id"),
        "Associations": associations,
        "PropagatingVgws": [{"GatewayId": gateway} for gateway in item.texts("propagating_vgws")],
        "Routes": [row for at, block in enumerate(item.blocks("route")) if (row := _inline(item, at, block))],
    }
    context.add("RouteTables", item, values, identifier)


def _inline(item: Item, at: int, block: Json) -> Json | None:
    """One route of a `route` block; its target may be unknown in a plan, and then the only one that the configuration names is meant."""
    row = {key: str(block[name]) for name, key in DESTINATIONS.items() if block.get(name)}
    row |= {key: text for name, key in TARGETS.items() if (text := item.in_block("route", at, name))}
    if not set(row) & set(TARGETS.values()):
        referred = [each for each in item.context.references.of(item.resource, "route") if each.type in OF_TYPE]
        if len(referred) == 1:
            row[OF_TYPE[referred[0].type]] = referred[0].id
        else:
            item.assume(f"the target of its route to {', '.join(row.values())} is unknown: packets stop there")
            row["UnknownTarget"] = f"unknown-target-{item.id}"
    return row


def _default_table(context: Context, item: Item) -> None:
    """The main table of a VPC, adopted: it takes the place of the one that stands for it."""
    known = item.text("default_route_table_id")
    vpcs = item.refers("default_route_table_id", "aws_vpc", "aws_default_vpc")
    vpc = item.known("vpc_id") or next(iter(vpcs), "")
    identifier = f"{MAIN}{vpc}" if known == vpc or not known else known
    held = context.held("RouteTables", identifier)
    if held is None:
        _table(context, item, [{"Main": True}], identifier, vpc)
    else:
        held["Routes"] += [row for at, block in enumerate(item.blocks("route")) if (row := _inline(item, at, block))]


def _route(context: Context, item: Item) -> None:
    table = context.held("RouteTables", _table_of(item))
    if table is None:
        context.orphan(item, item.text("route_table_id"))
        return
    row = {key: text for name, key in (*DESTINATIONS.items(), *TARGETS.items()) if (text := item.text(name))}
    if item.known("state") == "blackhole":
        row["State"] = "blackhole"
    table["Routes"].append(row)


def _table_of(item: Item) -> str:
    """`aws_vpc.x.main_route_table_id` refers to a VPC: its main table is meant."""
    known = item.text("route_table_id")
    vpcs = item.refers("route_table_id", "aws_vpc", "aws_default_vpc")
    return f"{MAIN}{known}" if known in vpcs else known


def _association(context: Context, item: Item) -> None:
    identifier = item.text("route_table_id")
    table = context.held("RouteTables", identifier)
    if table is None:
        context.orphan(item, identifier)
        return
    if item.resource.type == "aws_main_route_table_association":
        _make_main(context, identifier, item.text("vpc_id"))
        return
    gateway, subnet = item.text("gateway_id"), item.text("subnet_id")
    table["Associations"].append({"GatewayId": gateway} if gateway else {"SubnetId": subnet})


def _make_main(context: Context, identifier: str, vpc: str) -> None:
    for name, held in context.account.of("RouteTables").items():
        if held.values["VpcId"] == vpc:
            held.values["Associations"] = [each for each in held.values["Associations"] if not each.get("Main")]
            if name == identifier:
                held.values["Associations"].append({"Main": True})
