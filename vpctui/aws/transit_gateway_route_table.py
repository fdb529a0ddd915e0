"""Transit gateway route table: static, blackhole and propagated routes to attachments.  Rules R-226 … R-229, R-235 … R-238.

Tables stand inside `transit_gateways`; their ids are ids of the whole file.
"""

from collections.abc import Hashable, Iterable, Iterator
from typing import Any

from vpctui.address import Address, Prefix
from vpctui.aws import candidates
from vpctui.aws.equal_choice import ordered
from vpctui.aws.remote_path import carriers
from vpctui.aws.route_entries import Route, RouteEntries
from vpctui.aws.route_table import Row, entries
from vpctui.aws.transit_gateway_attachment import TransitGatewayAttachment, announced
from vpctui.document import Mapping, Node, Scalar
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import Outline, outlines
from vpctui.engine.registry import Assumptions, Situation
from vpctui.engine.rivals import rivals
from vpctui.packet import Packet
from vpctui.schema import Field, Json, Kind, ListOf, Mistake, Reader, Reference, attempt, read_fields, unique
from vpctui.trace import Lookup

ATTACHMENTS = Reference(("transit_gateway_attachments",))
RANK = ("static", "prefix-list", "vpc", "direct_connect_gateway", "connect", "vpn", "vpn_concentrator", "peering", "network_function", "unsupported")
"""Tie-break for equal prefixes: what was written, a prefix list, then the kind of attachment that propagates it (R-227, R-238)."""
MULTIPATH = ("direct_connect_gateway", "connect", "vpn")
"""Kinds whose equal routes share the load (R-235)."""


class TransitGatewayRouteTable(Record, frozen=True, kw_only=True):
    """A table of a transit gateway; `propagations` are the attachments that propagate into it."""

    transit_gateway: str
    routes: tuple[Route, ...] = ()
    propagations: tuple[str, ...] = ()


@indexes(TransitGatewayRouteTable)
def keys(table: TransitGatewayRouteTable) -> Iterable[Hashable]:
    """By transit gateway."""
    yield ("transit-gateway-table", table.transit_gateway)


@outlines(TransitGatewayRouteTable)
def outline(table: TransitGatewayRouteTable, network: Network) -> Outline:
    """Under its transit gateway, after the attachments."""
    return Outline(table.transit_gateway, "", 40)


class TransitGatewayRoutes(RouteEntries, frozen=True):
    """`{CIDR: attachment or blackhole}`."""

    @staticmethod
    def _target(destination: Prefix | str, named: Scalar, origin: str, written_state: str, reader: Reader, owner: str) -> Route:
        if named.text == "blackhole":
            return Route(destination, "blackhole", origin, "blackhole")
        ATTACHMENTS.read(named, reader, owner)
        return Route(destination, named.text, origin, written_state)


FIELDS = (
    Field("routes", TransitGatewayRoutes(), "destination (a CIDR or a prefix list) to attachment or `blackhole`", ()),
    Field("propagations", ListOf(ATTACHMENTS), "attachments that propagate their routes into it", ()),
)


class TransitGatewayRouteTables(Kind, frozen=True):
    """`{id: {CIDR: attachment}}`, or long: `{id: {routes: {…}, propagations: […]}}`."""

    def read(self, node: Node, reader: Reader, owner: str) -> tuple[tuple[str, dict[str, Any]], ...]:
        if not isinstance(node, Mapping):
            raise Mistake("E123", f"route_tables of {owner} maps ids to routes", node, "tgwrt-a: {10.2.0.0/16: att-b}")
        found = []
        for entry in unique(node, reader):
            if reader.identify(entry.key, f"route_tables of {owner}"):
                found.append((entry.key.text, self._values(entry.value, reader, entry.key.text)))
        return tuple(found)

    @staticmethod
    def _values(node: Node, reader: Reader, table: str) -> dict[str, Any]:
        long = isinstance(node, Mapping) and any(entry.key.text in {field.name for field in FIELDS} for entry in node)
        if long:
            return read_fields(FIELDS, node, reader, table, "transit gateway route table")
        return {"routes": attempt(TransitGatewayRoutes(), node, reader, table) or (), "propagations": ()}

    def json_schema(self) -> Json:
        long = {"type": "object", "properties": {field.name: field.kind.json_schema() for field in FIELDS}, "additionalProperties": False}
        return {"type": "object", "additionalProperties": {"anyOf": [TransitGatewayRoutes().json_schema(), long]}}

    def names(self) -> str:
        return "`{id: {CIDR: attachment}}`"


def attachment_at(identifier: str, gateway: str, network: Network) -> TransitGatewayAttachment | None:
    """The attachment with that id if it is one of this transit gateway, on either side of a peering."""
    attachment = network.find(TransitGatewayAttachment, identifier)
    return attachment if attachment is not None and gateway in (attachment.transit_gateway, attachment.peer) else None


def rows(table: TransitGatewayRouteTable, network: Network) -> Iterator[Row]:
    """Written rows, then propagated ones.  A route to an attachment that is gone is a blackhole (R-228)."""
    for route in table.routes:
        attachment = attachment_at(route.target, table.transit_gateway, network)
        state = route.state if attachment is not None else "blackhole"
        origin = attachment.kind if route.origin != "static" and attachment is not None else "static"
        place = f"{table.id}[{route.destination}]"
        if isinstance(route.destination, Prefix):
            yield Row(route.destination, str(route.destination), route.target, origin, state, place)
        else:
            for entry in entries(route.destination, network):
                yield Row(entry, route.destination, route.target, "prefix-list", state, place)
    yield from _propagated(table, network)


def _propagated(table: TransitGatewayRouteTable, network: Network) -> Iterator[Row]:
    """What attachments propagate; not the ranges of a VPC that overlaps one before it (R-237)."""
    taken: list[Prefix] = []
    for identifier in table.propagations:
        attachment = attachment_at(identifier, table.transit_gateway, network)
        if attachment is None:
            continue
        prefixes = announced(attachment, network)
        if attachment.kind == "vpc":
            prefixes = tuple(prefix for prefix in prefixes if not any(prefix.overlaps(block) for block in taken))
            taken.extend(prefixes)
        for prefix in prefixes:
            yield Row(prefix, str(prefix), attachment.id, _origin(attachment, network), "active", "")


def _origin(attachment: TransitGatewayAttachment, network: Network) -> str:
    """The kind that ranks a propagated route; a VPN Concentrator comes after other VPNs (R-120, R-227)."""
    lines = carriers(attachment.id, network)
    return "vpn_concentrator" if lines and all(getattr(line, "concentrator", False) for line in lines) else attachment.kind


def _rank(row: Row) -> tuple[int, ...]:
    return (RANK.index(row.origin),)


def ask(table: TransitGatewayRouteTable, packet: Packet, here: Situation, owner: str) -> tuple[Lookup, tuple[str, ...]]:
    """The lookup for a packet's destination, and the attachments among which it was chosen, the chosen one first (R-225, R-235)."""
    found = tuple(rows(table, here.network))
    equal = candidates.best(found, packet.dst, _rank)
    names = tuple(dict.fromkeys(row.target for row in equal))
    shared = len(names) > 1 and all(row.origin in MULTIPATH for row in equal) and _multipath(table, equal, here.network)
    choices = ordered(names, packet, here, table.id) if shared else names[:1]
    won = next((row for row in equal if row.target == choices[0]), None) if choices else None
    return _lookup(table, found, won, packet.dst, owner), choices if shared else ()


def _multipath(table: TransitGatewayRouteTable, equal: tuple[Row, ...], network: Network) -> bool:
    """BGP VPNs where the transit gateway has it on, Connect and Direct Connect gateways; never static VPNs (R-235)."""
    if all(row.origin != "vpn" for row in equal):
        return True
    gateway: Any = network.get(table.transit_gateway)
    ways = [path for row in equal for path in network.the(TransitGatewayAttachment, row.target).paths(network) if path.prefix == row.prefix]
    same = len({(path.asn, path.preference) for path in ways}) == 1
    return bool(gateway.vpn_ecmp) and same and all(path.learned == "bgp" for path in ways)


def _lookup(table: TransitGatewayRouteTable, found: tuple[Row, ...], won: Row | None, asked: Address, owner: str) -> Lookup:
    return Lookup(table.id, str(asked), candidates.noted(found, won, asked), "transit_gateway", owner)


@rivals(TransitGatewayRouteTable)
def others(table: TransitGatewayRouteTable, asked: Address, network: Network, assume: Assumptions) -> Iterator[Lookup]:
    """The other tables of the transit gateway, each with the attachments that are associated with it."""
    for identifier in network.ids(("transit-gateway-table", table.transit_gateway)):
        other = network.the(TransitGatewayRouteTable, identifier)
        if other.id != table.id:
            found = tuple(rows(other, network))
            won = next(iter(candidates.best(found, asked, _rank)), None)
            yield _lookup(other, found, won, asked, ", ".join(network.ids(("associated", other.id))))
