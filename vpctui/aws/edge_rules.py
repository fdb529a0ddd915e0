"""What a gateway route table refuses: the rules of edge associations, for associating and for every later edit.  Rules R-050 … R-059, R-071, R-075 … R-083."""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from vpctui.address import Prefix
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.route_entries import Route
from vpctui.aws.route_table import RouteTable
from vpctui.aws.subnet import Subnet
from vpctui.aws.unsupported import Unsupported
from vpctui.aws.vpc import Vpc
from vpctui.engine.change import Refusal
from vpctui.engine.network import Network

NOT_ROUTABLE = ("network_load_balancer", "gateway_load_balancer", "gateway_load_balancer_endpoint", "nat_gateway", "transit_gateway", "vpc_endpoint")
"""Service interfaces that the API refuses as a target (R-083); those of application and classic load balancers it accepts (R-084)."""

INVALID = "InvalidParameterValue"


def association(gateway: Any, table_id: str | None, network: Network) -> Refusal | None:
    """Whether a table may become the edge table of an internet or virtual private gateway (R-052, R-055, R-056, R-058)."""
    if table_id is None:
        return None
    place = f"{gateway.id}.route_table"
    table = network.find(RouteTable, table_id)
    if table is None:
        return Refusal("UNKNOWN_RESOURCE", f"The routeTable ID '{table_id}' does not exist", "InvalidRouteTableID.NotFound", place=place)
    refusal = unfit(gateway, table, network)
    if refusal is not None:
        return refusal
    for route, found in offending(table, table.routes, network, pools=getattr(gateway, "public_ipv4_pools", ())):
        return Refusal(found.reason, found.message, found.error, f"{table.id}[{route.destination}]=none, or another table", "R-056", place)
    return None


def unfit(gateway: Any, table: RouteTable, network: Network) -> Refusal | None:
    """Why a table, whatever its routes, cannot be a gateway's edge table (R-052, R-056, R-058)."""
    place = f"{gateway.id}.route_table"
    if not gateway.vpc or table.vpc != gateway.vpc:
        message = f"route table {table.id} and network gateway {gateway.id} belong to different networks"
        hint = f"a table of {gateway.vpc or 'the VPC that the gateway is attached to'}"
        return Refusal("ASSOC_REFUSED_DETACHED", message, INVALID, hint, "R-052", place)
    vpc = network.the(Vpc, table.vpc)
    if vpc.main_route_table == table.id:
        return Refusal("ASSOC_REFUSED_MAIN", f"{table.id} is the main route table", INVALID, "make a separate table for the gateway", "R-058", place)
    if table.propagating_vgws:
        hint = f"{table.id}.propagating_vgws-={table.propagating_vgws[0]}"
        return Refusal("ASSOC_REFUSED_PROPAGATION", f"route propagation is enabled on {table.id}", INVALID, hint, "R-056", place)
    advertised = next((route for route in table.routes if route.origin == "advertised"), None)
    if advertised is not None and not hasattr(gateway, "public_ipv4_pools"):  # edge tables of internet gateways only
        message = f"a route server writes {advertised.destination} into {table.id}; it cannot propagate into the edge table of a virtual private gateway"
        return Refusal("ASSOC_REFUSED_PROPAGATION", message, INVALID, f"{table.id}[{advertised.destination}]=none", "R-081", place)
    return None


def offending(table: RouteTable, routes: Iterable[Route], network: Network, *, pools: tuple[Prefix, ...]) -> Iterator[tuple[Route, Refusal]]:
    """Every one of these routes that an edge table must not hold, under the names that refuse an association (R-056)."""
    for route in routes:
        refusal = route_refusal(table, route, network, pools=pools)
        if refusal is not None:
            yield route, replace(refusal, reason=refusal.reason.replace("ROUTE_REFUSED_EDGE_", "ASSOC_REFUSED_"))


def edge_gateways(table: RouteTable, network: Network) -> tuple[Any, ...]:
    """The gateways that have this table as their edge table."""
    return tuple(network.get(identifier) for identifier in network.ids(("edge", table.id)))


def pools_of(table: RouteTable, network: Network) -> tuple[Prefix, ...]:
    """BYOIP pools that may be destinations of this table (R-078)."""
    return tuple(pool for gateway in edge_gateways(table, network) for pool in getattr(gateway, "public_ipv4_pools", ()))


def route_refusal(table: RouteTable, route: Route, network: Network, *, pools: tuple[Prefix, ...]) -> Refusal | None:
    """Why an edge table may not hold this route (R-053, R-054, R-055, R-079, R-083)."""
    place = f"{table.id}[{route.destination}]"
    if isinstance(network.get(route.target), Unsupported):  # AWS has the route; what it leads to is not known here
        return None
    if not isinstance(route.destination, Prefix):
        return Refusal(
            "ROUTE_REFUSED_EDGE_PREFIX_LIST", "prefix list destinations are not supported in a gateway route table", INVALID, "write the CIDRs", "R-055", place
        )
    return (
        target_refusal(table, route.target, network, place)
        or _destination_refusal(table, route.destination, network, pools, place)
        or _pool_target(route, network, pools, place)
    )


def target_refusal(table: RouteTable, target: str, network: Network, place: str) -> Refusal | None:
    """Only `local`, an interface that its owner may route to, and a Gateway Load Balancer endpoint (R-053, R-083)."""
    if target == "local":
        return None
    record = network.get(target)
    if isinstance(record, NetworkInterface):
        if record.vpc != table.vpc:
            return Refusal(
                "ROUTE_REFUSED_OTHER_VPC",
                f"route table {table.id} and interface {target} belong to different networks",
                INVALID,
                f"an interface of {table.vpc}",
                "R-040",
                place,
            )
        if record.type in NOT_ROUTABLE:
            return not_routable(record, place)
        return None
    if getattr(record, "type", "") == "gateway_load_balancer" and hasattr(record, "subnet"):
        return None
    message = (
        f"route table {table.id} has a route to {target}; a gateway route table can target only local, a network interface or a Gateway Load Balancer endpoint"
    )
    return Refusal("ROUTE_REFUSED_EDGE_TARGET", message, INVALID, "local, a network interface or a Gateway Load Balancer endpoint", "R-053", place)


def not_routable(interface: NetworkInterface, place: str) -> Refusal:
    """An interface of a service that the API refuses as a target (R-083, R-085)."""
    message = f"{interface.id} ({interface.type}) cannot be a gateway route table target; use a Gateway Load Balancer endpoint"
    return Refusal("LB_ENI_NOT_ROUTABLE_TARGET", message, INVALID, "a Gateway Load Balancer endpoint, or an instance's interface", "R-083", place)


def _destination_refusal(table: RouteTable, destination: Prefix, network: Network, pools: tuple[Prefix, ...], place: str) -> Refusal | None:
    """Only a whole block of the VPC, a whole subnet, or a pool of the gateway (R-054, R-079)."""
    if any(pool.covers(destination) and 23 <= destination.length <= 28 for pool in pools):
        return None
    vpc = network.the(Vpc, table.vpc)
    blocks = vpc.cidrs + vpc.ipv6_cidrs
    if not any(block.covers(destination) for block in blocks):
        hint = ", ".join(str(block) for block in blocks)
        return Refusal(
            "ROUTE_REFUSED_EDGE_DEST_OUTSIDE_VPC",
            f"destination {destination} is outside the CIDR blocks of {vpc.id}",
            INVALID,
            f"inside {hint}: the whole block, or one whole subnet",
            "R-054",
            place,
        )
    if destination in blocks or is_subnet(table.vpc, destination, network):
        return None
    message = f"destination {destination} does not match the entire CIDR block of {vpc.id} or of one of its subnets"
    return Refusal("ROUTE_REFUSED_EDGE_DEST_NOT_SUBNET", message, INVALID, whole_subnets(table.vpc, destination, network), "R-054", place)


def _pool_target(route: Route, network: Network, pools: tuple[Prefix, ...], place: str) -> Refusal | None:
    """A pool's packets go to an interface (R-079)."""
    destination = route.destination
    if not isinstance(destination, Prefix) or not any(pool.covers(destination) for pool in pools):
        return None
    if network.find(NetworkInterface, route.target) is not None:
        return None
    return Refusal(
        "ROUTE_REFUSED_EDGE_TARGET", f"a route for a pool targets a network interface, found {route.target}", INVALID, "a network interface", "R-079", place
    )


def is_subnet(vpc: str, destination: Prefix, network: Network) -> bool:
    """Whether a prefix is exactly the block of a subnet."""
    return bool(network.ids(("block", vpc, destination)))


def subnets(vpc: str, network: Network) -> Iterator[Subnet]:
    """The subnets of a VPC."""
    return (subnet for identifier in network.ids(("in", vpc)) if (subnet := network.find(Subnet, identifier)) is not None)


def whole_subnets(vpc: str, near: Prefix, network: Network) -> str:
    """The blocks that a destination could have meant: those of the subnets that it touches, else all."""
    blocks = [block for subnet in subnets(vpc, network) for block in (subnet.cidr, subnet.ipv6_cidr) if block is not None and block.family == near.family]
    touched = [str(block) for block in blocks if block.overlaps(near)]
    return " or ".join(touched or [str(block) for block in blocks])


def gateway_kind(gateway: Any) -> Refusal:
    """Only internet and virtual private gateways take an edge association (R-051)."""
    message = f"Value ({gateway.id}) for parameter gatewayId is invalid. Only internet gateways and virtual private gateways can have an edge association."
    return Refusal("ASSOC_REFUSED_GATEWAY_KIND", message, INVALID, "use an internet gateway or a virtual private gateway", "R-051", f"{gateway.id}.route_table")
