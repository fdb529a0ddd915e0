"""Packets as values: flows and their answers, what opens a connection, how sockets are written."""

import pytest
from msgspec.structs import replace

from vpctui.address import parse_address
from vpctui.packet import Packet, identification_of, reply_to, socket_text

CLIENT, SERVER = parse_address("198.51.100.10"), parse_address("10.0.2.10")
SYN = Packet(src=CLIENT, dst=SERVER, src_port=50000, dst_port=80, tcp_flags="S", ttl=61, sequence=7)
PING = Packet(src=CLIENT, dst=SERVER, protocol="icmp", src_port=50000, icmp_type=8)


def test_a_flow_and_its_answer() -> None:
    assert SYN.flow == ("tcp", CLIENT, 50000, SERVER, 80)
    assert SYN.reverse_flow == ("tcp", SERVER, 80, CLIENT, 50000)
    assert reply_to(SYN).flow == SYN.reverse_flow
    assert reply_to(reply_to(SYN)).flow == SYN.flow


def test_an_echo_keeps_its_identifier_in_the_answer() -> None:
    """RFC 792."""
    answer = reply_to(PING)
    assert (answer.src, answer.dst, answer.src_port, answer.icmp_type) == (SERVER, CLIENT, 50000, 0)
    assert answer.is_echo_reply
    assert answer.flow == PING.reverse_flow
    six = reply_to(replace(PING, protocol="icmpv6", icmp_type=128))
    assert (six.icmp_type, six.is_echo_reply) == (129, True)


def test_an_answer_has_a_fresh_ttl_and_acknowledges() -> None:
    """RFC 9293."""
    answer = reply_to(SYN, flags="SA")
    assert (answer.ttl, answer.tcp_flags, answer.acknowledgement) == (64, "SA", 8)
    assert reply_to(replace(SYN, protocol="udp", tcp_flags=""), ttl=255).ttl == 255
    assert reply_to(replace(SYN, protocol="udp", tcp_flags="")).acknowledgement == 0


@pytest.mark.parametrize(
    ("packet", "opens"),
    [
        (SYN, True),
        (replace(SYN, tcp_flags="SA"), False),
        (replace(SYN, tcp_flags="A"), False),
        (replace(SYN, tcp_flags="PA"), False),
        (replace(SYN, protocol="udp", tcp_flags=""), True),
        (replace(SYN, protocol="gre", tcp_flags=""), True),
        (PING, True),
        (replace(PING, icmp_type=0), False),
        (replace(PING, icmp_type=3, about=SYN), False),
    ],
)
def test_what_opens_a_connection(packet: Packet, opens: bool) -> None:
    """R-263."""
    assert packet.opens is opens


@pytest.mark.parametrize(
    ("packet", "source", "destination"),
    [
        (SYN, "198.51.100.10:50000", "10.0.2.10:80"),
        (PING, "198.51.100.10", "10.0.2.10"),
        (replace(SYN, protocol="esp"), "198.51.100.10", "10.0.2.10"),
        (replace(SYN, src=parse_address("2001:db8::1"), dst=parse_address("2001:db8::2")), "[2001:db8::1]:50000", "[2001:db8::2]:80"),
    ],
)
def test_sockets_as_the_format_writes_them(packet: Packet, source: str, destination: str) -> None:
    assert (packet.socket("src"), packet.socket("dst")) == (source, destination)


def test_sockets_of_both_families() -> None:
    assert socket_text(SERVER, 80) == "10.0.2.10:80"
    assert socket_text(parse_address("2001:db8::1"), 80) == "[2001:db8::1]:80"


def test_families_and_kinds() -> None:
    assert (SYN.family, replace(SYN, src=parse_address("::1")).family) == (4, 6)
    assert [packet.has_ports for packet in (SYN, replace(SYN, protocol="udp"), replace(SYN, protocol="sctp"), PING)] == [True, True, True, False]
    assert [packet.is_icmp for packet in (SYN, PING, replace(PING, protocol="icmpv6"))] == [False, True, True]


def test_an_identification_is_the_same_anywhere_and_fits() -> None:
    assert identification_of(SYN.flow) == identification_of(("tcp", CLIENT, 50000, SERVER, 80))
    assert identification_of(SYN.flow) != identification_of(SYN.reverse_flow)
    assert 0 <= identification_of(PING.flow) <= 0xFFFF


def test_a_packet_never_changes() -> None:
    with pytest.raises(AttributeError):
        SYN.ttl = 1  # type: ignore[misc]
