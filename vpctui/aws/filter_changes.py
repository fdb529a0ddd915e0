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
from vpctui.filter_rules import AclEntry, RuleText, SecurityGroupRule
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


def _entries(direction: str) -> Alteration:
    """`acl.ingress[110]=allow tcp 22 198.51.100.0/24`, `=none` deletes (R-275)."""

    def apply(acl: NetworkAcl, change: Change, network: Network) -> Applied:
        if change.operator != "=" or not re.fullmatch(r"[1-9][0-9]{0,4}", change.key) or int(change.key) > 32766:
            return Refusal(
                "QUERY_INVALID",
                f"an entry has a number from 1 to 32766, found {change.place}",
                hint=f"{acl.id}.{direction}[100]=allow tcp 80 0.0.0.0/0",
                place=change.place,
            )
        held, number = dict(getattr(acl, direction)), int(change.key)
        if change.value == "none":
            if held.pop(number, None) is None:
                message = f"{acl.id} has no {direction} entry {number}"
                return Refusal("ROUTE_REFUSED_NOT_FOUND", message, "InvalidNetworkAclEntry.NotFound", ", ".join(map(str, held)), "R-275", change.place)
        else:
            entry = read_value(AclEntry(), change, network)
            if isinstance(entry, Refusal):
                return entry
            held[number] = entry
        return (replace(acl, **{direction: tuple(sorted(held.items()))}),)

    def current(acl: NetworkAcl, network: Network) -> tuple[tuple[str, str], ...]:
        return tuple((f"{acl.id}.{direction}[{number}]", entry.text) for number, entry in getattr(acl, direction))

    def choices(acl: NetworkAcl, place: str, network: Network) -> tuple[str, ...]:
        number = int(place[place.index("[") + 1 : -1]) if place.endswith("]") and place[place.index("[") + 1 : -1].isdigit() else 0
        held = dict(getattr(acl, direction)).get(number)
        if held is None:
            return ()
        other = "deny" if held.action == "allow" else "allow"
        return (held.text, f"{other} {held.match.text} {held.cidr}", "none")

    def commands(acl: NetworkAcl, change: Change, network: Network) -> tuple[str, ...]:
        side = {"egress": direction == "egress", "ingress": direction == "ingress"}
        number = int(change.key) if change.key.isdigit() else 0
        if change.value == "none":
            return (ec2("delete-network-acl-entry", network_acl_id=acl.id, rule_number=change.key, **side),)
        entry = read_value(AclEntry(), change, network)
        if isinstance(entry, Refusal):
            return ()
        operation = "replace-network-acl-entry" if number in dict(getattr(acl, direction)) else "create-network-acl-entry"
        match = entry.match
        protocol = "-1" if match.protocol == "all" else str(PROTOCOL_NUMBERS[match.protocol])
        ports = f"From={match.from_port},To={match.to_port}" if match.protocol in ("tcp", "udp") else None
        icmp = f"Type={match.icmp_type},Code={match.icmp_code}" if match.protocol.startswith("icmp") else None
        block = {"cidr_block" if entry.cidr.family == 4 else "ipv6_cidr_block": str(entry.cidr)}
        return (
            ec2(
                operation,
                network_acl_id=acl.id,
                rule_number=change.key,
                protocol=protocol,
                port_range=ports,
                icmp_type_code=icmp,
                rule_action=entry.action,
                **side,
                **block,
            ),
        )

    return Alteration(direction, apply, current, choices, commands)


alterations(
    SecurityGroup,
    members("ingress", SecurityGroupRule(), check=_source, command=_rule_commands("ingress")),
    members("egress", SecurityGroupRule(), check=_source, command=_rule_commands("egress")),
)
alterations(NetworkAcl, _entries("ingress"), _entries("egress"))
