"""Asking imported scenarios."""

from vpctui.engine.change import Refusal
from vpctui.engine.conversation import converse
from vpctui.scenario.changing import changed
from vpctui.scenario.scenario import Scenario
from vpctui.scenario.typed import flow_from
from vpctui.trace import Conversation, Hop


def ask(scenario: Scenario, sender: str, to: str, *changes: str, **fields: str) -> Conversation:
    """A flow that the file need not have, after changes that AWS takes."""
    state = changed(scenario, changes)
    assert not isinstance(state, Refusal), state
    question = flow_from({"from": sender, "to": to, **fields}, state.world.network)
    assert not isinstance(question, str), question
    return converse(state.world, question)


def path(conversation: Conversation, leg: int = 0) -> list[str]:
    """The nodes of a leg."""
    return [hop.node for hop in conversation.legs[leg].hops]


def at(conversation: Conversation, node: str) -> Hop:
    """The first hop at a node."""
    return next(hop for hop in conversation.hops if hop.node == node)
