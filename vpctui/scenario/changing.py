"""A scenario with changes made to it."""

from collections.abc import Sequence

from vpctui.engine.alter import State, alter_all
from vpctui.engine.change import Refusal
from vpctui.scenario.scenario import Scenario


def state_of(scenario: Scenario) -> State:
    """The state that the file describes, the faults that are hidden in it made."""
    state = State(scenario.world, scenario.questions)
    broken = alter_all(state, scenario.hidden)
    assert isinstance(broken, State), "hidden faults were tried when the file was read"
    return broken


def changed(scenario: Scenario, texts: Sequence[str]) -> State | Refusal:
    """The state after these changes, or the refusal that ends them."""
    return alter_all(state_of(scenario), tuple(texts))
