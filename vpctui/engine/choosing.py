"""Another of several equal things: `choose.COMPONENT=OPTION` prefers a target, a tunnel or a zone where a hash would choose (C-21).

No setting of AWS, and so without a command line: which of its equals AWS takes nobody outside can know, but a person can walk each.
"""

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from vpctui.engine.change import Change, Refusal, Setting
from vpctui.engine.conversation import Question, World, converse
from vpctui.schema import nearest, quoted

RESOURCE = "choose"
HASH = "none"
"""The value that leaves the choice to the hash."""


def choose(world: World, questions: Mapping[str, Question], change: Change) -> World | Refusal:
    """The world with a choice made, or left to the hash again."""
    component = change.setting
    if change.operator != "=" or change.key or not component:
        return Refusal("QUERY_INVALID", f"{quoted(change.text)} is not a choice", hint="choose.COMPONENT=OPTION", place=change.place)
    if world.network.get(component) is None:
        right = nearest(component, [record.id for record in world.network])
        return Refusal("UNKNOWN_RESOURCE", f"unknown resource {quoted(component)}", hint=f"{RESOURCE}.{right}" if right else "", place=change.place)
    if change.value == HASH:
        return replace(world, choices={name: value for name, value in world.choices.items() if name != component})
    if change.value not in _offered(world, questions, component):
        offered = options(world, questions, component)
        message = f"{component} does not choose {quoted(change.value)}" if offered else f"{component} chooses among equals in no flow"
        return Refusal("QUERY_INVALID", message, hint=", ".join(offered), place=change.place)
    return replace(world, choices={**world.choices, component: change.value})


def options(world: World, questions: Mapping[str, Question], component: str) -> tuple[str, ...]:
    """Everything that a component chooses among, in any of the flows; traces them."""
    return tuple(sorted(set(_offered(world, questions, component))))


def _offered(world: World, questions: Mapping[str, Question], component: str) -> Iterator[str]:
    """The same as they are met, so that whoever looks for one traces no more flows than it takes."""
    for question in questions.values():
        for hop in converse(world, question, questions).hops:
            for step in hop.steps:
                if step.chooser == component:
                    yield from step.choices


def setting(world: World, questions: Mapping[str, Question], component: str) -> Setting | None:
    """The choice as a setting; None for what is no resource."""
    if world.network.get(component) is None:
        return None
    return Setting(f"{RESOURCE}.{component}", world.choices.get(component, HASH), (HASH, *options(world, questions, component)))
