"""What would happen if: the outcome of changes that are not made yet, and which changes matter at a hop."""

from collections.abc import Iterable, Iterator
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from vpctui.engine import alter
from vpctui.engine.alter import State
from vpctui.engine.change import Refusal, places
from vpctui.engine.choosing import RESOURCE
from vpctui.engine.conversation import Question, converse
from vpctui.engine.network import Network
from vpctui.packet import Packet
from vpctui.trace import Conversation, Drop, Hop

WORKS = ("ok", "asymmetric")
AT_MOST = 40
"""More changes than a person would read are not tried."""
EACH = 8
"""Values that are tried of one setting: a VPC may have two hundred tables, each of which takes a conversation; `space` offers all of them."""
ASKED = 400
"""So many conversations of other flows may be traced to tell what changes would do to them: a noticeable moment at most."""


class Way(Struct, frozen=True):
    """What a flow's outcome and way are recognized by: the outcome, and the packet at each component."""

    outcome: str
    passed: tuple[tuple[str, Packet], ...]

    @property
    def works(self) -> bool:
        """Whether the flow arrives and is answered."""
        return self.outcome in WORKS


class Option(Struct, frozen=True):
    """A change that could be made, and what it would bring."""

    change: str
    outcome: str = ""
    refusal: Refusal | None = None
    label: str = ""
    current: bool = False
    """It is what is set now: choosing it changes nothing."""
    alters: tuple[str, ...] | None = None
    """Other flows that would come out or go otherwise; None where they were not asked."""
    mends: tuple[str, ...] = ()
    """Those of them that fail now and would work."""
    breaks: tuple[str, ...] = ()
    """Those of them that work now and would fail."""
    further: bool = False
    """The flow still fails, but past the place at which it ends now."""
    same: bool = False
    """The packets come out and go exactly as they do now."""


def options(state: State, question: Question, place: str) -> tuple[Option, ...]:
    """The values of one setting, the current one first; beyond as many as are tried, they have no outcome."""
    setting = alter.setting_at(state, place)
    if setting is None:
        return ()
    values = dict.fromkeys((setting.value, *setting.choices))
    tried = tuple(_tried(state, question, f"{place}={value}", value, current=value == setting.value) for value in islice(values, AT_MOST))
    return (*tried, *(Option(f"{place}={value}", label=value) for value in islice(values, AT_MOST, None)))


def _tried(state: State, question: Question, change: str, label: str, *, current: bool) -> Option:
    made = state if current else alter.alter(state, change)
    if isinstance(made, Refusal):
        return Option(change, "", made, label, current)
    return Option(change, converse(made.world, made.questions[question.name], made.questions).outcome, None, label, current)


def for_hops(state: State, question: Question, conversation: Conversation, hops: tuple[Hop, ...]) -> tuple[Option, ...]:
    """The changes that matter at these hops, and those that mend a drop anywhere, each tried.

    What mends comes first, then what gets the packet further, what alters the outcome, and the rest.
    """
    candidates = list(dict.fromkeys(_candidates(state, conversation, hops)))[:AT_MOST]
    found = [_compared(state, question, change, conversation) for change in candidates]
    now = conversation.outcome
    return tuple(sorted(found, key=lambda option: _rank(option, now)))


def _compared(state: State, question: Question, change: str, now: Conversation) -> Option:
    """A change beside the conversation as it is: whether it gets further, and whether anything differs."""
    made = alter.alter(state, change)
    if isinstance(made, Refusal):
        return Option(change, "", made, change)
    after = converse(made.world, made.questions[question.name], made.questions)
    fails = after.outcome not in WORKS and now.outcome not in WORKS
    further = fails and (change in _mends(now) or len(after.legs) > len(now.legs))
    return Option(change, after.outcome, None, change, further=further, same=_recognized(after) == _recognized(now))


def _mends(conversation: Conversation) -> tuple[str, ...]:
    """What is known to get the packet past the drop at which a conversation ends."""
    action = conversation.legs[-1].last.action if conversation.legs else None
    return action.mends if isinstance(action, Drop) else ()


def _idle(option: Option, hops: tuple[Hop, ...]) -> bool:
    """Whether it is a setting of a host outside that no check looked at, and alters nothing: nobody mends a network there."""
    asked = any(step.setting and option.change.startswith(step.setting) for hop in hops for step in hop.steps)
    return option.same and not option.alters and not asked and any(hop.kind == "host" and option.change.startswith(f"{hop.node}.") for hop in hops)


def mattering(state: State, question: Question, conversation: Conversation, hops: tuple[Hop, ...]) -> tuple[Option, ...]:
    """The same with the other flows that each would alter; of what mends, the least harm first."""
    now = conversation.outcome
    found = with_others(for_hops(state, question, conversation, hops), state, question.name)
    return tuple(sorted((option for option in found if not _idle(option, hops)), key=lambda option: _harm(option, now)))


def _harm(option: Option, now: str) -> tuple[int, ...]:
    """Of what mends: what breaks least, mends most beside, alters least."""
    rank = _rank(option, now)
    return (rank, len(option.breaks), -len(option.mends), len(option.alters or ())) if rank == 0 else (rank,)


def with_others(found: tuple[Option, ...], state: State, name: str) -> tuple[Option, ...]:
    """The options with the other flows that each would alter; as they are where that is too much to ask."""
    others = [question for question in state.questions.values() if question.name != name]
    if len(found) * len(others) > ASKED:
        return found
    before = {question.name: _way(state, question) for question in others}
    return tuple(option if not option.outcome else _altering(state, option, others, before) for option in found)


def _altering(state: State, option: Option, others: list[Question], before: dict[str, Way]) -> Option:
    """The option with the other flows that it would alter."""
    after = state if option.current else alter.alter(state, option.change)
    assert not isinstance(after, Refusal), "it was made to tell its outcome"
    ways = {question.name: _way(after, after.questions[question.name]) for question in others}
    altered = tuple(name for name, way in ways.items() if way != before[name])
    mends = tuple(name for name in altered if not before[name].works and ways[name].works)
    breaks = tuple(name for name in altered if before[name].works and not ways[name].works)
    return replace(option, alters=altered, mends=mends, breaks=breaks)


def _way(state: State, question: Question) -> Way:
    return _recognized(converse(state.world, question, state.questions))


def _recognized(conversation: Conversation) -> Way:
    return Way(conversation.outcome, tuple((hop.node, hop.packet) for hop in conversation.hops))


def _rank(option: Option, now: str) -> int:
    """The less the better: it mends, gets further, comes out otherwise, alters nothing, is refused."""
    made = option.refusal is None
    mends = option.outcome in WORKS and now not in WORKS
    return (mends, option.further, made and option.outcome != now, made, True).index(True)


def _candidates(state: State, conversation: Conversation, hops: tuple[Hop, ...]) -> Iterator[str]:
    yield from _mends(conversation)
    yield from _out_of_circle(state, conversation)
    for hop in hops:
        for step in hop.steps:
            yield from (f"{RESOURCE}.{step.chooser}={other}" for other in step.choices[1:])
    for hop in hops:
        for place in _places(hop, state.world.network):
            setting = alter.setting_at(state, place)
            if setting:
                yield from islice((f"{place}={value}" for value in setting.choices if value != setting.value), EACH)


def _out_of_circle(state: State, conversation: Conversation) -> Iterator[str]:
    """Other targets of the routes that send a packet round: no single hop of a circle is where it went wrong."""
    last = conversation.legs[-1].last if conversation.legs else None
    if last is None or not last.looped:
        return
    places = (step.setting for hop in conversation.legs[-1].hops if hop.table for step in hop.steps if step.setting.startswith(f"{hop.table}["))
    for place in dict.fromkeys(places):
        setting = alter.setting_at(state, place)
        if setting:
            yield from islice((f"{place}={value}" for value in setting.choices if value != setting.value), EACH)


def _places(hop: Hop, network: Network) -> Iterable[str]:
    """Places that a hop looked at, then every other setting of its component and of the interface that it came in by."""
    seen = dict.fromkeys(step.setting for step in hop.steps if step.setting)
    for identifier in (hop.node, hop.arrival.by):
        seen.update(dict.fromkeys(places(identifier, network)))
    return seen
