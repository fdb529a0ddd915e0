"""Asks both about every flow of a state, and says where they differ."""

from dataclasses import dataclass

from tests.kernel.comparing import disagreement, inexpressible
from tests.kernel.referee import PATIENT, QUIET, Referee
from vpctui.engine.alter import State
from vpctui.engine.conversation import converse


@dataclass(frozen=True)
class Answer:
    """One flow, asked: the engine's outcome; why the kernel could not be asked, or where it differs."""

    flow: str
    outcome: str
    inexpressible: str = ""
    disagreement: str = ""
    packets: int = 0


def answers(state: State) -> list[Answer]:
    """All flows of a state, in one laboratory; none is built where the kernel can be asked nothing."""
    asked = {name: converse(state.world, question, state.questions) for name, question in state.questions.items()}
    reasons = {name: inexpressible(state.world, state.questions[name], told) for name, told in asked.items()}
    found = [Answer(name, asked[name].outcome, reason) for name, reason in reasons.items() if reason]
    if len(found) == len(asked):
        return found
    with Referee(state.world) as referee:
        for name, told in asked.items():
            if reasons[name]:
                continue
            difference, packets = "", 0
            # A packet may be late on a busy machine: who disagrees is asked again, with patience.
            for quiet in (QUIET, PATIENT):
                judgement = referee.ask(state.questions[name], state.questions, quiet)
                packets = len(judgement.legs)
                difference = disagreement(told, judgement)
                if not difference:
                    break
            found.append(Answer(name, told.outcome, "", difference, packets))
    return found
