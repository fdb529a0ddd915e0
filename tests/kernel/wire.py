"""Packets as bytes: what the laboratory sends, and what it reads of frames that pass."""

import socket
import struct
from dataclasses import dataclass

FLAGS = {"F": 1, "S": 2, "R": 4, "P": 8, "A": 16}
TAG = 0xFFFF0000
"""The bits of a TCP number, or of a payload, that name the flow; what is acknowledged grows below them."""
PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17}
ICMPV6 = 58
ECHO6 = {8: 128, 0: 129}
"""An echo and its reply, by the types that IPv4 has."""


@dataclass(frozen=True)
class Seen:
    """One packet, as it passed an interface or as a machine took it.

    `tag` names the flow that it belongs to, whatever its addresses are by now: it rides in TCP's numbers or in the payload.
    """

    src: str
    src_port: int
    dst: str
    dst_port: int
    ttl: int
    protocol: int
    flags: str = ""
    tag: int = 0
    sequence: int = 0
    icmp: tuple[int, int, int] | None = None
    """Type, code and MTU of an ICMP message."""
    size: int = 0

    @property
    def header(self) -> tuple[str, int, str, int, int]:
        """Addresses, ports, TTL."""
        return (self.src, self.src_port, self.dst, self.dst_port, self.ttl)

    @property
    def ends(self) -> tuple[str, int, str, int]:
        """Addresses and ports."""
        return self.header[:4]


def packet(
    protocol: str,
    src: str,
    src_port: int,
    dst: str,
    dst_port: int,
    *,
    tag: int,
    flags: str = "",
    acknowledges: int = 0,
    ttl: int = 64,
    size: int = 0,
    dont_fragment: bool = True,
    echo: int = 8,
) -> bytes:
    """A whole packet of that size (at least its headers'), checksums included, of the family of its addresses."""
    six = ":" in src
    header = 40 if six else 20
    if protocol == "tcp":
        bits = sum(FLAGS[letter] for letter in flags)
        sequence = tag + (0 if "S" in flags else 1)
        body = struct.pack("!HHIIBBHHH", src_port, dst_port, sequence, acknowledges, 5 << 4, bits, 65535, 0, 0)
    elif protocol == "udp":
        body = struct.pack("!HHHHI", src_port, dst_port, max(size - header, 12), 0, tag)
    else:
        body = struct.pack("!BBHHHI", ECHO6.get(echo, echo) if six else echo, 0, 0, src_port, 1, tag)
    body += bytes(max(size - header - len(body), 0))
    number = ICMPV6 if six and protocol == "icmp" else PROTOCOLS[protocol]
    at = {"tcp": 16, "udp": 6, "icmp": 2}[protocol]
    body = body[:at] + struct.pack("!H", checksum(_pseudo(src, dst, number, len(body)) + body) or 0xFFFF) + body[at + 2 :]
    if six:
        return struct.pack("!IHBB16s16s", 6 << 28, len(body), number, ttl, _bytes(src), _bytes(dst)) + body
    fragment = 0x4000 if dont_fragment else 0
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), tag >> 16, fragment, ttl, number, 0, _bytes(src), _bytes(dst)) + body


def _bytes(address: str) -> bytes:
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


def _pseudo(src: str, dst: str, number: int, length: int) -> bytes:
    """What a checksum also covers: nothing for ICMP, the addresses for all others (RFC 8200, 8.1)."""
    if ":" in src:
        return _bytes(src) + _bytes(dst) + struct.pack("!II", length, number)
    return b"" if number == PROTOCOLS["icmp"] else _bytes(src) + _bytes(dst) + struct.pack("!BBH", 0, number, length)


def checksum(data: bytes) -> int:
    """RFC 1071."""
    total: int = sum(struct.unpack(f"!{len(data + b'0') // 2}H", data + bytes(len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def parse(data: bytes) -> Seen | None:
    """A packet; None for what is none, or is a later fragment."""
    if len(data) >= 40 and data[0] >> 4 == 6:
        src, dst = (socket.inet_ntop(socket.AF_INET6, data[at : at + 16]) for at in (8, 24))
        return read(data[40:], src, dst, data[7], 40 + struct.unpack("!H", data[4:6])[0], data[6])
    if len(data) < 20 or data[0] >> 4 != 4 or struct.unpack("!H", data[6:8])[0] & 0x1FFF:
        return None
    src, dst = socket.inet_ntoa(data[12:16]), socket.inet_ntoa(data[16:20])
    return read(data[(data[0] & 15) * 4 :], src, dst, data[8], struct.unpack("!H", data[2:4])[0], data[9])


def read(body: bytes, src: str, dst: str, ttl: int, size: int, protocol: int) -> Seen | None:
    """What follows an IP header; None for what has no ports and no identifier."""
    if protocol == 6 and len(body) >= 8:
        return _tcp(body, src, dst, ttl, size)
    if protocol == 17 and len(body) >= 8:
        ports = struct.unpack("!HH", body[:4])
        return Seen(src, ports[0], dst, ports[1], ttl, 17, tag=struct.unpack("!I", body[8:12])[0] if len(body) >= 12 else 0, size=size)
    if protocol in (1, ICMPV6) and len(body) >= 8:
        return _icmp(body, src, dst, ttl, size, protocol)
    return None


def _tcp(body: bytes, src: str, dst: str, ttl: int, size: int) -> Seen:
    ports, sequence = struct.unpack("!HH", body[:4]), struct.unpack("!I", body[4:8])[0]
    if len(body) < 14:  # what an ICMP error quotes
        return Seen(src, ports[0], dst, ports[1], ttl, 6, tag=sequence & TAG, size=size)
    acknowledges, bits = struct.unpack("!I", body[8:12])[0], body[13]
    flags = "".join(letter for letter in "SAFR" if bits & FLAGS[letter])
    answer = "SA" in flags or flags == "AR"
    return Seen(src, ports[0], dst, ports[1], ttl, 6, flags, (acknowledges if answer else sequence) & TAG, sequence, size=size)


def _icmp(body: bytes, src: str, dst: str, ttl: int, size: int, protocol: int) -> Seen:
    kind, code, _, identifier, low = struct.unpack("!BBHHH", body[:8])
    if kind in ((0, 8) if protocol == 1 else (128, 129)):
        tag = struct.unpack("!I", body[8:12])[0] if len(body) >= 12 else 0
        return Seen(src, identifier, dst, 0, ttl, protocol, "reply" if kind in (0, 129) else "echo", tag, icmp=(kind, code, 0), size=size)
    quoted = parse(body[8:])
    # What becomes of the kernel's own reset the engine does not ask.
    about = quoted.tag if quoted and quoted.flags != "AR" else 0
    return Seen(src, 0, dst, 0, ttl, protocol, "error", about, icmp=(kind, code, low), size=size)
