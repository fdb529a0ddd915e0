"""Gateway Load Balancer and Network Firewall behind endpoints."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.aws.lab import Lab, at, failures, rules
from tests.aws.tracing import hop, nodes, problems, visit
from vpctui.address import parse_address
from vpctui.aws import geneve
from vpctui.aws.vpc_endpoint import VpcEndpoint
from vpctui.engine.connections import Connections
from vpctui.engine.registry import Assumptions, Situation
from vpctui.packet import Packet
from vpctui.trace import Arrival

TEXT = """
vpcs: {vpc-main: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:10::/56"}, vpc-sec: {cidr: 10.200.0.0/16}}
subnets:
  sn-gwe: {vpc: vpc-main, cidr: 10.0.4.0/24, ipv6_cidr: "2001:db8:10:4::/64", az: a, route_table: rtb-gwe}
  sn-gwc: {vpc: vpc-main, cidr: 10.0.5.0/24, az: c, route_table: rtb-gwe}
  sn-app: {vpc: vpc-main, cidr: 10.0.2.0/24, ipv6_cidr: "2001:db8:10:2::/64", az: a, route_table: rtb-app}
  sn-sec: {vpc: vpc-sec, cidr: 10.200.1.0/24, az: a, route_table: rtb-sec, network_acl: acl-sec}
  sn-sec-c: {vpc: vpc-sec, cidr: 10.200.2.0/24, az: c, route_table: rtb-sec}
  sn-node: {vpc: vpc-sec, cidr: 10.200.9.0/24, az: a, route_table: rtb-sec}
  sn-node-c: {vpc: vpc-sec, cidr: 10.200.8.0/24, az: c, route_table: rtb-sec}
network_acls:
  acl-sec: {vpc: vpc-sec, ingress: {100: "allow all 0.0.0.0/0"}, egress: {100: "allow all 0.0.0.0/0"}}
route_tables:
  rtb-edge: {10.0.2.0/24: vpce-a, "2001:db8:10:2::/64": vpce-a}
  rtb-gwe:  {0.0.0.0/0: igw, "::/0": igw}
  rtb-app:  {0.0.0.0/0: vpce-a, "::/0": vpce-a}
  rtb-sec:  {vpc: vpc-sec, routes: {}}
internet_gateways:
  igw: {vpc: vpc-main, route_table: rtb-edge}
instances:
  i-app:   {subnet: sn-app, private_ip: 10.0.2.10, public_ip: 203.0.113.20, ipv6: "2001:db8:10:2::10"}
  i-sec-1: {subnet: sn-sec, private_ip: 10.200.1.11, inspect: strict, security_groups: [sg-sec]}
  i-sec-2: {subnet: sn-sec, private_ip: 10.200.1.12, inspect: strict}
  i-sec-c: {subnet: sn-sec-c, private_ip: 10.200.2.13}
security_groups:
  sg-sec: {vpc: vpc-sec, ingress: ["udp 6081 10.200.0.0/16"], egress: []}
vpc_endpoints:
  vpce-a: {type: gateway_load_balancer, subnet: sn-gwe, private_ip: 10.0.4.20, service: gwlb}
  vpce-c: {type: gateway_load_balancer, subnet: sn-gwc, private_ip: 10.0.5.20, service: gwlb}
endpoint_services:
  gwlb: {type: gateway_load_balancer, targets: [i-sec-1, i-sec-2, i-sec-c]}
hosts:
  client: {ip: 198.51.100.10, ipv6: "2001:db8:ffff::10"}
flows:
  web:  {from: client, to: "203.0.113.20:80"}
  web6: {from: client, to: "[2001:db8:10:2::10]:80", ipv6: on}
  out:  {from: i-app, to: "client:443"}
  dns:  {from: client, to: "203.0.113.20:53", protocol: udp}
  old:  {from: client, to: "203.0.113.20:80", source_port: 51000, midstream: on}
  big:  {from: client, to: "203.0.113.20:80", size: 1500}
  jumbo: {from: i-app, to: "client:443", size: 8501}
  node: {from: i-app, to: "10.0.4.20:80"}
  start: {from: vpce-a, to: "i-app:80"}
"""
LAB = Lab(TEXT)


@pytest.mark.parametrize("scenario", ["gwlb-edge", "network-firewall", "elb-in-front"])
def test_the_curriculum_agrees(shared: Path, scenario: str) -> None:
    """Stickiness, fail-over, loops and firewall state as the reference model has them."""
    assert failures(shared / "curriculum" / "scenarios" / f"{scenario}.yaml") == []


def test_the_appliance_sees_a_packet_in_a_packet() -> None:
    """R-210, R-211: IPv4 UDP 6081 outside, inside nothing changes, TTL included; the check sees the outer header only (R-139)."""
    conversation = LAB.ask("web")
    assert conversation.outcome == "ok"
    outer = at(hop(conversation, "gwlb"), "geneve-wrap").packet
    assert (outer.protocol, outer.dst_port, str(outer.dst), outer.tunnel, outer.virtual_network) == ("udp", 6081, "10.200.1.11", "geneve", 0)
    assert outer.inside == hop(conversation, "gwlb").arrived
    assert outer.inside is not None
    assert outer.size == outer.inside.size + 68
    inspected = hop(conversation, "i-sec-1")
    assert inspected.arrived == inspected.left == outer.inside
    assert at(inspected, "source-dest-check-in").packet == outer
    back = at(inspected, "geneve-return").packet
    assert (back.src, back.dst, back.dst_port, back.inside) == (outer.dst, outer.src, 6081, outer.inside)


def test_the_source_port_of_the_outer_packet_is_a_dynamic_one_and_the_same_in_both_directions() -> None:
    """R-210: it spreads flows over the paths between balancer and appliance."""
    there = Packet(src=parse_address("198.51.100.10"), dst=parse_address("10.0.1.10"), protocol="tcp", src_port=50000, dst_port=80)
    back = replace(there, src=there.dst, dst=there.src, src_port=80, dst_port=50000)
    balancer, appliance = parse_address("10.200.1.254"), parse_address("10.200.1.11")
    assert [geneve.wrap(packet, balancer, appliance).src_port for packet in (there, back)] == [49286, 49286]
    found = {geneve.wrap(replace(there, src_port=port), balancer, appliance).src_port for port in range(40000, 60000)}
    assert (min(found), max(found)) == (49152, 65535)


def test_ipv6_is_carried_in_ipv4() -> None:
    """R-210: the outer header is IPv4 even for IPv6."""
    conversation = LAB.ask("web6")
    assert conversation.outcome == "ok"
    outer = at(hop(conversation, "gwlb"), "geneve-wrap").packet
    assert outer.family == 4
    assert outer.inside is not None
    assert outer.inside.family == 6


def test_an_assumed_balancer_address_is_said_to_be_assumed() -> None:
    """R-210: without `subnets` the balancer is taken to stand beside its target; the step says so."""
    wrapped = at(hop(LAB.ask("web"), "gwlb"), "geneve-wrap")
    assert (str(wrapped.packet.src), wrapped.warning) == ("10.200.1.254", "NOTE_ASSUMED_VALUE")


PLACED = TEXT.replace("[i-sec-1, i-sec-2, i-sec-c]}", "[i-sec-1, i-sec-2, i-sec-c], subnets: {sn-node: {private_ip: 10.200.9.5}}}")


def test_the_balancer_sends_from_its_own_interface() -> None:
    """R-216: from the subnet of the endpoint's zone, so the appliance's network ACL is asked."""
    lab = Lab(PLACED)
    conversation = lab.ask("web")
    wrapped = at(hop(conversation, "gwlb"), "geneve-wrap")
    assert (str(wrapped.packet.src), wrapped.warning) == ("10.200.9.5", "")
    assert "network-acl-ingress" in rules(hop(conversation, "i-sec-1"))
    assert lab.outcome("web", "acl-sec.ingress[100]=deny udp 6081 0.0.0.0/0") == "forward:NACL_INGRESS_DENY"


def test_a_service_that_is_not_in_the_zone() -> None:
    """R-291: the endpoint in zone c finds no balancer there."""
    lab = Lab(PLACED)
    assert lab.outcome("web", "rtb-edge[10.0.2.0/24]=vpce-c") == "forward:VPCE_AZ_RESTRICTION"
    assert lab.outcome("web") == "ok"


def test_security_group_of_the_appliance_must_admit_geneve() -> None:
    """R-210: without UDP 6081 the encapsulated packet does not get in, and the inner one is reported."""
    conversation = LAB.ask("web", "sg-sec.ingress-=udp 6081 10.200.0.0/16")
    assert conversation.outcome == "forward:GWLB_ENCAP_MISMATCH"
    assert conversation.legs[0].last.packet.inside is None
    mends = conversation.legs[0].last.action.mends  # type: ignore[union-attr]
    assert mends == ("sg-sec.ingress+=udp 6081 10.200.1.254/32",)
    assert LAB.outcome("web", "sg-sec.ingress-=udp 6081 10.200.0.0/16", mends[0]) == "ok"


def test_both_directions_meet_the_same_target() -> None:
    """R-212: the flow is pinned; the step names the place among equals and all of them."""
    conversation = LAB.ask("web")
    assert "i-sec-1" in nodes(conversation)
    assert "i-sec-1" in nodes(conversation, 1)
    chosen = at(hop(conversation, "gwlb"), "gwlb-target")
    assert (chosen.choices, chosen.facts["number"], chosen.facts["count"]) == (("i-sec-1", "i-sec-2"), 1, 2)
    assert "gwlb-sticky" in rules(hop(conversation, "gwlb", 1))


def test_a_person_chooses_another_target() -> None:
    """C-21: AWS's hash is private, so the choice is a person's."""
    conversation = LAB.ask("web", choices={"gwlb": "i-sec-2"})
    assert conversation.outcome == "ok"
    assert all("i-sec-2" in nodes(conversation, leg) for leg in (0, 1, 2))
    assert at(hop(conversation, "gwlb"), "gwlb-target").choices == ("i-sec-2", "i-sec-1")
    assert "i-sec-1" in nodes(LAB.ask("web", choices={"gwlb": "i-sec-c"}))


@pytest.mark.parametrize(("kind", "same"), [("5-tuple", False), ("3-tuple", False), ("2-tuple", True)])
def test_stickiness_says_what_a_flow_is(kind: str, same: bool) -> None:
    """R-212: by 2-tuple another protocol between the same addresses belongs to the same flow."""
    tcp = LAB.ask("web").legs[0].last.packet
    udp = LAB.ask("dns").legs[0].last.packet
    assert (geneve.flow_key(tcp, kind) == geneve.flow_key(udp, kind)) is same
    assert LAB.outcome("web", f"gwlb.stickiness={kind}") == "ok"


def test_three_tuple_forgets_ports() -> None:
    """R-212: another port between the same addresses, the same protocol."""
    one = LAB.ask("web").legs[0].last.packet
    other = LAB.ask("big", "flows.big.source_port=50999").legs[0].last.packet
    assert geneve.flow_key(one, "3-tuple") == geneve.flow_key(other, "3-tuple")
    assert geneve.flow_key(one) != geneve.flow_key(other)


def test_the_next_target_takes_new_flows() -> None:
    """R-214, R-345: new flows use what is healthy."""
    assert "i-sec-2" in nodes(LAB.ask("web", "i-sec-1.state=stopped"))
    assert "i-sec-2" in nodes(LAB.ask("web", "gwlb.targets-=i-sec-1"))


def test_an_old_flow_of_a_dead_target() -> None:
    """R-214: rebalanced it meets an appliance that does not know it; not rebalanced it is lost at the balancer."""
    assert LAB.outcome("old") == "ok"
    rebalanced = LAB.ask("old", "i-sec-1.state=stopped")
    assert rebalanced.outcome == "forward:APPLIANCE_STATE_MISS"
    assert rebalanced.legs[0].last.node == "i-sec-2"
    assert "gwlb-rehash" in rules(hop(rebalanced, "gwlb"))
    assert LAB.outcome("old", "i-sec-1.state=stopped", "i-sec-2.inspect=none") == "ok"
    lost = LAB.ask("old", "gwlb.failover=no_rebalance", "i-sec-1.state=stopped")
    assert (lost.outcome, lost.legs[0].last.node) == ("forward:COMPONENT_BAD_STATE", "gwlb")
    assert LAB.outcome("web", "gwlb.failover=no_rebalance", "i-sec-1.state=stopped") == "ok"


def test_a_flow_stays_where_it_began() -> None:
    """R-212: a target that comes back takes new flows only."""
    lab = Lab(TEXT.replace("10.200.1.11, inspect: strict,", "10.200.1.11, inspect: strict, state: stopped,"))
    assert "i-sec-2" in nodes(lab.ask("old", "i-sec-1.state=running"))
    assert "i-sec-1" in nodes(lab.ask("web", "i-sec-1.state=running"))


def test_no_target_at_all() -> None:
    """R-214: the endpoint becomes a black hole, though its routes stay active."""
    down = LAB.ask("web", "i-sec-1.state=stopped", "i-sec-2.state=stopped", "gwlb.targets-=i-sec-c")
    assert down.outcome == "forward:LB_NO_TARGET"
    assert down.legs[0].last.action.mends == ("i-sec-1.state=running",)  # type: ignore[union-attr]
    assert LAB.outcome("web", "gwlb.targets=none") == "forward:LB_NO_TARGET"


def test_other_zones_only_with_cross_zone() -> None:
    """R-216: each node uses the targets of its zone unless cross-zone load balancing is on."""
    down = ("i-sec-1.state=stopped", "i-sec-2.state=stopped")
    assert LAB.outcome("web", *down) == "forward:LB_CROSS_ZONE_OFF"
    assert LAB.outcome("web", *down, "gwlb.cross_zone=on") == "ok"
    assert at(hop(LAB.ask("web", "gwlb.cross_zone=on"), "gwlb"), "gwlb-target").facts["count"] == 3


def test_zones_do_not_share_flows_without_cross_zone() -> None:
    """R-217: the node of the other zone has seen nothing of the flow but its answer, even where the appliance would not mind."""
    crossed = LAB.ask("web", "rtb-app[0.0.0.0/0]=vpce-c")
    assert crossed.outcome == "return:APPLIANCE_STATE_MISS"
    assert "gwlb-flow" in rules(hop(crossed, "i-sec-c", 1))
    assert LAB.outcome("web", "rtb-app[0.0.0.0/0]=vpce-c", "gwlb.cross_zone=on") == "asymmetric"


def test_answers_alone_are_not_carried() -> None:
    """R-217, R-213: only the reply passes the balancer; a datagram cannot be told from a first one."""
    alone = ("igw.route_table=none", "i-sec-1.inspect=none")
    assert LAB.outcome("web", *alone) == "return:APPLIANCE_STATE_MISS"
    assert LAB.outcome("dns", *alone) in ("ok", "asymmetric")


def test_requests_alone_are_carried() -> None:
    """R-217: the balancer tolerates not seeing the reply."""
    assert LAB.outcome("web", "rtb-app[0.0.0.0/0]=igw", "i-sec-1.inspect=none") == "asymmetric"


def test_the_policy_of_the_appliance() -> None:
    """R-217: what the appliance denies ends there, under its own reason."""
    assert LAB.outcome("web", "i-sec-1.deny+=tcp 80 0.0.0.0/0") == "forward:APPLIANCE_POLICY_DROP"


def test_larger_packets_vanish() -> None:
    """R-218: 8500 bytes inside, and nobody reports it."""
    assert LAB.outcome("jumbo", "flows.jumbo.size=8500") == "forward:MTU_EXCEEDED_DF"  # the internet gateway's 1500
    conversation = LAB.ask("jumbo")
    assert (conversation.outcome, conversation.legs[0].last.node, conversation.icmp) == ("forward:MTU_EXCEEDED_DF", "vpce-a", None)
    assert LAB.ask("jumbo", "flows.jumbo.dont_fragment=off").legs[0].last.node == "vpce-a"


def test_an_answer_about_a_flow_belongs_to_it() -> None:
    """R-212: an ICMP error goes to the target of the flow that it is about."""
    packet = LAB.ask("web").legs[0].last.packet
    error = Packet(src=packet.dst, dst=packet.src, protocol="icmp", icmp_type=3, icmp_code=4, about=packet)
    assert geneve.flow_key(error) == geneve.flow_key(packet)


def test_a_service_is_reached_by_endpoints_only() -> None:
    """R-223: nobody talks to the balancer's own interface."""
    lab = Lab(PLACED.replace("flows:", "flows:\n  own: {from: i-sec-2, to: '10.200.9.5:80'}"))
    assert lab.outcome("own") == "forward:NO_LISTENER"


def test_two_inspections_are_no_loop() -> None:
    """R-219: the same service may inspect a packet twice, for endpoints of two VPCs."""
    text = TEXT.replace("vpc-sec: {cidr: 10.200.0.0/16}}", "vpc-sec: {cidr: 10.200.0.0/16}, vpc-b: {cidr: 10.3.0.0/16}}")
    text = text.replace("  sn-app:", "  sn-b: {vpc: vpc-main, cidr: 10.0.6.0/24, az: a, route_table: rtb-b}\n  sn-app:")
    text = text.replace("  rtb-edge:", "  rtb-b: {0.0.0.0/0: vpce-a}\n  rtb-edge:")
    text = text.replace("  vpce-c:", "  vpce-b: {type: gateway_load_balancer, subnet: sn-b, private_ip: 10.0.6.20, service: gwlb}\n  vpce-c:")
    conversation = Lab(text).ask("out", "rtb-app[0.0.0.0/0]=vpce-b")
    assert nodes(conversation)[2:10] == ["vpce-b", "gwlb", "i-sec-1", "vpc-main", "vpce-a", "gwlb", "i-sec-1", "vpc-main"]
    assert conversation.legs[0].arrives


def test_the_endpoints_own_subnet_must_not_lead_back() -> None:
    """R-219: a table of the endpoint's subnet that names the endpoint is a loop."""
    conversation = LAB.ask("out", "rtb-gwe[0.0.0.0/0]=vpce-a")
    assert conversation.outcome == "forward:ROUTING_LOOP"
    assert conversation.legs[0].last.node == "vpce-a"


def test_a_down_zone_takes_its_targets_along() -> None:
    """R-049: targets in a failed zone are not healthy, with cross-zone load balancing the others serve."""
    text = TEXT.replace("vpc-sec: {cidr: 10.200.0.0/16}", "vpc-sec: {cidr: 10.200.0.0/16, zones_down: [a]}")
    lab = Lab(text)
    assert lab.outcome("web") == "forward:LB_CROSS_ZONE_OFF"
    assert "i-sec-c" in nodes(lab.ask("web", "gwlb.cross_zone=on"))


def test_what_a_service_takes() -> None:
    """R-210, R-327: settings of the other kind of service are refused, in the file and later."""
    assert LAB.refusal("gwlb.deny+=tcp 23 0.0.0.0/0").rule == "R-327"
    assert problems(TEXT.replace("targets: [i-sec-1, i-sec-2, i-sec-c]", "deny: ['tcp 23 0.0.0.0/0']")) == ["E122"]
    assert problems(TEXT.replace("[i-sec-1, i-sec-2,", "[i-sec-9, i-sec-2,")) == ["E202"]


def test_commands_of_a_service() -> None:
    """The lines that change a Gateway Load Balancer and its target group."""
    assert LAB.commands("gwlb.targets-=i-sec-1") == ("aws elbv2 deregister-targets --target-group-arn TARGET-GROUP-OF-gwlb --targets Id=i-sec-1",)
    assert LAB.commands("gwlb.targets+=i-sec-1") == ("aws elbv2 register-targets --target-group-arn TARGET-GROUP-OF-gwlb --targets Id=i-sec-1",)
    (line,) = LAB.commands("gwlb.failover=no_rebalance")
    assert "Key=target_failover.on_deregistration,Value=no_rebalance Key=target_failover.on_unhealthy,Value=no_rebalance" in line
    assert "load_balancing.cross_zone.enabled,Value=true" in LAB.commands("gwlb.cross_zone=on")[0]
    assert "stickiness.type,Value=source_ip_dest_ip_proto" in LAB.commands("gwlb.stickiness=3-tuple")[0]
    assert LAB.commands("gwlb.stickiness=5-tuple")[0].endswith("Key=stickiness.enabled,Value=false")


FIREWALL = """
vpcs: {vpc-main: {cidr: 10.0.0.0/16}}
subnets:
  sn-a: {cidr: 10.0.1.0/24, az: a, route_table: rtb-nfw}
  sn-c: {cidr: 10.0.11.0/24, az: c, route_table: rtb-nfw}
  sn-app: {cidr: 10.0.2.0/24, az: a, route_table: rtb-app}
route_tables:
  rtb-edge: {10.0.2.0/24: vpce-a}
  rtb-nfw: {0.0.0.0/0: igw}
  rtb-app: {0.0.0.0/0: vpce-a}
internet_gateways: {igw: {route_table: rtb-edge}}
instances:
  i-app: {subnet: sn-app, private_ip: 10.0.2.10, public_ip: 203.0.113.20}
vpc_endpoints:
  vpce-a: {type: gateway_load_balancer, subnet: sn-a, private_ip: 10.0.1.20, service: nfw}
  vpce-c: {type: gateway_load_balancer, subnet: sn-c, private_ip: 10.0.11.20, service: nfw}
endpoint_services: {nfw: {type: network_firewall, deny: ["tcp 23 0.0.0.0/0"]}}
hosts: {client: {ip: 198.51.100.10}}
flows:
  web: {from: client, to: "203.0.113.20:80"}
  telnet: {from: client, to: "203.0.113.20:23", source_port: 50023}
  ping: {from: client, to: "203.0.113.20", protocol: icmp}
"""
NFW = Lab(FIREWALL)


def test_firewall_rules_and_connections() -> None:
    """R-327: a rule drops by its own reason, what passes comes out at the endpoint with its TTL."""
    assert NFW.outcome("web") == "ok"
    assert NFW.outcome("ping") == "ok"
    assert hop(NFW.ask("web"), "nfw").packet.ttl == 64
    dropped = NFW.ask("telnet")
    assert dropped.outcome == "forward:NETFW_RULE_DENY"
    assert dropped.legs[0].last.action.mends == ("nfw.deny-=tcp 23 0.0.0.0/0",)  # type: ignore[union-attr]
    assert NFW.outcome("telnet", "nfw.deny-=tcp 23 0.0.0.0/0") == "ok"
    assert NFW.outcome("web", "nfw.deny+=tcp 80 198.51.100.0/24") == "forward:NETFW_RULE_DENY"


def test_every_firewall_endpoint_has_its_own_memory() -> None:
    """R-327: the answer that comes by the other endpoint is unknown there."""
    assert NFW.outcome("web", "rtb-app[0.0.0.0/0]=vpce-c") == "return:APPLIANCE_STATE_MISS"
    assert NFW.outcome("web", "igw.route_table=none") == "return:APPLIANCE_STATE_MISS"
    assert NFW.outcome("web", "rtb-app[0.0.0.0/0]=igw") == "half-open"


def test_a_firewall_has_no_targets() -> None:
    """R-327: and its rules have a command line of their own service."""
    assert NFW.refusal("nfw.targets+=i-app").error == "InvalidTarget"
    assert NFW.commands("nfw.deny+=tcp 80 0.0.0.0/0")[0].startswith("aws network-firewall update-rule-group")
    assert NFW.refusal("nfw.deny+=tcp 80 sg-app").reason == "QUERY_INVALID"


def test_firewall_between_workloads_and_nat_gateway() -> None:
    """R-328: the firewall sees the real sources where it stands before the NAT gateway."""
    text = FIREWALL.replace("  sn-app:", "  sn-nat: {cidr: 10.0.9.0/24, az: a, route_table: rtb-nat}\n  sn-app:")
    text = text.replace("  rtb-nfw: {0.0.0.0/0: igw}", "  rtb-nfw: {0.0.0.0/0: nat}\n  rtb-nat: {0.0.0.0/0: igw, 10.0.2.0/24: vpce-a}")
    text = text.replace("instances:", "nat_gateways: {nat: {subnet: sn-nat, private_ip: 10.0.9.5, public_ip: 203.0.113.99}}\ninstances:")
    text = text.replace("flows:", 'flows:\n  out: {from: i-app, to: "client:443"}').replace("{igw: {route_table: rtb-edge}}", "{igw: {}}")
    conversation = Lab(text).ask("out")
    assert conversation.outcome == "ok"
    assert nodes(conversation) == ["i-app", "vpc-main", "vpce-a", "nfw", "vpc-main", "nat", "vpc-main", "igw", "client"]
    assert nodes(conversation, 1) == ["client", "igw", "nat", "vpc-main", "vpce-a", "nfw", "vpc-main", "i-app"]
    assert hop(conversation, "nfw").packet.socket("src") == "10.0.2.10:50000"


def test_a_wrong_type_is_told_once() -> None:
    """What it would have been is not known, so nothing is said of settings that go with a type."""
    assert problems(TEXT.replace("gwlb: {type: gateway_load_balancer", "gwlb: {type: gateway_lod_balancer")) == ["E125"]


def test_a_target_that_no_machine_has_is_gone() -> None:
    """R-210: an interface alone takes nothing; the others do."""
    alone = TEXT.replace(
        "endpoint_services:\n  gwlb:", "network_interfaces: {eni-alone: {subnet: sn-sec, private_ip: 10.200.1.40}}\nendpoint_services:\n  gwlb:"
    )
    only = alone.replace("targets: [i-sec-1, i-sec-2, i-sec-c]", "targets: [eni-alone]")
    assert "eni-alone" in only
    assert Lab(only).outcome("web") == "forward:LB_NO_TARGET"


def test_an_endpoint_whose_service_is_not_in_the_file_says_so() -> None:
    """R-223: as where an import found an endpoint of somebody else's service."""
    network = LAB.scenario.network
    alone = network.put(replace(network.the(VpcEndpoint, "vpce-a"), service="svc-elsewhere"))
    packet = LAB.ask("web").legs[0].hops[0].packet
    arrival = Arrival(node="vpce-a", by="vpce-a", zone="a")
    found = visit(packet, Situation(alone, arrival, Connections(), Assumptions(), {}, (arrival,)))
    assert (found.reason, found.target, found.steps[-1].facts) == ("UNSUPPORTED_COMPONENT", "svc-elsewhere", {"node": "svc-elsewhere"})


def test_an_appliance_without_ipv4_is_no_target() -> None:
    """R-210: the outer header is IPv4."""
    text = TEXT.replace("subnets:\n", 'subnets:\n  sn-six: {vpc: vpc-main, ipv6_cidr: "2001:db8:10:6::/64", route_table: rtb-app}\n', 1)
    text = text.replace("instances:\n", 'instances:\n  i-six: {subnet: sn-six, ipv6: "2001:db8:10:6::10"}\n', 1)
    assert Lab(text).refusal("gwlb.targets+=i-six").message == "i-six has no interface with a private IPv4 address"
