"""What may be changed on endpoints and the services behind them.  Rules R-045, R-210 … R-217, R-287, R-290, R-327."""

from typing import Any

from msgspec.structs import replace

from vpctui.aws.altering import ec2, field, members
from vpctui.aws.endpoint_service import FAILOVER, STICKINESS, EndpointService
from vpctui.aws.gateway_endpoint import GatewayEndpoint, managing
from vpctui.aws.interface_endpoint import InterfaceEndpoint
from vpctui.aws.network_interface import NetworkInterface, attached
from vpctui.aws.route_table import RouteTable
from vpctui.aws.vpc_endpoint import STATES, VpcEndpoint
from vpctui.engine.change import ALTERATIONS, Alteration, Applied, Change, Refusal, alterations
from vpctui.engine.network import Network
from vpctui.filter_rules import SecurityGroupRule
from vpctui.schema import Choice, OnOff, Reference, value_text


def _state_command(endpoint: Any, state: str, network: Network) -> tuple[str, ...]:
    """The provider of the service accepts or rejects; a pending endpoint is one that was just asked for."""
    if state == "pending_acceptance":
        return ()
    operation = "accept-vpc-endpoint-connections" if state == "available" else "reject-vpc-endpoint-connections"
    return (ec2(operation, service_id=endpoint.service, vpc_endpoint_ids=endpoint.id),)


def _table(endpoint: GatewayEndpoint, table: str, network: Network) -> Refusal | None:
    """A table of the same VPC that has no route to the service yet (R-287)."""
    place = f"{endpoint.id}.route_tables"
    record = network.the(RouteTable, table)
    if record.vpc != endpoint.vpc:
        message = f"route table {table} and endpoint {endpoint.id} belong to different networks"
        return Refusal("ROUTE_REFUSED_OTHER_VPC", message, "InvalidParameter", f"a table of {endpoint.vpc}", "R-287", place)
    other = managing(table, endpoint.prefix_list, network)
    if record.row(endpoint.prefix_list) is None and other in ("", endpoint.id):
        return None
    message = f"route table {table} already has a route with destination-prefix-list-id {endpoint.prefix_list}"
    return Refusal(
        "QUERY_INVALID", message, "RouteAlreadyExists", f"{other}.route_tables-={table}" if other else f"{table}[{endpoint.prefix_list}]=none", "R-287", place
    )


def _table_command(endpoint: GatewayEndpoint, operator: str, value: str) -> tuple[str, ...]:
    if operator == "-=":
        return (ec2("modify-vpc-endpoint", vpc_endpoint_id=endpoint.id, remove_route_table_ids=value),)
    return (ec2("modify-vpc-endpoint", vpc_endpoint_id=endpoint.id, add_route_table_ids=value),)


def _target(service: EndpointService, target: str, network: Network) -> Refusal | None:
    """Appliances are targets of a Gateway Load Balancer only, and need IPv4 for the outer header (R-210)."""
    place = f"{service.id}.targets"
    if service.type != "gateway_load_balancer":
        return Refusal("QUERY_INVALID", f"{service.id} is a {service.type.replace('_', ' ')} and has no targets", "InvalidTarget", "", "R-210", place)
    interfaces = (found,) if (found := network.find(NetworkInterface, target)) else attached(target, network)
    if not interfaces or interfaces[0].private_ip is None:
        return Refusal("QUERY_INVALID", f"{target} has no interface with a private IPv4 address", "InvalidTarget", "an appliance", "R-210", place)
    return None


def _target_command(service: EndpointService, operator: str, value: str) -> tuple[str, ...]:
    operation = "deregister-targets" if operator == "-=" else "register-targets"
    targets = " ".join(f"Id={target.strip()}" for target in value.split(","))
    return (f"aws elbv2 {operation} --target-group-arn TARGET-GROUP-OF-{service.id} --targets {targets}",)


def _deny(service: EndpointService, rule: Any, network: Network) -> Refusal | None:
    if service.type == "network_firewall":
        return None
    message = f"{service.id} is a {service.type.replace('_', ' ')}: its appliances decide"
    return Refusal("QUERY_INVALID", message, "InvalidRequestException", "the deny list of a target", "R-327", f"{service.id}.deny")


def _deny_command(service: EndpointService, operator: str, value: str) -> tuple[str, ...]:
    group = f"--type STATELESS --rule-group-name RULES-OF-{service.id}"
    return (f"aws network-firewall update-rule-group {group} --update-token UPDATE-TOKEN --rule-group file://rules.json",)


def _cross_zone_command(service: EndpointService, on: bool, network: Network) -> tuple[str, ...]:
    attribute = f"Key=load_balancing.cross_zone.enabled,Value={'true' if on else 'false'}"
    return (f"aws elbv2 modify-load-balancer-attributes --load-balancer-arn {service.id} --attributes {attribute}",)


def _failover_command(service: EndpointService, value: str, network: Network) -> tuple[str, ...]:
    return _group_attributes(service, {"target_failover.on_deregistration": value, "target_failover.on_unhealthy": value})


def _stickiness_command(service: EndpointService, value: str, network: Network) -> tuple[str, ...]:
    """Without the attribute a flow is its 5-tuple (R-212)."""
    kind = {"3-tuple": "source_ip_dest_ip_proto", "2-tuple": "source_ip_dest_ip"}.get(value)
    return _group_attributes(service, {"stickiness.enabled": "true", "stickiness.type": kind} if kind else {"stickiness.enabled": "false"})


def _group_attributes(service: EndpointService, values: dict[str, str]) -> tuple[str, ...]:
    attributes = " ".join(f"Key={name},Value={value}" for name, value in values.items())
    return (f"aws elbv2 modify-target-group-attributes --target-group-arn TARGET-GROUP-OF-{service.id} --attributes {attributes}",)


def _groups(endpoint: InterfaceEndpoint, change: Change, network: Network) -> Applied:
    """All interfaces of an endpoint carry the same groups."""
    interfaces = attached(endpoint.id, network)
    made = ALTERATIONS[NetworkInterface]["security_groups"].apply(interfaces[0], change, network)
    if isinstance(made, Refusal):
        return made
    groups: tuple[str, ...] = getattr(made[0], "security_groups", ())
    return tuple(replace(interface, security_groups=groups) for interface in interfaces)


def _current_groups(endpoint: InterfaceEndpoint, network: Network) -> tuple[tuple[str, str], ...]:
    held = next(iter(attached(endpoint.id, network)))
    return ((f"{endpoint.id}.security_groups", value_text(held.security_groups) or "none"),)


def _groups_commands(endpoint: InterfaceEndpoint, change: Change, network: Network) -> tuple[str, ...]:
    held = set(next(iter(attached(endpoint.id, network))).security_groups)
    named = set() if change.value == "none" else {group.strip() for group in change.value.split(",")}
    adds = named - held if change.operator != "-=" else set()
    removes = named & held if change.operator == "-=" else held - named if change.operator == "=" else set()
    line = ec2("modify-vpc-endpoint", vpc_endpoint_id=endpoint.id)
    line += f" --add-security-group-ids {' '.join(sorted(adds))}" if adds else ""
    line += f" --remove-security-group-ids {' '.join(sorted(removes))}" if removes else ""
    return (line,) if adds or removes else ()


for _kind in (VpcEndpoint, GatewayEndpoint, InterfaceEndpoint):
    alterations(_kind, field("state", Choice(STATES), command=_state_command))
alterations(GatewayEndpoint, members("route_tables", Reference(("route_tables",)), check=_table, command=_table_command))
alterations(
    EndpointService,
    members("targets", Reference(("instances", "network_interfaces")), check=_target, command=_target_command),
    members("deny", SecurityGroupRule(addresses_only=True), check=_deny, command=_deny_command),
    field("cross_zone", OnOff(), command=_cross_zone_command),
    field("failover", Choice(FAILOVER), command=_failover_command),
    field("stickiness", Choice(STICKINESS), command=_stickiness_command),
)
alterations(InterfaceEndpoint, Alteration("security_groups", _groups, _current_groups, lambda endpoint, place, network: (), _groups_commands))
