"""Network Load Balancer: the destination becomes a target, the client's address may stay, answers come back through it.  Rules R-185 … R-203, R-224."""

from collections.abc import Generator

from msgspec.structs import replace

from vpctui.aws import load_balancer_targets as targets, managed_interface, nat64, route_table, translation
from vpctui.aws.connection_tracking import always_tracked
from vpctui.aws.delivery import owner_of
from vpctui.aws.load_balancer import ApplicationLoadBalancer, NetworkLoadBalancer
from vpctui.aws.load_balancer_listener import Listener
from vpctui.aws.load_balancer_targets import Registration
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.subnet import Subnet, table_of
from vpctui.aws.vpc import Vpc
from vpctui.aws.vpc_peering_connection import VpcPeeringConnection
from vpctui.engine.registry import Checks, Evaluation, Rule, Sentence, Situation, forwards
from vpctui.packet import Flow, Packet
from vpctui.trace import Drop, Memo, Step

FIRST_PORT = 62001
PRIVATELINK = "privatelink"
"""Tag of a packet that came by an endpoint service: its client's address means nothing here (R-188)."""


@forwards(NetworkLoadBalancer, named="network_load_balancer")
def forward(balancer: NetworkLoadBalancer, packet: Packet, here: Situation) -> Evaluation:
    """Filters of the node, a known flow or a listener and a target, then the node's subnet (R-185, R-186, R-193)."""
    if not here.arrival.by:
        return (yield from targets.starts(balancer, packet, here))
    node = managed_interface.own(here, balancer.id)
    if node is None:
        yield Step(rule="managed-starts-nothing", packet=packet, passed=False, facts={"node": balancer.id})
        return Drop(packet=packet, reason="UNSUPPORTED_COMPONENT")
    refused = yield from _admit(balancer, node, packet, here)
    if refused:
        return refused
    flow: Flow | None = here.connections.recall(balancer.id, ("nat", packet.flow))
    if flow is not None:
        return (yield from _known(balancer, node, packet, flow, here))
    awaited = yield from targets.awaited(balancer, packet, here)
    if awaited:
        return awaited
    return (yield from _new(balancer, node, packet, here))


def _admit(balancer: NetworkLoadBalancer, node: NetworkInterface, packet: Packet, here: Situation) -> Checks:
    """Network ACL and security groups (R-192, R-193); TCP and UDP only, fragments of UDP only (R-199, R-224)."""
    unfiltered = PRIVATELINK in here.arrival.tags and not balancer.enforce_inbound_on_privatelink
    refused = yield from (managed_interface.enter_subnet(node, packet, here) if unfiltered else managed_interface.admit(node, packet, here))
    if refused:
        return refused
    fragment = packet.protocol == "tcp" and bool(packet.more_fragments or packet.fragment_offset)
    if packet.protocol in ("tcp", "udp") and not fragment:
        return None
    rule = "nlb-fragment" if fragment else "nlb-protocol"
    yield Step(rule=rule, packet=packet, passed=False, facts={"lb": balancer.id, "protocol": packet.protocol})
    return Drop(packet=packet, reason="PROTOCOL_NOT_SUPPORTED")


def _known(balancer: NetworkLoadBalancer, node: NetworkInterface, packet: Packet, flow: Flow, here: Situation) -> Evaluation:
    """A later packet of a flow, or an answer: by what is remembered (R-189).  It stays with its target, whatever became of that."""
    after = nat64.settled(packet, translation.rewritten(packet, flow))
    facts: dict[str, str | int] = {"was_src": packet.socket("src"), "was_dst": packet.socket("dst"), "src": after.socket("src"), "dst": after.socket("dst")}
    yield Step(rule="nat-known", packet=after, facts=facts)
    target: str | None = here.connections.recall(balancer.id, ("target", packet.flow))
    return (yield from managed_interface.send(node, after, here, groups=_groups(node, after), target=target))


def _new(balancer: NetworkLoadBalancer, node: NetworkInterface, packet: Packet, here: Situation) -> Evaluation:
    """The first packet of a flow."""
    listener = yield from targets.listener_of(balancer, packet, "LB_NO_LISTENER")
    if isinstance(listener, Drop):
        return listener
    refused = yield from targets.opens(balancer, packet)
    if refused:
        return refused
    chosen = yield from targets.choose(balancer, listener, node, packet, here)
    if isinstance(chosen, Drop):
        return chosen
    sent = yield from _rewrite(balancer, listener, node, chosen, packet, here)
    if isinstance(sent, Drop):
        return sent
    return (yield from managed_interface.send(node, sent, here, groups=_groups(node, sent), target=chosen.text))


def _groups(node: NetworkInterface, sent: Packet) -> tuple[str, ...] | None:
    """What rules of the target can refer to: the load balancer's own groups, with the client's address too (R-192); the client's never."""
    return node.security_groups if node.security_groups or node.owns(sent.src) else None


def preserves(balancer: NetworkLoadBalancer, listener: Listener, chosen: Registration, packet: Packet, here: Situation) -> bool:
    """Whether the client's address stays (R-187): always for UDP and to an Application Load Balancer (R-203), never across families."""
    if PRIVATELINK in here.arrival.tags or (chosen.address is not None and chosen.address.family != packet.family):
        return False
    if listener.protocol in ("udp", "tcp_udp") or isinstance(here.network.get(chosen.target.named), ApplicationLoadBalancer):
        return True
    if balancer.preserve_client_ip is not None:
        return balancer.preserve_client_ip
    return bool(chosen.target.named)


def _rewrite(
    balancer: NetworkLoadBalancer, listener: Listener, node: NetworkInterface, chosen: Registration, packet: Packet, here: Situation
) -> Generator[Step, None, Packet | Drop]:
    """The destination becomes the target; the source stays, or becomes the node's with a port of its own (R-186, R-187)."""
    address = chosen.address or packet.dst
    after = replace(packet, dst=address, dst_port=chosen.target.port)
    if preserves(balancer, listener, chosen, packet, here):
        holder = chosen.interface or _peered(node, after, here)
        refused: Drop | None = yield from _preserved(balancer, node, chosen, holder, packet, after, here)
        if refused:
            return refused
        kept = (Memo(holder.id, ("load-balanced", after.reverse_flow), node.id),) if holder else ()
        yield _step("nlb-destination", balancer, packet, after, chosen, kept)
        return after
    source = node.source(address.family)
    if source is None:
        yield _step("nlb-family", balancer, packet, packet, chosen, (), passed=False)
        return Drop(packet=packet, reason="PROTOCOL_NOT_SUPPORTED", target=chosen.text)
    port = translation.service_port(balancer.id, after, source, here.connections, FIRST_PORT, targets.CAPACITY)
    if port is None:
        yield _step("nlb-ports", balancer, packet, packet, chosen, (), passed=False)
        return Drop(packet=packet, reason="NATGW_PORTS_EXHAUSTED", target=chosen.text)
    after = nat64.settled(packet, replace(after, src=source, src_port=port))
    yield _step("nlb-both", balancer, packet, after, chosen, (), warning="WARN_CLIENT_IP_LOST")
    return after


def _step(
    rule: str,
    balancer: NetworkLoadBalancer,
    before: Packet,
    after: Packet,
    chosen: Registration,
    kept: tuple[Memo, ...],
    *,
    passed: bool = True,
    warning: str = "",
) -> Step:
    facts: dict[str, str | int] = {
        "lb": balancer.id,
        "was": before.socket("dst"),
        "dst": after.socket("dst"),
        "client": before.socket("src"),
        "src": after.socket("src"),
        "target": chosen.text,
    }
    memos = (*translation.memos(balancer.id, before, after), Memo(balancer.id, ("target", before.flow), chosen.text), *kept) if passed else ()
    return Step(rule=rule, packet=after, passed=passed, facts=facts, setting=f"{balancer.id}.preserve_client_ip", warning=warning, remembers=memos)


def _preserved(
    balancer: NetworkLoadBalancer,
    node: NetworkInterface,
    chosen: Registration,
    holder: NetworkInterface | None,
    before: Packet,
    after: Packet,
    here: Situation,
) -> Generator[Step, None, Drop | None]:
    """Where keeping the client's address cannot work: back to the client itself (R-194), by detours (R-188), twice the same flow (R-202)."""
    rule = reason = ""
    earlier: Flow | None = here.connections.recall(balancer.id, ("nat", after.reverse_flow))
    if after.src == after.dst:
        rule, reason = "nlb-hairpin", "LB_HAIRPIN"
    elif not _is_direct(node, holder, after, here):
        rule, reason = "nlb-preservation-scope", "LB_CLIENT_IP_MODE"
    elif earlier is not None and earlier != before.reverse_flow:
        rule, reason = "nlb-duplicate-flow", "LB_CLIENT_IP_MODE"
    if not rule:
        return None
    yield _step(rule, balancer, before, after, chosen, (), passed=False)
    return Drop(packet=after, reason=reason, target=chosen.text, mends=(f"{balancer.id}.preserve_client_ip=off",))


def _is_direct(node: NetworkInterface, holder: NetworkInterface | None, after: Packet, here: Situation) -> bool:
    """Whether the node's subnet reaches the target in the VPC or a peered one, with nothing in between (R-188)."""
    if holder is not None and holder.type in ("vpc_endpoint", "network_load_balancer"):
        return False
    subnet = here.network.the(Subnet, node.subnet)
    if subnet.holds(after.dst):
        return True
    target = _route_target(node, subnet, after, here)
    return target in ("", "local") or here.network.find(VpcPeeringConnection, target) is not None


def _route_target(node: NetworkInterface, subnet: Subnet, packet: Packet, here: Situation) -> str:
    vpc = here.network.the(Vpc, node.vpc)
    won = route_table.lookup(here.network, table_of(subnet, here.network), packet.dst, vpc.cidrs + vpc.ipv6_cidrs, here.assume).winner
    return won.target if won else ""


def _peered(node: NetworkInterface, packet: Packet, here: Situation) -> NetworkInterface | None:
    """The target's interface in a peered VPC, where the route to it leads by a peering connection."""
    target = _route_target(node, here.network.the(Subnet, node.subnet), packet, here)
    peering = here.network.find(VpcPeeringConnection, target)
    return owner_of(peering.other(node.vpc), packet.dst, here.network) if peering else None


always_tracked(NetworkLoadBalancer)


RULES = {
    "nlb-destination": Rule(
        "R-186 R-187",
        Sentence(
            "only the destination changes: {was} becomes {dst} ({target}); the client's address {client} stays",
            "宛先だけが変わる：{was}が{dst}（{target}）になる。クライアントのアドレス{client}はそのまま",
        ),
    ),
    "nlb-both": Rule(
        "R-186 R-187",
        Sentence(
            "{was} becomes {dst} ({target}), and the source {client} becomes {src}: the target does not see the client",
            "{was}が{dst}（{target}）に、送信元{client}が{src}になる：ターゲットからクライアントは見えない",
        ),
    ),
    "nlb-family": Rule(
        "R-187",
        Sentence("{lb} has an address of the family of {target}", "{lb}は{target}と同じアドレスファミリのアドレスを持つ"),
        Sentence("{lb} has no address of the family of {target} to send from", "{lb}には{target}へ送るためのアドレスファミリのアドレスが無い"),
    ),
    "nlb-ports": Rule(
        "R-201",
        Sentence("{lb} has a free port for {target}", "{lb}に{target}用の空きポートがある"),
        Sentence(
            "all ports of this node of {lb} are in use for {target}: without the client's address 55,000 connections fit",
            "{lb}のこのノードでは{target}へのポートがすべて使用中：クライアントIPを保持しない場合の上限は55,000接続",
        ),
    ),
    "nlb-hairpin": Rule(
        "R-194",
        Sentence("{target} is not the client itself", "{target}はクライアント自身ではない"),
        Sentence(
            "{lb} chose the client itself: with its address kept, source and destination would both be {dst}",
            "{lb}がクライアント自身を選んだ：アドレスを保持すると送信元も宛先も{dst}になる",
        ),
    ),
    "nlb-preservation-scope": Rule(
        "R-188",
        Sentence("{target} is reached directly", "{target}には直接届く"),
        Sentence(
            "the way from {lb} to {target} leads over a transit gateway, an appliance or an endpoint: the client's address cannot be kept there",
            "{lb}から{target}への経路はトランジットゲートウェイ・アプライアンス・エンドポイントを通る：クライアントIPは保持できない",
        ),
    ),
    "nlb-duplicate-flow": Rule(
        "R-202",
        Sentence("{target} has no other connection from {client}", "{target}に{client}からの別の接続は無い"),
        Sentence(
            "{target} has a connection from {client} already, by another node: both would look the same",
            "{target}には別のノード経由で{client}からの接続がすでにある：区別できなくなる",
        ),
    ),
    "nlb-protocol": Rule(
        "R-224",
        Sentence("{lb} carries {protocol}", "{lb}は{protocol}を転送する"),
        Sentence("{lb} carries TCP and UDP to its targets, not {protocol}", "{lb}がターゲットへ転送するのはTCPとUDPで、{protocol}は転送しない"),
    ),
    "nlb-fragment": Rule(
        "R-199",
        Sentence("{lb} passes fragments of UDP", "{lb}はUDPのフラグメントを通す"),
        Sentence("{lb} passes fragments of UDP only; this is a fragment of {protocol}", "{lb}が通すフラグメントはUDPだけ。これは{protocol}のフラグメント"),
    ),
}
