"""The IP packet as a value: the header fields that matter, their real bytes and checksums, encapsulation.

A packet never changes; forwarding makes another one with `replace`.  Addresses are those on the wire at one moment.
"""

from typing import Literal
from zlib import crc32

from msgspec import Struct
from msgspec.structs import replace

from vpctui.address import Address

Protocol = str
PROTOCOL_NUMBERS: dict[str, int] = {"icmp": 1, "igmp": 2, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ah": 51, "icmpv6": 58, "sctp": 132}
"""IANA protocol numbers by the names that scenario files use; `all` is not a protocol of a packet."""

TcpFlags = Literal["", "S", "SA", "A", "PA", "RA", "R", "FA"]
FLAG_NAMES: dict[TcpFlags, str] = {"S": "SYN", "SA": "SYN/ACK", "A": "ACK", "PA": "PSH/ACK", "RA": "RST/ACK", "R": "RST", "FA": "FIN/ACK", "": ""}

Flow = tuple[str, Address, int, Address, int]
"""Protocol, source, source port, destination, destination port; ICMP has its identifier as source port in both directions."""
ECHO_REPLY = " reply"


class Packet(Struct, frozen=True, kw_only=True):
    """One IP datagram at one moment.

    `size` is the total length in bytes (for IPv6: header and payload).  `ttl` is the hop limit in IPv6.  Ports are 0 for protocols
    without ports; for ICMP echo the identifier is `src_port`.  `inside` is the packet that this one carries in a tunnel.
    """

    src: Address
    dst: Address
    protocol: Protocol = "tcp"
    src_port: int = 0
    dst_port: int = 0
    ttl: int = 64
    size: int = 60
    dont_fragment: bool = True
    tcp_flags: TcpFlags = ""
    sequence: int = 0
    acknowledgement: int = 0
    icmp_type: int = 0
    icmp_code: int = 0
    icmp_mtu: int = 0
    dscp: int = 0
    ecn: int = 0
    more_fragments: bool = False
    fragment_offset: int = 0
    identification: int = 0
    tunnel: str = ""
    """How `inside` is carried: `ipsec`, `gre` or `geneve`; empty without one."""
    virtual_network: int = 0
    """The GENEVE virtual network identifier, the GRE key, or the ESP security parameters index."""
    inside: "Packet | None" = None
    about: "Packet | None" = None
    """The packet that an ICMP error reports, as its sender would find it in the payload."""

    @property
    def family(self) -> int:
        """4 or 6."""
        return self.src.family

    @property
    def flow(self) -> Flow:
        """The 5-tuple of this packet, in its own direction.  An echo and its reply have one identifier, so the protocol tells them apart."""
        return (self.protocol + ECHO_REPLY * self.is_echo_reply, self.src, self.src_port, self.dst, self.dst_port)

    @property
    def reverse_flow(self) -> Flow:
        """The 5-tuple that an answer to this packet carries."""
        if self.is_icmp:
            return (self.protocol + ECHO_REPLY * (not self.is_echo_reply), self.dst, self.src_port, self.src, self.dst_port)
        return (self.protocol, self.dst, self.dst_port, self.src, self.src_port)

    @property
    def flag_names(self) -> str:
        """The TCP flags by their names in RFC 9293, such as SYN/ACK; empty for other protocols."""
        return FLAG_NAMES[self.tcp_flags]

    @property
    def part(self) -> str:
        """Its part in a connection: the TCP flags, for other protocols the protocol."""
        return self.flag_names or self.protocol

    @property
    def is_icmp(self) -> bool:
        """ICMP of either family."""
        return self.protocol in ("icmp", "icmpv6")

    @property
    def has_ports(self) -> bool:
        """TCP, UDP and SCTP carry ports."""
        return self.protocol in ("tcp", "udp", "sctp")

    @property
    def opens(self) -> bool:
        """Whether a stateful device takes this packet for the first of a connection."""
        return self.tcp_flags == "S" if self.protocol == "tcp" else self.about is None and not self.is_echo_reply

    @property
    def is_echo_reply(self) -> bool:
        """ICMP or ICMPv6 echo reply."""
        return self.is_icmp and self.icmp_type in (0, 129)

    def socket(self, end: Literal["src", "dst"]) -> str:
        """`10.0.0.1:80`, `[2001:db8::1]:80`, or the bare address where there are no ports."""
        address, port = (self.src, self.src_port) if end == "src" else (self.dst, self.dst_port)
        return socket_text(address, port) if self.has_ports else str(address)


def socket_text(address: Address, port: int) -> str:
    """An address and a port as the scenario format writes them."""
    return f"[{address}]:{port}" if address.family == 6 else f"{address}:{port}"


def identification_of(flow: Flow) -> int:
    """A stable 16-bit IP identification for the first packet of a flow: the same flow has the same bytes anywhere."""
    return crc32(repr(flow).encode()) & 0xFFFF


def sent_anew(packet: Packet) -> Packet:
    """A packet that a proxy's own TCP sends: another packet than the one it took in, so with an identification of its own."""
    return replace(packet, identification=identification_of(packet.flow))


def reply_to(packet: Packet, *, flags: TcpFlags = "", ttl: int = 64) -> Packet:
    """The packet that the receiver sends back: ends swapped, fresh TTL, same size and DF."""
    flow = packet.reverse_flow
    echo_type = {8: 0, 128: 129}.get(packet.icmp_type, packet.icmp_type) if packet.is_icmp else 0
    return replace(
        packet,
        src=flow[1],
        src_port=flow[2],
        dst=flow[3],
        dst_port=flow[4],
        ttl=ttl,
        tcp_flags=flags,
        sequence=packet.acknowledgement,
        acknowledgement=packet.sequence + 1 if packet.protocol == "tcp" else 0,
        icmp_type=echo_type,
        identification=identification_of(flow),
        more_fragments=False,
        fragment_offset=0,
    )
