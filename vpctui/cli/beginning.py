"""From options to an exploration: the file, the flow, the changes."""

import argparse
from collections.abc import Iterable

from vpctui.cli.change_files import Given, given
from vpctui.cli.outcome import Failed
from vpctui.describe import refusals
from vpctui.describe.voice import Voice
from vpctui.describe.width import visible
from vpctui.engine.alter import State
from vpctui.engine.change import Refusal
from vpctui.exploration import Exploration, begin
from vpctui.scenario.changing import state_of
from vpctui.scenario.scenario import Scenario
from vpctui.scenario.typed import flow_from, typed_flow
from vpctui.schema import nearest

ADHOC = {
    "sender": "from",
    "to": "to",
    "protocol": "protocol",
    "source_port": "source_port",
    "source_ip": "source_ip",
    "icmp": "icmp",
    "ttl": "ttl",
    "size": "size",
    "via": "via",
}
"""Options of an ad-hoc flow, and the fields of the format that they are."""


def exploration(scenario: Scenario, options: argparse.Namespace) -> Exploration:
    """The journey's start: the flow that is asked and the changes that are made first.  Raises Failed."""
    state = state_of(scenario)
    flow = options.flow
    typed = _typed(options)
    if typed:
        asked = flow_from(typed, scenario.network)
        if isinstance(asked, str):
            raise Failed(asked)
        state, flow = State(state.world, {**state.questions, asked.name: asked}), asked.name
    if not state.questions:
        raise Failed(f"{scenario.name} has no flows; ask one with --from and --to")
    if flow and flow not in state.questions:
        right = nearest(flow, state.questions)
        raise Failed(f"no flow {flow!r} in {scenario.name}" + (f"; did you mean {right}?" if right else "; flows: " + ", ".join(state.questions)))
    start = begin(scenario.name, state, flow, asker=typed_flow)
    assert isinstance(start, Exploration), "a network without changes is never refused"
    return _changed(start, given(options.changes), Voice(options.lang or "en", getattr(options, "ascii", False)))


def _changed(start: Exploration, changes: Iterable[Given], voice: Voice) -> Exploration:
    """The journey with changes made in order.  Raises Failed with the place of the one that is refused."""
    for each in changes:
        after = start.apply(each.text)
        if isinstance(after, Refusal):
            raise Failed((f"{each.place}: " if each.place else "") + refusal_text(after, voice))
        start = after
    return start


def _typed(options: argparse.Namespace) -> dict[str, str]:
    fields = {field: value for option, field in ADHOC.items() if (value := getattr(options, option, None)) is not None}
    if fields and not {"from", "to"} <= fields.keys():
        raise Failed("an ad-hoc flow needs --from and --to")
    if fields.get("icmp") and "protocol" not in fields:
        fields["protocol"] = "icmp"
    if fields and options.flow:
        raise Failed("--flow names a flow of the file; --from and --to make another one: give one of them")
    return fields


def refusal_text(refusal: Refusal, voice: Voice) -> str:
    """A refusal for standard error: the API's code and words, our reason, and what would be legal."""
    error = f"({refusal.error}) " if refusal.error else ""
    message = refusals.message(refusal, voice)
    lines = [f"vpctui: {refusal.place}: {error}{message} [{refusal.reason}{', ' + refusal.rule if refusal.rule else ''}]"]
    meaning, hint = refusals.meaning(refusal, voice), refusals.hint(refusal, voice)
    if meaning:
        lines.append(f"   {voice.word('why')}: {meaning}")
    if hint:
        lines.append(f"   {voice.word('try')}: {hint}")
    return "\n".join(visible(line) for line in lines) + "\n"
