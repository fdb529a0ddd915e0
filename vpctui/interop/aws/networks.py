"""VPCs, subnets and route tables.  Rules R-007, R-012, R-015, R-036, R-042, R-050, R-056, R-078, R-105."""

from collections.abc import Iterator
from typing import Any

from vpctui.interop.aws.draft import Draft, Fields, cidr_text, name_of, prefix
from vpctui.interop.aws.inventory import Inventory
from vpctui.interop.aws.shapes import CidrAssociation, RouteTable, Subnet, Vpc
from vpctui.interop.aws.shapes_transit import BlockPublicAccess, Exclusion

GONE = ("disassociated", "disassociating", "failed", "failing")
BLOCK_MODES = {"block-bidirectional": "bidirectional", "block-ingress": "ingress"}
EXCLUSIONS = {"allow-bidirectional": "bidirectional", "allow-egress": "egress"}


def write(inventory: Inventory, draft: Draft) -> None:
    """The VPCs and what divides them; tables come when all targets are known."""
    _vpcs(inventory, draft)
    _subnets(inventory, draft)
    _main_tables(inventory, draft)
    _block_public_access(inventory, draft)


def blocks(associations: list[CidrAssociation]) -> Iterator[str]:
    """The ranges that are in force."""
    for association in associations:
        state = (association.cidr_block_state.state, association.ipv6_cidr_block_state.state)
        block = association.cidr_block or association.ipv6_cidr_block
        if block and not any(each in GONE for each in state):
            yield block


def _vpcs(inventory: Inventory, draft: Draft) -> None:
    for identifier, vpc in inventory.of("Vpcs", Vpc).items():
        fields: Fields = {}
        four = dict.fromkeys([vpc.cidr_block, *blocks(vpc.cidr_block_association_set)])
        cidrs = [block for text in four if text and (block := _range(draft, identifier, text, 16, 28))]
        if not cidrs:
            draft.account.note("error", f"VPC {identifier} has no IPv4 range; it is skipped", inventory.source("Vpcs", identifier), identifier)
            continue
        fields["cidr"] = cidrs[0] if len(cidrs) == 1 else cidrs
        six = [block for text in blocks(vpc.ipv6_cidr_block_association_set) if (block := _range(draft, identifier, text, 44, 60))]
        if six:
            fields["ipv6_cidr"] = six[0] if len(six) == 1 else six
        draft.add("vpcs", identifier, fields, name_of(vpc.tags))


def _range(draft: Draft, identifier: str, text: str, low: int, high: int) -> str:
    """A range that the format can hold; others are told."""
    block = prefix(text)
    if block is None or not low <= block.length <= high:
        draft.note("error", identifier, f"{text!r} is no range of a VPC or subnet (/{low} to /{high}); it is left out")
        return ""
    return str(block)


def _subnets(inventory: Inventory, draft: Draft) -> None:
    subnets = inventory.of("Subnets", Subnet)
    owners = {subnet.owner_id for subnet in subnets.values()}
    by_id = len(owners) > 1 and all(subnet.availability_zone_id for subnet in subnets.values())
    tables = _associated(inventory)
    last: dict[tuple[str, str], str] = {}
    for identifier, subnet in sorted(subnets.items(), key=lambda pair: _place(pair[1])):
        vpc = draft.entry("vpcs", subnet.vpc_id)
        if vpc is None:
            missing = f"subnet {identifier} is of {subnet.vpc_id}, which is not in the data; it is skipped"
            draft.account.note("error", missing, inventory.source("Subnets", identifier), identifier)
            continue
        fields: Fields = {"vpc": subnet.vpc_id}
        for field, texts, width in (
            ("cidr", [subnet.cidr_block] if subnet.cidr_block else [], (16, 28)),
            ("ipv6_cidr", list(blocks(subnet.ipv6_cidr_block_association_set)), (44, 64)),
        ):
            for text in texts[:1]:
                block = _range(draft, identifier, text, *width)
                if block and _inside(draft, identifier, vpc.fields, field, block) and _apart(draft, identifier, block, last.get((subnet.vpc_id, field), "")):
                    fields[field] = last[subnet.vpc_id, field] = block
        if "cidr" not in fields and "ipv6_cidr" not in fields:
            draft.account.note("error", f"subnet {identifier} has no range; it is skipped", inventory.source("Subnets", identifier), identifier)
            continue
        # names of zones differ from account to account, their ids do not.
        fields["az"] = (subnet.availability_zone_id if by_id else subnet.availability_zone) or "a"
        if identifier in tables:
            fields["route_table"] = tables[identifier]
        draft.add("subnets", identifier, fields, name_of(subnet.tags))


def _place(subnet: Subnet) -> tuple[Any, ...]:
    block = prefix(subnet.cidr_block)
    return (subnet.vpc_id, block is None, block.value if block else 0, subnet.subnet_id)


def _inside(draft: Draft, identifier: str, vpc: Fields, field: str, block: str) -> bool:
    """Whether a subnet's block lies in its VPC; a range of the VPC that the data lack is added and told."""
    held = vpc.get(field) or []
    ranges = held if isinstance(held, list) else [held]
    inner = prefix(block)
    if inner is None or any((outer := prefix(text)) is not None and outer.covers(inner) for text in ranges):
        return inner is not None
    draft.note("error", identifier, f"{block} of {identifier} is in no range of its VPC that is in the data; it is left out")
    return False


def _apart(draft: Draft, identifier: str, block: str, before: str) -> bool:
    """Whether a block shares nothing with the one before it in the order of addresses; AWS never answers others, broken data may."""
    held, own = prefix(before) if before else None, prefix(block)
    if held is None or own is None or not held.overlaps(own):
        return True
    draft.note("error", identifier, f"{block} of {identifier} overlaps {before} of another subnet; it is left out")
    return False


def _associated(inventory: Inventory) -> dict[str, str]:
    """The table of each subnet that names one."""
    found = {}
    for identifier, table in inventory.of("RouteTables", RouteTable).items():
        for association in table.associations:
            if association.subnet_id and association.association_state.state not in GONE:
                found[association.subnet_id] = identifier
    return found


def _main_tables(inventory: Inventory, draft: Draft) -> None:
    """The main table of each VPC; one that is not in the data stands there as unknown, and stops what it would route (R-007)."""
    vpcs = draft.sections.get("vpcs", {})
    for identifier, table in inventory.of("RouteTables", RouteTable).items():
        if table.vpc_id in vpcs and any(association.main for association in table.associations):
            vpcs[table.vpc_id].fields["main_route_table"] = identifier
    known = {name: table for name, table in inventory.of("RouteTables", RouteTable).items() if draft.claim(name, "route_tables")}
    for vpc_entry in vpcs.values():
        if vpc_entry.fields.get("main_route_table") not in known:
            vpc_entry.fields.pop("main_route_table", None)
    for identifier, subnet in draft.sections.get("subnets", {}).items():
        vpc = subnet.fields["vpc"]
        wanted = subnet.fields.get("route_table") or vpcs[vpc].fields.get("main_route_table")
        if wanted is None or wanted not in known or known[wanted].vpc_id != vpc:
            subnet.fields["route_table"] = _unknown_table(draft, vpc)
            draft.note("warning", identifier, f"the route table of {identifier} is not in the data: only local is known, everything else stops")


def _unknown_table(draft: Draft, vpc: str) -> str:
    name = f"unknown-routes-{vpc}"
    if not draft.holds(name):
        stop = draft.unsupported(f"unknown-target-{vpc}", "route_table", vpc)
        draft.add("route_tables", name, {"vpc": vpc, "routes": {"0.0.0.0/0": stop, "::/0": stop}})
    return name


def _block_public_access(inventory: Inventory, draft: Draft) -> None:
    """VPC Block Public Access is a setting of the account and Region; here it stands on every VPC (R-105, R-106)."""
    options = inventory.of("VpcBlockPublicAccessOptions", BlockPublicAccess).get("VpcBlockPublicAccessOptions")
    mode = BLOCK_MODES.get(options.internet_gateway_block_mode) if options else None
    for entry in draft.sections.get("vpcs", {}).values() if mode else ():
        entry.fields["block_public_access"] = mode
    for exclusion in inventory.of("VpcBlockPublicAccessExclusions", Exclusion).values():
        allowed = EXCLUSIONS.get(exclusion.internet_gateway_exclusion_mode)
        target = exclusion.resource_arn.rpartition("/")[2]
        found = draft.entry("vpcs", target) or draft.entry("subnets", target)
        if allowed and found and exclusion.state in ("", "create-complete", "update-complete"):
            found.fields["block_public_access_exclusion"] = allowed


def network_blocks(draft: Draft, vpc: str) -> list[str]:
    """All ranges of a VPC as text."""
    entry = draft.entry("vpcs", vpc)
    found: list[str] = []
    for field in ("cidr", "ipv6_cidr"):
        held = entry.fields.get(field) if entry else None
        found += held if isinstance(held, list) else [held] if held else []
    return found


def known_cidr(draft: Draft, identifier: str, text: str) -> str:
    """A CIDR in canonical text; one that cannot be read is told."""
    found = cidr_text(text)
    if not found:
        draft.note("error", identifier, f"{text!r} is no CIDR block; it is left out")
    return found
