"""What a change did to a path: hops that are new, gone or different, each in its place.

Hops of the two paths are paired by component, leg by leg, in order; a pair is different when anything that a person would see differs.
"""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal

from msgspec import Struct

from vpctui.trace import Conversation, Hop, Leg

Mark = Literal["", "+", "-", "~"]


class Marked(Struct, frozen=True):
    """A hop with its mark; `index` counts the hops of the present conversation from 0 and is -1 for one that is gone."""

    leg: Leg
    hop: Hop
    mark: Mark = ""
    index: int = -1


def marked_legs(now: Conversation, before: Conversation | None) -> list[tuple[Leg, Mark, list[Marked]]]:
    """Every leg with its hops, those that are gone in their places; a leg that no longer flies comes last, marked as gone."""
    legs: list[tuple[Leg, Mark, list[Marked]]] = []
    index = 0
    for at, leg in enumerate(now.legs):
        old = before.legs[at] if before and at < len(before.legs) else None
        mark: Mark = "+" if before and old is None else ""
        legs.append((leg, mark, list(_pairs(leg, old, index, compared=before is not None))))
        index += len(leg.hops)
    for leg in before.legs[len(now.legs) :] if before else ():
        legs.append((leg, "-", [Marked(leg, hop, "-") for hop in leg.hops]))
    return legs


def _pairs(leg: Leg, old: Leg | None, index: int, *, compared: bool) -> Iterator[Marked]:
    if old is None:
        mark: Mark = "+" if compared else ""
        for at, hop in enumerate(leg.hops):
            yield Marked(leg, hop, mark, index + at)
        return
    matcher = SequenceMatcher(None, [hop.node for hop in old.hops], [hop.node for hop in leg.hops], autojunk=False)
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind == "equal":
            for was, at in zip(old.hops[old_from:old_to], range(new_from, new_to), strict=True):
                yield Marked(leg, leg.hops[at], "~" if differs(was, leg.hops[at]) else "", index + at)
            continue
        for hop in old.hops[old_from:old_to]:
            yield Marked(old, hop, "-")
        for at in range(new_from, new_to):
            yield Marked(leg, leg.hops[at], "+", index + at)


def differs(was: Hop, now: Hop) -> bool:
    """Whether a person would see a difference: verdict, route, addresses, or a check that came out otherwise."""
    return _seen(was) != _seen(now)


def _seen(hop: Hop) -> tuple[object, ...]:
    packet = hop.packet
    checks = tuple((step.rule, step.passed, step.decider) for step in hop.steps)
    return (hop.verdict, hop.reason, hop.table, hop.route, hop.target, packet.socket("src"), packet.socket("dst"), packet.ttl, checks)
