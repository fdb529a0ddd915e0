"""Sizes: who drops, who fragments, who says so, and whether the sender hears of it.  ICMP errors on their way back."""

import pytest

from tests.aws.tracing import hop, nodes, scenario, step, trace
from vpctui.address import parse_address
from vpctui.aws.icmp_error import Report, reportable, time_exceeded, too_big
from vpctui.aws.mtu import carried, first_fragment
from vpctui.engine.connections import Connections
from vpctui.engine.registry import Assumptions, Situation
from vpctui.packet import Packet
from vpctui.trace import Arrival, Conversation, Drop, IcmpReport

NETWORK = """
vpcs: {vpc-a: {cidr: 10.1.0.0/16, ipv6_cidr: "2001:db8:1::/56"}}
subnets:
  sn-a:   {cidr: 10.1.1.0/24, ipv6_cidr: "2001:db8:1:1::/64", route_table: rtb-a, network_acl: acl-a}
  sn-fw:  {cidr: 10.1.2.0/24, ipv6_cidr: "2001:db8:1:2::/64", route_table: rtb-fw}
  sn-nat: {cidr: 10.1.3.0/24, route_table: rtb-fw}
route_tables:
  rtb-a:    {0.0.0.0/0: eni-fw, "::/0": igw}
  rtb-fw:   {0.0.0.0/0: igw, "::/0": igw}
  rtb-edge: {10.1.1.0/24: eni-fw}
internet_gateways: {igw: {route_table: rtb-edge}}
nat_gateways: {nat: {subnet: sn-nat, private_ip: 10.1.3.20, public_ip: 203.0.113.3}}
network_acls: {acl-a: {ingress: {100: "allow all 0.0.0.0/0", 101: "allow all ::/0"}, egress: {100: "allow all 0.0.0.0/0", 101: "allow all ::/0"}}}
security_groups:
  sg-a: {ingress: []}
instances:
  i-a:  {subnet: sn-a, private_ip: 10.1.1.10, ipv6: "2001:db8:1:1::10", public_ip: 203.0.113.1, security_groups: [sg-a]}
  i-fw: {subnet: sn-fw, private_ip: 10.1.2.10, ipv6: "2001:db8:1:2::10", public_ip: 203.0.113.2, source_dest_check: off, ip_forward: on, inspect: strict}
hosts:
  update: {ip: 192.0.2.80, ipv6: "2001:db8:80::80"}
flows:
  out:  {from: i-a, to: "update:443", size: 1501}
  six:  {from: i-a, to: "[2001:db8:80::80]:443", size: 1501, dont_fragment: off, ipv6: on}
  in:   {from: update, to: "203.0.113.1:443", size: 1501}
  ttl:  {from: i-a, to: "update:443", ttl: 1}
  ttl-in: {from: update, to: "203.0.113.1:443", ttl: 1}
  ping: {from: i-a, to: update, protocol: icmp, size: 9001}
"""


def report(found: Conversation) -> IcmpReport:
    assert found.icmp is not None
    return found.icmp


def test_what_fits_passes_and_one_byte_more_does_not() -> None:
    """R-294, R-295."""
    assert trace(NETWORK, "out", "flows.out.size=1500").outcome == "ok"
    assert trace(NETWORK, "out").outcome == "forward:MTU_EXCEEDED_DF"


def test_the_internet_gateway_reports_to_the_interface_that_sent_it() -> None:
    """R-296, R-297, C-12: a tracked flow needs no rule; the message comes from the sender's router and tells the size."""
    told = report(trace(NETWORK, "out"))
    assert (told.sender, told.mtu, told.arrives) == ("igw", 1500, True)
    message = told.leg.hops[0].packet
    assert (str(message.src), message.icmp_type, message.icmp_code) == ("10.1.1.1", 3, 4)
    assert message.about is not None
    assert (str(message.about.src), message.about.size) == ("10.1.1.10", 1501)


def test_a_network_acl_makes_it_a_black_hole_and_one_entry_mends_it() -> None:
    """R-297: the large packet vanishes and the sender does not learn why."""
    closed = "acl-a.ingress[100]=allow tcp 1-65535 0.0.0.0/0"
    assert not report(trace(NETWORK, "out", closed)).arrives
    assert report(trace(NETWORK, "out", closed, "acl-a.ingress[90]=allow icmp 3/4 0.0.0.0/0")).arrives


def test_without_df_the_first_fragment_goes_on_with_its_flags() -> None:
    """R-295, RFC 791: multiples of eight bytes; the receiver puts them together."""
    found = trace(NETWORK, "out", "flows.out.dont_fragment=off", "flows.out.size=4000")
    assert found.outcome == "ok"
    fragment = hop(found, "igw").packet
    assert (fragment.size, fragment.more_fragments, fragment.fragment_offset) == (1500, True, 0)
    assert found.legs[1].hops[0].packet.more_fragments is False
    odd = first_fragment(Packet(src=parse_address("10.0.0.1"), dst=parse_address("10.0.0.2"), size=3000), 1446)
    assert odd.size == 1444


def test_ipv6_is_never_fragmented_on_the_way() -> None:
    """R-295, R-296, RFC 8201: packet too big, whatever the flow says of DF."""
    found = trace(NETWORK, "six")
    assert found.outcome == "forward:MTU_EXCEEDED_DF"
    told = report(found)
    assert (told.mtu, told.arrives, told.leg.hops[0].packet.protocol, told.leg.hops[0].packet.icmp_type) == (1500, True, "icmpv6", 2)


def test_what_is_too_big_from_the_internet_is_told_there() -> None:
    """R-294, R-295."""
    found = trace(NETWORK, "in")
    assert (found.outcome, found.legs[0].last.node, report(found).arrives) == ("forward:MTU_EXCEEDED_DF", "igw", True)


def test_a_forwarding_guest_says_that_the_ttl_ran_out() -> None:
    """R-144, R-305: the flow says its first TTL; from the interface that it came in by, to whoever sent it, past the tracked flow's group."""
    found = trace(NETWORK, "ttl")
    assert (found.outcome, found.legs[0].last.node) == ("forward:TTL_EXPIRED", "i-fw")
    told = report(found)
    assert (told.sender, told.arrives, [hop_.node for hop_ in told.leg.hops]) == ("i-fw", True, ["i-fw", "vpc-a", "i-a"])
    message = told.leg.hops[0].packet
    assert (str(message.src), message.icmp_type, message.icmp_code, told.mtu) == ("10.1.2.10", 11, 0, 0)


def test_a_network_acl_or_a_missing_guest_route_keeps_that_back() -> None:
    """R-144, R-297."""
    assert not report(trace(NETWORK, "ttl", "acl-a.ingress[100]=allow tcp 1-65535 0.0.0.0/0")).arrives
    blind = NETWORK.replace("inspect: strict}", "inspect: strict, routes: {0.0.0.0/0: internet}}")
    assert not report(trace(blind, "ttl")).arrives


def test_an_error_that_leaves_by_the_internet_gateway_speaks_of_public_addresses() -> None:
    """R-306, RFC 5508: the sender outside knows only those."""
    found = trace(NETWORK, "ttl-in")
    told = report(found)
    assert (found.outcome, told.arrives, told.leg.last.node) == ("forward:TTL_EXPIRED", True, "update")
    message = told.leg.last.packet
    assert message.about is not None
    assert (str(message.src), str(message.about.dst), str(message.about.src)) == ("203.0.113.2", "203.0.113.1", "192.0.2.80")


MASQUERADE = """
vpcs: {vpc-a: {cidr: 10.1.0.0/16}}
subnets:
  sn-a:  {cidr: 10.1.1.0/24, route_table: rtb-a}
  sn-fw: {cidr: 10.1.2.0/24, route_table: rtb-fw}
route_tables:
  rtb-a:  {0.0.0.0/0: eni-nat}
  rtb-fw: {0.0.0.0/0: igw}
internet_gateways: {igw: {}}
instances:
  i-a:   {subnet: sn-a, private_ip: 10.1.1.10}
  i-nat: {subnet: sn-fw, private_ip: 10.1.2.10, public_ip: 203.0.113.2, source_dest_check: off, ip_forward: on, nat: masquerade}
networks: {lan: {cidr: 192.168.1.0/24}}
routers: {r: {interfaces: {internet: 192.0.2.1, lan: 192.168.1.1}}}
hosts:
  pc: {interfaces: {lan: 192.168.1.80}, routes: {0.0.0.0/0: 192.168.1.1}}
  update: {ip: 192.0.2.80}
flows:
  out: {from: i-a, to: "update:443", size: 1501}
"""


def test_an_error_about_a_translated_packet_finds_the_host_that_sent_it() -> None:
    """R-306, RFC 5508: through a masquerading instance."""
    found = trace(MASQUERADE, "out")
    told = report(found)
    assert (found.outcome, told.arrives) == ("forward:MTU_EXCEEDED_DF", True)
    assert [hop_.node for hop_ in told.leg.hops] == ["i-nat", "vpc-a", "i-a"]
    message = told.leg.last.packet
    assert message.about is not None
    assert (str(message.dst), str(message.about.src)) == ("10.1.1.10", "10.1.1.10")
    assert step(found, "guest-snat") is not None


def test_no_error_is_sent_about_an_error_or_a_later_fragment() -> None:
    """RFC 1122, 3.2.2."""
    packet = Packet(src=parse_address("10.0.0.1"), dst=parse_address("10.0.0.2"))
    error = too_big(packet, 1500, parse_address("10.0.0.3"))
    assert reportable(packet)
    assert not reportable(error)
    assert not reportable(Packet(src=packet.src, dst=packet.dst, fragment_offset=185))


@pytest.mark.parametrize(("offset", "rule", "told"), [(0, "mtu", True), (185, "mtu-silent", False)])
def test_a_later_fragment_that_is_too_big_is_dropped_in_silence(offset: int, rule: str, told: bool) -> None:
    """RFC 1122, 3.2.2: whoever would report has nobody to tell."""
    packet = Packet(src=parse_address("10.0.0.1"), dst=parse_address("10.0.0.2"), size=1501, fragment_offset=offset)
    arrival = Arrival(node="node")
    here = Situation(scenario(NETWORK).network, arrival, Connections(), Assumptions(), {}, (arrival,))
    fitting = carried("node", packet, here, 1500, report=Report(parse_address("10.0.0.3"), arrival))
    checked = next(fitting)
    with pytest.raises(StopIteration) as ended:
        next(fitting)
    assert (checked.rule, isinstance(ended.value.value, Drop) and ended.value.value.icmp is not None) == (rule, told)


@pytest.mark.parametrize(("family", "protocol", "kind"), [("10.0.0.{}", "icmp", 11), ("2001:db8::{}", "icmpv6", 3)])
def test_time_exceeded_in_both_families(family: str, protocol: str, kind: int) -> None:
    """R-144, RFC 792, RFC 4443."""
    packet = Packet(src=parse_address(family.format(1)), dst=parse_address(family.format(2)))
    error = time_exceeded(packet, parse_address(family.format(3)))
    assert (error.protocol, error.icmp_type, error.icmp_code, error.dst, error.about) == (protocol, kind, 0, packet.src, packet)
    assert not error.dont_fragment


def test_peers_with_another_size_one_way_lose_large_packets() -> None:
    """R-299: peering out (9001), transit gateway back (8500): the large answer is lost, and reported to its sender."""
    mixed = """
    vpcs: {vpc-a: {cidr: 10.1.0.0/16}, vpc-b: {cidr: 10.2.0.0/16}}
    subnets:
      sn-a: {vpc: vpc-a, cidr: 10.1.1.0/24, route_table: rtb-a}
      sn-b: {vpc: vpc-b, cidr: 10.2.1.0/24, route_table: rtb-b}
    route_tables: {rtb-a: {10.2.0.0/16: pcx}, rtb-b: {10.1.0.0/16: tgw}}
    vpc_peering_connections: {pcx: {vpcs: [vpc-a, vpc-b]}}
    transit_gateways:
      tgw:
        attachments:
          att-a: {vpc: vpc-a, subnets: [sn-a], route_table: rt}
          att-b: {vpc: vpc-b, subnets: [sn-b], route_table: rt}
        route_tables: {rt: {propagations: [att-a, att-b]}}
    instances: {i-a: {subnet: sn-a, private_ip: 10.1.1.10}, i-b: {subnet: sn-b, private_ip: 10.2.1.10}}
    flows: {ab: {from: i-a, to: "i-b:443", size: 9001}}
    """
    found = trace(mixed, "ab")
    assert (found.outcome, report(found).sender, report(found).arrives) == ("return:MTU_EXCEEDED_DF", "tgw", True)
    assert (report(found).leg.direction, report(found).leg.last.node) == ("forward", "i-b")
    assert trace(mixed, "ab", "flows.ab.size=8500").outcome == "ok"


@pytest.mark.parametrize(("block", "told"), [("", False), (', ipv6_cidr: "2001:db8:1:2::/64"', True)])
def test_a_transit_gateway_reports_about_ipv6_from_a_subnet_that_has_it(block: str, told: bool) -> None:
    """R-296: the report comes from the router's address in the attachment's subnet; where that has none of the family nobody can say it."""
    net = f"""
    vpcs: {{vpc-a: {{cidr: 10.1.0.0/16, ipv6_cidr: "2001:db8:1::/56"}}}}
    subnets:
      sn-a: {{cidr: 10.1.1.0/24, ipv6_cidr: "2001:db8:1:1::/64", route_table: rtb}}
      sn-t: {{cidr: 10.1.2.0/24{block}, route_table: rtb}}
    route_tables: {{rtb: {{"::/0": tgw}}}}
    transit_gateways:
      tgw:
        attachments: {{att-a: {{vpc: vpc-a, subnets: [sn-t], route_table: rt}}, att-v: {{vpn: ["2001:db8:2::/48"]}}}}
        route_tables: {{rt: {{propagations: [att-v]}}}}
    instances: {{i-a: {{subnet: sn-a, private_ip: 10.1.1.10, ipv6: "2001:db8:1:1::10"}}}}
    flows: {{out: {{from: i-a, to: "[2001:db8:2::9]:443", size: 1501}}}}
    """
    found = trace(net, "out")
    assert (found.outcome, found.icmp is not None) == ("forward:MTU_EXCEEDED_DF", told)


def test_the_report_of_a_transit_gateway_takes_the_way_of_a_packet() -> None:
    """R-232, R-296: behind an appliance it lands where every packet lands, and the appliance knows the flow."""
    inspected = """
    vpcs: {vpc-a: {cidr: 10.1.0.0/16}, vpc-s: {cidr: 10.100.0.0/16}}
    subnets:
      sn-a: {vpc: vpc-a, cidr: 10.1.1.0/24, route_table: rtb-a}
      sn-t: {vpc: vpc-s, cidr: 10.100.1.0/24, route_table: rtb-t}
      sn-f: {vpc: vpc-s, cidr: 10.100.2.0/24, route_table: rtb-f}
    route_tables: {rtb-a: {0.0.0.0/0: tgw}, rtb-t: {0.0.0.0/0: eni-fw}, rtb-f: {0.0.0.0/0: tgw}}
    transit_gateways:
      tgw:
        attachments:
          att-a: {vpc: vpc-a, subnets: [sn-a], route_table: spokes}
          att-s: {vpc: vpc-s, subnets: [sn-t], route_table: back}
          att-v: {vpn: [10.2.0.0/16], route_table: spokes}
        route_tables: {spokes: {0.0.0.0/0: att-s}, back: {propagations: [att-a, att-v]}}
    instances:
      i-a:  {subnet: sn-a, private_ip: 10.1.1.10}
      i-fw: {subnet: sn-f, private_ip: 10.100.2.10, source_dest_check: off, ip_forward: on, inspect: strict}
    flows: {out: {from: i-a, to: "10.2.0.9:443", size: 1501}}
    """
    told = report(trace(inspected, "out"))
    assert (told.mtu, told.arrives) == (1500, True)
    assert [hop_.node for hop_ in told.leg.hops] == ["vpc-s", "i-fw", "vpc-s", "tgw", "i-a"]
    assert nodes(trace(inspected, "out"))[-1] == "tgw"
