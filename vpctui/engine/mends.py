"""Mends: changes that would remove the very obstacle at which a packet ended, found by trying them.

Resources register candidates by reason; each is made, the conversation is traced again, and only what gets the packet past that place is
kept.  What makes the whole conversation work comes first.
"""

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from vpctui.engine import alter
from vpctui.engine.alter import State
from vpctui.engine.change import Refusal
from vpctui.engine.conversation import Question, converse
from vpctui.engine.network import Network
from vpctui.trace import Conversation, Drop, Hop, Leg

AT_MOST, SHOWN = 24, 3
"""How many candidates are tried, and how many mends are kept."""
WORKS = ("ok", "asymmetric")


class Obstacle(Struct, frozen=True):
    """Where a packet ended: the conversation, its last leg and hop, and the network."""

    conversation: Conversation
    network: Network

    @property
    def leg(self) -> Leg:
        """The leg that did not arrive."""
        return self.conversation.legs[-1]

    @property
    def hop(self) -> Hop:
        """The hop at which it ended."""
        return self.leg.last


class Hurdle(Struct, frozen=True):
    """One of several obstacles on a way: the conversation that ends there, and the change that gets past it (empty: none is known)."""

    conversation: Conversation
    mend: str


Candidates = Callable[[Obstacle], Iterable[str]]
_CANDIDATES: dict[str, list[Candidates]] = {}


def mends(*reasons: str) -> Callable[[Candidates], Candidates]:
    """Register what could remove an obstacle of these reasons: changes, the most obvious first."""

    def register(function: Candidates) -> Candidates:
        for reason in reasons:
            _CANDIDATES.setdefault(reason, []).append(function)
        return function

    return register


def traced(state: State, flow: str) -> Conversation:
    """The conversation of a flow, with mends where it ends badly.  Raises KeyError for an unknown flow."""
    question = state.questions[flow]
    return with_mends(state, question, converse(state.world, question, state.questions))


def with_mends(state: State, question: Question, conversation: Conversation) -> Conversation:
    """The conversation with the mends of its obstacle, tried; unchanged where nothing stopped it."""
    *before, leg = conversation.legs
    hop = leg.last
    if leg.arrives or not isinstance(hop.action, Drop) or hop.looped:
        return conversation
    found = tuple(_that_help(state, question, Obstacle(conversation, state.world.network)))
    mended = replace(hop, action=replace(hop.action, mends=found))
    return replace(conversation, legs=(*before, replace(leg, hops=(*leg.hops[:-1], mended))))


def _that_help(state: State, question: Question, obstacle: Obstacle) -> list[str]:
    works: list[str] = []
    further: list[str] = []
    for change in _first(_all(obstacle), AT_MOST):
        made = alter.alter(state, change)
        if isinstance(made, Refusal) or question.name not in made.questions:
            continue
        after = converse(made.world, made.questions[question.name], made.questions)
        if after.outcome in WORKS:
            works.append(change)
        elif _further(obstacle.conversation, after):
            further.append(change)
        if len(works) == SHOWN:
            break
    return (works or further)[:SHOWN]


def _first(changes: Iterable[str], many: int) -> Iterator[str]:
    """The first so many different ones; asks for no more."""
    seen: set[str] = set()
    for change in changes:
        if len(seen) == many:
            return
        if change not in seen:
            seen.add(change)
            yield change


def _all(obstacle: Obstacle) -> Iterator[str]:
    action = obstacle.hop.action
    if isinstance(action, Drop):
        yield from action.mends
        for candidates in _CANDIDATES.get(action.reason, ()):
            yield from candidates(obstacle)


def _further(before: Conversation, after: Conversation) -> bool:
    """Whether a packet came past the place where it ended: a later leg, or another end on a longer way, but neither into a circle nor back to its sender."""
    last = after.legs[-1].last
    if last.looped or (last.circled and last.reason != "TTL_EXPIRED"):
        return False
    ended, now = before.legs[-1], after.legs[-1]
    elsewhere = (len(after.legs), last.node, now.reason) != (len(before.legs), ended.last.node, ended.reason)
    return elsewhere and (len(after.legs), len(now.hops)) >= (len(before.legs), len(ended.hops))


def hurdles(state: State, flow: str) -> tuple[Hurdle, ...]:
    """Every obstacle that a flow meets in both directions, each found with the ones before it mended; empty where it works.

    Ends where the flow works, where no mend is known, or after as many as a person would follow.
    """
    found: list[Hurdle] = []
    while len(found) < AT_MOST:
        conversation = traced(state, flow)
        if conversation.outcome in WORKS:
            break
        action = conversation.legs[-1].last.action
        mend = next(iter(action.mends), "") if isinstance(action, Drop) else ""
        found.append(Hurdle(conversation, mend))
        made = alter.alter(state, mend) if mend else None
        if not isinstance(made, State):
            break
        state = made
    return tuple(found)
