"""Our traces in the nodes of Batfish, by the mapping that the README of its cases gives: a subnet is a router, the VPC is where gateways attach."""

from collections.abc import Iterator

from vpctui.address import Address
from vpctui.aws import subnet as subnets
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.vpc_peering_connection import VpcPeeringConnection
from vpctui.engine.network import Network
from vpctui.trace import Drop, Hop, Leg

GATEWAYS = ("internet_gateway", "vpn_gateway", "transit_gateway", "vpc_peering_connection", "vpc_endpoint")
BALANCERS = ("network_load_balancer",)
BEFORE_THE_ROUTER = ("NO_ROUTE", "TGW_AZ_RESTRICTION")
"""Drops that Batfish makes at the subnet, before the VPC."""


def nodes(leg: Leg, network: Network) -> list[str]:
    """The leg as Batfish lists it; ends outside AWS have no node but `internet`, behind Amazon's edge."""
    found: list[str] = []
    before: Hop | None = None
    for hop in leg.hops:
        found += _nodes(hop, before, leg, network)
        before = hop
    return found


def _nodes(hop: Hop, before: Hop | None, leg: Leg, network: Network) -> Iterator[str]:
    reason = hop.action.reason if isinstance(hop.action, Drop) else ""
    if hop.node in ("on-premises", "aws-service"):
        return
    if hop.node == "internet":
        ended = reason == "DEST_IP_UNASSIGNED"
        yield from ("isp_16509", "internet") if before else ("internet",) if ended else ("internet", "isp_16509")
    elif hop.kind == "vpc_router":
        yield from _router(hop, before, leg, reason, network)
    elif hop.kind == "vpc_peering_connection":
        yield from _peering(hop, before, reason, network)
    else:
        yield from _to_interface(hop, before, network)
        yield hop.node


def _router(hop: Hop, before: Hop | None, leg: Leg, reason: str, network: Network) -> Iterator[str]:
    landed = before is not None and before.kind == "transit_gateway"
    if not landed and not (before is not None and before.kind == "nat_gateway" and leg.direction == "return"):
        yield hop.arrival.by
    if reason not in BEFORE_THE_ROUTER:
        yield hop.node
    if reason == "DEST_IP_UNASSIGNED":
        yield from _holding(hop.node, hop.arrived.dst if hop.arrived else None, network)


def _peering(hop: Hop, before: Hop | None, reason: str, network: Network) -> Iterator[str]:
    """A peering has no node; what it cannot deliver ends in the other VPC."""
    if reason and before is not None:
        far = network.the(VpcPeeringConnection, hop.node).other(before.node)
        yield far
        yield from _holding(far, hop.arrived.dst if hop.arrived else None, network)


def _holding(vpc: str, address: Address | None, network: Network) -> Iterator[str]:
    held = subnets.holding(vpc, address, network) if address else None
    if held is not None:
        yield held.id


def _to_interface(hop: Hop, before: Hop | None, network: Network) -> Iterator[str]:
    """The VPC and the subnet through which a packet reaches an interface."""
    interface = network.find(NetworkInterface, hop.arrival.by)
    if interface is None or before is None:
        return
    if before.kind in GATEWAYS:
        yield from (interface.vpc, interface.subnet)
    elif before.kind in BALANCERS or (before.kind == "vpc_router" and hop.kind != "nat_gateway"):
        yield interface.subnet
