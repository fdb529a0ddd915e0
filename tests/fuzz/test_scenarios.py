"""Whatever reads can be traced, checked and described in both languages; whatever does not read has a place and a message.  Nothing raises."""

import json
import random
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from tests.costs import times_as_costly
from tests.fuzz.editing import HOSTILE, edited, words_of
from tests.fuzz.keys import FILES
from vpctui.describe import plain, screen
from vpctui.describe.json import trace_json
from vpctui.describe.lines import Layout
from vpctui.describe.markdown import markdown
from vpctui.describe.voice import Voice
from vpctui.engine import change as changes
from vpctui.engine.alter import State, alter
from vpctui.engine.change import Refusal
from vpctui.engine.conversation import converse
from vpctui.exploration import Exploration, begin
from vpctui.scenario import nodes
from vpctui.scenario.changing import changed, state_of
from vpctui.scenario.checking import check
from vpctui.scenario.problems import render
from vpctui.scenario.reading import read_scenario
from vpctui.scenario.scenario import Scenario
from vpctui.scenario.text import MOST_BYTES, source_text
from vpctui.scenario.typed import flow_from, typed_flow

VOICES = (Voice("en"), Voice("ja"), Voice("ja", ascii=True))
TEXTS = [file.read_text(encoding="utf-8") for file in FILES]
WORDS = words_of("\n".join(TEXTS))
FUZZ = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def answered(data: bytes) -> Scenario | None:
    """What a file is answered with: a scenario that can be shown, or problems that can."""
    scenario, problems = read_scenario(data, "f.yaml")
    assert scenario is not None or any(problem.severity == "error" for problem in problems)
    lines = len(nodes.lines_of(source_text(data)))
    assert all(1 <= problem.mark.line <= max(1, lines) and problem.mark.column >= 1 and problem.message for problem in problems)
    printable(render(problems, "f.yaml", source_text(data)))
    if scenario is not None:
        shown(scenario)
    return scenario


def shown(scenario: Scenario) -> None:
    """Check it, trace it, and say it in every way."""
    check(scenario)
    for flow in list(scenario.questions)[:3]:
        exploration = begin(scenario.name, state_of(scenario), flow)
        assert isinstance(exploration, Exploration)
        described(exploration)


def described(exploration: Exploration) -> None:
    """Nothing that is said of a conversation raises, or holds what a terminal obeys."""
    conversation = exploration.conversation
    for voice in VOICES:
        printable(screen.trace_text(exploration, voice.language, voice.ascii))
        printable(plain.trace(exploration, voice))
        printable(markdown(conversation, screen.report(exploration, voice), voice))
        printable(trace_json(conversation, exploration.name, exploration.changes, voice))
        view = screen.view(exploration.last(), Layout(language=voice.language, ascii=voice.ascii))
        for pane in (view.tree, view.path, view.lookup, view.header):
            printable("\n".join(span.text for row in pane.rows for span in row.spans))


def printable(text: str) -> None:
    assert all(character.isprintable() or character in "\n\u3000" for character in text), [each for each in text if not each.isprintable() and each != "\n"]


@FUZZ
@given(st.sampled_from(TEXTS), st.integers(0, 2**32))
def test_an_edited_scenario_is_answered_and_can_be_shown(text: str, seed: int) -> None:
    answered(edited(text, random.Random(seed), WORDS).encode("utf-8", "surrogatepass"))


VALUES = st.recursive(
    st.sampled_from([*WORDS, "on", "off", "none", "", "10.0.0.0/8", "2001:db8::1", "i-a", "eni-a", "80", "-1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=12,
)


@FUZZ
@given(
    st.dictionaries(st.sampled_from(["vpcs", "subnets", "hosts", "instances", "route_tables", "flows", "expect", "changes", "walkthrough"]), VALUES, max_size=5)
)
def test_a_random_tree_of_known_words_is_answered(tree: dict[str, object]) -> None:
    answered(json.dumps({"vpctui": "1", **tree}).encode())


@pytest.mark.parametrize("sign", HOSTILE, ids=ascii)
def test_a_hostile_text_in_every_string_never_reaches_a_terminal(sign: str) -> None:
    """Ids, titles, narrations: they are shown as escapes, or refused with a place."""
    quoted = "".join(f"\\U{ord(character):08x}" for character in sign)
    scenario = answered(
        f"""
vpctui: 1
title: "t{quoted}"
vpcs: {{v: {{cidr: 10.0.0.0/16}}}}
subnets: {{"s{quoted}": {{cidr: 10.0.1.0/24, route_table: "r{quoted}"}}}}
internet_gateways: {{"g{quoted}": {{}}}}
route_tables: {{"r{quoted}": {{0.0.0.0/0: "g{quoted}"}}}}
instances: {{"i{quoted}": {{subnet: "s{quoted}", private_ip: 10.0.1.5, public_ip: 203.0.113.5}}}}
hosts: {{"h{quoted}": {{ip: 198.51.100.9}}}}
flows: {{"f{quoted}": {{from: "h{quoted}", to: "203.0.113.5:80"}}}}
walkthrough: [{{en: "w{quoted}", ja: "w{quoted}"}}]
""".encode()
    )
    titled = answered(f'vpctui: 1\ntitle: "t{quoted}"\nhosts: {{h: {{ip: 198.51.100.9}}}}\nflows: {{f: {{from: h, to: "203.0.113.5:80"}}}}\n'.encode())
    assert scenario is not None or titled is not None or sign == "\ud800"


def test_fifty_megabytes_are_refused_without_being_read() -> None:
    data = b"# padding\n" * 5_000_000
    assert len(data) > MOST_BYTES
    tracemalloc.start()
    scenario, problems = read_scenario(data, "f.yaml")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert scenario is None
    assert [problem.code for problem in problems] == ["E117"]
    assert peak < 1_000_000
    assert times_as_costly(lambda: read_scenario(data, "f.yaml"), lambda: data.count(b"\n")) < 0.1


def test_aliases_that_explode_are_refused_in_a_scenario_too() -> None:
    names = "abcdefghij"
    lines = ["vpctui: 1", "hosts:", "  a: &a {ip: 198.51.100.1}"]
    lines += [f"  {name}: &{name} [{', '.join([f'*{names[number]}'] * 9)}]" for number, name in enumerate(names[1:])]
    data = "\n".join(lines).encode()
    assert answered(data) is None
    assert times_as_costly(lambda: answered(data), lambda: answered(TEXTS[0].encode())) < 1


SMALL = """
vpctui: 1
vpcs: {v: {cidr: 10.0.0.0/16}}
subnets: {s: {cidr: 10.0.1.0/24, route_table: r}}
internet_gateways: {g: {}}
route_tables: {r: {0.0.0.0/0: g}}
instances: {i: {subnet: s, private_ip: 10.0.1.5, public_ip: 203.0.113.5, listens: [80]}}
hosts: {h: {ip: 198.51.100.9}}
flows: {f: {from: h, to: "203.0.113.5:80"}}
"""
LINE = st.text(max_size=30) | st.lists(
    st.sampled_from(
        [
            "i",
            "r",
            "s",
            "g",
            "h",
            "eni-i",
            "[",
            "]",
            "0.0.0.0/0",
            ".",
            "=",
            "+=",
            "-=",
            "none",
            "on",
            "source_dest_check",
            "cidr",
            "10.0.0.0/8",
            ":80",
            " ",
            "tcp",
            "ttl=0",
            "-",
        ]
    ),
    max_size=8,
).map("".join)


@pytest.fixture(scope="module")
def small() -> Scenario:
    scenario = answered(SMALL.encode())
    assert scenario is not None
    return scenario


@settings(max_examples=300, deadline=None)
@given(LINE)
def test_any_change_is_made_or_refused_in_words(small: Scenario, text: str) -> None:
    """What `--set`, a file of changes and the prompt hand over."""
    made = changed(small, (text,))
    if isinstance(made, Refusal):
        assert made.message
        assert made.reason
    else:
        exploration = begin(small.name, state_of(small), changes=(text,))
        assert isinstance(exploration, Exploration)
        described(exploration)


@settings(max_examples=300, deadline=None)
@given(LINE)
def test_any_flow_that_is_typed_is_asked_or_refused_in_words(small: Scenario, text: str) -> None:
    asked = typed_flow(text, small.network)
    if isinstance(asked, str):
        assert asked
        return
    exploration = begin(small.name, state_of(small), asker=typed_flow)
    assert isinstance(exploration, Exploration)
    after = exploration.ask_adhoc(text)
    assert isinstance(after, Exploration)
    described(after)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["from", "to", "protocol", "source_port", "source_ip", "icmp", "ttl", "size", "via"]), LINE, max_size=5))
def test_any_options_of_a_flow_are_taken_or_refused_in_words(small: Scenario, fields: dict[str, str]) -> None:
    asked = flow_from({"from": "h", "to": "203.0.113.5:80", **fields}, small.network)
    assert asked


@settings(max_examples=200, deadline=None)
@given(st.lists(LINE | st.sampled_from(["trace", "next", "undo", "f", "explain", "hop 3", "3", "flow f", "set r[0.0.0.0/0]=none", "?", "step"]), max_size=6))
def test_the_dialogue_in_lines_answers_anything(small: Scenario, lines: list[str]) -> None:
    exploration = begin(small.name, state_of(small), asker=typed_flow)
    assert isinstance(exploration, Exploration)
    for voice in VOICES[:2]:
        for line in lines:
            reply = plain.answer(exploration, line, voice)
            printable(reply.text)
            exploration = reply.exploration


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_any_id_in_any_setting_is_taken_or_refused_in_words(file: Path) -> None:
    """A table where a group belongs, a subnet where a table does: what is taken can be traced, taken back and told as command lines."""
    scenario, _ = read_scenario(file.read_bytes(), file.name)
    assert scenario is not None
    chance, state = random.Random(file.stem), state_of(scenario)
    ids = [record.id for record in scenario.network]
    values = [*ids, "none", "on", "0", "-1", "10.0.0.0/8", "10.0.0.9", "::/0", "203.0.113.99", "tcp 80 0.0.0.0/0", ", ".join(ids[:2])]
    for place in [setting.place for record in scenario.network for setting in changes.settings(record.id, scenario.network)]:
        tried(f"{place}=none", state)
        for value in chance.sample(values, 4):
            tried(f"{place}{chance.choice(('=', '=', '+=', '-='))}{value}", state)


def tried(text: str, state: State) -> None:
    made, parsed = alter(state, text), changes.parse(text)
    if isinstance(made, Refusal):
        assert made.message, text
        return
    for question in made.questions.values():
        converse(made.world, question, made.questions)
    assert isinstance(parsed, changes.Change)
    changes.commands(parsed, state.world.network)
    if made == state:
        return
    undone = alter(made, changes.inverse(parsed, state.world.network).text)
    assert isinstance(undone, State), (text, undone)
