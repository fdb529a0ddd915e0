"""Network ACL: ordered stateless rules at the border of a subnet.  Rules R-273 … R-281."""

from collections.abc import Hashable, Iterable, Iterator
from itertools import count

from vpctui.aws.reading import Item
from vpctui.aws.subnet import Subnet
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import Outline, outlines
from vpctui.engine.registry import Checks, Rule, Sentence, Situation
from vpctui.filter_rules import AclEntries, AclRule
from vpctui.packet import Packet
from vpctui.schema import Field, Reference, Section
from vpctui.trace import Candidate, Drop, Step

LAST = 32766
"""The highest number that an entry may have (R-275)."""
EPHEMERAL = 1024
"""Where the ports begin that clients open connections from (R-276)."""


class NetworkAcl(Record, frozen=True, kw_only=True):
    """A network ACL: entries by number; whatever no entry decides is denied."""

    vpc: str
    ingress: tuple[tuple[int, AclRule], ...] = ()
    egress: tuple[tuple[int, AclRule], ...] = ()


@outlines(NetworkAcl)
def outline(acl: NetworkAcl, network: Network) -> Outline:
    """In its VPC, after the route tables."""
    return Outline(acl.vpc, "", 50)


@indexes(NetworkAcl)
def keys(acl: NetworkAcl) -> Iterable[Hashable]:
    """By VPC."""
    yield ("acl-in", acl.vpc)


SECTION = Section(
    "network_acls",
    "network ACL",
    (
        Field("vpc", Reference(("vpcs",)), "the VPC", shown_default="the VPC of its subnets"),
        Field("ingress", AclEntries(), 'what comes in: `{NUMBER: "allow|deny PROTOCOL [PORTS] CIDR"}`', ()),
        Field("egress", AclEntries(), "what goes out", ()),
    ),
    "Network ACLs: stateless, at the subnet's border, lowest number first; the last deny is implicit.",
)


def read(item: Item) -> Iterator[Record]:
    """One ACL, entries in the order in which they are asked (R-275)."""
    yield NetworkAcl(id=item.id, vpc=_vpc(item), ingress=tuple(sorted(item["ingress"])), egress=tuple(sorted(item["egress"])))


def _vpc(item: Item) -> str:
    if item["vpc"]:
        return str(item["vpc"])
    vpcs = list(item.document.of("vpcs"))
    for values in item.document.naming("subnets", "network_acl").get(item.id, ()):
        if values.get("vpc"):
            return str(values["vpc"])
    return vpcs[0] if vpcs else ""


def enter(subnet: Subnet, packet: Packet, here: Situation) -> Checks:
    """The inbound entries, for a packet that crosses the subnet's border (R-273)."""
    if subnet.network_acl is None:
        return None
    return (yield from _check(subnet, packet, here, "ingress", None, None))


def leave(subnet: Subnet, packet: Packet, here: Situation, won: Candidate | None, table: str | None) -> Checks:
    """The outbound entries, after the route was found (R-273)."""
    if subnet.network_acl is None:
        return None
    return (yield from _check(subnet, packet, here, "egress", won, table))


def _check(subnet: Subnet, packet: Packet, here: Situation, direction: str, won: Candidate | None, table: str | None) -> Checks:
    acl = here.network.the(NetworkAcl, subnet.network_acl or "")
    far = packet.src if direction == "ingress" else packet.dst
    number, rule = first_match(acl, packet, direction)
    allowed = rule is not None and rule.action == "allow"
    shown = str(number) if rule else "*"
    yield Step(
        rule=f"network-acl-{direction}",
        packet=packet,
        passed=allowed,
        facts={
            "acl": acl.id,
            "subnet": subnet.id,
            "number": shown,
            "entry": rule.text if rule else "deny all",
            "protocol": packet.protocol,
            "port": packet.dst_port if packet.has_ports else "",
            "far": str(far),
        },
        decider=f"{acl.id}.{direction}[{shown}]",
        setting=f"{acl.id}.{direction}[{shown}]" if rule else f"{subnet.id}.network_acl",
    )
    if allowed:
        return None
    mend = f"{acl.id}.{direction}[{_free_number(acl, direction, number)}]=allow {packet.protocol}{_port(packet)} {far}/{32 if far.family == 4 else 128}"
    reason = "NACL_INGRESS_DENY" if direction == "ingress" else "NACL_EGRESS_DENY"
    return Drop(packet=packet, reason=reason, table=table, route=won.destination if won else None, target=won.target if won else None, mends=(mend,))


def first_match(acl: NetworkAcl, packet: Packet, direction: str) -> tuple[int, AclRule | None]:
    """The lowest entry that covers a packet (R-275); (0, None) where only the implicit deny is left."""
    far = packet.src if direction == "ingress" else packet.dst
    for number, rule in acl.ingress if direction == "ingress" else acl.egress:
        if far in rule.cidr and rule.covers(packet.protocol, packet.dst_port, packet.icmp_type, packet.icmp_code):
            return number, rule
    return 0, None


def _port(packet: Packet) -> str:
    """What an entry has to allow: for the answer of a TCP connection all ephemeral ports, as the client's next connection uses another (R-276)."""
    if packet.protocol == "tcp" and not packet.opens and packet.dst_port >= EPHEMERAL:
        return f" {EPHEMERAL}-65535"
    return f" {packet.dst_port}" if packet.has_ports else f" {packet.icmp_type}/{packet.icmp_code}" if packet.is_icmp else ""


def _free_number(acl: NetworkAcl, direction: str, before: int) -> int:
    """A number that comes before the entry that denied, or after all where none did."""
    taken = [number for number, _ in (acl.ingress if direction == "ingress" else acl.egress)]
    if not before:
        behind = max(taken, default=90) + 10
        return next(number for number in count(min(behind, LAST), -1) if number not in taken)
    lower = max((number for number in taken if number < before), default=0)
    return (lower + before) // 2 if before - lower > 1 else before


RULES = {
    "network-acl-ingress": Rule(
        "R-273 R-275",
        Sentence("{acl} entry {number} lets it into {subnet}: {entry}", "{acl}の{number}番が{subnet}への受信を許可：{entry}"),
        Sentence(
            "{acl} entry {number} ({entry}) keeps {protocol} {port} from {far} out of {subnet}",
            "{acl}の{number}番（{entry}）が{far}からの{protocol} {port}を{subnet}の入口で拒否",
        ),
    ),
    "network-acl-egress": Rule(
        "R-273 R-276",
        Sentence("{acl} entry {number} lets it out of {subnet}: {entry}", "{acl}の{number}番が{subnet}からの送信を許可：{entry}"),
        Sentence(
            "{acl} entry {number} ({entry}) keeps {protocol} {port} to {far} inside {subnet}",
            "{acl}の{number}番（{entry}）が{far}への{protocol} {port}を{subnet}の出口で拒否",
        ),
    ),
}
