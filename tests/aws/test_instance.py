"""Instances: one interface inline or several, state, and how they are named and called."""

import pytest

from tests.aws.lab import Lab
from tests.aws.tracing import nodes, problems, scenario, seen
from vpctui.aws.instance import Instance, inline_interface
from vpctui.aws.network_interface import NetworkInterface, attached

NET = """
vpcs: {vpc: {cidr: 10.0.0.0/16, ipv6_cidr: "2001:db8:1::/56"}}
subnets:
  sn-a: {cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:1:1::/64", az: a, route_table: rtb}
  sn-b: {cidr: 10.0.2.0/24, az: a, route_table: rtb}
  sn-6: {ipv6_cidr: "2001:db8:1:6::/64", az: a, route_table: rtb}
internet_gateways: {igw: {}}
route_tables: {rtb: {0.0.0.0/0: igw, "::/0": igw}}
instances:
  i-one: {subnet: sn-a, private_ip: 10.0.1.10, ipv6: ["2001:db8:1:1::10", "2001:db8:1:1::11"], public_ip: 203.0.113.10}
  i-two: {network_interfaces: {eni-x: {subnet: sn-a, private_ip: 10.0.1.20}, eni-y: {subnet: sn-b, private_ip: 10.0.2.20, public_ip: 203.0.113.20}}}
  i-six: {subnet: sn-6, ipv6: "2001:db8:1:6::10"}
  web:   {subnet: sn-b, private_ip: 10.0.2.30, listens: [80]}
hosts: {client: {ip: 198.51.100.10, ipv6: "2001:db8:9::1"}}
flows:
  inside:  {from: i-one, to: "web:80"}
  outside: {from: client, to: "i-one:80"}
  by-second: {from: client, to: "i-two:80"}
  six:     {from: client, to: "i-six:80", ipv6: on}
  out6:    {from: i-one, to: "client:80", ipv6: on}
  eni:     {from: eni-y, to: "web:80"}
"""
LAB = Lab(NET)


def test_an_inline_interface_has_the_name_of_its_instance() -> None:
    assert [inline_interface(name) for name in ("i-fw", "web", "i-")] == ["eni-fw", "eni-web", "eni-"]
    network = scenario(NET).network
    assert [interface.id for interface in attached("web", network)] == ["eni-web"]
    assert network.the(NetworkInterface, "eni-one").owner == "i-one"


def test_the_zone_of_an_instance_is_that_of_its_first_interface() -> None:
    assert scenario(NET).network.the(Instance, "i-two").zone == "a"


@pytest.mark.parametrize(
    ("flow", "destination"),
    [
        ("inside", "10.0.2.30:80"),
        ("outside", "203.0.113.10:80"),
        ("by-second", "203.0.113.20:80"),
        ("six", "[2001:db8:1:6::10]:80"),
        ("out6", "[2001:db8:9::1]:80"),
    ],
)
def test_an_id_stands_for_the_address_by_which_the_caller_can_call_it(flow: str, destination: str) -> None:
    """R-096, R-305: the public one from outside, the primary private one inside."""
    assert LAB.ask(flow).legs[0].hops[0].packet.socket("dst") == destination


@pytest.mark.parametrize(("flow", "source"), [("out6", "[2001:db8:1:1::10]:50000"), ("eni", "10.0.2.20:50000")])
def test_the_source_is_the_first_address_of_the_interface_that_sends(flow: str, source: str) -> None:
    """R-146, R-305."""
    assert seen(LAB.ask(flow)) == source


def test_flows_through_every_interface_come_out() -> None:
    assert {flow: LAB.outcome(flow) for flow in ("inside", "outside", "six", "out6", "eni")} == dict.fromkeys(("inside", "outside", "six", "out6", "eni"), "ok")
    assert nodes(LAB.ask("eni")) == ["i-two", "web"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("web:   {subnet: sn-b, ", "web:   {subnet: sn-x, ", "E202"),
        ("private_ip: 10.0.2.30", "private_ip: 10.0.1.30", "E211"),
        ('ipv6: "2001:db8:1:6::10"', 'ipv6: "2001:db8:1:7::10"', "E211"),
        ("listens: [80]}", "listens: [80], state: on}", "E125"),
        ("listens: [80]}", "listens: [80], ipv6: 10.0.0.1}", "E209"),
        ("{network_interfaces: {eni-x", "{network_interfaces: [eni-x", "E115"),
        ("public_ip: 203.0.113.10}", "public_ip: 203.0.113.20}", "E213"),
    ],
)
def test_settings_that_contradict_the_network(old: str, new: str, code: str) -> None:
    """R-028, R-313."""
    assert code in problems(NET.replace(old, new, 1))
