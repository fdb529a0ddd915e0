"""Egress-only internet gateways: out with memory, in by memory."""

from pathlib import Path

from msgspec.structs import replace

from tests.aws.lab import Lab, failures, rules
from tests.aws.tracing import hop, nodes, problems, walk
from vpctui.address import parse_address
from vpctui.aws.egress_only_internet_gateway import EgressOnlyInternetGateway
from vpctui.engine.connections import Connections
from vpctui.engine.registry import Assumptions
from vpctui.packet import Packet
from vpctui.trace import Arrival

TEXT = """
vpcs: {vpc-main: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:10::/56"}}
subnets:
  sn-priv: {cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:10:1::/64", az: a, route_table: rtb-priv}
  sn-fw:   {cidr: 10.0.2.0/24, ipv6_cidr: "2001:db8:10:2::/64", az: a, route_table: rtb-fw}
route_tables:
  rtb-edge: {"2001:db8:10:1::/64": eni-fw}
  rtb-priv: {"::/0": eigw}
  rtb-fw:   {"::/0": eigw, 0.0.0.0/0: igw}
internet_gateways: {igw: {}}
egress_only_internet_gateways: {eigw: {}}
instances:
  i-priv: {subnet: sn-priv, private_ip: 10.0.1.10, ipv6: "2001:db8:10:1::10"}
  i-fw:   {subnet: sn-fw, private_ip: 10.0.2.10, ipv6: "2001:db8:10:2::10", public_ip: 203.0.113.9, source_dest_check: off, ip_forward: on}
vpc_endpoints:
  vpce-fw: {type: gateway_load_balancer, subnet: sn-fw, private_ip: 10.0.2.20, service: nfw}
endpoint_services: {nfw: {type: network_firewall}}
hosts:
  update6: {ipv6: "2001:db8:ffff::80"}
  scan6:   {ipv6: "2001:db8:eeee::66"}
flows:
  out:  {from: i-priv, to: "[2001:db8:ffff::80]:443"}
  away: {from: i-priv, to: "[2001:db8:dddd::1]:443", ipv6: on}
  udp:  {from: i-priv, to: "[2001:db8:ffff::80]:53", protocol: udp}
  ping: {from: i-priv, to: "2001:db8:ffff::80", protocol: icmp}
  in:   {from: scan6, to: "[2001:db8:10:1::10]:22", ipv6: on}
  forged: {from: scan6, to: "[2001:db8:10:1::10]:22", ipv6: on, source_ip: "2001:db8:10:1::99", reply: off}
  udp-in: {from: scan6, to: "[2001:db8:10:1::10]:53", protocol: udp, ipv6: on}
  stolen: {from: update6, to: "[2001:db8:10:1::10]:50001", source_port: 443, ipv6: on, after: [out]}
  spoof: {from: i-fw, to: "[2001:db8:ffff::80]:443", source_ip: "2001:db8:bad::1"}
  late: {from: update6, to: "[2001:db8:10:1::10]:50000", source_port: 53, protocol: udp, ipv6: on, size: 1501, after: [udp]}
  fits: {from: update6, to: "[2001:db8:10:1::10]:50000", source_port: 53, protocol: udp, ipv6: on, size: 1500, after: [udp]}
  big:  {from: i-priv, to: "[2001:db8:ffff::80]:443", size: 1501}
"""
LAB = Lab(TEXT)


def test_an_address_that_the_file_does_not_know_is_the_internets() -> None:
    assert LAB.outcome("away") == "ok"


def test_the_curriculum_agrees(shared: Path) -> None:
    """R-101, R-307: every expectation, change and step of the lesson."""
    assert failures(shared / "curriculum" / "scenarios" / "egress-only-ipv6.yaml") == []


def test_out_and_its_answer() -> None:
    """R-101, R-307: the connection is remembered, no address changes, and the answer comes back by the same gateway."""
    for flow in ("out", "udp", "ping"):
        conversation = LAB.ask(flow)
        assert conversation.outcome == "ok"
        assert nodes(conversation) == ["i-priv", "vpc-main", "eigw", "update6"]
        assert nodes(conversation, 1) == ["update6", "eigw", "i-priv"]
        assert conversation.legs[0].last.packet.src == conversation.legs[0].hops[0].packet.src


def test_nothing_begins_outside() -> None:
    """R-101: unknown packets from outside end at the gateway, also from somebody who was talked to before, to another port."""
    assert LAB.outcome("in") == "forward:EIGW_NO_STATE"
    assert LAB.outcome("udp-in") == "forward:EIGW_NO_STATE"
    assert LAB.outcome("stolen") == "forward:EIGW_NO_STATE"
    assert LAB.ask("in").legs[0].last.node == "eigw"


def test_a_forged_source_of_the_vpc_comes_in_by_the_internet_gateway() -> None:
    """R-307: the subnet answers its own VPC by the local route, so the egress-only gateway stands in nobody's way."""
    assert nodes(LAB.ask("forged")) == ["scan6", "igw", "i-priv"]


def test_an_error_about_a_known_connection_comes_in() -> None:
    """R-101, R-297: ICMPv6 "packet too big" about a packet that left; about another one it stays out."""
    network = LAB.scenario.network
    sent = LAB.ask("out").legs[0].last.packet
    hops, memory = walk(network, Arrival(node="i-priv"), replace(sent, ttl=64), Connections(), Assumptions())
    assert hops[-1].node == "update6"
    error = Packet(src=sent.dst, dst=sent.src, protocol="icmpv6", icmp_type=2, icmp_mtu=1400, about=sent)
    came, _ = walk(network, Arrival(node="eigw", by="internet"), error, memory, Assumptions())
    assert came[-1].node == "i-priv"
    unknown = replace(error, about=replace(sent, src_port=50999))
    came, _ = walk(network, Arrival(node="eigw", by="internet"), unknown, memory, Assumptions())
    assert (came[-1].node, came[-1].reason) == ("eigw", "EIGW_NO_STATE")


def test_only_ipv6() -> None:
    """R-101: a route for IPv4 is refused, in a change and in a file; a packet that came so would end there."""
    refusal = LAB.refusal("rtb-fw[0.0.0.0/0]=eigw")
    assert (refusal.error, refusal.rule) == ("InvalidParameterValue", "R-101")
    assert problems(TEXT.replace("0.0.0.0/0: igw", "0.0.0.0/0: eigw")) == ["E216"]
    packet = replace(LAB.ask("out").legs[0].hops[0].packet, src=parse_address("10.0.1.10"), dst=parse_address("192.0.2.80"))
    hops, _ = walk(LAB.scenario.network, Arrival(node="eigw", by="vpc-main"), packet, Connections(), Assumptions())
    assert hops[-1].reason == "PROTOCOL_NOT_SUPPORTED"


def test_not_edge_associable() -> None:
    """R-101, R-051: only internet and virtual private gateways take an edge table."""
    assert LAB.refusal("eigw.route_table=rtb-edge").reason == "ASSOC_REFUSED_GATEWAY_KIND"


def test_only_sources_of_the_vpc_leave() -> None:
    """R-089, R-100: a foreign source is rejected."""
    assert LAB.outcome("spoof") == "forward:SPOOFED_SOURCE"


def test_behind_a_gateway_load_balancer_endpoint() -> None:
    """R-102: AWS drops IPv6 that passed a Gateway Load Balancer and then meets an egress-only gateway; an internet gateway carries it."""
    dropped = LAB.ask("out", "rtb-priv[::/0]=vpce-fw")
    assert (dropped.outcome, dropped.legs[0].last.node) == ("forward:NO_PATH", "eigw")
    assert "eigw-behind-gwlb" in rules(dropped.legs[0].last)
    carried = LAB.ask("out", "rtb-priv[::/0]=vpce-fw", "rtb-fw[::/0]=igw")
    assert "eigw" not in nodes(carried)
    assert carried.legs[0].arrives


def test_in_by_the_internet_gateway_out_by_the_egress_only_one() -> None:
    """R-312, C-16: it passes, with a warning; the egress-only gateway knows nothing of the connection."""
    conversation = LAB.ask("in", "igw.route_table=rtb-edge", "rtb-priv[::/0]=eni-fw")
    assert conversation.outcome == "asymmetric"
    assert [warning.code for warning in conversation.warnings] == ["WARN_ASYMMETRIC"]
    assert conversation.warnings[0].at == "eigw"
    assert "igw" in nodes(conversation)
    assert "eigw" in nodes(conversation, 1)
    assert LAB.ask("udp-in", "igw.route_table=rtb-edge", "rtb-priv[::/0]=eni-fw").warnings[0].at == "eigw"


def test_out_by_an_appliance_and_the_egress_only_gateway() -> None:
    """R-101: the gateway that knows the connection takes the answer, whatever the table of the client says; no edge table brings it back."""
    conversation = LAB.ask("out", "rtb-priv[::/0]=eni-fw")
    assert conversation.outcome == "asymmetric"
    assert nodes(conversation, 1) == ["update6", "eigw", "i-priv"]


def test_size_of_the_internet() -> None:
    """R-294, R-295: 1500 bytes, never fragmented, and the sender hears of it."""
    conversation = LAB.ask("big")
    assert conversation.outcome == "forward:MTU_EXCEEDED_DF"
    assert conversation.icmp is not None
    assert (conversation.icmp.sender, conversation.icmp.mtu, conversation.icmp.arrives) == ("eigw", 1500, True)
    assert LAB.outcome("big", "flows.big.size=1500") == "ok"


def test_size_of_what_comes_in() -> None:
    """R-294: 1500 bytes in this direction too; the sender is told.  To what it does not let in the gateway says nothing."""
    assert LAB.outcome("fits") == "ok"
    found = LAB.ask("late")
    assert (found.outcome, found.legs[0].last.node) == ("forward:MTU_EXCEEDED_DF", "eigw")
    assert found.icmp is not None
    assert found.icmp.leg.last.node == "update6"
    assert found.icmp.leg.last.packet.icmp_mtu == 1500


def test_gateway_of_another_vpc() -> None:
    """R-043: refused as a change and in a file; a packet that a table sends there all the same is dropped."""
    text = TEXT.replace("vpc-main: {cidr: 10.0.0.0/16, ", "vpc-b: {cidr: 10.9.0.0/16}, vpc-main: {cidr: 10.0.0.0/16, ")
    text = text.replace("{cidr: 10.0.1", "{vpc: vpc-main, cidr: 10.0.1").replace("{cidr: 10.0.2", "{vpc: vpc-main, cidr: 10.0.2")
    text = text.replace('rtb-edge: {"2001:db8:10:1::/64": eni-fw}', "rtb-b: {vpc: vpc-b, routes: {}}").replace("{igw: {}}", "{igw: {vpc: vpc-main}}")
    lab = Lab(text.replace("eigw: {}", "eigw: {vpc: vpc-main}, eigw-b: {vpc: vpc-b}"))
    assert lab.outcome("out") == "ok"
    assert lab.refusal("rtb-priv[::/0]=eigw-b").reason == "ROUTE_REFUSED_OTHER_VPC"
    network = LAB.scenario.network
    moved = network.put(replace(network.the(EgressOnlyInternetGateway, "eigw"), vpc="vpc-b"))
    hops, _ = walk(moved, Arrival(node="i-priv"), LAB.ask("out").legs[0].hops[0].packet, Connections(), Assumptions())
    assert hops[-1].reason == "ROUTE_TARGET_WRONG_VPC"
    gone = network.put(replace(network.the(EgressOnlyInternetGateway, "eigw"), vpc=""))
    hops, _ = walk(gone, Arrival(node="i-priv"), LAB.ask("out").legs[0].hops[0].packet, Connections(), Assumptions())
    assert hops[-1].reason == "ROUTE_BLACKHOLE"


def test_command_of_a_route() -> None:
    """CreateRoute has its own option for this kind of target."""
    assert LAB.commands("rtb-priv[2001:db8:ffff::/48]=eigw") == (
        "aws ec2 create-route --route-table-id rtb-priv --destination-ipv6-cidr-block 2001:db8:ffff::/48 --egress-only-internet-gateway-id eigw",
    )
    assert hop(LAB.ask("out"), "vpc-main").route == "::/0"
