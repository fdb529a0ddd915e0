"""VPC peering: two VPCs and nothing behind them, straight delivery, what a NAT gateway's answers find."""

import pytest
from msgspec.structs import replace

from tests.aws.tracing import hop, mends, nodes, problems, refusal, scenario, seen, step, trace, visit
from vpctui.engine.connections import Connections
from vpctui.engine.registry import Assumptions, Situation
from vpctui.trace import Arrival

PEERED = """
vpcs:
  vpc-a: {cidr: 10.1.0.0/16}
  vpc-b: {cidr: [10.2.0.0/16, 10.22.0.0/16]}
  vpc-c: {cidr: 10.3.0.0/16}
subnets:
  sn-a:   {vpc: vpc-a, cidr: 10.1.1.0/24, route_table: rtb-a}
  sn-nat: {vpc: vpc-a, cidr: 10.1.2.0/24, route_table: rtb-nat}
  sn-b:   {vpc: vpc-b, cidr: 10.2.1.0/24, route_table: rtb-b, network_acl: acl-b}
  sn-b2:  {vpc: vpc-b, cidr: 10.22.1.0/24, route_table: rtb-b}
  sn-c:   {vpc: vpc-c, cidr: 10.3.1.0/24, route_table: rtb-c}
route_tables:
  rtb-a:   {10.2.0.0/16: pcx, 10.22.0.0/16: pcx, 10.3.0.0/16: pcx, 0.0.0.0/0: pcx, 198.18.0.0/15: nat}
  rtb-nat: {10.2.0.0/16: pcx, 10.3.0.0/16: pcx}
  rtb-b:   {10.1.0.0/16: pcx, 10.3.0.0/16: pcx-bc, 0.0.0.0/0: igw-b, 192.168.0.0/16: vgw-b}
  rtb-c:   {10.2.0.0/16: pcx-bc, 10.1.0.0/16: pcx-bc}
internet_gateways: {igw-b: {vpc: vpc-b}}
vpn_gateways: {vgw-b: {vpc: vpc-b, routes: [192.168.0.0/16]}}
nat_gateways: {nat: {subnet: sn-nat, private_ip: 10.1.2.20, connectivity: private}}
vpc_peering_connections:
  pcx:    {vpcs: [vpc-a, vpc-b]}
  pcx-bc: {vpcs: [vpc-b, vpc-c]}
network_acls:
  acl-b: {ingress: {100: "allow all 0.0.0.0/0"}, egress: {100: "allow all 0.0.0.0/0"}}
instances:
  i-a:  {subnet: sn-a, private_ip: 10.1.1.10, security_groups: [sg-a]}
  i-fw: {subnet: sn-a, private_ip: 10.1.1.99, source_dest_check: off, ip_forward: on}
  i-b:  {subnet: sn-b, private_ip: 10.2.1.10, security_groups: [sg-b], public_ip: 203.0.113.2}
  i-b2: {subnet: sn-b2, private_ip: 10.22.1.10}
  i-c:  {subnet: sn-c, private_ip: 10.3.1.10}
security_groups:
  sg-a: {vpc: vpc-a}
  sg-b: {vpc: vpc-b, ingress: ["tcp 443 sg-a", "tcp 22 10.1.0.0/16"]}
hosts:
  update: {ip: 192.0.2.80}
  office: {ip: 192.168.0.5, behind: vgw-b}
flows:
  ab:      {from: i-a, to: "i-b:443"}
  ab2:     {from: i-a, to: "i-b2:443"}
  ac:      {from: i-a, to: "i-c:443"}
  web:     {from: i-a, to: "update:443"}
  office:  {from: i-a, to: "office:443"}
  forged:  {from: i-fw, to: "i-b2:443", source_ip: 172.16.0.1}
  nobody:  {from: i-a, to: "10.2.1.99:443"}
  big:     {from: i-a, to: "i-b2:443", size: 9001}
  into:    {from: office, to: "i-a:443"}
"""
NAT = ("rtb-a[10.2.0.0/16]=nat", "rtb-a[10.22.0.0/16]=nat", "rtb-nat[10.22.0.0/16]=pcx", "rtb-b[10.1.0.0/16]=none", "rtb-b[0.0.0.0/0]=none")


def test_it_hands_straight_to_the_interface_and_leaves_the_ttl_alone() -> None:
    """R-248, R-252, R-258, R-300: no router hop in the other VPC, no table asked there."""
    found = trace(PEERED, "ab2")
    assert (found.outcome, nodes(found)) == ("ok", ["i-a", "vpc-a", "pcx", "i-b2"])
    assert nodes(found, 1) == ["i-b2", "vpc-b", "pcx", "i-a"]
    at = hop(found, "pcx")
    assert (at.kind, at.table, at.target, at.packet.ttl) == ("vpc_peering_connection", None, "vpc-b", 64)


@pytest.mark.parametrize("flow", ["ac", "web", "office"])
def test_nothing_behind_the_peer_is_reached(flow: str) -> None:
    """R-250, R-251, R-253: a third VPC, the peer's internet gateway, its VPN."""
    found = trace(PEERED, flow)
    assert (found.outcome, found.legs[0].last.node) == ("forward:PCX_NOT_TRANSITIVE", "pcx")
    failed = step(found, "pcx-dst")
    assert failed is not None
    assert (failed.passed, failed.facts["vpc"]) == (False, "vpc-b")


def test_a_source_of_neither_vpc_is_not_carried() -> None:
    """R-250, R-253."""
    found = trace(PEERED, "forged")
    assert (found.outcome, found.legs[0].last.node) == ("forward:PCX_NOT_TRANSITIVE", "pcx")


def test_what_comes_in_by_the_peers_vpn_cannot_go_on_over_the_peering() -> None:
    """R-111, R-251: the virtual private gateway knows only its own VPC's interfaces."""
    assert trace(PEERED, "into").outcome == "forward:VGW_ADDRESS_NOT_IN_VPC"


def test_an_address_that_nobody_holds_ends_at_the_peering() -> None:
    """R-252."""
    found = trace(PEERED, "nobody")
    assert (found.outcome, found.legs[0].last.node) == ("forward:DEST_IP_UNASSIGNED", "pcx")


def test_only_an_active_peering_carries() -> None:
    """R-248."""
    found = trace(PEERED, "ab", "pcx.status=pending-acceptance")
    assert (found.outcome, mends(found)) == ("forward:PCX_NOT_ACTIVE", ("pcx.status=active",))


def test_routes_to_a_deleted_peering_are_blackholes() -> None:
    """R-035, R-259."""
    found = trace(PEERED, "ab", "pcx.status=deleted")
    assert (found.outcome, found.legs[0].last.node) == ("forward:ROUTE_BLACKHOLE", "vpc-a")


def test_the_peer_needs_a_route_back() -> None:
    """R-248: its own reason, because the mend is on the other side."""
    found = trace(PEERED, "ab2", "rtb-b[10.1.0.0/16]=none", "rtb-b[0.0.0.0/0]=none")
    assert (found.outcome, found.legs[1].last.node, found.legs[1].last.table) == ("return:PCX_NO_RETURN_ROUTE", "vpc-b", "rtb-b")


def test_the_network_acl_of_the_receiving_subnet_is_asked() -> None:
    """R-252, R-273."""
    found = trace(PEERED, "ab", "acl-b.ingress[50]=deny tcp 443 0.0.0.0/0")
    assert (found.outcome, found.legs[0].last.node) == ("forward:NACL_INGRESS_DENY", "i-b")


def test_a_rule_may_name_the_peers_group_within_a_region() -> None:
    """R-255, R-268."""
    assert trace(PEERED, "ab").outcome == "ok"
    assert trace(PEERED.replace("{vpcs: [vpc-a, vpc-b]}", "{vpcs: [vpc-a, vpc-b], inter_region: on}"), "ab").outcome == "forward:SG_REF_LOST"


def test_an_outbound_rule_may_name_the_peers_group() -> None:
    """R-255."""
    limited = PEERED.replace("sg-a: {vpc: vpc-a}", 'sg-a: {vpc: vpc-a, egress: ["tcp 443 sg-b"]}')
    assert trace(limited, "ab").outcome == "ok"
    assert trace(limited.replace("{vpcs: [vpc-a, vpc-b]}", "{vpcs: [vpc-a, vpc-b], inter_region: on}"), "ab").outcome == "forward:SG_EGRESS_DENY"
    assert trace(limited, "ab2").outcome == "forward:SG_EGRESS_DENY"


@pytest.mark.parametrize(("region", "size", "outcome"), [("off", 9001, "ok"), ("on", 8500, "ok"), ("on", 8501, "forward:MTU_EXCEEDED_DF")])
def test_sizes(region: str, size: int, outcome: str) -> None:
    """R-257, R-294, R-296: 9001 within a Region, 8500 across; nobody reports."""
    text = PEERED.replace("{vpcs: [vpc-a, vpc-b]}", f"{{vpcs: [vpc-a, vpc-b], inter_region: {region}}}")
    found = trace(text, "big", f"flows.big.size={size}")
    assert (found.outcome, found.icmp) == (outcome, None)


def test_the_connection_itself_carries_9001_bytes() -> None:
    """R-257: what no guest sends it does not carry either."""
    sent = trace(PEERED, "big", "flows.big.size=9001")
    arrived = hop(sent, "pcx").arrived
    assert arrived is not None
    arrival = Arrival(node="pcx", by="vpc-a")
    here = Situation(scenario(PEERED).network, arrival, Connections(), Assumptions(), {}, (arrival,))
    assert [visit(replace(arrived, size=size), here).reason for size in (9001, 9002)] == [None, "MTU_EXCEEDED_DF"]


def test_answers_to_a_nat_gateway_find_back_without_a_route() -> None:
    """R-169, C-23."""
    found = trace(PEERED, "ab2", *NAT)
    assert (found.outcome, nodes(found)) == ("ok", ["i-a", "vpc-a", "nat", "vpc-a", "pcx", "i-b2"])
    assert seen(found).startswith("10.1.2.20:")
    back = found.legs[1].hops[1]
    assert (back.node, back.table, back.route, back.target) == ("vpc-b", None, None, "pcx")
    assert nodes(found, 1) == ["i-b2", "vpc-b", "pcx", "nat", "vpc-a", "i-a"]


def test_a_network_acl_stops_answers_to_a_nat_gateway_all_the_same() -> None:
    """R-169, C-23."""
    found = trace(PEERED, "ab", *NAT, "acl-b.egress[50]=deny tcp 61001 0.0.0.0/0", "sg-b.ingress+=tcp 443 10.1.0.0/16")
    assert (found.outcome, found.legs[1].last.node) == ("return:NACL_EGRESS_DENY", "vpc-b")


def test_an_ordinary_instance_does_not_get_that() -> None:
    """R-169."""
    assert trace(PEERED, "ab2", "rtb-b[10.1.0.0/16]=none", "rtb-b[0.0.0.0/0]=none").outcome == "return:PCX_NO_RETURN_ROUTE"


def test_without_reverse_path_check_the_answer_follows_the_route_there_is() -> None:
    """R-254: vpc-b sends the answer to a wrong peering, which refuses it."""
    found = trace(PEERED, "ab2", "rtb-b[10.1.0.0/16]=pcx-bc")
    assert (found.outcome, found.legs[1].last.node) == ("return:PCX_NOT_TRANSITIVE", "pcx-bc")


def test_refusals() -> None:
    """R-044, R-051, R-248."""
    assert refusal(PEERED, "rtb-c[10.9.0.0/16]=pcx").reason == "ROUTE_REFUSED_OTHER_VPC"
    assert refusal(PEERED, "pcx.route_table=rtb-a").reason == "ASSOC_REFUSED_GATEWAY_KIND"
    assert refusal(PEERED, "pcx.status=broken").reason == "QUERY_INVALID"


@pytest.mark.parametrize(
    ("instead", "code"),
    [("{vpcs: [vpc-a]}", "E124"), ("{vpcs: [vpc-a, vpc-a]}", "E124"), ("{vpcs: [vpc-a, vpc-x]}", "E202"), ("{vpcs: [vpc-a, vpc-b], status: on}", "E125")],
)
def test_mistakes_in_a_file(instead: str, code: str) -> None:
    assert code in problems(PEERED.replace("{vpcs: [vpc-a, vpc-b]}", instead))


def test_overlapping_ranges_cannot_be_peered() -> None:
    """R-249: an active one is a mistake; as failed it may stand in a file."""
    text = PEERED.replace("vpc-c: {cidr: 10.3.0.0/16}", "vpc-c: {cidr: [10.3.0.0/16, 10.2.128.0/17]}")
    assert "E214" in problems(text)
    assert "E214" not in problems(text.replace("pcx-bc: {vpcs: [vpc-b, vpc-c]}", "pcx-bc: {vpcs: [vpc-b, vpc-c], status: failed}"))


def test_the_peers_resolver_is_not_reached() -> None:
    """R-256: the base of its range plus two is nobody's interface."""
    text = PEERED.replace('nobody:  {from: i-a, to: "10.2.1.99:443"}', 'nobody:  {from: i-a, to: "10.2.0.2:53", protocol: udp}')
    assert trace(text, "nobody").outcome == "forward:DEST_IP_UNASSIGNED"
