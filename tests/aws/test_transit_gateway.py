"""Transit gateways: association and propagation, zones and landing, appliance mode, peering, what they refuse."""

from pathlib import Path
from textwrap import dedent

import pytest

from tests.aws.tracing import hop, mends, nodes, problems, refusal, scenario, seen, step, trace, visit
from vpctui.address import parse_address
from vpctui.aws.transit_gateway_route_table import RANK
from vpctui.engine import change
from vpctui.engine.connections import Connections
from vpctui.engine.mends import traced
from vpctui.engine.registry import Assumptions, Situation
from vpctui.engine.rivals import rival_lookups
from vpctui.scenario.changing import state_of
from vpctui.scenario.reading import read_scenario
from vpctui.trace import Arrival, Conversation

SPOKES = """
vpcs:
  vpc-a: {cidr: 10.1.0.0/16}
  vpc-b: {cidr: 10.2.0.0/16}
subnets:
  sn-a:  {vpc: vpc-a, cidr: 10.1.1.0/24, az: a, route_table: rtb-a, network_acl: acl-a}
  sn-at: {vpc: vpc-a, cidr: 10.1.9.0/24, az: a, route_table: rtb-a, network_acl: acl-at}
  sn-ac: {vpc: vpc-a, cidr: 10.1.2.0/24, az: c, route_table: rtb-a}
  sn-b:  {vpc: vpc-b, cidr: 10.2.1.0/24, az: a, route_table: rtb-b, network_acl: acl-b}
  sn-bt: {vpc: vpc-b, cidr: 10.2.9.0/24, az: a, route_table: rtb-bt, network_acl: acl-bt}
  sn-bc: {vpc: vpc-b, cidr: 10.2.2.0/24, az: c, route_table: rtb-b}
route_tables:
  rtb-a:  {10.2.0.0/16: tgw, 172.16.0.0/12: tgw}
  rtb-b:  {10.1.0.0/16: tgw}
  rtb-bt: {10.1.0.0/16: tgw}
transit_gateways:
  tgw:
    attachments:
      att-a: {vpc: vpc-a, subnets: [sn-at], route_table: tgwrt}
      att-b: {vpc: vpc-b, subnets: [sn-bt], route_table: tgwrt}
    route_tables:
      tgwrt: {propagations: [att-a, att-b]}
network_acls:
  acl-a:  {ingress: {100: "allow all 0.0.0.0/0"}, egress: {100: "allow all 0.0.0.0/0"}}
  acl-at: {ingress: {100: "allow all 0.0.0.0/0"}, egress: {100: "allow all 0.0.0.0/0"}}
  acl-b:  {ingress: {100: "allow all 0.0.0.0/0"}, egress: {100: "allow all 0.0.0.0/0"}}
  acl-bt: {ingress: {100: "allow all 0.0.0.0/0"}, egress: {100: "allow all 0.0.0.0/0"}}
instances:
  i-a:  {subnet: sn-a, private_ip: 10.1.1.10}
  i-at: {subnet: sn-at, private_ip: 10.1.9.10}
  i-ac: {subnet: sn-ac, private_ip: 10.1.2.10}
  i-b:  {subnet: sn-b, private_ip: 10.2.1.10}
  i-bt: {subnet: sn-bt, private_ip: 10.2.9.10}
flows:
  ab:      {from: i-a, to: "i-b:443"}
  far:     {from: i-ac, to: "i-b:443"}
  from-at: {from: i-at, to: "i-b:443"}
  to-bt:   {from: i-a, to: "i-bt:443"}
  nobody:  {from: i-a, to: "10.2.9.77:443"}
  strange: {from: i-a, to: "172.16.0.1:443"}
"""


def outcome(text: str, flow: str, *changes: str) -> str:
    return trace(text, flow, *changes).outcome


def test_the_table_of_the_incoming_attachment_is_asked_and_the_subnet_of_the_zone_lands_it() -> None:
    """R-225, R-226, R-232, R-239: propagated ranges of both VPCs; the landing subnet's table decides on arrival."""
    found = trace(SPOKES, "ab")
    assert (found.outcome, nodes(found)) == ("ok", ["i-a", "vpc-a", "tgw", "vpc-b", "i-b"])
    at = hop(found, "tgw")
    assert (at.kind, at.table, at.route, at.target) == ("transit_gateway", "tgwrt", "10.2.0.0/16", "att-b")
    assert hop(found, "vpc-b").table == "rtb-bt"
    assert at.lookup is not None
    assert at.lookup.winner is not None
    assert (at.lookup.kind, at.lookup.owner, at.lookup.winner.origin) == ("transit_gateway", "att-a", "vpc")


def test_one_ttl_is_spent_at_a_transit_gateway_unless_the_reading_says_none() -> None:
    """R-302, C-11."""
    assert trace(SPOKES, "ab").legs[0].last.packet.ttl == 63
    assert trace(SPOKES, "ab", "assume.tgw_ttl=0").legs[0].last.packet.ttl == 64


def test_ttl_ends_silently_at_a_transit_gateway() -> None:
    """R-302: the hop is anonymous, no time exceeded comes back."""
    found = trace(SPOKES, "ab", "flows.ab.ttl=1")
    assert (found.outcome, found.icmp) == ("forward:TTL_EXPIRED", None)
    assert hop(found, "tgw").table == "tgwrt"


def test_every_subnet_of_an_enabled_zone_may_send_and_no_other() -> None:
    """R-230, C-03."""
    found = trace(SPOKES, "far")
    assert found.outcome == "forward:TGW_AZ_RESTRICTION"
    assert hop(found, "vpc-a").target == "tgw"
    checked = step(found, "tgw-zone")
    assert checked is not None
    assert (checked.passed, checked.facts["zone"], checked.setting) == (False, "c", "att-a.subnets")
    assert outcome(SPOKES, "far", "att-a.subnets+=sn-ac", "att-b.subnets+=sn-bc") == "ok"


def test_without_an_association_nothing_is_looked_up() -> None:
    """R-225."""
    found = trace(SPOKES, "ab", "att-a.route_table=none")
    assert (found.outcome, hop(found, "tgw").table) == ("forward:TGW_NO_ASSOCIATION", None)


def test_what_comes_in_by_no_attachment_is_not_modelled() -> None:
    """R-225: it is the attachment that says which table is asked."""
    packet = trace(SPOKES, "ab").hops[0].packet
    arrival = Arrival(node="tgw", by="vpc-a")
    found = visit(packet, Situation(scenario(SPOKES).network, arrival, Connections(), Assumptions(), {}, (arrival,)))
    assert (found.reason, [(step.rule, step.passed) for step in found.steps]) == ("UNSUPPORTED_COMPONENT", [("not-modelled", False)])
    assert found.steps[0].facts == {"node": "vpc-a"}


def test_unknown_destinations_end_at_the_transit_gateway() -> None:
    """R-229."""
    assert outcome(SPOKES, "strange") == "forward:TGW_NO_ROUTE"


def test_a_static_blackhole_hides_the_propagated_route_and_taking_it_away_brings_it_back() -> None:
    """R-228, R-238."""
    found = trace(SPOKES, "ab", "tgwrt[10.2.0.0/16]=blackhole")
    assert (found.outcome, hop(found, "tgw").target) == ("forward:TGW_ROUTE_BLACKHOLE", "blackhole")
    lookup = hop(found, "tgw").lookup
    assert lookup is not None
    assert [(row.origin, row.note) for row in lookup.candidates if row.destination == "10.2.0.0/16"] == [
        ("static", "ROUTE_WON"),
        ("vpc", "ROUTE_LOST_PRIORITY"),
    ]
    assert outcome(SPOKES, "ab", "tgwrt[10.2.0.0/16]=blackhole", "tgwrt[10.2.0.0/16]=none") == "ok"


def test_a_row_that_the_file_calls_a_blackhole_is_one_whatever_its_target_does() -> None:
    """R-228: as an import finds it."""
    text = SPOKES.replace("tgwrt: {propagations: [att-a, att-b]}", "tgwrt: {routes: {10.2.0.0/16: {target: att-b, state: blackhole}}, propagations: [att-a]}")
    assert outcome(text, "ab") == "forward:TGW_ROUTE_BLACKHOLE"


@pytest.mark.parametrize(("origin", "kind"), [("static", "static"), ("propagated", "vpc")])
def test_a_row_ranks_by_where_the_file_says_it_came_from(origin: str, kind: str) -> None:
    """R-227: an import lists propagated rows; they rank by the kind of their attachment."""
    text = SPOKES.replace(
        "tgwrt: {propagations: [att-a, att-b]}", f"tgwrt: {{routes: {{10.2.0.0/16: {{target: att-b, origin: {origin}}}}}, propagations: [att-a]}}"
    )
    lookup = hop(trace(text, "ab"), "tgw").lookup
    assert lookup is not None
    assert lookup.winner is not None
    assert lookup.winner.origin == kind


def test_the_longest_prefix_wins_before_the_kind_of_route() -> None:
    """R-225, R-227."""
    assert outcome(SPOKES, "ab", "tgwrt[10.0.0.0/8]=blackhole") == "ok"
    assert outcome(SPOKES, "ab", "tgwrt[10.2.1.0/24]=blackhole") == "forward:TGW_ROUTE_BLACKHOLE"


def test_a_route_to_an_attachment_of_another_transit_gateway_is_a_blackhole() -> None:
    """R-228."""
    two = SPOKES.replace("tgwrt: {propagations: [att-a, att-b]}", "tgwrt: {10.2.0.0/16: att-x, 10.1.0.0/16: att-a}") + ""
    two = two.replace("network_acls:\n", "  tgw-2: {attachments: {att-x: {vpn: [192.168.0.0/16]}}}\nnetwork_acls:\n", 1)
    assert outcome(two, "ab") == "forward:TGW_ROUTE_BLACKHOLE"


def test_propagation_ends_when_it_is_taken_away() -> None:
    """R-226, R-239."""
    assert outcome(SPOKES, "ab", "tgwrt.propagations-=att-b") == "forward:TGW_NO_ROUTE"
    assert outcome(SPOKES, "ab", "tgwrt.propagations-=att-a") == "return:TGW_NO_ROUTE"


def test_the_second_of_two_overlapping_vpcs_is_not_propagated() -> None:
    """R-237: skipped, with a warning in the file."""
    text = SPOKES.replace("  vpc-b: {cidr: 10.2.0.0/16}", "  vpc-b: {cidr: 10.2.0.0/16}\n  vpc-c: {cidr: 10.2.0.0/20}").replace(
        "      att-b: {", "      att-c: {vpc: vpc-c, subnets: [sn-c], route_table: tgwrt}\n      att-b: {"
    )
    text = text.replace("  sn-bc: {", "  sn-c:  {vpc: vpc-c, cidr: 10.2.1.0/24, az: a, route_table: rtb-c}\n  sn-bc: {")
    text = text.replace("  rtb-bt: {", "  rtb-c:  {vpc: vpc-c, routes: {}}\n  rtb-bt: {").replace("[att-a, att-b]", "[att-a, att-c, att-b]")
    found = trace(text, "ab")
    assert (found.outcome, hop(found, "tgw").target) == ("forward:DEST_IP_UNASSIGNED", "att-c")
    lookup = hop(found, "tgw").lookup
    assert lookup is not None
    assert "att-b" not in [row.target for row in lookup.candidates]


def test_two_subnets_of_the_attachment_are_filtered_on_the_way_in_and_out() -> None:
    """R-241: the sender's outbound, the attachment subnet's inbound; then its outbound and the receiver's inbound."""
    for acl, node, reason in (
        ("acl-a.egress", "vpc-a", "NACL_EGRESS_DENY"),
        ("acl-at.ingress", "tgw", "NACL_INGRESS_DENY"),
        ("acl-bt.egress", "vpc-b", "NACL_EGRESS_DENY"),
        ("acl-b.ingress", "i-b", "NACL_INGRESS_DENY"),
    ):
        found = trace(SPOKES, "ab", f"{acl}[50]=deny all 0.0.0.0/0")
        assert (found.outcome, found.legs[0].last.node) == (f"forward:{reason}", node), acl
    for acl in ("acl-at.egress", "acl-bt.ingress"):
        assert trace(SPOKES, "ab", f"{acl}[50]=deny tcp 443 0.0.0.0/0").outcome == "ok", acl


def test_in_the_subnet_of_the_attachment_sending_is_filtered_twice_and_receiving_not_at_all() -> None:
    """R-240, R-274: out by destination and in by source towards the transit gateway, nothing from it."""
    assert outcome(SPOKES, "from-at", "acl-at.egress[50]=deny tcp 443 10.2.0.0/16") == "forward:NACL_EGRESS_DENY"
    assert outcome(SPOKES, "from-at", "acl-at.ingress[50]=deny tcp 443 10.1.9.0/24") == "forward:NACL_INGRESS_DENY"
    found = trace(SPOKES, "to-bt", "acl-bt.ingress[50]=deny tcp 443 0.0.0.0/0", "acl-bt.egress[50]=deny tcp 443 0.0.0.0/0")
    assert (found.outcome, nodes(found)) == ("ok", ["i-a", "vpc-a", "tgw", "i-bt"])


def test_an_address_that_nobody_holds_in_the_attachment_subnet_ends_at_the_transit_gateway() -> None:
    """R-028, R-232."""
    found = trace(SPOKES, "nobody")
    assert (found.outcome, found.legs[0].last.node) == ("forward:DEST_IP_UNASSIGNED", "tgw")


ZONES = """
vpcs:
  vpc-a:   {cidr: 10.1.0.0/16}
  vpc-b:   {cidr: 10.2.0.0/16}
  vpc-sec: {cidr: 10.100.0.0/16}
subnets:
  sn-a:  {vpc: vpc-a, cidr: 10.1.1.0/24, az: a, route_table: rtb-a}
  sn-b:  {vpc: vpc-b, cidr: 10.2.1.0/24, az: c, route_table: rtb-b}
  sn-ta: {vpc: vpc-sec, cidr: 10.100.0.0/24, az: a, route_table: rtb-ta}
  sn-tc: {vpc: vpc-sec, cidr: 10.100.1.0/24, az: c, route_table: rtb-tc}
  sn-fa: {vpc: vpc-sec, cidr: 10.100.2.0/24, az: a, route_table: rtb-f}
  sn-fc: {vpc: vpc-sec, cidr: 10.100.3.0/24, az: c, route_table: rtb-f}
route_tables:
  rtb-a:  {0.0.0.0/0: tgw}
  rtb-b:  {0.0.0.0/0: tgw}
  rtb-ta: {0.0.0.0/0: eni-fa}
  rtb-tc: {0.0.0.0/0: eni-fc}
  rtb-f:  {0.0.0.0/0: tgw}
transit_gateways:
  tgw:
    attachments:
      att-a:   {vpc: vpc-a, subnets: [sn-a], route_table: spokes}
      att-b:   {vpc: vpc-b, subnets: [sn-b], route_table: spokes}
      att-sec: {vpc: vpc-sec, subnets: [sn-ta, sn-tc], route_table: inspected}
    route_tables:
      spokes:    {0.0.0.0/0: att-sec}
      inspected: {propagations: [att-a, att-b]}
instances:
  i-a:  {subnet: sn-a, private_ip: 10.1.1.10}
  i-b:  {subnet: sn-b, private_ip: 10.2.1.10}
  i-fa: {subnet: sn-fa, private_ip: 10.100.2.10, source_dest_check: off, ip_forward: on, inspect: strict}
  i-fc: {subnet: sn-fc, private_ip: 10.100.3.10, source_dest_check: off, ip_forward: on, inspect: strict}
flows:
  ab:    {from: i-a, to: "i-b:443"}
  later: {from: i-a, to: "i-b:443", midstream: on}
"""


def warned(found: Conversation) -> list[tuple[str, str]]:
    return [(warning.code, warning.at) for warning in found.warnings if warning.code.startswith("WARN")]


def test_without_appliance_mode_the_reply_stays_in_its_own_zone_and_meets_another_appliance() -> None:
    """R-231, R-233, R-342: the stateful one there has not seen the connection."""
    found = trace(ZONES, "ab")
    assert (found.outcome, found.legs[1].last.node) == ("return:APPLIANCE_OTHER_MEMBER", "i-fc")
    assert warned(found) == [("WARN_APPLIANCE_MODE_OFF", "tgw")]
    assert "i-fa" in nodes(found)
    assert mends(traced(state_of(scenario(ZONES)), "ab")) == ("att-sec.appliance_mode=on",)


def test_appliance_mode_keeps_both_directions_in_the_first_zone() -> None:
    """R-233, R-330."""
    found = trace(ZONES, "ab", "att-sec.appliance_mode=on")
    assert (found.outcome, warned(found)) == ("ok", [])
    assert "i-fa" in nodes(found, 1)
    assert step(found, "tgw-zone-pinned") is not None


def test_no_warning_where_nothing_behind_the_attachment_keeps_state() -> None:
    """R-233: a forwarder without inspection works in any zone."""
    found = trace(ZONES, "ab", "i-fa.inspect=none", "i-fc.inspect=none")
    assert (found.outcome, warned(found)) == ("asymmetric", [])
    onward = ZONES.replace("rtb-ta: {0.0.0.0/0: eni-fa}", "rtb-ta: {0.0.0.0/0: tgw}").replace("rtb-tc: {0.0.0.0/0: eni-fc}", "rtb-tc: {0.0.0.0/0: tgw}")
    found = trace(onward, "ab")
    assert (found.outcome, warned(found)) == ("ok", [])


def test_a_zone_that_the_destination_has_not_enabled_is_replaced_by_a_hash_and_a_person_may_choose() -> None:
    """R-231, C-21: att-b has zone c only; for att-sec without zone a the other one is taken, with two a choice is offered."""
    found = trace(ZONES, "ab", "att-sec.appliance_mode=on")
    out = [step for hop_ in found.legs[0].hops if hop_.node == "tgw" for step in hop_.steps if step.rule == "tgw-zone-chosen"]
    assert [(step.facts["zone"], step.choices) for step in out] == [("c", ("c",))]


CHOICE = ZONES.replace("sn-a:  {vpc: vpc-a, cidr: 10.1.1.0/24, az: a", "sn-a:  {vpc: vpc-a, cidr: 10.1.1.0/24, az: d")


@pytest.mark.parametrize(("zone", "appliance"), [("a", "i-fa"), ("c", "i-fc")])
def test_a_person_chooses_the_zone_where_the_source_has_none_of_them(zone: str, appliance: str) -> None:
    """R-231, C-21."""
    found = trace(CHOICE, "ab", "att-sec.appliance_mode=on", f"choose.att-sec={zone}")
    chosen = step(found, "tgw-zone-chosen")
    assert chosen is not None
    assert (chosen.choices[0], set(chosen.choices)) == (zone, {"a", "c"})
    assert (found.outcome, appliance in nodes(found, 1)) == ("ok", True)


def test_the_hash_is_the_same_every_time_and_spreads() -> None:
    """C-21: stable for a flow; over many flows both zones are used."""
    zones = {
        str(step_.facts["zone"])
        for port in range(50000, 50020)
        if (step_ := step(trace(CHOICE, "ab", f"flows.ab.source_port={port}"), "tgw-appliance-mode-off"))
    }
    assert zones == {"a", "c"}
    assert trace(CHOICE, "ab") == trace(CHOICE, "ab")


def test_the_failed_zone_is_left_out_on_landing() -> None:
    """R-049, R-231, R-349: the other zone takes it; with none left nothing does."""
    found = trace(ZONES, "ab", "att-sec.appliance_mode=on", "vpc-sec.zones_down+=a")
    assert (found.outcome, "i-fc" in nodes(found)) == ("ok", True)
    found = trace(ZONES, "ab", "vpc-sec.zones_down=a,c")
    assert (found.outcome, found.legs[0].last.node) == ("forward:COMPONENT_BAD_STATE", "tgw")


def test_a_connection_that_was_pinned_to_the_failed_zone_loses_its_state() -> None:
    """R-233, R-342: midstream, the other zone's appliance does not know it."""
    pinned = ZONES.replace("[sn-ta, sn-tc]", "[sn-ta, sn-tc], appliance_mode: on")
    assert outcome(pinned, "later") == "ok"
    found = trace(pinned, "later", "vpc-sec.zones_down+=a")
    assert (found.outcome, found.legs[0].last.node) == ("forward:APPLIANCE_STATE_MISS", "i-fc")


GROUPS = (
    SPOKES.replace("private_ip: 10.1.1.10}", "private_ip: 10.1.1.10, security_groups: [sg-a]}").replace(
        "private_ip: 10.2.1.10}", "private_ip: 10.2.1.10, security_groups: [sg-b]}"
    )
    + """
security_groups:
  sg-a: {vpc: vpc-a}
  sg-b: {vpc: vpc-b, ingress: ["tcp 443 sg-a"]}
"""
)
REFERENCING = ("tgw.security_group_referencing=on", "att-a.security_group_referencing=on", "att-b.security_group_referencing=on")


def test_a_rule_may_name_a_group_of_another_vpc_where_it_is_on_everywhere() -> None:
    """R-242, R-268, C-18."""
    assert outcome(GROUPS, "ab", *REFERENCING) == "ok"
    for missing in range(3):
        on = [text for number, text in enumerate(REFERENCING) if number != missing]
        assert outcome(GROUPS, "ab", *on) == "forward:SG_REF_LOST", REFERENCING[missing]


TWO = """
vpcs:
  vpc-a: {cidr: 10.1.0.0/16}
  vpc-b: {cidr: 10.2.0.0/16}
subnets:
  sn-a: {vpc: vpc-a, cidr: 10.1.1.0/24, route_table: rtb-a}
  sn-b: {vpc: vpc-b, cidr: 10.2.1.0/24, route_table: rtb-b}
route_tables:
  rtb-a: {10.2.0.0/16: tgw-1}
  rtb-b: {10.1.0.0/16: tgw-2}
transit_gateways:
  tgw-1:
    attachments:
      att-a:  {vpc: vpc-a, subnets: [sn-a], route_table: rt-1, security_group_referencing: on}
      att-pp: {peering: tgw-2, route_table: rt-1, peer_route_table: rt-2}
    route_tables:
      rt-1: {routes: {10.2.0.0/16: att-pp}, propagations: [att-a]}
    security_group_referencing: on
  tgw-2:
    attachments:
      att-b:  {vpc: vpc-b, subnets: [sn-b], route_table: rt-2, security_group_referencing: on}
    route_tables:
      rt-2: {routes: {10.1.0.0/16: att-pp}, propagations: [att-b]}
    security_group_referencing: on
instances:
  i-a: {subnet: sn-a, private_ip: 10.1.1.10, security_groups: [sg-a]}
  i-b: {subnet: sn-b, private_ip: 10.2.1.10, security_groups: [sg-b]}
security_groups:
  sg-a: {vpc: vpc-a, ingress: []}
  sg-b: {vpc: vpc-b, ingress: ["tcp 443 10.1.0.0/16"]}
flows:
  ab:  {from: i-a, to: "i-b:443"}
  big: {from: i-a, to: "i-b:443", size: 9001}
  back: {from: i-b, to: "i-a:443", size: 9001}
"""


def test_peered_transit_gateways_ask_one_table_each_and_cost_three_ttl() -> None:
    """R-236, R-302."""
    found = trace(TWO, "ab")
    assert (found.outcome, nodes(found)) == ("ok", ["i-a", "vpc-a", "tgw-1", "tgw-2", "i-b"])
    assert [(hop_.table, hop_.target) for hop_ in found.legs[0].hops[2:4]] == [("rt-1", "att-pp"), ("rt-2", "att-b")]
    assert (found.legs[0].last.packet.ttl, found.legs[1].last.packet.ttl) == (61, 61)
    assert outcome(TWO, "ab", "att-pp.peer_route_table=none") == "forward:TGW_NO_ASSOCIATION"
    assert outcome(TWO, "ab", "att-pp.route_table=none") == "return:TGW_NO_ASSOCIATION"


def test_groups_are_not_known_across_a_peering_of_transit_gateways() -> None:
    """R-236, R-242."""
    text = TWO.replace('["tcp 443 10.1.0.0/16"]', '["tcp 443 10.1.0.0/16", "tcp 22 sg-b"]')
    found = trace(text, "ab")
    assert (found.outcome, hop(found, "i-b").arrival.groups) == ("ok", None)


def test_a_peering_attachment_does_not_propagate() -> None:
    """R-236: refused as a change, and in a file."""
    refused = refusal(TWO, "rt-1.propagations+=att-pp")
    assert (refused.reason, refused.error, refused.rule) == ("QUERY_INVALID", "InvalidParameterValue", "R-236")
    assert "E217" in problems(TWO.replace("propagations: [att-a]", "propagations: [att-a, att-pp]"))


def test_what_is_too_big_is_reported_to_a_vpc() -> None:
    """R-294, R-296: 8500 bytes, and the report lands like any packet."""
    found = trace(TWO, "big")
    assert (found.outcome, found.icmp is not None and (found.icmp.sender, found.icmp.mtu, found.icmp.arrives)) == (
        "forward:MTU_EXCEEDED_DF",
        ("tgw-1", 8500, True),
    )
    assert found.icmp is not None
    assert str(found.icmp.leg.hops[0].packet.src).endswith(".1")  # from the router's address of the attachment's subnet
    assert outcome(TWO, "big", "flows.big.size=8500") == "ok"


def test_an_edge_association_is_refused() -> None:
    """R-051, R-244."""
    assert refusal(SPOKES, "tgw.route_table=rtb-a").reason == "ASSOC_REFUSED_GATEWAY_KIND"


def test_a_route_to_a_transit_gateway_that_is_not_attached_is_refused() -> None:
    """R-044."""
    assert refusal(TWO, "rtb-a[10.9.0.0/16]=tgw-2").reason == "ROUTE_REFUSED_OTHER_VPC"


@pytest.mark.parametrize(
    ("text", "change_text", "reason", "error"),
    [
        (TWO, "att-a.route_table=rt-2", "QUERY_INVALID", "InvalidRouteTableID.NotFound"),
        (TWO, "att-pp.peer_route_table=rt-1", "QUERY_INVALID", "InvalidRouteTableID.NotFound"),
        (SPOKES, "att-a.subnets+=sn-a", "QUERY_INVALID", "DuplicateSubnetsInSameZone"),
        (SPOKES, "att-a.subnets+=sn-bc", "QUERY_INVALID", "InvalidSubnetID.NotFound"),
        (SPOKES, "tgwrt[10.9.0.0/16]=none", "ROUTE_REFUSED_NOT_FOUND", "InvalidRoute.NotFound"),
        (SPOKES, "tgwrt[10.1.0.0/16]=none", "ROUTE_REFUSED_NOT_FOUND", "InvalidRoute.NotFound"),
        (SPOKES, "tgwrt[10.9.0.0]=att-a", "QUERY_INVALID", "InvalidParameterValue"),
        (SPOKES, "tgwrt[10.9.0.0/16]=att-zzz", "UNKNOWN_RESOURCE", ""),
        (TWO, "rt-1[10.9.0.0/16]=att-b", "QUERY_INVALID", "InvalidTransitGatewayAttachmentID.NotFound"),
        (TWO, "rt-1.propagations+=att-b", "QUERY_INVALID", "InvalidTransitGatewayAttachmentID.NotFound"),
        (TWO, "att-pp.appliance_mode=on", "QUERY_INVALID", "InvalidParameterValue"),
        (SPOKES, "tgwrt[10.9.0.0/16]+=att-a", "QUERY_INVALID", ""),
    ],
)
def test_what_the_api_refuses(text: str, change_text: str, reason: str, error: str) -> None:
    """R-225, R-226, R-230, R-233."""
    refused = refusal(text, change_text)
    assert (refused.reason, refused.error) == (reason, error)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "att-a.route_table=none",
            ["aws ec2 disassociate-transit-gateway-route-table --transit-gateway-route-table-id tgwrt --transit-gateway-attachment-id att-a"],
        ),
        ("att-a.subnets+=sn-ac", ["aws ec2 modify-transit-gateway-vpc-attachment --transit-gateway-attachment-id att-a --add-subnet-ids sn-ac"]),
        (
            "att-a.appliance_mode=on",
            ["aws ec2 modify-transit-gateway-vpc-attachment --transit-gateway-attachment-id att-a --options ApplianceModeSupport=enable"],
        ),
        (
            "tgwrt[10.9.0.0/16]=blackhole",
            ["aws ec2 create-transit-gateway-route --transit-gateway-route-table-id tgwrt --destination-cidr-block 10.9.0.0/16 --blackhole"],
        ),
        (
            "tgwrt[10.9.0.0/16]=att-a",
            [
                "aws ec2 create-transit-gateway-route --transit-gateway-route-table-id tgwrt --destination-cidr-block 10.9.0.0/16"
                " --transit-gateway-attachment-id att-a"
            ],
        ),
        (
            "tgwrt.propagations-=att-a",
            ["aws ec2 disable-transit-gateway-route-table-propagation --transit-gateway-route-table-id tgwrt --transit-gateway-attachment-id att-a"],
        ),
        ("tgw.security_group_referencing=on", ["aws ec2 modify-transit-gateway --transit-gateway-id tgw --options SecurityGroupReferencingSupport=enable"]),
    ],
)
def test_the_command_lines(text: str, lines: list[str]) -> None:
    network = scenario(SPOKES).network
    parsed = change.parse(text)
    assert isinstance(parsed, change.Change)
    assert sorted(change.commands(parsed, network)) == lines


def test_settings_are_offered_with_their_values() -> None:
    network = scenario(TWO).network
    found = {setting.place: (setting.value, setting.choices) for identifier in ("att-a", "rt-1", "tgw-1") for setting in change.settings(identifier, network)}
    assert found["att-a.route_table"] == ("rt-1", ("rt-1", "none"))
    assert found["rt-1[10.2.0.0/16]"] == ("att-pp", ("att-a", "att-pp", "blackhole", "none"))
    assert found["att-a.appliance_mode"] == ("off", ("on", "off"))
    assert found["tgw-1.vpn_ecmp"] == ("on", ("on", "off"))


def test_the_other_tables_of_the_transit_gateway_are_rivals() -> None:
    network = scenario(ZONES).network
    (other,) = rival_lookups("spokes", parse_address("10.2.1.10"), network, Assumptions())
    assert (other.table, other.owner, other.winner is not None and other.winner.target) == ("inspected", "att-sec", "att-b")


@pytest.mark.parametrize(
    ("found", "instead", "code"),
    [
        ("att-a: {vpc: vpc-a, subnets: [sn-at], route_table: tgwrt}", "att-a: {subnets: [sn-at]}", "E124"),
        ("att-a: {vpc: vpc-a, subnets: [sn-at], route_table: tgwrt}", "att-a: {vpc: vpc-a, vpn: [192.168.0.0/16], subnets: [sn-at]}", "E124"),
        ("att-a: {vpc: vpc-a, subnets: [sn-at], route_table: tgwrt}", "att-a: {vpc: vpc-a}", "E124"),
        ("subnets: [sn-at]", "subnets: [sn-at, sn-a]", "E217"),
        ("subnets: [sn-at]", "subnets: [sn-bt]", "E206"),
        ("subnets: [sn-at], route_table: tgwrt", "subnets: [sn-at], route_table: tgwrt-x", "E202"),
        ("propagations: [att-a, att-b]", "propagations: [att-a, att-x]", "E202"),
        ("tgwrt: {propagations: [att-a, att-b]}", "att-a: {propagations: [att-b]}", "E126"),
        ("tgwrt: {propagations: [att-a, att-b]}", "tgwrt: {10.2.0.1/16: att-b}", "E210"),
        ("tgwrt: {propagations: [att-a, att-b]}", "tgwrt: [att-a]", "E123"),
        ("tgwrt: {propagations: [att-a, att-b]}", "tgwrt: {10.2.0.0/16: tgwrt}", "E202"),
        ("tgwrt: {propagations: [att-a, att-b]}", "tgwrt: {propagations: [tgwrt]}", "E202"),
        ("att-a: {vpc: vpc-a, subnets: [sn-at], route_table: tgwrt}", "att-a: {vpc: vpc-a, subnets: [sn-at], route_table: att-b}", "E202"),
        ("att-b: {vpc: vpc-b, subnets: [sn-bt]", "att-b: {vpc: vpc-a, subnets: [sn-ac]", "E217"),
    ],
)
def test_mistakes_in_a_file(found: str, instead: str, code: str) -> None:
    assert found in SPOKES
    assert code in problems(SPOKES.replace(found, instead, 1))


def test_names_of_the_sections_inside_show_in_the_places_of_the_file() -> None:
    places = scenario(SPOKES).places
    assert ("att-a", "route_table") in places
    assert ("tgwrt", "") in places


def test_addresses_stay_and_the_receiver_sees_the_sender() -> None:
    """R-245: the attachment's interfaces are transparent."""
    assert seen(trace(ZONES, "ab", "att-sec.appliance_mode=on")) == "10.1.1.10:50000"
    assert mends(trace(SPOKES, "ab")) == ()


def test_an_endpoint_of_a_firewall_wants_appliance_mode_too() -> None:
    """R-233: what stands behind it keeps connections in mind."""
    text = ZONES.replace("rtb-ta: {0.0.0.0/0: eni-fa}", "rtb-ta: {0.0.0.0/0: vpce-fa}").replace("rtb-tc: {0.0.0.0/0: eni-fc}", "rtb-tc: {0.0.0.0/0: vpce-fc}")
    text += """
vpc_endpoints:
  vpce-fa: {type: gateway_load_balancer, subnet: sn-fa, private_ip: 10.100.2.20, service: nfw}
  vpce-fc: {type: gateway_load_balancer, subnet: sn-fc, private_ip: 10.100.3.20, service: nfw}
endpoint_services: {nfw: {type: network_firewall}}
"""
    warned_of = step(trace(text, "ab"), "tgw-appliance-mode-off")
    assert warned_of is not None
    assert (warned_of.warning, str(warned_of.facts["appliance"])[:6]) == ("WARN_APPLIANCE_MODE_OFF", "vpce-f")


def test_a_second_transit_gateway_at_an_appliances_vpc_is_warned_of() -> None:
    """R-234."""
    text = ZONES.replace("[sn-ta, sn-tc], route", "[sn-ta, sn-tc], appliance_mode: on, route").replace(
        "instances:\n", "  tgw-2: {attachments: {att-2: {vpc: vpc-sec, subnets: [sn-fa]}}}\ninstances:\n", 1
    )
    assert "W511" in warnings(text)
    assert warnings(ZONES.replace("[sn-ta, sn-tc], route", "[sn-ta, sn-tc], appliance_mode: on, route")) == []


def test_overlapping_vpcs_are_warned_of() -> None:
    """R-237."""
    text = SPOKES.replace("  vpc-b: {cidr: 10.2.0.0/16}", "  vpc-b: {cidr: [10.2.0.0/16, 10.1.128.0/20]}")
    found = read_scenario(("vpctui: 1\n" + dedent(text)).encode(), "test.yaml")[1]
    assert [problem.message for problem in found if problem.code == "W510"] == [
        "tgw: 10.1.128.0/20 of vpc-b overlaps 10.1.0.0/16 of vpc-a and is not propagated"
    ]


def warnings(text: str) -> list[str]:
    found = read_scenario(("vpctui: 1\n" + dedent(text)).encode(), "test.yaml")[1]
    return [problem.code for problem in found if problem.severity == "warning"]


def test_a_network_function_attachment_is_said_not_to_be_modelled() -> None:
    """R-243, R-331."""
    text = SPOKES.replace("      att-b: {", "      att-f: {network_function: firewall, route_table: tgwrt}\n      att-b: {")
    found = trace(text, "strange", "tgwrt[172.16.0.0/12]=att-f")
    assert (found.outcome, found.legs[0].verdict, found.legs[0].last.target) == ("forward:UNSUPPORTED_COMPONENT", "STOPPED", "att-f")
    assert refusal(text, "tgwrt.propagations+=att-f").rule == "R-236"


def test_multicast_is_not_carried() -> None:
    """R-247."""
    text = SPOKES.replace("      att-b: {", "      att-v: {vpn: [192.168.0.0/16], route_table: tgwrt}\n      att-b: {")
    text += '  cast: {from: on-premises, to: "239.1.1.1:5000", protocol: udp, source_ip: 192.168.0.1}\n'
    found = trace(text, "cast", "tgwrt[0.0.0.0/0]=att-b")
    assert (found.outcome, found.legs[0].last.node) == ("forward:PROTOCOL_NOT_SUPPORTED", "tgw")


def test_spokes_leave_by_the_nat_gateway_of_another_vpc(root: Path) -> None:
    """R-168, R-246: the bundled scenario of central egress."""
    found = trace((root / "scenarios" / "tgw-egress.yaml").read_text(encoding="utf-8").removeprefix("vpctui: 1\n"), "out")
    assert (found.outcome, [node for node in nodes(found) if node in ("tgw", "i-fw", "nat-a", "igw")]) == ("ok", ["tgw", "i-fw", "nat-a", "igw"])


def test_a_textbook_router_takes_one_even_where_two_transit_gateways_are_peered() -> None:
    """R-302: another reading of TTL."""
    found = trace(SPOKES, next(iter(scenario(SPOKES).questions)), "assume.ttl=textbook")
    passed = hop(found, "tgw") if "tgw" in nodes(found) else hop(found, "tgw-1")
    assert passed.arrived is not None
    assert passed.left is not None
    assert passed.arrived.ttl - passed.left.ttl == 1


def test_the_kinds_of_attachments_are_ranked_one_below_the_other() -> None:
    """R-227, R-238."""
    assert RANK[:8] == ("static", "prefix-list", "vpc", "direct_connect_gateway", "connect", "vpn", "vpn_concentrator", "peering")
