"""What a NAT gateway does to a packet: which connections it knows, whom it serves, the port that it takes.  Rules R-164 … R-172, R-181, R-301."""

from collections.abc import Generator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpctui.address import Address
from vpctui.aws import icmp_error, nat64, translation
from vpctui.aws.network_interface import NetworkInterface, attached
from vpctui.aws.vpc import Vpc
from vpctui.engine.registry import KINDS, Checks, Rule, Sentence, Situation
from vpctui.packet import Flow, Packet
from vpctui.trace import Arrival, Drop, Step

if TYPE_CHECKING:
    from vpctui.aws.nat_gateway import NatGateway

FIRST_PORT = 61001
"""Fixed, so that runs repeat."""
BORDERS = ("transit_gateway", "vpc_peering_connection", "vpn_gateway", "internet_gateway")


def translate(gateway: "NatGateway", interface: NetworkInterface, packet: Packet, here: Situation) -> Generator[Step, None, Packet | Drop]:
    """The packet as it leaves: by what is remembered, or as the first of a connection."""
    if packet.about is not None:
        return (yield from _icmp_error(gateway, interface, packet, here))
    flow: Flow | None = here.connections.recall(gateway.id, ("nat", packet.flow))
    if flow is None:
        refused = yield from _first(gateway, interface, packet, here)
        if isinstance(refused, Drop):
            return refused
    spent = yield from _ttl(gateway, interface, packet, here)
    if isinstance(spent, Drop):
        return spent
    if flow is not None:
        after = nat64.settled(spent, translation.rewritten(spent, flow))
        facts: dict[str, str | int] = {"was_src": packet.socket("src"), "was_dst": packet.socket("dst"), "src": after.socket("src"), "dst": after.socket("dst")}
        yield Step(rule="nat-known", packet=after, facts=facts)
        return after
    if interface.owns(packet.src):
        yield Step(rule="nat-gateway-own-source", packet=spent, facts={"src": packet.socket("src"), "nat": gateway.id})
        return spent
    return (yield from _source(gateway, interface, packet, spent, here))


def _first(gateway: "NatGateway", interface: NetworkInterface, packet: Packet, here: Situation) -> Checks:
    """Whether a packet of no known connection may begin one: from inside (R-166), from this VPC or by a transit gateway (R-168)."""
    if interface.owns(packet.src):
        return None
    if any(own.owns(packet.dst) for own in attached(gateway.id, here.network)) or not _begins(gateway, packet, here):
        yield Step(
            rule="nat-gateway-session",
            packet=packet,
            passed=False,
            facts={"nat": gateway.id, "src": packet.socket("src"), "dst": packet.socket("dst"), "flags": packet.part},
        )
        return Drop(packet=packet, reason="NATGW_NO_STATE")
    inside, border = _inside(gateway, packet.src, here), _came_by(here)
    if not inside and border != "transit_gateway":
        facts: dict[str, str | int] = {"nat": gateway.id, "src": str(packet.src), "vpc": gateway.vpc, "by": border.replace("_", " ") or gateway.vpc}
        yield Step(rule="nat-gateway-inside", packet=packet, passed=False, facts=facts)
        return Drop(packet=packet, reason="NATGW_SOURCE_NOT_IN_VPC")
    if packet.family == 6 and nat64.embedded(packet.dst) is None:
        yield Step(rule="nat-gateway-family", packet=packet, passed=False, facts={"nat": gateway.id, "dst": str(packet.dst)})
        return Drop(packet=packet, reason="PROTOCOL_NOT_SUPPORTED")
    return None


def _begins(gateway: "NatGateway", packet: Packet, here: Situation) -> bool:
    """Whether a packet can be the first of a connection.

    Later packets of TCP cannot (R-172), nor can the answer of a connection that was begun here and now comes from the wrong side.  A
    SYN/ACK of the VPC's own is taken for a beginning, as NAT does with the first packet that it sees of a flow; nothing is published.
    """
    if here.connections.recall(gateway.id, ("nat", packet.reverse_flow)) is not None:
        return False
    return packet.opens or (packet.tcp_flags == "SA" and _inside(gateway, packet.src, here))


def _inside(gateway: "NatGateway", address: Address, here: Situation) -> bool:
    return here.network.the(Vpc, gateway.vpc).holds(address)


def _came_by(here: Situation) -> str:
    """The kind of gateway by which the packet came into the VPC, empty where it started in it."""
    for arrival in reversed(here.path):
        record = here.network.get(arrival.node)
        kind = KINDS[type(record)](record) if type(record) in KINDS else ""
        if kind in BORDERS:
            return kind
    return ""


def _ttl(gateway: "NatGateway", interface: NetworkInterface, packet: Packet, here: Situation) -> Generator[Step, None, Packet | Drop]:
    """One less: a NAT gateway shows in traceroute (R-301)."""
    spent = replace(packet, ttl=packet.ttl - 1)
    yield Step(rule="ttl", packet=spent, passed=spent.ttl > 0, facts={"node": gateway.id, "ttl": spent.ttl, "was": packet.ttl})
    if spent.ttl > 0:
        return spent
    sender = interface.private_ip if packet.family == 4 and icmp_error.reportable(packet) else None
    meant = _as_sent(gateway, packet, here) if interface.owns(packet.src) else packet
    icmp = icmp_error.time_exceeded(meant, sender) if sender and meant else None
    return Drop(packet=spent, reason="TTL_EXPIRED", icmp=icmp, icmp_to=Arrival(node=gateway.id) if icmp else None)


def _as_sent(gateway: "NatGateway", packet: Packet, here: Situation) -> Packet | None:
    """Its own packet that came back to it, as its sender sent it: he is told of its end, not the gateway itself (R-183, RFC 5508)."""
    flow: Flow | None = here.connections.recall(gateway.id, ("nat", packet.reverse_flow))
    return translation.as_sent(packet, flow) if flow else None


def _source(gateway: "NatGateway", interface: NetworkInterface, packet: Packet, spent: Packet, here: Situation) -> Generator[Step, None, Packet | Drop]:
    """Its own address and a port that no connection to this destination uses (R-164, R-171); NAT64 before that (R-181)."""
    embedded = nat64.embedded(spent.dst) if spent.family == 6 else None
    for address in interface.addresses:
        placed = nat64.settled(spent, replace(spent, src=address, dst=embedded or spent.dst))
        port = translation.service_port(gateway.id, placed, address, here.connections, FIRST_PORT, gateway.ports)
        if port is not None:
            sent = replace(placed, src_port=port)
            facts: dict[str, str | int] = {"was": packet.socket("src"), "src": sent.socket("src"), "nat": gateway.id, "dst": sent.socket("dst")}
            rule = "nat-gateway-nat64" if embedded else "nat-gateway-source"
            yield Step(rule=rule, packet=sent, facts=facts, remembers=translation.memos(gateway.id, packet, sent))
            return sent
    facts = {"nat": gateway.id, "dst": packet.socket("dst"), "protocol": packet.protocol, "ports": gateway.ports}
    yield Step(rule="nat-gateway-ports", packet=packet, passed=False, facts=facts, setting=f"{gateway.id}.ports")
    return Drop(packet=spent, reason="NATGW_PORTS_EXHAUSTED", mends=(f"{gateway.id}.ports=55000",))


def _icmp_error(gateway: "NatGateway", interface: NetworkInterface, packet: Packet, here: Situation) -> Generator[Step, None, Packet | Drop]:
    """An ICMP error about a translated packet goes to whoever sent that, and speaks of it as he sent it (R-183, RFC 5508)."""
    about = packet.about
    flow: Flow | None = here.connections.recall(gateway.id, ("nat", about.reverse_flow)) if about else None
    if about is None or flow is None:
        facts: dict[str, str | int] = {"nat": gateway.id, "src": packet.socket("src"), "dst": packet.socket("dst"), "flags": packet.protocol}
        yield Step(rule="nat-gateway-session", packet=packet, passed=False, facts=facts)
        return Drop(packet=packet, reason="NATGW_NO_STATE")
    spent = yield from _ttl(gateway, interface, packet, here)
    if isinstance(spent, Drop):
        return spent
    answer = nat64.settled(about, translation.rewritten(about, flow))
    inner = translation.rewritten(answer, answer.reverse_flow)
    source = packet.src if packet.family == flow[1].family else flow[1]
    sent = nat64.settled(spent, replace(spent, src=source, dst=flow[3], about=inner))
    yield Step(rule="nat-gateway-error", packet=sent, facts={"was": str(packet.dst), "dst": str(sent.dst), "nat": gateway.id})
    return sent


RULES = {
    "nat-gateway-session": Rule(
        "R-166 R-172",
        Sentence("{nat} knows the connection of {src}", "{nat}の変換表に{src}の接続がある"),
        Sentence(
            "{nat} has no connection in its table for {src} → {dst} ({flags}): it takes connections from inside only, from their beginning",
            "{nat}の変換表に{src}→{dst}（{flags}）の接続が無い：内側から始まる接続しか受けない",
        ),
    ),
    "nat-gateway-inside": Rule(
        "R-168",
        Sentence("{src} belongs to {vpc}", "{src}は{vpc}のアドレス"),
        Sentence(
            "{src} is not in {vpc} and came by {by}: {nat} serves its VPC, and what a transit gateway brings",
            "{src}は{vpc}のアドレスではなく{by}から来た：{nat}が受けるのは自VPCとトランジットゲートウェイからの通信だけ",
        ),
    ),
    "nat-gateway-family": Rule(
        "R-181",
        Sentence("{dst} stands for an IPv4 address", "{dst}はIPv4アドレスを表す"),
        Sentence("{nat} translates IPv6 to IPv4 only for 64:ff9b::/96, not for {dst}", "{nat}がIPv6をIPv4に変換するのは64:ff9b::/96宛てだけで、{dst}は対象外"),
    ),
    "nat-gateway-own-source": Rule("R-164 R-170", Sentence("{src} is already the address of {nat}: left as it is", "{src}はすでに{nat}のアドレス：変えない")),
    "nat-gateway-source": Rule(
        "R-164 R-171", Sentence("the source {was} becomes {src}; the destination {dst} stays", "送信元{was}が{src}になる。宛先{dst}は変わらない")
    ),
    "nat-gateway-nat64": Rule(
        "R-181",
        Sentence(
            "NAT64: {was} becomes {src}, and the IPv4 address inside the destination is {dst}", "NAT64：{was}が{src}に、宛先は中のIPv4アドレス{dst}になる"
        ),
    ),
    "nat-gateway-ports": Rule(
        "R-171",
        Sentence("{nat} has a free port for {dst}", "{nat}に{dst}用の空きポートがある"),
        Sentence(
            "{nat} has no port left for {protocol} to {dst}: each of its addresses has {ports}",
            "{nat}に{dst}への{protocol}用の空きポートが無い：アドレスごとに{ports}個まで",
        ),
    ),
    "nat-gateway-error": Rule(
        "R-183",
        Sentence("an error about a translated packet: it goes to {dst}, who sent that packet", "変換したパケットについてのエラー：送信した{dst}に届ける"),
    ),
}
