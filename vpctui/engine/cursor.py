"""A place in a conversation, and moving about in it: by hops, by checks, by events, to the other direction."""

from msgspec import Struct
from msgspec.structs import replace

from vpctui.engine.compare import first_difference, identities, is_event
from vpctui.trace import Conversation, Hop, Leg, Step


class Cursor(Struct, frozen=True, order=True):
    """Hop 0 is before the first hop, k the k-th over all legs; step 0 is the whole hop, j the j-th check in it."""

    hop: int = 0
    step: int = 0


def clamped(conversation: Conversation, hop: int, step: int = 0) -> Cursor:
    """The place as near as the conversation has one."""
    hops = conversation.hops
    hop = max(0, min(hop, len(hops)))
    return Cursor(hop, max(0, min(step, len(hops[hop - 1].steps))) if hop else 0)


def travelled(conversation: Conversation, cursor: Cursor) -> Conversation:
    """The conversation as far as the cursor; legs that have not begun are left out."""
    left, legs = cursor.hop, []
    for leg in conversation.legs:
        if left > 0:
            legs.append(replace(leg, hops=leg.hops[:left]))
        left -= len(leg.hops)
    return replace(conversation, legs=tuple(legs))


def hop_at(conversation: Conversation, cursor: Cursor) -> Hop | None:
    """The hop of a cursor; None before the first."""
    return conversation.hops[cursor.hop - 1] if cursor.hop else None


def step_at(conversation: Conversation, cursor: Cursor) -> Step | None:
    """The check of a cursor; None on the whole hop."""
    hop = hop_at(conversation, cursor)
    return hop.steps[cursor.step - 1] if hop is not None and cursor.step else None


def leg_at(conversation: Conversation, cursor: Cursor) -> Leg | None:
    """The leg of a cursor; the first one before the first hop."""
    left = max(cursor.hop, 1)
    for leg in conversation.legs:
        if left <= len(leg.hops):
            return leg
        left -= len(leg.hops)
    return None


def next_step(conversation: Conversation, cursor: Cursor) -> Cursor:
    """Forward by one check, over the heads of hops."""
    hop = hop_at(conversation, cursor)
    inside = hop is not None and cursor.step < len(hop.steps)
    return Cursor(cursor.hop, cursor.step + 1) if inside else clamped(conversation, cursor.hop + 1, 0 if cursor.hop < len(conversation.hops) else cursor.step)


def previous_step(conversation: Conversation, cursor: Cursor) -> Cursor:
    """Back by one check, over the heads of hops."""
    if cursor.step:
        return Cursor(cursor.hop, cursor.step - 1)
    before = max(cursor.hop - 1, 0)
    return Cursor(before, len(conversation.hops[before - 1].steps) if before else 0)


def previous_hop(conversation: Conversation, cursor: Cursor, count: int) -> Cursor:
    """Back by hops; from a check, one back is the head of its own hop."""
    return clamped(conversation, cursor.hop if cursor.step and count == 1 else cursor.hop - count)


def other_direction(conversation: Conversation, cursor: Cursor) -> Cursor:
    """The same component in the other direction; the same place where the packet does not meet it there."""
    hop, leg = hop_at(conversation, cursor), leg_at(conversation, cursor)
    number = 0
    for other in conversation.legs:
        for candidate in other.hops:
            number += 1
            if hop is not None and leg is not None and other.direction != leg.direction and candidate.node == hop.node:
                return Cursor(number)
    return cursor


def events(conversation: Conversation) -> tuple[int, ...]:
    """Numbers of the hops that are events: drops, rewrites, route tables."""
    return tuple(number for number, hop in enumerate(conversation.hops, 1) if is_event(hop))


def located(before: Conversation, cursor: Cursor, after: Conversation) -> Cursor:
    """Where a cursor stays when a conversation changes: on the same component and rule, else on the first difference.

    A check that now comes out otherwise is another rule; the setting that it looks at is the same.
    """
    if cursor.hop == 0:
        return cursor
    identity, now = identities(before)[cursor.hop - 1], identities(after)
    if identity not in now:
        return Cursor(first_difference(before, after))
    number = now.index(identity) + 1
    if cursor.step == 0:
        return Cursor(number)
    was = before.hops[cursor.hop - 1].steps[cursor.step - 1]
    steps = list(enumerate(after.hops[number - 1].steps, 1))
    alike = [index for index, step in steps if step.rule == was.rule] or [index for index, step in steps if was.setting and step.setting == was.setting]
    return Cursor(number, min(alike, key=lambda index: abs(index - cursor.step), default=0))
