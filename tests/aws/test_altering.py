"""What any setting that names a resource refuses, whatever resource it belongs to."""

import pytest

from tests.aws.lab import Lab

LAB = Lab(
    """
vpcs: {vpc: {cidr: 10.0.0.0/16}}
subnets: {sn: {cidr: 10.0.1.0/24, route_table: rtb, network_acl: acl}}
route_tables: {rtb: {}}
network_acls: {acl: {ingress: {100: allow all 0.0.0.0/0}, egress: {100: allow all 0.0.0.0/0}}}
security_groups: {sg: {}}
instances: {i: {subnet: sn, private_ip: 10.0.1.10, security_groups: [sg]}}
hosts: {client: {ip: 198.51.100.10}}
internet_gateways: {igw: {}}
nat_gateways: {nat: {subnet: sn, private_ip: 10.0.1.20, public_ip: 203.0.113.20}}
flows: {flow: {from: client, to: "10.0.1.10:80"}}
"""
)


@pytest.mark.parametrize(
    ("change", "message", "hint"),
    [
        ("eni-i.security_groups=sn", "sn is in subnets", "an id in security_groups"),
        ("eni-i.security_groups+=rtb", "rtb is in route_tables", "an id in security_groups"),
        ("sn.route_table=acl", "acl is in network_acls", "an id in route_tables"),
        ("sn.network_acl=rtb", "rtb is in route_tables", "an id in network_acls"),
        ("vpc.main_route_table=sg", "sg is in security_groups", "an id in route_tables"),
    ],
)
def test_a_resource_of_another_kind_is_refused(change: str, message: str, hint: str) -> None:
    """It was taken once, and the trace after it ended in a traceback."""
    refusal = LAB.refusal(change)
    assert (refusal.reason, refusal.message, refusal.hint) == ("QUERY_INVALID", message, hint)


def test_a_resource_that_is_not_there_is_refused() -> None:
    assert LAB.refusal("sn.route_table=rtb-2").reason == "UNKNOWN_RESOURCE"


@pytest.mark.parametrize("change", ["eni-i.source_dest_check=none", "nat.ports=none"])
def test_a_setting_that_always_has_a_value_cannot_be_none(change: str) -> None:
    """`nat.ports=none` was taken once, and the next packet ended in a traceback."""
    assert LAB.refusal(change).message == f"{change.removesuffix('=none')} cannot be none"


@pytest.mark.parametrize("change", ["i.listens+=80", "i.listens-=80"])
def test_a_port_of_a_machine_that_listens_on_every_port_is_refused(change: str) -> None:
    """Adding one was taken once, and had no effect."""
    refusal = LAB.refusal(change)
    assert (refusal.message, refusal.hint) == ("i listens on every port already", "i.listens=80,443")


@pytest.mark.parametrize("change", ["i.routes[0.0.0.0/0]+=10.0.1.1", "i.routes[0.0.0.0/0]-=none"])
def test_a_route_of_a_guest_is_set_and_nothing_else(change: str) -> None:
    """What is added could not be taken back as the same route."""
    assert LAB.refusal(change).message == "i.routes[0.0.0.0/0] takes i.routes[0.0.0.0/0]=NEXT-HOP, or none"
