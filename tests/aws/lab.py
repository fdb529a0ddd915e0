"""A small network that is read once and asked many things."""

from pathlib import Path

from tests.aws.tracing import lawful, scenario
from vpctui.engine import change as changes
from vpctui.engine.change import Refusal
from vpctui.engine.conversation import World, converse
from vpctui.scenario.changing import changed
from vpctui.scenario.checking import check
from vpctui.scenario.reading import read_scenario
from vpctui.trace import Conversation, Hop, Step


class Lab:
    """The scenario of a text."""

    def __init__(self, text: str) -> None:
        self.scenario = scenario(text)

    def ask(self, flow: str, *made: str, choices: dict[str, str] | None = None) -> Conversation:
        """Trace a flow after some changes, none of which may be refused."""
        state = changed(self.scenario, made)
        assert not isinstance(state, Refusal), state
        world = World(state.world.network, state.world.base, state.world.assume, choices or {})
        return lawful(converse(world, state.questions[flow], state.questions))

    def outcome(self, flow: str, *made: str) -> str:
        """How a flow comes out after some changes."""
        return self.ask(flow, *made).outcome

    def refusal(self, *made: str) -> Refusal:
        """Why the last of these changes is refused."""
        state = changed(self.scenario, made)
        assert isinstance(state, Refusal), "nothing was refused"
        return state

    def commands(self, change: str) -> tuple[str, ...]:
        """The command lines of a change."""
        parsed = changes.parse(change)
        assert not isinstance(parsed, Refusal), parsed
        return changes.commands(parsed, self.scenario.world.network)


def at(visited: Hop, rule: str) -> Step:
    """The step of a hop that applied a rule."""
    return next(found for found in visited.steps if found.rule == rule)


def rules(visited: Hop) -> list[str]:
    """The rules that a hop applied."""
    return [found.rule for found in visited.steps]


def failures(path: Path) -> list[str]:
    """What does not hold of a scenario file: expectations, changes, walkthrough."""
    found, problems = read_scenario(path.read_bytes(), path.name)
    assert found is not None, problems
    return [f"{case.name}: {failure}" for case in check(found) for failure in case.failures]
