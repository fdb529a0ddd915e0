"""Security groups: allow rules on an interface, memory of connections, references and how they are lost."""

import pytest

from tests.aws.lab import Lab, at, rules
from tests.aws.tracing import hop, mends, problems, refusal, scenario, trace
from vpctui.aws.security_group import SecurityGroup

NET = """
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets:
  sn-a: {cidr: 10.0.1.0/24, route_table: rtb-a}
  sn-b: {cidr: 10.0.2.0/24, route_table: rtb-b}
  sn-f: {cidr: 10.0.3.0/24, route_table: rtb-f}
internet_gateways: {igw: {}}
route_tables: {rtb-a: {0.0.0.0/0: igw}, rtb-b: {0.0.0.0/0: igw}, rtb-f: {0.0.0.0/0: igw}}
prefix_lists: {pl-office: [198.51.100.0/24]}
security_groups:
  sg-web: {ingress: ["tcp 80 sg-app", "tcp 443-444 10.0.1.0/24", "udp 53 pl-office", "icmp 8/0 0.0.0.0/0"]}
  sg-app: {egress: ["tcp 80 sg-web", "tcp 443-445 0.0.0.0/0", "icmp 0.0.0.0/0"]}
  sg-all: {ingress: ["all 0.0.0.0/0"]}
  sg-none: {}
instances:
  i-app: {subnet: sn-a, private_ip: 10.0.1.10, public_ip: 203.0.113.10, security_groups: [sg-app]}
  i-web: {subnet: sn-b, private_ip: 10.0.2.10, public_ip: 203.0.113.20, security_groups: [sg-web]}
  i-two: {network_interfaces: {eni-in: {subnet: sn-a, private_ip: 10.0.1.20, public_ip: 203.0.113.30, security_groups: [sg-all]},
    eni-out: {subnet: sn-b, private_ip: 10.0.2.20, public_ip: 203.0.113.31, security_groups: [sg-none]}}}
  i-fw:  {subnet: sn-f, private_ip: 10.0.3.10, source_dest_check: off, ip_forward: on, security_groups: [sg-all]}
  i-bare: {subnet: sn-b, private_ip: 10.0.2.30}
hosts: {client: {ip: 198.51.100.10}, far: {ip: 192.0.2.10}}
flows:
  web:    {from: i-app, to: "10.0.2.10:80"}
  low:    {from: i-app, to: "10.0.2.10:443"}
  high:   {from: i-app, to: "10.0.2.10:444"}
  above:  {from: i-app, to: "10.0.2.10:445"}
  out:    {from: i-app, to: "192.0.2.10:25"}
  dns:    {from: client, to: "203.0.113.20:53", protocol: udp}
  dns-far: {from: far, to: "203.0.113.20:53", protocol: udp}
  ping:   {from: far, to: 203.0.113.20, protocol: icmp}
  report: {from: far, to: 203.0.113.20, protocol: icmp, icmp: 3/1}
  public: {from: i-app, to: "203.0.113.20:80"}
  two:    {from: client, to: "203.0.113.30:80"}
  bare:   {from: i-app, to: "10.0.2.30:80"}
  back:   {from: i-web, to: "10.0.1.10:9000", midstream: off}
  later:  {from: i-app, to: "10.0.2.10:80", midstream: on}
"""
LAB = Lab(NET)


def test_both_ends_are_asked() -> None:
    """R-261: the sender's egress, the receiver's ingress."""
    found = LAB.ask("web")
    assert found.outcome == "ok"
    assert at(hop(found, "i-app"), "security-group-out").decider == "sg-app.egress tcp 80 sg-web"
    assert at(hop(found, "i-web"), "security-group-in").decider == "sg-web.ingress tcp 80 sg-app"


def test_a_new_group_lets_everything_out_and_nothing_in() -> None:
    """R-262."""
    found = scenario(NET).network.the(SecurityGroup, "sg-none")
    assert found.ingress == ()
    assert [rule.text for rule in found.egress] == ["all 0.0.0.0/0", "all ::/0"]


@pytest.mark.parametrize(("flow", "outcome"), [("low", "ok"), ("high", "ok"), ("above", "forward:SG_INGRESS_DENY")])
def test_ports_are_a_range_with_both_ends(flow: str, outcome: str) -> None:
    """R-260."""
    assert LAB.outcome(flow) == outcome


def test_a_packet_that_no_rule_allows_out() -> None:
    """R-260: reported at the sender, with the route that it had."""
    found = LAB.ask("out")
    assert found.outcome == "forward:SG_EGRESS_DENY"
    last = hop(found, "i-app")
    assert (last.reason, last.route) == ("SG_EGRESS_DENY", "0.0.0.0/0")
    assert at(last, "security-group-out").facts["count"] == 3
    assert mends(found) == ("sg-app.egress+=tcp 25 192.0.2.10/32",)
    assert LAB.outcome("out", *mends(found)) == "ok"


def test_a_packet_that_no_rule_allows_in_and_the_smallest_mend() -> None:
    """R-260, R-151."""
    found = LAB.ask("above")
    assert mends(found) == ("sg-web.ingress+=tcp 445 10.0.1.10/32",)
    assert LAB.outcome("above", *mends(found)) == "ok"


def test_a_reply_needs_no_rule() -> None:
    """R-263: the answer is tracked at both interfaces."""
    found = LAB.ask("web")
    assert "security-group-tracked" in rules(hop(found, "i-web", 1))
    assert "security-group-tracked" in rules(hop(found, "i-app", 1))


def test_tracked_connections_survive_the_loss_of_their_rule() -> None:
    """R-263, R-264: only new connections are refused."""
    assert LAB.outcome("web", "sg-web.ingress-=tcp 80 sg-app") == "forward:SG_INGRESS_DENY"
    assert LAB.outcome("later", "sg-web.ingress-=tcp 80 sg-app") == "ok"


def test_memory_belongs_to_the_interface() -> None:
    """R-152: the answer leaves by another interface, which never saw the request."""
    text = NET.replace("eni-out: {subnet: sn-b, private_ip: 10.0.2.20, public_ip: 203.0.113.31, security_groups: [sg-none]}}}", "EXTRA")
    text = text.replace(
        "EXTRA",
        "eni-out: {subnet: sn-b, private_ip: 10.0.2.20, public_ip: 203.0.113.31, source_dest_check: off, security_groups: [sg-app]}},\n"
        "    routes: {198.51.100.0/24: eni-out}}",
    )
    found = trace(text, "two")
    assert found.outcome == "return:SG_EGRESS_DENY"
    assert trace(text, "two", "i-two.routes[198.51.100.0/24]=eni-in").outcome == "ok"


def test_a_reference_matches_the_private_address_of_a_member() -> None:
    """R-268: by its public address it is somebody else."""
    assert LAB.outcome("web") == "ok"
    assert LAB.outcome("public", "sg-app.egress+=tcp 80 0.0.0.0/0") == "forward:SG_INGRESS_DENY"


def test_a_reference_is_lost_behind_a_middlebox() -> None:
    """R-269, C-24: the source address is unchanged, but the group is not known any more."""
    through = ("rtb-a[10.0.2.0/24]=eni-fw", "rtb-b[10.0.1.0/24]=eni-fw")
    found = LAB.ask("web", *through)
    assert found.outcome == "forward:SG_REF_LOST"
    assert found.legs[0].last.packet.socket("src") == "10.0.1.10:50000"
    assert mends(found) == ("sg-web.ingress+=tcp 80 10.0.1.10/32",)
    assert LAB.outcome("web", *through, *mends(found)) == "ok"
    assert LAB.outcome("low", *through) == "ok"


@pytest.mark.parametrize(("flow", "outcome"), [("dns", "ok"), ("dns-far", "forward:SG_INGRESS_DENY")])
def test_a_prefix_list_as_source(flow: str, outcome: str) -> None:
    """R-270."""
    assert LAB.outcome(flow) == outcome


@pytest.mark.parametrize(("flow", "outcome"), [("ping", "ok"), ("report", "forward:SG_INGRESS_DENY")])
def test_icmp_is_matched_by_type_and_code(flow: str, outcome: str) -> None:
    """R-260."""
    assert LAB.outcome(flow) == outcome


def test_an_interface_without_a_group_is_not_filtered_and_says_so() -> None:
    """R-272: and so is no service that has none."""
    found = LAB.ask("bare", "sg-app.egress+=tcp 80 0.0.0.0/0")
    assert found.outcome == "ok"
    assert "security-group-none" in rules(hop(found, "i-bare"))


def test_an_unanswered_packet_to_a_closed_group_is_dropped() -> None:
    """R-262."""
    assert LAB.outcome("back") == "forward:SG_INGRESS_DENY"


def test_what_a_machine_sends_under_its_own_address_is_of_its_groups_and_what_it_passes_on_is_not() -> None:
    """R-268, R-269: a masquerading machine is the sender; a router hides whose packet it is."""
    text = """
    vpcs: {vpc: {cidr: 10.0.0.0/16}}
    subnets: {sn-a: {cidr: 10.0.1.0/24, route_table: rtb-a}, sn-b: {cidr: 10.0.2.0/24, route_table: rtb-b}, sn-n: {cidr: 10.0.3.0/24, route_table: rtb-b}}
    route_tables: {rtb-a: {10.0.2.0/24: eni-nat}, rtb-b: {}}
    instances:
      i-a:   {subnet: sn-a, private_ip: 10.0.1.10, security_groups: [sg-a]}
      i-b:   {subnet: sn-b, private_ip: 10.0.2.10, security_groups: [sg-b]}
      i-nat: {subnet: sn-n, private_ip: 10.0.3.10, source_dest_check: off, ip_forward: on, nat: masquerade, security_groups: [sg-nat]}
    security_groups: {sg-a: {}, sg-nat: {ingress: ["all 10.0.0.0/16"]}, sg-b: {ingress: ["tcp 80 sg-nat"]}}
    flows: {ab: {from: i-a, to: "i-b:80"}}
    """
    assert Lab(text).outcome("ab") == "ok"
    assert Lab(text).outcome("ab", "i-nat.nat=none") == "forward:SG_INGRESS_DENY"
    assert Lab(text).outcome("ab", "i-nat.nat=none", "sg-b.ingress+=tcp 80 sg-a") == "forward:SG_REF_LOST"


def test_rules_are_merged_over_all_groups() -> None:
    """R-260."""
    assert LAB.outcome("above", "eni-web.security_groups+=sg-all") == "ok"
    assert LAB.outcome("above", "eni-web.security_groups+=sg-none") == "forward:SG_INGRESS_DENY"


def test_a_group_without_rules_counts_none() -> None:
    found = LAB.ask("above", "eni-web.security_groups=sg-none")
    assert at(hop(found, "i-web"), "security-group-in").facts["count"] == 0


@pytest.mark.parametrize(
    ("change", "command"),
    [
        (
            "sg-web.ingress+=tcp 22 0.0.0.0/0",
            "authorize-security-group-ingress --group-id sg-web --ip-permissions 'IpProtocol=tcp,FromPort=22,ToPort=22",
        ),
        (
            "sg-web.ingress-=tcp 80 sg-app",
            "IpProtocol=tcp,FromPort=80,ToPort=80,UserIdGroupPairs=",
        ),
        ("sg-web.egress+=all ::/0", "authorize-security-group-egress --group-id sg-web --ip-permissions 'IpProtocol=-1,Ipv6Ranges="),
        ("sg-web.ingress+=udp pl-office", "PrefixListIds="),
        ("sg-web.ingress+=icmp 8/0 0.0.0.0/0", "IpProtocol=icmp,FromPort=8,ToPort=0"),
    ],
)
def test_command_lines(change: str, command: str) -> None:
    """R-048, R-260."""
    assert command in LAB.commands(change)[0]


def test_a_rule_that_names_nobody_is_refused() -> None:
    assert refusal(NET, "sg-web.ingress+=tcp 80 sg-x").reason == "UNKNOWN_RESOURCE"
    assert problems(NET.replace('"tcp 80 sg-app"', '"tcp 80 sg-x"')) == ["E202"]


def test_a_group_is_in_the_vpc_of_its_interfaces() -> None:
    text = NET.replace("vpcs: {vpc: {cidr: 10.0.0.0/16}}", "vpcs: {vpc: {cidr: 10.0.0.0/16}, other: {cidr: 10.9.0.0/16}}")
    text = text.replace("internet_gateways: {igw: {}}", "internet_gateways: {igw: {vpc: vpc}}")
    for subnet in ("sn-a", "sn-b", "sn-f"):
        text = text.replace(f"{subnet}: {{cidr", f"{subnet}: {{vpc: vpc, cidr")
    network = scenario(text).network
    assert {network.the(SecurityGroup, group).vpc for group in ("sg-web", "sg-app", "sg-all", "sg-none")} == {"vpc"}


TRACKING = """
vpcs: {vpc: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:1::/56"}}
subnets:
  sn-pub:  {cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:1:1::/64", route_table: rtb-pub}
  sn-priv: {cidr: 10.0.2.0/24, ipv6_cidr: "2001:db8:1:2::/64", route_table: rtb-priv}
internet_gateways: {igw: {route_table: rtb-edge}}
egress_only_internet_gateways: {eigw: {}}
nat_gateways: {nat: {subnet: sn-pub, private_ip: 10.0.1.50, public_ip: 203.0.113.50}}
route_tables: {rtb-edge: {10.0.2.0/24: vpce}, rtb-pub: {0.0.0.0/0: igw, "::/0": igw}, rtb-priv: {0.0.0.0/0: nat, 198.51.100.128/25: vpce, "::/0": eigw}}
load_balancers:
  nlb: {type: network, subnets: {sn-pub: {private_ip: 10.0.1.60, public_ip: 203.0.113.60}}, listeners: {80: {targets: ["i-in:80"]}}}
vpc_endpoints:
  vpce: {type: gateway_load_balancer, subnet: sn-pub, private_ip: 10.0.1.70, service: nfw}
  ddb:  {type: gateway, service: com.amazonaws.eu-west-1.dynamodb, prefix_list: pl-ddb, route_tables: [rtb-pub]}
  s3:   {type: gateway, service: com.amazonaws.eu-west-1.s3, prefix_list: pl-s3, route_tables: [rtb-pub]}
prefix_lists: {pl-ddb: [192.0.2.0/25], pl-s3: [192.0.2.128/25]}
endpoint_services: {nfw: {type: network_firewall}}
security_groups:
  sg-in:   {ingress: ["tcp 80 0.0.0.0/0", "udp 53 0.0.0.0/0", "icmp 0.0.0.0/0"]}
  sg-some: {ingress: ["tcp 80 0.0.0.0/0"], egress: ["tcp 1024-65535 0.0.0.0/0"]}
  sg-out:  {ingress: ["all 0.0.0.0/0", "all ::/0"]}
instances:
  i-in:   {subnet: sn-pub, private_ip: 10.0.1.10, public_ip: 203.0.113.10, security_groups: [sg-in]}
  i-some: {subnet: sn-pub, private_ip: 10.0.1.11, public_ip: 203.0.113.11, security_groups: [sg-some]}
  i-out:  {subnet: sn-pub, private_ip: 10.0.1.12, public_ip: 203.0.113.12, ipv6: "2001:db8:1:1::12", security_groups: [sg-out]}
  i-priv: {subnet: sn-priv, private_ip: 10.0.2.10, ipv6: "2001:db8:1:2::10", security_groups: [sg-out]}
  i-fw:   {subnet: sn-priv, private_ip: 10.0.2.11, public_ip: 203.0.113.13, security_groups: [sg-out]}
hosts: {client: {ip: 198.51.100.10, ipv6: "2001:db8:9::9"}}
flows:
  web:   {from: client, to: "203.0.113.10:80", midstream: on}
  dns:   {from: client, to: "203.0.113.10:53", protocol: udp, midstream: on}
  ping:  {from: client, to: 203.0.113.10, protocol: icmp, midstream: on}
  some:  {from: client, to: "203.0.113.11:80", midstream: on}
  lb:    {from: client, to: "203.0.113.60:80", midstream: on}
  out:   {from: i-out, to: "198.51.100.10:443", midstream: on}
  nat:   {from: i-priv, to: "198.51.100.10:443", midstream: on}
  six:   {from: i-out, to: "[2001:db8:9::9]:443", midstream: on}
  eigw:  {from: i-priv, to: "[2001:db8:9::9]:443", midstream: on}
  local: {from: i-out, to: "10.0.1.60:80", midstream: on}
  ddb:   {from: i-out, to: "192.0.2.1:443", midstream: on}
  s3:    {from: i-out, to: "192.0.2.200:443", midstream: on}
  nfw:   {from: i-fw, to: "198.51.100.200:443", midstream: on}
"""
TRACKED = Lab(TRACKING)
NO_IN = ("sg-in.ingress-=tcp 80 0.0.0.0/0", "sg-in.ingress-=udp 53 0.0.0.0/0", "sg-in.ingress-=icmp 0.0.0.0/0", "sg-some.ingress-=tcp 80 0.0.0.0/0")
NO_OUT = ("sg-out.egress-=all 0.0.0.0/0", "sg-out.egress-=all ::/0")


@pytest.mark.parametrize(
    ("flow", "changes", "outcome"),
    [
        ("web", NO_IN, "forward:SG_INGRESS_DENY"),
        ("dns", NO_IN, "forward:SG_INGRESS_DENY"),
        ("out", NO_OUT, "forward:SG_EGRESS_DENY"),
        ("six", NO_OUT, "forward:SG_EGRESS_DENY"),
        ("s3", NO_OUT, "forward:SG_EGRESS_DENY"),
        pytest.param("ping", NO_IN, "ok", id="ICMP is always tracked"),
        pytest.param("some", NO_IN, "ok", id="answers to some ports only"),
        pytest.param("lb", NO_IN, "ok", id="behind a network load balancer"),
        pytest.param("local", NO_OUT, "ok", id="to a network load balancer"),
        pytest.param("nat", NO_OUT, "ok", id="to a NAT gateway"),
        pytest.param("ddb", NO_OUT, "ok", id="to DynamoDB by its gateway endpoint"),
        pytest.param("nfw", NO_OUT, "ok", id="to a Network Firewall"),
        pytest.param("eigw", NO_OUT, "ok", id="to an egress-only internet gateway"),
    ],
)
def test_a_connection_from_and_to_anywhere_ends_with_its_rule_unless_its_path_tracks_it(flow: str, changes: tuple[str, ...], outcome: str) -> None:
    """R-264, R-265: an open connection of each kind, and then the rule that let it in or out is taken away."""
    assert TRACKED.outcome(flow) == "ok"
    assert TRACKED.outcome(flow, *changes) == outcome


@pytest.mark.parametrize(("ports", "outcome"), [("0-65535", "forward:SG_INGRESS_DENY"), ("1-65535", "ok"), ("0-65534", "ok")])
def test_answers_to_every_port_are_those_from_0_to_65535(ports: str, outcome: str) -> None:
    """R-264: a rule with one port less has its connections tracked, so one lives on without its inbound rule."""
    assert Lab(TRACKING.replace("tcp 1024-65535 0.0.0.0/0", f"tcp {ports} 0.0.0.0/0")).outcome("some", *NO_IN) == outcome


def test_an_untracked_answer_is_judged_by_the_rules() -> None:
    """R-264: the step names the rule, not the memory; the next packet of the connection too."""
    found = trace(TRACKING.replace(", midstream: on", ""), "web")
    assert at(hop(found, "i-in", 1), "security-group-out").facts["rule"] == "all 0.0.0.0/0"
    assert at(hop(found, "i-in", 2), "security-group-in").facts["rule"] == "tcp 80 0.0.0.0/0"


def test_a_packet_of_a_connection_that_is_forgotten_is_a_new_one() -> None:
    """R-266: after its idle time an interface knows nothing; the packet needs a rule, and the answer is tracked anew."""
    found = trace(TRACKING.replace("midstream: on", "midstream: off"), "some")
    assert "security-group-in" in rules(hop(found, "i-some"))
    assert "security-group-tracked" in rules(hop(found, "i-some", 1))
