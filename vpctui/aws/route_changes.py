"""CreateRoute, ReplaceRoute, DeleteRoute, route propagation: what may be changed in a route table.  Rules R-020 … R-025, R-039 … R-047, R-057."""

from msgspec.structs import replace

from vpctui.address import Prefix, parse_prefix
from vpctui.aws import edge_rules, gateway_endpoint
from vpctui.aws.altering import ec2, members
from vpctui.aws.gateway_endpoint import GatewayEndpoint
from vpctui.aws.guest import Machine
from vpctui.aws.interface_endpoint import InterfaceEndpoint
from vpctui.aws.load_balancer import LoadBalancer
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.prefix_list import PrefixList
from vpctui.aws.route_entries import Route
from vpctui.aws.route_table import RouteTable, is_target, option_of
from vpctui.aws.unsupported import Unsupported
from vpctui.aws.vpc import Vpc
from vpctui.engine.change import Alteration, Applied, Change, Refusal, alterations
from vpctui.engine.network import Network
from vpctui.schema import Reference

RESERVED = (parse_prefix("169.254.168.0/22"), parse_prefix("fd00:ec2::/32"))
INVALID = "InvalidParameterValue"
INTERFACES_ONLY = "This route can target only an interface or an instance."
"""AWS's words, although NAT gateways and Gateway Load Balancer endpoints are valid too (C-14)."""
NEAR = 50
"""How many interfaces that take foreign packets are offered as targets."""


def apply(table: RouteTable, change: Change, network: Network) -> Applied:
    """`rtb[DESTINATION]=TARGET`; `none` deletes, `local` restores the implicit route; one table at a time (R-341)."""
    if change.operator != "=" or not change.key:
        return Refusal("QUERY_INVALID", f"write {table.id}[DESTINATION]=TARGET", place=change.place)
    destination = _destination(change, network)
    if isinstance(destination, Refusal):
        return destination
    owner = gateway_endpoint.managing(table.id, destination, network, change.value)
    if owner and table.row(destination) is None:
        message = f"the route to {owner} is managed by its endpoint; use ModifyVpcEndpoint"
        return Refusal("QUERY_INVALID", message, INVALID, f"{owner}.route_tables-={table.id}", "R-045", change.place)
    if change.value == "none":
        return _delete(table, destination, change, network)
    if change.value == "local":
        return _restore(table, destination, change, network)
    refusal = refused(table, destination, change.value, network)
    if refusal is not None:
        return refusal
    return (replace(table, routes=with_route(table.routes, Route(destination, change.value))),)


def with_route(routes: tuple[Route, ...], row: Route) -> tuple[Route, ...]:
    """The rows with this one in the place of the same destination, or at the end."""
    if any(route.destination == row.destination for route in routes):
        return tuple(row if route.destination == row.destination else route for route in routes)
    return (*routes, row)


def _destination(change: Change, network: Network) -> Prefix | str | Refusal:
    try:
        return parse_prefix(change.key)
    except ValueError as error:
        if network.find(PrefixList, change.key) is not None:
            return change.key
        return Refusal(
            "QUERY_INVALID",
            f"Value ({change.key}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.",
            INVALID,
            str(error),
            place=change.place,
        )


def _blocks(table: RouteTable, network: Network) -> tuple[Prefix, ...]:
    vpc = network.the(Vpc, table.vpc)
    return vpc.cidrs + vpc.ipv6_cidrs


def _delete(table: RouteTable, destination: Prefix | str, change: Change, network: Network) -> Applied:
    if table.row(destination) is not None:
        return (replace(table, routes=tuple(route for route in table.routes if route.destination != destination)),)
    if destination in _blocks(table, network):
        message = f"cannot remove local route {destination} in route table {table.id}"
        return Refusal(
            "ROUTE_REFUSED_LOCAL_TARGET",
            message,
            INVALID,
            "replace its target by an interface, a NAT gateway or a Gateway Load Balancer endpoint",
            "R-011",
            change.place,
        )
    message = f"no route with destination-cidr-block {destination} in route table {table.id}"
    return Refusal(
        "ROUTE_REFUSED_NOT_FOUND", message, "InvalidRoute.NotFound", ", ".join(str(route.destination) for route in table.routes), "R-046", change.place
    )


def _restore(table: RouteTable, destination: Prefix | str, change: Change, network: Network) -> Applied:
    """`local` answers again (R-022): the written row is taken away; only destinations of the VPC can be local."""
    inside = isinstance(destination, Prefix) and any(block.covers(destination) for block in _blocks(table, network))
    if not inside:
        return _not_local(table, change.place, network)
    return (replace(table, routes=tuple(route for route in table.routes if route.destination != destination)),)


def _not_local(table: RouteTable, place: str, network: Network) -> Refusal:
    message = "local-target only allowed with network local destination CIDRs"
    return Refusal("ROUTE_REFUSED_LOCAL_TARGET", message, INVALID, ", ".join(map(str, _blocks(table, network))), "R-022", place)


def refused(table: RouteTable, destination: Prefix | str, target: str, network: Network) -> Refusal | None:
    """Why AWS would refuse this route, in the order of its checks: existence, network, edge table, ranges of the VPC."""
    place = f"{table.id}[{destination}]"
    if target != "blackhole" and network.get(target) is None:
        return Refusal("UNKNOWN_RESOURCE", f'unknown resource "{target}"', place=place)
    if isinstance(destination, Prefix) and any(block.covers(destination) for block in RESERVED):
        return Refusal(
            "ROUTE_REFUSED_RESERVED",
            f"destination {destination} is within a reserved range and cannot be routed",
            INVALID,
            "another destination",
            "R-024",
            place,
        )
    if edge_rules.edge_gateways(table, network):
        return edge_rules.route_refusal(table, Route(destination, target), network, pools=edge_rules.pools_of(table, network))
    return (
        _other_network(table, target, network, place) or _kind(destination, target, network, place) or _inside_vpc(table, destination, target, network, place)
    )


def unfit(table: RouteTable, route: Route, network: Network) -> Refusal | None:
    """Why AWS would not hold a written row; None for what it installs itself, and for a target that is gone or unknown."""
    if route.origin != "static" or route.target == "blackhole" or isinstance(network.get(route.target), Unsupported):
        return None
    if route.target == "local":
        destination = route.destination
        whole = destination in _blocks(table, network) or bool(network.ids(("block", table.vpc, destination)))
        return None if whole else _not_local(table, f"{table.id}[{destination}]", network)
    return refused(table, route.destination, route.target, network) if network.get(route.target) is not None else None


def _other_network(table: RouteTable, target: str, network: Network, place: str) -> Refusal | None:
    """An interface or gateway of another VPC, or of none (R-040, R-043, R-044)."""
    record = network.get(target)
    vpc: str | None = getattr(record, "vpc", None)
    if vpc is not None and vpc != table.vpc:
        what = f"interface {target}" if isinstance(record, NetworkInterface) else f"network gateway {target}"
        return Refusal(
            "ROUTE_REFUSED_OTHER_VPC", f"route table {table.id} and {what} belong to different networks", INVALID, f"something of {table.vpc}", "R-040", place
        )
    reaches = getattr(record, "vpcs", None)
    if reaches is not None and table.vpc not in reaches:
        return Refusal(
            "ROUTE_REFUSED_OTHER_VPC", f"{target} does not reach {table.vpc}", "InvalidTransitGatewayID.NotFound", f"attach {table.vpc} first", "R-044", place
        )
    return None


def _kind(destination: Prefix | str, target: str, network: Network, place: str) -> Refusal | None:
    """Service interfaces and families that a route cannot have (R-083, R-101, R-292)."""
    record = network.get(target)
    if isinstance(record, NetworkInterface) and record.type in edge_rules.NOT_ROUTABLE:
        return edge_rules.not_routable(record, place)
    if isinstance(record, InterfaceEndpoint) or (isinstance(record, GatewayEndpoint) and destination != record.prefix_list):
        message = f"Route table contains unsupported route target: {target}. VPC Endpoints of this type cannot be used as route targets."
        return Refusal("QUERY_INVALID", message, "RouteNotSupported", "a Gateway Load Balancer endpoint", "R-292", place)
    if record is not None and not is_target(target, network):
        interfaces = [identifier for identifier in network.ids(("attached", target)) if isinstance(record, Machine)]
        if len(interfaces) > 1:
            message = f"There are multiple interfaces attached to instance '{target}'. Please specify an interface ID for the operation instead."
            return Refusal("QUERY_INVALID", message, "InvalidInstanceID", " or ".join(interfaces), "R-039", place)
        message = f"{target} cannot be the target of a route; a route targets a network interface or a gateway"
        reason = "LB_ENI_NOT_ROUTABLE_TARGET" if isinstance(record, LoadBalancer) else "QUERY_INVALID"
        return Refusal(reason, message, INVALID, ", ".join(interfaces) or "a network interface, a gateway or a Gateway Load Balancer endpoint", "R-042", place)
    if target in network.ids(("egress-only", getattr(record, "vpc", ""))) and isinstance(destination, Prefix) and destination.family == 4:
        return Refusal("QUERY_INVALID", "an egress-only internet gateway supports only IPv6 destinations", INVALID, "::/0", "R-101", place)
    return None


def _inside_vpc(table: RouteTable, destination: Prefix | str, target: str, network: Network, place: str) -> Refusal | None:
    """Destinations inside the VPC: a whole block is the local route, a whole subnet is more specific (R-020, R-022)."""
    blocks = _blocks(table, network)
    if not isinstance(destination, Prefix) or not any(block.covers(destination) for block in blocks):
        return None
    allowed = _forwards_inside(target, network)
    if destination in blocks:
        if allowed:
            return None
        return Refusal(
            "ROUTE_REFUSED_LOCAL_TARGET",
            "Route target is not supported. This route only supports interface and instance targets.",
            INVALID,
            "an interface, a NAT gateway or a Gateway Load Balancer endpoint",
            "R-022",
            place,
        )
    if not edge_rules.is_subnet(table.vpc, destination, network):
        message = f"The destination CIDR block {destination} does not match the CIDR block of any subnet in {table.vpc}."
        return Refusal("ROUTE_REFUSED_SPECIFIC_DEST", message, INVALID, edge_rules.whole_subnets(table.vpc, destination, network), "R-020", place)
    if allowed:
        return None
    message = f"The destination CIDR block {destination} is equal to or more specific than one of this VPC's CIDR blocks. {INTERFACES_ONLY}"
    return Refusal("ROUTE_REFUSED_SPECIFIC_TARGET", message, INVALID, "an interface, a NAT gateway or a Gateway Load Balancer endpoint", "R-020", place)


def _forwards_inside(target: str, network: Network) -> bool:
    """What may be the target of a route inside the VPC: interfaces, NAT gateways, Gateway Load Balancer endpoints (R-020)."""
    record = network.get(target)
    return isinstance(record, NetworkInterface) or hasattr(record, "connectivity") or getattr(record, "type", "") == "gateway_load_balancer"


def current(table: RouteTable, network: Network) -> tuple[tuple[str, str], ...]:
    """Every row: the implicit local ones, then the written ones."""
    local = tuple((f"{table.id}[{block}]", "local") for block in _blocks(table, network) if table.row(block) is None)
    return local + tuple((f"{table.id}[{route.destination}]", route.target) for route in table.routes)


def choices(table: RouteTable, place: str, network: Network) -> tuple[str, ...]:
    """Targets that the row could have, those that AWS would refuse left out, and `none`."""
    key = place[place.index("[") + 1 : -1]
    offered = [target for target in _targets(table, network) if not isinstance(apply(table, Change(table.id, "", key, "=", target), network), Refusal)]
    return (*offered, "none")


def _targets(table: RouteTable, network: Network) -> list[str]:
    """Route targets near a table: what it names already, what its VPC's gateways and forwarding interfaces are."""
    found = [route.target for route in table.routes]
    for key in (("in", table.vpc), ("gateway", table.vpc), ("target-in", table.vpc)):
        found += [identifier for identifier in network.ids(key) if is_target(identifier, network)]
    found += network.ids(("unchecked", table.vpc))[:NEAR]
    return [target for target in dict.fromkeys([*found, "local"]) if target != "blackhole"]


def commands(table: RouteTable, change: Change, network: Network) -> tuple[str, ...]:
    """The AWS CLI line for one row."""
    destination = change.key
    block = "destination_prefix_list_id" if "/" not in destination else "destination_ipv6_cidr_block" if ":" in destination else "destination_cidr_block"
    options: dict[str, str | bool | None] = {"route_table_id": table.id, block: destination}
    if change.value == "none":
        return (ec2("delete-route", **options),)
    if change.value == "local":
        return (ec2("replace-route", **options, local_target=True),)
    exists = any(str(route.destination) == destination for route in table.routes) or any(str(cidr) == destination for cidr in _blocks(table, network))
    return (ec2("replace-route" if exists else "create-route", **options, **{option_of(change.value, network): change.value}),)


def _propagation(table: RouteTable, gateway: str, network: Network) -> Refusal | None:
    """EnableVgwRoutePropagation: not on an edge table, only for a gateway of the same VPC (R-057, R-109)."""
    place = f"{table.id}.propagating_vgws"
    if edge_rules.edge_gateways(table, network):
        return Refusal(
            "PROPAGATION_REFUSED_EDGE_TABLE",
            f"{table.id} is associated with a gateway; route propagation cannot be enabled",
            INVALID,
            "propagate into the subnet's table instead",
            "R-057",
            place,
        )
    if getattr(network.get(gateway), "vpc", "") != table.vpc:
        return Refusal(
            "ROUTE_REFUSED_OTHER_VPC", f"{gateway} is not attached to {table.vpc}", "Gateway.NotAttached", f"attach {gateway} to {table.vpc}", "R-109", place
        )
    return None


def _propagation_commands(table: RouteTable, operator: str, value: str) -> tuple[str, ...]:
    operation = "disable-vgw-route-propagation" if operator == "-=" else "enable-vgw-route-propagation"
    return (ec2(operation, route_table_id=table.id, gateway_id=value),)


alterations(
    RouteTable,
    Alteration("", apply, current, choices, commands),
    members("propagating_vgws", Reference(("vpn_gateways",)), check=_propagation, command=_propagation_commands),
)
