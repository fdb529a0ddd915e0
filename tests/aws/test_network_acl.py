"""Network ACLs: ordered, stateless, at the border of a subnet."""

import pytest

from tests.aws.lab import Lab, at, rules
from tests.aws.tracing import hop, mends, problems, scenario
from vpctui.aws.network_acl import NetworkAcl

NET = """
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets:
  sn-a: {cidr: 10.0.1.0/24, route_table: rtb-a, network_acl: acl-a}
  sn-b: {cidr: 10.0.2.0/24, route_table: rtb-a, network_acl: acl-b}
  sn-f: {cidr: 10.0.3.0/24, route_table: rtb-f}
internet_gateways: {igw: {}}
route_tables: {rtb-a: {0.0.0.0/0: igw}, rtb-f: {0.0.0.0/0: igw}}
network_acls:
  acl-a: {ingress: {100: "allow all 0.0.0.0/0"}, egress: {100: "allow all 0.0.0.0/0"}}
  acl-b:
    ingress: {200: "allow tcp 22-80 0.0.0.0/0", 100: "deny tcp 23 0.0.0.0/0", 300: "allow icmp 8/0 0.0.0.0/0", 400: "allow udp 53 10.0.1.0/24",
      32766: "deny all 10.0.9.0/24"}
    egress: {100: "allow tcp 1024-65535 0.0.0.0/0", 200: "allow icmp 0.0.0.0/0", 300: "allow udp 50000 10.0.1.0/24"}
  acl-free: {}
instances:
  i-a: {subnet: sn-a, private_ip: 10.0.1.10, public_ip: 203.0.113.10}
  i-b: {subnet: sn-b, private_ip: 10.0.2.10, public_ip: 203.0.113.20}
  i-c: {subnet: sn-b, private_ip: 10.0.2.20}
  i-f: {subnet: sn-f, private_ip: 10.0.3.10, source_dest_check: off, ip_forward: on}
hosts: {client: {ip: 198.51.100.10}}
flows:
  web:    {from: i-a, to: "10.0.2.10:80"}
  telnet: {from: i-a, to: "10.0.2.10:23"}
  ssh:    {from: i-a, to: "10.0.2.10:22"}
  high:   {from: i-a, to: "10.0.2.10:81"}
  ping:   {from: i-a, to: 10.0.2.10, protocol: icmp}
  dns:    {from: i-a, to: "10.0.2.10:53", protocol: udp}
  dns-low: {from: i-a, to: "10.0.2.10:53", protocol: udp, source_port: 1000}
  near:   {from: i-b, to: "10.0.2.20:9999"}
  outside: {from: client, to: "203.0.113.20:80"}
  out:    {from: i-b, to: "192.0.2.1:443"}
  out-low: {from: i-b, to: "192.0.2.1:80", source_port: 40000}
"""
LAB = Lab(NET)


def test_entries_are_asked_by_number_whatever_their_order_in_the_file() -> None:
    """R-275."""
    found = scenario(NET).network.the(NetworkAcl, "acl-b")
    assert [number for number, _ in found.ingress] == [100, 200, 300, 400, 32766]


@pytest.mark.parametrize(
    ("flow", "outcome"),
    [
        ("web", "ok"),
        ("ssh", "ok"),
        ("telnet", "forward:NACL_INGRESS_DENY"),
        ("high", "forward:NACL_INGRESS_DENY"),
        ("ping", "ok"),
        ("dns", "ok"),
        ("dns-low", "return:NACL_EGRESS_DENY"),
        ("outside", "ok"),
        ("out", "forward:NACL_EGRESS_DENY"),
        ("out-low", "forward:NACL_EGRESS_DENY"),
    ],
)
def test_the_first_entry_that_covers_a_packet_decides(flow: str, outcome: str) -> None:
    """R-275, R-276: replies need an entry of their own."""
    assert LAB.outcome(flow) == outcome


def test_the_entry_that_decided_is_named() -> None:
    """R-275."""
    found = LAB.ask("telnet")
    seen = at(hop(found, "i-b"), "network-acl-ingress")
    assert (seen.decider, seen.facts["entry"], seen.passed) == ("acl-b.ingress[100]", "deny tcp 23 0.0.0.0/0", False)
    implicit = at(hop(LAB.ask("high"), "i-b"), "network-acl-ingress")
    assert (implicit.decider, implicit.facts["entry"]) == ("acl-b.ingress[*]", "deny all")


def test_what_comes_in_is_judged_at_the_receiver_and_what_goes_out_at_the_router() -> None:
    """R-273."""
    assert hop(LAB.ask("telnet"), "i-b").reason == "NACL_INGRESS_DENY"
    found = hop(LAB.ask("out"), "vpc")
    assert (found.reason, found.table, found.route) == ("NACL_EGRESS_DENY", "rtb-a", "0.0.0.0/0")


@pytest.mark.parametrize("flow", ["telnet", "high", "dns-low", "out"])
def test_the_mend_that_is_offered_helps(flow: str) -> None:
    found = LAB.ask(flow)
    assert LAB.ask(flow, *mends(found)).outcome != found.outcome


def test_a_mend_stands_before_the_entry_that_denied() -> None:
    assert mends(LAB.ask("telnet")) == ("acl-b.ingress[50]=allow tcp 23 10.0.1.10/32",)
    assert mends(LAB.ask("high")) == ("acl-b.ingress[32765]=allow tcp 81 10.0.1.10/32",)  # 32766 is the last number there is, and taken
    assert mends(LAB.ask("out")) == ("acl-b.egress[310]=allow tcp 443 192.0.2.1/32",)


@pytest.mark.parametrize(("number", "mend"), [(2, 1), (1, 1)])
def test_a_mend_stands_in_the_last_gap_before_it_takes_the_place_of_the_entry(number: int, mend: int) -> None:
    lab = Lab(NET.replace('100: "deny tcp 23', f'{number}: "deny tcp 23'))
    assert mends(lab.ask("telnet")) == (f"acl-b.ingress[{mend}]=allow tcp 23 10.0.1.10/32",)


def test_inside_a_subnet_nothing_is_asked() -> None:
    """R-273."""
    found = LAB.ask("near")
    assert found.outcome == "ok"
    assert not any(rule.startswith("network-acl") for visited in found.hops for rule in rules(visited))


def test_what_the_internet_gateway_brings_shows_private_destination_and_public_client() -> None:
    """R-281."""
    facts = at(hop(LAB.ask("outside"), "i-b"), "network-acl-ingress").facts
    assert (facts["far"], facts["port"]) == ("198.51.100.10", 80)
    assert hop(LAB.ask("outside"), "i-b").packet.socket("dst") == "10.0.2.10:80"


def test_transit_crosses_the_border_of_the_appliance_twice_with_the_original_addresses() -> None:
    """R-280."""
    through = ("rtb-a[10.0.2.0/24]=eni-f", "sn-f.network_acl=acl-a")
    found = LAB.ask("web", *through)
    assert "network-acl-ingress" in rules(hop(found, "i-f"))
    assert at(hop(found, "i-f"), "network-acl-ingress").facts["far"] == "10.0.1.10"
    routers = [visited for visited in found.legs[0].hops if visited.node == "vpc"]
    assert [at(visited, "network-acl-egress").facts["subnet"] for visited in routers] == ["sn-a", "sn-f"]


def test_a_subnet_without_an_acl_lets_everything_pass() -> None:
    """R-277."""
    assert LAB.outcome("high", "sn-b.network_acl=none") == "ok"


def test_an_acl_without_entries_lets_nothing_pass() -> None:
    """R-275, R-277: the new association takes the place of the old one."""
    assert LAB.outcome("web", "sn-b.network_acl=acl-free") == "forward:NACL_INGRESS_DENY"
    assert LAB.outcome("web", "sn-a.network_acl=acl-free") == "forward:NACL_EGRESS_DENY"


@pytest.mark.parametrize(
    ("change", "reason", "said"),
    [
        ("acl-b.ingress[0]=allow all 0.0.0.0/0", "QUERY_INVALID", "1 to 32766"),
        ("acl-b.ingress[32767]=allow all 0.0.0.0/0", "QUERY_INVALID", "1 to 32766"),
        ("acl-b.ingress=allow all 0.0.0.0/0", "QUERY_INVALID", "1 to 32766"),
        ("acl-b.ingress[100]=tcp 80", "QUERY_INVALID", "allow or deny"),
        ("acl-b.ingress[100]=allow all sg-x", "QUERY_INVALID", "addresses only"),
        ("acl-b.ingress[101]=none", "ROUTE_REFUSED_NOT_FOUND", "no ingress entry 101"),
    ],
)
def test_what_is_no_entry(change: str, reason: str, said: str) -> None:
    """R-275, R-278."""
    found = LAB.refusal(change)
    assert found.reason == reason
    assert said in found.message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("acl-b.ingress[110]=allow tcp 22 0.0.0.0/0", ("create-network-acl-entry", "--rule-number 110", "--protocol 6", "From=22,To=22", "--ingress")),
        ("acl-b.ingress[100]=allow tcp 22 0.0.0.0/0", ("replace-network-acl-entry", "--rule-action allow")),
        ("acl-b.egress[100]=none", ("delete-network-acl-entry", "--egress")),
        ("acl-b.egress[110]=deny all ::/0", ("--protocol -1", "--ipv6-cidr-block ::/0")),
        ("acl-b.egress[110]=allow icmp 3/4 0.0.0.0/0", ("Type=3,Code=4",)),
    ],
)
def test_command_lines(change: str, words: tuple[str, ...]) -> None:
    (line,) = LAB.commands(change)
    assert all(word in line for word in words), line


def test_a_number_stands_once() -> None:
    """R-275."""
    assert problems(NET.replace('{100: "allow all 0.0.0.0/0"}, egress', '{100: "allow all 0.0.0.0/0", 100: "deny all 0.0.0.0/0"}, egress')) == ["E103"]


def test_the_mend_for_an_answer_allows_all_ephemeral_ports() -> None:
    """R-276: the client's next connection comes from another port; what opens a connection is let through for its own port only."""
    closed = Lab(NET.replace('egress: {100: "allow tcp 1024-65535 0.0.0.0/0"', 'egress: {100: "deny tcp 1024-65535 0.0.0.0/0"'))
    assert mends(closed.ask("outside")) == ("acl-b.egress[50]=allow tcp 1024-65535 198.51.100.10/32",)
    assert closed.ask("outside", "acl-b.egress[50]=allow tcp 1024-65535 198.51.100.10/32").outcome == "ok"
    assert mends(LAB.ask("high"))[0].endswith("=allow tcp 81 10.0.1.10/32")


@pytest.mark.parametrize("target", ["eni-g", "nat"])
def test_a_route_to_somebody_of_the_same_subnet_crosses_no_border(target: str) -> None:
    """R-273: nothing is asked of a packet that goes round inside a subnet, whatever its route says."""
    text = (
        NET.replace("rtb-a: {0.0.0.0/0: igw}", f"rtb-a: {{0.0.0.0/0: {target}}}")
        .replace("  i-f:", "  i-g: {subnet: sn-b, private_ip: 10.0.2.30, source_dest_check: off, ip_forward: on}\n  i-f:")
        .replace("instances:\n", "nat_gateways: {nat: {subnet: sn-b, private_ip: 10.0.2.40, public_ip: 203.0.113.40}}\ninstances:\n")
        .replace("flows:\n", 'flows:\n  round: {from: i-c, to: "198.51.100.10:80"}\n')
    )
    found = Lab(text).ask("round")
    assert found.outcome == "forward:ROUTING_LOOP"
    asked = [step.rule for hop in found.legs[0].hops for step in hop.steps if step.rule.startswith("network-acl")]
    assert asked == []


@pytest.mark.parametrize(("port", "ports"), [(1023, "1023"), (1024, "1024-65535")])
def test_ephemeral_ports_begin_at_1024(port: int, ports: str) -> None:
    """R-276: the answer to a lower one is let through for that port only."""
    closed = Lab(NET.replace('egress: {100: "allow tcp 1024-65535 0.0.0.0/0"', 'egress: {100: "deny all 0.0.0.0/0"'))
    assert mends(closed.ask("outside", f"flows.outside.source_port={port}")) == (f"acl-b.egress[50]=allow tcp {ports} 198.51.100.10/32",)
