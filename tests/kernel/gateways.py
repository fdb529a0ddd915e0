"""Gateways: internet, virtual private, transit, NAT, peering; each a namespace beside the routers of its VPCs."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.kernel import router
from tests.kernel.plumbing import chain, table
from vpctui.address import Address, Prefix
from vpctui.aws import transit_gateway_route_table
from vpctui.aws.internet_gateway import InternetGateway
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.remote_path import VPN_MTU, paths
from vpctui.aws.route_table import RouteTable
from vpctui.aws.subnet import Subnet, table_of
from vpctui.aws.transit_gateway import TransitGateway
from vpctui.aws.transit_gateway_attachment import TransitGatewayAttachment
from vpctui.aws.transit_gateway_route_table import TransitGatewayRouteTable
from vpctui.aws.vpc import Vpc
from vpctui.aws.vpc_peering_connection import VpcPeeringConnection
from vpctui.aws.vpn_gateway import VpnGateway

if TYPE_CHECKING:
    from tests.kernel.laboratory import Laboratory

PRIVATE = "{ 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10 }"
INTERNET_MTU, TRANSIT_MTU = 1500, 8500
EDGE, ENTERING = 400, 60


def build(lab: "Laboratory") -> None:
    """Every gateway, then the tables of the VPCs, which name them."""
    for record in lab.network:
        match record:
            case InternetGateway() if record.vpc:
                _internet_gateway(lab, record)
            case VpnGateway() if record.vpc:
                _vpn_gateway(lab, record)
            case TransitGateway():
                _transit_gateway(lab, record)
            case VpcPeeringConnection():
                _peering(lab, record)
            case _:
                pass
    for vpc in lab.network.all(Vpc):
        router.ask_tables(lab, vpc)
        if not any(gateway.vpc == vpc.id for gateway in lab.network.all(InternetGateway)):
            # Known addresses without a gateway: the assumed end does not stand in for them.
            lab.plumber.ip("@internet", *(f"route replace blackhole {public}/32" for public in _all_public(lab, vpc.id)))


def _beside(lab: "Laboratory", vpc: str, gateway: str) -> tuple[str, str, int]:
    """A hidden router beside a VPC's: the ends of the link, and its number."""
    link = 1 + sum(1 for name in lab.numbers if name.startswith("to:"))
    lab.numbers[f"to:{vpc}:{gateway}"] = link
    near, far = lab.point_to_point(vpc, gateway, link)
    lab.ways[f"{vpc}:{gateway}"] = f"via 169.254.{link}.2 dev {near} onlink"
    lab.ways[f"{gateway}:{vpc}"] = f"via 169.254.{link}.1 dev {far} onlink"
    lab.windows[(gateway, far)] = gateway
    lab.windows[(vpc, near)] = vpc
    if f"gateway:{gateway}" not in lab.numbers:
        lab.number("gateway", gateway)
        lab.plumber.sysctl(gateway, net__ipv4__ip_forward="1")
        if not isinstance(lab.network.get(gateway), TransitGateway):
            lab.give_back_ttl(gateway)
    return near, far, link


def _addresses(lab: "Laboratory", vpc: str) -> list[Address]:
    return [address for interface in lab.network.all(NetworkInterface) if interface.vpc == vpc for address in interface.addresses if address.family == 4]


def _edge(lab: "Laboratory", gateway: InternetGateway | VpnGateway, near: str, limit: str) -> Iterator[str]:
    """The edge association (R-061): the gateway asks whether there is a way, the VPC's router knows the interface.

    Yields the routes for the gateway's own table; an interface without a public address is a blackhole behind an internet gateway (R-065).
    """
    vpc = lab.network.the(Vpc, gateway.vpc)
    back = lab.ways[f"{gateway.id}:{vpc.id}"]
    lab.entries[(vpc.id, near)] = lambda destination: True
    # What the gateway itself reports goes to the sender's interface, past the edge table.
    lab.plumber.ip(vpc.id, f"rule add from 169.254.0.0/16 iif {near} lookup {router.LOCAL} priority 80")
    lab.plumber.ip(vpc.id, f"rule add iif {near} lookup {router.LOCAL} priority 95", f"rule add iif {near} blackhole priority 96")
    if not gateway.route_table:
        yield from (f"{block} {back}{limit}" for block in vpc.cidrs if block.family == 4)
        return
    number = router.number(lab, gateway.route_table) + EDGE
    lab.plumber.ip(vpc.id, f"rule add iif {near} lookup {number} priority 90")
    for row in router.winners(lab, lab.network.the(RouteTable, gateway.route_table), vpc):
        target = lab.network.find(NetworkInterface, row.target)
        public = target is not None and (target.public_ip is not None or bool(target.secondary_public_ips))
        if row.state != "active" or (row.target != "local" and (target is None or (isinstance(gateway, InternetGateway) and not public))):
            yield f"blackhole {row.prefix}"
            continue
        if target is not None:
            lab.plumber.ip(vpc.id, f"route add {row.prefix} via {target.private_ip} dev {router.bridge(lab, target.subnet)} onlink table {number}")
        else:
            lab.plumber.ip(vpc.id, f"route add throw {row.prefix} table {number}")
        yield f"{row.prefix} {back}{limit}"


def _internet_gateway(lab: "Laboratory", gateway: InternetGateway) -> None:
    """Stateless 1:1 translation (R-087, R-091): the kernel rewrites, nothing is tracked."""
    from tests.kernel.laboratory import INTERNET, limited

    plumber, limit = lab.plumber, limited(INTERNET_MTU)
    near, far, link = _beside(lab, gateway.vpc, gateway.id)
    outside, other = lab.point_to_point(gateway.id, INTERNET, 100 + link)
    lab.windows[(gateway.id, outside)] = gateway.id
    lab.numbers[f"inet:{other}"] = link
    plumber.ip(gateway.id, f"route add default via 169.254.{100 + link}.2 dev {outside} onlink{limit}", f"rule add iif {outside} lookup {ENTERING} priority 50")
    plumber.ip(gateway.id, f"rule add iif {outside} blackhole priority 51")
    plumber.ip(gateway.id, *(f"route add {way} table {ENTERING}" for way in _edge(lab, gateway, near, limit)))
    plumber.ip(gateway.id, *(f"route add {block} {lab.ways[f'{gateway.id}:{gateway.vpc}']}{limit}" for block in lab.network.the(Vpc, gateway.vpc).cidrs))
    plumber.ip(INTERNET, f"rule add iif {other} lookup main suppress_prefixlength 0 priority 50", f"rule add iif {other} lookup {ENTERING} priority 51")
    pairs = dict(_public(lab, gateway.vpc))
    plumber.ip(INTERNET, *(f"route replace {public}/32 via 169.254.{100 + link}.1 dev {other} onlink" for public in _all_public(lab, gateway.vpc)))
    into = ", ".join(f"{public} : {private}" for public, private in pairs.items())
    out = ", ".join(f"{private} : {public}" for public, private in pairs.items())
    blocks = "{ " + ", ".join(str(block) for block in lab.network.the(Vpc, gateway.vpc).cidrs) + " }"
    arriving = [f"iifname {outside} ip saddr {PRIVATE} drop", f"iifname {far} ip daddr {PRIVATE} drop"]
    arriving += [f"iifname {outside} ip daddr set ip daddr map {{ {into} }}"] if pairs else []
    arriving += [f"iifname {outside} ip daddr != {blocks} drop"]
    # What the gateway itself reports to somebody outside keeps its source.
    leaving = [f"oifname {outside} ip saddr 169.254.0.0/16 accept"]
    leaving += [f"oifname {outside} ip saddr set ip saddr map {{ {out} }} accept"] if pairs else []
    leaving += [f"oifname {outside} drop"]
    plumber.nft(gateway.id, table("translation", chain("into", arriving, "prerouting", "dstnat"), chain("out", leaving, "postrouting", "srcnat")))


def _all_public(lab: "Laboratory", vpc: str) -> list[Address]:
    owned = [interface for interface in lab.network.all(NetworkInterface) if interface.vpc == vpc]
    return [public for interface in owned for public in (interface.public_ip, *(outside for _, outside in interface.secondary_public_ips)) if public]


def _public(lab: "Laboratory", vpc: str) -> Iterator[tuple[Address, Address]]:
    for interface in lab.network.all(NetworkInterface):
        if interface.vpc == vpc and interface.owner:
            if interface.public_ip and interface.private_ip:
                yield interface.public_ip, interface.private_ip
            yield from ((outside, private) for private, outside in interface.secondary_public_ips)


def _vpn_gateway(lab: "Laboratory", gateway: VpnGateway) -> None:
    """Only addresses that an interface holds come in (R-111) and go out (R-110); what is behind it is known by `routes` (R-112)."""
    near, far, _ = _beside(lab, gateway.vpc, gateway.id)
    owned = "{ " + ", ".join(str(address) for address in _addresses(lab, gateway.vpc)) + " }"
    lab.plumber.ip(gateway.id, f"rule add iif {far} lookup main priority 40", "rule add iif lo lookup main priority 41")
    lab.plumber.ip(gateway.id, f"rule add lookup {ENTERING} priority 50", "rule add blackhole priority 51")
    lab.plumber.ip(gateway.id, *(f"route add {way} table {ENTERING}" for way in _edge(lab, gateway, near, "")))
    # What the tunnels cannot carry vanishes without a word.
    carried = min((path.mtu for path in paths(gateway.id, gateway.routes, lab.network)), default=VPN_MTU)
    big = [f"iifname != {far} ip saddr {prefix} ip length > {carried} drop" for prefix, *_ in gateway.routes if prefix.family == 4]
    rules = [*big, f"iifname {far} ip length > {carried} drop", f"iifname != {far} ip daddr != {owned} drop", f"iifname {far} ip saddr != {owned} drop"]
    lab.plumber.nft(gateway.id, table("checks", chain("pre", rules, "prerouting")))


def _transit_gateway(lab: "Laboratory", gateway: TransitGateway) -> None:
    """A table for each association; one zone, so an attachment has one subnet."""
    from tests.kernel.laboratory import limited

    ends: dict[str, str] = {}
    for attachment in _attachments(lab, gateway):
        near, ends[attachment.id], _ = _beside(lab, attachment.vpc, gateway.id)
        vpc = lab.network.the(Vpc, attachment.vpc)
        lab.plumber.ip(gateway.id, *(f"route replace {block} {lab.ways[f'{gateway.id}:{vpc.id}']}" for block in vpc.cidrs))
        subnet = lab.network.the(Subnet, attachment.subnets[0])
        assert subnet.cidr is not None
        lab.entries[(vpc.id, near)] = subnet.cidr.__contains__
        lab.plumber.ip(vpc.id, f"rule add iif {near} to {subnet.cidr} lookup {router.LOCAL} priority 85")
        lab.plumber.ip(vpc.id, f"rule add iif {near} lookup {router.number(lab, table_of(subnet, lab.network) or '')} priority 90")
    for attachment in _attachments(lab, gateway):
        number = router.number(lab, attachment.route_table or "none")
        lab.plumber.ip(
            gateway.id, f"rule add iif {ends[attachment.id]} lookup {number} priority 50", f"rule add iif {ends[attachment.id]} blackhole priority 51"
        )
    vpcs = {attachment.id: attachment.vpc for attachment in _attachments(lab, gateway)}
    for held in lab.network.all(TransitGatewayRouteTable):
        if held.transit_gateway == gateway.id:
            number, done = router.number(lab, held.id), set[Prefix]()
            for row in sorted(transit_gateway_route_table.rows(held, lab.network), key=lambda row: transit_gateway_route_table.RANK[row.origin]):
                if row.prefix not in done and row.prefix.family == 4:
                    done.add(row.prefix)
                    way = f"{lab.ways[f'{gateway.id}:{vpcs[row.target]}']}{limited(TRANSIT_MTU)}" if row.state == "active" and row.target in ends else ""
                    lab.plumber.ip(gateway.id, f"route add {'' if way else 'blackhole '}{row.prefix} {way} table {number}")


def _attachments(lab: "Laboratory", gateway: TransitGateway) -> list[TransitGatewayAttachment]:
    return [found for found in lab.network.all(TransitGatewayAttachment) if found.transit_gateway == gateway.id and found.kind == "vpc" and found.subnets]


def _peering(lab: "Laboratory", peering: VpcPeeringConnection) -> None:
    """From one VPC's addresses to the other's (R-250), straight to the interface there (R-252)."""
    from tests.kernel.laboratory import limited

    one, other = (lab.network.the(Vpc, vpc) for vpc in peering.vpcs)
    rules = []
    sides = [(*_beside(lab, vpc.id, peering.id), vpc) for vpc in (one, other)]
    for (near, far, _, own), (_, _, _, remote) in (sides, reversed(sides)):
        lab.entries[(own.id, near)] = lambda destination: True
        lab.plumber.ip(own.id, f"rule add iif {near} lookup {router.LOCAL} priority 95", f"rule add iif {near} blackhole priority 96")
        blocks = ["{ " + ", ".join(str(block) for block in vpc.cidrs if block.family == 4) + " }" for vpc in (own, remote)]
        rules += [f"iifname {far} ip saddr != {blocks[0]} drop", f"iifname {far} ip daddr != {blocks[1]} drop"]
        limit = limited(TRANSIT_MTU) if peering.inter_region else ""
        lab.plumber.ip(peering.id, *(f"route replace {block} {lab.ways[f'{peering.id}:{remote.id}']}{limit}" for block in remote.cidrs if block.family == 4))
    lab.plumber.nft(peering.id, table("checks", chain("pre", rules if peering.status == "active" else ["drop"], "prerouting")))
