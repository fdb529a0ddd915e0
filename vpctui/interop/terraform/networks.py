"""VPCs, subnets, gateways, peerings, prefix lists and endpoints of Terraform, as `describe-*` answers them."""

from vpctui.interop.aws.account import Json
from vpctui.interop.terraform.reading import Context, Item, texts_of

AVAILABLE = "available"
MAIN = "main-of-"


def write(context: Context) -> None:
    """All of them; what holds others comes first."""
    for item in context.all("aws_vpc", "aws_default_vpc"):
        _vpc(context, item)
    for item in context.all("aws_vpc_ipv4_cidr_block_association", "aws_vpc_ipv6_cidr_block_association"):
        _further_range(context, item)
    for item in context.all("aws_subnet", "aws_default_subnet"):
        _subnet(context, item)
    _gateways(context)
    for item in context.all("aws_vpc_peering_connection"):
        _peering(context, item)
    _prefix_lists(context)
    for item in context.all("aws_vpc_endpoint"):
        _endpoint(context, item)


def _vpc(context: Context, item: Item) -> None:
    six = item.known("ipv6_cidr_block")
    if not six and item.flag("assign_generated_ipv6_cidr_block"):
        item.assume("its IPv6 range is chosen by AWS: it has none here")
    values: Json = {"VpcId": item.id, "CidrBlock": item.known("cidr_block")}
    if six:
        values["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": six}]
    if not values["CidrBlock"]:
        values["CidrBlock"] = "10.0.0.0/16"
        item.assume("its range is unknown: 10.0.0.0/16 stands in its place")
    context.add("Vpcs", item, values)
    main = item.known("main_route_table_id") or item.known("default_route_table_id") or f"{MAIN}{item.id}"
    context.add("RouteTables", item, {"RouteTableId": main, "VpcId": item.id, "Associations": [{"Main": True}], "Routes": []}, main)


def _further_range(context: Context, item: Item) -> None:
    vpc = context.held("Vpcs", item.text("vpc_id"))
    if vpc is None:
        context.orphan(item, item.text("vpc_id"))
        return
    for attribute, key, name in (("cidr_block", "CidrBlockAssociationSet", "CidrBlock"), ("ipv6_cidr_block", "Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock")):
        if item.known(attribute):
            vpc.setdefault(key, []).append({name: item.known(attribute)})


def _subnet(context: Context, item: Item) -> None:
    zone = item.known("availability_zone") or item.known("availability_zone_id")
    values: Json = {
        "SubnetId": item.id,
        "VpcId": item.text("vpc_id"),
        "CidrBlock": item.known("cidr_block"),
        "AvailabilityZone": zone or "a",
        "AvailabilityZoneId": item.known("availability_zone_id"),
    }
    if item.known("ipv6_cidr_block"):
        values["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": item.known("ipv6_cidr_block")}]
    if not zone:
        item.assume("its Availability Zone is chosen by AWS: a stands in its place")
    context.add("Subnets", item, values)


def _gateways(context: Context) -> None:
    attached = {"aws_internet_gateway": "internet_gateway_id", "aws_vpn_gateway": "vpn_gateway_id"}
    elsewhere: dict[str, str] = {}
    for kind, attribute in attached.items():
        for item in context.all(f"{kind}_attachment"):
            elsewhere[item.text(attribute)] = item.text("vpc_id")
    for item in context.all("aws_internet_gateway"):
        context.add("InternetGateways", item, {"InternetGatewayId": item.id, "Attachments": _attachment(item, elsewhere)})
    for item in context.all("aws_egress_only_internet_gateway"):
        context.add("EgressOnlyInternetGateways", item, {"EgressOnlyInternetGatewayId": item.id, "Attachments": _attachment(item, elsewhere)})
    for item in context.all("aws_vpn_gateway"):
        context.add("VpnGateways", item, {"VpnGatewayId": item.id, "State": AVAILABLE, "VpcAttachments": _attachment(item, elsewhere)})


def _attachment(item: Item, elsewhere: dict[str, str]) -> list[Json]:
    vpc = item.text("vpc_id") or elsewhere.get(item.id, "")
    return [{"VpcId": vpc, "State": "attached"}] if vpc else []


def _peering(context: Context, item: Item) -> None:
    accepted = any(other.text("vpc_peering_connection_id") == item.id for other in context.all("aws_vpc_peering_connection_accepter"))
    status = item.known("accept_status") or ("active" if accepted or item.flag("auto_accept") else "pending-acceptance")
    own = {"VpcId": item.text("vpc_id")}
    other = {"VpcId": item.text("peer_vpc_id"), "OwnerId": item.known("peer_owner_id"), "Region": item.known("peer_region")}
    values = {"VpcPeeringConnectionId": item.id, "RequesterVpcInfo": own, "AccepterVpcInfo": other, "Status": {"Code": status}}
    context.add("VpcPeeringConnections", item, values)


def _prefix_lists(context: Context) -> None:
    for item in context.all("aws_ec2_managed_prefix_list", "aws_prefix_list"):
        cidrs = [str(entry["cidr"]) for entry in item.blocks("entry") if entry.get("cidr")] + texts_of(item.resource.values.get("cidr_blocks"))
        values = {"PrefixListId": item.id, "PrefixListName": item.known("name"), "Cidrs": cidrs, "MaxEntries": item.number("max_entries")}
        context.add("PrefixLists", item, values)
    for item in context.all("aws_ec2_managed_prefix_list_entry"):
        held = context.held("PrefixLists", item.text("prefix_list_id"))
        if held is None:
            context.orphan(item, item.text("prefix_list_id"))
        else:
            held["Cidrs"].append(item.known("cidr"))


def _endpoint(context: Context, item: Item) -> None:
    tables = [other.text("route_table_id") for other in context.all("aws_vpc_endpoint_route_table_association") if other.text("vpc_endpoint_id") == item.id]
    subnets = [other.text("subnet_id") for other in context.all("aws_vpc_endpoint_subnet_association") if other.text("vpc_endpoint_id") == item.id]
    service = item.known("service_name")
    values = {
        "VpcEndpointId": item.id,
        "VpcId": item.text("vpc_id"),
        "VpcEndpointType": item.known("vpc_endpoint_type") or "Gateway",
        "ServiceName": service,
        "State": item.known("state") or AVAILABLE,
        "SubnetIds": [*item.texts("subnet_ids"), *subnets],
        "NetworkInterfaceIds": item.texts("network_interface_ids"),
        "RouteTableIds": [*item.texts("route_table_ids"), *tables],
        "Groups": [{"GroupId": group} for group in item.texts("security_group_ids")],
    }
    context.add("VpcEndpoints", item, values)
    listed = item.known("prefix_list_id")
    if listed and context.held("PrefixLists", listed) is None:
        cidrs = texts_of(item.resource.values.get("cidr_blocks"))
        context.add("PrefixLists", item, {"PrefixListId": listed, "PrefixListName": service, "Cidrs": cidrs}, listed)
