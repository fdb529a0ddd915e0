"""What a machine does with a packet: take it in, let the operating system decide, send it out.  Rules R-001 … R-003, R-142 … R-157.

In: network ACL, source/destination check, security groups.  Guest: reverse path, tunnels, translation, own address or forwarding.
Out: guest route, source/destination check, security groups, neighbour or router.
"""

from vpctui.aws import availability_zone, guest, host_services, machine_forwarding, network_acl, network_interface, security_group, translation, tunnel
from vpctui.aws.guest import Machine
from vpctui.aws.machine_output import leave, route
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.subnet import Subnet
from vpctui.engine.registry import Checks, Evaluation, Rule, Sentence, Situation
from vpctui.packet import Packet
from vpctui.trace import Deliver, Drop, Memo, Step


def evaluate(machine: Machine, packet: Packet, here: Situation) -> Evaluation:
    """One hop at a machine: the packet starts here, or comes in."""
    if not here.arrival.by:
        return (yield from originate(machine, packet, here))
    interface = here.network.find(NetworkInterface, here.arrival.by)
    if interface is not None:
        refused = yield from admit(interface, packet, here)
        if refused:
            return refused
    if machine.state != "running":
        yield Step(rule="instance-state", packet=packet, passed=False, facts={"node": machine.id, "state": machine.state}, setting=f"{machine.id}.state")
        return Drop(packet=packet, reason="INSTANCE_NOT_RUNNING", mends=(f"{machine.id}.state=running",))
    return (yield from receive(machine, packet, here, interface))


def admit(interface: NetworkInterface, packet: Packet, here: Situation) -> Checks:
    """The receiving side of an interface (R-002): the subnet's network ACL, the check, the security groups.

    All must let it pass; in which order AWS asks is not documented (C-19), so the order only decides which refusal is named.
    """
    subnet = here.network.find(Subnet, interface.subnet)
    if here.arrival.crosses_border and subnet is not None:
        refused = yield from network_acl.enter(subnet, packet, here)
        if refused:
            return refused
    refused = yield from network_interface.check_in(interface, packet)
    if refused:
        return refused
    return (yield from security_group.check_in(interface, packet, here))


def originate(machine: Machine, packet: Packet, here: Situation) -> Evaluation:
    """Send a packet of the machine's own (R-001)."""
    if machine.state != "running":
        yield Step(rule="instance-state", packet=packet, passed=False, facts={"node": machine.id, "state": machine.state}, setting=f"{machine.id}.state")
        return Drop(packet=packet, reason="INSTANCE_NOT_RUNNING", mends=(f"{machine.id}.state=running",))
    for interface in network_interface.attached(machine.id, here.network)[:1]:
        failed = yield from availability_zone.check(machine.id, interface.vpc, interface.zone, packet, here.network)
        if failed:
            return failed
    yield Step(
        rule="originate",
        packet=packet,
        facts={"node": machine.id, "src": packet.socket("src"), "dst": packet.socket("dst")},
        remembers=(Memo(machine.id, ("socket", packet.reverse_flow)),),
    )
    service = yield from host_services.answer(machine, packet, here)
    if service is not None:
        return service
    translated = translation.known(machine.id, packet, here.connections)
    if translated is not None:  # the answer of a service of its own that DNAT made reachable under another port
        yield Step(rule="nat-known", packet=translated, facts=_change(packet, translated), setting=f"{machine.id}.dnat")
        packet = translated
    if guest.owns(machine, packet.dst, here.network):  # own addresses come before every route, and nothing leaves the machine
        return (yield from deliver(machine, packet, here))
    out = yield from route(machine, packet, here)
    if isinstance(out, Drop):
        return out
    sent = yield from machine_forwarding.masquerade_own(machine, packet, out, here, translated=translated is not None)
    if isinstance(sent, Drop):
        return sent
    return (yield from leave(machine, sent, out, here))


def receive(machine: Machine, packet: Packet, here: Situation, interface: NetworkInterface | None) -> Evaluation:
    """What the operating system does with a packet that an interface or link let in."""
    refused = yield from _reverse_path(machine, packet, here, interface)
    if refused:
        return refused
    unwrapped = tunnel.decapsulate(machine.id, packet, here.network)
    if unwrapped is not None:
        through, inside = unwrapped
        yield tunnel.step("tunnel-unwrap", through, inside)
        return (yield from receive(machine, inside, here, None))
    if packet.inside is not None and guest.owns(machine, packet.dst, here.network):
        yield Step(rule="tunnel-known", packet=packet, passed=False, facts={"node": machine.id, "src": str(packet.src), "type": packet.tunnel})
        return Drop(packet=packet, reason="NO_LISTENER")
    known = translation.known(machine.id, packet, here.connections)
    if known is not None:
        yield Step(rule="nat-known", packet=known, facts=_change(packet, known), setting=f"{machine.id}.nat")
        if guest.owns(machine, known.dst, here.network):
            return (yield from deliver(machine, known, here))
        return (yield from machine_forwarding.forward(machine, packet, known, here, translated=True))
    if not guest.owns(machine, packet.dst, here.network):
        return (yield from machine_forwarding.forward(machine, packet, packet, here, translated=False))
    inside_address = next((row for row in machine.guest.dnat if row[0] == packet.dst_port and row[1].family == packet.family and packet.has_ports), None)
    if inside_address is not None and translation.is_new(packet):
        return (yield from machine_forwarding.forward_dnat(machine, packet, inside_address, here))
    if machine.guest.proxy:
        return (yield from machine_forwarding.proxy(machine, packet, here))
    return (yield from deliver(machine, packet, here))


def deliver(machine: Machine, packet: Packet, here: Situation) -> Evaluation:
    """The packet is for this machine: a socket that waits for it, or a port that listens (or neither)."""
    remembers = here.connections.recall
    proxied = yield from machine_forwarding.proxy_answer(machine, packet, here)
    if proxied is not None:
        return proxied
    if remembers(machine.id, ("socket", packet.flow)) or remembers(machine.id, ("accepted", packet.flow)) or packet.about is not None:
        yield Step(rule="deliver-socket", packet=packet, facts={"node": machine.id, "src": packet.socket("src")})
        return Deliver(packet=packet)
    if not packet.opens or _answers_nobody(machine, packet, here):
        yield Step(rule="deliver-socket", packet=packet, passed=False, facts={"node": machine.id, "src": packet.socket("src")})
        return Drop(packet=packet, reason="REPLY_NO_SOCKET")
    listens = machine.guest.listens
    open_port = listens is None or not packet.has_ports or packet.dst_port in listens
    known = "" if listens is None else ", ".join(map(str, listens)) or "none"
    yield Step(
        rule="deliver-listener" if packet.has_ports else "deliver-host",
        packet=packet,
        passed=open_port,
        facts={"node": machine.id, "port": packet.dst_port, "protocol": packet.protocol, "listens": known},
        remembers=(Memo(machine.id, ("accepted", packet.flow)),) if open_port else (),
    )
    return Deliver(packet=packet) if open_port else Drop(packet=packet, reason="NO_LISTENER")


def _answers_nobody(machine: Machine, packet: Packet, here: Situation) -> bool:
    """A datagram to a port that a client socket of this machine uses, from somebody it did not talk to."""
    if packet.protocol == "tcp":
        return False
    sockets = (key[1] for key, _ in here.connections.of(machine.id) if key[0] == "socket")
    return any((flow[0], flow[3], flow[4]) == (packet.protocol, packet.dst, packet.dst_port) for flow in sockets) and packet.has_ports


def _reverse_path(machine: Machine, packet: Packet, here: Situation, interface: NetworkInterface | None) -> Checks:
    """RFC 3704: would an answer leave by the interface that the packet came in by (R-149)?  An own address as source never comes in.

    The kernel asks neither of IPv6: `rp_filter` is a setting of IPv4.
    """
    if packet.family == 6:
        return None
    if here.arrival.by and guest.owns(machine, packet.src, here.network):  # RFC 1812, 5.3.7: a martian, whatever the mode
        yield Step(rule="martian", packet=packet, passed=False, facts={"node": machine.id, "src": str(packet.src)})
        return Drop(packet=packet, reason="RP_FILTER_DROP")
    mode = machine.guest.rp_filter
    if mode == "off" or here.arrival.by == "":
        return None
    back = guest.lookup(machine, packet.src, here.network)
    won = back.winner
    out = guest.way(machine, won, here.network) if won else None
    came_in = interface.id if interface else here.arrival.by
    goes_out = (out.interface.id if out.interface else out.link) if out else ""
    passed = out is not None and (mode == "loose" or goes_out == came_in)
    yield Step(
        rule="reverse-path",
        packet=packet,
        passed=passed,
        facts={"node": machine.id, "src": str(packet.src), "mode": mode, "in": came_in, "out": goes_out or "nothing"},
        lookup=back,
        setting=f"{machine.id}.rp_filter",
    )
    return None if passed else Drop(packet=packet, reason="RP_FILTER_DROP", mends=(f"{machine.id}.rp_filter=loose",))


def _change(before: Packet, after: Packet) -> dict[str, str | int]:
    return {"src": after.socket("src"), "dst": after.socket("dst"), "was_src": before.socket("src"), "was_dst": before.socket("dst")}


RULES = {
    "originate": Rule("R-001", Sentence("{node} sends {src} → {dst}", "{node}が送信：{src}→{dst}")),
    "instance-state": Rule("R-036 C-09", Sentence("{node} runs", "{node}は稼働中"), Sentence("{node} is {state}", "{node}の状態は{state}")),
    "tunnel-known": Rule(
        "R-158 RFC 3948",
        Sentence("{node} has a {type} tunnel with {src}", "{node}は{src}との{type}トンネルを持つ"),
        Sentence("{node} has no {type} tunnel with {src} that could take it", "{node}に、これを受け取る{src}との{type}トンネルが無い"),
    ),
    "nat-known": Rule(
        "R-157",
        Sentence("the translation is remembered: {was_src} → {was_dst} becomes {src} → {dst}", "変換を記憶済み：{was_src}→{was_dst}が{src}→{dst}になる"),
    ),
    "deliver-socket": Rule(
        "RFC 9293",
        Sentence("{node} knows this connection with {src}", "{node}は{src}と接続中：受け取る"),
        Sentence(
            "{node} has no connection with {src}: it talked to another address or port", "{node}に{src}との接続は無い：通信相手は別のアドレスまたはポート"
        ),
    ),
    "deliver-listener": Rule(
        "",
        Sentence("{node} takes it: {protocol} {port} listens", "{node}が受け取る：{protocol} {port}で待ち受けている"),
        Sentence(
            "nothing on {node} listens on {protocol} {port} (open: {listens})", "{node}の{protocol} {port}では何も待ち受けていない（開いているのは{listens}）"
        ),
    ),
    "deliver-host": Rule("", Sentence("{node} takes it", "{node}が受け取る")),
    "martian": Rule(
        "R-149 RFC 1812",
        Sentence("{src} is somebody else's address", "{src}は{node}自身のアドレスではない"),
        Sentence(
            "it comes in with {src}, an address of {node} itself, as source: the kernel drops it",
            "送信元{src}は{node}自身のアドレス：外から届いたので、カーネルが破棄",
        ),
    ),
    "reverse-path": Rule(
        "R-149",
        Sentence(
            "an answer to {src} would leave by {out}: the {mode} reverse path filter lets it in",
            "{src}への応答は{out}から出る：リバースパスフィルタ（{mode}）を通る",
        ),
        Sentence(
            "it came in by {in}, but an answer to {src} would leave by {out}: the {mode} reverse path filter drops it",
            "{in}から入ったが、{src}への応答は{out}から出る：リバースパスフィルタ（{mode}）が破棄",
        ),
    ),
}
