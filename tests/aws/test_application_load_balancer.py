"""Application Load Balancers: two connections, two sets of filters, what they take and what not."""

import pytest

from tests.aws.tracing import hop, mends, nodes, problems, refusal, scenario, seen, step, trace, visit
from vpctui.address import parse_address
from vpctui.aws.load_balancer_proxy import FIRST_PORT
from vpctui.aws.load_balancer_targets import CAPACITY
from vpctui.aws.translation import ports
from vpctui.engine import change
from vpctui.engine.connections import Connections
from vpctui.engine.registry import Assumptions, Situation
from vpctui.packet import Packet
from vpctui.trace import Arrival, Verdict

ALB = """
vpcs: {vpc-main: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:1::/56"}}
subnets:
  sn-pub-a: {cidr: 10.0.0.0/24, ipv6_cidr: "2001:db8:1::/64", az: a, route_table: rtb-pub}
  sn-pub-c: {cidr: 10.0.10.0/24, az: c, route_table: rtb-pub}
  sn-priv:  {cidr: 10.0.1.0/24, az: a, route_table: rtb-priv}
  sn-priv-d: {cidr: 10.0.2.0/24, az: d, route_table: rtb-priv}
route_tables:
  rtb-pub:  {0.0.0.0/0: igw, "::/0": igw}
  rtb-priv: {}
internet_gateways: {igw: {}}
instances:
  i-web:   {subnet: sn-priv, private_ip: 10.0.1.10, security_groups: [sg-web], listens: [8080]}
  i-web-2: {subnet: sn-priv, private_ip: 10.0.1.11, security_groups: [sg-web], listens: [8080]}
  i-d:     {subnet: sn-priv-d, private_ip: 10.0.2.10}
load_balancers:
  alb:
    type: application
    subnets:
      sn-pub-a: {private_ip: 10.0.0.60, public_ip: 203.0.113.60, ipv6: "2001:db8:1::60", network_interface: eni-alb-a}
      sn-pub-c: {private_ip: 10.0.10.60, public_ip: 203.0.113.61}
    listeners:
      80:   {targets: ["i-web:8080"]}
      443:  {targets: ["i-web:8080", "i-web-2:8080"], protocol: https}
      81:   {targets: ["10.0.1.10:8080"]}
      82:   {targets: ["i-d:80"]}
    security_groups: [sg-alb]
  nlb:
    type: network
    subnets: {sn-pub-a: {private_ip: 10.0.0.50, public_ip: 203.0.113.50}}
    listeners: {80: ["alb:80"]}
security_groups:
  sg-alb: {ingress: ["tcp 0-65535 0.0.0.0/0", "tcp 80 ::/0"], egress: ["tcp 8080 10.0.0.0/16"]}
  sg-web: {ingress: ["tcp 8080 sg-alb"], egress: []}
hosts: {client: {ip: 198.51.100.10, ipv6: "2001:db8:ffff::10"}}
flows:
  web:    {from: client, to: "203.0.113.60:80"}
  web-c:  {from: client, to: "203.0.113.61:80"}
  ip:     {from: client, to: "203.0.113.60:81"}
  https:  {from: client, to: "203.0.113.60:443"}
  far:    {from: client, to: "203.0.113.60:82"}
  closed: {from: client, to: "203.0.113.60:8443"}
  ping:   {from: client, to: 203.0.113.60, protocol: icmp}
  six:    {from: client, to: "alb:80", ipv6: on}
  front:  {from: client, to: "203.0.113.50:80"}
  later:  {from: client, to: "203.0.113.60:80", midstream: on}
  too:    {from: client, to: "203.0.113.60:80", source_port: 50001, after: [web]}
  large:  {from: client, to: "203.0.113.60:80", size: 1500}
"""


def test_the_clients_connection_ends_and_another_one_starts() -> None:
    """R-204, R-303: own source, own port, a fresh TTL; the answer travels both connections back."""
    found = trace(ALB, "web", "flows.web.ttl=9")
    assert found.outcome == "ok"
    left = hop(found, "alb").packet
    assert (left.socket("src"), left.socket("dst"), left.ttl) == ("10.0.0.60:63001", "10.0.1.10:8080", 64)
    assert left.identification != hop(found, "igw").packet.identification, "it is another packet"
    assert nodes(found, 1) == ["i-web", "vpc-main", "alb", "vpc-main", "igw", "client"]
    assert (seen(found, 1), found.legs[2].arrives) == ("203.0.113.60:80", True)


def test_the_client_survives_in_a_header_of_the_application_only() -> None:
    """R-207: the step says so, the packet does not."""
    found = trace(ALB, "web")
    told = step(found, "load-balancer-proxy-http")
    assert told is not None
    assert told.facts["address"] == "198.51.100.10"
    assert "WARN_CLIENT_IP_LOST" in [warning.code for warning in found.warnings]


def test_each_node_sends_from_its_own_address() -> None:
    """R-204: and answers come back to it."""
    found = trace(ALB, "web-c")
    assert (found.outcome, seen(found)) == ("ok", "10.0.10.60:63001")


def test_a_second_connection_has_a_port_of_its_own() -> None:
    """R-204."""
    assert seen(trace(ALB, "too")) == "10.0.0.60:63002"


def test_the_targets_group_can_name_the_load_balancers() -> None:
    """R-205: the sender is a member of it; the client's range is no use."""
    assert trace(ALB, "web").outcome == "ok"
    assert hop(trace(ALB, "web"), "i-web").steps[-2].decider == "sg-web.ingress tcp 8080 sg-alb"
    by_range = ("sg-web.ingress-=tcp 8080 sg-alb", "sg-web.ingress+=tcp 8080 198.51.100.0/24")
    assert trace(ALB, "web", *by_range).outcome == "forward:SG_INGRESS_DENY"


@pytest.mark.parametrize(
    ("wish", "outcome"),
    [("sg-alb.ingress=tcp 443 0.0.0.0/0", "forward:SG_INGRESS_DENY"), ("sg-alb.egress-=tcp 8080 10.0.0.0/16", "forward:SG_EGRESS_DENY")],
)
def test_its_own_groups_filter_both_connections(wish: str, outcome: str) -> None:
    """R-204, R-260."""
    found = trace(ALB, "web", wish)
    assert (found.outcome, found.legs[0].last.node) == (outcome, "alb")


def test_network_acls_of_both_subnets() -> None:
    """R-273: four crossings of its subnet, two connections."""
    text = (
        ALB.replace("sn-pub-a: {cidr", "sn-pub-a: {network_acl: acl, cidr")
        + """
network_acls:
  acl:
    ingress: {100: "allow tcp 80 198.51.100.0/24", 110: "allow tcp 63001 10.0.1.0/24"}
    egress:  {100: "allow tcp 8080 10.0.1.0/24", 110: "allow tcp 50000 198.51.100.0/24"}
"""
    )
    assert trace(text, "web").outcome == "ok"
    assert trace(text, "web", "acl.ingress[100]=none").outcome == "forward:NACL_INGRESS_DENY"
    assert trace(text, "web", "acl.egress[100]=none").outcome == "forward:NACL_EGRESS_DENY"
    assert trace(text, "web", "acl.ingress[110]=none").outcome == "return:NACL_INGRESS_DENY"
    assert trace(text, "web", "acl.egress[110]=none").outcome == "return:NACL_EGRESS_DENY"


def test_it_uses_targets_of_every_zone_that_it_is_in() -> None:
    """R-195: on by default here, can be off; a zone without a node is never used."""
    assert trace(ALB, "web-c").outcome == "ok"
    assert trace(ALB, "web-c", "alb.cross_zone=off").outcome == "forward:LB_CROSS_ZONE_OFF"
    assert trace(ALB, "far").outcome == "forward:LB_AZ_NOT_ENABLED"


def test_no_target() -> None:
    """R-209: the client hears 503; the packet ends here."""
    found = trace(ALB, "web", "i-web.state=stopped")
    assert (found.outcome, found.legs[0].last.node, mends(found)) == ("forward:LB_NO_TARGET", "alb", ("i-web.state=running",))


def test_it_fails_open_too() -> None:
    """R-196."""
    assert step(trace(ALB, "web", "alb.unhealthy+=i-web"), "load-balancer-fail-open") is not None


def test_no_listener() -> None:
    """R-197."""
    assert trace(ALB, "closed").outcome == "forward:LB_NO_LISTENER"


def test_it_ends_tcp_and_relays_nothing_else() -> None:
    """R-224."""
    found = trace(ALB, "ping", "sg-alb.ingress+=icmp 0.0.0.0/0")
    assert (found.outcome, found.legs[0].last.node) == ("forward:PROTOCOL_NOT_SUPPORTED", "alb")


def test_a_choice_among_equals_is_kept_for_the_connection() -> None:
    """R-186, C-21: later packets stay with the target, whatever becomes of it."""
    chosen = step(trace(ALB, "https"), "load-balancer-target")
    assert chosen is not None
    assert sorted(chosen.choices) == ["i-web-2:8080", "i-web:8080"]
    assert hop(trace(ALB, "https", choices={"alb": "i-web-2:8080"}), "alb").target == "i-web-2:8080"
    assert trace(ALB, "later").outcome == "ok"
    stopped = trace(ALB, "later", "i-web.state=stopped")
    assert (stopped.outcome, hop(stopped, "alb").target) == ("forward:INSTANCE_NOT_RUNNING", "i-web:8080")


def test_a_packet_of_no_known_connection_is_reset() -> None:
    """R-204: its own TCP does not know it."""
    packet = Packet(src=parse_address("198.51.100.10"), dst=parse_address("10.0.0.60"), src_port=5, dst_port=80, tcp_flags="PA")
    arrival = Arrival(node="alb", by="eni-alb-a")
    found = visit(packet, Situation(scenario(ALB).network, arrival, Connections(), Assumptions(), {}, (arrival,)))
    assert found.reason == "REPLY_NO_SOCKET"


@pytest.mark.parametrize("balancer", ["alb", "nlb"])
def test_what_comes_in_by_another_interface_is_not_for_a_balancer(balancer: str) -> None:
    """R-166: a balancer is reached by its nodes only; the check says so."""
    packet = Packet(src=parse_address("198.51.100.10"), dst=parse_address("10.0.0.60"), src_port=5, dst_port=80)
    arrival = Arrival(node=balancer, by="i-web:eth0")
    found = visit(packet, Situation(scenario(ALB).network, arrival, Connections(), Assumptions(), {}, (arrival,)))
    assert (found.reason, [(step.rule, step.passed) for step in found.steps]) == ("UNSUPPORTED_COMPONENT", [("managed-starts-nothing", False)])


def test_a_proxy_runs_out_of_ports_for_one_target() -> None:
    """R-201: its own address, 55,000 ports."""
    answer = ("tcp", parse_address("10.0.1.10"), 8080, parse_address("10.0.0.60"))
    taken = Connections({("alb", ("proxied", (*answer, port))): True for port in ports(FIRST_PORT, CAPACITY)})
    packet = Packet(src=parse_address("198.51.100.10"), dst=parse_address("10.0.0.60"), src_port=5, dst_port=80, tcp_flags="S")
    arrival = Arrival(node="alb", by="eni-alb-a")
    found = visit(packet, Situation(scenario(ALB).network, arrival, taken, Assumptions(), {}, (arrival,)))
    assert (found.reason, found.target) == ("NATGW_PORTS_EXHAUSTED", "i-web:8080")


def test_an_error_about_its_own_connection_is_its_own_business() -> None:
    """R-204, R-297: path MTU discovery ends at the proxy."""
    about = Packet(src=parse_address("10.0.0.60"), dst=parse_address("198.51.100.10"), src_port=80, dst_port=5)
    error = Packet(src=parse_address("198.51.100.1"), dst=parse_address("10.0.0.60"), protocol="icmp", icmp_type=3, icmp_code=4, about=about)
    arrival = Arrival(node="alb", by="eni-alb-a")
    known = Connections({("eni-alb-a", ("in", about.reverse_flow)): True})
    found = visit(error, Situation(scenario(ALB).network, arrival, known, Assumptions(), {}, (arrival,)))
    assert found.verdict is Verdict.DELIVERED


def test_settings_of_a_nodes_interface_stand_where_the_service_says_them() -> None:
    """A problem with an interface points at the line of the load balancer's subnet."""
    places = scenario(ALB).places
    before = ("vpctui: 1\n" + ALB).partition("eni-alb-a")[0]
    assert places[("eni-alb-a", "private_ip")].line == before.count("\n") + 1


def test_an_ipv6_client_of_an_ipv4_target() -> None:
    """R-204: a proxy does not care."""
    found = trace(ALB, "six")
    assert (found.outcome, seen(found), seen(found, 1)) == ("ok", "10.0.0.60:63001", "[2001:db8:1::60]:80")


def test_behind_a_network_load_balancer_it_sees_the_client() -> None:
    """R-203, R-187: and its answer goes back through that one."""
    found = trace(ALB, "front")
    assert found.outcome == "ok"
    assert nodes(found) == ["client", "igw", "nlb", "alb", "vpc-main", "i-web"]
    assert hop(found, "nlb").packet.socket("src") == "198.51.100.10:50000"
    assert nodes(found, 1) == ["i-web", "vpc-main", "alb", "nlb", "vpc-main", "igw", "client"]
    assert seen(trace(ALB, "front", "nlb.preserve_client_ip=off"), 1) == "203.0.113.50:80"


def test_its_subnet_needs_the_way_to_the_internet() -> None:
    """R-206: the target's does not."""
    assert trace(ALB, "web", "rtb-pub[0.0.0.0/0]=none").outcome == "return:NO_ROUTE"


def test_its_interface_takes_no_foreign_packets_and_cannot_be_made_to() -> None:
    """R-084, R-134, R-135, C-07: a route to it is accepted; the check drops what it brings, and nobody may switch it off."""
    found = trace(ALB, "web-c", "rtb-pub[10.0.1.0/24]=eni-alb-a")
    assert (found.outcome, found.legs[0].last.node, mends(found)) == ("forward:ENI_SRC_DST_CHECK_IN", "alb", ())
    assert refusal(ALB, "eni-alb-a.source_dest_check=off").reason == "ENI_REFUSED_REQUESTER_MANAGED"


def test_command_lines() -> None:
    """R-195: cross-zone is an attribute of its target groups."""
    network = scenario(ALB).network
    for wish, line in (
        ("alb.security_groups=sg-web", "aws elbv2 set-security-groups --load-balancer-arn ARN-OF-alb --security-groups sg-web"),
        (
            "alb.cross_zone=off",
            "aws elbv2 modify-target-group-attributes --target-group-arn ARN-OF-alb-80 --attributes Key=load_balancing.cross_zone.enabled,Value=false",
        ),
    ):
        written = change.parse(wish)
        assert isinstance(written, change.Change)
        assert change.commands(written, network)[0] == line


def test_changed_groups_reach_its_nodes() -> None:
    """R-205."""
    assert trace(ALB, "web", "alb.security_groups=sg-web").outcome == "forward:SG_INGRESS_DENY"


def test_what_a_file_gets_wrong() -> None:
    """Listeners of an application one speak HTTP."""
    assert problems(ALB.replace("protocol: https", "protocol: tls")) == ["E125"]
    assert problems(ALB.replace("type: application", "type: alb")) == ["E125"]
    assert problems(ALB.replace("private_ip: 10.0.10.60, ", "")) == ["E124"]


def test_a_node_without_ipv6_opens_no_connection_to_a_target_that_has_nothing_else() -> None:
    """R-204: the second connection starts at an address of the node."""
    six = (
        ALB.replace("sn-priv:  {cidr: 10.0.1.0/24,", 'sn-priv:  {cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:1:1::/64",')
        .replace("private_ip: 10.0.1.10,", 'private_ip: 10.0.1.10, ipv6: "2001:db8:1:1::10",')
        .replace('81:   {targets: ["10.0.1.10:8080"]}', '81:   {targets: ["[2001:db8:1:1::10]:8080"]}')
    ) + '  to-six: {from: client, to: "203.0.113.61:81"}\n'
    found = trace(six, "to-six")
    assert found.outcome == "forward:PROTOCOL_NOT_SUPPORTED"
    refused = step(found, "load-balancer-source")
    assert refused is not None
    assert not refused.passed
