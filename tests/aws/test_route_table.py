"""Route tables: which route wins, and why every other one lost."""

import pytest

from tests.aws.lab import Lab
from tests.aws.tracing import hop, scenario, trace
from vpctui.address import parse_address, parse_prefix
from vpctui.aws import route_table
from vpctui.aws.route_table import RouteTable, Row
from vpctui.aws.vpc import Vpc
from vpctui.engine.change import Refusal
from vpctui.engine.registry import Assumptions
from vpctui.scenario.changing import changed
from vpctui.trace import Candidate

BLOCKS = (parse_prefix("10.0.0.0/16"),)

NET = """
vpcs: {vpc: {cidr: [10.0.0.0/16, 10.1.0.0/16], ipv6_cidr: "2001:db8:1::/56"}}
subnets:
  sn-a: {cidr: 10.0.1.0/24, ipv6_cidr: "2001:db8:1:1::/64", route_table: rtb-a}
  sn-b: {cidr: 10.0.2.0/24, route_table: rtb-b}
internet_gateways: {igw: {}}
vpn_gateways: {vgw: {routes: {192.168.0.0/16: bgp, 192.168.1.0/24: static, 192.168.2.0/24: dx, 10.0.2.0/25: bgp, 172.16.0.0/12: bgp}}}
prefix_lists: {pl-b: [198.51.100.0/24, 203.0.113.0/24], pl-a: [198.51.100.0/24]}
route_tables:
  rtb-a: {routes: {0.0.0.0/0: igw, 172.16.0.0/12: eni-fw, pl-b: eni-fw, 192.0.2.0/24: blackhole}, propagating_vgws: [vgw]}
  rtb-b: {0.0.0.0/0: eni-fw}
  rtb-spare: {vpc: vpc, routes: {}}
instances:
  i-a: {subnet: sn-a, private_ip: 10.0.1.10, ipv6: "2001:db8:1:1::10", public_ip: 203.0.113.10}
  i-b: {subnet: sn-b, private_ip: 10.0.2.10}
  i-fw: {subnet: sn-b, private_ip: 10.0.2.20, source_dest_check: off, ip_forward: on}
flows:
  out:   {from: i-a, to: "192.0.2.80:80"}
  there: {from: i-a, to: "10.0.2.10:80"}
  free:  {from: i-a, to: "10.1.2.10:80"}
  six:   {from: i-a, to: "[2001:db8:9::1]:80"}
"""
NETWORK = scenario(NET).network


def row(prefix: str, target: str = "igw", origin: str = "static", shown: str = "") -> Row:
    return Row(parse_prefix(prefix), shown or prefix, target, origin, "active", "")


def choose(*rows: Row, asked: str = "10.9.9.9") -> list[Candidate]:
    return list(route_table.choose(rows, parse_address(asked), BLOCKS))


def notes(*rows: Row, asked: str = "10.9.9.9") -> list[str]:
    return [candidate.note for candidate in choose(*rows, asked=asked)]


def lookup(table: str, asked: str, assume: Assumptions | None = None) -> dict[str, Candidate]:
    vpc = NETWORK.the(Vpc, "vpc")
    found = route_table.lookup(NETWORK, table, parse_address(asked), vpc.cidrs + vpc.ipv6_cidrs, assume or Assumptions())
    return {f"{candidate.destination} {candidate.target}": candidate for candidate in found.candidates}


def winner(table: str, asked: str) -> str:
    vpc = NETWORK.the(Vpc, "vpc")
    won = route_table.lookup(NETWORK, table, parse_address(asked), vpc.cidrs + vpc.ipv6_cidrs, Assumptions()).winner
    return f"{won.destination} {won.target}" if won else ""


def test_every_block_of_the_vpc_has_a_local_route_that_nobody_wrote() -> None:
    """R-011."""
    found = lookup("rtb-spare", "10.1.2.3")
    assert list(found) == ["10.0.0.0/16 local", "10.1.0.0/16 local", "2001:db8:1::/56 local"]
    assert winner("rtb-spare", "10.1.2.3") == "10.1.0.0/16 local"
    assert winner("rtb-spare", "10.2.0.1") == ""
    assert found["10.0.0.0/16 local"].place == "rtb-spare[10.0.0.0/16]"


def test_a_written_row_for_a_block_takes_the_place_of_local() -> None:
    """R-022, R-023."""
    text = NET.replace("rtb-b: {0.0.0.0/0: eni-fw}", "rtb-b: {10.0.0.0/16: eni-fw}")
    network = scenario(text).network
    found = route_table.lookup(network, "rtb-b", parse_address("10.0.1.10"), network.the(Vpc, "vpc").cidrs, Assumptions())
    assert [(candidate.destination, candidate.target) for candidate in found.candidates] == [("10.1.0.0/16", "local"), ("10.0.0.0/16", "eni-fw")]
    assert found.winner is not None
    assert found.winner.target == "eni-fw"


def test_families_are_looked_up_apart() -> None:
    """R-012: 0.0.0.0/0 never matches IPv6; an IPv6 packet with an IPv4 default has no route."""
    assert notes(row("0.0.0.0/0"), row("::/0"), asked="10.9.9.9") == ["ROUTE_WON", "ROUTE_FAMILY_MISMATCH"]
    assert notes(row("0.0.0.0/0"), row("::/0"), asked="2001:db8::1") == ["ROUTE_FAMILY_MISMATCH", "ROUTE_WON"]
    assert trace(NET, "six").outcome == "forward:NO_ROUTE"


def test_the_longest_prefix_wins() -> None:
    """R-014, C-05."""
    assert notes(row("0.0.0.0/0"), row("10.0.0.0/8"), row("10.9.0.0/16"), row("10.9.9.0/24"), row("10.9.9.9/32")) == ["ROUTE_LOST_LPM"] * 4 + ["ROUTE_WON"]


@pytest.mark.parametrize(
    ("prefix", "asked", "bit"),
    [
        ("10.0.0.0/8", "11.0.0.1", 8),
        ("10.0.0.0/8", "138.0.0.1", 1),
        ("10.0.2.0/24", "10.0.3.1", 24),
        ("10.0.2.0/24", "10.0.0.1", 23),
        ("10.0.2.0/24", "10.0.6.1", 22),
        ("10.0.2.1/32", "10.0.2.0", 32),
        ("2001:db8::/32", "2001:db9::1", 32),
        ("2001:db8:0:1::/64", "2001:db8::1", 64),
    ],
)
def test_what_does_not_match_names_the_first_bit_that_differs(prefix: str, asked: str, bit: int) -> None:
    (candidate,) = choose(row(prefix), asked=asked)
    assert (candidate.note, candidate.bit) == ("ROUTE_NO_MATCH", bit)


TIES = ["local", "static", "prefix-list", "dx", "propagated-static", "advertised", "bgp"]


@pytest.mark.parametrize("stronger", range(len(TIES) - 1))
def test_equal_prefixes_are_decided_by_where_they_come_from(stronger: int) -> None:
    """R-015, R-082, C-04, C-25: a static CIDR, a prefix list, then propagated: Direct Connect, static VPN, Route Server, BGP VPN."""
    for weaker in range(stronger + 1, len(TIES)):
        for targets in ("ab", "ba"):  # names of targets are asked last, and would hide that two origins count the same
            first, second = (row("10.9.0.0/16", target, TIES[rank]) for target, rank in zip(targets, (stronger, weaker), strict=True))
            assert notes(first, second) == ["ROUTE_WON", "ROUTE_LOST_PRIORITY"]
            assert notes(second, first) == ["ROUTE_LOST_PRIORITY", "ROUTE_WON"]


def test_a_longer_propagated_route_beats_a_shorter_static_one() -> None:
    """R-014 comes before R-015."""
    assert notes(row("10.0.0.0/8"), row("10.9.0.0/16", "vgw", "bgp")) == ["ROUTE_LOST_LPM", "ROUTE_WON"]


def test_a_static_route_hides_its_propagated_twin_until_it_goes() -> None:
    """R-015, R-016, C-05."""
    found = lookup("rtb-a", "172.16.0.1")
    assert (found["172.16.0.0/12 eni-fw"].note, found["172.16.0.0/12 vgw"].note) == ("ROUTE_WON", "ROUTE_LOST_PRIORITY")
    lab = Lab(NET.replace('to: "192.0.2.80:80"', 'to: "172.16.0.1:80"'))
    assert hop(lab.ask("out"), "vpc").target == "eni-fw"
    assert hop(lab.ask("out", "rtb-a[172.16.0.0/12]=none"), "vpc").target == "vgw"


def test_a_propagated_route_inside_the_vpc_never_beats_local() -> None:
    """R-017: even though it is longer."""
    found = lookup("rtb-a", "10.0.2.10")
    assert found["10.0.0.0/16 local"].note == "ROUTE_WON"
    assert found["10.0.2.0/25 vgw"].note == "ROUTE_LOST_PRIORITY"
    for origin in ("dx", "propagated-static", "bgp"):
        assert notes(row("10.0.0.0/16", "local", "local"), row("10.0.2.0/24", "vgw", origin), asked="10.0.2.1") == ["ROUTE_WON", "ROUTE_LOST_PRIORITY"]
    assert notes(row("10.0.0.0/16", "local", "local"), row("10.0.2.0/24", "eni", "static"), asked="10.0.2.1") == ["ROUTE_LOST_LPM", "ROUTE_WON"]


def test_a_propagated_route_inside_the_vpc_loses_even_alone() -> None:
    """R-017: where `local` has another target, the propagated route still does not win."""
    assert notes(row("10.0.2.0/24", "vgw", "bgp"), asked="10.0.2.1") == ["ROUTE_LOST_PRIORITY"]


def test_a_prefix_list_is_one_row_per_entry() -> None:
    """R-018."""
    assert winner("rtb-a", "198.51.100.1") == "pl-b eni-fw"
    assert winner("rtb-a", "203.0.113.1") == "pl-b eni-fw"
    found = route_table.lookup(NETWORK, "rtb-a", parse_address("203.0.113.1"), BLOCKS, Assumptions()).candidates
    assert [(candidate.origin, candidate.note) for candidate in found if candidate.destination == "pl-b"] == [
        ("prefix-list", "ROUTE_NO_MATCH"),
        ("prefix-list", "ROUTE_WON"),
    ]


def test_two_lists_with_one_entry_are_decided_the_same_way_each_time() -> None:
    """R-018: the lowest id, wherever it stands."""
    first, second = row("198.51.100.0/24", "x", "prefix-list", "pl-a"), row("198.51.100.0/24", "y", "prefix-list", "pl-b")
    assert notes(first, second, asked="198.51.100.1") == ["ROUTE_WON", "ROUTE_LOST_PRIORITY"]
    assert notes(second, first, asked="198.51.100.1") == ["ROUTE_LOST_PRIORITY", "ROUTE_WON"]


def test_a_blackhole_wins_and_swallows() -> None:
    """R-035: it never falls through to a shorter prefix."""
    found = trace(NET, "out")
    assert found.outcome == "forward:ROUTE_BLACKHOLE"
    assert (hop(found, "vpc").route, hop(found, "vpc").target) == ("192.0.2.0/24", "blackhole")
    assert trace(NET, "out", "rtb-a[192.0.2.0/24]=none").outcome == "ok"


def test_a_target_that_is_gone_is_a_blackhole_and_heals_by_itself() -> None:
    """R-036, R-037: nothing has to be rewritten."""
    lab = Lab(NET.replace("192.0.2.0/24: blackhole", "192.0.2.0/24: eni-fw"))
    assert lab.outcome("out", "i-fw.state=stopped") == "forward:ROUTE_BLACKHOLE"
    assert "ROUTE_BLACKHOLE" not in lab.outcome("out", "i-fw.state=stopped", "i-fw.state=running")
    assert lab.outcome("out", "i-fw.state=stopped", "assume.stopped_is_blackhole=off") == "forward:INSTANCE_NOT_RUNNING"


def test_an_interface_of_a_stopped_instance_is_a_matter_of_reading() -> None:
    """R-036, conflict C-09."""
    stopped = Lab(NET).scenario

    state = changed(stopped, ["i-fw.state=stopped"])
    assert not isinstance(state, Refusal)
    assert route_table.state("eni-fw", state.world.network, Assumptions()) == "blackhole"
    assert route_table.state("eni-fw", state.world.network, Assumptions(stopped_is_blackhole=False)) == "active"
    assert route_table.state("eni-fw", NETWORK, Assumptions()) == "active"
    assert route_table.state("local", NETWORK, Assumptions()) == "active"
    assert route_table.state("nobody", NETWORK, Assumptions()) == "blackhole"
    assert route_table.state("sn-a", NETWORK, Assumptions()) == "blackhole"


def test_no_route_is_said_with_the_table() -> None:
    """R-034."""
    found = trace(NET, "out", "rtb-a[192.0.2.0/24]=none", "rtb-a[0.0.0.0/0]=none")
    assert found.outcome == "forward:NO_ROUTE"
    assert (hop(found, "vpc").table, hop(found, "vpc").route) == ("rtb-a", None)


def test_a_route_that_the_file_calls_propagated_loses_to_a_static_one() -> None:
    """R-015: `{target, origin: propagated}` is written by an import."""
    text = NET.replace("0.0.0.0/0: igw, ", "0.0.0.0/0: {target: igw, origin: propagated}, ")
    network = scenario(text).network
    assert network.the(RouteTable, "rtb-a").routes[0].origin == "propagated"


def test_a_route_may_be_written_as_a_blackhole_with_its_target() -> None:
    """R-035."""
    text = NET.replace("0.0.0.0/0: igw, ", "0.0.0.0/0: {target: igw, state: blackhole}, ")
    assert trace(text, "out", "rtb-a[192.0.2.0/24]=none").outcome == "forward:ROUTE_BLACKHOLE"


def test_a_local_address_without_owner_is_dropped_at_the_router() -> None:
    """R-032."""
    found = trace(NET, "free")
    assert found.outcome == "forward:DEST_IP_UNASSIGNED"
    assert hop(found, "vpc").target == "local"


def test_the_table_of_the_sending_subnet_is_asked() -> None:
    """R-006: one table per subnet, that of the subnet which the packet leaves."""
    found = trace(NET, "there")
    assert found.outcome == "ok"
    assert hop(found, "vpc").table == "rtb-a"
    assert hop(found, "vpc", 1).table == "rtb-b"


def test_tables_that_people_confuse_with_this_one() -> None:
    """What the other tables of the VPC would have said, and who uses them."""
    found = {look.table: look for look in route_table.others(NETWORK.the(RouteTable, "rtb-a"), parse_address("192.0.2.80"), NETWORK, Assumptions())}
    assert set(found) == {"rtb-b", "rtb-spare"}
    assert found["rtb-b"].owner == "sn-b"
    assert found["rtb-b"].winner is not None
    assert found["rtb-spare"].winner is None
    assert found["rtb-spare"].owner == ""
