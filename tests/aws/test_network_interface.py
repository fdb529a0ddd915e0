"""Network interfaces: the two halves of the source/destination check, addresses, attachment, and what may be changed."""

import pytest

from tests.aws.lab import Lab, at, rules
from tests.aws.tracing import hop, mends, problems, refusal, scenario, step, trace
from vpctui.address import parse_address
from vpctui.aws.network_interface import NetworkInterface, attached
from vpctui.engine.change import Refusal
from vpctui.scenario.changing import changed

NET = """
vpcs: {vpc: {cidr: 10.0.0.0/16}, other: {cidr: 10.9.0.0/16}}
subnets:
  sn-a: {vpc: vpc, cidr: 10.0.1.0/24, az: a, route_table: rtb-a}
  sn-b: {vpc: vpc, cidr: 10.0.2.0/24, az: a, route_table: rtb-b}
  sn-c: {vpc: vpc, cidr: 10.0.3.0/24, az: c, route_table: rtb-b}
  sn-o: {vpc: other, cidr: 10.9.1.0/24, route_table: rtb-o}
internet_gateways: {igw: {vpc: vpc}}
route_tables: {rtb-a: {0.0.0.0/0: igw, 10.0.2.0/24: eni-fw}, rtb-b: {0.0.0.0/0: igw, 10.0.1.0/24: eni-fw}, rtb-o: {}}
security_groups: {sg-a: {vpc: vpc}, sg-o: {vpc: other}}
instances:
  i-a:  {subnet: sn-a, private_ip: 10.0.1.10, secondary_private_ips: [10.0.1.11], public_ip: 203.0.113.10}
  i-b:  {subnet: sn-b, private_ip: 10.0.2.10, prefixes: [10.0.2.64/28], listens: [80], local_addresses: [10.0.2.70]}
  i-fw: {subnet: sn-c, private_ip: 10.0.3.20, source_dest_check: off, ip_forward: on}
  i-two: {network_interfaces: {eni-one: {subnet: sn-a, private_ip: 10.0.1.30}, eni-data: {subnet: sn-b, private_ip: 10.0.2.30}}}
  i-o:  {subnet: sn-o, private_ip: 10.9.1.10}
network_interfaces:
  eni-free: {subnet: sn-b, private_ip: 10.0.2.40}
  eni-lb:   {subnet: sn-b, private_ip: 10.0.2.50, type: load_balancer}
flows:
  web:    {from: i-a, to: "10.0.2.10:80"}
  prefix: {from: i-a, to: "10.0.2.70:80"}
  forged: {from: i-a, to: "10.0.2.10:80", source_ip: 10.0.7.7}
  second: {from: i-a, to: "10.0.2.10:80", source_ip: 10.0.1.11}
  free:   {from: i-b, to: "10.0.2.40:80"}
"""
LAB = Lab(NET)


def interface(identifier: str) -> NetworkInterface:
    return LAB.scenario.network.the(NetworkInterface, identifier)


def test_the_check_compares_the_destination_on_the_way_in() -> None:
    """R-129, R-131, C-08."""
    found = LAB.ask("web", "eni-fw.source_dest_check=on")
    assert found.outcome == "forward:ENI_SRC_DST_CHECK_IN"
    seen = at(hop(found, "i-fw"), "source-dest-check-in")
    assert (seen.passed, seen.facts["dst"], seen.facts["addresses"], seen.setting) == (False, "10.0.2.10", "10.0.3.20", "eni-fw.source_dest_check")
    assert mends(found) == ("eni-fw.source_dest_check=off",)


def test_the_check_compares_the_source_on_the_way_out() -> None:
    """R-130, R-131, C-08."""
    found = LAB.ask("forged")
    assert found.outcome == "forward:ENI_SRC_DST_CHECK_OUT"
    assert hop(found, "i-a").route == "0.0.0.0/0"
    assert mends(found) == ("eni-a.source_dest_check=off",)


def test_a_check_that_is_off_lets_foreign_packets_pass_and_says_so() -> None:
    """R-128, R-137."""
    assert "source-dest-check-off" in rules(hop(LAB.ask("web"), "i-fw"))
    assert "ENI_SRC_DST_CHECK_OUT" not in LAB.outcome("forged", "eni-a.source_dest_check=off")


def test_an_own_address_passes_whatever_the_switch_says() -> None:
    """R-131: secondary addresses and delegated prefixes are own ones (R-314)."""
    assert LAB.outcome("second", "rtb-a[10.0.2.0/24]=none", "rtb-b[10.0.1.0/24]=none") == "ok"
    assert LAB.outcome("prefix", "rtb-a[10.0.2.0/24]=none", "rtb-b[10.0.1.0/24]=none") == "ok"
    assert interface("eni-b").owns(parse_address("10.0.2.64"))
    assert not interface("eni-b").owns(parse_address("10.0.2.80"))


def test_addresses_and_their_public_ones() -> None:
    """R-087, R-091, R-097."""
    found = interface("eni-a")
    private, second, public = (parse_address(text) for text in ("10.0.1.10", "10.0.1.11", "203.0.113.10"))
    assert found.addresses == (private, second)
    assert (found.public_of(private), found.public_of(second)) == (public, None)
    assert found.private_of(public) == private
    assert found.private_of(parse_address("203.0.113.11")) is None
    assert found.source(4) == private
    assert found.source(6) is None


def test_an_inline_interface_is_named_after_its_instance() -> None:
    assert [found.id for found in attached("i-fw", LAB.scenario.network)] == ["eni-fw"]
    assert [found.id for found in attached("i-two", LAB.scenario.network)] == ["eni-one", "eni-data"]
    assert interface("eni-one").primary
    assert not interface("eni-data").primary


def test_an_interface_that_is_attached_to_nothing_takes_no_packet() -> None:
    """R-036, R-064: as a neighbour, and as a route's target."""
    assert LAB.outcome("free") == "forward:ENI_DETACHED"
    assert LAB.outcome("web", "rtb-a[10.0.2.0/24]=eni-free") == "forward:ROUTE_BLACKHOLE"


def test_an_address_moves_from_its_old_owner() -> None:
    """R-343: AssociateAddress with reassociation."""
    state = changed(LAB.scenario, ["eni-b.public_ip=203.0.113.10"])
    assert not isinstance(state, Refusal)
    assert state.world.network.the(NetworkInterface, "eni-a").public_ip is None
    assert str(state.world.network.the(NetworkInterface, "eni-b").public_ip) == "203.0.113.10"
    assert LAB.commands("eni-b.public_ip=203.0.113.10")[0].endswith("--network-interface-id eni-b --allow-reassociation")


def test_a_secondary_address_moves_and_stays_in_its_subnet() -> None:
    """R-313, R-344."""
    found = LAB.refusal("eni-b.secondary_private_ips+=10.0.1.11")
    assert found.message == "10.0.1.11 is not in sn-b (10.0.2.0/24)"
    assert Lab(NET).outcome("second", "eni-one.secondary_private_ips+=10.0.1.11") == "forward:ENI_SRC_DST_CHECK_OUT"


@pytest.mark.parametrize(
    ("change", "reason", "said"),
    [
        ("eni-lb.source_dest_check=off", "ENI_REFUSED_REQUESTER_MANAGED", "You do not have permission to modify the requester-managed interface eni-lb."),
        ("eni-lb.public_ip=203.0.113.77", "ENI_REFUSED_REQUESTER_MANAGED", "requester-managed"),
        ("eni-lb.instance=i-two", "ENI_REFUSED_REQUESTER_MANAGED", "requester-managed"),
        ("eni-a.public_ip=10.0.1.99", "QUERY_INVALID", "10.0.1.99 is private"),
        ("eni-o.public_ip=203.0.113.77", "QUERY_INVALID", "other has no internet gateway"),
        ("eni-a.security_groups=sg-o", "QUERY_INVALID", "belong to different networks"),
        ("eni-one.instance=none", "QUERY_INVALID", "device index 0"),
        ("eni-data.instance=i-fw", "ENI_REFUSED_OTHER_AZ", "Availability Zone a, i-fw in c"),
        ("eni-data.instance=i-nobody", "UNKNOWN_RESOURCE", "i-nobody"),
    ],
)
def test_what_the_api_refuses(change: str, reason: str, said: str) -> None:
    """R-104, R-133, R-260, R-339."""
    found = LAB.refusal(change)
    assert found.reason == reason
    assert said in found.message


def test_an_interface_moves_to_another_instance_of_its_zone() -> None:
    """R-339: routes stay, the interface moves."""
    lines = LAB.commands("eni-data.instance=i-b")
    assert [line.split()[2] for line in lines] == ["detach-network-interface", "attach-network-interface"]
    state = changed(LAB.scenario, ["eni-data.instance=i-b"])
    assert not isinstance(state, Refusal)
    assert [found.id for found in attached("i-b", state.world.network)] == ["eni-b", "eni-data"]
    assert [found.id for found in attached("i-two", state.world.network)] == ["eni-one"]


def test_the_first_interface_of_an_instance_cannot_be_detached() -> None:
    """R-339."""
    assert LAB.refusal("eni-fw.instance=none").rule == "R-339"


def test_interfaces_of_one_instance_lie_in_one_zone() -> None:
    """R-339, E217."""
    assert problems(NET.replace("eni-data: {subnet: sn-b, private_ip: 10.0.2.30}", "eni-data: {subnet: sn-c, private_ip: 10.0.3.30}")) == ["E217"]


def test_the_first_check_that_fails_is_the_last_step() -> None:
    found = trace(NET, "web", "eni-fw.source_dest_check=on")
    assert not hop(found, "i-fw").steps[-1].passed
    assert step(found, "ip-forward") is None
    assert refusal(NET, "eni-fw.source_dest_check=maybe").reason == "QUERY_INVALID"
    assert scenario(NET).network.get("eni-two") is None
