"""Conversations made by hand, as an engine would make them: the appliance in its own subnet, before and after flips."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from vpctui.address import parse_address
from vpctui.engine.registry import RULES, Rule, Sentence
from vpctui.packet import Packet, reply_to
from vpctui.trace import Arrival, Candidate, Conversation, Deliver, Drop, Forward, Hop, Leg, Lookup, Step, Warning

RULES.setdefault("test-translate", Rule("R-091", Sentence("{public} is the public address of {private}", "{public}は{private}のパブリックIP")))
RULES.setdefault("test-lookup", Rule("R-014", Sentence("{table}: {route} → {target} wins", "{table}：{route} → {target}が選ばれる")))
RULES.setdefault(
    "test-check",
    Rule(
        "R-129",
        Sentence("the source/destination check of {eni} is off: foreign packets may pass", "{eni}の送信元/送信先チェックは無効：他者宛のパケットも通す"),
        Sentence(
            "destination {dst} is not an address of {eni} ({addresses}), and its source/destination check is on",
            "宛先{dst}は{eni}のアドレス（{addresses}）ではなく、送信元/送信先チェックが有効",
        ),
    ),
)
RULES.setdefault("test-group", Rule("R-260", Sentence("{group} lets it in: {rule}", "{group}が受信を許可：{rule}")))
RULES.setdefault("test-forward", Rule("R-142", Sentence("the guest of {node} forwards: TTL {ttl}", "{node}のゲストが転送：TTL {ttl}")))

SYN = Packet(src=parse_address("198.51.100.10"), dst=parse_address("203.0.113.20"), src_port=50000, dst_port=80, tcp_flags="S", identification=0x1C46)
INSIDE = replace(SYN, dst=parse_address("10.0.2.10"))
EDGE = Lookup(
    "rtb-edge",
    "10.0.2.10",
    (
        Candidate("10.0.0.0/16", "local", "local", "active", "ROUTE_LOST_LPM", 0, "rtb-edge[10.0.0.0/16]"),
        Candidate("10.0.2.0/24", "eni-fw", "static", "active", "ROUTE_WON", 0, "rtb-edge[10.0.2.0/24]"),
        Candidate("10.0.1.0/24", "eni-fw", "static", "active", "ROUTE_NO_MATCH", 23, "rtb-edge[10.0.1.0/24]"),
    ),
    "edge",
    "igw",
)


def igw() -> Hop:
    facts: dict[str, str | int] = {"table": "rtb-edge", "route": "10.0.2.0/24", "target": "eni-fw"}
    return Hop(
        node="igw",
        kind="internet_gateway",
        arrival=Arrival(node="igw", by="internet"),
        arrived=SYN,
        steps=(
            Step(rule="test-translate", packet=INSIDE, facts={"public": "203.0.113.20", "private": "10.0.2.10"}, setting="eni-app.public_ip"),
            Step(rule="test-lookup", packet=INSIDE, facts=facts, lookup=EDGE, setting="rtb-edge[10.0.2.0/24]"),
        ),
        action=Forward(packet=INSIDE, to=Arrival(node="i-fw", by="eni-fw"), table="rtb-edge", route="10.0.2.0/24", target="eni-fw"),
    )


def check(passed: bool) -> Step:
    facts: dict[str, str | int] = {"eni": "eni-fw", "dst": "10.0.2.10", "addresses": "10.0.1.10"}
    return Step(rule="test-check", packet=INSIDE, passed=passed, facts=facts, setting="eni-fw.source_dest_check")


def appliance(packet: Packet, to: str, by: str) -> Hop:
    left = replace(packet, ttl=packet.ttl - 1)
    return Hop(
        node="i-fw",
        kind="instance",
        arrival=Arrival(node="i-fw", by="eni-fw"),
        arrived=packet,
        steps=(
            check(True),
            Step(rule="test-group", packet=packet, facts={"group": "sg-fw", "rule": "all 0.0.0.0/0"}, setting="sg-fw.ingress"),
            Step(rule="test-forward", packet=left, facts={"node": "i-fw", "ttl": left.ttl}, setting="i-fw.ip_forward"),
        ),
        action=Forward(packet=left, to=Arrival(node=to, by=by), route="0.0.0.0/0", target="eni-fw"),
    )


def client() -> Hop:
    forward = Forward(packet=SYN, to=Arrival(node="igw", by="internet"), route="0.0.0.0/0", target="internet")
    return Hop(node="client", kind="host", arrival=Arrival(node="client"), arrived=None, steps=(), action=forward)


def router(packet: Packet, table: str, route: str, target: str, to: str, by: str) -> Hop:
    lookup = Lookup(table, str(packet.dst), (Candidate(route, target, "static", "active", "ROUTE_WON", 0, f"{table}[{route}]"),), owner=by)
    facts: dict[str, str | int] = {"table": table, "route": route, "target": target}
    return Hop(
        node="vpc-main",
        kind="vpc_router",
        arrival=Arrival(node="vpc-main", by=by, table=table),
        arrived=packet,
        steps=(Step(rule="test-lookup", packet=packet, facts=facts, lookup=lookup),),
        action=Forward(packet=packet, to=Arrival(node=to, by=by), table=table, route=route, target=target),
    )


def delivered(node: str, kind: str, packet: Packet) -> Hop:
    return Hop(node=node, kind=kind, arrival=Arrival(node=node), arrived=packet, steps=(), action=Deliver(packet=packet))


def forward_leg() -> Leg:
    low = replace(INSIDE, ttl=63)
    hops = (client(), igw(), appliance(INSIDE, "vpc-main", "sn-fw"), router(low, "rtb-fw", "10.0.0.0/16", "local", "i-app", "sn-fw"))
    return Leg(direction="forward", carries="SYN", hops=(*hops, delivered("i-app", "instance", low)))


def return_leg() -> Leg:
    reply = reply_to(INSIDE, flags="SA")
    low = replace(reply, ttl=63)
    out = replace(low, src=SYN.dst)
    start = Hop(
        node="i-app",
        kind="instance",
        arrival=Arrival(node="i-app"),
        arrived=None,
        steps=(),
        action=Forward(packet=reply, to=Arrival(node="vpc-main"), route="0.0.0.0/0", target="eni-app"),
    )
    gateway = Hop(
        node="igw",
        kind="internet_gateway",
        arrival=Arrival(node="igw", by="vpc-main"),
        arrived=low,
        steps=(Step(rule="test-translate", packet=out, facts={"public": "203.0.113.20", "private": "10.0.2.10"}),),
        action=Forward(packet=out, to=Arrival(node="client")),
    )
    hops = (start, router(reply, "rtb-app", "0.0.0.0/0", "eni-fw", "i-fw", "sn-app"), appliance(reply, "vpc-main", "sn-fw"))
    return Leg(
        direction="return",
        carries="SYN/ACK",
        hops=(*hops, router(low, "rtb-fw", "0.0.0.0/0", "igw", "igw", "sn-fw"), gateway, delivered("client", "host", out)),
    )


def dropped_leg(node: str = "i-fw") -> Leg:
    drop = Drop(packet=INSIDE, reason="ENI_SRC_DST_CHECK_IN", mends=("eni-fw.source_dest_check=off",))
    hop = Hop(node=node, kind="instance", arrival=Arrival(node=node, by="eni-fw"), arrived=INSIDE, steps=(check(False),), action=drop)
    return Leg(direction="forward", carries="SYN", hops=(client(), igw(), hop))


@pytest.fixture
def baseline() -> Conversation:
    """The appliance scenario as it stands: 11 hops in two legs."""
    return Conversation(flow="web", outcome="ok", legs=(forward_leg(), return_leg()))


@pytest.fixture
def checked() -> Conversation:
    """The same after eni-fw.source_dest_check=on."""
    return Conversation(flow="web", outcome="forward:ENI_SRC_DST_CHECK_IN", legs=(dropped_leg(),))


@pytest.fixture
def named() -> Callable[[str], Conversation]:
    """A drop at a component of any name."""
    return lambda node: Conversation(flow="web", outcome="forward:ENI_SRC_DST_CHECK_IN", legs=(dropped_leg(node),))


@pytest.fixture
def asymmetric() -> Conversation:
    """A conversation with a warning."""
    return Conversation(flow="web", outcome="asymmetric", legs=(forward_leg(), return_leg()), warnings=(Warning("WARN_ASYMMETRIC", "igw"),))
