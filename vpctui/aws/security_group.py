"""Security group: stateful allow rules on an interface.  Rules R-260 … R-272, R-151, R-152."""

from collections.abc import Iterable, Iterator
from typing import Any

from vpctui.address import Address, Prefix
from vpctui.aws import connection_tracking
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.prefix_list import PrefixList
from vpctui.aws.reading import Item
from vpctui.engine.network import Network, Record
from vpctui.engine.outline import Outline, outlines
from vpctui.engine.registry import Checks, Rule, Sentence, Situation
from vpctui.filter_rules import RuleText, SecurityGroupRule
from vpctui.packet import Packet
from vpctui.schema import Field, ListOf, Reference, Section
from vpctui.trace import Drop, Memo, Step


class SecurityGroup(Record, frozen=True, kw_only=True):
    """A security group: rules allow, nothing denies."""

    vpc: str
    ingress: tuple[RuleText, ...] = ()
    egress: tuple[RuleText, ...] = ()


@outlines(SecurityGroup)
def outline(group: SecurityGroup, network: Network) -> Outline:
    """In its VPC, after the network ACLs."""
    return Outline(group.vpc, "", 60)


SECTION = Section(
    "security_groups",
    "security group",
    (
        Field("vpc", Reference(("vpcs",)), "the VPC", shown_default="the VPC of its interfaces"),
        Field("ingress", ListOf(SecurityGroupRule()), "what may come in", ()),
        Field("egress", ListOf(SecurityGroupRule()), "what may go out", shown_default="everything"),
    ),
    'Security groups: `"PROTOCOL [PORT[-PORT]] SOURCE"`, stateful, per interface.',
)


def read(item: Item) -> Iterator[Record]:
    """One group, in the VPC of the first interface that carries it; without `egress` everything may go out (R-262)."""
    egress = item["egress"]
    yield SecurityGroup(id=item.id, vpc=_vpc(item), ingress=item["ingress"], egress=SecurityGroupRule.anything() if egress is None else egress)


def _vpc(item: Item) -> str:
    if item["vpc"]:
        return str(item["vpc"])
    for section in ("instances", "network_interfaces", "load_balancers", "vpc_endpoints"):
        for values in item.document.naming(section, "security_groups").get(item.id, ()):
            return item.subnet_vpc(values.get("subnet") or next((pair[0] for pair in values.get("subnets") or ()), None))
    vpcs = list(item.document.of("vpcs"))
    return vpcs[0] if vpcs else ""


def check_in(interface: NetworkInterface, packet: Packet, here: Situation) -> Checks:
    """The inbound rules of an interface, or its memory of the connection (R-260, R-263)."""
    return (yield from _check(interface, packet, here, "in", _tracked(interface, packet, here, "in")))


def check_out(interface: NetworkInterface, packet: Packet, here: Situation, route: str | None, target: str | None) -> Checks:
    """The outbound rules of an interface, or its memory of the connection (R-260, R-263)."""
    refused = yield from _check(interface, packet, here, "out", _tracked(interface, packet, here, "out"))
    if isinstance(refused, Drop):
        return Drop(packet=packet, reason=refused.reason, route=route, target=target, mends=refused.mends)
    return refused


def _tracked(interface: NetworkInterface, packet: Packet, here: Situation, side: str) -> bool:
    """Whether the interface tracks the connection, or the one that an error is about; an untracked one is judged by the rules (R-264)."""
    return _known(interface, packet, here, side) is True or _related(interface, packet, here)


def _known(interface: NetworkInterface, packet: Packet, here: Situation, side: str) -> bool | str | None:
    """What the interface remembers of the connection, from either direction."""
    other = "out" if side == "in" else "in"
    known: bool | str | None = here.connections.recall(interface.id, (other, packet.reverse_flow))
    return known or here.connections.recall(interface.id, (side, packet.flow))


def _related(interface: NetworkInterface, packet: Packet, here: Situation) -> bool:
    """An ICMP error about a packet of a connection that this interface knows (R-297)."""
    about = packet.about
    if about is None:
        return False
    return any(here.connections.recall(interface.id, (side, flow)) for side in ("in", "out") for flow in (about.flow, about.reverse_flow))


def _check(interface: NetworkInterface, packet: Packet, here: Situation, side: str, tracked: bool) -> Checks:
    if not interface.security_groups:  # R-272, and free-standing interfaces: not filtered, shown as such
        yield Step(rule="security-group-none", packet=packet, facts={"eni": interface.id}, setting=f"{interface.id}.security_groups")
        return None
    memo = (Memo(interface.id, (side, packet.flow)),)
    facts = _facts(interface, packet, side)
    if tracked:
        yield Step(rule="security-group-tracked", packet=packet, facts=facts, decider=f"{interface.id} tracked", remembers=memo)
        return None
    far = packet.src if side == "in" else packet.dst
    found = matching(interface.security_groups, packet, far, here, side)
    direction = "ingress" if side == "in" else "egress"
    if found is not None:
        group, rule = found
        decider = f"{group}.{direction} {rule.text}"
        yield Step(
            rule=f"security-group-{side}",
            packet=packet,
            facts={**facts, "rule": rule.text, "group": group},
            decider=decider,
            setting=f"{group}.{direction}",
            remembers=_memory(interface, rule, packet, here, side),
        )
        return None
    lost = side == "in" and here.arrival.groups is None and _would_match(interface, packet, far, here)
    group = interface.security_groups[0]
    yield Step(
        rule=f"security-group-{side}" if not lost else "security-group-reference-lost",
        packet=packet,
        passed=False,
        facts={**facts, "rule": "", "group": ", ".join(interface.security_groups), "count": _count(interface, here.network, direction)},
        setting=f"{group}.{direction}",
    )
    mend = f"{group}.{direction}+={_rule_for(packet, far)}"
    reason = "SG_REF_LOST" if lost else "SG_INGRESS_DENY" if side == "in" else "SG_EGRESS_DENY"
    return Drop(packet=packet, reason=reason, mends=(mend,))


def _memory(interface: NetworkInterface, rule: RuleText, packet: Packet, here: Situation, side: str) -> tuple[Memo, ...]:
    """What the interface remembers of a packet that a rule let pass: an untracked connection stays one."""
    if _known(interface, packet, here, side) == connection_tracking.UNTRACKED:
        return (Memo(interface.id, (side, packet.flow), connection_tracking.UNTRACKED),)
    groups = (here.network.find(SecurityGroup, group) for group in interface.security_groups)
    opposite = (other for group in groups if group for other in (group.egress if side == "in" else group.ingress))
    return (Memo(interface.id, (side, packet.flow), connection_tracking.memory(interface, rule, opposite, packet, here, side)),)


def matching(
    groups: tuple[str, ...], packet: Packet, far: Address, here: Situation, side: str, *, identity: tuple[str, ...] | None = None
) -> tuple[str, RuleText] | None:
    """The first group and rule that allow a packet whose other end is `far`."""
    network = here.network
    if identity is None:
        identity = here.arrival.groups if side == "in" else _groups_of(groups, far, network)
    for group in groups:
        record = network.find(SecurityGroup, group)
        for rule in (record.ingress if side == "in" else record.egress) if record else ():
            if rule.covers(packet.protocol, packet.dst_port, packet.icmp_type, packet.icmp_code) and _is_source(rule, far, identity, network):
                return group, rule
    return None


def _is_source(rule: RuleText, far: Address, identity: tuple[str, ...] | None, network: Network) -> bool:
    if isinstance(rule.source, Prefix):
        return far in rule.source
    listed = network.find(PrefixList, rule.source)
    if listed is not None:
        return listed.holds(far)
    return identity is not None and rule.source in identity


def _groups_of(groups: tuple[str, ...], far: Address, network: Network) -> tuple[str, ...]:
    """The groups of the interface that holds an address, as seen from a group's VPC (R-268)."""
    own = dict.fromkeys(record.vpc for group in groups if (record := network.find(SecurityGroup, group)))
    return _groups_in((*own, *(peer for vpc in own for peer in _peers(vpc, network))), far, network)


def _groups_in(vpcs: Iterable[str], far: Address, network: Network) -> tuple[str, ...]:
    found = (network.first(NetworkInterface, ("address", vpc, far)) for vpc in vpcs)
    return next((interface.security_groups for interface in found if interface is not None), ())


def _peers(vpc: str, network: Network) -> Iterator[str]:
    """VPCs whose groups a rule may name: peered in the same Region (R-255)."""
    for identifier in network.ids(("peering", vpc)):
        peering: Any = network.get(identifier)
        if peering.status == "active" and not peering.inter_region:
            yield peering.other(vpc)


def _would_match(interface: NetworkInterface, packet: Packet, far: Address, here: Situation) -> bool:
    """Whether a rule names the sender's group, which the path hid (R-242, R-269)."""
    network = here.network
    rules = (rule for group in interface.security_groups for rule in network.the(SecurityGroup, group).ingress if not isinstance(rule.source, Prefix))
    vpcs = dict.fromkeys(record.vpc for rule in rules if (record := network.find(SecurityGroup, str(rule.source))))
    held = _groups_in(vpcs, far, network)
    return bool(held) and matching(interface.security_groups, packet, far, here, "in", identity=held) is not None


def _count(interface: NetworkInterface, network: Network, direction: str) -> int:
    groups = (network.find(SecurityGroup, group) for group in interface.security_groups)
    return sum(len(group.ingress if direction == "ingress" else group.egress) for group in groups if group)


def _facts(interface: NetworkInterface, packet: Packet, side: str) -> dict[str, str | int]:
    return {
        "eni": interface.id,
        "protocol": packet.protocol,
        "port": packet.dst_port if packet.has_ports else "",
        "far": str(packet.src if side == "in" else packet.dst),
        "groups": ", ".join(interface.security_groups),
    }


def _rule_for(packet: Packet, far: Address) -> str:
    port = f" {packet.dst_port}" if packet.has_ports else f" {packet.icmp_type}/{packet.icmp_code}" if packet.is_icmp else ""
    return f"{packet.protocol}{port} {far}/{32 if far.family == 4 else 128}"


RULES = {
    "security-group-none": Rule("R-272", Sentence("{eni} has no security group: not filtered", "{eni}にSGは無い：フィルタされない")),
    "security-group-tracked": Rule(
        "R-263",
        Sentence("{eni} knows this connection: no rule is needed", "{eni}はこの接続を追跡中：ルールは不要"),
    ),
    "security-group-in": Rule(
        "R-260 R-151",
        Sentence("{group} lets it in: {rule}", "{group}が受信を許可：{rule}"),
        Sentence(
            "no inbound rule of {groups} allows {protocol} {port} from {far} (rules: {count})",
            "{groups}のインバウンドルール（{count}件）に、{far}からの{protocol} {port}を許可するものが無い",
        ),
    ),
    "security-group-out": Rule(
        "R-260",
        Sentence("{group} lets it out: {rule}", "{group}が送信を許可：{rule}"),
        Sentence(
            "no outbound rule of {groups} allows {protocol} {port} to {far} (rules: {count})",
            "{groups}のアウトバウンドルール（{count}件）に、{far}への{protocol} {port}を許可するものが無い",
        ),
    ),
    "security-group-reference-lost": Rule(
        "R-269",
        Sentence("the sender's group is known", "送信元のグループが分かる"),
        Sentence(
            "a rule of {groups} names the sender's group, but the path hid it: only addresses can match",
            "{groups}のルールは送信元のグループを参照しているが、経路の途中で失われた：アドレスでしか一致しない",
        ),
    ),
}
