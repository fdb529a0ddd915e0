"""A sequence of changes over everything that a conversation depends on: the network, the readings, the flows."""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from vpctui.engine import change as changes, choosing
from vpctui.engine.change import Change, Refusal, Setting
from vpctui.engine.conversation import Question, World
from vpctui.engine.registry import Assumptions
from vpctui.schema import Choice, Integer, Kind, Mistake, OnOff, Port, nearest, parse_value, quoted, value_text

ASSUME_KINDS: dict[str, Kind] = {
    "asymmetric_return": Choice(("deliver", "drop")),
    "tgw_ttl": Integer(0, 1),
    "stopped_is_blackhole": OnOff(),
    "ttl": Choice(("aws", "textbook")),
    "nlb_return": Choice(("load_balancer", "route_table")),
}
FLOW_KINDS: dict[str, Kind] = {
    "ttl": Integer(0, 255),
    "size": Integer(20, 65535),
    "dont_fragment": OnOff(),
    "source_port": Port(),
    "to_port": Port(),
    "reply": OnOff(),
    "midstream": OnOff(),
}


class State(Struct, frozen=True):
    """What changes act on: the world, and the flows that can be asked in it."""

    world: World
    questions: dict[str, Question]


def alter(state: State, text: str) -> State | Refusal:
    """The state with one change made, or why it is refused."""
    change = changes.parse(text)
    if isinstance(change, Refusal):
        return change
    if change.resource == "assume":
        return _assume(state, change)
    if change.resource.startswith("flows."):
        return _flow(state, change)
    if change.resource == choosing.RESOURCE and not state.world.network.get(choosing.RESOURCE):
        world = choosing.choose(state.world, state.questions, change)
        return world if isinstance(world, Refusal) else replace(state, world=world)
    network = changes.apply(change, state.world.network)
    if isinstance(network, Refusal):
        return network
    return State(replace(state.world, network=network), state.questions)


def alter_all(state: State, texts: tuple[str, ...]) -> State | Refusal:
    """The state with all changes made in order; the first refusal ends it."""
    for text in texts:
        made = alter(state, text)
        if isinstance(made, Refusal):
            return made
        state = made
    return state


def inverse(before: State, text: str) -> str:
    """The change that takes one back, in the state that it is made in; empty for what is no change."""
    change = changes.parse(text)
    if isinstance(change, Refusal):
        return ""
    held = setting_at(before, change.place) if change.operator == "=" else None
    return f"{change.place}={held.value}" if held else changes.inverse(change, before.world.network).text


def with_typed(state: State, before: State) -> State:
    """The state with the flows that only `before` has: flows that were typed stay when changes are replayed from the file."""
    typed = {name: question for name, question in before.questions.items() if name not in state.questions}
    return State(state.world, {**state.questions, **typed}) if typed else state


def _assume(state: State, change: Change) -> State | Refusal:
    value = _value(ASSUME_KINDS, change)
    if isinstance(value, Refusal):
        return value
    assume: Assumptions = replace(state.world.assume, **{change.setting: value})
    return State(replace(state.world, assume=assume), state.questions)


def _flow(state: State, change: Change) -> State | Refusal:
    name = change.resource.removeprefix("flows.")
    question = state.questions.get(name)
    if question is None:
        right = nearest(name, state.questions)
        return Refusal("UNKNOWN_RESOURCE", f"unknown flow {quoted(name)}", hint=f"did you mean flows.{right}?" if right else "", place=change.place)
    value = _value(FLOW_KINDS, change)
    if isinstance(value, Refusal):
        return value
    return State(state.world, {**state.questions, name: replace(question, **{change.setting: value})})


def _value(kinds: dict[str, Kind], change: Change) -> Any | Refusal:
    kind = kinds.get(change.setting)
    if kind is None or change.operator != "=" or change.key:
        right = nearest(change.setting, kinds)
        hint = f"{change.resource}.{right}={change.value}" if right else "settings: " + ", ".join(kinds)
        return Refusal("QUERY_INVALID", f"unknown setting {quoted(change.setting)} of {change.resource}", hint=hint, place=change.place)
    try:
        return parse_value(kind, change.value)
    except Mistake as mistake:
        return Refusal("QUERY_INVALID", str(mistake), hint=mistake.mend, place=change.place)


def setting_at(state: State, place: str) -> Setting | None:
    """The setting at a place: of a resource, a reading or a flow."""
    resource, _, setting = place.rpartition(".")
    if resource == "assume" and setting in ASSUME_KINDS:
        return Setting(place, value_text(getattr(state.world.assume, setting)), _options(ASSUME_KINDS[setting]))
    if resource.startswith("flows.") and setting in FLOW_KINDS:
        question = state.questions.get(resource.removeprefix("flows."))
        return Setting(place, value_text(getattr(question, setting)), _options(FLOW_KINDS[setting])) if question else None
    if resource == choosing.RESOURCE and not state.world.network.get(choosing.RESOURCE):
        return choosing.setting(state.world, state.questions, setting)
    return changes.setting_at(place, state.world.network)


def _options(kind: Kind) -> tuple[str, ...]:
    if isinstance(kind, OnOff):
        return ("on", "off")
    return kind.options if isinstance(kind, Choice) else ()


def readings(state: State) -> tuple[Setting, ...]:
    """The readings as settings."""
    return tuple(setting for name in ASSUME_KINDS if (setting := setting_at(state, f"assume.{name}")))
