"""Security groups and network ACLs with their rules, in blocks or each for itself."""

from collections.abc import Iterator

from vpctui.interop.aws.account import Json
from vpctui.interop.terraform.reading import Context, Item, texts_of

GROUPS = ("aws_security_group", "aws_default_security_group")
ACLS = ("aws_network_acl", "aws_default_network_acl")


def write(context: Context) -> None:
    """Groups, then their rules; ACLs, then theirs."""
    for item in context.all(*GROUPS):
        _group(context, item)
    for item in context.all("aws_security_group_rule"):
        _group_rule(context, item)
    for item in context.all("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"):
        _single_rule(context, item)
    for item in context.all(*ACLS):
        _acl(context, item)
    for item in context.all("aws_network_acl_rule"):
        _acl_rule(context, item)
    for item in context.all("aws_network_acl_association"):
        acl = context.held("NetworkAcls", item.text("network_acl_id"))
        if acl is None:
            context.orphan(item, item.text("network_acl_id"))
        else:
            acl["Associations"].append({"SubnetId": item.text("subnet_id")})


def _group(context: Context, item: Item) -> None:
    values = {
        "GroupId": item.id,
        "VpcId": item.text("vpc_id"),
        "GroupName": item.known("name"),
        "IpPermissions": [_permission(item, "ingress", block) for block in item.blocks("ingress")],
        "IpPermissionsEgress": [_permission(item, "egress", block) for block in item.blocks("egress")],
    }
    context.add("SecurityGroups", item, values)


def _permission(item: Item, direction: str, block: Json) -> Json:
    """One rule of a group; groups that a plan does not know yet are those that the configuration refers to in this direction."""
    groups = texts_of(block.get("security_groups"))
    if item.resource.planned and not groups and not block.get("cidr_blocks") and not block.get("ipv6_cidr_blocks") and not block.get("prefix_list_ids"):
        groups = item.refers(direction, *GROUPS)
    if block.get("self"):
        groups.append(item.id)
    return {
        **_ports(str(block.get("protocol", "-1")), block.get("from_port"), block.get("to_port")),
        "IpRanges": [{"CidrIp": cidr} for cidr in texts_of(block.get("cidr_blocks"))],
        "Ipv6Ranges": [{"CidrIpv6": cidr} for cidr in texts_of(block.get("ipv6_cidr_blocks"))],
        "PrefixListIds": [{"PrefixListId": each} for each in texts_of(block.get("prefix_list_ids"))],
        "UserIdGroupPairs": [{"GroupId": group} for group in dict.fromkeys(groups)],
    }


def _ports(protocol: str, first: object, last: object) -> Json:
    """Terraform writes every port of every protocol as 0 to 0; the API writes none."""
    number = {"all": "-1"}.get(protocol, protocol)
    if number == "-1":
        return {"IpProtocol": "-1"}
    return {"IpProtocol": number, "FromPort": first, "ToPort": last}


def _group_rule(context: Context, item: Item) -> None:
    group = context.held("SecurityGroups", item.text("security_group_id"))
    if group is None:
        context.orphan(item, item.text("security_group_id"))
        return
    block: Json = {name: item.resource.values.get(name) for name in ("protocol", "from_port", "to_port", "cidr_blocks", "ipv6_cidr_blocks", "self")}
    block["security_groups"] = [other for other in (item.text("source_security_group_id"),) if other]
    block["prefix_list_ids"] = item.texts("prefix_list_ids")
    permission = _permission(item, "source_security_group_id", {**block, "self": False})
    if block["self"]:
        permission["UserIdGroupPairs"].append({"GroupId": item.text("security_group_id")})
    group["IpPermissions" if item.known("type") == "ingress" else "IpPermissionsEgress"].append(permission)


def _single_rule(context: Context, item: Item) -> None:
    group = context.held("SecurityGroups", item.text("security_group_id"))
    if group is None:
        context.orphan(item, item.text("security_group_id"))
        return
    values = item.resource.values
    other = item.text("referenced_security_group_id")
    permission = {
        **_ports(item.known("ip_protocol") or "-1", values.get("from_port"), values.get("to_port")),
        "IpRanges": [{"CidrIp": item.known("cidr_ipv4")}] if item.known("cidr_ipv4") else [],
        "Ipv6Ranges": [{"CidrIpv6": item.known("cidr_ipv6")}] if item.known("cidr_ipv6") else [],
        "PrefixListIds": [{"PrefixListId": listed}] if (listed := item.text("prefix_list_id")) else [],
        "UserIdGroupPairs": [{"GroupId": other}] if other else [],
    }
    ingress = item.resource.type == "aws_vpc_security_group_ingress_rule"
    group["IpPermissions" if ingress else "IpPermissionsEgress"].append(permission)


def _acl(context: Context, item: Item) -> None:
    identifier = item.id
    if item.resource.type == "aws_default_network_acl":
        identifier = item.known("default_network_acl_id") or item.id
    values = {
        "NetworkAclId": identifier,
        "VpcId": item.text("vpc_id") or next(iter(item.refers("default_network_acl_id", "aws_vpc")), ""),
        "Associations": [{"SubnetId": subnet} for subnet in item.texts("subnet_ids")],
        "Entries": [*_entries(item, "ingress", False), *_entries(item, "egress", True)],
    }
    context.add("NetworkAcls", item, values, identifier)


def _entries(item: Item, attribute: str, egress: bool) -> Iterator[Json]:
    for block in item.blocks(attribute):
        yield _entry(block, egress, block.get("rule_no"), block.get("action"))
    # The last entry denies everything; Terraform never writes it.
    yield {"RuleNumber": 32767, "RuleAction": "deny", "Egress": egress, "Protocol": "-1", "CidrBlock": "0.0.0.0/0"}


def _entry(block: Json, egress: bool, number: object, action: object) -> Json:
    protocol = str(block.get("protocol", "-1"))
    entry: Json = {"RuleNumber": number, "RuleAction": action, "Egress": egress, "Protocol": {"all": "-1"}.get(protocol, protocol)}
    entry |= {key: block[name] for name, key in (("cidr_block", "CidrBlock"), ("ipv6_cidr_block", "Ipv6CidrBlock")) if block.get(name)}
    if protocol in ("6", "17", "tcp", "udp"):
        entry["PortRange"] = {"From": block.get("from_port") or 0, "To": block.get("to_port") or 0}
    elif protocol in ("1", "58", "icmp", "icmpv6", "ipv6-icmp"):
        entry["IcmpTypeCode"] = {"Type": block.get("icmp_type", -1), "Code": block.get("icmp_code", -1)}
    return entry


def _acl_rule(context: Context, item: Item) -> None:
    acl = context.held("NetworkAcls", item.text("network_acl_id"))
    if acl is None:
        context.orphan(item, item.text("network_acl_id"))
        return
    acl["Entries"].append(_entry(item.resource.values, item.flag("egress"), item.resource.values.get("rule_number"), item.known("rule_action")))
