"""Associations and switches of VPCs, subnets and gateways.  Rules R-006, R-010, R-050 … R-059, R-076, R-105, R-277."""

from typing import Any

from msgspec.structs import replace

from vpctui.aws import edge_rules
from vpctui.aws.altering import ec2, field, members
from vpctui.aws.internet_gateway import InternetGateway
from vpctui.aws.network_acl import NetworkAcl
from vpctui.aws.route_table import RouteTable
from vpctui.aws.subnet import Subnet
from vpctui.aws.vpc import Vpc
from vpctui.aws.vpn_gateway import VpnGateway
from vpctui.engine.change import Refusal, alterations
from vpctui.engine.network import Network
from vpctui.schema import Choice, Reference, Text


def other_network(subnet: Subnet, identifier: str | None, network: Network) -> Refusal | None:
    """A table or a network ACL of another VPC cannot be associated with a subnet (R-006, R-277)."""
    record = network.get(identifier) if identifier else None
    if not isinstance(record, RouteTable | NetworkAcl) or record.vpc == subnet.vpc:
        return None
    what = "route table" if isinstance(record, RouteTable) else "network ACL"
    message = f"{what} {identifier} and subnet {subnet.id} belong to different networks"
    return Refusal(
        "ROUTE_REFUSED_OTHER_VPC", message, "InvalidParameterValue", f"one of {subnet.vpc}", "R-006", f"{subnet.id}.{what.replace(' ', '_').lower()}"
    )


def _subnet_table(subnet: Subnet, table: str | None, network: Network) -> Refusal | None:
    """A subnet always has a table: its own or the VPC's main one (R-007)."""
    if table is None and network.the(Vpc, subnet.vpc).main_route_table is None:
        message = f"{subnet.vpc} has no main route table that {subnet.id} could fall back to"
        return Refusal("QUERY_INVALID", message, "InvalidParameterValue", "name another table", "R-007", f"{subnet.id}.route_table")
    return other_network(subnet, table, network)


def _tables(record: Any, network: Network) -> tuple[str, ...]:
    """The tables of the same VPC, and none."""
    tables = tuple(identifier for identifier in network.ids(("in", record.vpc)) if network.find(RouteTable, identifier))
    return (*tables, "none")


def edge_tables(gateway: Any, network: Network) -> tuple[str, ...]:
    """The tables that could be associated with a gateway, and none."""
    return (*(table for table in _tables(gateway, network)[:-1] if edge_rules.association(gateway, table, network) is None), "none")


def _acls(subnet: Subnet, network: Network) -> tuple[str, ...]:
    acls = [acl.id for acl in (network.find(NetworkAcl, identifier) for identifier in network.ids(("acl-in", subnet.vpc))) if acl]
    return (*dict.fromkeys([*acls, *([subnet.network_acl] if subnet.network_acl else [])]), "none")


def _subnet_command(subnet: Subnet, table: str | None, network: Network) -> tuple[str, ...]:
    if table is None:
        return (ec2("disassociate-route-table", association_id=f"ASSOCIATION-OF-{subnet.id}"),)
    if subnet.route_table is None:
        return (ec2("associate-route-table", subnet_id=subnet.id, route_table_id=table),)
    return (ec2("replace-route-table-association", association_id=f"ASSOCIATION-OF-{subnet.id}", route_table_id=table),)


def _edge_command(gateway: Any, table: str | None, network: Network) -> tuple[str, ...]:
    gone = (ec2("disassociate-route-table", association_id=f"ASSOCIATION-OF-{gateway.id}"),) if gateway.route_table else ()
    return gone if table is None else (*gone, ec2("associate-route-table", gateway_id=gateway.id, route_table_id=table))


def _acl_command(subnet: Subnet, acl: str | None, network: Network) -> tuple[str, ...]:
    return (ec2("replace-network-acl-association", association_id=f"ASSOCIATION-OF-{subnet.id}", network_acl_id=acl or f"DEFAULT-ACL-OF-{subnet.vpc}"),)


def _bpa_command(vpc: Vpc, mode: str, network: Network) -> tuple[str, ...]:
    return (ec2("modify-vpc-block-public-access-options", internet_gateway_block_mode=f"block-{mode}" if mode != "off" else "off"),)


def _exclusion_command(record: Any, mode: str, network: Network) -> tuple[str, ...]:
    target = {"vpc_id" if isinstance(record, Vpc) else "subnet_id": record.id}
    if mode == "none":
        return (ec2("delete-vpc-block-public-access-exclusion", exclusion_id=f"EXCLUSION-OF-{record.id}"),)
    return (ec2("create-vpc-block-public-access-exclusion", internet_gateway_exclusion_mode=f"allow-{mode}", **target),)


def _main(vpc: Vpc, table: str | None, network: Network) -> Refusal | None:
    """An edge table cannot hold the main role (R-058)."""
    record = network.find(RouteTable, table)
    if record is not None and edge_rules.edge_gateways(record, network):
        message = f"route table {table} has a gateway association and cannot be the main route table"
        return Refusal("ASSOC_REFUSED_MAIN", message, "InvalidParameterValue", "disassociate the gateway first", "R-058", f"{vpc.id}.main_route_table")
    return None


def _main_command(vpc: Vpc, table: str | None, network: Network) -> tuple[str, ...]:
    return (ec2("replace-route-table-association", association_id=f"MAIN-ASSOCIATION-OF-{vpc.id}", route_table_id=table or f"MAIN-TABLE-OF-{vpc.id}"),)


def _zone(vpc: Vpc, zone: str, network: Network) -> Refusal | None:
    """Only a zone in which the VPC has a subnet can fail for it."""
    zones = dict.fromkeys(subnet.az for subnet in edge_rules.subnets(vpc.id, network))
    if zone in zones:
        return None
    return Refusal("QUERY_INVALID", f"{vpc.id} has no subnet in zone {zone}", hint=" or ".join(zones), place=f"{vpc.id}.zones_down")


def _zones(vpc: Vpc, place: str, network: Network) -> tuple[str, ...]:
    """Each zone of the VPC, and none."""
    return ("none", *dict.fromkeys(subnet.az for subnet in edge_rules.subnets(vpc.id, network)))


EXCLUSION = Choice(("none", "bidirectional", "egress"))
TABLES = Reference(("route_tables",))

alterations(
    Vpc,
    field("block_public_access", Choice(("off", "ingress", "bidirectional")), command=_bpa_command),
    field("block_public_access_exclusion", EXCLUSION, command=_exclusion_command),
    replace(members("zones_down", Text(), check=_zone), choices=_zones),
    field(
        "main_route_table",
        TABLES,
        check=_main,
        command=_main_command,
        offer=lambda vpc, network: tuple(i for i in network.ids(("in", vpc.id)) if network.find(RouteTable, i)),
    ),
)
alterations(
    Subnet,
    field("route_table", TABLES, check=_subnet_table, command=_subnet_command, offer=_tables),
    field("network_acl", Reference(("network_acls",)), check=other_network, command=_acl_command, offer=_acls),
    field("block_public_access_exclusion", EXCLUSION, command=_exclusion_command),
)
for _gateway in (InternetGateway, VpnGateway):
    alterations(_gateway, field("route_table", TABLES, check=edge_rules.association, command=_edge_command, offer=edge_tables))
