"""Addresses and prefixes as integers, longest prefix match, and which addresses are special."""

import pytest

from vpctui.address import (
    Address,
    Prefix,
    PrefixMap,
    bits,
    checked_prefix,
    differing_bit,
    is_link_local,
    is_multicast,
    is_private,
    parse_address,
    parse_prefix,
    prefix_of,
    single,
)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("0.0.0.0", Address(4, 0)),
        ("10.0.2.10", Address(4, 0x0A00020A)),
        ("255.255.255.255", Address(4, 2**32 - 1)),
        ("::", Address(6, 0)),
        ("2001:db8::1", Address(6, 0x20010DB8000000000000000000000001)),
    ],
)
def test_text_and_address(text: str, address: Address) -> None:
    assert parse_address(text) == address
    assert str(address) == text


@pytest.mark.parametrize(
    "text", ["", "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1/32", "1", "0x0a000001", "2001:db8::1::2", "eni-fw", "10.0.0.1 ", "١.0.0.1"]
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match="not an IP address"):
        parse_address(text)


def test_an_address_written_long_is_shown_short() -> None:
    assert str(parse_address("2001:0DB8:0000::0001")) == "2001:db8::1"


@pytest.mark.parametrize("text", ["0.0.0.0/0", "10.0.0.0/8", "10.0.2.10/32", "::/0", "2001:db8::/32", "2001:db8::1/128"])
def test_text_and_prefix(text: str) -> None:
    assert str(parse_prefix(text)) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("10.0.0.0", "no prefix length"),
        ("10.0.0.0/", "no prefix length"),
        ("10.0.0.0/x", "no prefix length"),
        ("10.0.0.0/-1", "no prefix length"),
        ("10.0.0.0/³", "no prefix length"),
        ("10.0.0.0/33", "longer than an IPv4 address"),
        ("2001:db8::/129", "longer than an IPv6 address"),
        ("10.0.0.1/24", "host bits set"),
        ("x/24", "not an IP address"),
    ],
)
def test_what_is_no_prefix(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_prefix(text)


def test_host_bits_are_cleared_where_that_is_wanted() -> None:
    """R-013: 100.68.0.18/18 becomes 100.68.0.0/18."""
    assert str(prefix_of(parse_address("100.68.0.18"), 18)) == "100.68.0.0/18"
    assert prefix_of(parse_address("10.1.2.3"), 0) == Prefix(4, 0, 0)
    assert checked_prefix(parse_address("10.0.0.0"), 8) == parse_prefix("10.0.0.0/8")
    assert str(single(parse_address("2001:db8::1"))) == "2001:db8::1/128"


@pytest.mark.parametrize(
    ("prefix", "address", "inside"),
    [
        ("10.0.2.0/24", "10.0.2.0", True),
        ("10.0.2.0/24", "10.0.2.255", True),
        ("10.0.2.0/24", "10.0.3.0", False),
        ("10.0.2.0/24", "10.0.1.255", False),
        ("0.0.0.0/0", "255.255.255.255", True),
        ("0.0.0.0/0", "::1", False),
        ("::/0", "1.2.3.4", False),
        ("10.0.2.10/32", "10.0.2.10", True),
        ("10.0.2.10/32", "10.0.2.11", False),
    ],
)
def test_membership(prefix: str, address: str, inside: bool) -> None:
    assert (parse_address(address) in parse_prefix(prefix)) is inside


def test_ranges() -> None:
    block = parse_prefix("10.0.2.0/24")
    assert (str(block.first), str(block.last), block.size) == ("10.0.2.0", "10.0.2.255", 256)
    assert str(block.first + 4) == "10.0.2.4"
    assert parse_prefix("2001:db8::/64").size == 2**64
    assert (bits(4), bits(6)) == (32, 128)


@pytest.mark.parametrize(
    ("first", "second", "covers", "overlaps"),
    [
        ("10.0.0.0/16", "10.0.2.0/24", True, True),
        ("10.0.2.0/24", "10.0.0.0/16", False, True),
        ("10.0.0.0/16", "10.0.0.0/16", True, True),
        ("10.0.0.0/16", "10.1.0.0/16", False, False),
        ("0.0.0.0/0", "::/0", False, False),
    ],
)
def test_two_ranges(first: str, second: str, covers: bool, overlaps: bool) -> None:
    one, other = parse_prefix(first), parse_prefix(second)
    assert one.covers(other) is covers
    assert one.overlaps(other) is other.overlaps(one) is overlaps


def test_the_first_bit_that_differs_counts_from_the_left() -> None:
    assert differing_bit(parse_prefix("10.0.0.0/8"), parse_address("10.255.0.1")) == 0
    assert differing_bit(parse_prefix("10.0.0.0/8"), parse_address("11.0.0.1")) == 8
    assert differing_bit(parse_prefix("128.0.0.0/1"), parse_address("1.0.0.1")) == 1
    assert differing_bit(parse_prefix("0.0.0.0/0"), parse_address("1.2.3.4")) == 0


@pytest.mark.parametrize(
    ("address", "private", "link_local", "multicast"),
    [
        ("10.255.255.255", True, False, False),
        ("11.0.0.0", False, False, False),
        ("172.15.255.255", False, False, False),
        ("172.16.0.0", True, False, False),
        ("172.31.255.255", True, False, False),
        ("172.32.0.0", False, False, False),
        ("192.168.0.1", True, False, False),
        ("100.64.0.1", True, False, False),
        ("100.128.0.1", False, False, False),
        ("203.0.113.10", False, False, False),
        ("169.254.169.254", False, True, False),
        ("fe80::1", False, True, False),
        ("224.0.0.1", False, False, True),
        ("255.255.255.255", False, False, True),
        ("ff02::1", False, False, True),
        ("2001:db8::1", False, False, False),
    ],
)
def test_special_addresses(address: str, private: bool, link_local: bool, multicast: bool) -> None:
    """R-090, R-093, R-247."""
    found = parse_address(address)
    assert (is_private(found), is_link_local(found), is_multicast(found)) == (private, link_local, multicast)


def test_longest_prefix_match() -> None:
    """R-014."""
    table = PrefixMap([(parse_prefix(text), text) for text in ("0.0.0.0/0", "10.0.2.0/24", "10.0.0.0/8", "::/0", "10.0.2.10/32")])
    assert list(table.matches(parse_address("10.0.2.10"))) == ["10.0.2.10/32", "10.0.2.0/24", "10.0.0.0/8", "0.0.0.0/0"]
    assert table.longest(parse_address("10.9.0.1")) == "10.0.0.0/8"
    assert table.longest(parse_address("2001:db8::1")) == "::/0"
    assert PrefixMap[str]([]).longest(parse_address("10.0.0.1")) is None


def test_the_last_of_two_equal_prefixes_is_kept() -> None:
    table = PrefixMap([(parse_prefix("10.0.0.0/8"), 1), (parse_prefix("10.0.0.0/8"), 2)])
    assert list(table.matches(parse_address("10.0.0.1"))) == [2]
