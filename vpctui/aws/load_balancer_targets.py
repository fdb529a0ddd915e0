"""Which target gets a connection: registered, in use, in the right zone, healthy, chosen.  Rules R-186, R-195, R-196, R-197, R-200, R-209."""

from collections.abc import Generator

from msgspec import Struct

from vpctui.address import Address
from vpctui.aws import availability_zone, equal_choice, managed_interface
from vpctui.aws.delivery import owner_of
from vpctui.aws.load_balancer import CLASSES, ApplicationLoadBalancer, LoadBalancer
from vpctui.aws.load_balancer_listener import Listener, Target
from vpctui.aws.network_interface import NetworkInterface, attached
from vpctui.engine.network import Network
from vpctui.engine.registry import Evaluation, Rule, Sentence, Situation, addressed
from vpctui.packet import Packet
from vpctui.trace import Deliver, Drop, Step

CAPACITY = 55000
"""Connections to one target from a node's own address (R-201)."""


class Registration(Struct, frozen=True):
    """A target as the load balancer finds it now.

    `zone` is empty for an address outside the VPC, which every zone may use; `in_use` is off for what is stopped or in a failed zone.
    """

    target: Target
    address: Address | None
    interface: NetworkInterface | None
    zone: str
    in_use: bool

    @property
    def text(self) -> str:
        """The target as the file has it."""
        return self.target.text


def registration(balancer: LoadBalancer, target: Target, node: NetworkInterface, network: Network) -> Registration:
    """A target's address, interface and zone; an instance is reached by the primary address of its primary interface (R-200)."""
    if target.address is not None:
        interface = owner_of(balancer.vpc, target.address, network)
        address: Address | None = target.address
    else:
        interfaces = attached(target.named, network)
        near = (one for one in interfaces if one.zone == node.zone)
        interface = next(near, None) if isinstance(network.get(target.named), ApplicationLoadBalancer) else None
        interface = interface or next(iter(interfaces), None)
        address = (interface.source(4) or next(iter(interface.ipv6), None)) if interface else None
    owner = network.get(target.named or (interface.owner if interface else ""))
    runs = getattr(owner, "state", "running") in ("running", "available")
    zone = interface.zone if interface else ""
    up = not availability_zone.is_down(balancer.vpc, zone, network)
    return Registration(target, address, interface, zone, address is not None and runs and up)


def choose(balancer: LoadBalancer, listener: Listener, node: NetworkInterface, packet: Packet, here: Situation) -> Generator[Step, None, Registration | Drop]:
    """The target of a new connection, or why there is none."""
    network = here.network
    everyone = tuple(registration(balancer, target, node, network) for target in listener.targets)
    used = tuple(one for one in everyone if one.in_use)
    if not used:
        return (yield from _nobody(balancer, listener, everyone, packet))
    enabled = {interface.zone for interface in attached(balancer.id, network)}
    served = tuple(one for one in used if not one.zone or one.zone in enabled)
    near = served if balancer.cross_zone else tuple(one for one in served if one.zone in ("", node.zone))
    healthy = tuple(one for one in near if not _is_unhealthy(balancer, one))
    if not healthy:
        elsewhere = any(not _is_unhealthy(balancer, one) for one in served)
        if not served or elsewhere or not near:
            return (yield from _wrong_zone(balancer, node, "LB_CROSS_ZONE_OFF" if served else "LB_AZ_NOT_ENABLED", packet))
        if balancer.type == "classic":
            return (yield from _nobody(balancer, listener, everyone, packet))
        facts: dict[str, str | int] = {"lb": balancer.id, "count": len(near), "port": listener.port}
        yield Step(rule="load-balancer-fail-open", packet=packet, facts=facts, setting=f"{balancer.id}.unhealthy")
        healthy = near
    return (yield from _one_of(balancer, healthy, packet, here))


def _one_of(balancer: LoadBalancer, healthy: tuple[Registration, ...], packet: Packet, here: Situation) -> Generator[Step, None, Registration]:
    by_text = {one.text: one for one in healthy}
    order = equal_choice.ordered(tuple(by_text), packet, here, balancer.id)
    found = by_text[order[0]]
    yield Step(
        rule="load-balancer-target" if len(order) > 1 else "load-balancer-only-target",
        packet=packet,
        facts={"lb": balancer.id, "target": found.text, "count": len(order), "address": str(found.address)},
        choices=order if len(order) > 1 else (),
        chooser=balancer.id,
    )
    return found


def _is_unhealthy(balancer: LoadBalancer, one: Registration) -> bool:
    return bool({one.text, one.target.named, str(one.target.address)} & set(balancer.unhealthy))


def _nobody(balancer: LoadBalancer, listener: Listener, everyone: tuple[Registration, ...], packet: Packet) -> Generator[Step, None, Drop]:
    facts: dict[str, str | int] = {"lb": balancer.id, "port": listener.port, "targets": ", ".join(one.text for one in everyone) or "none"}
    yield Step(rule="load-balancer-targets", packet=packet, passed=False, facts=facts)
    stopped = tuple(f"{one.target.named}.state=running" for one in everyone if not one.in_use and one.target.named)
    unhealthy = tuple(f"{balancer.id}.unhealthy-={name}" for name in balancer.unhealthy)
    return Drop(packet=packet, reason="LB_NO_TARGET", mends=stopped[:1] or unhealthy[:1])


def _wrong_zone(balancer: LoadBalancer, node: NetworkInterface, reason: str, packet: Packet) -> Generator[Step, None, Drop]:
    off = reason == "LB_CROSS_ZONE_OFF"
    facts: dict[str, str | int] = {"lb": balancer.id, "zone": node.zone, "eni": node.id}
    rule = "load-balancer-cross-zone" if off else "load-balancer-zones"
    yield Step(rule=rule, packet=packet, passed=False, facts=facts, setting=f"{balancer.id}.cross_zone" if off else "")
    return Drop(packet=packet, reason=reason, mends=(f"{balancer.id}.cross_zone=on",) if off else ())


def listener_of(balancer: LoadBalancer, packet: Packet, reason: str) -> Generator[Step, None, Listener | Drop]:
    """The listener for a packet, or a drop with this reason (R-197)."""
    listener = balancer.listener(packet.protocol, packet.dst_port)
    known = ", ".join(f"{one.protocol} {one.port}" for one in balancer.listeners)
    facts: dict[str, str | int] = {"lb": balancer.id, "protocol": packet.protocol, "port": packet.dst_port, "listeners": known or "none"}
    yield Step(rule="load-balancer-listener", packet=packet, passed=listener is not None, facts=facts)
    return listener or Drop(packet=packet, reason=reason)


def opens(balancer: LoadBalancer, packet: Packet) -> Generator[Step, None, Drop | None]:
    """A later packet of a connection that the load balancer does not know is answered with a reset (R-198)."""
    if packet.opens:
        return None
    facts: dict[str, str | int] = {"lb": balancer.id, "src": packet.socket("src"), "flags": packet.flag_names}
    yield Step(rule="load-balancer-flow", packet=packet, passed=False, facts=facts)
    return Drop(packet=packet, reason="REPLY_NO_SOCKET")


def starts(balancer: LoadBalancer, packet: Packet, here: Situation) -> Evaluation:
    """A packet that a node sends of itself, as a health check does (R-192)."""
    node = next((interface for interface in attached(balancer.id, here.network) if interface.owns(packet.src)), None)
    if node is None:
        yield Step(rule="managed-starts-nothing", packet=packet, passed=False, facts={"node": balancer.id})
        return Drop(packet=packet, reason="SPOOFED_SOURCE")
    return (yield from managed_interface.originate(node, packet, here))


def awaited(balancer: LoadBalancer, packet: Packet, here: Situation) -> Generator[Step, None, Deliver | None]:
    """An answer to what a node sent of itself."""
    if here.connections.recall(balancer.id, ("socket", packet.flow)) is None:
        return None
    yield Step(rule="deliver-socket", packet=packet, facts={"node": balancer.id, "src": packet.socket("src")})
    return Deliver(packet=packet)


def address(balancer: LoadBalancer, network: Network, family: int, outside: bool) -> Address | None:
    """What its DNS name says: a node in a zone that has a target, public for a caller outside (R-195, R-206)."""
    nodes = attached(balancer.id, network)
    alive = [node for node in nodes if any(_serves(balancer, listener, node, network) for listener in balancer.listeners)]
    for node in (*alive, *nodes):
        found = node.public_ip if outside and family == 4 else node.source(family)
        if found is not None:
            return found
    return None


def _serves(balancer: LoadBalancer, listener: Listener, node: NetworkInterface, network: Network) -> bool:
    if availability_zone.is_down(balancer.vpc, node.zone, network):
        return False
    found = (registration(balancer, target, node, network) for target in listener.targets)
    return any(one.in_use and not _is_unhealthy(balancer, one) and (balancer.cross_zone or one.zone in ("", node.zone)) for one in found)


for _kind in CLASSES.values():
    addressed(_kind)(address)

RULES = {
    "load-balancer-listener": Rule(
        "R-197",
        Sentence("{lb} listens on {protocol} {port}", "{lb}は{protocol} {port}で待ち受けている"),
        Sentence("{lb} has no listener for {protocol} {port} (listeners: {listeners})", "{lb}に{protocol} {port}のリスナーが無い（リスナー：{listeners}）"),
    ),
    "load-balancer-flow": Rule(
        "R-198",
        Sentence("{lb} knows the connection of {src}", "{lb}に{src}の接続の記録がある"),
        Sentence(
            "{lb} knows no connection of {src}, and {flags} opens none: it answers with a reset",
            "{lb}に{src}の接続の記録が無く、{flags}は接続を開始しない：リセットを返す",
        ),
    ),
    "load-balancer-targets": Rule(
        "R-195 R-209",
        Sentence("{lb} has a target for port {port}", "{lb}にポート{port}のターゲットがある"),
        Sentence("{lb} has no target in use for port {port} (registered: {targets})", "{lb}のポート{port}に使えるターゲットが無い（登録：{targets}）"),
    ),
    "load-balancer-target": Rule(
        "R-186 R-195 C-21", Sentence("{lb} chooses {target} ({address}), one of {count}", "{lb}が{count}台から{target}（{address}）を選ぶ")
    ),
    "load-balancer-only-target": Rule(
        "R-186 R-209",
        Sentence("{lb} sends to {target} ({address}), its only usable target", "{lb}は使える唯一のターゲット{target}（{address}）に送る"),
    ),
    "load-balancer-fail-open": Rule(
        "R-196",
        Sentence("all {count} targets of {lb} are unhealthy: it sends to them all the same", "{lb}のターゲット{count}台がすべて異常：それでも全台に送る"),
    ),
    "load-balancer-cross-zone": Rule(
        "R-195",
        Sentence("{lb} has a target in zone {zone}", "{lb}のターゲットがゾーン{zone}にある"),
        Sentence(
            "the node {eni} in zone {zone} has no healthy target in its zone, and cross-zone load balancing of {lb} is off",
            "ゾーン{zone}のノード{eni}には同じゾーンの正常なターゲットが無く、{lb}のクロスゾーン負荷分散は無効",
        ),
    ),
    "load-balancer-zones": Rule(
        "R-195",
        Sentence("the targets of {lb} are in zones that it uses", "{lb}のターゲットは有効なゾーンにある"),
        Sentence("the targets of {lb} are in zones that it does not use: they get nothing", "{lb}のターゲットは有効化していないゾーンにある：何も届かない"),
    ),
}
