"""Internet, egress-only and virtual private gateways, NAT gateways, peerings.  Rules R-036, R-043, R-050, R-052, R-079, R-163, R-171, R-176, R-179, R-249."""

from vpctui.interop.aws.draft import Draft, Fields, address_text, name_of, prefix
from vpctui.interop.aws.interfaces import Addresses, Interfaces
from vpctui.interop.aws.inventory import Inventory
from vpctui.interop.aws.networks import GONE, network_blocks
from vpctui.interop.aws.shapes import NetworkInterface, RouteTable
from vpctui.interop.aws.shapes_gateways import (
    EgressOnlyInternetGateway,
    GatewayAttachment,
    InternetGateway,
    NatAddress,
    NatGateway,
    PeeringSide,
    VpcPeeringConnection,
    VpnGateway,
)

ATTACHED = ("attached", "available", "")
PEERING = ("active", "pending-acceptance", "expired", "rejected", "failed", "deleted")
NAT_STATES = ("available", "pending", "failed", "deleting", "deleted")


def write(inventory: Inventory, draft: Draft) -> None:
    """The gateways that stand at the border of a VPC, each with its edge association."""
    tables = _edge_tables(inventory)
    for identifier, internet in inventory.of("InternetGateways", InternetGateway).items():
        vpc = _attached(draft, internet.attachments)
        if vpc:
            draft.add("internet_gateways", identifier, {"vpc": vpc, **_edge(inventory, draft, identifier, vpc, tables)}, name_of(internet.tags))
        else:
            _detached(inventory, draft, "InternetGateways", identifier)
    for identifier, egress in inventory.of("EgressOnlyInternetGateways", EgressOnlyInternetGateway).items():
        vpc = _attached(draft, egress.attachments)
        if vpc:
            draft.add("egress_only_internet_gateways", identifier, {"vpc": vpc}, name_of(egress.tags))
        else:
            _detached(inventory, draft, "EgressOnlyInternetGateways", identifier)
    for identifier, private in inventory.of("VpnGateways", VpnGateway).items():
        vpc = _attached(draft, private.vpc_attachments) if private.state in ATTACHED else ""
        if vpc:
            draft.add("vpn_gateways", identifier, {"vpc": vpc, **_edge(inventory, draft, identifier, vpc, tables)}, name_of(private.tags))
        else:
            _detached(inventory, draft, "VpnGateways", identifier)


def _attached(draft: Draft, attachments: list[GatewayAttachment]) -> str:
    """The VPC of a gateway: one that is written, and to which it is attached (R-043)."""
    vpcs = draft.sections.get("vpcs", {})
    return next((each.vpc_id for each in attachments if each.vpc_id in vpcs and each.state in ATTACHED), "")


def _detached(inventory: Inventory, draft: Draft, kind: str, identifier: str) -> None:
    draft.account.note("skipped", f"{identifier} is attached to no VPC that is in the data", inventory.source(kind, identifier), identifier)


def _edge_tables(inventory: Inventory) -> dict[str, str]:
    """The edge table of each gateway (R-050)."""
    found = {}
    for identifier, table in inventory.of("RouteTables", RouteTable).items():
        for association in table.associations:
            if association.gateway_id and association.association_state.state not in GONE:
                found[association.gateway_id] = identifier
            if association.public_ipv4_pool:
                where = inventory.source("RouteTables", identifier)
                inventory.account.note("warning", f"{identifier} is associated with pool {association.public_ipv4_pool}, whose range no call names", where)
    return found


def _edge(inventory: Inventory, draft: Draft, gateway: str, vpc: str, tables: dict[str, str]) -> Fields:
    table = tables.get(gateway)
    if table is None:
        return {}
    if draft.sections["vpcs"][vpc].fields.get("main_route_table") == table:
        draft.note("error", gateway, f"{table}, the edge table of {gateway}, is the main table of {vpc}, which AWS refuses; it is left out")
        return {}
    if inventory.of("RouteTables", RouteTable)[table].vpc_id != vpc or draft.holders.get(table) != "route_tables":
        draft.note("error", gateway, f"{table}, the edge table of {gateway}, is of another VPC; it is left out")
        return {}
    return {"route_table": table}


def write_nat_gateways(inventory: Inventory, interfaces: Interfaces, addresses: Addresses, draft: Draft) -> None:
    """NAT gateways of any state (R-176): zonal ones with all their addresses, private ones, regional ones."""
    for identifier, gateway in inventory.of("NatGateways", NatGateway).items():
        regional = gateway.availability_mode == "regional"
        fields = _regional(draft, gateway) if regional else _zonal(interfaces, addresses, gateway)
        if fields is None:
            state = f"is {gateway.state} and" if gateway.state != "available" else ""
            draft.account.note(
                "skipped", f"NAT gateway {identifier} {state} has no address in the data", inventory.source("NatGateways", identifier), identifier
            )
            continue
        if gateway.state in NAT_STATES and gateway.state != "available":
            fields["state"] = gateway.state
        if draft.add("nat_gateways", identifier, fields, name_of(gateway.tags)) and gateway.failure_message:
            draft.note("warning", identifier, f"{identifier} failed: {gateway.failure_message}")
        if "network_interface" in fields:
            draft.claim(fields["network_interface"], identifier)


def _zonal(interfaces: Interfaces, addresses: Addresses, gateway: NatGateway) -> Fields | None:
    rows = sorted(gateway.nat_gateway_addresses, key=lambda row: row.is_primary is False)
    if not rows or not addresses.knows(gateway.subnet_id):
        return None
    first = rows[0]
    own = interfaces.all.get(first.network_interface_id)
    name = first.network_interface_id or gateway.nat_gateway_id
    inside = addresses.private(name, gateway.subnet_id, first.private_ip or (own.private_ip_address if own else ""))
    public = addresses.public(name, first.public_ip or _public(own)) if gateway.connectivity_type == "public" else ""
    if not inside or (not public and gateway.connectivity_type == "public"):
        return None
    fields: Fields = {"subnet": gateway.subnet_id, "private_ip": inside}
    if gateway.connectivity_type == "public":
        fields["public_ip"] = public
    else:
        fields["connectivity"] = "private"
    pairs = _further(addresses, name, gateway, rows[1:])
    if pairs:
        fields["secondary_private_ips"] = [private for private, _ in pairs]
        if fields.get("public_ip"):
            fields["secondary_public_ips"] = [outside for _, outside in pairs if outside]
    if first.network_interface_id:
        fields["network_interface"] = first.network_interface_id
    return fields


def _further(addresses: Addresses, name: str, gateway: NatGateway, rows: list[NatAddress]) -> list[tuple[str, str]]:
    """Further addresses that are in use (R-171), those with a public one first."""
    found = []
    for row in rows:
        if row.private_ip and row.status in ("", "succeeded") and (inside := addresses.private(name, gateway.subnet_id, row.private_ip)):
            found.append((inside, addresses.public(name, row.public_ip) if row.public_ip else ""))
    return sorted(found, key=lambda pair: not pair[1])


def _public(interface: NetworkInterface | None) -> str:
    return interface.association.public_ip if interface and interface.association else ""


def _regional(draft: Draft, gateway: NatGateway) -> Fields | None:
    """A regional NAT gateway has addresses by zone, and a table of its own (R-179)."""
    zones: dict[str, list[str]] = {}
    used = {entry.fields["az"] for entry in draft.sections.get("subnets", {}).values()}
    for row in gateway.nat_gateway_addresses:
        zone = row.availability_zone_id if row.availability_zone_id in used else row.availability_zone or row.availability_zone_id
        if zone and address_text(row.public_ip):
            zones.setdefault(zone, []).append(address_text(row.public_ip))
    if not zones or gateway.vpc_id not in draft.sections.get("vpcs", {}):
        return None
    fields: Fields = {"availability_mode": "regional", "vpc": gateway.vpc_id, "availability_zone_addresses": zones}
    if gateway.auto_provision_zones == "disabled":
        fields["auto_provision_zones"] = False
    if gateway.route_table_id:
        fields["route_table"] = gateway.route_table_id
    return fields


def write_peerings(inventory: Inventory, draft: Draft) -> None:
    """Peerings of two VPCs that are in the data, of any status (R-249); to one that is not, packets stop at the peering."""
    vpcs = draft.sections.get("vpcs", {})
    for identifier, peering in inventory.of("VpcPeeringConnections", VpcPeeringConnection).items():
        sides = (peering.requester_vpc_info, peering.accepter_vpc_info)
        status = str(peering.status.code)
        missing = [side for side in sides if side.vpc_id not in vpcs]
        if missing or sides[0].vpc_id == sides[1].vpc_id:
            _half_known(inventory, draft, identifier, status, missing)
            continue
        overlap = _overlap(draft, *(side.vpc_id for side in sides)) if status == "active" else ""
        if overlap:
            draft.unsupported(identifier, "vpc_peering_connection")
            draft.note("error", identifier, f"the VPCs of peering {identifier} overlap ({overlap}), which AWS refuses: packets stop at the peering")
            continue
        fields: Fields = {"vpcs": [side.vpc_id for side in sides]}
        if status != "active":
            fields["status"] = status if status in PEERING else "pending-acceptance" if status in ("initiating-request", "provisioning") else "deleted"
        if len({side.region for side in sides if side.region}) > 1:
            fields["inter_region"] = True
        draft.add("vpc_peering_connections", identifier, fields, name_of(peering.tags))


def _overlap(draft: Draft, one: str, other: str) -> str:
    """Ranges that two VPCs share; empty where they share none."""
    for text in network_blocks(draft, one):
        for second in network_blocks(draft, other):
            block, beside = prefix(text), prefix(second)
            if block is not None and beside is not None and block.overlaps(beside):
                return f"{text}, {second}"
    return ""


def _half_known(inventory: Inventory, draft: Draft, identifier: str, status: str, missing: list[PeeringSide]) -> None:
    source = inventory.source("VpcPeeringConnections", identifier)
    names = " and ".join(side.vpc_id or "a VPC" for side in missing) or "the other VPC"
    if status == "active":
        draft.unsupported(identifier, "vpc_peering_connection")
        draft.note("warning", identifier, f"{names} of peering {identifier} is not in the data: packets stop at the peering", source)
    else:
        draft.account.note("skipped", f"peering {identifier} is {status or 'of no status'}, and {names} is not in the data", source, identifier)
