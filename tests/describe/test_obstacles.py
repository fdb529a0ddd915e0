"""A ticket tells every obstacle, not the first one alone."""

from vpctui.cli.files import load
from vpctui.cli.tracing import status
from vpctui.describe.markdown import markdown
from vpctui.describe.obstacles import obstacles
from vpctui.describe.screen import report
from vpctui.describe.text import Report
from vpctui.describe.voice import Voice
from vpctui.exploration import Exploration, Refusal, begin
from vpctui.scenario.changing import state_of

BROKEN = ("eni-fw.source_dest_check=on", "i-fw.ip_forward=off", "sg-app.ingress-=tcp 80 0.0.0.0/0")


def journey(*changes: str) -> Exploration:
    start = begin("appliance.yaml", state_of(load("appliance")), "web", changes=changes)
    assert not isinstance(start, Refusal)
    return start


def ticket(asked: Exploration, voice: Voice) -> str:
    told = report(asked, voice)
    return markdown(asked.conversation, Report(told.scenario, told.question, told.changes, told.command, obstacles=obstacles(asked)), voice)


def test_all_of_them_in_the_order_in_which_they_are_met() -> None:
    found = obstacles(journey(*BROKEN))
    assert [(each.node, each.code) for each in found] == [("i-fw", "ENI_SRC_DST_CHECK_IN"), ("i-fw", "IP_FORWARDING_OFF"), ("i-app", "SG_INGRESS_DENY")]
    assert found[0].commands == ("aws ec2 modify-network-interface-attribute --network-interface-id eni-fw --no-source-dest-check",)


def test_mending_them_all_makes_it_work() -> None:
    asked = journey(*BROKEN)
    for each in obstacles(asked):
        after = asked.apply(each.mend)
        assert not isinstance(after, Refusal)
        asked = after
    assert status(asked.conversation) == 0


def test_a_ticket_lists_them_where_there_are_several() -> None:
    text = ticket(journey(*BROKEN), Voice())
    assert "### every obstacle, each with the ones before it mended" in text
    assert "| 2 | `i-fw` | IP_FORWARDING_OFF | `i-fw.ip_forward=on` |" in text
    assert "すべての障害" in ticket(journey(*BROKEN), Voice("ja"))


def test_one_obstacle_is_told_once() -> None:
    assert "every obstacle" not in ticket(journey(BROKEN[0]), Voice())
    assert obstacles(journey()) == ()
