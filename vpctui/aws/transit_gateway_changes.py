"""What may be changed in a transit gateway's route table.  Rules R-013, R-226, R-228, R-236."""

from msgspec.structs import replace

from vpctui.address import Prefix, parse_prefix
from vpctui.aws.altering import ec2, members
from vpctui.aws.prefix_list import PrefixList
from vpctui.aws.route_changes import with_route
from vpctui.aws.route_entries import Route
from vpctui.aws.transit_gateway_attachment import TransitGatewayAttachment
from vpctui.aws.transit_gateway_route_table import ATTACHMENTS, TransitGatewayRouteTable, attachment_at
from vpctui.engine.change import Alteration, Applied, Change, Refusal, alterations
from vpctui.engine.network import Network

INVALID = "InvalidParameterValue"


def apply(table: TransitGatewayRouteTable, change: Change, network: Network) -> Applied:
    """`tgwrt[CIDR]=ATTACHMENT`, `blackhole` or `none`: Create, Replace, DeleteTransitGatewayRoute."""
    if change.operator != "=" or not change.key:
        return Refusal("QUERY_INVALID", f"write {table.id}[DESTINATION]=ATTACHMENT", place=change.place)
    destination = _destination(change, network)
    if isinstance(destination, Refusal):
        return destination
    if change.value == "none":
        return _delete(table, destination, change.place)
    if change.value == "blackhole":
        return (replace(table, routes=with_route(table.routes, Route(destination, "blackhole", "static", "blackhole"))),)
    if network.get(change.value) is None:
        return Refusal("UNKNOWN_RESOURCE", f'unknown resource "{change.value}"', place=change.place)
    if attachment_at(change.value, table.transit_gateway, network) is None:
        message = f"{change.value} is not an attachment of {table.transit_gateway}"
        hint = " or ".join(network.ids(("attachment-of", table.transit_gateway)))
        return Refusal("QUERY_INVALID", message, "InvalidTransitGatewayAttachmentID.NotFound", hint, "R-225", change.place)
    return (replace(table, routes=with_route(table.routes, Route(destination, change.value))),)


def _destination(change: Change, network: Network) -> Prefix | str | Refusal:
    try:
        return parse_prefix(change.key)
    except ValueError as error:
        if network.find(PrefixList, change.key) is not None:
            return change.key
        return Refusal("QUERY_INVALID", f"{change.key} is not a CIDR block", INVALID, str(error), place=change.place)


def _delete(table: TransitGatewayRouteTable, destination: Prefix | str, place: str) -> Applied:
    """Only what was written can be deleted; what is propagated goes with its propagation."""
    left = tuple(route for route in table.routes if route.destination != destination)
    if len(left) == len(table.routes):
        held = ", ".join(str(route.destination) for route in table.routes)
        return Refusal("ROUTE_REFUSED_NOT_FOUND", f"no static route {destination} in {table.id}", "InvalidRoute.NotFound", held, "R-226", place)
    return (replace(table, routes=left),)


def _current(table: TransitGatewayRouteTable, network: Network) -> tuple[tuple[str, str], ...]:
    return tuple((f"{table.id}[{route.destination}]", route.target) for route in table.routes)


def _choices(table: TransitGatewayRouteTable, place: str, network: Network) -> tuple[str, ...]:
    return (*network.ids(("attachment-of", table.transit_gateway)), "blackhole", "none")


def _commands(table: TransitGatewayRouteTable, change: Change, network: Network) -> tuple[str, ...]:
    options: dict[str, str | bool | None] = {"transit_gateway_route_table_id": table.id, "destination_cidr_block": change.key}
    if change.value == "none":
        return (ec2("delete-transit-gateway-route", **options),)
    exists = any(str(route.destination) == change.key for route in table.routes)
    operation = "replace-transit-gateway-route" if exists else "create-transit-gateway-route"
    if change.value == "blackhole":
        return (ec2(operation, **options, blackhole=True),)
    return (ec2(operation, **options, transit_gateway_attachment_id=change.value),)


def _propagation(table: TransitGatewayRouteTable, identifier: str, network: Network) -> Refusal | None:
    """EnableTransitGatewayRouteTablePropagation: not for a peering or a network function, whose routes are static (R-236, R-243)."""
    attachment, place = network.find(TransitGatewayAttachment, identifier), f"{table.id}.propagations"
    if attachment_at(identifier, table.transit_gateway, network) is None:
        hint = " or ".join(network.ids(("attachment-of", table.transit_gateway)))
        message = f"{identifier} is not an attachment of {table.transit_gateway}"
        return Refusal("QUERY_INVALID", message, "InvalidTransitGatewayAttachmentID.NotFound", hint, "R-226", place)
    if attachment is not None and attachment.kind in ("peering", "network_function"):
        message = "route propagation is not supported for this attachment type"
        return Refusal("QUERY_INVALID", message, INVALID, f"{table.id}[DESTINATION]={identifier}", "R-236", place)
    return None


def _propagation_commands(table: TransitGatewayRouteTable, operator: str, value: str) -> tuple[str, ...]:
    operation = f"{'disable' if operator == '-=' else 'enable'}-transit-gateway-route-table-propagation"
    return (ec2(operation, transit_gateway_route_table_id=table.id, transit_gateway_attachment_id=value),)


alterations(
    TransitGatewayRouteTable,
    Alteration("", apply, _current, _choices, _commands),
    members("propagations", ATTACHMENTS, check=_propagation, command=_propagation_commands),
)
