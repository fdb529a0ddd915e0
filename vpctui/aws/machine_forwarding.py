"""A machine passes somebody else's packet on: forwarding, inspection, translation, proxying.  Rules R-142 … R-162."""

from collections.abc import Generator

from msgspec.structs import replace

from vpctui.address import Address
from vpctui.aws import appliance, guest, icmp_error, translation
from vpctui.aws.guest import Machine, Way
from vpctui.aws.machine_output import leave, route
from vpctui.engine.registry import Evaluation, Rule, Sentence, Situation
from vpctui.packet import Flow, Packet, sent_anew
from vpctui.trace import Action, Arrival, Drop, Memo, Step

PROXY_PORTS = 64001


def forward(machine: Machine, arrived: Packet, packet: Packet, here: Situation, *, translated: bool) -> Evaluation:
    """Pass a packet on (R-142): `arrived` as it came in, `packet` as the guest's translation left it."""
    settings = machine.guest
    yield Step(
        rule="ip-forward",
        packet=packet,
        passed=settings.ip_forward,
        facts={"node": machine.id, "dst": str(packet.dst)},
        setting=f"{machine.id}.ip_forward",
        warning="NOTE_ASSUMED_VALUE" if "ip_forward" in getattr(machine, "assumed", ()) else "",
        # What passed as it was is a connection too: its answer is not the first of one that has to be translated.
        remembers=(Memo(machine.id, ("passed", packet.flow)),) if settings.ip_forward and settings.nat == "masquerade" and not translated else (),
    )
    if not settings.ip_forward:
        return Drop(packet=packet, reason="IP_FORWARDING_OFF", mends=(f"{machine.id}.ip_forward=on",))
    refused = yield from appliance.judge(machine, packet, here.connections, also=arrived)
    if isinstance(refused, Drop):
        return replace(refused, reason="APPLIANCE_OTHER_MEMBER") if appliance.is_known_elsewhere(machine, refused, here) else refused
    out = yield from route(machine, packet, here)
    if isinstance(out, Drop):
        return out
    spent = yield from _ttl(machine, arrived, packet, here)
    if isinstance(spent, Drop):
        return spent
    sent = yield from _masquerade(machine, arrived, spent, out, here, translated)
    if isinstance(sent, Drop):
        return sent
    return (yield from leave(machine, sent, out, here, carries=True))


def forward_dnat(machine: Machine, packet: Packet, row: tuple[int, Address, int], here: Situation) -> Evaluation:
    """Destination translation in the guest: to another host it is forwarding, to itself it is delivery (R-158)."""
    from vpctui.aws.machine import deliver

    inside = replace(packet, dst=row[1], dst_port=row[2])
    facts: dict[str, str | int] = {"node": machine.id, "was": packet.socket("dst"), "dst": inside.socket("dst")}
    yield Step(rule="guest-dnat", packet=inside, facts=facts, setting=f"{machine.id}.dnat", remembers=translation.memos(machine.id, packet, inside))
    if guest.owns(machine, inside.dst, here.network):
        return (yield from deliver(machine, inside, here))
    return (yield from forward(machine, packet, inside, here, translated=not machine.guest.snat))


def _ttl(machine: Machine, arrived: Packet, packet: Packet, here: Situation) -> Generator[Step, None, Packet | Drop]:
    """One less; at zero the packet ends, and the machine sends time exceeded from the address that it came in by (R-144, RFC 1812)."""
    spent = replace(packet, ttl=packet.ttl - 1)
    yield Step(rule="ttl", packet=spent, passed=spent.ttl > 0, facts={"node": machine.id, "ttl": spent.ttl, "was": packet.ttl})
    if spent.ttl > 0:
        return spent
    sender = guest.address_facing(machine, here.arrival.by, arrived.family, here.network)
    if sender is None or not icmp_error.reportable(arrived):
        return Drop(packet=spent, reason="TTL_EXPIRED")
    return Drop(packet=spent, reason="TTL_EXPIRED", icmp=icmp_error.time_exceeded(arrived, sender), icmp_to=Arrival(node=machine.id))


def masquerade_own(machine: Machine, packet: Packet, out: Way, here: Situation, *, translated: bool) -> Generator[Step, None, Packet | Drop]:
    """What the machine sends itself passes the same rule: a source that is not the way's own address becomes it, answers excepted."""
    answers = here.connections.recall(machine.id, ("accepted", packet.reverse_flow)) is not None
    if answers or not packet.opens:
        return packet
    return (yield from _masquerade(machine, packet, packet, out, here, translated))


def _masquerade(machine: Machine, arrived: Packet, packet: Packet, out: Way, here: Situation, translated: bool) -> Generator[Step, None, Packet | Drop]:
    """Put the own address in as source of a new connection: `snat` beside DNAT, or masquerade of IPv4 by the default way (R-153, R-307)."""
    settings = machine.guest
    beside_dnat = settings.snat and arrived.dst != packet.dst
    masquerades = settings.nat == "masquerade" and packet.family == 4 and guest.is_default(out)
    answers = not translation.is_new(packet) or here.connections.recall(machine.id, ("passed", packet.reverse_flow))
    if translated or answers or not (beside_dnat or masquerades):
        return packet
    source = guest.source_for(machine, out, packet.family)
    if source is None or source == packet.src:
        return packet
    port = translation.free_port(machine.id, packet, source, here.connections, packet.src_port) if packet.has_ports else packet.src_port
    if port is None:
        return Drop(packet=packet, reason="NATGW_PORTS_EXHAUSTED")
    sent = replace(packet, src=source, src_port=port)
    facts: dict[str, str | int] = {"node": machine.id, "was": packet.socket("src"), "src": sent.socket("src")}
    setting = f"{machine.id}.snat" if beside_dnat else f"{machine.id}.nat"
    yield Step(rule="guest-snat", packet=sent, facts=facts, setting=setting, remembers=translation.memos(machine.id, arrived, sent))
    return sent


def proxy(machine: Machine, packet: Packet, here: Situation) -> Evaluation:
    """End the client's connection and open one of the proxy's own, with its own source and a fresh TTL (R-160, R-161)."""
    wanted: Packet | None = here.connections.recall("proxy-request", packet.flow)
    if wanted is None:
        from vpctui.aws.machine import deliver

        return (yield from deliver(machine, packet, here))
    opened = replace(packet, dst=wanted.dst, dst_port=wanted.dst_port, ttl=64)
    out = yield from route(machine, opened, here)
    if isinstance(out, Drop):
        return out
    before: Flow | None = here.connections.recall(machine.id, ("proxying", packet.flow))
    source = guest.source_for(machine, out, packet.family) or packet.dst
    port = before[2] if before else translation.free_port(machine.id, opened, source, here.connections, PROXY_PORTS, kind="proxied")
    if port is None:
        return Drop(packet=packet, reason="NATGW_PORTS_EXHAUSTED")
    sent = sent_anew(replace(opened, src=source, src_port=port))
    yield Step(
        rule="proxy-connection",
        packet=sent,
        facts={"node": machine.id, "client": packet.socket("src"), "src": sent.socket("src"), "dst": sent.socket("dst")},
        setting=f"{machine.id}.proxy",
        warning="WARN_CLIENT_IP_LOST",
        remembers=(Memo(machine.id, ("proxied", sent.reverse_flow), packet.reverse_flow), Memo(machine.id, ("proxying", packet.flow), sent.flow)),
    )
    return (yield from leave(machine, sent, out, here))


def proxy_answer(machine: Machine, packet: Packet, here: Situation) -> Generator[Step, None, Action | None]:
    """An answer on a proxy's own connection: it ends here, and the client's connection carries the answer on."""
    client = here.connections.recall(machine.id, ("proxied", packet.flow))
    if client is None:
        return None
    sent = sent_anew(translation.rewritten(replace(packet, ttl=64), client))
    yield Step(
        rule="proxy-answer", packet=sent, facts={"node": machine.id, "server": packet.socket("src"), "src": sent.socket("src"), "dst": sent.socket("dst")}
    )
    out = yield from route(machine, sent, here)
    if isinstance(out, Drop):
        return out
    return (yield from leave(machine, sent, out, here))


RULES = {
    "ip-forward": Rule(
        "R-142 R-143",
        Sentence("{dst} is somebody else's address: ip_forward is on, so {node} passes it on", "{dst}は他者宛て：ip_forwardで転送"),
        Sentence("{dst} is not an address of {node}, and its ip_forward is off", "{dst}は{node}のアドレスではなく、ip_forwardも無効"),
    ),
    "ttl": Rule(
        "R-144",
        Sentence("TTL {was} becomes {ttl}", "TTLが{was}から{ttl}になる"),
        Sentence("TTL reaches {ttl} at {node}: time exceeded", "{node}でTTLが{ttl}になる：time exceeded"),
    ),
    "guest-dnat": Rule("R-156 R-158", Sentence("{node} translates the destination: {was} becomes {dst}", "宛先を変換：{was} → {dst}")),
    "guest-snat": Rule("R-153 R-156", Sentence("{node} translates the source: {was} becomes {src}", "送信元を変換：{was} → {src}")),
    "proxy-connection": Rule(
        "R-160 R-161",
        Sentence(
            "the connection of {client} ends at {node}; it opens its own: {src} → {dst}",
            "{client}の接続は{node}で終わり、{node}が自分の接続を開く：{src}→{dst}",
        ),
    ),
    "proxy-answer": Rule(
        "R-160",
        Sentence(
            "the connection to {server} ends at {node}; the client's connection carries the answer: {src} → {dst}",
            "{server}との接続は{node}で終わり、クライアントの接続で応答を送る：{src}→{dst}",
        ),
    ),
}
