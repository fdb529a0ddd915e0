"""The walk: one packet, from component to component, until it ends.

Each visit asks the component that holds the packet; what it yields are the steps of the hop, what it returns says where the packet goes.

**Loops.**  A packet that is back at the same component, asked for in the same table, with the same addresses and ports, would circle:
routers decide by these alone.  It does not circle where it is stopped this time, as a martian is that came back to its sender.  TTL stays
out of the comparison, or no loop would ever be found; with `assume.ttl: textbook` every router counts, loops are not looked for, and TTL
ends them as RFC 1812 has it.  **Limits.**  A walk is never longer than `HOP_LIMIT`; a packet that comes so far is reported as a limit of
the model, not as a drop of the network.  **Memory.**  What components remember is folded into an immutable table that travels beside the
hops; the next leg starts with it.
"""

from msgspec.structs import replace

from vpctui.engine.connections import Connections
from vpctui.engine.network import Network
from vpctui.engine.registry import FORWARDERS, KINDS, Assumptions, Situation
from vpctui.packet import Flow, Packet
from vpctui.trace import Action, Arrival, Drop, Forward, Hop, Step

HOP_LIMIT = 256
Breadcrumb = tuple[str, str, Flow, Flow | None]


def visit(packet: Packet, situation: Situation, *, starts: bool) -> Hop:
    """One hop: every step of the component that holds the packet, and its action."""
    node = situation.network.get(situation.arrival.node)
    forward = FORWARDERS.get(type(node))
    if node is None or forward is None:
        return _unknown(packet, situation, starts)
    evaluation = forward(node, packet, situation)
    steps: list[Step] = []
    while True:
        try:
            steps.append(next(evaluation))
        except StopIteration as done:
            action: Action = done.value
            break
    return Hop(
        node=node.id,
        kind=KINDS[type(node)](node),
        arrival=situation.arrival,
        arrived=None if starts else packet,
        steps=tuple(steps),
        action=action,
    )


def walk(
    network: Network,
    start: Arrival,
    packet: Packet,
    connections: Connections,
    assume: Assumptions,
    choices: dict[str, str] | None = None,
) -> tuple[tuple[Hop, ...], Connections]:
    """All hops of a packet that `start.node` sends, and what its components remember afterwards."""
    seen: set[Breadcrumb] = set()
    hops: list[Hop] = []
    path: tuple[Arrival, ...] = ()
    at = start
    while True:
        path = (*path, at)
        situation = Situation(network, at, connections, assume, choices or {}, path)
        hop = visit(packet, situation, starts=not hops)
        connections = connections.remember(memo for step in hop.steps for memo in step.remembers)
        crumb = (at.node, at.table, packet.flow, packet.inside.flow if packet.inside else None)
        if hops and crumb in seen and assume.ttl != "textbook" and _goes_on(hop.action):
            hops.append(_looped(hop, packet))
            return tuple(hops), connections
        if crumb in seen and isinstance(hop.action, Drop):
            hop = replace(hop, circled=True)
        seen.add(crumb)
        if len(hops) + 1 == HOP_LIMIT and isinstance(hop.action, Forward):
            hops.append(_limit(hop))
            return tuple(hops), connections
        hops.append(hop)
        if not isinstance(hop.action, Forward):
            return tuple(hops), connections
        packet, at = hop.action.packet, hop.action.to


def _goes_on(action: Action) -> bool:
    """Whether a packet that is back would circle.  What stops it here for another reason than its age ends it before that: a martian, a check."""
    return not isinstance(action, Drop) or action.reason == "TTL_EXPIRED"


def _looped(hop: Hop, packet: Packet) -> Hop:
    """The hop at which a packet is back: judged as before, and marked."""
    return Hop(node=hop.node, kind=hop.kind, arrival=hop.arrival, arrived=packet, steps=hop.steps, action=hop.action, looped=True)


def _limit(hop: Hop) -> Hop:
    drop = Drop(packet=hop.packet, reason="HOP_LIMIT", table=hop.table, route=hop.route, target=hop.target)
    return Hop(node=hop.node, kind=hop.kind, arrival=hop.arrival, arrived=hop.arrived, steps=hop.steps, action=drop)


def _unknown(packet: Packet, situation: Situation, starts: bool) -> Hop:
    """A component without a forwarding function: said by name, never guessed (law 5)."""
    step = Step(rule="not-modelled", packet=packet, passed=False, facts={"node": situation.arrival.node})
    return Hop(
        node=situation.arrival.node,
        kind="unsupported",
        arrival=situation.arrival,
        arrived=None if starts else packet,
        steps=(step,),
        action=Drop(packet=packet, reason="UNSUPPORTED_COMPONENT"),
    )
