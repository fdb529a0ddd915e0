"""Subnets: blocks, tables, reserved addresses, delivery that never asks the router."""

import pytest

from tests.aws.lab import Lab
from tests.aws.tracing import hop, nodes, problems, refusal, scenario, step, trace
from vpctui.address import parse_address
from vpctui.aws import subnet as subnets
from vpctui.aws.subnet import Subnet, holding

NET = """
vpcs: {vpc: {cidr: 10.0.0.0/16, main_route_table: rtb-main}, other: {cidr: 10.9.0.0/16}}
subnets:
  sn-a: {vpc: vpc, cidr: 10.0.1.0/24}
  sn-b: {vpc: vpc, cidr: 10.0.2.0/24, ipv6_cidr: "2001:db8:1:2::/64", route_table: rtb-b, network_acl: acl}
  sn-o: {vpc: other, cidr: 10.9.1.0/24, route_table: rtb-o}
route_tables: {rtb-main: {10.0.2.0/24: eni-c}, rtb-b: {}, rtb-o: {}}
network_acls: {acl: {vpc: vpc, ingress: {}, egress: {}}, acl-o: {vpc: other}}
instances:
  i-a: {subnet: sn-a, private_ip: 10.0.1.10}
  i-b: {subnet: sn-b, private_ip: 10.0.2.10, listens: [80]}
  i-c: {subnet: sn-a, private_ip: 10.0.1.20, listens: [80]}
flows:
  near:  {from: i-a, to: "10.0.1.20:80"}
  far:   {from: i-a, to: "10.0.2.10:80"}
  nobody: {from: i-a, to: "10.0.1.99:80"}
  last:  {from: i-a, to: "10.0.1.255:80"}
  last-far: {from: i-b, to: "10.0.1.255:80"}
"""
NET = NET.replace('ipv6_cidr: "2001:db8:1:2::/64", ', "")


def test_a_subnet_without_a_table_uses_the_main_one() -> None:
    """R-007."""
    network = scenario(NET).network
    assert subnets.table_of(network.the(Subnet, "sn-a"), network) == "rtb-main"
    assert subnets.table_of(network.the(Subnet, "sn-b"), network) == "rtb-b"
    assert hop(trace(NET, "far"), "vpc").table == "rtb-main"


def test_moving_the_main_designation_moves_every_subnet_without_a_table() -> None:
    """R-007."""
    assert hop(trace(NET, "far", "vpc.main_route_table=rtb-b"), "vpc").table == "rtb-b"


def test_a_subnet_falls_back_to_the_main_table_when_its_own_is_taken_away() -> None:
    """R-007, R-010."""
    network = Lab(NET)
    assert network.commands("sn-b.route_table=none") == ("aws ec2 disassociate-route-table --association-id ASSOCIATION-OF-sn-b",)
    assert network.commands("sn-a.route_table=rtb-b") == ("aws ec2 associate-route-table --subnet-id sn-a --route-table-id rtb-b",)
    found = refusal(NET, "sn-o.route_table=none")
    assert found.message == "other has no main route table that sn-o could fall back to"
    assert found.rule == "R-007"


@pytest.mark.parametrize("change", ["sn-b.route_table=rtb-o", "sn-b.network_acl=acl-o"])
def test_tables_and_filters_of_another_vpc_are_refused(change: str) -> None:
    """R-006, R-277."""
    found = refusal(NET, change)
    assert found.reason == "ROUTE_REFUSED_OTHER_VPC"
    assert "belong to different networks" in found.message


@pytest.mark.parametrize("address", ["10.0.1.0", "10.0.1.1", "10.0.1.2", "10.0.1.3", "10.0.1.255"])
def test_five_addresses_of_a_block_are_reserved(address: str) -> None:
    """R-028."""
    subnet = scenario(NET).network.the(Subnet, "sn-a")
    assert subnets.reserved(subnet, parse_address(address))
    assert problems(NET.replace("private_ip: 10.0.1.10", f"private_ip: {address}")) == ["E212"]


@pytest.mark.parametrize("address", ["10.0.1.4", "10.0.1.254"])
def test_the_addresses_beside_them_are_not(address: str) -> None:
    """R-028, the boundary."""
    subnet = scenario(NET).network.the(Subnet, "sn-a")
    assert not subnets.reserved(subnet, parse_address(address))
    assert problems(NET.replace("private_ip: 10.0.1.10", f"private_ip: {address}")) == []
    assert not subnets.reserved(subnet, parse_address("10.0.2.1"))
    assert not subnets.reserved(subnet, parse_address("2001:db8::1"))


def test_a_neighbour_is_reached_without_router_table_or_filter() -> None:
    """R-032, R-021, R-273: no router hop, whatever a table says."""
    found = trace(NET.replace("sn-a: {vpc: vpc, cidr: 10.0.1.0/24}", "sn-a: {vpc: vpc, cidr: 10.0.1.0/24, network_acl: acl}"), "near")
    assert found.outcome == "ok"
    assert nodes(found) == ["i-a", "i-c"]
    assert step(found, "same-subnet") is not None
    assert step(found, "network-acl-egress") is None


def test_nobody_on_the_link_answers() -> None:
    """R-032."""
    found = trace(NET, "nobody")
    assert found.outcome == "forward:DEST_IP_UNASSIGNED"
    assert nodes(found) == ["i-a"]


@pytest.mark.parametrize("flow", ["last", "last-far"])
def test_the_last_address_is_never_delivered(flow: str) -> None:
    """R-028: a VPC has no broadcast."""
    assert trace(NET.replace("ingress: {}, egress: {}", 'egress: {100: "allow all 0.0.0.0/0"}'), flow).outcome == "forward:DEST_RESERVED"


def test_the_subnet_that_holds_an_address() -> None:
    network = scenario(NET).network
    found = subnets.holding("vpc", parse_address("10.0.2.7"), network)
    assert found is not None
    assert found.id == "sn-b"
    assert subnets.holding("vpc", parse_address("10.9.1.7"), network) is None


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("cidr: 10.0.2.0/24", "cidr: 10.0.1.128/25", ["E214", "E211"]),
        ("cidr: 10.0.2.0/24", "cidr: 10.4.2.0/24", ["E214", "E211"]),
        ("cidr: 10.9.0.0/16", "cidr: 10.9.0.0/15", ["E210"]),
        ("cidr: 10.9.0.0/16}", "cidr: 10.9.0.0/29}", ["E219", "E214"]),
        (", route_table: rtb-b, network_acl: acl}", "}", ["E206"]),
        ("other: {cidr: 10.9.0.0/16}", "other: {cidr: [10.9.0.0/16, 10.9.64.0/18]}", ["E214"]),
    ],
)
def test_ranges_that_contradict_each_other(old: str, new: str, codes: list[str]) -> None:
    """R-030: what does not fit is told where it stands."""
    found = problems(NET.replace(old, new))
    assert set(codes) <= set(found)


@pytest.mark.parametrize("wrong", ["route_tabel: rtb", "routetable: rtb"])
def test_a_field_with_a_wrong_name_is_told_once(wrong: str) -> None:
    """What was meant is not missing as well."""
    text = "vpcs: {vpc: {cidr: 10.0.0.0/16}}\nsubnets: {sn: {cidr: 10.0.1.0/24, " + wrong + "}}\nroute_tables: {rtb: {}}\n"
    assert problems(text) == ["E122"]
    assert problems(text.replace("cidr: 10.0.1.0/24", "cdir: 10.0.1.0/24")) == ["E122", "E122"]
    assert problems(text.replace(f", {wrong}", "")) == ["E124"]


@pytest.mark.parametrize("length", range(17, 29))
def test_a_subnet_of_any_size_holds_its_addresses(length: int) -> None:
    """The index of blocks knows every size that AWS gives: /16 to /28."""
    net = f"""
    vpcs: {{vpc: {{cidr: 10.0.0.0/16, main_route_table: rtb}}}}
    route_tables: {{rtb: {{}}}}
    subnets: {{sn: {{cidr: 10.0.0.0/{length}}}, sn-far: {{cidr: 10.0.128.0/28}}}}
    instances: {{i-near: {{subnet: sn, private_ip: 10.0.0.10}}, i-far: {{subnet: sn-far, private_ip: 10.0.128.10}}}}
    flows: {{there: {{from: i-far, to: "10.0.0.10:80"}}}}
    """
    assert trace(net, "there").outcome == "ok"


@pytest.mark.parametrize("length", [16, 17, 24, 28])
def test_a_subnet_of_any_length_holds_its_addresses(length: int) -> None:
    """R-030: from as large as the VPC down to /28."""
    text = f"""
    vpcs: {{vpc: {{cidr: 10.0.0.0/16}}}}
    subnets: {{sn: {{cidr: 10.0.0.0/{length}, route_table: rtb}}}}
    route_tables: {{rtb: {{}}}}
    """
    network = scenario(text).network
    found = holding("vpc", parse_address("10.0.0.0"), network)
    assert found is not None
    assert found.id == "sn"
    assert holding("vpc", parse_address("10.1.0.0"), network) is None
