"""Conversations: forward, return, the ACK that closes the handshake, and the outcome that comes of it."""

import pytest

from tests.aws.tracing import nodes, scenario, trace
from vpctui.engine.conversation import Question, World, converse, opening
from vpctui.trace import Verdict

NET = """
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets:
  sn-fw:  {cidr: 10.0.1.0/24, route_table: rtb-fw}
  sn-app: {cidr: 10.0.2.0/24, route_table: rtb-app}
internet_gateways: {igw: {route_table: rtb-edge}}
route_tables:
  rtb-edge: {10.0.2.0/24: eni-fw}
  rtb-fw:   {0.0.0.0/0: igw}
  rtb-app:  {0.0.0.0/0: eni-fw}
instances:
  i-fw:  {subnet: sn-fw, private_ip: 10.0.1.10, public_ip: 203.0.113.10, source_dest_check: off, ip_forward: on}
  i-app: {subnet: sn-app, private_ip: 10.0.2.10, public_ip: 203.0.113.20, listens: [80, 53], security_groups: [sg]}
  i-two: {subnet: sn-app, private_ip: 10.0.2.20}
security_groups:
  sg: {ingress: ["all 0.0.0.0/0"]}
hosts:
  client: {ip: 198.51.100.10}
flows:
  web:     {from: client, to: "203.0.113.20:80"}
  closed:  {from: client, to: "203.0.113.20:81"}
  dns:     {from: client, to: "203.0.113.20:53", protocol: udp}
  ping:    {from: client, to: 203.0.113.20, protocol: icmp}
  report:  {from: client, to: 203.0.113.20, protocol: icmp, icmp: 3/1}
  one-way: {from: client, to: "203.0.113.20:80", reply: off}
  later:   {from: client, to: "203.0.113.20:80", midstream: on}
  second:  {from: client, to: "203.0.113.20:80", after: [web, circle]}
  circle:  {from: client, to: "203.0.113.20:80", after: [second], source_port: 50001}
  eni:     {from: eni-two, to: "update.example:443", source_port: 40000}
  six:     {from: i-two, to: "[2001:db8::1]:443"}
"""
NET = NET.replace("update.example:443", "192.0.2.1:443")
DIRECT = "rtb-app[0.0.0.0/0]=igw"


def test_a_tcp_conversation_has_three_legs() -> None:
    found = trace(NET, "web")
    assert found.outcome == "ok"
    assert [(leg.direction, leg.carries) for leg in found.legs] == [("forward", "SYN"), ("return", "SYN/ACK"), ("forward", "ACK")]
    assert nodes(found) == ["client", "igw", "i-fw", "vpc", "i-app"]
    assert nodes(found, 1) == ["i-app", "vpc", "i-fw", "vpc", "igw", "client"]
    assert nodes(found, 2) == nodes(found)
    assert [leg.verdict for leg in found.legs] == [Verdict.DELIVERED] * 3
    assert len(found.hops) == 16


def test_the_answer_starts_with_a_fresh_ttl_and_swapped_ends() -> None:
    answer = trace(NET, "web").legs[1].hops[0].packet
    assert (answer.socket("src"), answer.socket("dst"), answer.ttl, answer.tcp_flags) == ("10.0.2.10:80", "198.51.100.10:50000", 64, "SA")
    assert (answer.sequence, answer.acknowledgement) == (0, 1)


def test_the_third_packet_acknowledges() -> None:
    ack = trace(NET, "web").legs[2].hops[0].packet
    assert (ack.tcp_flags, ack.sequence, ack.acknowledgement, ack.ttl) == ("A", 1, 1, 64)


def test_a_drop_on_the_way_there_ends_it() -> None:
    found = trace(NET, "closed")
    assert found.outcome == "forward:NO_LISTENER"
    assert len(found.legs) == 1


def test_a_drop_on_the_way_back_ends_it() -> None:
    found = trace(NET, "web", "rtb-app[0.0.0.0/0]=none")
    assert found.outcome == "return:NO_ROUTE"
    assert [leg.direction for leg in found.legs] == ["forward", "return"]


def test_both_ways_by_different_components_is_asymmetric() -> None:
    """R-068: it works, but the return bypasses the appliance."""
    found = trace(NET, "web", DIRECT)
    assert found.outcome == "asymmetric"
    assert "i-fw" not in nodes(found, 1)
    assert [(warning.code, warning.at) for warning in found.warnings] == [("WARN_ASYMMETRIC", "igw")]


def test_a_strict_appliance_that_missed_the_answer_stops_the_third_packet() -> None:
    """Only the third packet shows it: SYN and SYN/ACK pass."""
    found = trace(NET, "web", "i-fw.inspect=strict", DIRECT)
    assert found.outcome == "half-open"
    assert [leg.arrives for leg in found.legs] == [True, True, False]
    assert found.legs[2].reason == "APPLIANCE_STATE_MISS"
    assert found.legs[2].last.node == "i-fw"


def test_a_loose_appliance_lets_the_third_packet_pass() -> None:
    assert trace(NET, "web", "i-fw.inspect=loose", DIRECT).outcome == "asymmetric"


@pytest.mark.parametrize(
    ("flow", "carried"),
    [("dns", ["UDP", "UDP"]), ("ping", ["ICMP echo", "ICMP echo reply"]), ("report", ["ICMP 3/1"]), ("one-way", ["SYN"]), ("later", ["data", "ACK"])],
)
def test_what_the_legs_carry(flow: str, carried: list[str]) -> None:
    found = trace(NET, flow)
    assert found.outcome == "ok"
    assert [leg.carries for leg in found.legs] == carried


def test_a_ping_answers_with_the_same_identifier() -> None:
    found = trace(NET, "ping")
    there, back = found.legs[0].last.packet, found.legs[1].last.packet
    assert (there.icmp_type, back.icmp_type) == (8, 0)
    assert there.src_port == back.src_port == 50000


def test_a_midstream_packet_flies_in_the_changed_network_with_the_memory_of_the_old_one() -> None:
    """The connection was opened in the network of the file: the security group still tracks it when its rule is gone (R-263)."""
    closed, text = "sg.ingress-=all 198.51.100.0/24", NET.replace("all 0.0.0.0/0", "all 198.51.100.0/24")
    assert trace(text, "web", closed).outcome == "forward:SG_INGRESS_DENY"
    assert trace(text, "later", closed).outcome == "ok"
    assert trace(text, "later", closed).legs[0].hops[0].packet.tcp_flags == "PA"


def test_a_strict_appliance_that_saw_the_opening_lets_a_midstream_packet_pass() -> None:
    text = NET.replace("ip_forward: on", "ip_forward: on, inspect: strict")
    assert trace(text, "later").outcome == "ok"
    assert trace(text, "later", "rtb-edge[10.0.2.0/24]=none").outcome == "asymmetric"


def test_a_flow_may_come_after_others_and_two_that_wait_for_each_other_end() -> None:
    assert trace(NET, "second").outcome == "ok"
    assert trace(NET, "circle").outcome == "ok"


def test_what_an_earlier_flow_opened_is_remembered() -> None:
    """Two clients of one translator get different ports while both connections are open (R-153)."""
    text = (
        NET.replace("ip_forward: on", "ip_forward: on, nat: masquerade")
        + '  one: {from: i-app, to: "192.0.2.1:443"}\n  two: {from: i-two, to: "192.0.2.1:443", after: [one]}\n'
    )
    assert trace(text, "two").legs[0].last.packet.socket("src") == "203.0.113.10:50001"
    assert trace(text.replace(", after: [one]", ""), "two").legs[0].last.packet.socket("src") == "203.0.113.10:50000"


def test_an_interface_sends_through_what_it_is_attached_to() -> None:
    found = trace(NET, "eni")
    assert found.legs[0].hops[0].node == "i-two"
    assert found.legs[0].hops[0].packet.socket("src") == "10.0.2.20:40000"


def test_a_sender_without_an_address_of_the_family_sends_nothing() -> None:
    found = trace(NET, "six")
    assert found.outcome == "forward:GUEST_NO_ROUTE"
    assert nodes(found) == ["i-two"]
    assert found.legs[0].hops[0].arrived is None


def test_the_same_flow_has_the_same_identification_anywhere() -> None:
    read = scenario(NET)
    packets = [opening(read.world, read.questions["web"]) for _ in range(2)]
    assert packets[0] == packets[1]
    assert packets[0] is not None
    assert packets[0].identification != 0


def test_the_icmp_error_of_a_drop_is_followed_to_the_sender() -> None:
    """R-295, R-297: the gateway reports its MTU, and the message is walked like any other packet."""
    text = NET + '  large: {from: i-two, to: "192.0.2.1:443", size: 4000}\n'
    found = trace(text, "large", DIRECT, "eni-two.public_ip=203.0.113.30")
    assert found.outcome == "forward:MTU_EXCEEDED_DF"
    assert found.icmp is not None
    assert (found.icmp.sender, found.icmp.mtu, found.icmp.arrives) == ("igw", 1500, True)
    assert found.icmp.leg.direction == "return"
    assert found.icmp.leg.last.node == "i-two"


def test_the_world_and_its_base_may_differ() -> None:
    read = scenario(NET)
    question: Question = read.questions["later"]
    made = World(read.network, read.network, read.assume)
    assert converse(made, question).outcome == "ok"


def test_a_packet_has_no_fields_of_another_protocol() -> None:
    read = scenario(NET)
    tcp, ping, report = (opening(read.world, read.questions[flow]) for flow in ("web", "ping", "report"))
    assert tcp is not None
    assert ping is not None
    assert report is not None
    assert (tcp.icmp_type, tcp.icmp_code, tcp.tcp_flags) == (0, 0, "S")
    assert (ping.icmp_type, ping.icmp_code, ping.tcp_flags, ping.dst_port) == (8, 0, "", 0)
    assert (report.icmp_type, report.icmp_code) == (3, 1)


@pytest.mark.parametrize(
    ("protocol", "to", "ports"),
    [
        ("tcp", '"203.0.113.20:80"', (50000, 80)),
        ("udp", '"203.0.113.20:80"', (50000, 80)),
        ("icmp", "203.0.113.20", (50000, 0)),
        ("gre", "203.0.113.20", (0, 0)),
    ],
)
def test_the_ports_that_a_protocol_has(protocol: str, to: str, ports: tuple[int, int]) -> None:
    """TCP and UDP have two, ICMP an identifier in place of the first, others none."""
    read = scenario(NET + f"  asked: {{from: client, to: {to}, protocol: {protocol}}}\n")
    packet = opening(read.world, read.questions["asked"])
    assert packet is not None
    assert (packet.src_port, packet.dst_port) == ports
