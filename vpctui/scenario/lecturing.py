"""A file's walkthrough as steps that can be played: narration, actions, and a judge for what is expected of each."""

from collections.abc import Callable

from msgspec import Struct

from vpctui.engine.alter import State
from vpctui.engine.change import Refusal
from vpctui.engine.conversation import converse
from vpctui.scenario.expectations import failures
from vpctui.scenario.scenario import Expectation, Scenario, WalkthroughStep


class Held(Struct, frozen=True):
    """One expectation against what happened."""

    flow: str
    expected: str
    found: str
    holds: bool


Judge = Callable[[State, Refusal | None], tuple[Held, ...]]


def judge(step: WalkthroughStep) -> Judge:
    """The judge of one step: its expectations, or the refusal of its last change."""

    def judged(state: State, refusal: Refusal | None) -> tuple[Held, ...]:
        if step.error or refusal is not None:
            found = refusal.reason if refusal is not None else "accepted"
            return (Held("", step.error or "accepted", found, found == (step.error or "accepted")),)
        return tuple(_held(expectation, state) for expectation in step.expect)

    return judged


def _held(expectation: Expectation, state: State) -> Held:
    question = state.questions[expectation.flow]
    conversation = converse(state.world, question, state.questions)
    differing = tuple(failures(expectation, conversation))
    if differing:
        return Held(expectation.flow, differing[0].wanted, differing[0].found, False)
    return Held(expectation.flow, expectation.result or conversation.outcome, conversation.outcome, True)


def named_changes(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """The named changes of a file."""
    return {change.name: change.set for change in scenario.changes}
