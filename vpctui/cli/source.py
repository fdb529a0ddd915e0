"""The file behind the explorer: whether it changed on disk, and what it says now."""

import argparse

from vpctui.cli.files import attempt_load, located
from vpctui.cli.handing import handout_of
from vpctui.cli.outcome import Failed
from vpctui.engine import cursor
from vpctui.engine.alter import State
from vpctui.engine.change import Refusal
from vpctui.exploration import Exploration, begin
from vpctui.handout import Fresh
from vpctui.scenario.changing import state_of
from vpctui.scenario.problems import render
from vpctui.scenario.scenario import Scenario
from vpctui.scenario.text import source_text
from vpctui.scenario.typed import typed_flow

Stamp = tuple[int, int, int]


class FileSource:
    """A scenario file on disk."""

    def __init__(self, name: str, options: argparse.Namespace, flows: frozenset[str]) -> None:
        self._name, self._options = name, options
        self._path = located(name)
        self._flows = flows
        """Flows of the file; any other was typed, and stays."""
        self._read = self._stamp()

    def _stamp(self) -> Stamp | None:
        """What tells one version of the file from another; None while there is no file: editors write a new one and rename it."""
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    def changed(self) -> bool:
        """Whether the file is another one than when it was read last."""
        now = self._stamp()
        return now is not None and now != self._read

    def read(self, now: Exploration) -> Fresh | str:
        """The file as it is now; a string says what is wrong with it."""
        self._read = self._stamp()
        try:
            scenario, problems, data = attempt_load(self._name)
        except Failed as failed:
            return failed.text
        if scenario is None:
            return render(problems, self._name, source_text(data), color=False)
        if not scenario.questions:
            return f"{scenario.name} has no flows"
        return self._fresh(scenario, now)

    def _fresh(self, scenario: Scenario, now: Exploration) -> Fresh:
        state, typed = state_of(scenario), now.state.questions.get(now.flow_name)
        if typed and typed.name not in self._flows and scenario.network.get(typed.sender) is not None:
            state = State(state.world, {**state.questions, typed.name: typed})
        self._flows = frozenset(scenario.questions)
        flow = now.flow_name if now.flow_name in state.questions else ""
        begun = begin(scenario.name, state, flow, asker=typed_flow)
        assert isinstance(begun, Exploration), "a network without changes is never refused"
        after, lost = begun, []
        for text in now.changes:
            made = after.apply(text)
            if isinstance(made, Refusal):
                lost.append(f"{text}: {made.message}")
            else:
                after = made
        place = cursor.located(now.conversation, now.cursor, after.conversation) if flow else after.cursor
        handed = handout_of(scenario, begun, predict=self._options.predict, source=self)
        return Fresh(after.jump(place.hop, place.step), handed, tuple(lost))
