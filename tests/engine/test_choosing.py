"""A person takes another of several equal things, and leaves the choice to the hash again (C-21)."""

import pytest

from tests.aws.tracing import scenario
from vpctui.engine.change import Refusal
from vpctui.exploration import Exploration, begin
from vpctui.scenario.changing import state_of

NLB = """
vpcs: {vpc: {cidr: 10.0.0.0/16}}
route_tables: {rtb: {}}
subnets: {sn: {cidr: 10.0.1.0/24, route_table: rtb}}
instances:
  i-a: {subnet: sn, private_ip: 10.0.1.10, listens: 80}
  i-b: {subnet: sn, private_ip: 10.0.1.11, listens: 80}
  i-user: {subnet: sn, private_ip: 10.0.1.20}
load_balancers:
  nlb: {type: network, subnets: {sn: {private_ip: 10.0.1.100}}, listeners: {80: {protocol: tcp, targets: [i-a, i-b]}}}
flows: {web: {from: i-user, to: "10.0.1.100:80"}}
"""


def start() -> Exploration:
    found = begin("choice.yaml", state_of(scenario(NLB)))
    assert isinstance(found, Exploration), found
    return found


def taken(exploration: Exploration) -> str:
    return next(hop.target or "" for hop in exploration.hops if hop.node == "nlb")


def made(exploration: Exploration, text: str) -> Exploration:
    after = exploration.apply(text)
    assert isinstance(after, Exploration), after
    return after


@pytest.mark.parametrize("target", ["i-a:80", "i-b:80"])
def test_the_packet_takes_what_a_person_chose(target: str) -> None:
    chosen = made(start(), f"choose.nlb={target}")
    assert (taken(chosen), chosen.conversation.outcome) == (target, "ok")


def test_a_choice_is_undone_and_taken_back_like_a_change() -> None:
    before = start()
    other = ({"i-a:80", "i-b:80"} - {taken(before)}).pop()
    chosen = made(before, f"choose.nlb={other}")
    assert chosen.changes == (f"choose.nlb={other}",)
    assert taken(chosen.undo()) == taken(before)
    assert before.inverse(f"choose.nlb={other}") == "choose.nlb=none"
    assert taken(made(chosen, "choose.nlb=none")) == taken(before)
    assert chosen.commands(f"choose.nlb={other}") == (), "AWS has no such setting"


def test_the_other_target_is_among_the_changes_that_matter() -> None:
    before = start()
    other = ({"i-a:80", "i-b:80"} - {taken(before)}).pop()
    assert f"choose.nlb={other}" in [option.change for option in before.what_if()]
    setting = before.setting("choose.nlb")
    assert setting is not None
    assert (setting.value, setting.choices) == ("none", ("none", "i-a:80", "i-b:80"))


@pytest.mark.parametrize(
    ("text", "reason", "hint"),
    [
        ("choose.nlb=i-c:80", "QUERY_INVALID", "i-a:80, i-b:80"),
        ("choose.i-a=i-b", "QUERY_INVALID", ""),
        ("choose.nlbs=i-a:80", "UNKNOWN_RESOURCE", "choose.nlb"),
        ("choose.nlb+=i-a:80", "QUERY_INVALID", "choose.COMPONENT=OPTION"),
    ],
)
def test_what_nobody_can_choose_is_refused(text: str, reason: str, hint: str) -> None:
    refused = start().apply(text)
    assert isinstance(refused, Refusal)
    assert (refused.reason, refused.hint) == (reason, hint)


def test_a_file_may_name_a_choice_among_its_changes() -> None:
    with_change = NLB + 'changes: {other: {set: "choose.nlb=i-b:80", expect: {web: ok}}}\n'
    assert scenario(with_change)
