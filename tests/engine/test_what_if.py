"""What could be changed where the packet is: how much is tried, and in which order it is told."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.aws.lab import Lab
from vpctui.engine.alter import State
from vpctui.engine.conversation import converse
from vpctui.engine.what_if import WORKS, Option, for_hops, mattering, options, with_others
from vpctui.scenario.changing import changed, state_of
from vpctui.scenario.reading import read_scenario

SCENARIOS = sorted((Path(__file__).parent.parent.parent / "scenarios").glob("*.yaml"))
TABLES = "".join(f", rtb-{n}: {{vpc: vpc, routes: {{}}}}" for n in range(1, 60))
LAB = Lab(f"""
vpcs: {{vpc: {{cidr: 10.0.0.0/16}}}}
subnets: {{sn: {{cidr: 10.0.1.0/24, route_table: rtb}}}}
route_tables: {{rtb: {{0.0.0.0/0: igw}}{TABLES}}}
internet_gateways: {{igw: {{}}}}
instances: {{i-app: {{subnet: sn, private_ip: 10.0.1.10, public_ip: 203.0.113.10}}}}
hosts: {{client: {{ip: 192.0.2.1}}}}
flows: {{out: {{from: i-app, to: "client:443"}}}}
""")
STATE = state_of(LAB.scenario)


def test_forty_values_of_a_setting_are_tried_and_the_others_offered() -> None:
    """The current one and 39 of the 60 others (59 tables and none) have an outcome."""
    found = options(STATE, STATE.questions["out"], "sn.route_table")
    assert len(found) == 61
    assert [bool(option.outcome) for option in found] == [True] * 40 + [False] * 21


def test_eight_values_of_one_setting_are_tried_beside_a_hop() -> None:
    """A VPC may have two hundred tables; what is tried where the packet is stays what a person can read."""
    conversation = LAB.ask("out")
    found = for_hops(STATE, STATE.questions["out"], conversation, conversation.hops)
    assert len([option for option in found if option.change.startswith("sn.route_table=")]) == 8
    assert len(found) <= 40


def test_what_alters_nothing_is_told_after_what_does() -> None:
    conversation = LAB.ask("out")
    found = for_hops(STATE, STATE.questions["out"], conversation, conversation.hops)
    order = [option.outcome == conversation.outcome for option in found]
    assert order == sorted(order)
    assert set(order) == {False, True}


MANY = Lab(
    """
networks: {lan: {cidr: 192.168.0.0/24}}
hosts: {a: {interfaces: {lan: 192.168.0.1}, listens: [80]}, b: {interfaces: {lan: 192.168.0.2}, routes: {198.51.100.0/24: 192.168.0.1}, listens: [80]}}
flows:
"""
    + "".join(f"  f-{n}: {{from: b, to: 'a:80'}}\n" for n in range(401))
    + "  away: {from: b, to: '198.51.100.1:80'}\n"
)


@pytest.mark.parametrize(("flows", "asked"), [(401, True), (402, False)])
def test_the_other_flows_are_asked_up_to_four_hundred_conversations(flows: int, asked: bool) -> None:
    """One option and 400 other flows are; with one flow more nobody waits for it."""
    state = state_of(MANY.scenario)
    few = replace(state, questions=dict(list(state.questions.items())[:flows]))
    option = Option("b.routes[198.51.100.0/24]=none", "ok", None, "none")
    assert (with_others((option,), few, "f-0")[0].alters is not None) == asked


def test_what_a_change_breaks_and_mends_among_the_other_flows() -> None:
    """Those that alter, that worked and would fail, and the other way round."""
    lab = Lab("""
    networks: {lan: {cidr: 192.168.0.0/24}}
    hosts:
      a: {interfaces: {lan: 192.168.0.1}, listens: [80]}
      b: {interfaces: {lan: 192.168.0.2}}
    flows: {one: {from: b, to: "a:80"}, two: {from: b, to: "a:81"}, three: {from: a, to: "b:80"}, four: {from: b, to: "a:82"}}
    """)
    state = state_of(lab.scenario)
    [closes] = with_others((Option("a.listens=82", "ok", None, "82"),), state, "three")
    assert (closes.alters, closes.mends, closes.breaks) == (("one", "four"), ("four",), ("one",))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_of_what_mends_the_least_harm_comes_first(path: Path) -> None:
    """What breaks least of the other flows, then what mends most of them, then what alters least; what does not mend keeps its order."""
    scenario, _ = read_scenario(path.read_bytes(), path.name)
    assert scenario is not None
    states = (state_of(scenario), *(changed(scenario, found.set) for found in scenario.changes))
    for state in (each for each in states if isinstance(each, State)):
        for question in state.questions.values():
            conversation = converse(state.world, question, state.questions)
            if conversation.outcome not in WORKS:
                found = mattering(state, question, conversation, conversation.hops)
                mends = [option for option in found if option.outcome in WORKS]
                assert found[: len(mends)] == tuple(mends)
                harm = [(len(option.breaks), -len(option.mends), len(option.alters or ())) for option in mends]
                assert harm == sorted(harm)
