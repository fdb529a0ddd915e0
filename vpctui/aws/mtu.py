"""MTU: what is too big for a component, who says so, and what fragments.  Rules R-294 … R-299, R-118, R-218."""

from msgspec.structs import replace

from vpctui.address import Address
from vpctui.aws.delivery import arrival_at, owner_of
from vpctui.engine.registry import Checks, Rule, Sentence, Situation
from vpctui.packet import Packet
from vpctui.trace import Arrival, Drop, Step


def too_big(
    node: str,
    packet: Packet,
    here: Situation,
    limit: int,
    *,
    vpc: str,
    reports: bool = True,
    fragments: bool = True,
    table: str | None = None,
    route: str | None = None,
    target: str | None = None,
) -> Checks:
    """Drop what does not fit and may not be fragmented (R-295); with `reports` the component answers ICMP "fragmentation needed".

    IPv6 is never fragmented on the way.
    """
    fits = packet.size <= limit
    whole = packet.dont_fragment or packet.family == 6 or not fragments
    if fits:
        return None
    yield Step(rule="mtu" if whole else "mtu-fragmented", packet=packet, passed=not whole, facts={"node": node, "size": packet.size, "mtu": limit}, setting="")
    if not whole:
        return None
    icmp = too_big_message(packet, limit, packet.dst) if reports else None
    return Drop(
        packet=packet, reason="MTU_EXCEEDED_DF", table=table, route=route, target=target, icmp=icmp, icmp_to=_sender(vpc, packet, here) if reports else None
    )


def _sender(vpc: str, packet: Packet, here: Situation) -> Arrival | None:
    """Where the report comes in: the interface in this VPC that sent the packet, past its subnet's border."""
    interface = owner_of(vpc, packet.src, here.network)
    return arrival_at(interface, here) if interface else None


def too_big_message(packet: Packet, limit: int, sender: Address) -> Packet:
    """ICMP 3/4 or ICMPv6 2/0 back to the source, about the packet (RFC 792, RFC 1191, RFC 8201)."""
    icmpv6 = packet.family == 6
    return Packet(
        src=sender,
        dst=packet.src,
        protocol="icmpv6" if icmpv6 else "icmp",
        icmp_type=2 if icmpv6 else 3,
        icmp_code=0 if icmpv6 else 4,
        icmp_mtu=limit,
        size=min(packet.size, 576) if not icmpv6 else min(packet.size + 48, 1280),
        dont_fragment=False,
        about=replace(packet, about=None),
    )


RULES = {
    "mtu": Rule(
        "R-294 R-295",
        Sentence("{size} bytes fit {node} ({mtu})", "{size}バイトは{node}（{mtu}）を通る"),
        Sentence(
            "{size} bytes are more than {node} carries ({mtu}), and the packet may not be fragmented",
            "{size}バイトは{node}の上限（{mtu}）を超え、分割も禁止されている",
        ),
    ),
    "mtu-fragmented": Rule(
        "R-295",
        Sentence("{size} bytes are more than {node} carries ({mtu}): it is fragmented", "{size}バイトは{node}の上限（{mtu}）を超えるため分割される"),
    ),
}
