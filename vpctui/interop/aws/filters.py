"""Security groups, network ACLs and prefix lists.  Rules R-255, R-260 … R-262, R-268 … R-270, R-275 … R-278."""

from collections.abc import Iterator

from vpctui.interop.aws.draft import Draft, Fields, cidr_text, name_of
from vpctui.interop.aws.inventory import Inventory
from vpctui.interop.aws.shapes import IpPermission, NetworkAcl, NetworkAclEntry, SecurityGroup, SubnetAssociation
from vpctui.interop.aws.shapes_gateways import PrefixList, VpcPeeringConnection
from vpctui.interop.aws.shapes_transit import TransitGatewayVpcAttachment
from vpctui.packet import PROTOCOL_NUMBERS

PROTOCOLS = {"-1": "all", "all": "all", **{str(number): name for name, number in PROTOCOL_NUMBERS.items()}, **{name: name for name in PROTOCOL_NUMBERS}}
PORTS = ("tcp", "udp", "sctp")
ICMP = ("icmp", "icmpv6")
LAST_RULE = 32766
EVERYTHING = ["all 0.0.0.0/0", "all ::/0"]


def write_prefix_lists(inventory: Inventory, draft: Draft) -> None:
    """Prefix lists of AWS and of customers; one whose entries were not collected matches nothing, which is told (R-018)."""
    for identifier, listed in inventory.of("PrefixLists", PrefixList).items():
        entries = [str(item.get("Cidr", "")) for item in inventory.parts("PrefixListEntries", identifier, dict)]
        collected = listed.cidrs is not None or identifier in inventory.account.of("PrefixListEntries")
        cidrs = [block for text in dict.fromkeys((*(listed.cidrs or ()), *entries)) if (block := cidr_text(text))]
        size = min(listed.max_entries, 1000)
        draft.add("prefix_lists", identifier, {"cidrs": cidrs, "max_entries": size} if size > 0 else cidrs, listed.prefix_list_name)
        if not collected:
            draft.note("warning", identifier, f"the entries of {identifier} are not in the data: rules and routes with it match nothing")


def prefix_list(draft: Draft, identifier: str) -> str:
    """A prefix list that something names, written if need be."""
    if not draft.holds(identifier):
        draft.add("prefix_lists", identifier, [])
        draft.note("warning", identifier, f"{identifier} is not in the data: rules and routes with it match nothing")
    return identifier


class SecurityGroups:
    """Writes security groups, and stands in for those that are not in the data."""

    def __init__(self, inventory: Inventory, draft: Draft) -> None:
        self._inventory, self.draft = inventory, draft
        self._groups = inventory.of("SecurityGroups", SecurityGroup)
        self._joined = _joined(inventory)
        vpcs = draft.sections.get("vpcs", {})
        self._own = {name: group.vpc_id for name, group in self._groups.items() if group.vpc_id in vpcs and draft.claim(name, "security_groups")}
        """Groups that are written, each with its VPC."""

    def write(self) -> None:
        """All groups of VPCs that are written, and a stand-in for every other one that an interface has."""
        vpcs = self.draft.sections.get("vpcs", {})
        for identifier, group in sorted(self._groups.items(), key=lambda pair: (pair[1].vpc_id, pair[0])):
            if group.vpc_id not in vpcs:
                source = self._inventory.source("SecurityGroups", identifier)
                self.draft.account.note(
                    "skipped", f"security group {identifier} is of {group.vpc_id or 'no VPC'}, which is not in the data", source, identifier
                )
                continue
            fields: Fields = {"vpc": group.vpc_id, "ingress": list(self._rules(identifier, group, group.ip_permissions))}
            if group.ip_permissions_egress is not None:
                fields["egress"] = list(self._rules(identifier, group, group.ip_permissions_egress))
            self.draft.add("security_groups", identifier, fields, name_of(group.tags) or group.group_name)

    def vpc_of(self, identifier: str) -> str | None:
        """The VPC of a group that is in the data."""
        return self._own.get(identifier)

    def of_interface(self, owner: str, vpc: str, wanted: list[str]) -> list[str]:
        """The groups of an interface; one of another VPC is left out, one that is not in the data lets everything through: both told."""
        return [group for group in wanted if self._usable(owner, vpc, group)]

    def _usable(self, owner: str, vpc: str, group: str) -> bool:
        there = self.vpc_of(group)
        if there is None:
            return self._stand_in(group, vpc)
        if there != vpc and frozenset((there, vpc)) not in self._joined:
            self.draft.note("error", owner, f"{group} of {owner} is a group of {there}, not of {vpc}; it is left out")
            return False
        return True

    def _stand_in(self, group: str, vpc: str) -> bool:
        if self.draft.holds(group):
            entry = self.draft.entry("security_groups", group)
            return entry is not None
        if self.draft.add("security_groups", group, {"vpc": vpc, "ingress": EVERYTHING, "egress": EVERYTHING}) is None:
            return False
        self.draft.assume(group, f"security group {group} is not in the data: it lets everything through")
        return True

    def _rules(self, owner: str, group: SecurityGroup, permissions: list[IpPermission]) -> Iterator[str]:
        for permission in permissions:
            match = _match(permission)
            if match is None:
                text = f"a rule of {owner} is for protocol {permission.ip_protocol} {permission.from_port}-{permission.to_port}"
                self.draft.note("skipped", owner, f"{text}, which no flow can have")
                continue
            for text in dict.fromkeys(self._sources(owner, group, permission)):
                yield f"{match} {text}"

    def _sources(self, owner: str, group: SecurityGroup, permission: IpPermission) -> Iterator[str]:
        for row in (*permission.ip_ranges, *permission.ipv6_ranges):
            text = row.cidr_ip or row.cidr_ipv6
            if found := cidr_text(text):
                yield found
            else:
                self.draft.note("error", owner, f"{text!r} in a rule of {owner} is no CIDR block; it is left out")
        for listed in permission.prefix_list_ids:
            if listed.prefix_list_id:
                yield prefix_list(self.draft, listed.prefix_list_id)
        for pair in permission.user_id_group_pairs:
            if pair.group_id and self._referred(owner, group, pair.group_id):
                yield pair.group_id

    def _referred(self, owner: str, group: SecurityGroup, other: str) -> bool:
        """Whether a rule may name a group: of its own VPC or of one that is joined (R-268); a stale reference matches nothing (R-269)."""
        there = self.vpc_of(other)
        if there is None and other not in self._groups:
            return self._stand_in(other, group.vpc_id)
        if there is not None and (there == group.vpc_id or frozenset((there, group.vpc_id)) in self._joined):
            return True
        self.draft.note("skipped", owner, f"a rule of {owner} names {other} of another VPC, with which nothing joins it: it matches nothing")
        return False


def _joined(inventory: Inventory) -> set[frozenset[str]]:
    """Pairs of VPCs that a peering or a transit gateway joins, as far as the written file will have them so."""
    vpcs = inventory.account.of("Vpcs")
    found = set()
    for peering in inventory.of("VpcPeeringConnections", VpcPeeringConnection).values():
        pair = frozenset((peering.accepter_vpc_info.vpc_id, peering.requester_vpc_info.vpc_id))
        if len(pair) == 2 and all(vpc in vpcs for vpc in pair):
            found.add(pair)
    attached: dict[str, set[str]] = {}
    for attachment in inventory.of("TransitGatewayVpcAttachments", TransitGatewayVpcAttachment).values():
        if attachment.vpc_id in vpcs:
            attached.setdefault(attachment.transit_gateway_id, set()).add(attachment.vpc_id)
    for held in attached.values():
        found.update(frozenset((one, other)) for one in held for other in held if one < other)
    return found


def _match(permission: IpPermission) -> str | None:
    """Protocol and ports in the grammar of the format; None for what it cannot say."""
    protocol = PROTOCOLS.get(permission.ip_protocol.lower())
    low, high = permission.from_port, permission.to_port
    if protocol is None or protocol not in (*PORTS, *ICMP) or low is None or low < 0:
        return protocol
    if protocol in ICMP:
        return _icmp(protocol, low, -1 if high is None else high)
    return _ports(protocol, low, low if high is None else high)


def _icmp(protocol: str, kind: int, code: int) -> str | None:
    if kind < 0:
        return protocol
    if kind > 255 or code > 255:
        return None
    return f"{protocol} {kind}/{code}" if code >= 0 else f"{protocol} {kind}"


def _ports(protocol: str, low: int, high: int) -> str | None:
    if (low, high) == (0, 65535):
        return protocol
    if not 0 <= low <= high <= 65535:
        return None
    return f"{protocol} {low}" if low == high else f"{protocol} {low}-{high}"


def write_network_acls(inventory: Inventory, draft: Draft) -> None:
    """Network ACLs with their entries in the order of their numbers (R-275), and the ACL of each subnet."""
    subnets = draft.sections.get("subnets", {})
    for identifier, acl in sorted(inventory.of("NetworkAcls", NetworkAcl).items(), key=lambda pair: (pair[1].vpc_id, pair[0])):
        if acl.vpc_id not in draft.sections.get("vpcs", {}):
            draft.account.note("skipped", f"network ACL {identifier} is of {acl.vpc_id}, which is not in the data", None, identifier)
            continue
        sides: dict[bool, dict[int, str]] = {False: {}, True: {}}
        for entry in sorted(acl.entries, key=lambda each: each.rule_number):
            if 1 <= entry.rule_number <= LAST_RULE and (text := _entry(draft, identifier, entry)):
                sides[entry.egress][entry.rule_number] = text
        fields: Fields = {"vpc": acl.vpc_id, "ingress": sides[False], "egress": sides[True]}
        for association in acl.associations if draft.add("network_acls", identifier, fields, name_of(acl.tags)) else ():
            _associate(draft, identifier, acl.vpc_id, association)
    bare = [identifier for identifier, entry in subnets.items() if "network_acl" not in entry.fields]
    for identifier in bare:
        draft.assume(identifier, f"the network ACL of {identifier} is not in the data: it allows everything")


def _associate(draft: Draft, acl: str, vpc: str, association: SubnetAssociation) -> None:
    entry = draft.entry("subnets", association.subnet_id)
    if entry is not None and entry.fields["vpc"] == vpc:
        entry.fields["network_acl"] = acl


def _entry(draft: Draft, owner: str, entry: NetworkAclEntry) -> str:
    protocol = PROTOCOLS.get(entry.protocol.lower())
    block = cidr_text(entry.cidr_block or entry.ipv6_cidr_block)
    match: str | None = protocol
    if protocol in PORTS and entry.port_range is not None:
        match = _ports(str(protocol), entry.port_range.from_, entry.port_range.to)
    elif protocol in ICMP and entry.icmp_type_code is not None:
        match = _icmp(str(protocol), entry.icmp_type_code.type, entry.icmp_type_code.code)
    if match is None or not block or entry.rule_action not in ("allow", "deny"):
        draft.note("skipped", owner, f"entry {entry.rule_number} of {owner} is for protocol {entry.protocol}, which no flow can have")
        return ""
    return f"{entry.rule_action} {match} {block}"
