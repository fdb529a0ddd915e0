"""Address and port translation with memory: what NAT instances, NAT gateways and load balancers share.  Rules R-153, R-156, R-157, R-164."""

from collections.abc import Iterator

from msgspec.structs import replace

from vpctui.address import Address
from vpctui.engine.connections import Connections
from vpctui.packet import Flow, Packet
from vpctui.trace import Memo

ANSWERS = ("SA", "R", "RA")
"""TCP flags of what only answers."""


def rewritten(packet: Packet, flow: Flow) -> Packet:
    """The packet with the addresses and ports of a flow."""
    return replace(packet, src=flow[1], src_port=flow[2], dst=flow[3], dst_port=flow[4])


def known(owner: str, packet: Packet, connections: Connections) -> Packet | None:
    """The packet as the translator remembers to rewrite it, in either direction of the connection (R-157)."""
    if packet.about is not None:
        return _error_about(owner, packet, packet.about, connections)
    flow: Flow | None = connections.recall(owner, ("nat", packet.flow))
    return rewritten(packet, flow) if flow else None


def _error_about(owner: str, packet: Packet, about: Packet, connections: Connections) -> Packet | None:
    """An ICMP error about a translated packet goes to whoever sent that, and speaks of it as he sent it (R-306, RFC 5508)."""
    flow: Flow | None = connections.recall(owner, ("nat", about.reverse_flow))
    if flow is None:
        return None
    return replace(packet, dst=flow[3], about=as_sent(about, flow))


def as_sent(packet: Packet, back: Flow) -> Packet:
    """A translated packet as its sender sent it; `back` is what the translator makes of an answer to it."""
    answer = rewritten(packet, back)
    return rewritten(answer, answer.reverse_flow)


def is_new(packet: Packet) -> bool:
    """Whether connection tracking takes a packet that it knows nothing of for a beginning.  Only then is it translated.

    A SYN/ACK, a reset, an echo reply and an ICMP error answer something: they are invalid there, and pass as they are.
    """
    return packet.about is None and packet.tcp_flags not in ANSWERS and not packet.is_echo_reply


def memos(owner: str, before: Packet, after: Packet) -> tuple[Memo, ...]:
    """What a translator remembers of a new connection: how later packets and replies are rewritten."""
    return (
        Memo(owner, ("nat", before.flow), after.flow),
        Memo(owner, ("nat", after.reverse_flow), before.reverse_flow),
    )


def free_port(owner: str, packet: Packet, source: Address, connections: Connections, first: int, last: int = 65535, *, kind: str = "nat") -> int | None:
    """The first port from `first` up under which no connection to this destination is known; None when all are taken (R-171).

    `kind` is the key under which the owner remembers connections by the flow of their answers.
    """
    for port in range(first, last + 1):
        candidate = replace(packet, src=source, src_port=port)
        if connections.recall(owner, (kind, candidate.reverse_flow)) is None:
            return port
    return None


LOWEST, HIGHEST = 1024, 65535


def ports(first: int, count: int) -> Iterator[int]:
    """The ports that an address of a service hands out: from the first one up, then again from 1024 (R-164)."""
    width = HIGHEST - LOWEST + 1
    return ((first - LOWEST + number) % width + LOWEST for number in range(min(count, width)))


def service_port(owner: str, packet: Packet, source: Address, connections: Connections, first: int, count: int, *, kind: str = "nat") -> int | None:
    """The first of `count` ports under which no connection to this destination is known; None when all are taken (R-171, R-201)."""
    for port in ports(first, count):
        candidate = replace(packet, src=source, src_port=port)
        if connections.recall(owner, (kind, candidate.reverse_flow)) is None:
            return port
    return None
