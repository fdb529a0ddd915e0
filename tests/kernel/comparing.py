"""Engine and kernel side by side, and the places where one fact has two names; each adaptation says why it is one."""

from tests.kernel.laboratory import LARGEST_TTL
from tests.kernel.referee import Judgement, Leg, Sent
from vpctui.engine.conversation import Question, World
from vpctui.trace import Conversation, Hop, Leg as OurLeg, Verdict

HANDED_ON = {
    ("DEST_IP_UNASSIGNED", "host"): "a host hands it to the internet, and the internet has nobody for it",
    ("DEST_IP_UNASSIGNED", "router"): "the same, of a router",
    ("DEST_IP_UNASSIGNED", "internet_gateway"): "the gateway hands it to the segment, where nobody answers",
    ("DEST_IP_UNASSIGNED", "egress_only_internet_gateway"): "the same, of one that is egress-only",
    ("DEST_IP_UNASSIGNED", "transit_gateway"): "the same, of the attachment's subnet",
    ("DEST_IP_UNASSIGNED", "vpc_peering_connection"): "the same, of a subnet of the other VPC",
}
"""Where the engine ends a packet at the node that hands it into nothing, while in the kernel that node has sent it."""
TAKEN = ("NO_LISTENER", "REPLY_NO_SOCKET")
"""The machine's address took it; that nothing waits for it is the machine's own affair."""
TOLD = {4: ((11, 0), (3, 4)), 6: ((3, 0), (2, 0))}
"""ICMP errors that the engine speaks of, by family; the kernel also says `host unreachable` and `port unreachable`."""


class Ports:
    """Ports that translators chose: which is free is up to each, so the kernel's are read as the engine's, one to one for each address."""

    def __init__(self) -> None:
        self._ours: dict[tuple[str, int], int] = {}

    def learn(self, hops: tuple[Hop, ...], ours: tuple[Sent, ...], theirs: tuple[Sent, ...]) -> None:
        """Take a pair where a node rewrote the source port and both differ in nothing else, and where later nodes rewrite its address."""
        chosen = {hop.node for hop in hops if hop.left and hop.arrived and hop.left.src_port != hop.arrived.src_port}
        pairs = {(port, mine) for (_, port), mine in self._ours.items()}
        for mine, other in zip(ours, theirs, strict=False):
            same, pair = (mine[:2], mine[3:]) == (other[:2], other[3:]), (other[2], mine[2])
            taken = (mine[1], mine[2]) in {(address, port) for (address, _), port in self._ours.items()}
            if same and mine[2] != other[2] and (mine[0] in chosen or pair in pairs) and other[1:3] not in self._ours and not taken:
                self._ours[other[1:3]] = mine[2]
                pairs.add(pair)

    def read(self, sent: Sent) -> Sent:
        """A kernel's packet with the engine's ports."""
        node, src, src_port, dst, dst_port, ttl = sent
        return (node, src, self._ours.get((src, src_port), src_port), dst, self._ours.get((dst, dst_port), dst_port), ttl)


def disagreement(conversation: Conversation, judgement: Judgement) -> str:
    """Where engine and kernel differ; empty where they agree."""
    ports = Ports()
    for number, leg in enumerate(conversation.legs):
        theirs = judgement.legs[number] if number < len(judgement.legs) else Leg()
        ours = expected(leg)
        ports.learn(leg.hops, ours, theirs.sent)
        sent = tuple(ports.read(one) for one in theirs.sent)
        told = _path(leg, ours, sent) or _taking(leg, ports.read(theirs.taken) if theirs.taken else None, theirs.open)
        if told:
            return f"{leg.carries}: {told}"
    return _reports(conversation, judgement)


def expected(leg: OurLeg) -> tuple[Sent, ...]:
    """What the engine says that each node sends on a leg."""
    return tuple(_sent(hop.node, hop) for hop in leg.hops if hop.left is not None)


def _sent(node: str, hop: Hop) -> Sent:
    packet = hop.packet
    return (node, str(packet.src), packet.src_port, str(packet.dst), packet.dst_port, packet.ttl)


def _path(leg: OurLeg, ours: tuple[Sent, ...], theirs: tuple[Sent, ...]) -> str:
    if leg.verdict is Verdict.LOOPED:
        # The engine stops where a packet is back; the kernel turns it round until its TTL is spent, or until it meets its own sender,
        # who takes nothing that carries an address of his own as source (a martian).
        agrees = theirs[: len(ours)] == ours and (len(theirs) > len(ours) or leg.last.node == leg.hops[0].node)
    elif (leg.reason or "", leg.last.kind) in HANDED_ON:
        agrees = theirs in (ours, (*ours, _sent(leg.last.node, leg.last)))
    else:
        agrees = theirs == ours
    return "" if agrees else f"path\n  engine {_shown(ours)}   [{leg.reason or leg.verdict} at {leg.last.node}]\n  kernel {_shown(theirs)}"


def _taking(leg: OurLeg, theirs: Sent | None, is_open: bool | None) -> str:
    ours = _sent(leg.last.node, leg.last) if leg.arrives or leg.reason in TAKEN else None
    if ours != theirs:
        ended = f"[{leg.reason or leg.verdict} at {leg.last.node}]"
        return f"taken\n  engine {_shown((ours,) if ours else ())}   {ended}\n  kernel {_shown((theirs,) if theirs else ())}"
    if leg.reason == "NO_LISTENER" and is_open is True:
        return "taken\n  engine says that nothing listens\n  kernel does not refuse it"
    if leg.arrives and is_open is False:
        return "taken\n  engine says that somebody listens\n  kernel refuses it"
    return ""


def _reports(conversation: Conversation, judgement: Judgement) -> str:
    if conversation.legs[-1].verdict is Verdict.LOOPED:
        return ""  # the kernel ends a loop by TTL, and says so
    family = conversation.legs[0].hops[0].packet.family
    theirs = {report for leg in judgement.legs for report in leg.reports if report[1:3] in TOLD[family]}
    report = conversation.icmp
    ours = set()
    if report is not None and report.arrives:
        packet = report.leg.last.packet
        ours.add((report.leg.last.node, packet.icmp_type, packet.icmp_code, packet.icmp_mtu))
        # The laboratory's stateless translation does not mend what an error quotes: trackers refuse it, translators take it for theirs.
        if family == 4 and any(hop.kind == "internet_gateway" for hop in report.leg.hops) and not theirs:
            return ""
        ended = conversation.legs[-1].last
        if family == 4 and ended.kind == "internet_gateway" and ended.arrival.by == "internet" and {told[1:] for told in theirs} <= {told[1:] for told in ours}:
            return ""
    return "" if ours == theirs else f"ICMP errors\n  engine {sorted(ours)}\n  kernel {sorted(theirs)}"


def _shown(sent: tuple[Sent, ...], most: int = 16) -> str:
    lines = [f"{node} {src}:{sport} > {dst}:{dport} ttl {ttl}" for node, src, sport, dst, dport, ttl in sent[:most]]
    return "\n         ".join([*lines, *(["…"] if len(sent) > most else [])]) or "nothing"


BUILT = (
    "host",
    "router",
    "instance",
    "vpc_router",
    "internet_gateway",
    "egress_only_internet_gateway",
    "vpn_gateway",
    "nat_gateway",
    "transit_gateway",
    "vpc_peering_connection",
)


def inexpressible(world: World, question: Question, conversation: Conversation) -> str:
    """Why the kernel cannot be asked this, in a few words that stay the same; empty when it can."""
    assume, hops = world.assume, conversation.hops
    ended = hops[-1].packet
    if assume.asymmetric_return == "drop":
        return "asymmetric_return: drop is a rule of AWS's documents, no kernel looks for the way back"
    if assume.tgw_ttl != 1 or not assume.stopped_is_blackhole or question.ttl > LARGEST_TTL:
        return "another reading of TTL or of stopped instances"
    if question.midstream:
        return "midstream: the connection would have to live on while the network is built anew"
    if any(hop.packet.inside is not None or (hop.arrived is not None and hop.arrived.inside is not None) for hop in hops):
        return "a tunnel with keys (IPsec), or GENEVE"
    if question.to.family != ended.family:
        return "NAT64: the kernel has none"
    if any(step.rule.startswith(("block-public-access", "bpa")) and not step.passed for hop in hops for step in hop.steps):
        return "Block Public Access is a rule that only AWS has"
    strange = next((hop.kind for hop in hops if hop.kind not in BUILT and hop.node != "internet"), "")
    if strange:
        return f"{strange.replace('_', ' ')}: which target, and what becomes of the connection, a program of AWS's decides"
    return _network(world) or _steps(conversation)


def _steps(conversation: Conversation) -> str:
    rules = {step.rule for hop in conversation.hops for step in hop.steps}
    if any(rule.startswith("igw-pool") for rule in rules) or conversation.outcome == "forward:GWRT_NO_ROUTE":
        return "BYOIP pools"
    if any(step.rule.startswith("load-balancer") or step.rule.startswith("privatelink") for hop in conversation.hops for step in hop.steps):
        return "a network load balancer's return by flow state"
    if any(hop.node in ("on-premises", "aws-service") for hop in conversation.hops):
        return "an end that is assumed on premises or at AWS"
    for leg in conversation.legs:
        for hop in leg.hops:
            if hop.kind == "nat_gateway" and leg.carries == "SYN/ACK" and any(step.rule == "nat-gateway-source" for step in hop.steps):
                return "a NAT gateway that takes a SYN/ACK for a beginning: connection tracking calls it invalid"
    return ""


def _network(world: World) -> str:
    from vpctui.aws.subnet import Subnet
    from vpctui.aws.transit_gateway_attachment import TransitGatewayAttachment

    for attachment in world.network.all(TransitGatewayAttachment):
        subnets = [subnet for subnet in world.network.all(Subnet) if subnet.vpc == attachment.vpc]
        if attachment.kind == "vpc" and ({subnet.az for subnet in subnets} != {"a"} or len(attachment.subnets) != 1):
            return "transit gateway zones"
        if any(subnet.network_acl for subnet in subnets if subnet.id in attachment.subnets):
            return "network ACLs of a transit gateway attachment's subnet"
    return ""
