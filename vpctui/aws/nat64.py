"""Between IPv6 and IPv4: what NAT64 makes of a packet, and back (RFC 6146, RFC 7915).  Rule R-181."""

from msgspec.structs import replace

from vpctui.address import Address, parse_prefix
from vpctui.packet import Packet

WELL_KNOWN = parse_prefix("64:ff9b::/96")
"""IPv6 addresses that stand for IPv4 ones (RFC 6052): the last 32 bits are the address."""

HEADER_DIFFERENCE = 20
"""An IPv6 header is that much longer than an IPv4 one."""

TO_ICMP = {128: (8, 0), 129: (0, 0), 1: (3, 1), 2: (3, 4), 3: (11, 0)}
"""ICMPv6 types as ICMP type and code."""
TO_ICMPV6 = {8: 128, 0: 129, 11: 3}


def embedded(address: Address) -> Address | None:
    """The IPv4 address in an IPv6 one of the well-known prefix; None for any other."""
    return Address(4, address.value & 0xFFFFFFFF) if address in WELL_KNOWN else None


def of(address: Address) -> Address:
    """The IPv6 address that stands for an IPv4 one."""
    return Address(6, WELL_KNOWN.value | address.value)


def settled(before: Packet, after: Packet) -> Packet:
    """`after` with the protocol and size that go with its family, where addresses of the other family were put in place of those of `before`."""
    if before.family == after.family:
        return after
    if after.family == 4:
        kind, code = TO_ICMP.get(after.icmp_type, (after.icmp_type, after.icmp_code)) if after.is_icmp else (0, 0)
        protocol = "icmp" if after.is_icmp else after.protocol
        return replace(after, protocol=protocol, icmp_type=kind, icmp_code=code, size=after.size - HEADER_DIFFERENCE)
    kind = (2 if (after.icmp_type, after.icmp_code) == (3, 4) else TO_ICMPV6.get(after.icmp_type, 1)) if after.is_icmp else 0
    protocol = "icmpv6" if after.is_icmp else after.protocol
    return replace(after, protocol=protocol, icmp_type=kind, icmp_code=0, size=after.size + HEADER_DIFFERENCE)
