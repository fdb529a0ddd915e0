"""MTU: what is too big for a component, who says so, and what fragments.  Rules R-294 … R-299, R-118, R-218, conflict C-12.

What fits, or was fragmented, goes on; `carried` returns it.  Of a fragmented packet the first fragment is followed: the others take the
same way, except where a filter wants ports that only the first one has.
"""

from collections.abc import Generator

from msgspec.structs import replace

from vpctui.aws import icmp_error
from vpctui.aws.delivery import arrival_at, owner_of
from vpctui.aws.icmp_error import Report
from vpctui.aws.subnet import Subnet
from vpctui.engine.registry import Checks, Rule, Sentence, Situation
from vpctui.packet import Packet
from vpctui.trace import Drop, Step

INTERNET_MTU = 1500
"""Internet and egress-only gateways (R-294)."""


def carried(
    node: str,
    packet: Packet,
    here: Situation,
    limit: int,
    *,
    report: Report | None = None,
    fragments: bool = True,
    table: str | None = None,
    route: str | None = None,
    target: str | None = None,
) -> Generator[Step, None, Packet | Drop]:
    """The packet, or its first fragment, as it goes on; the drop where it does not fit and may not be fragmented (R-295).

    With `report` the component answers ICMP "fragmentation needed"; without, it is silent and the sender never learns (a black hole).
    IPv6 is never fragmented on the way.
    """
    if packet.size <= limit:
        return packet
    whole = packet.dont_fragment or packet.family == 6 or not fragments
    told = report if icmp_error.reportable(packet) else None
    rule = "mtu-fragmented" if not whole else "mtu" if told else "mtu-silent"
    sent = packet if whole else first_fragment(packet, limit)
    yield Step(rule=rule, packet=sent, passed=not whole, facts={"node": node, "size": packet.size, "mtu": limit})
    if not whole:
        return sent
    icmp = icmp_error.too_big(packet, limit, told.sender) if told else None
    return Drop(packet=packet, reason="MTU_EXCEEDED_DF", table=table, route=route, target=target, icmp=icmp, icmp_to=told.to if told else None)


def too_big(node: str, packet: Packet, here: Situation, limit: int, *, vpc: str, reports: bool) -> Checks:
    """The drop of a packet from inside a VPC that does not fit, reported to the interface that sent it."""
    fitted = yield from carried(node, packet, here, limit, report=inside(vpc, packet, here) if reports else None, fragments=False)
    return fitted if isinstance(fitted, Drop) else None


def inside(vpc: str, packet: Packet, here: Situation) -> Report | None:
    """The report to the interface in this VPC that sent a packet, past its subnet's border.

    AWS's sample shows it from the router's address in the sender's subnet (C-12).
    """
    interface = owner_of(vpc, packet.src, here.network)
    subnet = here.network.find(Subnet, interface.subnet) if interface else None
    block = subnet.block(packet.src) if subnet else None
    if interface is None or block is None:
        return None
    return Report(block.first + 1, arrival_at(interface, here))


def first_fragment(packet: Packet, limit: int) -> Packet:
    """The first of the fragments: a multiple of eight bytes behind its header (RFC 791)."""
    return replace(packet, size=20 + (limit - 20) // 8 * 8, more_fragments=True)


RULES = {
    "mtu": Rule(
        "R-294 R-295 R-296",
        Sentence("{size} bytes fit {node} ({mtu})", "{size}バイトは{node}（{mtu}）を通る"),
        Sentence(
            "{size} bytes are more than {node} carries ({mtu}), and the packet may not be fragmented",
            "{size}バイトは{node}の上限（{mtu}）を超え、分割も禁止されている",
        ),
    ),
    "mtu-silent": Rule(
        "R-118 R-295 R-296",
        Sentence("{size} bytes fit {node} ({mtu})", "{size}バイトは{node}（{mtu}）を通る"),
        Sentence(
            "{size} bytes are more than {node} carries ({mtu}); it says nothing, so the sender never learns the limit",
            "{size}バイトは{node}の上限（{mtu}）を超える。{node}は何も通知しないので、送信元は上限を知り得ない",
        ),
    ),
    "mtu-fragmented": Rule(
        "R-295",
        Sentence(
            "{size} bytes are more than {node} carries ({mtu}): it is fragmented, the first fragment goes on",
            "{size}バイトは{node}の上限（{mtu}）を超えるため分割され、先頭のフラグメントが進む",
        ),
    ),
}
