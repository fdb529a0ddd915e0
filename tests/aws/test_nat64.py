"""Addresses and headers where IPv6 meets IPv4 at a NAT gateway."""

from vpctui.address import parse_address
from vpctui.aws import nat64
from vpctui.packet import Packet

SIX = Packet(src=parse_address("2001:db8::1"), dst=parse_address("64:ff9b::c000:250"), protocol="tcp", src_port=50000, dst_port=443, size=80)
FOUR = Packet(src=parse_address("10.0.0.20"), dst=parse_address("192.0.2.80"), protocol="tcp", src_port=61001, dst_port=443, size=60)


def test_an_embedded_address_is_found_again() -> None:
    """R-181: the well-known prefix and nothing else."""
    assert nat64.embedded(SIX.dst) == FOUR.dst
    assert nat64.of(FOUR.dst) == SIX.dst
    assert nat64.embedded(SIX.src) is None


def test_a_header_of_the_other_family_is_twenty_bytes_shorter_or_longer_and_nothing_else_of_it_changes() -> None:
    """RFC 7915: what is no ICMP has no type and no code afterwards either."""
    down = nat64.settled(SIX, Packet(src=FOUR.src, dst=FOUR.dst, protocol="tcp", src_port=61001, dst_port=443, size=80))
    up = nat64.settled(FOUR, Packet(src=SIX.src, dst=SIX.dst, protocol="tcp", src_port=50000, dst_port=443, size=60))
    assert (down, up) == (FOUR, SIX)
    assert nat64.settled(SIX, SIX) is SIX


def test_errors_keep_their_meaning_across_the_families() -> None:
    """RFC 7915 4.2, 5.2: unreachable, too big and time exceeded; what has no twin is unreachable."""
    six = {128: (8, 0), 129: (0, 0), 1: (3, 1), 2: (3, 4), 3: (11, 0)}
    for kind, expected in six.items():
        sent = Packet(src=FOUR.src, dst=FOUR.dst, protocol="icmpv6", icmp_type=kind, size=80)
        made = nat64.settled(SIX, sent)
        assert (made.protocol, made.icmp_type, made.icmp_code) == ("icmp", *expected)
    for kind, code, expected_kind in ((8, 0, 128), (0, 0, 129), (11, 0, 3), (3, 4, 2), (3, 1, 1), (5, 0, 1)):
        sent = Packet(src=SIX.src, dst=SIX.dst, protocol="icmp", icmp_type=kind, icmp_code=code, size=60)
        made = nat64.settled(FOUR, sent)
        assert (made.protocol, made.icmp_type, made.icmp_code) == ("icmpv6", expected_kind, 0)
