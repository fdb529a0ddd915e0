"""What a gateway route table refuses: when it is associated, and at every later edit."""

from pathlib import Path

import pytest

from tests.aws.lab import Lab, at, failures, rules
from tests.aws.tracing import hop, nodes, problems, scenario
from vpctui.aws import edge_rules
from vpctui.aws.internet_gateway import InternetGateway
from vpctui.aws.route_table import RouteTable
from vpctui.engine.change import Refusal

NET = """
vpcs: {vpc: {cidr: [10.0.0.0/16, 10.1.0.0/16], ipv6_cidr: "2001:db8:1::/56", main_route_table: rtb-main}, other: {cidr: 10.9.0.0/16}}
subnets:
  sn-fw:  {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-fw}
  sn-app: {vpc: vpc, cidr: 10.0.2.0/24, ipv6_cidr: "2001:db8:1:2::/64", route_table: rtb-app}
  sn-o:   {vpc: other, cidr: 10.9.1.0/24, route_table: rtb-o}
internet_gateways: {igw: {vpc: vpc, public_ipv4_pools: [192.0.2.0/24]}, igw-o: {vpc: other}}
egress_only_internet_gateways: {eigw: {vpc: vpc}}
vpn_gateways: {vgw: {vpc: vpc, routes: [192.168.0.0/16]}}
nat_gateways: {nat: {subnet: sn-fw, private_ip: 10.0.1.50, public_ip: 203.0.113.50}}
prefix_lists: {pl: [10.0.2.0/24]}
route_tables:
  rtb-main: {}
  rtb-fw: {0.0.0.0/0: igw}
  rtb-app: {0.0.0.0/0: eni-fw}
  rtb-o: {}
  rtb-edge: {vpc: vpc, routes: {10.0.2.0/24: eni-fw}}
  rtb-free: {vpc: vpc, routes: {}}
  rtb-prop: {vpc: vpc, propagating_vgws: [vgw]}
instances:
  i-fw:  {subnet: sn-fw, private_ip: 10.0.1.10, public_ip: 203.0.113.10, source_dest_check: off, ip_forward: on}
  i-app: {subnet: sn-app, private_ip: 10.0.2.10, public_ip: 203.0.113.20, ipv6: "2001:db8:1:2::10", listens: [80]}
  i-o:   {subnet: sn-o, private_ip: 10.9.1.10}
network_interfaces:
  eni-nlb: {subnet: sn-fw, private_ip: 10.0.1.60, type: network_load_balancer}
  eni-clb: {subnet: sn-fw, private_ip: 10.0.1.61, type: load_balancer}
hosts: {client: {ip: 198.51.100.10, ipv6: "2001:db8:9::9"}, dc: {ip: 192.168.1.9, behind: vgw}}
flows:
  web: {from: client, to: "203.0.113.20:80"}
  dc:  {from: dc, to: "10.0.2.10:80"}
  six: {from: client, to: "[2001:db8:1:2::10]:80"}
  pool: {from: client, to: "192.0.2.7:80"}
"""
LAB = Lab(NET)
ASSOCIATE = "igw.route_table=rtb-edge"


def test_an_edge_table_decides_what_enters() -> None:
    """R-050, R-060, R-061: translation first, then the table, asked for the private address."""
    plain, through = LAB.ask("web"), LAB.ask("web", ASSOCIATE)
    assert "edge-none" in rules(hop(plain, "igw"))
    assert hop(plain, "igw").table is None
    seen = hop(through, "igw")
    assert (seen.table, seen.route, seen.target, seen.packet.socket("dst")) == ("rtb-edge", "10.0.2.0/24", "eni-fw", "10.0.2.10:80")
    assert rules(seen).index("igw-dnat") < rules(seen).index("edge-lookup")
    assert at(seen, "edge-lookup").facts["dst"] == "10.0.2.10"


def test_redirection_changes_no_header() -> None:
    """R-062, R-066: the appliance gets the packet for the server, and the edge table is not asked again."""
    found = LAB.ask("web", ASSOCIATE)
    arrived = hop(found, "i-fw").arrived
    assert arrived is not None
    assert (arrived.socket("src"), arrived.socket("dst")) == ("198.51.100.10:50000", "10.0.2.10:80")
    assert [visited.node for visited in found.legs[0].hops].count("igw") == 1


@pytest.mark.parametrize(
    ("change", "reason", "rule"),
    [
        ("nat.route_table=rtb-edge", "ASSOC_REFUSED_GATEWAY_KIND", "R-051"),
        ("eigw.route_table=rtb-edge", "ASSOC_REFUSED_GATEWAY_KIND", "R-051"),
        ("igw-o.route_table=rtb-edge", "ASSOC_REFUSED_DETACHED", "R-052"),
        ("igw.route_table=rtb-fw", "ASSOC_REFUSED_TARGET", "R-056"),
        ("vgw.route_table=rtb-fw", "ASSOC_REFUSED_TARGET", "R-056"),
        ("igw.route_table=rtb-app", "ASSOC_REFUSED_DEST_OUTSIDE_VPC", "R-056"),
        ("igw.route_table=rtb-prop", "ASSOC_REFUSED_PROPAGATION", "R-056"),
        ("igw.route_table=rtb-main", "ASSOC_REFUSED_MAIN", "R-058"),
        ("igw.route_table=rtb-nobody", "UNKNOWN_RESOURCE", ""),
    ],
)
def test_an_association_that_is_refused(change: str, reason: str, rule: str) -> None:
    """R-008, R-051, R-052, R-056, R-058, C-15."""
    found = LAB.refusal(change)
    assert (found.reason, found.rule) == (reason, rule)
    assert found.message


@pytest.mark.parametrize(
    ("route", "reason"),
    [
        ("10.0.2.0/25: eni-fw", "ASSOC_REFUSED_DEST_NOT_SUBNET"),
        ("10.0.2.10/32: eni-fw", "ASSOC_REFUSED_DEST_NOT_SUBNET"),
        ("10.0.0.0/17: eni-fw", "ASSOC_REFUSED_DEST_NOT_SUBNET"),
        ("0.0.0.0/0: eni-fw", "ASSOC_REFUSED_DEST_OUTSIDE_VPC"),
        ("10.0.0.0/8: eni-fw", "ASSOC_REFUSED_DEST_OUTSIDE_VPC"),
        ("192.168.0.0/16: eni-fw", "ASSOC_REFUSED_DEST_OUTSIDE_VPC"),
        ("pl: eni-fw", "ASSOC_REFUSED_PREFIX_LIST"),
        ("10.0.1.0/24: nat", "ASSOC_REFUSED_TARGET"),
        ("10.0.1.0/24: eni-nlb", "LB_ENI_NOT_ROUTABLE_TARGET"),
    ],
)
def test_every_route_of_the_table_is_looked_at_before_it_is_associated(route: str, reason: str) -> None:
    """R-054, R-055, R-056, R-083: in the file the same codes stand at the route."""
    destination = route.partition(":")[0]
    text = NET.replace("rtb-edge: {vpc: vpc, routes: {10.0.2.0/24: eni-fw}}", f"rtb-edge: {{vpc: vpc, routes: {{10.0.2.0/24: eni-fw, {route}}}}}")
    assert problems(text.replace("igw: {vpc: vpc,", "igw: {vpc: vpc, route_table: rtb-edge,")) == [reason]
    if reason not in ("ASSOC_REFUSED_DEST_NOT_SUBNET", "LB_ENI_NOT_ROUTABLE_TARGET"):  # those no table can hold at all
        found = Lab(text).refusal(ASSOCIATE)
        assert found.reason == reason
        assert destination in found.hint


@pytest.mark.parametrize(
    "route", ["10.0.1.0/24: eni-fw", "10.0.0.0/16: eni-fw", "10.1.0.0/16: local", "10.0.1.0/24: local", '"2001:db8:1:2::/64": eni-fw', "10.0.1.0/24: eni-clb"]
)
def test_whole_blocks_and_whole_subnets_are_legal(route: str) -> None:
    """R-053, R-054, R-084: and so is the interface of a classic load balancer."""
    text = NET.replace("rtb-edge: {vpc: vpc, routes: {10.0.2.0/24: eni-fw}}", f"rtb-edge: {{vpc: vpc, routes: {{10.0.2.0/24: eni-fw, {route}}}}}")
    assert Lab(text).outcome("web", ASSOCIATE) == "ok"
    assert problems(text.replace("igw: {vpc: vpc,", "igw: {vpc: vpc, route_table: rtb-edge,")) == []


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        ("rtb-edge[10.0.2.0/25]=eni-fw", "ROUTE_REFUSED_EDGE_DEST_NOT_SUBNET"),
        ("rtb-edge[10.0.2.10/32]=eni-fw", "ROUTE_REFUSED_EDGE_DEST_NOT_SUBNET"),
        ("rtb-edge[0.0.0.0/0]=eni-fw", "ROUTE_REFUSED_EDGE_DEST_OUTSIDE_VPC"),
        ("rtb-edge[192.168.0.0/16]=eni-fw", "ROUTE_REFUSED_EDGE_DEST_OUTSIDE_VPC"),
        ("rtb-edge[10.0.0.0/8]=eni-fw", "ROUTE_REFUSED_EDGE_DEST_OUTSIDE_VPC"),
        ("rtb-edge[10.0.1.0/24]=igw", "ROUTE_REFUSED_EDGE_TARGET"),
        ("rtb-edge[10.0.1.0/24]=nat", "ROUTE_REFUSED_EDGE_TARGET"),
        ("rtb-edge[10.0.1.0/24]=vgw", "ROUTE_REFUSED_EDGE_TARGET"),
        ("rtb-edge[10.0.1.0/24]=i-fw", "ROUTE_REFUSED_EDGE_TARGET"),
        ("rtb-edge[10.0.1.0/24]=eni-nlb", "LB_ENI_NOT_ROUTABLE_TARGET"),
        ("rtb-edge[10.0.1.0/24]=eni-nat", "LB_ENI_NOT_ROUTABLE_TARGET"),
        ("rtb-edge[10.0.1.0/24]=eni-o", "ROUTE_REFUSED_OTHER_VPC"),
        ("rtb-edge[pl]=eni-fw", "ROUTE_REFUSED_EDGE_PREFIX_LIST"),
        ("rtb-edge[0.0.0.0/0]=local", "ROUTE_REFUSED_LOCAL_TARGET"),
        ("rtb-edge[10.0.0.0/16]=none", "ROUTE_REFUSED_LOCAL_TARGET"),
        ("rtb-edge[169.254.168.0/24]=eni-fw", "ROUTE_REFUSED_RESERVED"),
        ("rtb-edge.propagating_vgws+=vgw", "PROPAGATION_REFUSED_EDGE_TABLE"),
        ("vpc.main_route_table=rtb-edge", "ASSOC_REFUSED_MAIN"),
    ],
)
def test_the_same_rules_hold_for_every_later_edit(edit: str, reason: str) -> None:
    """R-053, R-054, R-055, R-057, R-058, R-083: and what is refused changes nothing."""
    found = LAB.refusal(ASSOCIATE, edit)
    assert found.reason == reason
    assert found.hint or reason == "PROPAGATION_REFUSED_EDGE_TABLE"


@pytest.mark.parametrize("edit", ["rtb-edge[10.0.1.0/24]=eni-fw", "rtb-edge[10.1.0.0/16]=eni-fw", "rtb-edge[10.0.1.0/24]=eni-clb"])
def test_legal_edits_of_an_edge_table(edit: str) -> None:
    """R-053, R-054, R-084."""
    assert LAB.outcome("web", ASSOCIATE, edit) == "ok"
    assert hop(LAB.ask("web", ASSOCIATE, "rtb-edge[10.0.2.0/24]=local"), "igw").target == "local"


def test_a_hint_names_the_subnets_that_were_meant() -> None:
    """R-054, R-056: each refusal says what would be legal."""
    assert LAB.refusal(ASSOCIATE, "rtb-edge[10.0.2.0/25]=eni-fw").hint == "10.0.2.0/24"
    assert LAB.refusal(ASSOCIATE, "rtb-edge[0.0.0.0/0]=eni-fw").hint.startswith("inside 10.0.0.0/16, 10.1.0.0/16")
    assert LAB.refusal("igw.route_table=rtb-prop").hint == "rtb-prop.propagating_vgws-=vgw"
    assert "Gateway Load Balancer endpoint" in LAB.refusal(ASSOCIATE, "rtb-edge[10.0.1.0/24]=eni-nlb").hint


def test_the_check_of_a_classic_load_balancer_discards_what_it_gets() -> None:
    """R-084: the route is accepted and useless; the check cannot be switched off (R-133)."""
    text = NET.replace("  eni-clb: {subnet: sn-fw, private_ip: 10.0.1.61, type: load_balancer}\n", "")
    node = "{private_ip: 10.0.1.61, network_interface: eni-clb}"
    text += f'\nload_balancers: {{clb: {{type: classic, subnets: {{sn-fw: {node}}}, listeners: {{80: {{targets: ["i-app:80"]}}}}}}}}\n'
    lab = Lab(text)
    assert lab.outcome("web", ASSOCIATE, "rtb-edge[10.0.2.0/24]=eni-clb") in ("forward:ENI_SRC_DST_CHECK_IN", "forward:GWRT_TARGET_NO_PUBLIC_IP")
    assert lab.refusal("eni-clb.source_dest_check=off").reason == "ENI_REFUSED_REQUESTER_MANAGED"


def test_the_two_switches_of_an_appliance() -> None:
    """R-063."""
    assert LAB.outcome("web", ASSOCIATE, "eni-fw.source_dest_check=on") == "forward:ENI_SRC_DST_CHECK_IN"
    assert LAB.outcome("web", ASSOCIATE, "i-fw.ip_forward=off") == "forward:IP_FORWARDING_OFF"


def test_the_target_must_be_live() -> None:
    """R-064."""
    found = LAB.ask("web", ASSOCIATE, "i-fw.state=stopped")
    assert found.outcome == "forward:ROUTE_BLACKHOLE"
    assert hop(found, "igw").reason == "ROUTE_BLACKHOLE"


def test_behind_an_internet_gateway_the_target_needs_a_public_address() -> None:
    """R-065, R-072: behind a virtual private gateway it does not."""
    assert LAB.outcome("web", ASSOCIATE, "eni-fw.public_ip=none") == "forward:GWRT_TARGET_NO_PUBLIC_IP"
    found = LAB.ask("dc", "vgw.route_table=rtb-edge", "eni-fw.public_ip=none")
    assert found.legs[0].arrives
    assert hop(found, "vgw").table == "rtb-edge"


def test_ipv6_needs_a_route_of_its_own_and_no_public_address() -> None:
    """R-012, R-065, R-100."""
    found = LAB.ask("six", ASSOCIATE)
    assert hop(found, "igw").target == "local"
    redirected = LAB.ask("six", ASSOCIATE, "rtb-edge[2001:db8:1:2::/64]=eni-fw", "eni-fw.public_ip=none")
    assert hop(redirected, "igw").target == "eni-fw"


def test_ingress_and_egress_are_configured_apart() -> None:
    """R-067, R-068, R-069, conflict C-01."""
    direct = ("rtb-app[0.0.0.0/0]=igw",)
    assert LAB.outcome("web", ASSOCIATE) == "ok"
    found = LAB.ask("web", ASSOCIATE, *direct)
    assert found.outcome == "asymmetric"
    assert [warning.code for warning in found.warnings] == ["WARN_ASYMMETRIC"]
    assert LAB.outcome("web", ASSOCIATE, *direct, "assume.asymmetric_return=drop") == "return:RETURN_BYPASSES_APPLIANCE"
    assert LAB.outcome("web", *direct, "assume.asymmetric_return=drop") == "ok"


def test_an_answer_by_another_middlebox_of_the_subnet_takes_no_direct_exit() -> None:
    """R-069: the exit is direct where nothing forwards the answer between its sender and the gateway."""
    text = """
    vpcs: {vpc: {cidr: 10.0.0.0/16}}
    subnets: {sn-app: {cidr: 10.0.2.0/24, route_table: rtb}, sn-fw: {cidr: 10.0.1.0/24, route_table: rtb}}
    route_tables: {rtb: {0.0.0.0/0: igw}, rtb-edge: {10.0.2.0/24: eni-fw}}
    internet_gateways: {igw: {route_table: rtb-edge}}
    instances:
      i-fw:  {subnet: sn-fw, private_ip: 10.0.1.10, public_ip: 203.0.113.10, source_dest_check: off, ip_forward: on}
      i-mid: {subnet: sn-app, private_ip: 10.0.2.30, source_dest_check: off, ip_forward: on}
      i-app: {subnet: sn-app, private_ip: 10.0.2.10, public_ip: 203.0.113.20}
    hosts: {client: {ip: 198.51.100.10}}
    flows: {web: {from: client, to: "203.0.113.20:80"}}
    """
    assert "edge-bypassed" in rules(hop(Lab(text).ask("web"), "igw", 1))
    by_another = Lab(text).ask("web", "i-app.routes[0.0.0.0/0]=10.0.2.30")
    assert nodes(by_another, 1) == ["i-app", "i-mid", "vpc", "igw", "client"]
    assert "edge-bypassed" not in rules(hop(by_another, "igw", 1))


def test_an_edge_table_sees_only_what_its_gateway_brings() -> None:
    """R-071."""
    assert hop(LAB.ask("dc", ASSOCIATE), "vgw").table is None


def test_a_shared_table_is_legal_where_every_route_is() -> None:
    """R-059: a warning, W508."""
    assert LAB.outcome("web", "sn-app.route_table=rtb-free", "igw.route_table=rtb-free").startswith("return:")
    refused = LAB.refusal("igw.route_table=rtb-fw")
    assert isinstance(refused, Refusal)


def test_one_table_for_two_gateways_and_one_gateway_with_one_table() -> None:
    """R-075."""
    assert LAB.outcome("web", ASSOCIATE, "vgw.route_table=rtb-edge") == "ok"
    assert hop(LAB.ask("web", ASSOCIATE, "igw.route_table=rtb-free"), "igw").target == "local"
    lines = Lab(NET.replace("igw: {vpc: vpc,", "igw: {vpc: vpc, route_table: rtb-edge,")).commands("igw.route_table=rtb-free")
    assert [line.split()[2] for line in lines] == ["disassociate-route-table", "associate-route-table"]


def test_disassociating_restores_direct_delivery() -> None:
    """R-076: a gateway does not fall back to the main table."""
    found = LAB.ask("web", ASSOCIATE, "igw.route_table=none")
    assert hop(found, "igw").table is None
    assert "i-fw" not in [visited.node for visited in found.legs[0].hops]


def test_a_pool_may_be_routed_to_an_interface() -> None:
    """R-078, R-079: its packets are not translated, so the check must be off."""
    assert LAB.outcome("pool", ASSOCIATE) == "forward:GWRT_NO_ROUTE"
    found = LAB.ask("pool", ASSOCIATE, "rtb-edge[192.0.2.0/24]=eni-fw")
    assert hop(found, "i-fw").arrived is not None
    assert hop(found, "igw").packet.socket("dst") == "192.0.2.7:80"
    assert LAB.refusal(ASSOCIATE, "rtb-edge[192.0.2.0/24]=local").reason in ("ROUTE_REFUSED_EDGE_TARGET", "ROUTE_REFUSED_LOCAL_TARGET")
    assert LAB.refusal(ASSOCIATE, "rtb-edge[192.0.2.0/29]=eni-fw").reason == "ROUTE_REFUSED_EDGE_DEST_OUTSIDE_VPC"
    assert hop(LAB.ask("pool", ASSOCIATE, "rtb-edge[192.0.2.0/28]=eni-fw"), "i-fw").arrived is not None
    wide = Lab(NET.replace("public_ipv4_pools: [192.0.2.0/24]", "public_ipv4_pools: [192.0.0.0/20]"))
    assert hop(wide.ask("pool", ASSOCIATE, "rtb-edge[192.0.2.0/23]=eni-fw"), "i-fw").arrived is not None
    assert wide.refusal(ASSOCIATE, "rtb-edge[192.0.0.0/22]=eni-fw").reason == "ROUTE_REFUSED_EDGE_DEST_OUTSIDE_VPC"


def test_pool_routes_need_the_gateway_that_has_the_pool() -> None:
    """R-079."""
    network = LAB.scenario.network
    table = network.the(RouteTable, "rtb-edge")
    assert edge_rules.pools_of(table, network) == ()
    assert edge_rules.association(network.the(InternetGateway, "igw"), None, network) is None


def test_what_the_summary_slide_forbids(root: Path) -> None:
    """R-050 to R-086 as a lesson: every refusal of the bundled scenario holds."""
    assert failures(root / "scenarios" / "gateway-rtb-rules.yaml") == []
    assert scenario(NET).network.get("eni-nat") is not None
