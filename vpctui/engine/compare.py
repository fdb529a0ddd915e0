"""Two conversations held against each other: which hops are the same, where they differ first; what counts as an event in one."""

from vpctui.trace import Conversation, Hop, Verdict

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
