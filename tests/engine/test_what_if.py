"""What could be changed where the packet is: how much is tried, and in which order it is told."""

from tests.aws.lab import Lab
from vpctui.engine.what_if import for_hops, options
from vpctui.scenario.changing import state_of

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
