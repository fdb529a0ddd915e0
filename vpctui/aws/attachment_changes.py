"""Attaching and detaching internet gateways and virtual private gateways.  Rules R-036, R-052, R-086, R-103, R-108."""

from collections.abc import Iterator

from vpctui.aws import edge_rules
from vpctui.aws.altering import ec2, field
from vpctui.aws.internet_gateway import InternetGateway
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.vpn_gateway import VpnGateway
from vpctui.engine.change import Refusal, alterations
from vpctui.engine.network import Network
from vpctui.schema import Reference


def _check(gateway: InternetGateway, vpc: str, network: Network) -> Refusal | None:
    place = f"{gateway.id}.vpc"
    if not vpc:
        return _detach(gateway, network, place)
    if gateway.vpc and gateway.vpc != vpc:
        message = f"resource {gateway.id} is already attached to network {gateway.vpc}"
        return Refusal("QUERY_INVALID", message, "Resource.AlreadyAssociated", f"{gateway.id}.vpc=none first", "R-086", place)
    others = [identifier for identifier in network.ids(("gateway", vpc)) if identifier != gateway.id]
    if others:
        message = f"Network {vpc} already has an internet gateway attached"
        return Refusal("QUERY_INVALID", message, "InvalidParameterValue", f"{others[0]}.vpc=none first", "R-086", place)
    return None


def _detach(gateway: InternetGateway, network: Network, place: str) -> Refusal | None:
    """Not while public addresses are mapped (R-103), nor while a table of the VPC is its edge table (R-052)."""
    mapped = next(_mapped(gateway.vpc, network), None)
    if mapped is not None:
        message = f"Network {gateway.vpc} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway."
        return Refusal("QUERY_INVALID", message, "DependencyViolation", f"{mapped.id}.public_ip=none", "R-103", place)
    return _associated(gateway, place)


def _associated(gateway: InternetGateway | VpnGateway, place: str) -> Refusal | None:
    """A detached gateway has no edge table (R-052)."""
    if gateway.route_table is None:
        return None
    message = f"{gateway.id} has an edge association with {gateway.route_table}"
    return Refusal("ASSOC_REFUSED_DETACHED", message, "DependencyViolation", f"{gateway.id}.route_table=none", "R-052", place)


def _check_vpn(gateway: VpnGateway, vpc: str, network: Network) -> Refusal | None:
    """One VPC for a gateway, one gateway for a VPC (R-108)."""
    place = f"{gateway.id}.vpc"
    if not vpc:
        return _associated(gateway, place)
    if gateway.vpc and gateway.vpc != vpc:
        message = f"{gateway.id} is already attached to {gateway.vpc}"
        return Refusal("QUERY_INVALID", message, "VpnGatewayAttachmentLimitExceeded", f"{gateway.id}.vpc=none first", "R-108", place)
    others = [identifier for identifier in network.ids(("vpn-gateway", vpc)) if identifier != gateway.id]
    if others:
        message = f"{vpc} already has a virtual private gateway attached"
        return Refusal("QUERY_INVALID", message, "InvalidVpcState", f"{others[0]}.vpc=none first", "R-108", place)
    return None


def _mapped(vpc: str, network: Network) -> Iterator[NetworkInterface]:
    """Interfaces of a VPC with a public address."""
    for subnet in edge_rules.subnets(vpc, network):
        for identifier in network.ids(("in", subnet.id)):
            interface = network.find(NetworkInterface, identifier)
            if interface is not None and (interface.public_ip or interface.secondary_public_ips):
                yield interface


def _command(gateway: InternetGateway, vpc: str, network: Network) -> tuple[str, ...]:
    if not vpc:
        return (ec2("detach-internet-gateway", internet_gateway_id=gateway.id, vpc_id=gateway.vpc),)
    return (ec2("attach-internet-gateway", internet_gateway_id=gateway.id, vpc_id=vpc),)


def _vpn_command(gateway: VpnGateway, vpc: str, network: Network) -> tuple[str, ...]:
    operation, other = ("attach-vpn-gateway", vpc) if vpc else ("detach-vpn-gateway", gateway.vpc)
    return (ec2(operation, vpn_gateway_id=gateway.id, vpc_id=other),)


alterations(
    VpnGateway,
    field(
        "vpc",
        Reference(("vpcs",)),
        check=_check_vpn,
        command=_vpn_command,
        offer=lambda gateway, network: (gateway.vpc, "none") if gateway.vpc else (),
        get=lambda gateway: gateway.vpc or None,
        nothing="",
    ),
)

alterations(
    InternetGateway,
    field(
        "vpc",
        Reference(("vpcs",)),
        check=_check,
        command=_command,
        offer=lambda gateway, network: (gateway.vpc, "none") if gateway.vpc else (),
        get=lambda gateway: gateway.vpc or None,
        nothing="",
    ),
)
