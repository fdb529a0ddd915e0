"""Packets as bytes: what the laboratory sends, and what it reads of frames that pass."""

import socket
import struct
from dataclasses import dataclass

FLAGS = {"F": 1, "S": 2, "R": 4, "P": 8, "A": 16}
TAG = 0xFFFF0000
"""The bits of a TCP number, or of a payload, that name the flow; what is acknowledged grows below them."""
PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17}


@dataclass(frozen=True)
class Seen:
    """One IPv4 packet, as it passed an interface or as a machine took it.

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
    """A whole IPv4 packet of that size (at least its headers'), checksums included."""
    if protocol == "tcp":
        bits = sum(FLAGS[letter] for letter in flags)
        sequence = tag + (0 if "S" in flags else 1)
        body = struct.pack("!HHIIBBHHH", src_port, dst_port, sequence, acknowledges, 5 << 4, bits, 65535, 0, 0)
    elif protocol == "udp":
        body = struct.pack("!HHHHI", src_port, dst_port, max(size - 20, 12), 0, tag)
    else:
        body = struct.pack("!BBHHHI", echo, 0, 0, src_port, 1, tag)
    body += bytes(max(size - 20 - len(body), 0))
    at = {"tcp": 16, "udp": 6, "icmp": 2}[protocol]
    number = PROTOCOLS[protocol]
    pseudo = b"" if protocol == "icmp" else socket.inet_aton(src) + socket.inet_aton(dst) + struct.pack("!BBH", 0, number, len(body))
    body = body[:at] + struct.pack("!H", checksum(pseudo + body) or 0xFFFF) + body[at + 2 :]
    fragment = 0x4000 if dont_fragment else 0
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), tag >> 16, fragment, ttl, number, 0, socket.inet_aton(src), socket.inet_aton(dst))
    return header + body


def checksum(data: bytes) -> int:
    """RFC 1071."""
    total: int = sum(struct.unpack(f"!{len(data + b'0') // 2}H", data + bytes(len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def parse(data: bytes) -> Seen | None:
    """An IPv4 packet; None for what is none, or is a later fragment."""
    if len(data) < 20 or data[0] >> 4 != 4 or struct.unpack("!H", data[6:8])[0] & 0x1FFF:
        return None
    length, protocol, ttl = (data[0] & 15) * 4, data[9], data[8]
    src, dst = socket.inet_ntoa(data[12:16]), socket.inet_ntoa(data[16:20])
    size = struct.unpack("!H", data[2:4])[0]
    body = data[length:]
    if protocol == 6 and len(body) >= 8:
        return _tcp(body, src, dst, ttl, size)
    if protocol == 17 and len(body) >= 8:
        ports = struct.unpack("!HH", body[:4])
        return Seen(src, ports[0], dst, ports[1], ttl, 17, tag=struct.unpack("!I", body[8:12])[0] if len(body) >= 12 else 0, size=size)
    if protocol == 1 and len(body) >= 8:
        return _icmp(body, src, dst, ttl, size)
    return None


def _tcp(body: bytes, src: str, dst: str, ttl: int, size: int) -> Seen:
    ports, sequence = struct.unpack("!HH", body[:4]), struct.unpack("!I", body[4:8])[0]
    if len(body) < 14:  # what an ICMP error quotes
        return Seen(src, ports[0], dst, ports[1], ttl, 6, tag=sequence & TAG, size=size)
    acknowledges, bits = struct.unpack("!I", body[8:12])[0], body[13]
    flags = "".join(letter for letter in "SAFR" if bits & FLAGS[letter])
    answer = "SA" in flags or flags == "AR"
    return Seen(src, ports[0], dst, ports[1], ttl, 6, flags, (acknowledges if answer else sequence) & TAG, sequence, size=size)


def _icmp(body: bytes, src: str, dst: str, ttl: int, size: int) -> Seen:
    kind, code, _, identifier, low = struct.unpack("!BBHHH", body[:8])
    if kind in (0, 8):
        tag = struct.unpack("!I", body[8:12])[0] if len(body) >= 12 else 0
        return Seen(src, identifier, dst, 0, ttl, 1, "reply" if kind == 0 else "echo", tag, icmp=(kind, code, 0), size=size)
    quoted = parse(body[8:])
    return Seen(src, 0, dst, 0, ttl, 1, "error", quoted.tag if quoted else 0, icmp=(kind, code, low), size=size)
