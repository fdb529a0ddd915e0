"""A load balancer as a proxy: two connections, shown as one conversation.  Rules R-160, R-204, R-205, R-207, R-303."""

from collections.abc import Callable, Generator

from msgspec.structs import replace

from vpctui.aws import load_balancer_targets as targets, managed_interface, translation
from vpctui.aws.load_balancer import LoadBalancer
from vpctui.aws.load_balancer_listener import Listener
from vpctui.aws.network_interface import NetworkInterface
from vpctui.engine.registry import Checks, Evaluation, Rule, Sentence, Situation
from vpctui.packet import Flow, Packet, sent_anew
from vpctui.trace import Action, Deliver, Drop, Memo, Step

FIRST_PORT = 63001
FRESH_TTL = 64
BeforeSending = Callable[[NetworkInterface, Packet, Situation], Checks]


def evaluate(balancer: LoadBalancer, packet: Packet, here: Situation, *, unlistened: str, before_sending: BeforeSending | None = None) -> Evaluation:
    """One hop at a proxy; `unlistened` is the reason for a port without listener, `before_sending` a check that only this type has."""
    if not here.arrival.by:
        return (yield from targets.starts(balancer, packet, here))
    node = managed_interface.own(here, balancer.id)
    if node is None:
        yield Step(rule="managed-starts-nothing", packet=packet, passed=False, facts={"node": balancer.id})
        return Drop(packet=packet, reason="UNSUPPORTED_COMPONENT")
    refused = yield from managed_interface.admit(node, packet, here)
    if refused:
        return refused
    ended = yield from _own_business(balancer, packet, here)
    if ended is not None:
        return ended
    sent = yield from _other_connection(balancer, node, packet, here, unlistened)
    if not isinstance(sent, tuple):
        return sent
    opened, target = sent
    if before_sending is not None:
        refused = yield from before_sending(node, opened, here)
        if refused:
            return refused
    return (yield from managed_interface.send(node, opened, here, groups=node.security_groups, target=target))


def _own_business(balancer: LoadBalancer, packet: Packet, here: Situation) -> Generator[Step, None, Action | None]:
    """What a node's own TCP takes: answers to health checks, ICMP errors about its connections; it relays no other protocol (R-224)."""
    if packet.about is not None:
        yield Step(rule="load-balancer-error", packet=packet, facts={"lb": balancer.id, "src": str(packet.src)})
        return Deliver(packet=packet)
    if packet.protocol != "tcp":
        yield Step(rule="load-balancer-protocol", packet=packet, passed=False, facts={"lb": balancer.id, "protocol": packet.protocol})
        return Drop(packet=packet, reason="PROTOCOL_NOT_SUPPORTED")
    return (yield from targets.awaited(balancer, packet, here))


Sent = tuple[Packet, str | None]
"""The packet on the other connection, and the target where it goes to one."""


def _other_connection(balancer: LoadBalancer, node: NetworkInterface, packet: Packet, here: Situation, unlistened: str) -> Generator[Step, None, Sent | Drop]:
    """The same words on the other of the two connections."""
    client: Flow | None = here.connections.recall(balancer.id, ("proxied", packet.flow))
    if client is not None:
        sent = sent_anew(translation.rewritten(replace(packet, ttl=FRESH_TTL), client))
        facts: dict[str, str | int] = {"node": balancer.id, "server": packet.socket("src"), "src": sent.socket("src"), "dst": sent.socket("dst")}
        yield Step(rule="proxy-answer", packet=sent, facts=facts)
        return sent, None
    before: Flow | None = here.connections.recall(balancer.id, ("proxying", packet.flow))
    if before is not None:
        sent = sent_anew(translation.rewritten(replace(packet, ttl=FRESH_TTL), before))
        yield Step(rule="load-balancer-proxied", packet=sent, facts=_facts(balancer, packet, sent))
        return sent, here.connections.recall(balancer.id, ("target", packet.flow))
    listener = yield from targets.listener_of(balancer, packet, unlistened)
    if isinstance(listener, Drop):
        return listener
    refused = yield from targets.opens(balancer, packet)
    if refused is not None:
        return refused
    return (yield from _open(balancer, listener, node, packet, here))


def _open(balancer: LoadBalancer, listener: Listener, node: NetworkInterface, packet: Packet, here: Situation) -> Generator[Step, None, Sent | Drop]:
    """Choose a target and open a connection to it, from the node's private address, with a TTL of its own (R-204, R-303)."""
    chosen = yield from targets.choose(balancer, listener, node, packet, here)
    if isinstance(chosen, Drop):
        return chosen
    address = chosen.address or packet.dst
    source = node.source(address.family)
    opened = replace(packet, dst=address, dst_port=chosen.target.port, ttl=FRESH_TTL)
    port = translation.service_port(balancer.id, opened, source, here.connections, FIRST_PORT, targets.CAPACITY, kind="proxied") if source else None
    if source is None or port is None:
        reason = "NATGW_PORTS_EXHAUSTED" if source else "PROTOCOL_NOT_SUPPORTED"
        yield Step(rule="load-balancer-source", packet=packet, passed=False, facts=_facts(balancer, packet, opened))
        return Drop(packet=packet, reason=reason, target=chosen.text)
    sent = sent_anew(replace(opened, src=source, src_port=port))
    remembers = (
        Memo(balancer.id, ("proxied", sent.reverse_flow), packet.reverse_flow),
        Memo(balancer.id, ("proxying", packet.flow), sent.flow),
        Memo(balancer.id, ("target", packet.flow), chosen.text),
    )
    rule = "load-balancer-proxy-http" if listener.protocol in ("http", "https") else "load-balancer-proxy"
    yield Step(rule=rule, packet=sent, facts=_facts(balancer, packet, sent), warning="WARN_CLIENT_IP_LOST", remembers=remembers)
    return sent, chosen.text


def _facts(balancer: LoadBalancer, packet: Packet, sent: Packet) -> dict[str, str | int]:
    return {"lb": balancer.id, "client": packet.socket("src"), "src": sent.socket("src"), "dst": sent.socket("dst"), "address": str(packet.src)}


RULES = {
    "load-balancer-proxy-http": Rule(
        "R-204 R-207",
        Sentence(
            "the connection of {client} ends at {lb}; it opens its own: {src} → {dst}, and {address} survives in X-Forwarded-For only",
            "{client}の接続は{lb}で終わり、{lb}が自分の接続を開く：{src}→{dst}。{address}はX-Forwarded-Forにだけ残る",
        ),
    ),
    "load-balancer-proxy": Rule(
        "R-204 R-208",
        Sentence(
            "the connection of {client} ends at {lb}; it opens its own: {src} → {dst}", "{client}の接続は{lb}で終わり、{lb}が自分の接続を開く：{src}→{dst}"
        ),
    ),
    "load-balancer-proxied": Rule("R-204", Sentence("{lb} carries it on in its own connection: {src} → {dst}", "{lb}が自分の接続で送る：{src}→{dst}")),
    "load-balancer-source": Rule(
        "R-201 R-204",
        Sentence("{lb} has an address and a port for {dst}", "{lb}に{dst}用のアドレスとポートがある"),
        Sentence("{lb} has no address of the right family, or no free port, for {dst}", "{lb}に{dst}用のアドレスファミリのアドレス、または空きポートが無い"),
    ),
    "load-balancer-error": Rule(
        "R-204", Sentence("an error about a connection of {lb}: its own TCP takes it", "{lb}の接続についてのエラー：{lb}のTCPが受け取る")
    ),
    "load-balancer-protocol": Rule(
        "R-224",
        Sentence("{lb} relays {protocol}", "{lb}は{protocol}を中継する"),
        Sentence("{lb} ends TCP connections; it relays no {protocol}", "{lb}はTCP接続を終端する：{protocol}は中継しない"),
    ),
}
