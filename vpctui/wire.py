"""A packet as its headers, field by field, and as bytes with real checksums.

`headers` gives each header's values in the order of `vpctui.header`; `to_bytes` packs them.  Lengths: a packet whose `size` leaves room
is filled (a SYN with the options that Linux sends, anything else with zeros); one whose `size` is too small for its own headers is as
long as they are, and its length fields say so.  `fragment_offset` counts units of 8 bytes; a later fragment has no transport header.

ESP is written with null encryption (RFC 2410), so that what it carries can be read; padding fills the room before its check value.
"""

from msgspec import Struct

from vpctui import header
from vpctui.header import HeaderFormat
from vpctui.packet import PROTOCOL_NUMBERS, Packet

ETHERTYPES = {4: 0x0800, 6: 0x86DD}
TCP_FLAG_BITS = {"F": 0x01, "S": 0x02, "R": 0x04, "P": 0x08, "A": 0x10}
# MSS 1460, SACK permitted, timestamps 1/0, NOP, window scale 7; and what an established connection sends: NOP, NOP, timestamps 1/1.
_SYN_OPTIONS = bytes.fromhex("020405b40402080a000000010000000001030307")
_OPTIONS = bytes.fromhex("0101080a0000000100000001")
ESP_CHECK = 12
"""Length of ESP's check value: 96 bits (RFC 2404), by which dissectors find the trailer in front of it."""
# What a Gateway Load Balancer adds (class 0x0108): endpoint id, attachment id, flow cookie; 32 bytes (R-214, conflict C-13).
_GWLB_OPTIONS = bytes.fromhex("01080102" + "00" * 8 + "01080202" + "00" * 8 + "01080301" + "00" * 4)


class Header(Struct, frozen=True):
    """One header of a packet: its format, the value of each field, and the options that follow it."""

    format: HeaderFormat
    values: tuple[int, ...]
    options: bytes = b""

    def to_bytes(self) -> bytes:
        """The fields packed bit by bit, then the options."""
        number = 0
        for field, value in zip(self.format.fields, self.values, strict=True):
            number = number << field.bits | value & ((1 << field.bits) - 1)
        return number.to_bytes(self.format.length, "big") + self.options

    def __getitem__(self, name: str) -> int:
        return next(value for field, value in zip(self.format.fields, self.values, strict=True) if field.name == name)


class Datagram(Struct, frozen=True):
    """A packet laid out for the wire: its headers from the outside in, those of the packet inside included, and the bytes around them."""

    headers: tuple[Header, ...]
    payload: bytes

    def to_bytes(self) -> bytes:
        """All of it."""
        return b"".join(item.to_bytes() for item in self.headers) + self.payload


def headers(packet: Packet) -> tuple[Header, ...]:
    """Headers of a packet from the outside in; a tunnel's are followed by those of the packet inside."""
    return datagram(packet).headers


def to_bytes(packet: Packet) -> bytes:
    """The packet from its first IP header to its last byte."""
    return datagram(packet).to_bytes()


def protocol_number(protocol: str) -> int:
    """IANA number of a protocol by name or by number text; 255 (reserved) for a name that IANA does not know here."""
    return PROTOCOL_NUMBERS.get(protocol, int(protocol) if protocol.isascii() and protocol.isdigit() and int(protocol) < 256 else 255)


def datagram(packet: Packet) -> Datagram:
    """Lay a packet out."""
    fragmented = packet.family == 6 and (packet.more_fragments or packet.fragment_offset > 0)
    room = packet.size - (20 if packet.family == 4 else 48 if fragmented else 40)
    inner = Datagram((), bytes(max(room, 0))) if packet.fragment_offset else _transport(packet, max(room, 0))
    number = protocol_number(packet.protocol)
    if packet.family == 4:
        outer: tuple[Header, ...] = (_ipv4(packet, number, len(inner.to_bytes())),)
    elif fragmented:
        fragment = Header(header.IPV6_FRAGMENT, (number, 0, packet.fragment_offset, 0, int(packet.more_fragments), packet.identification))
        outer = (_ipv6(packet, 44, len(inner.to_bytes()) + 8), fragment)
    else:
        outer = (_ipv6(packet, number, len(inner.to_bytes())),)
    return Datagram((*outer, *inner.headers), inner.payload)


def _ipv4(packet: Packet, protocol: int, payload: int) -> Header:
    fragment = (0, int(packet.dont_fragment), int(packet.more_fragments), packet.fragment_offset)
    before = (4, 5, packet.dscp, packet.ecn, 20 + payload, packet.identification, *fragment, packet.ttl, protocol)
    ends = (packet.src.value, packet.dst.value)
    total = checksum(Header(header.IPV4, (*before, 0, *ends)).to_bytes())
    return Header(header.IPV4, (*before, total, *ends))


def _ipv6(packet: Packet, next_header: int, payload: int) -> Header:
    traffic_class = packet.dscp << 2 | packet.ecn
    return Header(header.IPV6, (6, traffic_class, 0, payload, next_header, packet.ttl, packet.src.value, packet.dst.value))


def _transport(packet: Packet, room: int) -> Datagram:
    """What follows the IP header, filled to `room` bytes where it is shorter."""
    match packet.protocol:
        case "tcp":
            return _tcp(packet, room)
        case "udp":
            return _udp(packet, room)
        case "icmp" | "icmpv6":
            return _icmp(packet, room)
        case "sctp":
            return _sctp(packet, room)
        case _:
            return _carried(packet, room)


def _tcp(packet: Packet, room: int) -> Datagram:
    options = _tcp_options(packet, room - 20)
    flags = sum(TCP_FLAG_BITS[flag] for flag in packet.tcp_flags)
    payload = bytes(max(room - 20 - len(options), 0))
    before = (packet.src_port, packet.dst_port, packet.sequence, packet.acknowledgement, 5 + len(options) // 4, 0, flags, 64240)
    total = _sum_with_ends(packet, Header(header.TCP, (*before, 0, 0), options).to_bytes() + payload)
    return Datagram((Header(header.TCP, (*before, total, 0), options),), payload)


def _tcp_options(packet: Packet, room: int) -> bytes:
    """Options that fill a segment without data to its size, so that a capture of it shows no payload that nobody sent."""
    usual = _SYN_OPTIONS if "S" in packet.tcp_flags else _OPTIONS
    if "P" in packet.tcp_flags or room < len(usual):
        return b""
    fill = room // 4 * 4 if room <= 40 else len(usual)
    return usual.ljust(fill // 4 * 4, b"\x01")


def _udp(packet: Packet, room: int) -> Datagram:
    inner = _carried(packet, max(room - 8, 0))
    content = inner.to_bytes()
    before = (packet.src_port, packet.dst_port, 8 + len(content))
    total = _sum_with_ends(packet, Header(header.UDP, (*before, 0)).to_bytes() + content) or 0xFFFF  # RFC 768: 0 means none
    return Datagram((Header(header.UDP, (*before, total)), *inner.headers), inner.payload)


def _sctp(packet: Packet, room: int) -> Datagram:
    payload = _padding_chunk(room - 12)
    total = crc32c(Header(header.SCTP, (packet.src_port, packet.dst_port, 0, 0)).to_bytes() + payload)
    swapped = int.from_bytes(total.to_bytes(4, "little"), "big")  # RFC 9260, appendix A: least significant byte first
    return Datagram((Header(header.SCTP, (packet.src_port, packet.dst_port, 0, swapped)),), payload)


def _padding_chunk(room: int) -> bytes:
    """The smallest lawful content of an SCTP packet that fills a room: one PAD chunk (RFC 4820)."""
    length = room // 4 * 4
    return (b"\x84\x00" + length.to_bytes(2, "big")).ljust(room, b"\x00") if room >= 4 else bytes(max(room, 0))


def _icmp(packet: Packet, room: int) -> Datagram:
    layout, rest = _icmp_layout(packet)
    payload = _reported(packet, room - 8) if packet.about is not None else bytes(max(room - 8, 0))
    kind = (packet.icmp_type, packet.icmp_code)
    message = Header(layout, (*kind, 0, *rest)).to_bytes() + payload
    total = _sum_with_ends(packet, message) if packet.protocol == "icmpv6" else checksum(message)
    return Datagram((Header(layout, (*kind, total, *rest)),), payload)


def _icmp_layout(packet: Packet) -> tuple[HeaderFormat, tuple[int, ...]]:
    """Echo messages carry identifier and sequence, errors the next hop's MTU (RFC 1191)."""
    echo = packet.about is None and packet.icmp_type in (0, 8, 128, 129)
    if packet.protocol == "icmp":
        return (header.ICMP_ECHO, (packet.src_port, packet.sequence)) if echo else (header.ICMP_ERROR, (0, packet.icmp_mtu))
    return (header.ICMPV6_ECHO, (packet.src_port, packet.sequence)) if echo else (header.ICMPV6_ERROR, (packet.icmp_mtu,))


def _reported(packet: Packet, room: int) -> bytes:
    """The packet that an error reports: its IP header and at least 8 bytes more (RFC 792)."""
    about = to_bytes(packet.about) if packet.about is not None else b""
    least = 28 if packet.family == 4 else 48
    return about[: max(room, least)].ljust(max(room, 0), b"\x00")


def _carried(packet: Packet, room: int) -> Datagram:
    """A tunnel's header with the packet inside, or as many zeros as there is room."""
    if packet.inside is None:
        return Datagram((), bytes(room))
    inner = datagram(packet.inside)
    spare = room - len(inner.to_bytes())
    match packet.tunnel:
        case "geneve":
            return _geneve(packet, inner, spare)
        case "gre":
            return _gre(packet, inner)
        case "ipsec":
            return _esp(packet, inner, spare)
        case _:
            return inner


def _geneve(packet: Packet, inner: Datagram, spare: int) -> Datagram:
    options = _GWLB_OPTIONS if spare >= 8 + len(_GWLB_OPTIONS) else b""
    kind = ETHERTYPES[packet.inside.family] if packet.inside else 0
    tunnel = Header(header.GENEVE, (0, len(options) // 4, 0, kind, packet.virtual_network, 0), options)
    return Datagram((tunnel, *inner.headers), inner.payload)


def _gre(packet: Packet, inner: Datagram) -> Datagram:
    kind = ETHERTYPES[packet.inside.family] if packet.inside else 0
    key = packet.virtual_network
    tunnel = Header(header.GRE_WITH_KEY, (0, 0, 1, 0, 0, kind, key)) if key else Header(header.GRE, (0, 0, 0, 0, 0, kind))
    return Datagram((tunnel, *inner.headers), inner.payload)


def _esp(packet: Packet, inner: Datagram, spare: int) -> Datagram:
    """Tunnel mode: what is inside, padding that fills the room, its length, and the check value (RFC 4303, section 2)."""
    content = inner.to_bytes()
    least = -(len(content) + 2) % 4
    padding = min(max(spare - 8 - 2 - ESP_CHECK, least), 255)
    inside = 41 if packet.inside and packet.inside.family == 6 else 4
    check = bytes(max(spare - 8 - padding - 2, 0))
    trailer = bytes(range(1, padding + 1)) + bytes((padding, inside)) + check
    return Datagram((Header(header.ESP, (packet.virtual_network, packet.sequence)), *inner.headers), inner.payload + trailer)


def checksum(data: bytes) -> int:
    """The internet checksum: ones' complement of the ones' complement sum of 16-bit words (RFC 1071)."""
    if len(data) % 2:
        data += b"\x00"
    # 2**16 is 1 modulo 65535, so the whole data as one number has the same residue as the sum of its words.
    total = int.from_bytes(data, "big")
    folded = total % 0xFFFF
    return 0 if folded == 0 and total else 0xFFFF - folded


def _sum_with_ends(packet: Packet, content: bytes) -> int:
    """Checksum over the pseudo header of either family and the content (RFC 9293, RFC 8200 section 8.1)."""
    width = 4 if packet.family == 4 else 16
    ends = packet.src.value.to_bytes(width, "big") + packet.dst.value.to_bytes(width, "big")
    return checksum(ends + protocol_number(packet.protocol).to_bytes(4, "big") + len(content).to_bytes(4, "big") + content)


def crc32c(data: bytes) -> int:
    """The Castagnoli CRC of SCTP."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 0xFFFFFFFF
