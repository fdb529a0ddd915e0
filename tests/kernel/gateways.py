"""Gateways: internet, virtual private, transit, NAT, peering; each a namespace beside the routers of its VPCs."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.kernel import router
from tests.kernel.plumbing import FAMILY, LINKS, chain, table
from vpctui.address import Address, Prefix
from vpctui.aws import transit_gateway_route_table
from vpctui.aws.egress_only_internet_gateway import EgressOnlyInternetGateway
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
UNIQUE_LOCAL = "fc00::/7"
EDGE, ENTERING, RETURNING = 400, 60, 700


def build(lab: "Laboratory") -> None:
    """Every gateway, then the tables of the VPCs, which name them."""
    for record in lab.network:
        match record:
            case InternetGateway() if record.vpc:
                _internet_gateway(lab, record)
            case EgressOnlyInternetGateway() if record.vpc:
                _egress_only(lab, record)
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
            lab.plumber.ip6("@internet", *(f"route replace blackhole {block}" for block in vpc.ipv6_cidrs))


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
        lab.forwards(gateway)
        if not isinstance(lab.network.get(gateway), TransitGateway):
            lab.give_back_ttl(gateway)
    return near, far, link


def _addresses(lab: "Laboratory", vpc: str) -> list[Address]:
    return [address for interface in lab.network.all(NetworkInterface) if interface.vpc == vpc for address in interface.addresses if address.family == 4]


def _edge(lab: "Laboratory", gateway: InternetGateway | VpnGateway, near: str, limit: str) -> None:
    """The edge association (R-061): the gateway asks whether there is a way, the VPC's router knows the interface.

    Fills the gateway's own table; an interface without a public address is a blackhole behind an internet gateway (R-065), and so is one
    without an IPv6 address for IPv6 (R-311).
    """
    vpc = lab.network.the(Vpc, gateway.vpc)
    back = {4: lab.ways[f"{gateway.id}:{vpc.id}"], 6: lab.ways6.get(f"{gateway.id}:{vpc.id}", "")}
    _straight(lab, vpc.id, near, priority=95)
    # What the gateway itself reports goes to the sender's interface, past the edge table.
    for add, own in ((lab.plumber.ip, "169.254.0.0/16"), (lab.plumber.ip6, f"{LINKS}::/16")):
        add(vpc.id, f"rule add from {own} iif {near} lookup {router.LOCAL} priority 80")
    if not gateway.route_table:
        for block in vpc.cidrs + vpc.ipv6_cidrs:
            router.add_route(lab, gateway.id, block.family, f"{block} {back[block.family]}{limit} table {ENTERING}")
        return
    number = router.number(lab, gateway.route_table) + EDGE
    lab.plumber.both(vpc.id, f"rule add iif {near} lookup {number} priority 90")
    for row in router.winners(lab, lab.network.the(RouteTable, gateway.route_table), vpc):
        family, target = row.prefix.family, lab.network.find(NetworkInterface, row.target)
        if row.state != "active" or (row.target != "local" and (target is None or not _may_take(gateway, target, family))):
            router.add_route(lab, gateway.id, family, f"blackhole {row.prefix} table {ENTERING}")
            continue
        inside = router.to_interface(lab, row.prefix, target) if target is not None else f"throw {row.prefix}"
        router.add_route(lab, vpc.id, family, f"{inside} table {number}")
        router.add_route(lab, gateway.id, family, f"{row.prefix} {back[family]}{limit} table {ENTERING}")


def _may_take(gateway: InternetGateway | VpnGateway, target: NetworkInterface, family: int) -> bool:
    if family == 6:
        return bool(target.ipv6)
    return not isinstance(gateway, InternetGateway) or target.public_ip is not None or bool(target.secondary_public_ips)


def _straight(lab: "Laboratory", vpc: str, near: str, *, priority: int) -> None:
    """What comes in here goes to the interface that has the address, and nowhere else."""
    lab.entries[(vpc, near)] = lambda destination: True
    lab.plumber.both(vpc, f"rule add iif {near} lookup {router.LOCAL} priority {priority}", f"rule add iif {near} blackhole priority {priority + 1}")


def _internet_gateway(lab: "Laboratory", gateway: InternetGateway) -> None:
    """Stateless 1:1 translation (R-087, R-091): the kernel rewrites, nothing is tracked.  IPv6 is not translated (R-100)."""
    from tests.kernel.laboratory import INTERNET, limited

    plumber, limit = lab.plumber, limited(INTERNET_MTU)
    near, far, link = _beside(lab, gateway.vpc, gateway.id)
    outside, other = lab.point_to_point(gateway.id, INTERNET, 100 + link)
    lab.windows[(gateway.id, outside)] = gateway.id
    lab.numbers[f"inet:{other}"] = link
    vpc = lab.network.the(Vpc, gateway.vpc)
    plumber.both(gateway.id, f"rule add iif {outside} lookup {ENTERING} priority 50", f"rule add iif {outside} blackhole priority 51")
    plumber.ip(gateway.id, f"route add default via 169.254.{100 + link}.2 dev {outside} onlink{limit}")
    plumber.ip(gateway.id, *(f"route add {block} {lab.ways[f'{gateway.id}:{gateway.vpc}']}{limit}" for block in vpc.cidrs))
    _edge(lab, gateway, near, limit)
    plumber.both(INTERNET, f"rule add iif {other} lookup main suppress_prefixlength 0 priority 50", f"rule add iif {other} lookup {ENTERING} priority 51")
    pairs = dict(_public(lab, gateway.vpc))
    plumber.ip(INTERNET, *(f"route replace {public}/32 via 169.254.{100 + link}.1 dev {other} onlink" for public in _all_public(lab, gateway.vpc)))
    into = ", ".join(f"{public} : {private}" for public, private in pairs.items())
    out = ", ".join(f"{private} : {public}" for public, private in pairs.items())
    blocks = "{ " + ", ".join(str(block) for block in vpc.cidrs) + " }"
    arriving = [f"iifname {outside} ip saddr {PRIVATE} drop", f"iifname {far} ip daddr {PRIVATE} drop"]
    arriving += [f"iifname {outside} ip daddr set ip daddr map {{ {into} }}"] if pairs else []
    arriving += [f"iifname {outside} ip daddr != {blocks} drop"]
    # What the gateway itself reports to somebody outside keeps its source.
    leaving = [f"oifname {outside} ip saddr 169.254.0.0/16 accept"]
    leaving += [f"oifname {outside} ip saddr set ip saddr map {{ {out} }} accept"] if pairs else []
    leaving += [f"oifname {outside} drop"]
    plumber.nft(gateway.id, table("translation", chain("into", arriving, "prerouting", "dstnat"), chain("out", leaving, "postrouting", "srcnat")))
    if lab.ipv6:
        plumber.ip6(INTERNET, *(f"route replace {block} {lab.ways6[f'{INTERNET}:{gateway.id}']}" for block in vpc.ipv6_cidrs))
        _ipv6_gateway(lab, gateway, vpc, outside, far)


def _ipv6_gateway(lab: "Laboratory", gateway: InternetGateway, vpc: Vpc, outside: str, far: str) -> None:
    """IPv6 through an internet gateway: addresses of the VPC only, and no interface that denies it (R-100)."""
    _ipv6_ways(lab, gateway.id, vpc)
    own = _own_blocks(vpc)
    arriving = [f"iifname {outside} ip6 saddr {UNIQUE_LOCAL} drop", f"iifname {far} ip6 daddr {UNIQUE_LOCAL} drop"]
    leaving = [f"oifname {outside} ip6 saddr {LINKS}::/16 accept", f"oifname {outside} ip6 saddr != {own} drop"]
    denying = [str(six) for found in lab.network.all(NetworkInterface) if found.vpc == vpc.id and found.deny_all_igw_traffic for six in found.ipv6]
    if denying:
        listed = "{ " + ", ".join(denying) + " }"
        arriving.append(f"iifname {outside} ip6 daddr {listed} drop")
        leaving.append(f"oifname {outside} ip6 saddr {listed} drop")
    lab.plumber.nft(gateway.id, table("untranslated", chain("into", arriving, "prerouting"), chain("out", leaving, "postrouting"), family="ip6"))


def _ipv6_ways(lab: "Laboratory", gateway: str, vpc: Vpc) -> None:
    from tests.kernel.laboratory import INTERNET, limited

    lab.plumber.ip6(gateway, f"route add default {lab.ways6[f'{gateway}:{INTERNET}']}{limited(INTERNET_MTU)}")
    lab.plumber.ip6(gateway, *(f"route add {block} {lab.ways6[f'{gateway}:{vpc.id}']}{limited(INTERNET_MTU)}" for block in vpc.ipv6_cidrs))


def _own_blocks(vpc: Vpc) -> str:
    return "{ " + ", ".join([f"{LINKS}::/16", *(str(block) for block in vpc.ipv6_cidrs)]) + " }"


def _egress_only(lab: "Laboratory", gateway: EgressOnlyInternetGateway) -> None:
    """Connection tracking without translation: what answers comes in, nothing else does (R-101); IPv4 ends here."""
    from tests.kernel.laboratory import INTERNET

    near, far, link = _beside(lab, gateway.vpc, gateway.id)
    outside, other = lab.point_to_point(gateway.id, INTERNET, 100 + link)
    lab.windows[(gateway.id, outside)] = gateway.id
    vpc, plumber = lab.network.the(Vpc, gateway.vpc), lab.plumber
    _straight(lab, vpc.id, near, priority=95)
    plumber.nft(gateway.id, table("none", chain("pre", ["drop"], "prerouting")))
    if not lab.ipv6:
        return
    _ipv6_ways(lab, gateway.id, vpc)
    plumber.ip6(INTERNET, f"rule add iif {other} lookup main suppress_prefixlength 0 priority 50", f"rule add iif {other} lookup {ENTERING} priority 51")
    # The internet gives back by this gateway what began by it, and what its address's table would answer by it.
    plumber.ip6(INTERNET, f"route add default {lab.ways6[f'{INTERNET}:{gateway.id}']} table {RETURNING + link}")
    mark = chain("pre", [f"iifname {other} ct state new ct mark set {link}", "meta mark set ct mark"], "prerouting", "mangle")
    plumber.nft(INTERNET, table(f"came{link}", mark, family="ip6"))
    for block in vpc.ipv6_cidrs:
        plumber.ip6(INTERNET, f"rule add fwmark {link} to {block} lookup {RETURNING + link} priority 20")
    for interface in lab.network.all(NetworkInterface):
        if interface.vpc == vpc.id:
            _answered(lab, gateway, interface, RETURNING + link)
    # Before the size is looked at: to what it does not let in it says nothing.
    checks = [f"iifname {far} ip6 saddr != {_own_blocks(vpc)} drop", "ct state established,related accept", f"iifname {outside} drop"]
    plumber.nft(gateway.id, table("egress", chain("pre", checks, "prerouting"), family="ip6"))


def _answered(lab: "Laboratory", gateway: EgressOnlyInternetGateway, interface: NetworkInterface, number: int) -> None:
    """Which sources an interface's table answers by this gateway, longest prefix first; a rule of the kernel's looks at sources only."""
    subnet = lab.network.find(Subnet, interface.subnet)
    record = lab.network.find(RouteTable, table_of(subnet, lab.network) or "") if subnet else None
    if record is None:
        return
    rows = [row for row in router.winners(lab, record, lab.network.the(Vpc, gateway.vpc)) if row.prefix.family == 6]
    for place, row in enumerate(sorted(rows, key=lambda row: -row.prefix.length)):
        asked = str(number) if row.target == gateway.id else "main"
        lab.plumber.ip6("@internet", *(f"rule add from {row.prefix} to {six} lookup {asked} priority {21 + place}" for six in interface.ipv6))


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
    _edge(lab, gateway, near, "")
    if lab.ipv6:  # a VPN carries none
        lab.plumber.nft(gateway.id, table("none", chain("pre", ["drop"], "prerouting"), family="ip6"))
    # What the tunnels cannot carry vanishes without a word.
    carried = min((path.mtu for path in paths(gateway.id, gateway.routes, lab.network)), default=VPN_MTU)
    big = [f"iifname != {far} ip saddr {prefix} ip length > {carried} drop" for prefix, *_ in gateway.routes if prefix.family == 4]
    rules = [*big, f"iifname {far} ip length > {carried} drop", f"iifname != {far} ip daddr != {owned} drop", f"iifname {far} ip saddr != {owned} drop"]
    lab.plumber.nft(gateway.id, table("checks", chain("pre", rules, "prerouting")))


def _transit_gateway(lab: "Laboratory", gateway: TransitGateway) -> None:
    """A table for each association; one zone, so an attachment has one subnet."""
    from tests.kernel.laboratory import limited

    ends: dict[str, str] = {}
    # It says nothing of a TTL that ends there.
    lab.plumber.nft(gateway.id, table("silence", chain("out", ["icmp type time-exceeded drop", "icmpv6 type time-exceeded drop"], "output"), family="inet"))
    for attachment in _attachments(lab, gateway):
        near, ends[attachment.id], _ = _beside(lab, attachment.vpc, gateway.id)
        vpc = lab.network.the(Vpc, attachment.vpc)
        lab.plumber.ip(gateway.id, *(f"route replace {block} {lab.ways[f'{gateway.id}:{vpc.id}']}" for block in vpc.cidrs))
        lab.plumber.ip6(gateway.id, *(f"route replace {block} {lab.ways6[f'{gateway.id}:{vpc.id}']}" for block in vpc.ipv6_cidrs))
        subnet = lab.network.the(Subnet, attachment.subnets[0])
        lab.entries[(vpc.id, near)] = subnet.holds
        if subnet.cidr is not None:
            lab.plumber.ip(vpc.id, f"rule add iif {near} to {subnet.cidr} lookup {router.LOCAL} priority 85")
        if subnet.ipv6_cidr is not None:
            lab.plumber.ip6(vpc.id, f"rule add iif {near} to {subnet.ipv6_cidr} lookup {router.LOCAL} priority 85")
        lab.plumber.both(vpc.id, f"rule add iif {near} lookup {router.number(lab, table_of(subnet, lab.network) or '')} priority 90")
    for attachment in _attachments(lab, gateway):
        number = router.number(lab, attachment.route_table or "none")
        lab.plumber.both(
            gateway.id, f"rule add iif {ends[attachment.id]} lookup {number} priority 50", f"rule add iif {ends[attachment.id]} blackhole priority 51"
        )
    vpcs = {attachment.id: attachment.vpc for attachment in _attachments(lab, gateway)}
    for held in lab.network.all(TransitGatewayRouteTable):
        if held.transit_gateway == gateway.id:
            number, done = router.number(lab, held.id), set[Prefix]()
            for row in sorted(transit_gateway_route_table.rows(held, lab.network), key=lambda row: transit_gateway_route_table.RANK.index(row.origin)):
                if row.prefix not in done:
                    done.add(row.prefix)
                    ways = lab.ways if row.prefix.family == 4 else lab.ways6
                    way = f"{ways.get(f'{gateway.id}:{vpcs[row.target]}', '')}{limited(TRANSIT_MTU)}" if row.state == "active" and row.target in ends else ""
                    router.add_route(lab, gateway.id, row.prefix.family, f"{'' if way else 'blackhole '}{row.prefix} {way} table {number}")


def _attachments(lab: "Laboratory", gateway: TransitGateway) -> list[TransitGatewayAttachment]:
    return [found for found in lab.network.all(TransitGatewayAttachment) if found.transit_gateway == gateway.id and found.kind == "vpc" and found.subnets]


def _peering(lab: "Laboratory", peering: VpcPeeringConnection) -> None:
    """From one VPC's addresses to the other's (R-250), straight to the interface there (R-252)."""
    from tests.kernel.laboratory import limited

    one, other = (lab.network.the(Vpc, vpc) for vpc in peering.vpcs)
    rules: dict[int, list[str]] = {4: [], 6: []}
    sides = [(*_beside(lab, vpc.id, peering.id), vpc) for vpc in (one, other)]
    for (near, far, _, own), (_, _, _, remote) in (sides, reversed(sides)):
        _straight(lab, own.id, near, priority=95)
        limit = limited(TRANSIT_MTU) if peering.inter_region else ""
        for family, ways in ((4, lab.ways), (6, lab.ways6)):
            blocks = [[str(block) for block in vpc.cidrs + vpc.ipv6_cidrs if block.family == family] for vpc in (own, remote)]
            if family == 6 and not lab.ipv6:
                continue
            for end, allowed in zip(("saddr", "daddr"), blocks, strict=True):
                rules[family].append(f"iifname {far} {FAMILY[family]} {end} != {{ {', '.join(allowed)} }} drop" if allowed else f"iifname {far} drop")
            for block in blocks[1]:
                (lab.plumber.ip if family == 4 else lab.plumber.ip6)(peering.id, f"route replace {block} {ways[f'{peering.id}:{remote.id}']}{limit}")
    for family, checks in rules.items():
        if checks:
            active = checks if peering.status == "active" else ["drop"]
            lab.plumber.nft(peering.id, table("checks", chain("pre", active, "prerouting"), family=FAMILY[family]))
