"""Hosts and routers outside AWS: on the internet, behind a gateway, on networks of their own; and the three ends."""

import pytest

from tests.aws.lab import Lab, at, rules
from tests.aws.tracing import hop, nodes, problems, scenario, seen, trace
from vpctui.address import parse_address
from vpctui.aws.addressing import host_address
from vpctui.aws.guest import address_facing, owns
from vpctui.aws.host import Host

NET = """
networks: {lan: {cidr: 192.168.1.0/24}, wan: {cidr: 203.0.113.0/29}}
hosts:
  pc:     {interfaces: {lan: 192.168.1.10}, routes: {0.0.0.0/0: 192.168.1.1}}
  phone:  {interfaces: {lan: 192.168.1.11}, routes: {0.0.0.0/0: 192.168.1.1}, listens: [80]}
  lost:   {interfaces: {lan: 192.168.1.12}}
  web:    {ip: 198.51.100.80, listens: [80, 443]}
  other:  {ip: 192.0.2.7, ipv6: "2001:db8::7"}
routers:
  home:   {interfaces: {lan: 192.168.1.1, internet: 203.0.113.1}, routes: {0.0.0.0/0: internet}, nat: masquerade}
  plain:  {interfaces: {lan: 192.168.1.2}}
flows:
  near:   {from: pc, to: "phone:80"}
  out:    {from: pc, to: "web:80"}
  unknown: {from: pc, to: "192.0.2.99:80"}
  nobody: {from: pc, to: "192.168.1.99:80"}
  lost:   {from: lost, to: "web:80"}
  in:     {from: web, to: "203.0.113.1:80"}
  direct: {from: other, to: "web:443"}
  nowhere: {from: other, to: "192.0.2.250:80"}
  end:    {from: internet, source_ip: 192.0.2.50, to: "web:80"}
  six:    {from: other, to: "[2001:db8::99]:80"}
"""
LAB = Lab(NET)


def test_neighbours_on_a_link_reach_each_other() -> None:
    """R-141."""
    found = LAB.ask("near")
    assert (found.outcome, nodes(found)) == ("ok", ["pc", "phone"])
    assert hop(found, "pc").target == "lan"


def test_a_home_router_translates_for_everybody_behind_it() -> None:
    """R-153, R-156: NAPT, ports included, and the way back."""
    found = LAB.ask("out")
    assert (found.outcome, nodes(found)) == ("ok", ["pc", "home", "web"])
    assert seen(found) == "203.0.113.1:50000"
    assert hop(found, "home").kind == "router"
    assert hop(found, "home", 1).packet.socket("dst") == "192.168.1.10:50000"


def test_a_translator_refuses_what_nobody_asked_for() -> None:
    """R-157: it is addressed to the router itself."""
    assert LAB.outcome("in", "home.listens=nothing") == "forward:NO_LISTENER"


def test_routers_forward_unless_told_otherwise_and_hosts_do_not() -> None:
    """R-142."""
    network = scenario(NET).network
    assert network.the(Host, "home").guest.ip_forward
    assert not network.the(Host, "pc").guest.ip_forward
    assert LAB.outcome("out", "home.ip_forward=off") == "forward:IP_FORWARDING_OFF"
    assert LAB.outcome("out", "pc.routes[0.0.0.0/0]=192.168.1.11") == "forward:IP_FORWARDING_OFF"


@pytest.mark.parametrize(
    ("flow", "outcome"),
    [
        ("unknown", "ok"),
        ("nobody", "forward:DEST_IP_UNASSIGNED"),
        ("lost", "forward:GUEST_NO_ROUTE"),
        ("direct", "ok"),
        ("nowhere", "forward:DEST_IP_UNASSIGNED"),
        ("end", "ok"),
        ("six", "forward:DEST_IP_UNASSIGNED"),
    ],
)
def test_who_is_there(flow: str, outcome: str) -> None:
    """R-091: a packet that leaves a network of the file is answered by assumption; one that starts outside must find an owner."""
    assert LAB.outcome(flow) == outcome


def test_an_address_that_the_file_does_not_know_is_marked_as_assumed() -> None:
    found = LAB.ask("unknown")
    assert nodes(found) == ["pc", "home", "internet"]
    assert "end-assumed" in rules(hop(found, "internet"))
    assert found.legs[0].verdict == "EXITED"
    assert nodes(found, 1) == ["internet", "home", "pc"]


NEXT_HOPS = [
    ("192.168.1.99", "forward:NEXT_HOP_UNREACHABLE"),
    ("10.0.0.1", "forward:NEXT_HOP_UNREACHABLE"),
    ("192.168.1.2", "forward:GUEST_NO_ROUTE"),
]


@pytest.mark.parametrize(("hop_address", "outcome"), NEXT_HOPS)
def test_next_hops(hop_address: str, outcome: str) -> None:
    """R-141, R-146."""
    assert LAB.outcome("out", f"pc.routes[0.0.0.0/0]={hop_address}") == outcome


def test_a_loop_between_two_routers_is_found() -> None:
    """R-147."""
    text = NET.replace("plain:  {interfaces: {lan: 192.168.1.2}}", "plain:  {interfaces: {lan: 192.168.1.2}, routes: {0.0.0.0/0: 192.168.1.1}}")
    text = text.replace("routes: {0.0.0.0/0: internet}, nat: masquerade", "routes: {0.0.0.0/0: 192.168.1.2}")
    assert Lab(text).outcome("out") == "forward:ROUTING_LOOP"
    found = Lab(text).ask("out", "assume.ttl=textbook")
    assert found.outcome == "forward:TTL_EXPIRED"
    assert found.legs[0].last.packet.ttl == 0


def test_outer_addresses_stand_once() -> None:
    """E213."""
    assert problems(NET.replace("192.0.2.7", "198.51.100.80")) == ["E213"]
    assert problems(NET.replace("lan: 192.168.1.12", "lan: 192.168.1.11")) == ["E213"]
    assert problems(NET.replace("ip: 192.0.2.7", "ip: 203.0.113.1")) == ["E213"]


def test_who_sends_and_who_is_meant_must_exist() -> None:
    """E302, E124."""
    assert problems(NET.replace('{from: pc, to: "phone:80"}', '{from: pcx, to: "phone:80"}')) == ["E302"]
    assert problems(NET.replace('{from: pc, to: "phone:80"}', '{from: pc, to: "phon:80"}')) == ["E302"]
    assert problems(NET.replace("source_ip: 192.0.2.50, ", "")) == ["E124"]


def test_a_router_reports_from_the_side_that_the_packet_came_by() -> None:
    """RFC 1812 4.3.2.4: whoever runs traceroute sees the near address of each router."""
    found = trace(NET, "out", "flows.out.ttl=1")
    assert found.outcome == "forward:TTL_EXPIRED"
    assert found.icmp is not None
    assert str(found.icmp.leg.hops[0].packet.src) == "192.168.1.1"


def test_a_host_without_links_has_one_address_of_a_family_wherever_a_packet_came_from() -> None:
    other = scenario(NET).network.the(Host, "other")
    addresses = [address_facing(other, "", family, scenario(NET).network) for family in (4, 6)]
    assert [str(address) for address in addresses] == ["192.0.2.7", "2001:db8::7"]


@pytest.mark.parametrize(("link", "own", "sends"), [("lan", "192.168.1.77", False), ("six", "2001:db8:7::77", True)])
def test_a_host_with_an_address_of_ipv6_on_a_network_has_a_default_route_of_it(link: str, own: str, sends: bool) -> None:
    """One whose networks give it IPv4 only has none (R-307)."""
    net = f"""
    networks: {{lan: {{cidr: 192.168.1.0/24}}, six: {{cidr: "2001:db8:7::/64"}}}}
    hosts:
      pc:  {{ip: 192.0.2.77, interfaces: {{{link}: "{own}"}}}}
      far: {{ipv6: "2001:db8::7", listens: [80]}}
    flows: {{out: {{from: pc, source_ip: "2001:db8:7::77", to: "far:80", ipv6: on}}}}
    """
    assert (trace(net, "out").outcome != "forward:GUEST_NO_ROUTE") == sends


def test_a_host_is_called_by_the_first_address_of_the_family_that_its_links_have() -> None:
    """One that has only links: IPv4 by IPv4, IPv6 by IPv6, whichever is written first."""
    text = NET.replace("lan: {cidr: 192.168.1.0/24}", 'lan: {cidr: 192.168.1.0/24}, six: {cidr: "2001:db8:7::/64"}').replace(
        "hosts:\n", 'hosts:\n  both: {interfaces: {six: "2001:db8:7::77", lan: 192.168.1.77}}\n'
    )
    network = scenario(text).network
    both = network.the(Host, "both")
    assert [str(host_address(both, network, family, False)) for family in (4, 6)] == ["192.168.1.77", "2001:db8:7::77"]


@pytest.mark.parametrize(
    ("address", "own"), [("127.0.0.1", True), ("127.255.0.9", True), ("128.0.0.1", False), ("::1", True), ("::2", False), ("192.0.2.7", True)]
)
def test_loopback_is_every_machines_own(address: str, own: bool) -> None:
    """RFC 1122 3.2.1.3, RFC 4291 2.5.3."""
    network = scenario(NET).network
    assert owns(network.the(Host, "other"), parse_address(address), network) == own


def test_who_is_behind_the_same_gateway_is_reached_without_it() -> None:
    """R-126: premises are one network; what is told to AWS has nothing to do with it."""
    premises = Lab("""
vpcs: {vpc: {cidr: 10.1.0.0/16}}
subnets: {sn: {vpc: vpc, cidr: 10.1.1.0/24, route_table: rtb}}
route_tables: {rtb: {192.168.0.0/16: vgw}}
vpn_gateways: {vgw: {vpc: vpc, routes: [192.168.0.0/16]}}
instances: {web: {subnet: sn, private_ip: 10.1.1.10}}
networks: {lan: {cidr: 192.168.5.0/24}}
routers: {cgw: {ip: 192.168.1.1, behind: vgw, interfaces: {lan: 192.168.5.1}, routes: {0.0.0.0/0: vgw, 192.168.5.64/26: vgw}}}
hosts:
  pc: {interfaces: {lan: 192.168.5.10}, routes: {0.0.0.0/0: 192.168.5.1}}
  near: {ip: 192.168.1.7, behind: vgw}
  client: {ip: 198.51.100.10}
flows:
  near: {from: pc, to: "192.168.1.7:80"}
  far: {from: near, to: "192.168.5.10:80"}
  web: {from: pc, to: "10.1.1.10:80"}
  none: {from: pc, to: "192.168.5.11:80"}
  away: {from: near, to: "192.168.5.70:80"}
""")
    assert nodes(premises.ask("near")) == ["pc", "cgw", "near"]
    assert at(hop(premises.ask("near"), "cgw"), "same-premises").facts == {"link": "vgw", "to": "near"}
    assert nodes(premises.ask("near"), 1) == ["near", "cgw", "pc"]
    assert nodes(premises.ask("far")) == ["near", "cgw", "pc"]
    assert nodes(premises.ask("web")) == ["pc", "cgw", "vgw", "web"]
    assert premises.outcome("none") == "forward:DEST_IP_UNASSIGNED"
    assert nodes(premises.ask("away")) == ["near", "cgw", "vgw"]
