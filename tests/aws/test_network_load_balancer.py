"""Network Load Balancers: nodes, listeners, targets, the client's address, the way back, what may be changed on them."""

import pytest

from tests.aws.tracing import hop, mends, nodes, problems, refusal, scenario, seen, step, trace, visit
from vpctui.address import parse_address
from vpctui.aws.load_balancer import NetworkLoadBalancer
from vpctui.aws.load_balancer_listener import Target
from vpctui.aws.load_balancer_targets import address, registration
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.translation import ports
from vpctui.engine import change
from vpctui.engine.connections import Connections
from vpctui.engine.registry import Assumptions, Situation
from vpctui.packet import Packet, TcpFlags
from vpctui.scenario.reading import read_scenario
from vpctui.trace import Arrival, Verdict

NLB = """
vpcs: {vpc-main: {cidr: 10.0.0.0/16}}
subnets:
  sn-pub-a:  {cidr: 10.0.0.0/24, az: a, route_table: rtb-pub}
  sn-pub-c:  {cidr: 10.0.10.0/24, az: c, route_table: rtb-pub}
  sn-priv-a: {cidr: 10.0.1.0/24, az: a, route_table: rtb-priv}
  sn-priv-c: {cidr: 10.0.11.0/24, az: c, route_table: rtb-priv}
  sn-priv-d: {cidr: 10.0.12.0/24, az: d, route_table: rtb-priv}
route_tables:
  rtb-pub:  {0.0.0.0/0: igw}
  rtb-priv: {}
internet_gateways: {igw: {}}
instances:
  i-a: {subnet: sn-priv-a, private_ip: 10.0.1.10, security_groups: [sg-web], listens: [8080, 53]}
  i-b: {subnet: sn-priv-a, private_ip: 10.0.1.11, security_groups: [sg-web], listens: [8080, 53]}
  i-c: {subnet: sn-priv-c, private_ip: 10.0.11.10, security_groups: [sg-web], listens: [8080, 53]}
  i-d: {subnet: sn-priv-d, private_ip: 10.0.12.10, security_groups: [sg-web], listens: [8080]}
load_balancers:
  nlb:
    type: network
    subnets:
      sn-pub-a: {private_ip: 10.0.0.50, public_ip: 203.0.113.50, network_interface: eni-nlb-a}
      sn-pub-c: {private_ip: 10.0.10.50, public_ip: 203.0.113.51, network_interface: eni-nlb-c}
    listeners:
      80:   {targets: ["i-a:8080"]}
      81:   {targets: ["10.0.1.10:8080"]}
      82:   {targets: ["i-c:8080"]}
      83:   {targets: ["i-d:8080"]}
      84:   {targets: ["i-a:8080", "i-b:8080", "i-c:8080"]}
      85:   {targets: []}
      53:   {targets: ["i-a:53"], protocol: udp}
      54:   {targets: ["10.0.1.10:53"], protocol: tcp_udp}
      443:  {targets: ["i-a:8080"], protocol: tls}
  inner:
    type: network
    subnets: {sn-priv-a: {private_ip: 10.0.1.50}}
    listeners:
      80: {targets: ["i-a:8080"]}
      84: {targets: ["i-a:8080", "i-b:8080"]}
security_groups:
  sg-web: {ingress: ["all 0.0.0.0/0"]}
  sg-nlb: {ingress: ["tcp 80 0.0.0.0/0"]}
hosts:
  client: {ip: 198.51.100.10}
flows:
  web:     {from: client, to: "203.0.113.50:80"}
  web-c:   {from: client, to: "203.0.113.51:82"}
  ip:      {from: client, to: "203.0.113.50:81"}
  far:     {from: client, to: "203.0.113.50:82"}
  no-zone: {from: client, to: "203.0.113.50:83"}
  three:   {from: client, to: "203.0.113.50:84"}
  nobody:  {from: client, to: "203.0.113.50:85"}
  closed:  {from: client, to: "203.0.113.50:8443"}
  dns:     {from: client, to: "203.0.113.50:53", protocol: udp}
  both:    {from: client, to: "203.0.113.50:54", protocol: udp}
  not-udp: {from: client, to: "203.0.113.50:53"}
  tls:     {from: client, to: "203.0.113.50:443"}
  ping:    {from: client, to: 203.0.113.50, protocol: icmp}
  inside:  {from: i-b, to: "inner:80"}
  itself:  {from: i-a, to: "inner:80"}
  again:   {from: client, to: "203.0.113.51:81", after: [ip]}
  stray:   {from: client, to: "203.0.113.50:80", midstream: on}
  health:  {from: eni-nlb-a, to: "10.0.1.10:8080"}
"""


def test_a_target_without_ipv4_is_known_by_its_ipv6() -> None:
    """An instance of a subnet with IPv6 only has one address to be reached at."""
    text = (
        NLB.replace("cidr: 10.0.0.0/16}", 'cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:1::/56"}')
        .replace("subnets:\n", 'subnets:\n  sn-six: {ipv6_cidr: "2001:db8:1:6::/64", az: a, route_table: rtb-priv}\n', 1)
        .replace("instances:\n", 'instances:\n  i-six: {subnet: sn-six, ipv6: "2001:db8:1:6::10"}\n')
    )
    network = scenario(text).network
    balancer, node = network.the(NetworkLoadBalancer, "nlb"), network.the(NetworkInterface, "eni-nlb-a")
    found = registration(balancer, Target("i-six", None, 80), node, network)
    assert (str(found.address), found.in_use) == ("2001:db8:1:6::10", True)


def test_only_the_destination_changes_and_the_answer_comes_back_through_it() -> None:
    """R-185, R-186, R-187, R-189, R-303: the target's subnet has no route to the client, and needs none."""
    found = trace(NLB, "web")
    assert found.outcome == "ok"
    left = hop(found, "nlb").packet
    assert (left.socket("src"), left.socket("dst"), left.ttl) == ("198.51.100.10:50000", "10.0.1.10:8080", 64)
    assert nodes(found, 1) == ["i-a", "nlb", "vpc-main", "igw", "client"]
    assert (seen(found), seen(found, 1)) == ("198.51.100.10:50000", "203.0.113.50:80")


def test_slide_16_was_wrong() -> None:
    """R-190: an isolated private target answers; with the withdrawn belief it cannot."""
    assert trace(NLB, "web").outcome == "ok"
    assert trace(NLB, "web", "assume.nlb_return=route_table").outcome == "return:NO_ROUTE"


@pytest.mark.parametrize(
    ("flow", "kept"),
    [("web", True), ("ip", False), ("dns", True), ("both", True), ("tls", True)],
)
def test_whether_the_client_stays_visible(flow: str, kept: bool) -> None:
    """R-187, C-02: by default for instances, not for addresses with TCP; always with UDP."""
    found = trace(NLB, flow)
    assert found.outcome == "ok"
    assert seen(found) == ("198.51.100.10:50000" if kept else "10.0.0.50:62001")
    assert ("WARN_CLIENT_IP_LOST" in [warning.code for warning in found.warnings]) is not kept


@pytest.mark.parametrize(
    ("flow", "value", "source"),
    [
        ("web", "off", "10.0.0.50:62001"),
        ("ip", "on", "198.51.100.10:50000"),
        ("dns", "off", "198.51.100.10:50000"),
        ("both", "off", "198.51.100.10:50000"),
        ("ip", "none", "10.0.0.50:62001"),
    ],
)
def test_the_setting_counts_for_tcp(flow: str, value: str, source: str) -> None:
    """R-187: with UDP the client's address cannot be hidden."""
    assert seen(trace(NLB, flow, f"nlb.preserve_client_ip={value}")) == source


def test_the_setting_shows_what_is_in_force() -> None:
    """R-187: a default can be flipped like a written value; mixed targets have no single one."""
    network = scenario(NLB).network
    shown = {setting.place: setting for name in ("inner", "nlb") for setting in change.settings(name, network)}
    assert (shown["inner.preserve_client_ip"].value, shown["inner.preserve_client_ip"].choices) == ("on", ("on", "off"))
    assert shown["nlb.preserve_client_ip"].value == "none"


def test_a_load_balancer_for_udp_alone_refuses_to_hide_the_client() -> None:
    """R-187."""
    text = NLB.replace('      80: {targets: ["i-a:8080"]}\n      84: {targets: ["i-a:8080", "i-b:8080"]}\n', "      53: {targets: [i-a], protocol: udp}\n")
    text = text.replace('"inner:80"', '"inner:53", protocol: udp')
    refused = refusal(text, "inner.preserve_client_ip=off")
    assert (refused.error, refused.rule) == ("InvalidConfigurationRequest", "R-187")
    assert trace(text, "inside").outcome == "ok"


def test_without_preservation_answers_go_to_the_node_by_the_route_table() -> None:
    """R-187, R-193: the target answers the node's private address."""
    assert nodes(trace(NLB, "ip"), 1) == ["i-a", "vpc-main", "nlb", "vpc-main", "igw", "client"]


def test_the_targets_group_judges_the_address_that_it_sees() -> None:
    """R-191: the client's with preservation, the node's without."""
    narrow = ("sg-web.ingress-=all 0.0.0.0/0", "sg-web.ingress+=tcp 8080 10.0.0.0/16")
    assert trace(NLB, "web", *narrow).outcome == "forward:SG_INGRESS_DENY"
    assert trace(NLB, "ip", *narrow).outcome == "ok"


def test_its_own_security_group_filters_clients_and_can_be_referenced() -> None:
    """R-192: even with the client's address kept; without a group every client gets in."""
    with_group = ("nlb.security_groups=sg-nlb", "sg-web.ingress-=all 0.0.0.0/0", "sg-web.ingress+=tcp 8080 sg-nlb")
    assert trace(NLB, "web", *with_group).outcome == "ok"
    denied = trace(NLB, "ip", *with_group)
    assert (denied.outcome, denied.legs[0].last.node) == ("forward:SG_INGRESS_DENY", "nlb")
    assert trace(NLB, "web", *with_group[1:]).outcome == "forward:SG_INGRESS_DENY"


def test_its_outbound_rules_count_too() -> None:
    """R-192."""
    found = trace(NLB, "web", "nlb.security_groups=sg-nlb", "sg-nlb.egress=tcp 9 0.0.0.0/0")
    assert (found.outcome, found.legs[0].last.node) == ("forward:SG_EGRESS_DENY", "nlb")


def test_a_clients_group_cannot_be_referenced_through_it() -> None:
    """R-192, R-269: without a group of the load balancer nobody's group is known behind it."""
    own = ("i-b.security_groups=sg-nlb", "sg-web.ingress-=all 0.0.0.0/0", "sg-web.ingress+=tcp 8080 sg-nlb", "sg-web.ingress+=all 10.9.0.0/16")
    assert trace(NLB, "inside", *own).outcome == "forward:SG_REF_LOST"


def test_clients_of_an_endpoint_service_can_be_spared_the_inbound_rules() -> None:
    """R-192, R-188: and their address is never kept."""
    for enforced, reason in (("on", "SG_INGRESS_DENY"), ("off", None)):
        text = NLB.replace(
            "    listeners:\n      80:   ", f"    security_groups: [sg-nlb]\n    enforce_inbound_on_privatelink: {enforced}\n    listeners:\n      80:   "
        )
        packet = Packet(src=parse_address("10.7.0.9"), dst=parse_address("10.0.0.50"), src_port=5, dst_port=443, tcp_flags="S")
        arrival = Arrival(node="nlb", by="eni-nlb-a", tags=("privatelink",))
        found = visit(packet, Situation(scenario(text).network, arrival, Connections(), Assumptions(), {}, (arrival,)))
        assert found.reason == reason
        assert reason or found.packet.socket("src") == "10.0.0.50:62001"


ACLS = """
network_acls:
  acl-pub:
    ingress: {100: "allow tcp 80 0.0.0.0/0", 110: "allow tcp 50000 10.0.1.0/24"}
    egress:  {100: "allow tcp 8080 10.0.0.0/16", 110: "allow tcp 50000 198.51.100.0/24"}
  acl-priv:
    ingress: {100: "allow tcp 8080 198.51.100.0/24", 110: "allow tcp 8080 10.0.0.0/16"}
    egress:  {100: "allow tcp 50000 198.51.100.0/24", 110: "allow tcp 62001 10.0.0.0/16"}
"""
WITH_ACLS = NLB.replace("sn-pub-a:  {", "sn-pub-a:  {network_acl: acl-pub, ").replace("sn-priv-a: {cidr", "sn-priv-a: {network_acl: acl-priv, cidr") + ACLS


@pytest.mark.parametrize(
    ("entry", "outcome"),
    [
        ("acl-pub.ingress[100]", "forward:NACL_INGRESS_DENY"),
        ("acl-pub.egress[100]", "forward:NACL_EGRESS_DENY"),
        ("acl-priv.ingress[100]", "forward:NACL_INGRESS_DENY"),
        ("acl-priv.egress[100]", "return:NACL_EGRESS_DENY"),
        ("acl-pub.ingress[110]", "return:NACL_INGRESS_DENY"),
        ("acl-pub.egress[110]", "return:NACL_EGRESS_DENY"),
    ],
)
def test_both_subnets_network_acls_are_asked_on_both_legs(entry: str, outcome: str) -> None:
    """R-193, R-189: flow state passes every table, no network ACL."""
    assert trace(WITH_ACLS, "web").outcome == "ok"
    assert trace(WITH_ACLS, "web", f"{entry}=none").outcome == outcome


def test_a_client_that_is_chosen_itself_gets_nothing() -> None:
    """R-194: source and destination would be the same; without preservation it works."""
    found = trace(NLB, "itself")
    assert (found.outcome, mends(found)) == ("forward:LB_HAIRPIN", ("inner.preserve_client_ip=off",))
    assert trace(NLB, "itself", *mends(found)).outcome == "ok"
    assert trace(NLB, "inside").outcome == "ok"


def test_another_target_than_the_client_works() -> None:
    """R-194, R-186: a person may choose which of several targets."""
    text = NLB.replace('itself:  {from: i-a, to: "inner:80"}', 'itself:  {from: i-a, to: "inner:84"}')
    assert trace(text, "itself", choices={"inner": "i-b:8080"}).outcome == "ok"
    assert trace(text, "itself", choices={"inner": "i-a:8080"}).outcome == "forward:LB_HAIRPIN"


def test_a_node_uses_targets_of_its_own_zone() -> None:
    """R-195: cross-zone load balancing is off by default."""
    found = trace(NLB, "far")
    assert (found.outcome, mends(found)) == ("forward:LB_CROSS_ZONE_OFF", ("nlb.cross_zone=on",))
    assert trace(NLB, "far", "nlb.cross_zone=on").outcome == "ok"
    assert trace(NLB, "web-c").outcome == "ok"


def test_targets_in_a_zone_without_a_node_get_nothing() -> None:
    """R-195: cross-zone or not."""
    assert trace(NLB, "no-zone").outcome == "forward:LB_AZ_NOT_ENABLED"
    assert trace(NLB, "no-zone", "nlb.cross_zone=on").outcome == "forward:LB_AZ_NOT_ENABLED"


def test_its_name_leads_to_a_zone_that_has_a_target() -> None:
    """R-195, R-185: the address of a zone without a healthy target leaves DNS."""
    balanced = scenario(NLB.replace('      80:   {targets: ["i-a:8080"]}\n      81:', "      81:").replace('      81:   {targets: ["10.0.1.10:8080"]}\n', ""))
    network = balanced.network
    balancer = network.get("nlb")
    assert str(address(balancer, network, 4, True)) == "203.0.113.50"  # type: ignore[arg-type]
    only_c = NLB.split("    listeners:")[0] + '    listeners: {82: {targets: ["i-c:8080"]}}\nhosts: {client: {ip: 198.51.100.10}}\n'
    only_c = only_c.replace(", security_groups: [sg-web]", "") + 'flows: {web: {from: client, to: "nlb:82"}}\n'
    assert trace(only_c, "web").outcome == "ok"
    assert str(scenario(only_c).questions["web"].to) == "203.0.113.51"


def test_several_targets_are_chosen_by_a_stable_hash_and_named() -> None:
    """R-186, C-21: the same flow meets the same target; all are told, the chosen one first."""
    first, second = trace(NLB, "three"), trace(NLB, "three")
    assert first == second
    chosen = step(first, "load-balancer-target")
    assert chosen is not None
    assert sorted(chosen.choices) == ["i-a:8080", "i-b:8080"]
    assert hop(first, "nlb").target == chosen.choices[0]
    targets = {hop(trace(NLB, "three", f"flows.three.source_port={port}"), "nlb").target for port in range(40000, 40020)}
    assert targets == {"i-a:8080", "i-b:8080"}


@pytest.mark.parametrize("target", ["i-a:8080", "i-b:8080"])
def test_a_person_can_choose_another_target(target: str) -> None:
    """R-186."""
    found = trace(NLB, "three", choices={"nlb": target})
    assert (found.outcome, hop(found, "nlb").target) == ("ok", target)


def test_a_choice_that_is_not_there_is_left_out() -> None:
    """A target that is not healthy, or in another zone, cannot be chosen."""
    assert hop(trace(NLB, "three", "i-b.state=stopped", choices={"nlb": "i-b:8080"}), "nlb").target == "i-a:8080"


def test_stopped_targets_are_not_in_use() -> None:
    """R-195, R-209: the mend starts one again."""
    found = trace(NLB, "web", "i-a.state=stopped")
    assert (found.outcome, found.legs[0].last.node, mends(found)) == ("forward:LB_NO_TARGET", "nlb", ("i-a.state=running",))
    assert trace(NLB, "ip", "i-a.state=stopped").outcome == "forward:LB_NO_TARGET"
    assert trace(NLB, "nobody").outcome == "forward:LB_NO_TARGET"


def test_unhealthy_targets_are_left_out() -> None:
    """R-195."""
    assert hop(trace(NLB, "three", "nlb.unhealthy+=i-b"), "nlb").target == "i-a:8080"
    assert hop(trace(NLB, "three", "nlb.unhealthy+=i-a:8080"), "nlb").target == "i-b:8080"
    assert refusal(NLB, "nlb.unhealthy+=i-x").hint.startswith("i-a, i-a:8080")


def test_when_all_are_unhealthy_it_sends_to_all() -> None:
    """R-196: fail open; a healthy one in another zone is not used for that while cross-zone is off."""
    found = trace(NLB, "web", "nlb.unhealthy+=i-a")
    assert found.outcome == "ok"
    assert step(found, "load-balancer-fail-open") is not None
    assert trace(NLB, "three", "nlb.unhealthy=i-a,i-b").outcome == "forward:LB_CROSS_ZONE_OFF"
    assert trace(NLB, "three", "nlb.unhealthy=i-a,i-b,i-c").outcome == "ok"


def test_a_port_or_protocol_without_listener() -> None:
    """R-197."""
    assert trace(NLB, "closed").outcome == "forward:LB_NO_LISTENER"
    assert trace(NLB, "not-udp").outcome == "forward:LB_NO_LISTENER"


def test_icmp_does_not_reach_targets() -> None:
    """R-224."""
    found = trace(NLB, "ping")
    assert (found.outcome, found.legs[0].last.node) == ("forward:PROTOCOL_NOT_SUPPORTED", "nlb")


@pytest.mark.parametrize(("protocol", "port", "passes"), [("udp", 53, True), ("tcp", 80, False)])
def test_only_fragments_of_udp_are_delivered(protocol: str, port: int, passes: bool) -> None:
    """R-199."""
    flags: TcpFlags = "S" if protocol == "tcp" else ""
    packet = Packet(
        src=parse_address("198.51.100.10"),
        dst=parse_address("10.0.0.50"),
        protocol=protocol,
        src_port=5,
        dst_port=port,
        tcp_flags=flags,
        more_fragments=True,
    )
    arrival = Arrival(node="nlb", by="eni-nlb-a")
    found = visit(packet, Situation(scenario(NLB).network, arrival, Connections(), Assumptions(), {}, (arrival,)))
    assert (found.verdict, found.reason) == ((Verdict.FORWARDED, None) if passes else (Verdict.DROPPED, "PROTOCOL_NOT_SUPPORTED"))


def test_a_packet_of_no_known_connection_is_reset() -> None:
    """R-198: after its idle time a connection is unknown."""
    packet = Packet(src=parse_address("198.51.100.10"), dst=parse_address("10.0.0.50"), src_port=5, dst_port=80, tcp_flags="PA")
    arrival = Arrival(node="nlb", by="eni-nlb-a")
    found = visit(packet, Situation(scenario(NLB).network, arrival, Connections(), Assumptions(), {}, (arrival,)))
    assert found.reason == "REPLY_NO_SOCKET"


def test_an_open_connection_stays_with_its_target() -> None:
    """R-186: sticky for its whole life, whatever becomes of the target."""
    assert trace(NLB, "stray", "nlb.unhealthy+=i-a").outcome == "ok"
    assert trace(NLB, "stray", "i-a.state=stopped").outcome == "forward:INSTANCE_NOT_RUNNING"


def test_one_client_port_by_two_nodes_to_one_target_collides() -> None:
    """R-202: with preservation the target sees the same connection twice."""
    crossed = ("nlb.cross_zone=on", "nlb.preserve_client_ip=on")
    found = trace(NLB, "again", *crossed)
    assert (found.outcome, step(found, "nlb-duplicate-flow") is not None) == ("forward:LB_CLIENT_IP_MODE", True)
    assert trace(NLB, "again", "nlb.cross_zone=on").outcome == "ok"


def test_preservation_does_not_work_over_an_appliance() -> None:
    """R-188: the way from the node to the target must be direct."""
    text = NLB.replace("instances:\n", "instances:\n  i-fw: {subnet: sn-priv-c, private_ip: 10.0.11.9, source_dest_check: off, ip_forward: on}\n")
    found = trace(text, "web", "rtb-pub[10.0.1.0/24]=eni-fw")
    assert (found.outcome, mends(found)) == ("forward:LB_CLIENT_IP_MODE", ("nlb.preserve_client_ip=off",))
    assert trace(text, "ip", "rtb-pub[10.0.1.0/24]=eni-fw").outcome == "asymmetric"


def test_preservation_does_not_work_towards_another_load_balancers_node() -> None:
    """R-188: nor towards endpoints; without it the chain works."""
    text = NLB.replace('81:   {targets: ["10.0.1.10:8080"]}', '81:   {targets: ["10.0.1.50:80"]}')
    assert trace(text, "ip", "nlb.preserve_client_ip=on").outcome == "forward:LB_CLIENT_IP_MODE"
    found = trace(text, "ip")
    assert (found.outcome, nodes(found)[2:]) == ("ok", ["nlb", "vpc-main", "inner", "i-a"])


def test_a_node_runs_out_of_ports_for_one_target() -> None:
    """R-201: without the client's address 55,000 connections fit."""
    answer = ("tcp", parse_address("10.0.1.10"), 8080, parse_address("10.0.0.50"))
    taken = Connections({("nlb", ("nat", (*answer, port))): True for port in ports(62001, 55000)})
    packet = Packet(src=parse_address("198.51.100.10"), dst=parse_address("10.0.0.50"), src_port=5, dst_port=81, tcp_flags="S")
    arrival = Arrival(node="nlb", by="eni-nlb-a")
    found = visit(packet, Situation(scenario(NLB).network, arrival, taken, Assumptions(), {}, (arrival,)))
    assert found.reason == "NATGW_PORTS_EXHAUSTED"


def test_an_instance_is_reached_by_the_primary_address_of_its_primary_interface() -> None:
    """R-200: further interfaces and addresses count only as addresses."""
    two = "  i-two:\n    network_interfaces:\n      eni-1: {subnet: sn-priv-a, private_ip: 10.0.1.20, secondary_private_ips: [10.0.1.21]}\n"
    two += "      eni-2: {subnet: sn-priv-a, private_ip: 10.0.1.22}\n"
    text = NLB.replace("instances:\n", f"instances:\n{two}").replace('80:   {targets: ["i-a:8080"]}', '80:   {targets: ["i-two:8080"]}')
    assert trace(text, "web").legs[0].last.packet.socket("dst") == "10.0.1.20:8080"


def test_a_health_check_meets_only_outbound_rules() -> None:
    """R-192: and its answer is awaited."""
    found = trace(NLB, "health", "nlb.security_groups=sg-nlb")
    assert (found.outcome, nodes(found), nodes(found, 1)) == ("ok", ["nlb", "vpc-main", "i-a"], ["i-a", "vpc-main", "nlb"])
    assert trace(NLB, "health", "nlb.security_groups=sg-nlb", "sg-nlb.egress=tcp 9 0.0.0.0/0").outcome == "forward:SG_EGRESS_DENY"


def test_what_needs_the_internet_route_is_its_own_subnet() -> None:
    """R-333."""
    assert trace(NLB, "web", "rtb-pub[0.0.0.0/0]=none").outcome == "return:NO_ROUTE"


def test_a_failed_zone_takes_its_node_and_its_targets_along() -> None:
    """R-195."""
    assert trace(NLB, "web", "vpc-main.zones_down+=a").outcome == "forward:COMPONENT_BAD_STATE"
    assert trace(NLB, "web-c", "vpc-main.zones_down+=a").outcome == "ok"


def test_the_name_leads_to_no_node_of_a_failed_zone() -> None:
    """R-195: even where cross-zone balancing gives that node targets elsewhere."""
    text = NLB.replace("cidr: 10.0.0.0/16}", "cidr: 10.0.0.0/16, zones_down: [a]}").replace("type: network\n", "type: network\n    cross_zone: on\n", 1)
    text = text.partition("flows:")[0] + 'flows: {web: {from: client, to: "nlb:84"}}\n'
    found = trace(text, "web")
    assert (found.legs[0].hops[0].packet.socket("dst"), found.outcome) == ("203.0.113.51:84", "ok")


DUAL = """
vpcs: {vpc-main: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:1::/56"}}
subnets:
  sn-pub: {cidr: 10.0.0.0/24, ipv6_cidr: "2001:db8:1::/64", route_table: rtb}
route_tables: {rtb: {0.0.0.0/0: igw, "::/0": igw}}
internet_gateways: {igw: {}}
instances: {i-web: {subnet: sn-pub, private_ip: 10.0.0.10, listens: [80]}}
load_balancers:
  nlb:
    type: network
    subnets: {sn-pub: {private_ip: 10.0.0.50, public_ip: 203.0.113.50, ipv6: "2001:db8:1::50"}}
    listeners: {80: [i-web]}
hosts: {client: {ipv6: "2001:db8:ffff::10"}}
flows: {web: {from: client, to: "nlb:80", ipv6: on}}
"""


def test_between_families_the_source_is_always_the_load_balancer() -> None:
    """R-187: an IPv6 client of an IPv4 target; the answer becomes IPv6 again."""
    found = trace(DUAL, "web")
    assert (found.outcome, seen(found)) == ("ok", "10.0.0.50:62001")
    assert seen(found, 1) == "[2001:db8:1::50]:80"


PEERED = """
vpcs: {vpc-a: {cidr: 10.1.0.0/16}, vpc-b: {cidr: 10.2.0.0/16}}
subnets:
  sn-a: {vpc: vpc-a, cidr: 10.1.0.0/24, route_table: rtb-a}
  sn-b: {vpc: vpc-b, cidr: 10.2.0.0/24, route_table: rtb-b}
route_tables:
  rtb-a: {vpc: vpc-a, routes: {10.2.0.0/16: pcx}}
  rtb-b: {vpc: vpc-b, routes: {10.1.0.0/16: pcx}}
vpc_peering_connections: {pcx: {vpcs: [vpc-a, vpc-b]}}
instances:
  i-a: {subnet: sn-a, private_ip: 10.1.0.10}
  i-b: {subnet: sn-b, private_ip: 10.2.0.10, listens: [80]}
load_balancers:
  nlb: {type: network, subnets: {sn-a: {private_ip: 10.1.0.50}}, listeners: {80: ["10.2.0.10:80"]}, preserve_client_ip: on}
flows: {web: {from: i-a, to: "nlb:80"}}
"""


def test_preservation_works_towards_a_peered_vpc() -> None:
    """R-188: same Region, directly."""
    found = trace(PEERED, "web")
    assert (found.outcome, seen(found)) == ("ok", "10.1.0.10:50000")


@pytest.mark.parametrize(
    ("wish", "lines"),
    [
        (
            "nlb.preserve_client_ip=off",
            "aws elbv2 modify-target-group-attributes --target-group-arn ARN-OF-nlb-80 --attributes Key=preserve_client_ip.enabled,Value=false",
        ),
        (
            "nlb.cross_zone=on",
            "aws elbv2 modify-load-balancer-attributes --load-balancer-arn ARN-OF-nlb --attributes Key=load_balancing.cross_zone.enabled,Value=true",
        ),
        ("nlb.security_groups=sg-nlb", "aws elbv2 create-load-balancer --type network --name nlb-2 --subnets SUBNETS-OF-nlb --security-groups sg-nlb"),
    ],
)
def test_command_lines(wish: str, lines: str) -> None:
    """R-192: a group cannot be added to one that was created without, so that one is made anew."""
    written = change.parse(wish)
    assert isinstance(written, change.Change)
    assert change.commands(written, scenario(NLB).network)[0] == lines


def test_a_group_is_set_where_there_was_one() -> None:
    """R-192."""
    text = NLB.replace("    listeners:\n      80:   ", "    security_groups: [sg-web]\n    listeners:\n      80:   ")
    written = change.parse("nlb.security_groups+=sg-nlb")
    assert isinstance(written, change.Change)
    assert change.commands(written, scenario(text).network) == ("aws elbv2 set-security-groups --load-balancer-arn ARN-OF-nlb --security-groups sg-web sg-nlb",)


def test_load_balancers_and_their_interfaces_are_no_route_targets() -> None:
    """R-083, R-042: neither the interface nor the load balancer itself."""
    assert refusal(NLB, "rtb-priv[0.0.0.0/0]=eni-nlb-a").reason == "LB_ENI_NOT_ROUTABLE_TARGET"
    assert refusal(NLB, "rtb-priv[0.0.0.0/0]=nlb").reason == "LB_ENI_NOT_ROUTABLE_TARGET"


def test_what_a_file_gets_wrong() -> None:
    """R-200, R-195: another VPC's instance, a foreign protocol, two nodes in one zone, an unknown target, a bad port."""
    assert problems(NLB.replace('["i-a:8080"], protocol: tls', '["i-a:8080"], protocol: http')) == ["E125"]
    assert problems(NLB.replace("sn-pub-c:  {cidr: 10.0.10.0/24, az: c,", "sn-pub-c:  {cidr: 10.0.10.0/24, az: a,")) == ["E217"]
    assert problems(NLB.replace('80:   {targets: ["i-a:8080"]}', '80:   {targets: ["i-x:8080"]}')) == ["E202"]
    for port, codes in (("x", ["E106"]), ("0", ["E106"]), ("65536", ["E106"]), ("65535", []), ("1", [])):
        assert problems(NLB.replace('80:   {targets: ["i-a:8080"]}', f'80:   {{targets: ["i-a:{port}"]}}')) == codes
    other = PEERED.replace('["10.2.0.10:80"]', '["i-b:80"]')
    assert "E222" in problems(other)


SIX = (
    NLB.replace("cidr: 10.0.0.0/16}", 'cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:10::/56"}')
    .replace("cidr: 10.0.1.0/24,", 'cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:10:1::/64",')
    .replace("private_ip: 10.0.1.10,", 'private_ip: 10.0.1.10, ipv6: "2001:db8:10:1::10",')
    .replace('81:   {targets: ["10.0.1.10:8080"]}', '81:   {targets: ["[2001:db8:10:1::10]:8080"]}')
)


def test_a_node_without_an_address_of_the_targets_family_cannot_speak_for_the_client() -> None:
    """R-187: the source must become the node's, and it has none of IPv6; nothing is guessed."""
    found = trace(SIX, "ip")
    assert found.outcome == "forward:PROTOCOL_NOT_SUPPORTED"
    said = step(found, "nlb-family")
    assert said is not None
    assert not said.passed


def test_a_problem_of_a_node_stands_where_its_address_does() -> None:
    text = "vpctui: 1\n" + NLB.replace("private_ip: 10.0.10.50,", "private_ip: 10.0.77.50,")
    found = read_scenario(text.encode(), "test.yaml")[1]
    wrong = next(problem for problem in found if problem.severity == "error")
    line = text.splitlines()[wrong.mark.line - 1]
    assert "10.0.77.50" in line
    assert line[wrong.mark.column - 1 :].startswith("10.0.77.50"), (wrong.mark, line)


def test_a_node_sends_of_itself_only_from_its_own_address() -> None:
    """R-192."""
    found = trace(NLB.replace('health:  {from: eni-nlb-a, to: "10.0.1.10:8080"}', 'health:  {from: nlb, to: "10.0.1.10:8080", source_ip: 10.0.0.99}'), "health")
    assert found.outcome == "forward:SPOOFED_SOURCE"
