"""What a forwarding appliance decides for itself: its policy, and the connections that it wants to have seen.  Rules R-145, R-217, R-342."""

from vpctui.aws.guest import Machine
from vpctui.engine.connections import Connections
from vpctui.engine.registry import Checks, Rule, Sentence, Situation
from vpctui.filter_rules import RuleText
from vpctui.packet import Packet
from vpctui.trace import Drop, Memo, Step

Session = str
"""How far a connection got in the appliance's eyes: `opened`, then `answered`."""


def judge(machine: Machine, packet: Packet, connections: Connections, *, also: Packet | None = None) -> Checks:
    """Policy, then sessions.  `also` is the same packet as another translation shows it; a session may be known under either."""
    guest = machine.guest
    denied = denying(guest.deny, packet)
    if denied is not None:
        yield Step(
            rule="appliance-policy",
            packet=packet,
            passed=False,
            facts={"node": machine.id, "rule": denied.text},
            decider=f"{machine.id}.deny {denied.text}",
            setting=f"{machine.id}.deny",
        )
        return Drop(packet=packet, reason="APPLIANCE_POLICY_DROP", mends=(f"{machine.id}.deny-={denied.text}",))
    if guest.inspect == "none":
        return None
    return (yield from session(machine.id, guest.inspect, packet, connections, also=also, setting=f"{machine.id}.inspect"))


def is_known_elsewhere(machine: Machine, refused: Drop, here: Situation) -> bool:
    """Whether a transit gateway brought the answer to this appliance, of a connection that another one holds (R-233)."""
    if refused.reason != "APPLIANCE_STATE_MISS" or not any(type(here.network.get(arrival.node)).__name__ == "TransitGateway" for arrival in here.path):
        return False
    asked = ("session", refused.packet.reverse_flow)
    return any(owner != machine.id and key == asked for owner, key, _ in here.connections.all())


def denying(rules: tuple[RuleText, ...], packet: Packet) -> RuleText | None:
    """The first rule of a deny list that covers a packet: a client's packet to that port, or the answer to one."""
    for rule in rules:
        source = rule.source
        if isinstance(source, str):
            continue
        if rule.covers(packet.protocol, packet.dst_port, packet.icmp_type, packet.icmp_code) and packet.src in source:
            return rule
    return None


def session(owner: str, inspect: str, packet: Packet, connections: Connections, *, also: Packet | None = None, setting: str = "") -> Checks:
    """`loose` wants a session for what does not open one; `strict` also wants to have seen the SYN/ACK before an ACK.

    `owner` is whose memory is asked: an appliance, or a firewall endpoint.  A session is kept as its first packet arrived (`also`): an answer
    is that again once all is translated back, while what is inspected (`packet`) may be half translated.
    """
    also = also or packet
    opened = next((flow for seen in (packet, also) for flow in (seen.flow, seen.reverse_flow) if connections.recall(owner, ("session", flow))), None)
    state: Session = connections.recall(owner, ("session", opened)) if opened else ""
    about = packet.about
    if about is not None:
        opened = next((flow for flow in (about.flow, about.reverse_flow) if connections.recall(owner, ("session", flow))), None)
    forward = opened in (packet.flow, also.flow)
    known = opened is not None and not (inspect == "strict" and packet.tcp_flags in ("A", "PA") and forward and state != "answered")
    accepted = known or (packet.opens and opened is None and about is None)
    new_state = "answered" if opened is not None and not forward else state or "opened"
    yield Step(
        rule="appliance-session" if opened is not None or not accepted else "appliance-session-new",
        packet=packet,
        passed=accepted,
        facts={"node": owner, "flags": packet.part, "inspect": inspect},
        setting=setting,
        remembers=(Memo(owner, ("session", opened or also.flow), new_state),) if accepted and about is None else (),
    )
    return None if accepted else Drop(packet=packet, reason="APPLIANCE_STATE_MISS")


RULES = {
    "appliance-policy": Rule(
        "R-217",
        Sentence("the policy of {node} does not deny it", "{node}のポリシーは拒否しない"),
        Sentence("the policy of {node} denies it: {rule}", "{node}のポリシーが拒否：{rule}"),
    ),
    "appliance-session-new": Rule("R-342", Sentence("{node} opens a session for it", "{node}がセッションを作る")),
    "appliance-session": Rule(
        "R-342 R-217",
        Sentence("{node} knows the connection", "{node}にこの接続のセッションがある"),
        Sentence(
            "{node} inspects {inspect}: it has not seen the beginning of the connection of this {flags}",
            "{node}の検査は{inspect}：この{flags}の接続の始まりを見ていない",
        ),
    ),
}
