"""Transit gateways with attachments and tables, VPN connections."""

from vpctui.interop.aws.account import Json
from vpctui.interop.terraform.reading import Context, Item


def write(context: Context) -> None:
    """Gateways and tables, then what is attached, then routes."""
    for item in context.all("aws_ec2_transit_gateway"):
        _gateway(context, item)
    for item in context.all("aws_ec2_transit_gateway_route_table"):
        values = {"TransitGatewayRouteTableId": item.id, "TransitGatewayId": item.text("transit_gateway_id"), "State": "available"}
        context.add("TransitGatewayRouteTables", item, values)
    for item in context.all("aws_ec2_transit_gateway_vpc_attachment"):
        _attachment(context, item)
    _vpn(context)
    for item in context.all("aws_ec2_transit_gateway_route_table_association"):
        row = {"TransitGatewayAttachmentId": item.text("transit_gateway_attachment_id"), "State": "associated"}
        _part(context, item, "TransitGatewayAssociations", row)
    for item in context.all("aws_ec2_transit_gateway_route_table_propagation"):
        row = {"TransitGatewayAttachmentId": item.text("transit_gateway_attachment_id"), "State": "enabled"}
        _part(context, item, "Propagations", row)
    for item in context.all("aws_ec2_transit_gateway_route"):
        _part(context, item, "TransitGatewayRoutes", _route(item))


def _gateway(context: Context, item: Item) -> None:
    options = {
        "VpnEcmpSupport": item.known("vpn_ecmp_support") or "enable",
        "SecurityGroupReferencingSupport": item.known("security_group_referencing_support"),
    }
    context.add("TransitGateways", item, {"TransitGatewayId": item.id, "State": "available", "Options": {key: text for key, text in options.items() if text}})
    if item.known("default_route_table_association") == "disable" and item.known("default_route_table_propagation") == "disable":
        return
    table = _default(item)
    context.add("TransitGatewayRouteTables", item, {"TransitGatewayRouteTableId": table, "TransitGatewayId": item.id, "State": "available"}, table)


def _default(item: Item) -> str:
    return item.known("association_default_route_table_id") or f"tgw-rtb-default-of-{item.id}"


def _attachment(context: Context, item: Item) -> None:
    options = {"ApplianceModeSupport": item.known("appliance_mode_support") or "disable"}
    if item.known("security_group_referencing_support"):
        options["SecurityGroupReferencingSupport"] = item.known("security_group_referencing_support")
    gateway = item.text("transit_gateway_id")
    values = {
        "TransitGatewayAttachmentId": item.id,
        "TransitGatewayId": gateway,
        "VpcId": item.text("vpc_id"),
        "SubnetIds": item.texts("subnet_ids"),
        "Options": options,
    }
    context.add("TransitGatewayVpcAttachments", item, {**values, "State": "available"})
    _by_default(context, item, item.id, gateway)


def _by_default(context: Context, item: Item, attachment: str, gateway: str) -> None:
    """Association and propagation with the gateway's default table, where neither the gateway nor the attachment says no."""
    owner = next((each for each in context.all("aws_ec2_transit_gateway") if each.id == gateway), None)
    if owner is None:
        return
    for attribute, kind, state in (
        ("default_route_table_association", "TransitGatewayAssociations", "associated"),
        ("default_route_table_propagation", "Propagations", "enabled"),
    ):
        if owner.known(attribute) != "disable" and item.flag(f"transit_gateway_{attribute}", True):
            _keep(context, item, kind, _default(owner), {"TransitGatewayAttachmentId": attachment, "State": state})


def _vpn(context: Context) -> None:
    for item in context.all("aws_customer_gateway"):
        context.add("CustomerGateways", item, {"CustomerGatewayId": item.id, "BgpAsn": item.known("bgp_asn") or "65000"})
    for item in context.all("aws_vpn_connection"):
        static = item.flag("static_routes_only")
        routes = [
            {"DestinationCidrBlock": each.known("destination_cidr_block"), "State": "available"}
            for each in context.all("aws_vpn_connection_route")
            if each.text("vpn_connection_id") == item.id
        ]
        values: Json = {
            "VpnConnectionId": item.id,
            "State": "available",
            "VpnGatewayId": item.text("vpn_gateway_id"),
            "TransitGatewayId": item.text("transit_gateway_id"),
            "CustomerGatewayId": item.text("customer_gateway_id"),
            "Options": {"StaticRoutesOnly": static},
            "Routes": routes,
            "VgwTelemetry": [{"Status": "UP"}, {"Status": "UP"}],
        }
        context.add("VpnConnections", item, values)
        item.assume("its tunnels are up")
        if values["TransitGatewayId"]:
            _vpn_attachment(context, item, values["TransitGatewayId"])


def _vpn_attachment(context: Context, item: Item, gateway: str) -> None:
    attachment = item.known("transit_gateway_attachment_id") or f"tgw-attach-{item.id}"
    values = {"TransitGatewayAttachmentId": attachment, "TransitGatewayId": gateway, "ResourceType": "vpn", "ResourceId": item.id, "State": "available"}
    context.add("TransitGatewayAttachments", item, values, attachment)
    _by_default(context, item, attachment, gateway)


def _route(item: Item) -> Json:
    attachment = item.text("transit_gateway_attachment_id")
    if item.resource.planned and not item.known("transit_gateway_attachment_id"):
        vpn = item.refers("transit_gateway_attachment_id", "aws_vpn_connection")
        attachment = f"tgw-attach-{vpn[0]}" if vpn else attachment
    row: Json = {"DestinationCidrBlock": item.known("destination_cidr_block"), "Type": "static", "State": "blackhole" if item.flag("blackhole") else "active"}
    return row if item.flag("blackhole") else {**row, "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": attachment}]}


def _part(context: Context, item: Item, kind: str, row: Json) -> None:
    """Something about a route table; `association_default_route_table_id` of a gateway means its default table."""
    table = item.text("transit_gateway_route_table_id")
    gateways = item.refers("transit_gateway_route_table_id", "aws_ec2_transit_gateway") if item.resource.planned else []
    if table in gateways:
        table = f"tgw-rtb-default-of-{table}"
    if context.held("TransitGatewayRouteTables", table) is None:
        context.orphan(item, table)
        return
    _keep(context, item, kind, table, row)


def _keep(context: Context, item: Item, kind: str, table: str, row: Json) -> None:
    held = context.held(kind, table)
    if held is None:
        context.account.add(kind, table, {"Items": [row]}, context.source(item.resource))
    elif row not in held["Items"]:
        held["Items"].append(row)
