"""Bytes of packets: lengths, checksums and encapsulation, judged by arithmetic here and by scapy's dissection where it is installed."""

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from msgspec.structs import replace

from vpctui import header, wire
from vpctui.address import parse_address
from vpctui.packet import Packet, identification_of

SYN = Packet(src=parse_address("198.51.100.10"), dst=parse_address("10.0.2.10"), src_port=50000, dst_port=80, ttl=63, tcp_flags="S", identification=0x1C46)
V6 = Packet(src=parse_address("2001:db8::1"), dst=parse_address("2001:db8:1::10"), src_port=50000, dst_port=443, tcp_flags="S")
ALL_FORMATS = [value for value in vars(header).values() if isinstance(value, header.HeaderFormat)]


def sums_to_zero(data: bytes) -> bool:
    """A receiver's test of the internet checksum: the sum over everything is all ones."""
    total = sum(int.from_bytes(data[i : i + 2].ljust(2, b"\0"), "big") for i in range(0, len(data), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total == 0xFFFF


def test_checksum_of_the_example_of_rfc_1071() -> None:
    assert wire.checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0xFFFF - 0xDDF2


def test_checksum_of_nothing_and_of_all_ones() -> None:
    assert wire.checksum(b"\0\0") == 0xFFFF
    assert wire.checksum(b"\xff\xff") == 0


def test_crc32c_check_value() -> None:
    assert wire.crc32c(b"123456789") == 0xE3069283


@pytest.mark.parametrize("layout", ALL_FORMATS, ids=lambda layout: layout.name)
def test_every_header_is_whole_words_and_explained_in_both_languages(layout: header.HeaderFormat) -> None:
    assert sum(field.bits for field in layout.fields) % 32 == 0
    for field in layout.fields:
        assert field.en.endswith(".")
        assert field.ja.endswith("。")
        assert field.meaning("ja") == field.ja
        assert field.meaning("en") == field.en


def test_a_syn_is_sixty_bytes_with_options_and_no_data() -> None:
    data = wire.to_bytes(SYN)
    assert data.hex(" ", 4) == (
        "4500003c 1c464000 3f06e92e c633640a 0a00020a c3500050 00000000 00000000 a002faf0 53260000 020405b4 0402080a 00000001 00000000 01030307"
    )
    assert len(data) == 60
    assert sums_to_zero(data[:20])


def test_one_less_ttl_changes_the_checksum_by_one_high_byte() -> None:
    first, second = wire.headers(SYN)[0], wire.headers(replace(SYN, ttl=62))[0]
    assert second["header checksum"] - first["header checksum"] == 0x100


def test_fields_by_name() -> None:
    outer, inner = wire.headers(SYN)
    assert (outer["TTL"], outer["DF"], outer["protocol"], outer["total length"]) == (63, 1, 6, 60)
    assert (inner["source port"], inner["destination port"], inner["flags"]) == (50000, 80, 0x02)


def test_a_size_too_small_for_the_headers_is_what_the_headers_need() -> None:
    tiny = replace(SYN, size=1)
    assert len(wire.to_bytes(tiny)) == 40
    assert wire.headers(tiny)[0]["total length"] == 40


def test_a_later_fragment_has_no_transport_header() -> None:
    fragment = replace(SYN, fragment_offset=185, dont_fragment=False, size=100)
    assert len(wire.headers(fragment)) == 1
    assert wire.headers(fragment)[0]["fragment offset"] == 185
    assert len(wire.to_bytes(fragment)) == 100


def test_an_unknown_protocol_is_reserved_and_a_number_is_itself() -> None:
    assert (wire.protocol_number("tcp"), wire.protocol_number("89"), wire.protocol_number("nonsense"), wire.protocol_number("999")) == (6, 89, 255, 255)


ADDRESS_4 = st.integers(0, 2**32 - 1).map(lambda value: parse_address(f"{value >> 24}.{value >> 16 & 255}.{value >> 8 & 255}.{value & 255}"))
ADDRESS_6 = st.integers(0, 2**128 - 1).map(lambda value: type(V6.src)(6, value))
PORT = st.integers(0, 65535)


@st.composite
def packets(draw: st.DrawFn) -> Packet:
    """Any packet without a tunnel."""
    address = draw(st.sampled_from([ADDRESS_4, ADDRESS_6]))
    src, dst = draw(address), draw(address)
    protocol = draw(st.sampled_from(["tcp", "udp", "sctp", "icmpv6" if src.family == 6 else "icmp", "igmp"]))
    size = draw(st.integers(0, 1500))
    return Packet(
        src=src,
        dst=dst,
        protocol=protocol,
        src_port=draw(PORT),
        dst_port=draw(PORT),
        ttl=draw(st.integers(0, 255)),
        size=size // 4 * 4 if protocol == "sctp" else size,  # SCTP is made of words
        tcp_flags=draw(st.sampled_from(["S", "SA", "A", "PA", "RA", "R", "FA"])) if protocol == "tcp" else "",
        sequence=draw(st.integers(0, 2**16 - 1)),
        icmp_type=draw(st.sampled_from([8, 0] if src.family == 4 else [128, 129])) if "icmp" in protocol else 0,
        icmp_mtu=draw(PORT),
        dscp=draw(st.integers(0, 63)),
        ecn=draw(st.integers(0, 3)),
        identification=draw(PORT),
    )


@settings(max_examples=60, deadline=None)
@given(packets())
def test_length_fields_say_how_long_the_bytes_are(packet: Packet) -> None:
    data, first = wire.to_bytes(packet), wire.headers(packet)[0]
    assert len(data) == (first["total length"] if packet.family == 4 else first["payload length"] + 40)
    assert len(data) >= packet.size
    assert packet.family == 6 or sums_to_zero(data[:20])


@settings(max_examples=60, deadline=None)
@given(packets())
def test_scapy_reads_what_was_meant_and_computes_the_same_bytes(packet: Packet) -> None:
    inet, inet6 = _scapy()
    data = wire.to_bytes(packet)
    assert bytes(_recomputed(data)) == data
    read = inet.IP(data) if packet.family == 4 else inet6.IPv6(data)
    assert (str(parse_address(read.src)), str(parse_address(read.dst))) == (str(packet.src), str(packet.dst))
    assert (read.ttl if packet.family == 4 else read.hlim) == packet.ttl
    if packet.protocol == "tcp":
        assert (read[inet.TCP].sport, read[inet.TCP].dport, str(read[inet.TCP].flags)) == (
            packet.src_port,
            packet.dst_port,
            "".join(sorted(packet.tcp_flags, key="FSRPA".index)),
        )


def test_an_icmp_error_carries_what_it_reports() -> None:
    inet, _ = _scapy()
    error = Packet(src=parse_address("10.0.1.1"), dst=SYN.src, protocol="icmp", icmp_type=3, icmp_code=4, icmp_mtu=1500, about=replace(SYN, size=9001), size=56)
    data = wire.to_bytes(error)
    read = inet.IP(data)
    assert (read[inet.ICMP].type, read[inet.ICMP].code, read[inet.ICMP].nexthopmtu) == (3, 4, 1500)
    assert (read[inet.IPerror].dst, read[inet.TCPerror].dport, len(data)) == (str(SYN.dst), 80, 56)
    assert sums_to_zero(data[20:])


def test_geneve_of_a_gateway_load_balancer_adds_68_bytes_and_is_dissected() -> None:
    inet, _ = _scapy()
    geneve = pytest.importorskip("scapy.contrib.geneve")
    outer = Packet(
        src=parse_address("10.0.9.4"), dst=parse_address("10.0.9.10"), protocol="udp", src_port=60000, dst_port=6081, size=60 + 68, tunnel="geneve", inside=SYN
    )
    read = inet.IP(wire.to_bytes(outer))
    assert len(wire.to_bytes(outer)) == 128
    assert (read[geneve.GENEVE].proto, read[geneve.GENEVE].optionlen) == (0x0800, 8)
    assert bytes(read[inet.IP : 2]) == wire.to_bytes(SYN)
    assert bytes(_recomputed(wire.to_bytes(outer))) == wire.to_bytes(outer)


def test_gre_with_a_key_and_ipv6_inside() -> None:
    inet, inet6 = _scapy()
    outer = Packet(src=parse_address("10.0.9.4"), dst=parse_address("192.0.2.1"), protocol="gre", tunnel="gre", virtual_network=77, inside=V6, size=0)
    read = inet.IP(wire.to_bytes(outer))
    from scapy.layers.l2 import GRE

    assert (read[GRE].key, read[GRE].proto) == (77, 0x86DD)
    assert bytes(read[inet6.IPv6]) == wire.to_bytes(V6)


def test_esp_fills_its_room_with_padding_before_a_check_value_of_96_bits() -> None:
    outer = Packet(
        src=parse_address("192.0.2.1"),
        dst=parse_address("192.0.2.2"),
        protocol="esp",
        tunnel="ipsec",
        virtual_network=0xC0FFEE,
        sequence=5,
        inside=SYN,
        size=120,
    )
    data = wire.to_bytes(outer)
    assert len(data) == 120
    assert data[20:28] == (0xC0FFEE).to_bytes(4, "big") + (5).to_bytes(4, "big")
    assert data[28:88] == wire.to_bytes(SYN)
    assert data[88:108] == bytes((*range(1, 19), 18, 4))
    assert data[108:] == bytes(12)


def test_an_ipv6_fragment_has_the_extension_header() -> None:
    _, inet6 = _scapy()
    read = inet6.IPv6(wire.to_bytes(replace(V6, more_fragments=True, identification=9, size=100)))
    fragment = read[inet6.IPv6ExtHdrFragment]
    assert (read.nh, fragment.nh, fragment.m, fragment.id, fragment.offset) == (44, 6, 1, 9, 0)


def test_identification_is_the_same_on_any_machine() -> None:
    assert identification_of(SYN.flow) == identification_of(replace(SYN, ttl=1).flow)


def _scapy() -> tuple[Any, Any]:
    inet = pytest.importorskip("scapy.layers.inet", reason="scapy is not installed")
    inet6 = pytest.importorskip("scapy.layers.inet6", reason="scapy is not installed")
    return inet, inet6


def _recomputed(data: bytes) -> Any:
    """The same packet with every length and checksum of the outer headers thrown away and computed by scapy."""
    inet, inet6 = _scapy()
    read = inet.IP(data) if data[0] >> 4 == 4 else inet6.IPv6(data)
    from scapy.layers.sctp import SCTP

    for layer in (inet.IP, inet.TCP, inet.UDP, inet.ICMP, SCTP):
        if layer in read:
            del read[layer].chksum
    if inet.IP in read:
        del read[inet.IP].len
    elif inet6.IPv6 in read:
        del read.plen
    for layer in read.iterpayloads():
        if "cksum" in layer.fields:
            del layer.cksum
    return read


@pytest.mark.parametrize("protocol", ["tcp", "udp", "sctp", "icmp", "icmpv6"])
def test_the_comparison_with_scapy_notices_a_wrong_checksum(protocol: str) -> None:
    _scapy()
    data = bytearray(
        wire.to_bytes(
            replace(
                V6 if protocol == "icmpv6" else SYN, protocol=protocol, tcp_flags="S" if protocol == "tcp" else "", icmp_type=128 if protocol == "icmpv6" else 8
            )
        )
    )
    offset = {"tcp": 36, "udp": 26, "sctp": 28, "icmp": 22, "icmpv6": 42}[protocol]
    data[offset] ^= 0x55
    assert bytes(_recomputed(bytes(data))) != bytes(data)
