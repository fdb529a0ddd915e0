"""Egress-only internet gateway: IPv6 only, lets in what answers something that left.  Rules R-101, R-102, R-105, R-307, R-312, conflict C-16."""

from collections.abc import Generator, Hashable, Iterable, Iterator

from vpctui.aws import block_public_access, edge_rules, internet
from vpctui.aws.altering import refused
from vpctui.aws.connection_tracking import always_tracked
from vpctui.aws.delivery import deliver_local, entrance, owner_of
from vpctui.aws.mtu import INTERNET_MTU, carried, too_big
from vpctui.aws.reading import Item
from vpctui.aws.route_table import route_target
from vpctui.aws.vpc import Vpc
from vpctui.engine.change import alterations
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import Outline, outlines
from vpctui.engine.registry import Assumptions, Evaluation, Rule, Sentence, Situation, forwards
from vpctui.packet import Packet
from vpctui.schema import Field, Reference, Section
from vpctui.trace import Arrival, Candidate, Drop, Memo, Step


class EgressOnlyInternetGateway(Record, frozen=True, kw_only=True):
    """An egress-only internet gateway."""

    vpc: str


@indexes(EgressOnlyInternetGateway)
def keys(gateway: EgressOnlyInternetGateway) -> Iterable[Hashable]:
    """By VPC, among its egress-only gateways and among the targets of its routes."""
    yield ("egress-only", gateway.vpc)
    yield ("target-in", gateway.vpc)


@outlines(EgressOnlyInternetGateway)
def outline(gateway: EgressOnlyInternetGateway, network: Network) -> Outline:
    """In its VPC, after the internet gateway."""
    return Outline(gateway.vpc, "", 11)


SECTION = Section(
    "egress_only_internet_gateways",
    "egress-only internet gateway",
    (Field("vpc", Reference(("vpcs",)), "the VPC it is attached to", shown_default="the only one"),),
    "Egress-only internet gateways: IPv6, outbound connections and their answers.",
)


def read(item: Item) -> Iterator[Record]:
    """One egress-only internet gateway."""
    yield EgressOnlyInternetGateway(id=item.id, vpc=item.vpc())


@route_target(EgressOnlyInternetGateway, "egress_only_internet_gateways", option="egress_only_internet_gateway_id")
def usable(gateway: EgressOnlyInternetGateway, network: Network, assume: Assumptions) -> bool:
    """A detached gateway leaves its routes blackholed (R-036)."""
    return bool(gateway.vpc)


@entrance(EgressOnlyInternetGateway)
def enter(gateway: EgressOnlyInternetGateway, packet: Packet, here: Situation, won: Candidate, zone: str) -> Generator[Step, None, Arrival | str]:
    """From a subnet whose table says so; the gateway of another VPC takes nothing (R-043)."""
    yield from ()
    if gateway.vpc != here.arrival.node:
        return "ROUTE_TARGET_WRONG_VPC"
    return Arrival(node=gateway.id, by=gateway.vpc, zone=zone, came_from=here.arrival.node, groups=None, tags=here.arrival.tags)


@forwards(EgressOnlyInternetGateway, named="egress_only_internet_gateway")
def forward(gateway: EgressOnlyInternetGateway, packet: Packet, here: Situation) -> Evaluation:
    """Block Public Access first; out: whatever the VPC sends; in: what answers it (R-101)."""
    inbound = here.arrival.by == internet.INTERNET
    own = owner_of(gateway.vpc, packet.dst if inbound else packet.src, here.network)
    refused = yield from block_public_access.check(gateway.id, gateway.vpc, packet, here, own, inbound=inbound, egress_only=True)
    if refused:
        return refused
    if packet.family == 4:
        yield Step(rule="eigw-ipv6-only", packet=packet, passed=False, facts={"gateway": gateway.id, "dst": str(packet.dst)})
        return Drop(packet=packet, reason="PROTOCOL_NOT_SUPPORTED")
    if inbound:
        return (yield from _inbound(gateway, packet, here))
    if not here.network.the(Vpc, gateway.vpc).holds(packet.src):  # what is no address of the VPC does not leave
        yield Step(rule="igw-own-source", packet=packet, passed=False, facts={"src": str(packet.src), "vpc": gateway.vpc})
        return Drop(packet=packet, reason="SPOOFED_SOURCE")
    return (yield from _outbound(gateway, packet, here))


def _inbound(gateway: EgressOnlyInternetGateway, packet: Packet, here: Situation) -> Evaluation:
    known = knows(gateway.id, packet, here)
    facts: dict[str, str | int] = {"gateway": gateway.id, "src": packet.socket("src"), "dst": packet.socket("dst")}
    yield Step(rule="eigw-state", packet=packet, passed=known, facts=facts)
    if not known:
        return Drop(packet=packet, reason="EIGW_NO_STATE")
    fitted = yield from carried(gateway.id, packet, here, INTERNET_MTU, report=internet.sender_outside(packet, here))  # both ways
    if isinstance(fitted, Drop):
        return fitted
    return (yield from deliver_local(gateway.vpc, packet, here, table=None, route=None, target=None))


def _outbound(gateway: EgressOnlyInternetGateway, packet: Packet, here: Situation) -> Evaluation:
    facts: dict[str, str | int] = {"gateway": gateway.id, "src": packet.socket("src"), "dst": packet.socket("dst")}
    if "gwlb" in here.arrival.tags:
        yield Step(rule="eigw-behind-gwlb", packet=packet, passed=False, facts=facts)
        return Drop(packet=packet, reason="NO_PATH")
    refused = yield from too_big(gateway.id, packet, here, INTERNET_MTU, vpc=gateway.vpc, reports=True)
    if refused:
        return refused
    if _answers_other_way(gateway, packet, here):  # R-312, C-16: it passes, with a warning
        yield Step(rule="eigw-answers-igw", packet=packet, facts=facts, warning="WARN_ASYMMETRIC")
    else:
        yield Step(rule="eigw-out", packet=packet, facts=facts, remembers=(Memo(gateway.id, ("out", packet.reverse_flow)),))
    return (yield from internet.send(packet, here, route=None, target=None, assume=True))


def knows(gateway: str, packet: Packet, here: Situation) -> bool:
    """Whether a packet from outside answers one that left here, or is an ICMPv6 error about one (R-101)."""
    recall = here.connections.recall
    about = packet.about
    return bool(recall(gateway, ("out", packet.flow)) or (about is not None and recall(gateway, ("out", about.reverse_flow))))


def _answers_other_way(gateway: EgressOnlyInternetGateway, packet: Packet, here: Situation) -> bool:
    """Whether it answers a connection that came in by the internet gateway, of which this gateway knows nothing (R-312)."""
    return any(here.connections.recall(other, ("in", packet.reverse_flow)) for other in here.network.ids(("gateway", gateway.vpc)))


alterations(EgressOnlyInternetGateway, refused("route_table", lambda gateway, change, network: edge_rules.gateway_kind(gateway)))

always_tracked(EgressOnlyInternetGateway)

RULES = {
    "eigw-ipv6-only": Rule(
        "R-101",
        Sentence("{gateway} carries it", "{gateway}が転送する"),
        Sentence("{gateway} carries IPv6 only, and {dst} is IPv4", "{gateway}はIPv6だけを転送する。{dst}はIPv4"),
    ),
    "eigw-state": Rule(
        "R-101",
        Sentence("{gateway} let this connection out: the answer from {src} may come in", "{gateway}はこの接続を外へ通した：{src}からの応答は入れる"),
        Sentence("{gateway} let nothing out that {src} could be answering", "{gateway}から出たものの中に、{src}が応答している接続は無い"),
    ),
    "eigw-out": Rule(
        "R-101 R-307",
        Sentence("{gateway} remembers the connection; {src} is not translated", "{gateway}が接続を記憶する。{src}は変換されない"),
    ),
    "eigw-answers-igw": Rule(
        "R-312 C-16",
        Sentence(
            "it answers a connection that came in by the internet gateway: {gateway} knows nothing of it. It passes here; do not rely on it",
            "インターネットゲートウェイから入った接続への応答で、{gateway}に記録はない。ここでは通すが、当てにしてはならない",
        ),
    ),
    "eigw-behind-gwlb": Rule(
        "R-102",
        Sentence("no Gateway Load Balancer inspected it", "Gateway Load Balancerは通っていない"),
        Sentence(
            "a Gateway Load Balancer endpoint inspected it: AWS drops such IPv6 packets at {gateway}; use an internet gateway",
            "Gateway Load Balancerエンドポイントを通ったIPv6パケットを、AWSは{gateway}で破棄する。インターネットゲートウェイを使うこと",
        ),
    ),
}
