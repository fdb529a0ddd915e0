"""What a ticket says of things that nobody stated."""

from vpctui.describe.assumptions import assumptions
from vpctui.describe.markdown import markdown
from vpctui.describe.screen import report
from vpctui.describe.voice import Voice
from vpctui.exploration import Exploration, Refusal, begin
from vpctui.scenario.changing import state_of
from vpctui.scenario.reading import read_scenario

EN, JA = Voice(), Voice("ja")
IMPORTED = b"""vpctui: 1
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets:
  sn-fw: {cidr: 10.0.1.0/24, route_table: rtb-fw}
  sn-app: {cidr: 10.0.2.0/24, route_table: rtb-app}
route_tables:
  rtb-fw: {0.0.0.0/0: igw}
  rtb-app: {0.0.0.0/0: eni-fw}
internet_gateways: {igw: {}}
instances:
  i-fw: {subnet: sn-fw, private_ip: 10.0.1.10, source_dest_check: off, ip_forward: on, assumed: [ip_forward]}
  i-app: {subnet: sn-app, private_ip: 10.0.2.10, public_ip: 203.0.113.20}
flows:
  out: {from: i-app, to: "192.0.2.80:443"}
  inside: {from: i-fw, to: "i-app:80"}
"""


def journey(flow: str, *changes: str) -> Exploration:
    scenario, problems = read_scenario(IMPORTED, "imported.yaml")
    assert scenario is not None, problems
    start = begin("imported.yaml", state_of(scenario), flow, changes=changes)
    assert not isinstance(start, Refusal), start
    return start


def test_an_assumed_setting_on_the_way_is_told_once() -> None:
    found = assumptions(journey("out"), EN)
    assert found.count("i-fw.ip_forward is on: assumed, because no API tells it") == 1


def test_an_assumption_that_somebody_has_settled_is_gone() -> None:
    assert not [each for each in assumptions(journey("out", "i-fw.ip_forward=off", "i-fw.ip_forward=on"), EN) if "ip_forward" in each]


def test_an_end_that_is_not_in_the_file() -> None:
    journeys = journey("out", "rtb-app[0.0.0.0/0]=igw")
    assert assumptions(journeys, EN) == ("192.0.2.80 is not in this file: assumed to exist at internet and to answer",)
    assert assumptions(journeys, JA)[0].startswith("192.0.2.80はこのファイルに無い")


def test_nothing_assumed_has_no_section() -> None:
    asked = journey("inside", "i-fw.ip_forward=off")
    assert assumptions(asked, EN) == ()
    assert "### assumptions" not in markdown(asked.conversation, report(asked), EN)


def test_the_ticket_ends_with_them() -> None:
    asked = journey("out")
    text = markdown(asked.conversation, report(asked), EN)
    assert "\n### assumptions\n\n- i-fw.ip\\_forward is on: assumed, because no API tells it\n" in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_disputed_readings_that_a_check_asked() -> None:
    """C-09 and its like stand with the value that is in force."""
    from vpctui.cli.files import load

    scenario = load("tgw-inspection")
    asked = begin("tgw-inspection.yaml", state_of(scenario))
    assert not isinstance(asked, Refusal)
    assert assumptions(asked, EN) == ("assume.tgw_ttl is 1: documents of AWS disagree or say nothing",)
    assert assumptions(asked, JA) == ("assume.tgw_ttlは1：AWSの文書が食い違うか、記載がない",)
