"""NAT gateways: translation, what they refuse, where they send, what may be changed on them."""

import pytest
from msgspec.structs import replace

from tests.aws.tracing import hop, mends, nodes, problems, refusal, scenario, seen, step, trace, visit, walk
from vpctui.address import parse_address
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.translation import free_port, ports
from vpctui.engine import change
from vpctui.engine.connections import Connections
from vpctui.engine.conversation import World, converse
from vpctui.engine.registry import Assumptions, Situation
from vpctui.packet import Packet
from vpctui.trace import Arrival, Verdict

PUBLIC = """
vpcs: {vpc-main: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:1::/56"}}
subnets:
  sn-pub:  {cidr: 10.0.0.0/24, az: a, route_table: rtb-pub}
  sn-priv: {cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:1:1::/64", az: a, route_table: rtb-priv}
  sn-far:  {cidr: 10.0.2.0/24, az: c, route_table: rtb-priv}
route_tables:
  rtb-pub:  {0.0.0.0/0: igw}
  rtb-priv: {0.0.0.0/0: nat-a, "64:ff9b::/96": nat-a}
internet_gateways: {igw: {}}
nat_gateways:
  nat-a: {subnet: sn-pub, private_ip: 10.0.0.20, public_ip: 203.0.113.20}
instances:
  i-priv: {subnet: sn-priv, private_ip: 10.0.1.10, ipv6: "2001:db8:1:1::10"}
  i-far:  {subnet: sn-far, private_ip: 10.0.2.10}
  i-beside: {subnet: sn-pub, private_ip: 10.0.0.30, source_dest_check: off}
  i-web:  {subnet: sn-far, private_ip: 10.0.2.20, public_ip: 203.0.113.30, listens: [80]}
hosts:
  update:  {ip: 192.0.2.80, listens: [443]}
  other:   {ip: 192.0.2.81}
  scanner: {ip: 198.51.100.66}
flows:
  out:     {from: i-priv, to: "update:443"}
  out-far: {from: i-far, to: "update:443", after: [out]}
  later:   {from: i-far, to: "other:443", after: [out]}
  ping:    {from: i-priv, to: update, protocol: icmp}
  udp:     {from: i-priv, to: "update:443", protocol: udp}
  gre:     {from: i-priv, to: update, protocol: gre}
  scan:    {from: scanner, to: "203.0.113.20:443"}
  pinged:  {from: scanner, to: 203.0.113.20, protocol: icmp}
  stray:   {from: i-far, to: "update:443", midstream: on}
  six:     {from: i-priv, to: "[64:ff9b::c000:250]:443", ipv6: on}
  six-ping: {from: i-priv, to: "64:ff9b::c000:250", protocol: icmp, ipv6: on}
  hairpin: {from: i-priv, to: "203.0.113.30:80"}
  forged:  {from: i-beside, to: "update:443", source_ip: 172.16.0.9}
  beside:  {from: i-beside, to: "update:443"}
  large:   {from: i-priv, to: "update:443", size: 9000}
  near:    {from: i-priv, to: "10.0.2.20:80"}
"""


def test_the_source_becomes_the_private_address_and_the_internet_gateway_adds_the_public_one() -> None:
    """R-164, R-171: source and port change, the destination does not; ports count from 61001."""
    found = trace(PUBLIC, "out")
    assert found.outcome == "ok"
    left = hop(found, "nat-a").packet
    assert (left.socket("src"), left.socket("dst")) == ("10.0.0.20:61001", "192.0.2.80:443")
    assert seen(found) == "203.0.113.20:61001"
    assert found.legs[1].last.packet.socket("dst") == "10.0.1.10:50000"


def test_it_takes_one_from_the_ttl_in_both_directions() -> None:
    """R-301: a NAT gateway is a visible hop."""
    found = trace(PUBLIC, "out")
    assert (found.legs[0].last.packet.ttl, found.legs[1].last.packet.ttl) == (63, 63)


def test_ttl_ends_there_and_it_says_so() -> None:
    """R-301: time exceeded comes from its private address and reaches the sender."""
    found = trace(PUBLIC, "out", "flows.out.ttl=1")
    assert found.outcome == "forward:TTL_EXPIRED"
    assert found.icmp is not None
    assert found.icmp.sender == "nat-a"
    assert found.icmp.arrives
    assert str(found.icmp.leg.last.packet.src) == "10.0.0.20"


@pytest.mark.parametrize("flow", ["out", "udp", "ping"])
def test_who_sent_a_packet_that_came_back_to_it_is_told_of_its_end(flow: str) -> None:
    """R-183, R-301: its own table leads back to it; the report goes to the sender and speaks of what he sent, as the kernel's does."""
    found = trace(PUBLIC, flow, "rtb-pub[0.0.0.0/0]=nat-a", f"flows.{flow}.ttl=2")
    assert (found.outcome, found.legs[0].last.node) == ("forward:TTL_EXPIRED", "nat-a")
    assert found.icmp is not None
    assert found.icmp.leg.last.node == "i-priv"
    about, sent = found.icmp.leg.last.packet.about, found.legs[0].hops[0].packet
    assert about is not None
    assert about.flow == sent.flow


def test_each_connection_to_the_same_destination_has_a_port_of_its_own_and_another_destination_may_share_it() -> None:
    """R-171: ports are counted for each destination address, port and protocol."""
    assert seen(trace(PUBLIC, "out-far")) == "203.0.113.20:61002"
    assert seen(trace(PUBLIC, "later")) == "203.0.113.20:61001"


def test_no_port_is_left() -> None:
    """R-171: all ports to one destination are in use."""
    found = trace(PUBLIC, "out-far", "nat-a.ports=1")
    assert found.outcome == "forward:NATGW_PORTS_EXHAUSTED"
    assert found.legs[0].last.steps[-1].facts == {"nat": "nat-a", "dst": "192.0.2.80:443", "protocol": "tcp", "ports": 1}
    assert mends(found) == ("nat-a.ports=55000",)
    assert trace(PUBLIC, "later", "nat-a.ports=1").outcome == "ok"
    assert trace(PUBLIC, "out", "nat-a.ports=0").outcome == "forward:NATGW_PORTS_EXHAUSTED"


def test_a_second_address_takes_what_the_first_one_cannot() -> None:
    """R-171: the ports of every address count."""
    text = PUBLIC.replace("public_ip: 203.0.113.20}", "public_ip: 203.0.113.20, secondary_private_ips: [10.0.0.21], secondary_public_ips: [203.0.113.21]}")
    assert seen(trace(text, "out-far", "nat-a.ports=1")) == "203.0.113.21:61001"


def test_ports_start_again_at_1024() -> None:
    """R-164: the ports are 1024 to 65535."""
    every = list(ports(61001, 64512))
    assert (every[0], every[4534], every[4535]) == (61001, 65535, 1024)
    assert sorted(every) == list(range(1024, 65536))


@pytest.mark.parametrize("flow", ["ping", "udp"])
def test_icmp_and_udp_pass_both_ways(flow: str) -> None:
    """R-165: TCP, UDP and ICMP."""
    assert trace(PUBLIC, flow).outcome == "ok"


def test_two_pings_with_one_identifier_are_told_apart() -> None:
    """R-164: the identifier of an echo is translated like a port."""
    text = PUBLIC + "  ping-too: {from: i-far, to: update, protocol: icmp, after: [ping]}\n"
    found = trace(text, "ping-too")
    assert found.outcome == "ok"
    assert hop(found, "nat-a").packet.src_port == 61002
    assert str(found.legs[1].last.packet.dst) == "10.0.2.10"


def test_other_protocols_are_not_carried() -> None:
    """R-165: no GRE, ESP, AH."""
    found = trace(PUBLIC, "gre")
    assert (found.outcome, found.legs[-1].last.node) == ("forward:PROTOCOL_NOT_SUPPORTED", "nat-a")


@pytest.mark.parametrize(("protocol", "passes"), [("udp", True), ("tcp", False), ("icmp", False)])
def test_only_fragments_of_udp_pass(protocol: str, passes: bool) -> None:
    """R-173."""
    network = scenario(PUBLIC).network
    packet = Packet(
        src=parse_address("10.0.1.10"),
        dst=parse_address("192.0.2.80"),
        protocol=protocol,
        src_port=5,
        dst_port=53,
        tcp_flags="S" if protocol == "tcp" else "",
        icmp_type=8 if protocol == "icmp" else 0,
        more_fragments=True,
    )
    arrival = Arrival(node="nat-a", by="eni-nat-a", came_from="vpc-main")
    found = visit(packet, Situation(network, arrival, Connections(), Assumptions(), {}, (arrival,)))
    assert found.verdict is (Verdict.FORWARDED if passes else Verdict.DROPPED)
    assert found.reason == (None if passes else "PROTOCOL_NOT_SUPPORTED")


@pytest.mark.parametrize("flow", ["scan", "pinged"])
def test_nothing_unsolicited_gets_in(flow: str) -> None:
    """R-166: neither a connection nor an echo request."""
    found = trace(PUBLIC, flow)
    assert (found.outcome, found.legs[0].last.node) == ("forward:NATGW_NO_STATE", "nat-a")


def test_a_later_packet_of_a_connection_that_it_does_not_know_is_refused_from_inside_too() -> None:
    """R-172: after a change of NAT gateway, connections that were open are lost."""
    text = PUBLIC.replace("instances:\n", "  nat-b: {subnet: sn-pub, private_ip: 10.0.0.21, public_ip: 203.0.113.21}\ninstances:\n")
    assert trace(text, "stray").outcome == "ok"
    found = trace(text, "stray", "rtb-priv[0.0.0.0/0]=nat-b")
    assert (found.outcome, found.legs[0].last.node) == ("forward:NATGW_NO_STATE", "nat-b")


def test_a_subnet_without_any_way_out_is_named_at_the_gateway() -> None:
    """R-167: a public NAT gateway needs a route to the internet gateway in its own subnet."""
    found = trace(PUBLIC, "out", "rtb-pub[0.0.0.0/0]=none")
    last = found.legs[0].last
    assert (found.outcome, last.node, last.table) == ("forward:NATGW_SUBNET_NO_IGW", "nat-a", "rtb-pub")
    assert trace(PUBLIC, "out", "rtb-pub[0.0.0.0/0]=none", *mends(found)).outcome == "ok"


def test_any_other_route_of_its_subnet_is_the_routers_business() -> None:
    """R-167, R-163: a route to something else is followed, also a private gateway's missing one is the router's NO_ROUTE."""
    private = PUBLIC.replace("private_ip: 10.0.0.20, public_ip: 203.0.113.20}", "private_ip: 10.0.0.20, connectivity: private}")
    found = trace(private, "out", "rtb-pub[0.0.0.0/0]=none")
    assert (found.outcome, found.legs[0].last.node) == ("forward:NO_ROUTE", "vpc-main")


def test_a_private_one_cannot_use_the_internet_gateway() -> None:
    """R-163: it has no public address."""
    private = PUBLIC.replace("private_ip: 10.0.0.20, public_ip: 203.0.113.20}", "private_ip: 10.0.0.20, connectivity: private}")
    assert trace(private, "out").outcome == "forward:IGW_NO_PUBLIC_IP_EGRESS"


def test_its_own_subnet_pointing_at_it_is_a_loop() -> None:
    """R-170: a source that is its own already is left as it is."""
    found = trace(PUBLIC, "out", "sn-pub.route_table=rtb-priv")
    assert found.outcome == "forward:ROUTING_LOOP"
    own = step(found, "nat-gateway-own-source")
    assert own is not None
    assert own.facts == {"src": own.packet.socket("src"), "nat": "nat-a"}
    assert found.legs[0].last.packet.socket("src") == "10.0.0.20:61001"


def test_a_source_of_nowhere_is_refused() -> None:
    """R-168: sources belong to the VPC."""
    assert trace(PUBLIC, "forged", "sn-pub.route_table=rtb-priv").outcome == "forward:NATGW_SOURCE_NOT_IN_VPC"


ON_PREMISES = """
vpcs: {vpc-main: {cidr: 10.0.0.0/16}}
subnets:
  sn-fw:  {cidr: 10.0.1.0/24, route_table: rtb-fw}
  sn-nat: {cidr: 10.0.3.0/24, route_table: rtb-nat}
  sn-app: {cidr: 10.0.2.0/24, route_table: rtb-nat}
route_tables:
  rtb-edge: {10.0.2.0/24: eni-fw}
  rtb-fw:   {10.0.2.0/24: nat-a, 192.168.0.0/16: vgw}
  rtb-nat:  {}
vpn_gateways: {vgw: {route_table: rtb-edge, routes: [192.168.0.0/16]}}
nat_gateways: {nat-a: {subnet: sn-nat, private_ip: 10.0.3.20, connectivity: private}}
instances:
  i-fw:  {subnet: sn-fw, private_ip: 10.0.1.10, source_dest_check: off, ip_forward: on}
  i-app: {subnet: sn-app, private_ip: 10.0.2.10}
hosts: {pc: {ip: 192.168.1.10, behind: vgw}}
flows:
  in:     {from: pc, to: "10.0.2.10:80"}
  inside: {from: i-fw, to: "10.0.2.10:80"}
"""


def test_what_a_virtual_private_gateway_brought_is_refused() -> None:
    """R-168: VPN and Direct Connect by a virtual private gateway cannot use it."""
    found = trace(ON_PREMISES, "in")
    assert (found.outcome, found.legs[0].last.node) == ("forward:NATGW_SOURCE_NOT_IN_VPC", "nat-a")
    failed = step(found, "nat-gateway-inside")
    assert failed is not None
    assert failed.facts["by"] == "vpn gateway"


def test_inside_the_vpc_the_server_sees_the_nat_gateway() -> None:
    """R-178: a more specific route may lead to a NAT gateway; the source is translated all the same."""
    found = trace(ON_PREMISES, "inside")
    assert (found.outcome, seen(found)) == ("ok", "10.0.3.20:61001")


TRANSIT = """
vpcs: {vpc-a: {cidr: 10.1.0.0/16}, vpc-out: {cidr: 10.100.0.0/16}}
subnets:
  sn-a:   {vpc: vpc-a, cidr: 10.1.1.0/24, route_table: rtb-a}
  sn-tgw: {vpc: vpc-out, cidr: 10.100.0.0/24, route_table: rtb-tgw}
  sn-pub: {vpc: vpc-out, cidr: 10.100.2.0/24, route_table: rtb-pub}
route_tables:
  rtb-a:   {0.0.0.0/0: tgw}
  rtb-tgw: {0.0.0.0/0: nat-a}
  rtb-pub: {0.0.0.0/0: igw, 10.1.0.0/16: tgw}
internet_gateways: {igw: {vpc: vpc-out}}
nat_gateways: {nat-a: {subnet: sn-pub, private_ip: 10.100.2.20, public_ip: 203.0.113.20}}
transit_gateways:
  tgw:
    attachments:
      att-a:   {vpc: vpc-a, subnets: [sn-a], route_table: tgwrt-a}
      att-out: {vpc: vpc-out, subnets: [sn-tgw], route_table: tgwrt-out}
    route_tables: {tgwrt-a: {0.0.0.0/0: att-out}, tgwrt-out: {10.1.0.0/16: att-a}}
instances: {i-a: {subnet: sn-a, private_ip: 10.1.1.10}}
hosts: {update: {ip: 192.0.2.80}}
flows: {out: {from: i-a, to: "update:443"}}
"""


def test_what_a_transit_gateway_brings_is_served() -> None:
    """R-168: a source of another VPC, by a transit gateway; without the way back the answer ends at the internet gateway."""
    found = trace(TRANSIT, "out")
    assert (found.outcome, seen(found)) == ("ok", "203.0.113.20:61001")
    assert trace(TRANSIT, "out", "rtb-pub[10.1.0.0/16]=none").outcome == "return:IGW_PRIVATE_DEST_EGRESS"


PEERED = """
vpcs: {vpc-a: {cidr: 10.1.0.0/16}, vpc-b: {cidr: 10.2.0.0/16}}
subnets:
  sn-a:   {vpc: vpc-a, cidr: 10.1.1.0/24, route_table: rtb-a}
  sn-nat: {vpc: vpc-a, cidr: 10.1.2.0/24, route_table: rtb-nat}
  sn-b:   {vpc: vpc-b, cidr: 10.2.1.0/24, route_table: rtb-b}
route_tables:
  rtb-a:   {10.2.0.0/16: nat-a}
  rtb-nat: {10.2.0.0/16: pcx}
  rtb-b:   {vpc: vpc-b, routes: {}}
vpc_peering_connections: {pcx: {vpcs: [vpc-a, vpc-b]}}
nat_gateways: {nat-a: {subnet: sn-nat, private_ip: 10.1.2.20, connectivity: private}}
instances:
  i-a: {subnet: sn-a, private_ip: 10.1.1.10}
  i-b: {subnet: sn-b, private_ip: 10.2.1.10}
flows: {out: {from: i-a, to: "10.2.1.10:80"}}
"""


def test_answers_find_back_to_it_over_peering_without_a_route() -> None:
    """R-169, C-23: return to sender is for NAT gateways only."""
    found = trace(PEERED, "out")
    assert (found.outcome, nodes(found, 1)) == ("ok", ["i-b", "vpc-b", "pcx", "nat-a", "vpc-a", "i-a"])
    assert trace(PEERED, "out", "rtb-a[10.2.0.0/16]=pcx").outcome == "return:PCX_NO_RETURN_ROUTE"


FIREWALL = "i-fw: {subnet: sn-fw, private_ip: 10.0.9.10, public_ip: 203.0.113.9, source_dest_check: off, ip_forward: on, inspect: strict}"
BEHIND_FIREWALL = (
    PUBLIC.replace("internet_gateways: {igw: {}}", "internet_gateways: {igw: {route_table: rtb-edge}}")
    .replace("route_tables:\n", "route_tables:\n  rtb-edge: {10.0.0.0/24: eni-fw}\n  rtb-fw: {0.0.0.0/0: igw}\n")
    .replace("subnets:\n", "subnets:\n  sn-fw: {cidr: 10.0.9.0/24, route_table: rtb-fw}\n")
    .replace("instances:\n", f"instances:\n  {FIREWALL}\n")
)


def test_its_subnet_can_be_redirected_too() -> None:
    """R-074, R-068: answers to it pass the firewall; what it sends may not leave directly, whoever stands before the NAT gateway."""
    assert trace(BEHIND_FIREWALL, "out").outcome == "return:APPLIANCE_STATE_MISS"
    assert trace(BEHIND_FIREWALL, "out", "assume.asymmetric_return=drop").outcome == "forward:RETURN_BYPASSES_APPLIANCE"
    found = trace(BEHIND_FIREWALL, "out", "rtb-pub[0.0.0.0/0]=eni-fw")
    assert (found.outcome, found.warnings) == ("ok", ())


ACL = (
    PUBLIC.replace("sn-pub:  {cidr: 10.0.0.0/24,", "sn-pub:  {network_acl: acl, cidr: 10.0.0.0/24,")
    + """
network_acls:
  acl:
    ingress: {100: "allow tcp 443 10.0.1.0/24", 110: "allow tcp 1024-65535 192.0.2.0/24"}
    egress:  {100: "allow tcp 443 192.0.2.0/24", 110: "allow tcp 1024-65535 10.0.1.0/24"}
"""
)


def test_the_network_acl_of_its_subnet_sees_all_four_crossings() -> None:
    """R-174, C-27: client side and internet side, both ways; there is no security group."""
    found = trace(ACL, "out")
    assert found.outcome == "ok"
    deciders = [step.decider for found_hop in found.hops for step in found_hop.steps if step.decider.startswith("acl.")]
    assert deciders[:4] == ["acl.ingress[100]", "acl.egress[100]", "acl.ingress[110]", "acl.egress[110]"]
    assert any(step.rule == "security-group-none" for step in hop(found, "nat-a").steps)


@pytest.mark.parametrize(
    ("entry", "outcome"),
    [
        ("acl.ingress[100]", "forward:NACL_INGRESS_DENY"),
        ("acl.egress[100]", "forward:NACL_EGRESS_DENY"),
        ("acl.ingress[110]", "return:NACL_INGRESS_DENY"),
        ("acl.egress[110]", "return:NACL_EGRESS_DENY"),
    ],
)
def test_without_one_entry_one_crossing_fails(entry: str, outcome: str) -> None:
    """R-174."""
    assert trace(ACL, "out", f"{entry}=none").outcome == outcome


def test_a_neighbour_of_its_subnet_meets_no_network_acl_on_the_way_in() -> None:
    """R-273, R-174: inside a subnet there is no border."""
    text = ACL.replace("rtb-pub:  {0.0.0.0/0: igw}", "rtb-pub:  {0.0.0.0/0: igw, 192.0.2.0/24: nat-a}")
    first = hop(trace(text, "beside"), "nat-a")
    assert not [step for step in first.steps if step.rule == "network-acl-ingress"]


def test_large_packets() -> None:
    """R-183, R-173: 8500 bytes at most; TCP is never fragmented there; it reports from its own address."""
    found = trace(PUBLIC, "large")
    assert (found.outcome, found.legs[0].last.node) == ("forward:MTU_EXCEEDED_DF", "nat-a")
    assert found.icmp is not None
    assert (found.icmp.mtu, found.icmp.arrives) == (8500, True)
    assert trace(PUBLIC, "large", "flows.large.dont_fragment=off").outcome == "forward:MTU_EXCEEDED_DF"


def test_an_error_about_a_translated_packet_reaches_its_sender() -> None:
    """R-183: what the internet gateway cannot carry, the client behind the NAT gateway hears of."""
    found = trace(PUBLIC, "large", "flows.large.size=2000")
    assert (found.outcome, found.legs[0].last.node) == ("forward:MTU_EXCEEDED_DF", "igw")
    assert found.icmp is not None
    assert found.icmp.arrives
    last = found.icmp.leg.last
    assert (last.node, str(last.packet.src), str(last.packet.dst)) == ("i-priv", "10.0.0.1", "10.0.1.10")
    assert last.packet.about is not None
    assert last.packet.about.socket("src") == "10.0.1.10:50000"


def test_an_error_about_a_nat64_packet_is_one_of_ipv6() -> None:
    """R-181, R-183: whoever reports it speaks IPv4, the client hears it in IPv6 from the address that it wrote to."""
    found = trace(PUBLIC, "six", "flows.six.size=2000")
    assert (found.outcome, found.legs[0].last.node) == ("forward:MTU_EXCEEDED_DF", "igw")
    assert found.icmp is not None
    last = found.icmp.leg.last
    assert (last.node, str(last.packet.src), last.packet.dst.family) == ("i-priv", "64:ff9b::c000:250", 6)


def test_an_error_about_nothing_known_is_refused() -> None:
    """R-166."""
    about = Packet(src=parse_address("10.0.0.20"), dst=parse_address("192.0.2.9"), src_port=61001, dst_port=443)
    error = Packet(src=parse_address("192.0.2.1"), dst=parse_address("10.0.0.20"), protocol="icmp", icmp_type=3, icmp_code=4, about=about)
    hops, _ = walk(scenario(PUBLIC).network, Arrival(node="nat-a", by="eni-nat-a"), error, Connections(), Assumptions())
    assert hops[-1].reason == "NATGW_NO_STATE"


def test_nat64_makes_ipv4_of_it_and_ipv6_of_the_answer() -> None:
    """R-181: the embedded address is the destination, the gateway's private address the source."""
    found = trace(PUBLIC, "six")
    assert found.outcome == "ok"
    left = hop(found, "nat-a").packet
    assert (left.socket("src"), left.socket("dst"), left.size) == ("10.0.0.20:61001", "192.0.2.80:443", 40)
    answer = found.legs[1].last.packet
    assert (answer.socket("src"), answer.socket("dst"), answer.size) == ("[64:ff9b::c000:250]:443", "[2001:db8:1:1::10]:50000", 60)


def test_nat64_translates_an_echo() -> None:
    """R-181: ICMPv6 becomes ICMP, and back."""
    found = trace(PUBLIC, "six-ping")
    assert found.outcome == "ok"
    there, back = hop(found, "nat-a").packet, found.legs[1].last.packet
    assert (there.protocol, there.icmp_type, back.protocol, back.icmp_type) == ("icmp", 8, "icmpv6", 129)


def test_ipv6_to_anywhere_else_is_not_translated() -> None:
    """R-181: only 64:ff9b::/96."""
    network = scenario(PUBLIC).network
    packet = Packet(src=parse_address("2001:db8:1:1::10"), dst=parse_address("2001:db8:9::1"), src_port=1, dst_port=443, tcp_flags="S")
    hops, _ = walk(network, Arrival(node="nat-a", by="eni-nat-a"), packet, Connections(), Assumptions())
    assert hops[-1].reason == "PROTOCOL_NOT_SUPPORTED"


def test_the_way_to_a_public_address_of_the_same_vpc_leads_out_and_in() -> None:
    """R-182: the server sees the Elastic IP address of the NAT gateway."""
    found = trace(PUBLIC, "hairpin")
    assert found.outcome == "ok"
    assert nodes(found).count("igw") == 2
    assert seen(found) == "203.0.113.20:61001"
    assert "IGW_NAT_REFLECTION" in [warning.code for warning in found.warnings]


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("available", "ok"),
        ("deleting", "ok"),
        ("pending", "forward:COMPONENT_BAD_STATE"),
        ("failed", "forward:COMPONENT_BAD_STATE"),
        ("deleted", "forward:ROUTE_BLACKHOLE"),
    ],
)
def test_states(state: str, outcome: str) -> None:
    """R-176, R-036: a deleted one leaves a blackhole behind."""
    assert trace(PUBLIC, "out", f"nat-a.state={state}").outcome == outcome


def test_other_zones_depend_on_its_zone() -> None:
    """R-184: clients in zone c lose their way out with zone a."""
    assert trace(PUBLIC, "out-far").outcome == "ok"
    found = trace(PUBLIC, "later", "nat-a.state=failed")
    assert (found.outcome, found.legs[0].last.node) == ("forward:COMPONENT_BAD_STATE", "nat-a")


def test_its_interface_is_not_the_customers() -> None:
    """R-175, R-133."""
    for wish in ("eni-nat-a.source_dest_check=on", "eni-nat-a.public_ip=203.0.113.99", "eni-nat-a.instance=i-priv"):
        assert refusal(PUBLIC, wish).reason == "ENI_REFUSED_REQUESTER_MANAGED"


def test_it_takes_no_edge_association() -> None:
    """R-051."""
    assert refusal(PUBLIC, "nat-a.route_table=rtb-pub").reason == "ASSOC_REFUSED_GATEWAY_KIND"


def test_a_packet_of_its_own_is_not_traced() -> None:
    """R-166: it starts no connection."""
    text = PUBLIC + '  own: {from: eni-nat-a, to: "update:443"}\n'
    assert trace(text, "own").outcome == "forward:NATGW_NO_STATE"


def test_a_table_of_another_vpc_cannot_use_it() -> None:
    """R-040: a row that stands so in the file drops."""
    network = scenario(PUBLIC).network
    gateway = network.get("nat-a")
    assert gateway is not None
    elsewhere = network.put(replace(gateway, vpc="vpc-else"))
    state = scenario(PUBLIC)
    assert converse(World(elsewhere, elsewhere), state.questions["out"]).outcome == "forward:ROUTE_TARGET_WRONG_VPC"


def test_what_a_file_gets_wrong() -> None:
    """Missing addresses, a public address on a private one."""
    assert problems(PUBLIC.replace(", public_ip: 203.0.113.20}", "}")) == ["E124"]
    assert problems(PUBLIC.replace("public_ip: 203.0.113.20}", "public_ip: 203.0.113.20, connectivity: private}")) == ["E215"]
    assert problems(PUBLIC.replace("public_ip: 203.0.113.20}", "public_ip: 203.0.113.20, route_table: rtb-pub}")) == ["E122"]


def test_deleting_it_is_one_command() -> None:
    """R-176."""
    written = change.parse("nat-a.state=deleted")
    assert isinstance(written, change.Change)
    assert change.commands(written, scenario(PUBLIC).network) == ("aws ec2 delete-nat-gateway --nat-gateway-id nat-a",)


REGIONAL = """
vpcs: {vpc-main: {cidr: 10.0.0.0/16}}
subnets:
  sn-a: {cidr: 10.0.1.0/24, az: a, route_table: rtb-priv}
  sn-c: {cidr: 10.0.2.0/24, az: c, route_table: rtb-priv}
  sn-d: {cidr: 10.0.3.0/24, az: d, route_table: rtb-priv}
route_tables:
  rtb-priv: {0.0.0.0/0: nat-r}
internet_gateways: {igw: {}}
nat_gateways:
  nat-r: {availability_mode: regional, availability_zone_addresses: {a: 203.0.113.40, c: [203.0.113.41]}}
instances:
  i-a: {subnet: sn-a, private_ip: 10.0.1.10}
  i-c: {subnet: sn-c, private_ip: 10.0.2.10}
  i-d: {subnet: sn-d, private_ip: 10.0.3.10}
hosts: {update: {ip: 192.0.2.80}, scanner: {ip: 198.51.100.66}}
flows:
  a:    {from: i-a, to: "update:443"}
  c:    {from: i-c, to: "update:443"}
  d:    {from: i-d, to: "update:443"}
  scan: {from: scanner, to: "203.0.113.40:443"}
"""


def test_a_regional_one_has_no_subnet_and_sends_by_its_preset_table() -> None:
    """R-179, C-22: from its own table straight to the internet gateway, with the address of the client's zone."""
    found = trace(REGIONAL, "a")
    assert (found.outcome, seen(found)) == ("ok", "203.0.113.40:61001")
    assert nodes(found) == ["i-a", "vpc-main", "nat-r", "igw", "update"]
    assert nodes(found, 1) == ["update", "igw", "nat-r", "i-a"]
    assert hop(found, "nat-r").target == "igw"
    assert seen(trace(REGIONAL, "c")) == "203.0.113.41:61001"


def test_a_regional_one_has_all_the_addresses_of_its_zones() -> None:
    """R-179: the first of a zone and the others beside it."""
    network = scenario(REGIONAL.replace("[203.0.113.41]", "[203.0.113.41, 203.0.113.42]")).network
    interface = network.the(NetworkInterface, "nat-r:c")
    assert [str(address) for address in interface.secondary_private_ips] == ["203.0.113.42"]
    assert [str(public) for _, public in interface.secondary_public_ips] == ["203.0.113.42"]


def test_a_zone_that_it_does_not_cover_yet_is_served_from_another() -> None:
    """R-179: automatic expansion takes time; with zones managed by hand it never comes."""
    found = trace(REGIONAL, "d")
    assert (found.outcome, seen(found)) == ("ok", "203.0.113.40:61001")
    crossed = step(found, "nat-gateway-zone")
    assert crossed is not None
    assert crossed.warning == "NOTE_AZ_CROSSED"
    by_hand = REGIONAL.replace("availability_mode: regional,", "availability_mode: regional, auto_provision_zones: off,")
    assert trace(by_hand, "d").outcome == "forward:NATGW_AZ_RESTRICTION"


def test_a_regional_one_with_a_table_of_its_own() -> None:
    """R-179: its table decides, an internet gateway or not."""
    text = REGIONAL.replace("regional,", "regional, route_table: rtb-nat,").replace("route_tables:\n", "route_tables:\n  rtb-nat: {192.0.2.0/24: igw}\n")
    found = trace(text, "a")
    assert (found.outcome, hop(found, "nat-r").table) == ("ok", "rtb-nat")
    assert trace(text, "a", "rtb-nat[192.0.2.0/24]=none").outcome == "forward:NATGW_SUBNET_NO_IGW"


def test_nothing_unsolicited_gets_into_a_regional_one() -> None:
    """R-166, R-179."""
    assert trace(REGIONAL, "scan").outcome == "forward:NATGW_NO_STATE"


def test_what_a_file_gets_wrong_about_a_regional_one() -> None:
    """R-179: no subnet, no private one, addresses by zone."""
    assert problems(REGIONAL.replace("regional,", "regional, subnet: sn-a,")) == ["E122"]
    assert problems(REGIONAL.replace("regional,", "regional, connectivity: private,")) == ["E125"]
    assert "E124" in problems(REGIONAL.replace("availability_zone_addresses: {a: 203.0.113.40, c: [203.0.113.41]}", "vpc: vpc-main"))


def test_there_is_no_port_above_65535() -> None:
    """R-171: a machine whose ports are all taken has none, not one that no packet can have."""
    packet = Packet(src=parse_address("10.0.1.10"), dst=parse_address("198.51.100.10"), protocol="tcp", src_port=50000, dst_port=443)
    source = parse_address("203.0.113.5")
    assert free_port("nat", packet, source, Connections(), 65535) == 65535
    assert free_port("nat", packet, source, Connections(), 65536) is None


def test_a_further_private_address_may_have_no_public_one_yet() -> None:
    """R-171: each public address belongs to the private one at its place."""
    text = PUBLIC.replace(
        "public_ip: 203.0.113.20}", "public_ip: 203.0.113.20, secondary_private_ips: [10.0.0.21, 10.0.0.22], secondary_public_ips: [203.0.113.21]}"
    )
    interface = scenario(text).network.the(NetworkInterface, "eni-nat-a")
    assert [(str(private), str(public)) for private, public in interface.secondary_public_ips] == [("10.0.0.21", "203.0.113.21")]
