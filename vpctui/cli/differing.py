"""`vpctui diff A B`: settings that differ between two scenarios, and flows whose outcome or path differs."""

import argparse
import json
import sys
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from vpctui.cli.folders import load_any
from vpctui.cli.outcome import DIFFERS, GOOD
from vpctui.cli.tracing import wants_colour
from vpctui.describe.hops import hop_words
from vpctui.describe.json import escaped
from vpctui.describe.marks import Marked, marked_legs
from vpctui.describe.voice import Voice
from vpctui.engine.conversation import Question, converse
from vpctui.interop.difference import Difference, differences, flow_differences, reading_differences
from vpctui.scenario.scenario import Scenario
from vpctui.scenario.typed import flow_from
from vpctui.trace import Conversation

WORDS = {
    "settings": ("settings", "設定"),
    "flows": ("flows", "フロー"),
    "only": ("only in {name}", "{name}だけ"),
    "none": ("none differs", "違いなし"),
    "no-flows": ("no flow is in either file", "どちらにもフローがない"),
    "same": ("{outcome}, the same path", "{outcome}、経路も同じ"),
    "path": ("{outcome} in both, another path", "どちらも{outcome}、経路が違う"),
    "unasked": ("cannot be asked in {name}: {why}", "{name}では調べられない：{why}"),
    "absent": ("{node} is not there", "{node}がない"),
    "asked": ("the flow of {name}", "{name}のフロー"),
}
SIGNS = {"changed": "~", "added": "+", "removed": "-"}


class Compared(Struct, frozen=True):
    """One flow: its conversation in each of the two, or why it cannot be asked in one."""

    name: str
    only: str
    """Name of the scenario that alone has the flow."""
    first: Conversation | None
    second: Conversation | None
    why: str = ""

    @property
    def hops(self) -> tuple[Marked, ...]:
        """The hops that are new, gone or different."""
        if self.first is None or self.second is None:
            return ()
        return tuple(marked for _, _, hops in marked_legs(self.second, self.first) for marked in hops if marked.mark)

    @property
    def told(self) -> Iterator[Marked]:
        """The hops that explain the difference: nothing that only follows from it, and the ACK of a handshake only where it alone differs."""
        if self.first is None or self.second is None:
            return
        said = False
        for leg, mark, hops in marked_legs(self.second, self.first):
            if mark or (leg.carries == "ACK" and said):
                continue
            last = max((at for at, marked in enumerate(hops) if marked.mark != "-"), default=-1)
            for marked in hops if leg.arrives else hops[: last + 1]:
                if marked.mark:
                    said = True
                    yield marked

    @property
    def differs(self) -> bool:
        """Whether outcome or path differ."""
        if self.first is None or self.second is None:
            return False
        return self.first.outcome != self.second.outcome or len(self.first.legs) != len(self.second.legs) or bool(self.hops)


def diff(options: argparse.Namespace) -> int:
    """Print the differences; 0 where there are none, 1 where there are."""
    colour = wants_colour(options.color, sys.stderr.isatty())
    first, second = (load_any(name, colour=colour) for name in (options.first, options.second))
    voice = Voice(options.lang or "en", options.ascii)
    names = (options.first, options.second)
    found = tuple(_settings(first, second))
    flows = tuple(_flows(first, second, names, voice))
    sys.stdout.write(_json(found, flows, names) if options.format == "json" else "\n".join(_lines(found, flows, names, voice)) + "\n")
    return DIFFERS if found or any(flow.differs for flow in flows) else GOOD


def _settings(first: Scenario, second: Scenario) -> Iterator[Difference]:
    yield from differences(first.network, second.network)
    yield from reading_differences(first.assume, second.assume)
    for name, question in first.questions.items():
        if name in second.questions:
            yield from flow_differences(question, second.questions[name])


def _flows(first: Scenario, second: Scenario, names: tuple[str, str], voice: Voice) -> Iterator[Compared]:
    for name in dict.fromkeys((*first.questions, *second.questions)):
        asked = [each.questions.get(name) for each in (first, second)]
        only = "" if all(asked) else names[0] if asked[0] else names[1]
        told: list[Conversation | None] = []
        why = ""
        for scenario, own, other in ((first, asked[0], asked[1]), (second, asked[1], asked[0])):
            question = own or _in_other(other, scenario, voice)
            if isinstance(question, str):
                why = question
            told.append(None if isinstance(question, str) else converse(scenario.world, question, {**first.questions, **scenario.questions}))
        yield Compared(name, only, told[0], told[1], why)


def _in_other(question: Question | None, scenario: Scenario, voice: Voice) -> Question | str:
    """A flow of one scenario as a question to the other one; its destination is looked up there.  A sentence where it cannot be asked."""
    assert question is not None, "one of the two has the flow"
    for node in filter(None, (question.sender, question.via)):
        if scenario.network.get(node) is None:
            return _say(voice, "absent", node=node)
    found = flow_from({"from": question.sender, "to": question.written_to or str(question.to), "protocol": question.protocol}, scenario.network)
    if isinstance(found, str):
        return found
    return replace(question, to=found.to, to_port=found.to_port or question.to_port)


def _say(voice: Voice, key: str, **facts: object) -> str:
    return voice.show(WORDS[key][voice.language == "ja"].format(**facts))


def _lines(found: tuple[Difference, ...], flows: tuple[Compared, ...], names: tuple[str, str], voice: Voice) -> Iterator[str]:
    yield f"- {voice.show(names[0])}"
    yield f"+ {voice.show(names[1])}"
    yield ""
    yield _say(voice, "settings")
    for each in found:
        yield f"  {SIGNS[each.kind]} {voice.show(each.place)}{voice.colon}{_change(each, voice)}"
    if not found:
        yield f"    {_say(voice, 'none')}"
    yield ""
    yield _say(voice, "flows")
    for flow in flows:
        yield from _flow(flow, names, voice)
    if not flows:
        yield f"    {_say(voice, 'no-flows')}"


def _change(each: Difference, voice: Voice) -> str:
    if each.before is None or each.after is None:
        return voice.show(each.before or each.after or "")
    return f"{voice.show(each.before)} {voice.arrow} {voice.show(each.after)}"


def _flow(flow: Compared, names: tuple[str, str], voice: Voice) -> Iterator[str]:
    mark = "~" if flow.differs else " "
    only = f" ({_say(voice, 'only', name=flow.only)})" if flow.only else ""
    lead = f"  {mark} {voice.show(flow.name)}{only}{voice.colon}"
    if flow.first is None or flow.second is None:
        yield lead + _say(voice, "unasked", name=names[0] if flow.first is None else names[1], why=flow.why)
        return
    was, now = voice.show(flow.first.outcome), voice.show(flow.second.outcome)
    if not flow.differs:
        yield lead + _say(voice, "same", outcome=now)
        return
    yield lead + (f"{was} {voice.arrow} {now}" if was != now else _say(voice, "path", outcome=now))
    for marked in flow.told:
        words = "; ".join(hop_words(marked.hop, marked.leg, voice).lines)
        yield f"      {marked.mark} {voice.word(marked.leg.direction)} {voice.show(marked.leg.carries)} {voice.show(marked.hop.node)}{voice.colon}{words}"


def _json(found: tuple[Difference, ...], flows: tuple[Compared, ...], names: tuple[str, str]) -> str:
    document = {
        "format": "vpctui.diff/1",
        "a": names[0],
        "b": names[1],
        "settings": [{"change": each.kind, "resource": each.resource, "place": each.place, "a": each.before, "b": each.after} for each in found],
        "flows": [_flow_json(flow) for flow in flows],
    }
    return escaped(json.dumps(document, ensure_ascii=False, indent=2)) + "\n"


def _flow_json(flow: Compared) -> dict[str, object]:
    return {
        "flow": flow.name,
        "only_in": flow.only or None,
        "differs": flow.differs,
        "a": flow.first.outcome if flow.first else None,
        "b": flow.second.outcome if flow.second else None,
        "hops": [{"change": marked.mark, "direction": marked.leg.direction, "carries": marked.leg.carries, "node": marked.hop.node} for marked in flow.hops],
    }
