"""A path of Reachability Analyzer beside a leg of ours.

Reachability Analyzer lists every resource that a packet meets: interfaces, network ACLs, security groups and route tables each for
themselves.  A hop of ours is one component with all of them.  So components are laid to the hops that know their ids, in order.
"""

from collections.abc import Iterator

from msgspec import Struct

from vpctui.aws.network_interface import attached
from vpctui.engine.network import Network
from vpctui.interop.reachability import Analysis, Explanation, PathComponent
from vpctui.packet import Packet
from vpctui.reasons import reasons
from vpctui.trace import Conversation, Hop, Leg

OUTSIDE = ("host", "router")
"""Kinds of hops that Reachability Analyzer does not list: they are outside AWS."""


class Beside(Struct, frozen=True):
    """One row: a hop of ours and the components that belong to it; either side may be missing."""

    hop: Hop | None
    number: int
    components: tuple[PathComponent, ...]
    routes: tuple[tuple[str, str], ...] = ()
    """Routes that differ, as (theirs, ours)."""
    headers: tuple[PathComponent, ...] = ()
    """Components whose header no packet of the hop has."""

    @property
    def agrees(self) -> bool:
        """Whether both sides have something there, and it is the same; a hop outside AWS needs no counterpart."""
        if self.hop is None:
            return False
        return (bool(self.components) or self.hop.kind in OUTSIDE) and not self.routes and not self.headers


class Codes(Struct, frozen=True):
    """Why the packet does not arrive, on both sides."""

    theirs: tuple[Explanation, ...]
    ours: str | None
    """Our reason."""
    ours_reachability: tuple[str, ...]
    """The codes that Reachability Analyzer has for it."""

    @property
    def agree(self) -> bool:
        """Whether one of their codes is one of ours, or there is nothing to explain on either side."""
        if not self.theirs or self.ours is None:
            return not self.theirs and self.ours is None
        return any(each.code in self.ours_reachability for each in self.theirs)


def align(path: list[PathComponent], leg: Leg | None, network: Network, first: int = 1) -> tuple[Beside, ...]:
    """The rows of one direction; `first` is the number of the leg's first hop."""
    if leg is None:
        return tuple(Beside(None, 0, (component,)) for component in path)
    known = [_ids(hop, network) for hop in leg.hops]
    rows: list[list[PathComponent]] = [[] for _ in leg.hops]
    strangers: dict[int, list[PathComponent]] = {}
    at = 0
    for component in path:
        found = next((number for number in range(at, len(leg.hops)) if known[number] & set(component.component.names)), None)
        if found is None and component.component.is_part_of_balancer and rows[at]:
            found = at
        if found is None:
            strangers.setdefault(at, []).append(component)
            continue
        at = found
        rows[at].append(component)
    return tuple(_rows(leg, rows, strangers, first))


def _rows(leg: Leg, rows: list[list[PathComponent]], strangers: dict[int, list[PathComponent]], first: int) -> Iterator[Beside]:
    for at, hop in enumerate(leg.hops):
        yield _beside(hop, first + at, tuple(rows[at]))
        yield from (Beside(None, 0, (stranger,)) for stranger in strangers.get(at, ()))


def _beside(hop: Hop, number: int, components: tuple[PathComponent, ...]) -> Beside:
    routes = tuple(
        (each.route, hop.route or "") for each in components if each.route and {hop.table, hop.node} & set(each.component.names) and each.route != hop.route
    )
    headers = tuple(each for each in components if not any(_fits(each, packet) for packet in _packets(hop)))
    return Beside(hop, number, components, routes, headers)


def _fits(component: PathComponent, packet: Packet) -> bool:
    headers = [header for header in (component.inbound_header, component.outbound_header) if header is not None]
    return not headers or any(header.allows(packet.src, packet.dst) for header in headers)


def _packets(hop: Hop) -> Iterator[Packet]:
    if hop.arrived is not None:
        yield hop.arrived
    yield hop.packet
    yield from (step.packet for step in hop.steps)


FILTER_FACTS = ("acl", "group", "groups", "subnet")
"""Facts that name what a hop itself asked; others name where the packet goes next."""


def _ids(hop: Hop, network: Network) -> set[str]:
    """Every id that is part of a hop: its component, its interfaces and attachments, its tables and filters."""
    found = {hop.node, hop.arrival.by, hop.table or ""}
    for interface in attached(hop.node, network):
        found |= {interface.id, interface.subnet, interface.vpc}
    if hop.kind == "transit_gateway":
        found.add(hop.target or "")
    for step in hop.steps:
        found.add(step.decider.partition(".")[0].partition("[")[0])
        found.update(word for key in FILTER_FACTS if key in step.facts for word in str(step.facts[key]).split(", "))
        if step.lookup is not None:
            found.update((step.lookup.table, step.lookup.owner))
    return found - {""}


def codes(analysis: Analysis, conversation: Conversation) -> Codes:
    """The explanations of both sides."""
    ended = next((leg for leg in conversation.legs if not leg.arrives), None)
    reason = ended.reason if ended is not None else None
    known = reasons().get(reason or "")
    return Codes(analysis.explanations, reason, known.reachability_codes if known else ())


def reasons_for(code: str) -> tuple[str, ...]:
    """Our reasons for a code of Reachability Analyzer."""
    return tuple(each.code for each in reasons().values() if code in each.reachability_codes)
