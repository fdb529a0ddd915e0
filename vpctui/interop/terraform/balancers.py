"""Application, network and gateway load balancers with listeners, target groups and targets."""

from typing import Any

from vpctui.interop.aws.account import Json
from vpctui.interop.terraform.addresses import Addresses
from vpctui.interop.terraform.machines import interface
from vpctui.interop.terraform.reading import Context, Item

BALANCERS = ("aws_lb", "aws_alb")
GROUPS = ("aws_lb_target_group", "aws_alb_target_group")
LISTENERS = ("aws_lb_listener", "aws_alb_listener")
ATTACHMENTS = ("aws_lb_target_group_attachment", "aws_alb_target_group_attachment")


def write(context: Context, addresses: Addresses) -> None:
    """All of them."""
    for item in context.all(*BALANCERS):
        _balancer(context, addresses, item)
    for item in context.all(*GROUPS):
        _group(context, item)
    for item in context.all(*LISTENERS):
        _listener(context, item)
    for item in context.all(*ATTACHMENTS):
        _target(context, item)
    for item in context.all("aws_vpc_endpoint_service"):
        arns = item.texts("network_load_balancer_arns"), item.texts("gateway_load_balancer_arns")
        values = {
            "ServiceId": item.id,
            "ServiceName": item.known("service_name") or item.id,
            "NetworkLoadBalancerArns": arns[0],
            "GatewayLoadBalancerArns": arns[1],
        }
        context.add("ServiceConfigurations", item, values)


def _balancer(context: Context, addresses: Addresses, item: Item) -> None:
    kind = item.known("load_balancer_type") or "application"
    mapped = [(item.in_block("subnet_mapping", at, "subnet_id"), at) for at in range(len(item.blocks("subnet_mapping")))]
    subnets = [subnet for subnet, _ in mapped] or item.texts("subnets")
    zones: list[Json] = []
    for at, subnet in enumerate(subnets):
        block = item.blocks("subnet_mapping")[at] if mapped else {}
        zones.append({"SubnetId": subnet, "ZoneName": _zone(context, subnet)})
        _node(context, addresses, item, kind, subnet, block, at)
    values = {
        "LoadBalancerArn": item.id,
        "LoadBalancerName": item.known("name") or item.resource.name,
        "Type": kind,
        "Scheme": "internal" if item.flag("internal") else "internet-facing",
        "VpcId": item.known("vpc_id") or next((held["VpcId"] for subnet in subnets if (held := context.held("Subnets", subnet))), ""),
        "State": {"Code": "active"},
        "SecurityGroups": item.texts("security_groups"),
        "AvailabilityZones": zones,
    }
    context.add("LoadBalancers", item, values)
    cross = item.resource.values.get("enable_cross_zone_load_balancing")
    if isinstance(cross, bool):
        rows = {"Items": [{"Key": "load_balancing.cross_zone.enabled", "Value": str(cross).lower()}]}
        context.account.add("LoadBalancerAttributes", item.id, rows, context.source(item.resource))


def _node(context: Context, addresses: Addresses, item: Item, kind: str, subnet: str, block: Json, at: int) -> None:
    """The interface of a load balancer in one subnet: Terraform knows its addresses only where they were given."""
    name = item.id.partition(":loadbalancer/")[2] or item.id
    inside = addresses.private(item, subnet, str(block.get("private_ipv4_address") or ""))
    values: dict[str, Any] = {
        "SubnetId": subnet,
        "PrivateIpAddress": inside,
        "InterfaceType": {"network": "network_load_balancer", "gateway": "gateway_load_balancer"}.get(kind, "interface"),
        "Description": f"ELB {name}",
        "RequesterManaged": True,
        "Groups": [{"GroupId": group} for group in item.texts("security_groups")],
        "SourceDestCheck": kind == "application",
    }
    if not item.flag("internal") and kind != "gateway":
        values["Association"] = {"PublicIp": addresses.public(item, "")}
    interface(context, item, f"eni-{name.rpartition('/')[2]}-{at}", values)


def _zone(context: Context, subnet: str) -> str:
    held = context.held("Subnets", subnet)
    return str(held["AvailabilityZone"]) if held else ""


def _group(context: Context, item: Item) -> None:
    values = {
        "TargetGroupArn": item.id,
        "TargetGroupName": item.known("name") or item.resource.name,
        "Protocol": item.known("protocol"),
        "Port": item.number("port"),
        "TargetType": item.known("target_type") or "instance",
        "LoadBalancerArns": [],
    }
    context.add("TargetGroups", item, values)
    rows = [
        {"Key": key, "Value": str(value).lower()}
        for key, value in (
            ("preserve_client_ip.enabled", item.resource.values.get("preserve_client_ip")),
            ("proxy_protocol_v2.enabled", item.resource.values.get("proxy_protocol_v2")),
        )
        if value not in (None, "")
    ]
    if rows:
        context.account.add("TargetGroupAttributes", item.id, {"Items": rows}, context.source(item.resource))


def _listener(context: Context, item: Item) -> None:
    balancer = item.text("load_balancer_arn")
    actions = [
        {"Type": str(block.get("type", "forward")), "TargetGroupArn": item.in_block("default_action", at, "target_group_arn")}
        for at, block in enumerate(item.blocks("default_action"))
    ]
    values = {"ListenerArn": item.id, "LoadBalancerArn": balancer, "Port": item.number("port"), "Protocol": item.known("protocol"), "DefaultActions": actions}
    context.add("Listeners", item, values)
    for action in actions:
        group = context.held("TargetGroups", action["TargetGroupArn"])
        if group is not None and balancer not in group["LoadBalancerArns"]:
            group["LoadBalancerArns"].append(balancer)


def _target(context: Context, item: Item) -> None:
    group = context.held("TargetGroups", item.text("target_group_arn"))
    if group is None:
        context.orphan(item, item.text("target_group_arn"))
        return
    row = {"Target": {"Id": item.text("target_id"), "Port": item.number("port") or group["Port"]}, "TargetHealth": {"State": "healthy"}}
    held = context.held("TargetHealth", item.text("target_group_arn"))
    if held is None:
        context.account.add("TargetHealth", item.text("target_group_arn"), {"Items": [row]}, context.source(item.resource))
    else:
        held["Items"].append(row)
