"""The VPC's router: a segment per subnet, a routing table per route table, network ACLs at the border of each segment."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.kernel.plumbing import FAMILY, LINKS, chain, table
from vpctui.address import Prefix
from vpctui.aws import route_table
from vpctui.aws.network_acl import NetworkAcl
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.route_table import RouteTable
from vpctui.aws.subnet import Subnet, table_of
from vpctui.aws.vpc import Vpc
from vpctui.engine.network import Network
from vpctui.filter_rules import AclRule, Match

if TYPE_CHECKING:
    from tests.kernel.laboratory import Laboratory

INSIDE = 7
"""The mark of what a route sends back into the subnet that it comes from: it crosses no border (R-273)."""
LOCAL = 900
"""The table of what is on the segments."""


def build(lab: "Laboratory") -> None:
    """Every VPC: its segments first, then (when gateways are attached) its tables."""
    for vpc in lab.network.all(Vpc):
        _segments(lab, vpc)


def subnets(network: Network, vpc: str) -> list[Subnet]:
    """The subnets of a VPC."""
    return [subnet for subnet in network.all(Subnet) if subnet.vpc == vpc]


def bridge(lab: "Laboratory", subnet: str) -> str:
    """The name of a subnet's segment in its VPC's namespace."""
    return f"sn{lab.number('subnet', subnet)}"


def number(lab: "Laboratory", table: str) -> int:
    """The kernel's number of a route table."""
    return lab.number("table", table)


def _segments(lab: "Laboratory", vpc: Vpc) -> None:
    plumber = lab.plumber
    said: dict[int, list[str]] = {4: [], 6: []}
    lab.forwards(vpc.id)
    lab.give_back_ttl(vpc.id, vpc=True)
    for subnet in subnets(lab.network, vpc.id):
        name = bridge(lab, subnet.id)
        plumber.bridge(vpc.id, name)
        lab.address_hardware(vpc.id, name, f"02:0f:00:00:00:{lab.number('subnet', subnet.id):02x}")
        if subnet.cidr is not None:
            plumber.ip(vpc.id, f"addr add {subnet.cidr.first + 1}/{subnet.cidr.length} dev {name} noprefixroute")
            plumber.ip(vpc.id, f"route add {subnet.cidr} dev {name} src {subnet.cidr.first + 1} table {LOCAL}")
            said[4].append(f"oifname {name} ip saddr 169.254.0.0/16 ip saddr set {subnet.cidr.first + 1}")
        if subnet.ipv6_cidr is not None:
            plumber.ip6(vpc.id, f"addr add {subnet.ipv6_cidr.first + 1}/{subnet.ipv6_cidr.length} dev {name} noprefixroute nodad")
            plumber.ip6(vpc.id, f"route add {subnet.ipv6_cidr} dev {name} table {LOCAL}")
            said[6].append(f"oifname {name} ip6 saddr {LINKS}::/16 ip6 saddr set {subnet.ipv6_cidr.first + 1}")
        plumber.both(vpc.id, f"rule add iif {name} lookup {number(lab, table_of(subnet, lab.network) or '')} priority 100")
        lab.windows[(vpc.id, name)] = vpc.id
    plumber.both(vpc.id, f"rule add lookup {LOCAL} priority 200", "rule add blackhole priority 300")
    for family, rules in said.items():
        if rules:  # what a gateway reports comes from the router's address in the sender's subnet (C-12)
            plumber.nft(vpc.id, table("said", chain("post", rules, "postrouting", "srcnat"), family=FAMILY[family]))


def guard(lab: "Laboratory") -> None:
    """Network ACLs, once it is known by which ports of a segment interfaces are plugged in."""
    for vpc in lab.network.all(Vpc):
        lab.plumber.nft(vpc.id, _acls(lab, vpc))


def ask_tables(lab: "Laboratory", vpc: Vpc) -> None:
    """Fill the tables of a VPC, once its targets have their links."""
    for held in lab.network.all(RouteTable):
        if held.vpc == vpc.id:
            for row in winners(lab, held, vpc):
                add_route(lab, vpc.id, row.prefix.family, f"{_way(lab, row, vpc)} table {number(lab, held.id)}")


def add_route(lab: "Laboratory", node: str, family: int, route: str) -> None:
    """A route of a family."""
    (lab.plumber.ip if family == 4 else lab.plumber.ip6)(node, f"route add {route}")


def winners(lab: "Laboratory", held: RouteTable, vpc: Vpc) -> Iterator[route_table.Row]:
    """One row for each prefix: the kernel knows no origins, so equal prefixes are settled here (R-015)."""
    best: dict[Prefix, route_table.Row] = {}
    blocks = vpc.cidrs + vpc.ipv6_cidrs
    for row in route_table.rows(held, lab.network, blocks, lab.world.assume):
        before = best.get(row.prefix)
        shadowed = row.origin in ("bgp", "dx", "propagated", "propagated-static") and any(block.covers(row.prefix) for block in blocks)
        if not shadowed and (before is None or route_table.ORIGIN_RANK[row.origin] < route_table.ORIGIN_RANK[before.origin]):
            best[row.prefix] = row
    yield from best.values()


def _way(lab: "Laboratory", row: route_table.Row, vpc: Vpc) -> str:
    if row.state != "active":
        return f"blackhole {row.prefix}"
    if row.target == "local":
        return f"throw {row.prefix}"
    target = lab.network.get(row.target)
    if isinstance(target, NetworkInterface):
        return to_interface(lab, row.prefix, target) if target.vpc == vpc.id else f"blackhole {row.prefix}"
    service = next((lab.network.find(NetworkInterface, own) for own in lab.network.ids(("attached", row.target))), None)
    if service is not None and service.vpc == vpc.id:
        return to_interface(lab, row.prefix, service)
    way = (lab.ways if row.prefix.family == 4 else lab.ways6).get(f"{vpc.id}:{row.target}")
    return f"{row.prefix} {way}" if way else f"blackhole {row.prefix}"


def to_interface(lab: "Laboratory", prefix: Prefix, target: NetworkInterface) -> str:
    """A route to an interface on a segment; IPv6 goes by its handle, whether it has an IPv6 address or not."""
    next_hop = target.private_ip if prefix.family == 4 else lab.interface_handle(target.id)
    return f"{prefix} via {next_hop} dev {bridge(lab, target.subnet)} onlink" if next_hop else f"blackhole {prefix}"


def _acls(lab: "Laboratory", vpc: Vpc) -> str:
    """Network ACLs: every packet alone, first match, then deny.

    Egress entries are asked while the router forwards, so what they deny is never sent; ingress entries are asked by the segment, so the
    router has sent what they deny.
    """
    routed: dict[int, str] = {4: "", 6: ""}
    segments = ""
    for subnet in subnets(lab.network, vpc.id):
        acl = lab.network.find(NetworkAcl, subnet.network_acl)
        if acl is None:
            continue
        name = bridge(lab, subnet.id)
        plugged = (f"outer:{found.id}" for found in lab.network.all(NetworkInterface) if found.subnet == subnet.id)
        ports = [f"c{lab.numbers[plug]}a" for plug in plugged if plug in lab.numbers]
        for family in (4, 6) if lab.ipv6 else (4,):
            routed[family] += chain(f"{name}out", _judging(acl.egress, "daddr", family))
            inside = f"iifname {name} oifname {name} meta mark set {INSIDE} accept"
            routed[family] += chain(f"{name}at", [inside, f"iifname {name} jump {name}out"], "forward")
            if ports:  # ARP is no matter of a network ACL
                asked = f"oifname {{ {', '.join(ports)} }} ether type {FAMILY[family]} meta mark != {INSIDE} jump {name}in{family}"
                segments += chain(f"{name}in{family}", _judging(acl.ingress, "saddr", family)) + chain(f"{name}at{family}", [asked], "output")
    return "".join(f"table {FAMILY[family]} acl {{\n{rules}\n}}\n" for family, rules in routed.items() if rules) + f"table bridge acl {{\n{segments}\n}}\n"


def _judging(entries: tuple[tuple[int, AclRule], ...], end: str, family: int) -> list[str]:
    """The entries of one direction in their order, and the deny that ends them."""
    found = [entry for _, entry in entries if entry.cidr.family == family and means(entry.match, family)]
    ip = FAMILY[family]
    return [*(f"{ip} {end} {entry.cidr} {match(entry.match)} {'return' if entry.action == 'allow' else 'drop'}" for entry in found), "drop"]


def means(rule: Match, family: int) -> bool:
    """Whether a rule can mean packets of a family: each has an ICMP of its own."""
    return rule.protocol != {4: "icmpv6", 6: "icmp"}[family]


def match(rule: Match) -> str:
    """The words of nftables for what a rule covers, addresses aside."""
    if rule.protocol == "all":
        return ""
    if rule.protocol in ("tcp", "udp"):
        return f"{rule.protocol} dport {rule.from_port}-{rule.to_port}"
    if rule.protocol in ("icmp", "icmpv6"):
        kind = f" {rule.protocol} type {rule.icmp_type}" if rule.icmp_type >= 0 else ""
        code = f" {rule.protocol} code {rule.icmp_code}" if rule.icmp_code >= 0 else ""
        return f"meta l4proto {'icmp' if rule.protocol == 'icmp' else 'ipv6-icmp'}{kind}{code}"
    return f"meta l4proto {rule.protocol}"
