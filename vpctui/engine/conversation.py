"""A conversation: the packet that opens it, the answer, and for TCP the ACK that closes the handshake.

Each leg is a walk that starts with what the components remembered in the leg before.  The outcome is decided here, and only here.
"""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from vpctui.address import Address
from vpctui.engine.connections import Connections
from vpctui.engine.network import Network
from vpctui.engine.registry import SENDERS, Assumptions
from vpctui.engine.walk import walk
from vpctui.packet import Packet, identification_of, reply_to
from vpctui.trace import Arrival, Conversation, Direction, Drop, Hop, IcmpReport, Leg, Memo, Verdict, Warning

STATEFUL = (
    "instance",
    "nat_gateway",
    "network_load_balancer",
    "application_load_balancer",
    "classic_load_balancer",
    "vpc_endpoint",
    "endpoint_service",
    "internet_gateway",
    "egress_only_internet_gateway",
    "vpn_gateway",
)
"""Kinds of component that both directions should share; AWS calls the rest of the path its own business (R-068)."""


class Question(Struct, frozen=True, kw_only=True):
    """A flow to trace: who sends what to whom."""

    name: str
    sender: str
    to: Address
    to_port: int = 0
    protocol: str = "tcp"
    source_port: int = 50000
    source_ip: Address | None = None
    ttl: int = 64
    size: int = 60
    dont_fragment: bool = True
    icmp_type: int = 8
    icmp_code: int = 0
    via_proxy: tuple[Address, int] | None = None
    via: str = ""
    """For `on-premises`: the gateway, attachment or virtual interface where the packet comes in."""
    reply: bool = True
    after: tuple[str, ...] = ()
    midstream: bool = False
    written_to: str = ""
    """The destination as the file has it, such as `update:443`."""


Questions = Mapping[str, Question]


class World(Struct, frozen=True):
    """What a conversation happens in: the network now, the one that the file describes, the readings, the choices a person made."""

    network: Network
    base: Network
    assume: Assumptions = Assumptions()
    choices: dict[str, str] = {}


def converse(world: World, question: Question, questions: Questions | None = None) -> Conversation:
    """Trace a flow both ways."""
    known = questions or {}
    connections = _before(world, question, known, ())
    conversation, _ = _legs(world, question, connections)
    return conversation


def _before(world: World, question: Question, questions: Questions, running: tuple[str, ...]) -> Connections:
    """What is remembered when the flow starts: flows that it comes `after`, and its own opening for a `midstream` packet."""
    connections = Connections()
    for name in question.after:
        earlier = questions.get(name)
        if earlier is not None and name not in running:
            for_earlier = _before(world, earlier, questions, (*running, question.name))
            connections = _merge(connections, _legs(world, earlier, for_earlier)[1])
    if question.midstream:
        # The connection was opened in the network as the file describes it; only the packet flies in the changed one.
        opened = World(world.base, world.base, world.assume, world.choices)
        connections = _legs(opened, replace(question, midstream=False), connections)[1]
    return connections


def _merge(first: Connections, second: Connections) -> Connections:
    return first.remember(Memo(owner, key, value) for owner, key, value in second.all())


def opening(world: World, question: Question) -> Packet | None:
    """The first packet of a flow; None where its sender has no address of the destination's family."""
    to, port = question.via_proxy or (question.to, question.to_port)
    record = world.network.get(question.sender)
    sender = SENDERS.get(type(record))
    source = question.source_ip or (sender(record, to, world.network) if sender else None)
    if source is None:
        return None
    icmp = question.protocol in ("icmp", "icmpv6")
    packet = Packet(
        src=source,
        dst=to,
        protocol="icmpv6" if icmp and to.family == 6 else question.protocol,
        src_port=question.source_port if question.protocol in ("tcp", "udp", "sctp") or icmp else 0,
        dst_port=0 if icmp else port,
        ttl=question.ttl,
        size=question.size,
        dont_fragment=question.dont_fragment,
        tcp_flags=("PA" if question.midstream else "S") if question.protocol == "tcp" else "",
        icmp_type=(128 if to.family == 6 and question.icmp_type == 8 else question.icmp_type) if icmp else 0,
        icmp_code=question.icmp_code if icmp else 0,
    )
    return replace(packet, identification=identification_of(packet.flow))


def _legs(world: World, question: Question, connections: Connections) -> tuple[Conversation, Connections]:
    packet = opening(world, question)
    if packet is None:
        return _no_source(world, question), connections
    if question.via_proxy:
        wanted = replace(packet, dst=question.to, dst_port=question.to_port)
        connections = connections.remember((Memo("proxy-request", packet.flow, wanted),))
    sender = _sender(world.network, question.sender)
    forward, connections = _leg(world, sender, question.via, packet, connections, "forward", _carries(packet))
    legs: tuple[Leg, ...] = (forward,)
    if not forward.arrives:
        return _told(world, question, legs, f"forward:{forward.reason}", connections), connections
    if not _answers(question, forward):
        return _told(world, question, legs, "ok", connections), connections
    answer = reply_to(forward.last.packet, flags="SA" if packet.tcp_flags == "S" else "A" if packet.tcp_flags else "")
    back, connections = _leg(world, _answering(forward), "", answer, connections, "return", _carries(answer))
    legs = (*legs, back)
    if not back.arrives:
        return _told(world, question, legs, f"return:{back.reason}", connections), connections
    if packet.tcp_flags == "S":
        ack = replace(packet, tcp_flags="A", sequence=1, acknowledgement=1)
        third, connections = _leg(world, sender, question.via, ack, connections, "forward", "ACK")
        legs = (*legs, third)
        if not third.arrives:
            return _told(world, question, legs, "half-open", connections), connections
    outcome = "asymmetric" if stateful(forward) != stateful(back) else "ok"
    return _told(world, question, legs, outcome, connections), connections


def _sender(network: Network, identifier: str) -> str:
    """An interface sends through whatever it is attached to."""
    owner: str = getattr(network.get(identifier), "owner", "")
    return owner or identifier


def _answers(question: Question, forward: Leg) -> bool:
    """A flow without a reply, and ICMP other than echo, are one-way."""
    packet = forward.last.packet
    return question.reply and (not packet.is_icmp or packet.icmp_type in (8, 128))


def _answering(forward: Leg) -> str:
    return forward.last.node


def _leg(world: World, start: str, via: str, packet: Packet, connections: Connections, direction: Direction, carries: str) -> tuple[Leg, Connections]:
    hops, connections = walk(world.network, Arrival(node=start, came_from=via), packet, connections, world.assume, world.choices)
    return Leg(direction=direction, carries=carries, hops=hops), connections


def _carries(packet: Packet) -> str:
    if packet.protocol == "tcp":
        return {"S": "SYN", "SA": "SYN/ACK", "A": "ACK", "PA": "data"}.get(packet.tcp_flags, packet.tcp_flags)
    if packet.is_icmp:
        return "ICMP echo reply" if packet.is_echo_reply else "ICMP echo" if packet.icmp_type in (8, 128) else f"ICMP {packet.icmp_type}/{packet.icmp_code}"
    return packet.protocol.upper()


def stateful(leg: Leg) -> frozenset[str]:
    """The components of a leg that both directions should share: middleboxes and gateways, not the two ends."""
    passing = [hop for hop in leg.hops[1:] if hop.verdict is Verdict.FORWARDED and hop.kind in STATEFUL]
    return frozenset(hop.node for hop in passing)


def _told(world: World, question: Question, legs: tuple[Leg, ...], outcome: str, connections: Connections) -> Conversation:
    return Conversation(flow=question.name, outcome=outcome, legs=legs, warnings=_warnings(legs), icmp=_icmp(world, legs[-1], connections))


def _warnings(legs: tuple[Leg, ...]) -> tuple[Warning, ...]:
    """Warnings of steps in the order of the packet, each once."""
    found: dict[tuple[str, str], Warning] = {}
    for leg in legs:
        for hop in leg.hops:
            for step in hop.steps:
                if step.warning.startswith(("WARN_", "IGW_")):
                    found.setdefault((step.warning, hop.node), Warning(step.warning, hop.node, step.facts))
    return tuple(found.values())


def _icmp(world: World, leg: Leg, connections: Connections) -> IcmpReport | None:
    """The error that the last hop sends back, and whether it reaches the packet's sender."""
    action = leg.last.action
    if not isinstance(action, Drop) or action.icmp is None:
        return None
    if action.icmp_to is None:
        hops: tuple[Hop, ...] = ()
    else:
        hops, _ = walk(world.network, action.icmp_to, action.icmp, connections, world.assume, world.choices)
    report = Leg(direction="return" if leg.direction == "forward" else "forward", carries=_carries(action.icmp), hops=hops)
    return IcmpReport(sender=leg.last.node, mtu=action.icmp.icmp_mtu, arrives=bool(hops) and report.arrives, leg=report)


def _no_source(world: World, question: Question) -> Conversation:
    """The sender has no address of the destination's family: nothing can be sent."""
    packet = Packet(src=Address(question.to.family, 0), dst=question.to, protocol=question.protocol, dst_port=question.to_port)
    hops, _ = walk(world.network, Arrival(node=question.sender), packet, Connections(), world.assume)
    last = hops[0]
    ended = Hop(node=last.node, kind=last.kind, arrival=last.arrival, arrived=None, steps=(), action=Drop(packet=packet, reason="GUEST_NO_ROUTE"))
    return Conversation(flow=question.name, outcome="forward:GUEST_NO_ROUTE", legs=(Leg(direction="forward", carries=_carries(packet), hops=(ended,)),))
