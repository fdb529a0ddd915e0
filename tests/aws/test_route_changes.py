"""CreateRoute, ReplaceRoute, DeleteRoute and propagation, validated as the EC2 API validates them."""

import pytest

from tests.aws.lab import Lab
from tests.aws.tracing import hop, problems
from vpctui.address import parse_prefix
from vpctui.aws import route_changes
from vpctui.aws.route_entries import Route
from vpctui.aws.route_table import RouteTable
from vpctui.engine import change as changes

NET = """
vpcs: {vpc: {cidr: [10.0.0.0/16, 10.1.0.0/16], ipv6_cidr: "2001:db8:1::/56"}, other: {cidr: 10.9.0.0/16}}
subnets:
  sn-a: {vpc: vpc, cidr: 10.0.1.0/24, route_table: rtb-a}
  sn-b: {vpc: vpc, cidr: 10.0.2.0/24, ipv6_cidr: "2001:db8:1:2::/64", route_table: rtb-b}
  sn-f: {vpc: vpc, cidr: 10.0.3.0/24, route_table: rtb-f}
  sn-o: {vpc: other, cidr: 10.9.1.0/24, route_table: rtb-o}
internet_gateways: {igw: {vpc: vpc}, igw-o: {vpc: other}}
vpn_gateways: {vgw: {vpc: vpc, routes: [192.168.0.0/16]}, vgw-o: {vpc: other}}
nat_gateways: {nat: {subnet: sn-f, private_ip: 10.0.3.50, public_ip: 203.0.113.50}}
egress_only_internet_gateways: {eigw: {vpc: vpc}}
transit_gateways: {tgw: {attachments: {att-o: {vpc: other, subnets: [sn-o], route_table: t}}, route_tables: {t: {}}}}
prefix_lists: {pl: [198.51.100.0/24]}
route_tables:
  rtb-a: {0.0.0.0/0: igw}
  rtb-b: {0.0.0.0/0: igw}
  rtb-f: {0.0.0.0/0: igw}
  rtb-o: {}
instances:
  i-a:  {subnet: sn-a, private_ip: 10.0.1.10}
  i-b:  {subnet: sn-b, private_ip: 10.0.2.10, listens: [80]}
  i-fw: {subnet: sn-f, private_ip: 10.0.3.10, source_dest_check: off, ip_forward: on}
  i-o:  {subnet: sn-o, private_ip: 10.9.1.10}
flows:
  east: {from: i-a, to: "10.0.2.10:80"}
  out:  {from: i-a, to: "198.51.100.9:80"}
"""
LAB = Lab(NET)


@pytest.mark.parametrize(
    ("edit", "reason", "rule"),
    [
        ("rtb-a[10.0.2.0/25]=eni-fw", "ROUTE_REFUSED_SPECIFIC_DEST", "R-020"),
        ("rtb-a[10.0.2.10/32]=eni-fw", "ROUTE_REFUSED_SPECIFIC_DEST", "R-020"),
        ("rtb-a[10.0.0.0/17]=eni-fw", "ROUTE_REFUSED_SPECIFIC_DEST", "R-020"),
        ("rtb-a[10.0.2.0/24]=igw", "ROUTE_REFUSED_SPECIFIC_TARGET", "R-020"),
        ("rtb-a[10.0.2.0/24]=vgw", "ROUTE_REFUSED_SPECIFIC_TARGET", "R-020"),
        ("rtb-a[2001:db8:1:2::/64]=igw", "ROUTE_REFUSED_SPECIFIC_TARGET", "R-020"),
        ("rtb-a[2001:db8:1:2::/65]=eni-fw", "ROUTE_REFUSED_SPECIFIC_DEST", "R-020"),
        ("rtb-a[10.0.0.0/16]=igw", "ROUTE_REFUSED_LOCAL_TARGET", "R-022"),
        ("rtb-a[10.0.0.0/16]=none", "ROUTE_REFUSED_LOCAL_TARGET", "R-011"),
        ("rtb-a[0.0.0.0/0]=local", "ROUTE_REFUSED_LOCAL_TARGET", "R-022"),
        ("rtb-a[192.168.0.0/16]=local", "ROUTE_REFUSED_LOCAL_TARGET", "R-022"),
        ("rtb-a[169.254.168.0/22]=igw", "ROUTE_REFUSED_RESERVED", "R-024"),
        ("rtb-a[169.254.169.254/32]=igw", "ROUTE_REFUSED_RESERVED", "R-024"),
        ("rtb-a[fd00:ec2::/32]=igw", "ROUTE_REFUSED_RESERVED", "R-024"),
        ("rtb-a[fd00:ec2::254/128]=igw", "ROUTE_REFUSED_RESERVED", "R-024"),
        ("rtb-a[0.0.0.0/0]=eni-o", "ROUTE_REFUSED_OTHER_VPC", "R-040"),
        ("rtb-a[0.0.0.0/0]=igw-o", "ROUTE_REFUSED_OTHER_VPC", "R-040"),
        ("rtb-a[192.168.0.0/16]=vgw-o", "ROUTE_REFUSED_OTHER_VPC", "R-040"),
        ("rtb-a[172.16.0.0/12]=tgw", "ROUTE_REFUSED_OTHER_VPC", "R-044"),
        ("rtb-a[172.16.0.0/12]=i-fw", "QUERY_INVALID", "R-042"),
        ("rtb-a[172.16.0.0/12]=sn-a", "QUERY_INVALID", "R-042"),
        ("rtb-a[172.16.0.0/12]=eni-nat", "LB_ENI_NOT_ROUTABLE_TARGET", "R-083"),
        ("rtb-a[198.51.100.0/24]=eigw", "QUERY_INVALID", "R-101"),
        ("rtb-a[172.16.0.0/12]=nobody", "UNKNOWN_RESOURCE", ""),
        ("rtb-a[172.16.0.0/12]=none", "ROUTE_REFUSED_NOT_FOUND", "R-046"),
        ("rtb-a[nonsense]=igw", "QUERY_INVALID", ""),
        ("rtb-a[172.16.0.1/12]=igw", "QUERY_INVALID", ""),
        ("rtb-a[0.0.0.0/0]+=igw", "QUERY_INVALID", ""),
        ("rtb-a.propagating_vgws+=vgw-o", "ROUTE_REFUSED_OTHER_VPC", "R-109"),
        ("rtb-a.propagating_vgws-=vgw", "ROUTE_REFUSED_NOT_FOUND", ""),
    ],
)
def test_what_is_refused_and_by_which_rule(edit: str, reason: str, rule: str) -> None:
    """R-011, R-020, R-022, R-024, R-025, R-040, R-042, R-043, R-044, R-046, R-083, R-101, R-109."""
    found = LAB.refusal(edit)
    assert (found.reason, found.rule) == (reason, rule)
    assert found.message
    assert found.place.startswith("rtb-a")


def test_a_route_names_an_interface_of_an_instance() -> None:
    """R-039: AWS stores the interface, so a file names it; of an instance with several it must be said which."""
    one = LAB.refusal("rtb-a[172.16.0.0/12]=i-fw")
    assert (one.hint, one.rule) == ("eni-fw", "R-042")
    second = "network_interfaces: {eni-1: {subnet: sn-f, private_ip: 10.0.3.10}, eni-2: {subnet: sn-a, private_ip: 10.0.1.99}}, ip_forward: on}"
    text = NET.replace("subnet: sn-f, private_ip: 10.0.3.10, source_dest_check: off, ip_forward: on}", second)
    two = Lab(text).refusal("rtb-a[172.16.0.0/12]=i-fw")
    assert (two.error, two.rule, two.hint) == ("InvalidInstanceID", "R-039", "eni-1 or eni-2")
    assert problems(text.replace("rtb-b: {0.0.0.0/0: igw}", "rtb-b: {0.0.0.0/0: i-fw}")) == ["E201"]


def test_the_words_of_the_api() -> None:
    """R-011, R-020, R-022, R-043, C-14: verbatim where AWS's words are known."""
    assert LAB.refusal("rtb-a[10.0.2.0/24]=igw").message == (
        "The destination CIDR block 10.0.2.0/24 is equal to or more specific than one of this VPC's CIDR blocks. "
        "This route can target only an interface or an instance."
    )
    assert LAB.refusal("rtb-a[10.0.0.0/16]=igw").message == "Route target is not supported. This route only supports interface and instance targets."
    assert LAB.refusal("rtb-a[0.0.0.0/0]=local").message == "local-target only allowed with network local destination CIDRs"
    assert LAB.refusal("rtb-a[10.0.0.0/16]=none").message == "cannot remove local route 10.0.0.0/16 in route table rtb-a"
    assert LAB.refusal("rtb-a[0.0.0.0/0]=igw-o").message == "route table rtb-a and network gateway igw-o belong to different networks"


@pytest.mark.parametrize(
    "edit",
    [
        "rtb-a[10.0.2.0/24]=eni-fw",
        "rtb-a[10.0.2.0/24]=nat",
        "rtb-a[2001:db8:1:2::/64]=eni-fw",
        "rtb-a[10.0.0.0/16]=eni-fw",
        "rtb-a[10.1.0.0/16]=nat",
        "rtb-a[0.0.0.0/0]=vgw",
        "rtb-a[169.254.0.0/16]=igw",
        "rtb-a[10.0.0.0/8]=igw",
        "rtb-a[pl]=igw",
        "rtb-a[::/0]=eigw",
        "rtb-a.propagating_vgws+=vgw",
    ],
)
def test_what_is_legal(edit: str) -> None:
    """R-020, R-022, R-024: at the boundary of what is refused."""
    assert LAB.outcome("east", edit)


def test_a_whole_subnet_may_be_more_specific_than_local() -> None:
    """R-020, C-06: inspection between subnets; the hint of a refusal names the subnet that was meant."""
    found = LAB.ask("east", "rtb-a[10.0.2.0/24]=eni-fw", "rtb-b[10.0.1.0/24]=eni-fw")
    assert found.outcome == "ok"
    assert "i-fw" in [visited.node for visited in found.legs[0].hops]
    assert LAB.refusal("rtb-a[10.0.2.0/25]=eni-fw").hint == "10.0.2.0/24"


def test_replacing_local_and_restoring_it() -> None:
    """R-022, R-023: `local` takes the written row away."""
    assert hop(LAB.ask("east", "rtb-a[10.0.0.0/16]=eni-fw"), "vpc").target == "eni-fw"
    assert hop(LAB.ask("east", "rtb-a[10.0.0.0/16]=eni-fw", "rtb-a[10.0.0.0/16]=local"), "vpc").target == "local"
    assert hop(LAB.ask("east", "rtb-a[10.0.0.0/16]=eni-fw", "rtb-a[10.0.0.0/16]=none"), "vpc").target == "local"


def test_a_second_route_to_one_destination_replaces_the_first() -> None:
    """R-046: the grammar has one row per destination, so nothing can stand twice."""
    found = LAB.ask("out", "rtb-a[0.0.0.0/0]=eni-fw")
    assert hop(found, "vpc").target == "eni-fw"
    assert problems(NET.replace("rtb-a: {0.0.0.0/0: igw}", "rtb-a: {0.0.0.0/0: igw, 0.0.0.0/0: vgw}")) == ["E103"]


def test_a_replaced_row_keeps_its_place() -> None:
    routes = (Route(parse_prefix("0.0.0.0/0"), "igw"), Route("pl", "igw"))
    assert route_changes.with_route(routes, Route("pl", "vgw")) == (routes[0], Route("pl", "vgw"))
    assert route_changes.with_route(routes, Route("pl-2", "vgw"))[-1].destination == "pl-2"


def test_targets_that_are_offered_are_those_that_aws_would_take() -> None:
    network = LAB.scenario.network
    table = network.the(RouteTable, "rtb-a")
    inside = route_changes.choices(table, "rtb-a[10.0.2.0/24]", network)
    outside = route_changes.choices(table, "rtb-a[0.0.0.0/0]", network)
    assert "eni-fw" in inside
    assert "igw" not in inside
    assert {"igw", "vgw", "eni-fw", "none"} <= set(outside)
    assert not {"local", "igw-o", "eni-o"} & set(outside)
    for place, offered in (("rtb-a[10.0.2.0/24]", inside), ("rtb-a[0.0.0.0/0]", outside)):
        for target in offered[:-1]:
            assert LAB.outcome("east", f"{place}={target}")


def test_rows_with_their_values() -> None:
    held = {setting.place: setting.value for setting in changes.settings("rtb-a", LAB.scenario.network)}
    assert held["rtb-a[10.0.0.0/16]"] == held["rtb-a[2001:db8:1::/56]"] == "local"
    assert held["rtb-a[0.0.0.0/0]"] == "igw"
    assert held["rtb-a.propagating_vgws"] == "none"


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ("rtb-a[172.16.0.0/12]=eni-fw", ("create-route", "--destination-cidr-block 172.16.0.0/12", "--network-interface-id eni-fw")),
        ("rtb-a[0.0.0.0/0]=nat", ("replace-route", "--nat-gateway-id nat")),
        ("rtb-a[10.0.0.0/16]=eni-fw", ("replace-route", "--destination-cidr-block 10.0.0.0/16")),
        ("rtb-a[::/0]=eigw", ("create-route", "--destination-ipv6-cidr-block ::/0", "--egress-only-internet-gateway-id eigw")),
        ("rtb-a[pl]=igw", ("create-route", "--destination-prefix-list-id pl", "--gateway-id igw")),
        ("rtb-a[0.0.0.0/0]=none", ("delete-route", "--route-table-id rtb-a")),
        ("rtb-a.propagating_vgws+=vgw", ("enable-vgw-route-propagation", "--gateway-id vgw")),
        ("rtb-a.propagating_vgws-=vgw", ("disable-vgw-route-propagation",)),
    ],
)
def test_command_lines(edit: str, words: tuple[str, ...]) -> None:
    (line,) = LAB.commands(edit)
    assert all(word in line for word in words), line


@pytest.mark.parametrize(
    ("route", "reason"),
    [
        ("10.0.2.0/25: eni-fw", "ROUTE_REFUSED_SPECIFIC_DEST"),
        ("10.0.2.0/24: igw", "ROUTE_REFUSED_SPECIFIC_TARGET"),
        ("10.0.0.0/16: igw", "ROUTE_REFUSED_LOCAL_TARGET"),
        ("172.16.0.0/12: local", "ROUTE_REFUSED_LOCAL_TARGET"),
        ("169.254.169.0/24: igw", "ROUTE_REFUSED_RESERVED"),
        ("172.16.0.0/12: igw-o", "ROUTE_REFUSED_OTHER_VPC"),
        ("172.16.0.0/12: tgw", "ROUTE_REFUSED_OTHER_VPC"),
        ("172.16.0.0/12: sn-a", "E201"),
        ("172.16.0.0/12: blackhole", ""),
        ("10.0.2.0/24: blackhole", ""),
        ("10.0.2.0/25: {target: vgw, origin: propagated}", ""),
    ],
)
def test_a_file_cannot_hold_what_the_api_refuses(route: str, reason: str) -> None:
    """R-020 to R-024, R-040 to R-044; what is gone and what is propagated may stand anywhere (R-017, R-035)."""
    found = problems(NET.replace("rtb-a: {0.0.0.0/0: igw}", f"rtb-a: {{0.0.0.0/0: igw, {route}}}"))
    assert found == ([reason] if reason else [])
