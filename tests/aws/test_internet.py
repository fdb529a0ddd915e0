"""The network outside: who answers for an address, and who does not."""

from tests.aws.lab import Lab, at, rules
from tests.aws.tracing import nodes
from vpctui.trace import Drop

NET = """
vpcs: {vpc-a: {cidr: 10.1.0.0/16}, vpc-b: {cidr: 10.2.0.0/16}}
subnets:
  sn-a: {vpc: vpc-a, cidr: 10.1.1.0/24, route_table: rtb-a}
  sn-b: {vpc: vpc-b, cidr: 10.2.1.0/24, route_table: rtb-b}
internet_gateways: {igw: {vpc: vpc-a}}
route_tables:
  rtb-a: {0.0.0.0/0: igw}
  rtb-b: {}
instances:
  i-a: {subnet: sn-a, private_ip: 10.1.1.10, public_ip: 203.0.113.10}
  i-b: {subnet: sn-b, private_ip: 10.2.1.10, public_ip: 203.0.113.20}
flows:
  known:   {from: i-a, to: "203.0.113.20:80"}
  unknown: {from: i-a, to: "203.0.113.99:80"}
"""


def test_nobody_stands_in_for_an_address_that_the_file_knows() -> None:
    """R-091, R-092: it belongs to an interface whose VPC has no gateway, so the assumed end does not answer for it."""
    assert Lab(NET).outcome("known") == "forward:DEST_IP_UNASSIGNED"
    assert nodes(Lab(NET).ask("unknown"))[-1] == "internet"
    assert Lab(NET).outcome("unknown") == "ok"


ROUTED = """
vpcs: {vpc: {cidr: 10.1.0.0/16, ipv6_cidr: "2001:db8:1::/56"}}
subnets: {sn: {vpc: vpc, cidr: 10.1.1.0/24, ipv6_cidr: "2001:db8:1:1::/64", route_table: rtb}}
internet_gateways: {igw: {vpc: vpc}}
route_tables: {rtb: {0.0.0.0/0: igw, "::/0": igw}}
instances:
  web: {subnet: sn, private_ip: 10.1.1.10, public_ip: 203.0.113.10, ipv6: "2001:db8:1:1::10", listens: [80]}
networks: {office: {cidr: 198.51.100.0/28}, lab: {cidr: 198.51.100.16/28}, six: {cidr: "2001:db8:cccc::/64"}, transfer: {cidr: 192.168.9.0/24}}
routers:
  edge:
    interfaces: {office: 198.51.100.1, transfer: 192.168.9.1, internet: 192.0.2.1}
    routes: {0.0.0.0/0: internet, 198.51.100.16/28: 192.168.9.2, 198.51.100.64/28: internet}
  towards-aws: {interfaces: {transfer: 192.168.9.3, internet: 192.0.2.4}, routes: {0.0.0.0/0: internet, 203.0.113.0/24: 192.168.9.2}}
  inner: {interfaces: {lab: 198.51.100.17, transfer: 192.168.9.2}, routes: {0.0.0.0/0: 192.168.9.1}}
  six-edge: {interfaces: {six: "2001:db8:cccc::1", internet: "2001:db8:ffff::1"}, routes: {"::/0": internet}, nat: masquerade}
hosts:
  desk: {interfaces: {office: 198.51.100.10}, routes: {0.0.0.0/0: 198.51.100.1}}
  bench: {interfaces: {lab: 198.51.100.20}, routes: {0.0.0.0/0: 198.51.100.17}, listens: [80]}
  pc: {interfaces: {six: "2001:db8:cccc::10"}, routes: {"::/0": "2001:db8:cccc::1"}}
  twin: {ip: 192.0.2.9, interfaces: {office: 198.51.100.2}, ip_forward: off}
flows:
  desk: {from: desk, to: "203.0.113.10:80"}
  bench: {from: web, to: "198.51.100.20:80"}
  six: {from: pc, to: "[2001:db8:1:1::10]:80"}
  large: {from: desk, to: "203.0.113.10:80", size: 1501}
  elsewhere: {from: web, to: "198.51.100.70:80"}
  nobody: {from: web, to: "198.51.100.9:80"}
"""


def test_the_internet_knows_the_way_to_a_public_network_behind_a_router() -> None:
    """R-141: what a router announces is reached through it, by its own table; what is on the file's networks is not taken by the assumed end."""
    routed = Lab(ROUTED)
    assert nodes(routed.ask("desk"), 1) == ["web", "vpc", "igw", "edge", "desk"]
    assert nodes(routed.ask("bench"))[-3:] == ["edge", "inner", "bench"]
    assert nodes(routed.ask("six"), 1)[-2:] == ["six-edge", "pc"]
    assert [routed.outcome(flow) for flow in ("desk", "bench", "six")] == ["ok", "ok", "ok"]
    assert at(routed.ask("bench").legs[0].hops[-4], "internet-routed").choices == ()


def test_what_a_vpc_holds_is_announced_by_its_gateway_alone() -> None:
    assert "towards-aws" not in nodes(Lab(ROUTED).ask("desk"))


def test_an_address_that_no_machine_of_the_network_has_is_asked_for_there() -> None:
    routed = Lab(ROUTED).ask("nobody")
    assert (routed.outcome, nodes(routed)[-1]) == ("forward:DEST_IP_UNASSIGNED", "edge")


def test_what_a_router_sends_to_the_internet_itself_lies_not_behind_it() -> None:
    routed = Lab(ROUTED).ask("elsewhere")
    assert (routed.outcome, nodes(routed)[-1]) == ("ok", "internet")


def test_a_report_finds_its_sender_behind_a_router() -> None:
    error = Lab(ROUTED).ask("large").icmp
    assert error is not None
    assert (error.mtu, error.arrives) == (1500, True)


PREMISES = """
vpcs: {vpc: {cidr: 10.1.0.0/16}}
subnets: {sn: {vpc: vpc, cidr: 10.1.1.0/24, route_table: rtb}}
vpn_gateways: {vgw: {vpc: vpc, routes: [0.0.0.0/0]}}
internet_gateways: {igw: {vpc: vpc}}
route_tables: {rtb: {0.0.0.0/0: vgw}}
instances: {web: {subnet: sn, private_ip: 10.1.1.10, public_ip: 203.0.113.10}}
hosts: {client: {ip: 198.51.100.10}, inside: {ip: 192.0.2.7, behind: vgw}}
flows:
  client: {from: web, to: "198.51.100.10:80"}
  nobody: {from: web, to: "198.51.100.11:80"}
  inside: {from: web, to: "192.0.2.7:80"}
  astray: {from: on-premises, source_ip: 192.168.1.9, via: rtb, to: "10.1.1.10:80"}
"""


def test_premises_bring_packets_to_hosts_on_the_internet_by_ways_of_their_own() -> None:
    """What is assumed is the way there, not the host: that stands in the file."""
    premises = Lab(PREMISES)
    for flow, assumed in (("client", "end-beyond"), ("nobody", "end-assumed")):
        conversation = premises.ask(flow)
        assert (conversation.outcome, rules(conversation.legs[0].last)) == ("ok", [assumed])


def test_what_is_no_way_in_is_named() -> None:
    astray = Lab(PREMISES).ask("astray").legs[0].last.action
    assert isinstance(astray, Drop)
    assert (astray.reason, astray.target) == ("INSUFFICIENT_INFO", "rtb")


def test_a_host_on_premises_is_not_reached_by_the_internet() -> None:
    assert Lab(PREMISES).outcome("inside") == "ok"
    assert Lab(PREMISES).outcome("inside", "rtb[0.0.0.0/0]=igw") == "forward:DEST_IP_UNASSIGNED"


def test_an_echo_that_comes_back_to_its_sender_is_no_reply() -> None:
    """R-260: connection tracking knows the reply of a ping, not the ping itself from the other side."""
    text = ROUTED.replace("listens: [80]}", "listens: [80], security_groups: [sg]}", 1) + "  self: {from: web, to: 203.0.113.10, protocol: icmp}\n"
    for rules_in, outcome in (("[]", "forward:SG_INGRESS_DENY"), ("[icmp 203.0.113.10/32]", "ok")):
        assert Lab(text + f"security_groups: {{sg: {{ingress: {rules_in}, egress: [all 0.0.0.0/0]}}}}\n").outcome("self") == outcome


def test_masquerading_hides_a_network_of_ipv4() -> None:
    """Nobody on the internet has a way to it then, nor does the assumed end stand in for what the file knows."""
    assert Lab(ROUTED).outcome("bench", "edge.nat=masquerade") == "forward:DEST_IP_UNASSIGNED"


def test_between_two_routers_with_the_same_prefix_either_may_carry_it() -> None:
    two = ROUTED.replace("  inner:", "  other: {interfaces: {office: 198.51.100.3, internet: 192.0.2.3}, routes: {0.0.0.0/0: internet}}\n  inner:")
    routed = Lab(two)
    for chosen in ("edge", "other"):
        conversation = routed.ask("desk", choices={"internet": chosen})
        assert nodes(conversation, 1)[3] == chosen
        assert sorted(at(conversation.legs[1].hops[2], "internet-routed").choices) == ["edge", "other"]
    narrower = Lab(two.replace("{0.0.0.0/0: internet}}\n", "{0.0.0.0/0: internet, 198.51.100.10/32: 198.51.100.10}}\n"))
    assert nodes(narrower.ask("desk", choices={"internet": "edge"}), 1)[3] == "other"
