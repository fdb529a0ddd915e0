"""Route table: which route wins for a destination, and why every other one lost.  Rules R-011 … R-023, R-035 … R-038, R-081, R-082."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, TypeVar

from msgspec import Struct

from vpctui.address import Address, Prefix, differing_bit
from vpctui.aws.reading import Item
from vpctui.aws.route_entries import TARGETS, Route, RouteEntries
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import Outline, outlines
from vpctui.engine.registry import Assumptions
from vpctui.engine.rivals import rivals
from vpctui.schema import Field, ListOf, Reference, Section
from vpctui.trace import Candidate, Lookup

R = TypeVar("R")
ORIGINS = ("local", "static", "prefix-list", "dx", "propagated-static", "advertised", "bgp", "propagated")
ORIGIN_RANK = {origin: rank for rank, origin in enumerate(ORIGINS)}
"""Tie-break for equal prefixes (R-015): a static CIDR, a prefix list, then propagated: Direct Connect, static VPN, Route Server, BGP VPN.

Where a Route Server's routes stand among propagated ones AWS does not say (C-25)."""
LAST = len(ORIGIN_RANK)


class RouteTable(Record, frozen=True, kw_only=True):
    """A route table.  The `local` routes of its VPC are implied; a row for a VPC's own block replaces one (R-022)."""

    vpc: str
    routes: tuple[Route, ...] = ()
    propagating_vgws: tuple[str, ...] = ()

    def row(self, destination: Prefix | str) -> Route | None:
        """The written row with exactly this destination."""
        return next((route for route in self.routes if route.destination == destination), None)


@indexes(RouteTable)
def keys(table: RouteTable) -> Iterable[Hashable]:
    """By VPC, and by every target that a row names."""
    yield ("in", table.vpc)
    for route in table.routes:
        yield ("targeted-by", route.target)


@outlines(RouteTable)
def outline(table: RouteTable, network: Network) -> Outline:
    """In its VPC, after the subnets; the main table says so."""
    main = getattr(network.get(table.vpc), "main_route_table", None) == table.id
    return Outline(table.vpc, "main" if main else "", 40)


SECTION = Section(
    "route_tables",
    "route table",
    (
        Field("vpc", Reference(("vpcs",)), "the VPC; needed where nothing else tells", shown_default="the VPC of what uses it, or the only one"),
        Field(
            "routes",
            RouteEntries(),
            "destination (a CIDR or a prefix list) to target, or to `{target, origin, state}`: origin static, propagated, or advertised by a "
            "Route Server; state active, blackhole or filtered",
            (),
        ),
        Field("propagating_vgws", ListOf(Reference(("vpn_gateways",))), "virtual private gateways whose routes are propagated into it", ()),
    ),
    "Route tables, short `{DESTINATION: TARGET}` or long. `local` is implicit in every table.",
    short="routes",
)


def read(item: Item) -> Iterator[Record]:
    """One table, in the VPC of whatever uses it (E206 when that cannot be told)."""
    routes = tuple(Route(row.destination, row.target, row.origin, row.state) for row in item["routes"])
    yield RouteTable(id=item.id, vpc=_vpc(item), routes=routes, propagating_vgws=item["propagating_vgws"])


def _vpc(item: Item) -> str:
    """The VPC that is written, the one whose main table it is, that of a subnet or gateway that uses it, or the only one."""
    if item["vpc"]:
        return str(item["vpc"])
    document = item.document
    main = next((name for name, values in document.of("vpcs").items() if values["main_route_table"] == item.id), None)
    if main is not None:
        return main
    users = [values for section in ("subnets", "internet_gateways", "vpn_gateways") for values in document.naming(section, "route_table").get(item.id, ())]
    named: list[str] = [values["vpc"] for values in users if values.get("vpc")]
    if users:  # where a user does not say its VPC, that is E206 there and need not be said here
        vpcs = document.of("vpcs")
        return named[0] if named else next(iter(vpcs)) if len(vpcs) == 1 else ""
    return item.vpc()


Usable = Callable[[Any, Network, Assumptions], bool]
_USABLE: dict[type, Usable] = {}
_OPTIONS: dict[type, str] = {}


def route_target(
    kind: type[R], section: str, *, option: str = "gateway_id"
) -> Callable[[Callable[[R, Network, Assumptions], bool]], Callable[[R, Network, Assumptions], bool]]:
    """Register when a record of this kind, as the target of a route, leaves the route active (R-036).

    Routes of a file may name the ids of its section.  `option` is how CreateRoute calls such a target.
    """
    if section not in TARGETS:
        TARGETS.append(section)
    _OPTIONS[kind] = option

    def register(usable: Callable[[R, Network, Assumptions], bool]) -> Callable[[R, Network, Assumptions], bool]:
        _USABLE[kind] = usable
        return usable

    return register


def is_target(identifier: str, network: Network) -> bool:
    """Whether a record is of a kind that a route can have as its target."""
    return type(network.get(identifier)) in _USABLE


def option_of(target: str, network: Network) -> str:
    """How CreateRoute calls a target of this kind."""
    return _OPTIONS.get(type(network.get(target)), "gateway_id")


def state(target: str, network: Network, assume: Assumptions) -> str:
    """`active` or `blackhole`, by what the target is now (R-036, R-037)."""
    if target == "local":
        return "active"
    record = network.get(target)
    usable = _USABLE.get(type(record))
    return "active" if usable is not None and usable(record, network, assume) else "blackhole"


class Row(Struct, frozen=True):
    """A route as the lookup sees it: one prefix, where it comes from, its rank among equals."""

    prefix: Prefix
    shown: str
    target: str
    origin: str
    state: str
    place: str


def rows(table: RouteTable, network: Network, blocks: tuple[Prefix, ...], assume: Assumptions) -> Iterator[Row]:
    """All rows of a table: local first (R-011, R-317, R-318), then what was written, then what is added for endpoints and propagated."""
    for block in blocks:
        if table.row(block) is None:
            yield Row(block, str(block), "local", "local", "active", f"{table.id}[{block}]")
    for route in table.routes:
        in_force = route.state if route.state != "active" else state(route.target, network, assume)
        place = f"{table.id}[{route.destination}]"
        if isinstance(route.destination, Prefix):
            yield Row(route.destination, str(route.destination), route.target, route.origin, in_force, place)
        else:  # one row per entry of the list
            for entry in entries(route.destination, network):
                yield Row(entry, route.destination, route.target, "prefix-list", in_force, place)
    for provider in network.ids(("adds-routes", table.id)):
        yield from _added(provider, table, network, assume)
    for gateway in table.propagating_vgws:
        yield from _added(gateway, table, network, assume)


AddedRoutes = Callable[[Any, RouteTable, Network], Iterable[tuple[Prefix, str, str, str]]]
_ADDED: dict[type, AddedRoutes] = {}


def adds_routes(kind: type[R]) -> Callable[[Callable[[R, RouteTable, Network], Iterable[tuple[Prefix, str, str, str]]]], AddedRoutes]:
    """Register what a record puts into a table by itself: (prefix, how it is shown, target, origin).

    Gateway endpoints do, for tables indexed as `("adds-routes", table)`; virtual private gateways do, for tables that name them.
    """

    def register(function: AddedRoutes) -> AddedRoutes:
        _ADDED[kind] = function
        return function

    return register


def _added(provider: str, table: RouteTable, network: Network, assume: Assumptions) -> Iterator[Row]:
    record = network.get(provider)
    function = _ADDED.get(type(record))
    for prefix, shown, target, origin in function(record, table, network) if function else ():
        yield Row(prefix, shown, target, origin, state(target, network, assume), "")


def entries(prefix_list: str, network: Network) -> tuple[Prefix, ...]:
    """The CIDRs of a prefix list, none for an unknown one."""
    record = network.get(prefix_list)
    found: tuple[Prefix, ...] = getattr(record, "entries", ())
    return found


def lookup(
    network: Network, table: str, asked: Address, blocks: tuple[Prefix, ...], assume: Assumptions, *, kind: Any = "route_table", owner: str = ""
) -> Lookup:
    """Ask a table for a destination: every row of it, the winner noted ROUTE_WON, each other one with why it lost."""
    found = tuple(rows(network.the(RouteTable, table), network, blocks, assume))
    return Lookup(table, str(asked), choose(found, asked, blocks), kind, owner)


@rivals(RouteTable)
def others(table: RouteTable, asked: Address, network: Network, assume: Assumptions) -> Iterator[Lookup]:
    """The other tables of the VPC: the main one, other subnets', the edge's; each with who uses it."""
    vpc = network.get(table.vpc)
    blocks = getattr(vpc, "cidrs", ()) + getattr(vpc, "ipv6_cidrs", ())
    for identifier in network.ids(("in", table.vpc)):
        if identifier != table.id and network.find(RouteTable, identifier) is not None:
            edge = network.ids(("edge", identifier))
            main = ("main",) if getattr(vpc, "main_route_table", None) == identifier else ()
            users = ", ".join((*main, *network.ids(("associated", identifier)), *edge))
            yield lookup(network, identifier, asked, blocks, assume, kind="edge" if edge else "route_table", owner=users)


def choose(found: tuple[Row, ...], asked: Address, blocks: tuple[Prefix, ...] = ()) -> tuple[Candidate, ...]:
    """Longest prefix first (R-014), then the tie-breaks of R-015; a propagated route inside the VPC never beats local (R-017)."""
    matching = [row for row in found if asked in row.prefix]
    eligible = [row for row in matching if not _shadowed(row, blocks)]
    best = min(eligible, key=_rank, default=None)
    return tuple(_candidate(row, best, asked, blocks) for row in found)


def _rank(row: Row) -> tuple[int, int, str, str]:
    # The target's name decides between equals of one class, as AWS does arbitrarily but consistently.
    return (-row.prefix.length, ORIGIN_RANK.get(row.origin, LAST), row.shown, row.target)


def _shadowed(row: Row, blocks: tuple[Prefix, ...]) -> bool:
    if row.origin == "advertised":  # a Route Server may write whole subnets into an edge table
        return False
    return ORIGIN_RANK.get(row.origin, LAST) >= ORIGIN_RANK["dx"] and any(block.covers(row.prefix) for block in blocks)


def _candidate(row: Row, best: Row | None, asked: Address, blocks: tuple[Prefix, ...]) -> Candidate:
    note, bit = "ROUTE_WON", 0
    if row.prefix.family != asked.family:
        note = "ROUTE_FAMILY_MISMATCH"
    elif asked not in row.prefix:
        note, bit = "ROUTE_NO_MATCH", differing_bit(row.prefix, asked)
    elif row is not best:
        longer = best is not None and best.prefix.length > row.prefix.length
        note = "ROUTE_LOST_LPM" if longer and not _shadowed(row, blocks) else "ROUTE_LOST_PRIORITY"
    return Candidate(row.shown, row.target, row.origin, row.state, note, bit, row.place)


RULES: dict[str, Any] = {}
