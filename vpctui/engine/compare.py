"""Two conversations held against each other, and places in one: where a cursor can stand, what counts as an event."""

from msgspec import Struct

from vpctui.trace import Conversation, Hop, Verdict


class Spot(Struct, frozen=True):
    """A place of the cursor: hop (0: before the first) and step (0: the whole hop)."""

    hop: int
    step: int = 0


Identity = tuple[str, str, int]
"""Direction, component, and which visit of the packet to it."""


def identities(conversation: Conversation) -> tuple[Identity, ...]:
    """What makes each hop the same hop in another conversation: direction, leg's kind of packet, component, count of the visit."""
    found: list[Identity] = []
    for leg in conversation.legs:
        seen: dict[str, int] = {}
        for hop in leg.hops:
            seen[hop.node] = seen.get(hop.node, 0) + 1
            found.append((leg.direction + leg.carries, hop.node, seen[hop.node]))
    return tuple(found)


def locate(before: Conversation, spot: Spot, after: Conversation) -> Spot:
    """Where a cursor stays when a conversation changes: on the same component and rule, else on the first difference."""
    if spot.hop == 0:
        return spot
    identity = identities(before)[spot.hop - 1]
    now = identities(after)
    if identity not in now:
        return Spot(first_difference(before, after))
    number = now.index(identity) + 1
    if spot.step == 0:
        return Spot(number)
    rule = before.hops[spot.hop - 1].steps[spot.step - 1].rule
    steps = after.hops[number - 1].steps
    return Spot(number, next((index for index, step in enumerate(steps, 1) if step.rule == rule), 0))


def first_difference(before: Conversation, after: Conversation) -> int:
    """The number of the first hop that is not the same; the last hop where `after` is only shorter."""
    pairs = zip(before.hops, after.hops, strict=False)
    same = next((index for index, (old, new) in enumerate(pairs) if not alike(old, new)), min(len(before.hops), len(after.hops)))
    return min(same + 1, len(after.hops))


def alike(old: Hop, new: Hop) -> bool:
    """Whether a hop did the same with the same packet."""
    return (old.node, old.verdict, old.reason, old.table, old.route, old.target, old.packet) == (
        new.node,
        new.verdict,
        new.reason,
        new.table,
        new.route,
        new.target,
        new.packet,
    )


def is_event(hop: Hop) -> bool:
    """A drop or another end that is not delivery, a rewrite, a lookup in a route table of AWS."""
    ended = hop.verdict not in (Verdict.FORWARDED, Verdict.DELIVERED, Verdict.EXITED)
    arrived = hop.arrived
    rewritten = arrived is not None and (arrived.flow != hop.packet.flow or arrived.tunnel != hop.packet.tunnel)
    return ended or rewritten or hop.table is not None


def events(conversation: Conversation) -> tuple[int, ...]:
    """Numbers of the hops that are events."""
    return tuple(number for number, hop in enumerate(conversation.hops, 1) if is_event(hop))


def spots(conversation: Conversation) -> tuple[Spot, ...]:
    """Every place where a cursor can stand: before the first hop, then each hop and its checks."""
    found = [Spot(0)]
    for number, hop in enumerate(conversation.hops, 1):
        found += [Spot(number, step) for step in range(len(hop.steps) + 1)]
    return tuple(found)
