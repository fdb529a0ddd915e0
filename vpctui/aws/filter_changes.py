"""Authorize and revoke, create and delete entries: what may be changed in security groups and network ACLs.  Rules R-048, R-260 … R-278."""

import re
from collections.abc import Callable

from msgspec.structs import replace

from vpctui.address import Prefix
from vpctui.aws.altering import ec2, members, read_value
from vpctui.aws.network_acl import NetworkAcl
from vpctui.aws.prefix_list import PrefixList
from vpctui.aws.security_group import SecurityGroup
from vpctui.document import Scalar
from vpctui.engine.change import Alteration, Applied, Change, Refusal, alterations
from vpctui.engine.network import Network
from vpctui.filter_rules import AclEntry, AclRule, RuleText, SecurityGroupRule
from vpctui.packet import PROTOCOL_NUMBERS
from vpctui.schema import Mistake, Reader


def _rule_commands(direction: str) -> Callable[[SecurityGroup, str, str], tuple[str, ...]]:
    def commands(group: SecurityGroup, operator: str, value: str) -> tuple[str, ...]:
        try:
            rule = SecurityGroupRule().read(Scalar(value), Reader(), group.id)
        except Mistake:
            return ()
        operation = f"{'revoke' if operator == '-=' else 'authorize'}-security-group-{direction}"
        return (ec2(operation, group_id=group.id, ip_permissions=_permission(rule)),)

    return commands


def _permission(rule: RuleText) -> str:
    """The `--ip-permissions` shorthand of a rule."""
    match = rule.match
    words = [f"IpProtocol={'-1' if match.protocol == 'all' else match.protocol}"]
    if match.protocol in ("tcp", "udp"):
        words += [f"FromPort={match.from_port}", f"ToPort={match.to_port}"]
    if match.protocol.startswith("icmp"):
        words += [f"FromPort={match.icmp_type}", f"ToPort={match.icmp_code}"]
    if isinstance(rule.source, Prefix):
        key = "IpRanges=[{CidrIp" if rule.source.family == 4 else "Ipv6Ranges=[{CidrIpv6"
        words.append(f"{key}={rule.source}}}]")
    else:
        kind = "PrefixListIds=[{PrefixListId" if rule.source.startswith("pl-") else "UserIdGroupPairs=[{GroupId"
        words.append(f"{kind}={rule.source}}}]")
    return ",".join(words)


def _source(group: SecurityGroup, rule: RuleText, network: Network) -> Refusal | None:
    """A rule's source is an address, a group or a prefix list."""
    if isinstance(rule.source, Prefix) or isinstance(network.get(rule.source), SecurityGroup | PrefixList):
        return None
    message = f"The security group '{rule.source}' does not exist"
    return Refusal("UNKNOWN_RESOURCE", message, "InvalidGroup.NotFound", place=f"{group.id}.ingress")


class _Entries:
    """`acl.ingress[110]=allow tcp 22 198.51.100.0/24`, `=none` deletes (R-275); one of the two directions."""

    def __init__(self, direction: str) -> None:
        self.direction = direction

    def held(self, acl: NetworkAcl) -> dict[int, AclRule]:
        """The entries by number."""
        return dict(getattr(acl, self.direction))

    def apply(self, acl: NetworkAcl, change: Change, network: Network) -> Applied:
        """Create, replace or delete one entry."""
        if change.operator != "=" or not re.fullmatch(r"[1-9][0-9]{0,4}", change.key) or int(change.key) > 32766:
            hint = f"{acl.id}.{self.direction}[100]=allow tcp 80 0.0.0.0/0"
            return Refusal("QUERY_INVALID", f"an entry has a number from 1 to 32766, found {change.place}", hint=hint, place=change.place)
        held, number = self.held(acl), int(change.key)
        if change.value == "none":
            if held.pop(number, None) is None:
                message = f"{acl.id} has no {self.direction} entry {number}"
                return Refusal("ROUTE_REFUSED_NOT_FOUND", message, "InvalidNetworkAclEntry.NotFound", ", ".join(map(str, held)), "R-275", change.place)
        else:
            entry = read_value(AclEntry(), change, network)
            if isinstance(entry, Refusal):
                return entry
            held[number] = entry
        return (replace(acl, **{self.direction: tuple(sorted(held.items()))}),)

    def current(self, acl: NetworkAcl, network: Network) -> tuple[tuple[str, str], ...]:
        """Every entry."""
        return tuple((f"{acl.id}.{self.direction}[{number}]", entry.text) for number, entry in getattr(acl, self.direction))

    def choices(self, acl: NetworkAcl, place: str, network: Network) -> tuple[str, ...]:
        """As it is, the other way round, or gone."""
        key = place[place.index("[") + 1 : -1] if place.endswith("]") else ""
        held = self.held(acl).get(int(key)) if key.isdigit() else None
        if held is None:
            return ()
        other = "deny" if held.action == "allow" else "allow"
        return (held.text, f"{other} {held.match.text} {held.cidr}", "none")

    def commands(self, acl: NetworkAcl, change: Change, network: Network) -> tuple[str, ...]:
        """The AWS CLI line."""
        where: dict[str, str | bool | None] = {"network_acl_id": acl.id, "rule_number": change.key, self.direction: True}
        if change.value == "none":
            return (ec2("delete-network-acl-entry", **where),)
        entry = read_value(AclEntry(), change, network)
        if isinstance(entry, Refusal):
            return ()
        exists = change.key.isdigit() and int(change.key) in self.held(acl)
        return (ec2(f"{'replace' if exists else 'create'}-network-acl-entry", **where, **_entry_options(entry)),)

    def alteration(self) -> Alteration:
        """This direction as something that can be changed."""
        return Alteration(self.direction, self.apply, self.current, self.choices, self.commands)


def _entry_options(entry: AclRule) -> dict[str, str | bool | None]:
    """The options of an entry in the AWS CLI."""
    match = entry.match
    return {
        "protocol": "-1" if match.protocol == "all" else str(PROTOCOL_NUMBERS[match.protocol]),
        "port_range": f"From={match.from_port},To={match.to_port}" if match.protocol in ("tcp", "udp") else None,
        "icmp_type_code": f"Type={match.icmp_type},Code={match.icmp_code}" if match.protocol.startswith("icmp") else None,
        "rule_action": entry.action,
        "cidr_block" if entry.cidr.family == 4 else "ipv6_cidr_block": str(entry.cidr),
    }


alterations(
    SecurityGroup,
    members("ingress", SecurityGroupRule(), check=_source, command=_rule_commands("ingress")),
    members("egress", SecurityGroupRule(), check=_source, command=_rule_commands("egress")),
)
alterations(NetworkAcl, _Entries("ingress").alteration(), _Entries("egress").alteration())
