"""A scenario's walkthrough as a lesson: joins what the file says with the journey that a person is on."""

from vpctui.engine.alter import State
from vpctui.exploration import Exploration, Refusal
from vpctui.lesson import Judge, Lesson, LessonStep, Told
from vpctui.scenario import lecturing
from vpctui.scenario.scenario import Scenario, WalkthroughStep


def lesson_of(scenario: Scenario, start: Exploration) -> Lesson:
    """The lesson of a scenario, before its first step."""
    steps = tuple(
        LessonStep(step.words.en or step.words.ja, step.words.ja or step.words.en, step.do, _judge(step), step.predict) for step in scenario.walkthrough
    )
    return Lesson(steps=steps, changes=lecturing.named_changes(scenario), start=start)


def _judge(step: WalkthroughStep) -> Judge:
    judged = lecturing.judge(step)

    def told(state: State, refusal: Refusal | None) -> tuple[Told, ...]:
        return tuple(Told(held.flow, held.expected, held.found, held.holds) for held in judged(state, refusal))

    return told
