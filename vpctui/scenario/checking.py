"""Every expectation, change and walkthrough of a scenario, played and compared: what `vpctui check` runs."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from vpctui.document import Mark
from vpctui.engine.alter import State, alter
from vpctui.engine.change import Refusal
from vpctui.engine.conversation import converse
from vpctui.scenario.changing import changed, state_of
from vpctui.scenario.expectations import Failure, failures
from vpctui.scenario.scenario import Expectation, Scenario, WalkthroughStep


class Case(Struct, frozen=True):
    """One thing that was checked: its name, its place, what failed."""

    name: str
    mark: Mark
    failures: tuple[Failure, ...] = ()


def check(scenario: Scenario) -> tuple[Case, ...]:
    """All cases of a scenario, in the order of the file; where faults are hidden in it, what is expected of its flows alone."""
    if scenario.hidden:
        return tuple(_baseline(scenario))
    return (*_baseline(scenario), *_changes(scenario), *_walkthrough(scenario))


def _held(expected: tuple[Expectation, ...], state: State) -> Iterator[Failure]:
    for expectation in expected:
        question = state.questions[expectation.flow]
        yield from failures(expectation, converse(state.world, question, state.questions))


def check_changed(scenario: Scenario, changes: Sequence[str]) -> tuple[Case, ...] | Refusal:
    """What is expected of the flows, after changes; named changes and walkthrough are told of the network as it was written."""
    state = changed(scenario, changes)
    return state if isinstance(state, Refusal) else tuple(_expected(scenario, state))


def _baseline(scenario: Scenario) -> Iterator[Case]:
    return _expected(scenario, state_of(scenario))


def amiss(scenario: Scenario, state: State) -> dict[str, str]:
    """What the file expects of the flows that do otherwise, the first of it: `via [i-fw]`, in the words of the file."""
    found: dict[str, str] = {}
    for expectation in scenario.expect:
        for failure in _held((expectation,), state):
            found.setdefault(failure.flow, failure.wanted)
    return found


def _expected(scenario: Scenario, state: State) -> Iterator[Case]:
    for expectation in scenario.expect:
        yield Case(f"expect {expectation.flow}", expectation.mark, tuple(_held((expectation,), state)))


def _changes(scenario: Scenario) -> Iterator[Case]:
    for change in scenario.changes:
        result = changed(scenario, change.set)
        yield Case(f"change {change.name}", change.mark, tuple(_brought(change.mark, result, change.error, change.expect)))


def _brought(mark: Mark, result: State | Refusal, error: str, expected: tuple[Expectation, ...]) -> Iterator[Failure]:
    """A change either is refused as expected, or is made and brings what is expected."""
    if isinstance(result, Refusal):
        if result.reason != error:
            wanted = f"refused with {error}" if error else "accepted"
            yield Failure(mark, "", wanted, f"refused with {result.reason}: {result.message}", result.place)
    elif error:
        yield Failure(mark, "", f"refused with {error}", "accepted")
    else:
        yield from _held(expected, result)


def _walkthrough(scenario: Scenario) -> Iterator[Case]:
    player = Player(scenario)
    for number, step in enumerate(scenario.walkthrough, 1):
        result = player.play(step)
        yield Case(f"walkthrough step {number}", step.mark, tuple(_brought(step.mark, result, step.error, step.expect)))


class Player:
    """Plays the actions of a walkthrough as far as they touch the network; the cursor is not its business."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._changes = {change.name: change for change in scenario.changes}
        self._made: list[str] = []
        self._undone: list[str] = []
        self.state = state_of(scenario)

    def play(self, step: WalkthroughStep) -> State | Refusal:
        """Do a step's actions; the refusal of the last `set`, or the state that they lead to."""
        refused: Refusal | None = None
        for action in step.do:
            result = self._act(action)
            if isinstance(result, Refusal):
                refused = result
        return refused or self.state

    def _act(self, action: str) -> Refusal | None:
        word, _, rest = action.strip().partition(" ")
        if word == "set":
            return self._set(rest.strip())
        if word == "change" and rest.strip() in self._changes:
            results = [self._set(text) for text in self._changes[rest.strip()].set]
            return next((result for result in results if result), None)
        if word == "undo" and self._made:
            self._undone.append(self._made.pop())
        elif word == "redo" and self._undone:
            self._made.append(self._undone.pop())
        elif word == "reset":
            self._made, self._undone = [], []
        else:
            return None
        replayed = changed(self._scenario, self._made)
        assert not isinstance(replayed, Refusal), "changes that were made once can be made again"
        self.state = replayed
        return None

    def _set(self, text: str) -> Refusal | None:
        result = alter(self.state, text)
        if isinstance(result, Refusal):
            return result
        self.state = result
        self._made.append(text)
        self._undone = []
        return None
