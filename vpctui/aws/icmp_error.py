"""ICMP errors about a packet that ended: time exceeded, too big.  Rules R-144, R-296, R-297, R-301, R-306; RFC 792, RFC 1122, RFC 4443."""

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from vpctui.address import Address
from vpctui.packet import Packet
from vpctui.trace import Arrival


class Report(Struct, frozen=True):
    """Who reports an error (the address in its source), and where the message is handed on; None: it goes nowhere."""

    sender: Address
    to: Arrival | None


def reportable(packet: Packet) -> bool:
    """No error is sent about an ICMP error, nor about a later fragment (RFC 1122, 3.2.2)."""
    return packet.about is None and packet.fragment_offset == 0


def time_exceeded(packet: Packet, sender: Address) -> Packet:
    """ICMP 11/0 or ICMPv6 3/0 back to the source."""
    return _error(packet, sender, 3 if packet.family == 6 else 11, 0, 0)


def too_big(packet: Packet, limit: int, sender: Address) -> Packet:
    """ICMP 3/4 or ICMPv6 2/0 back to the source, with the MTU that it should use (RFC 1191, RFC 8201)."""
    return _error(packet, sender, 2 if packet.family == 6 else 3, 0 if packet.family == 6 else 4, limit)


def retold(packet: Packet, translate: Callable[[Address], Address | None]) -> Packet:
    """An ICMP error whose report speaks of the addresses that the far side knows (R-306, RFC 5508); any other packet as it is.

    `translate` gives the far side's address for one, or None where it stays.
    """
    about = packet.about
    if about is None:
        return packet
    return replace(packet, about=replace(about, src=translate(about.src) or about.src, dst=translate(about.dst) or about.dst))


def _error(packet: Packet, sender: Address, kind: int, code: int, mtu: int) -> Packet:
    ipv6 = packet.family == 6
    return Packet(
        src=sender,
        dst=packet.src,
        protocol="icmpv6" if ipv6 else "icmp",
        icmp_type=kind,
        icmp_code=code,
        icmp_mtu=mtu,
        size=min(packet.size + 48, 1280) if ipv6 else min(packet.size + 28, 576),
        dont_fragment=False,
        about=replace(packet, about=None),
    )
