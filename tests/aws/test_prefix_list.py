"""Prefix lists: CIDRs under one id."""

from tests.aws.tracing import problems, scenario
from vpctui.address import parse_address, parse_prefix
from vpctui.aws import route_table
from vpctui.aws.prefix_list import PrefixList

NET = """
prefix_lists:
  pl-short: [198.51.100.0/24, "2001:db8::/32"]
  pl-long:  {cidrs: [203.0.113.0/24], max_entries: 20}
  pl-none:  []
"""


def test_short_and_long_form() -> None:
    """R-018, R-019."""
    network = scenario(NET).network
    assert network.the(PrefixList, "pl-short").entries == (parse_prefix("198.51.100.0/24"), parse_prefix("2001:db8::/32"))
    assert network.the(PrefixList, "pl-long").max_entries == 20
    assert network.the(PrefixList, "pl-none").entries == ()


def test_an_address_in_a_list() -> None:
    """R-270."""
    found = scenario(NET).network.the(PrefixList, "pl-short")
    assert found.holds(parse_address("198.51.100.255"))
    assert found.holds(parse_address("2001:db8::1"))
    assert not found.holds(parse_address("198.51.101.0"))


def test_the_entries_of_an_unknown_list_are_none() -> None:
    assert route_table.entries("pl-nobody", scenario(NET).network) == ()


def test_entries_are_blocks() -> None:
    assert problems(NET.replace("203.0.113.0/24", "203.0.113.1/24")) == ["E210"]
    assert problems(NET.replace("203.0.113.0/24", "203.0.113.0")) == ["E218"]
