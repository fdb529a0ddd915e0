"""The VPC's router: a segment per subnet, a routing table per route table, network ACLs at the border of each segment."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.kernel.plumbing import chain
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
    """The IPv4 subnets of a VPC."""
    return [subnet for subnet in network.all(Subnet) if subnet.vpc == vpc and subnet.cidr is not None]


def bridge(lab: "Laboratory", subnet: str) -> str:
    """The name of a subnet's segment in its VPC's namespace."""
    return f"sn{lab.number('subnet', subnet)}"


def number(lab: "Laboratory", table: str) -> int:
    """The kernel's number of a route table."""
    return lab.number("table", table)


def _segments(lab: "Laboratory", vpc: Vpc) -> None:
    plumber = lab.plumber
    plumber.sysctl(vpc.id, net__ipv4__ip_forward="1")
    lab.give_back_ttl(vpc.id, vpc=True)
    for subnet in subnets(lab.network, vpc.id):
        name = bridge(lab, subnet.id)
        assert subnet.cidr is not None
        plumber.bridge(vpc.id, name)
        lab.address_hardware(vpc.id, name, f"02:0f:00:00:00:{lab.number('subnet', subnet.id):02x}")
        plumber.ip(vpc.id, f"addr add {subnet.cidr.first + 1}/{subnet.cidr.length} dev {name} noprefixroute")
        plumber.ip(vpc.id, f"route add {subnet.cidr} dev {name} src {subnet.cidr.first + 1} table {LOCAL}")
        plumber.ip(vpc.id, f"rule add iif {name} lookup {number(lab, table_of(subnet, lab.network) or '')} priority 100")
        lab.windows[(vpc.id, name)] = vpc.id
    plumber.ip(vpc.id, f"rule add lookup {LOCAL} priority 200", "rule add blackhole priority 300")


def guard(lab: "Laboratory") -> None:
    """Network ACLs, once it is known by which ports of a segment interfaces are plugged in."""
    for vpc in lab.network.all(Vpc):
        lab.plumber.nft(vpc.id, _acls(lab, vpc))


def ask_tables(lab: "Laboratory", vpc: Vpc) -> None:
    """Fill the tables of a VPC, once its targets have their links."""
    for table in lab.network.all(RouteTable):
        if table.vpc == vpc.id:
            for row in winners(lab, table, vpc):
                lab.plumber.ip(vpc.id, f"route add {_way(lab, row, vpc)} table {number(lab, table.id)}")


def winners(lab: "Laboratory", table: RouteTable, vpc: Vpc) -> Iterator[route_table.Row]:
    """One row for each prefix: the kernel knows no origins, so equal prefixes are settled here (R-015)."""
    best: dict[Prefix, route_table.Row] = {}
    for row in route_table.rows(table, lab.network, vpc.cidrs, lab.world.assume):
        held = best.get(row.prefix)
        shadowed = row.origin in ("bgp", "dx", "propagated", "propagated-static") and any(block.covers(row.prefix) for block in vpc.cidrs)
        if row.prefix.family == 4 and not shadowed and (held is None or route_table.ORIGIN_RANK[row.origin] < route_table.ORIGIN_RANK[held.origin]):
            best[row.prefix] = row
    yield from best.values()


def _way(lab: "Laboratory", row: route_table.Row, vpc: Vpc) -> str:
    if row.state != "active":
        return f"blackhole {row.prefix}"
    if row.target == "local":
        return f"throw {row.prefix}"
    target = lab.network.get(row.target)
    if isinstance(target, NetworkInterface):
        return f"{row.prefix} via {target.private_ip} dev {bridge(lab, target.subnet)} onlink" if target.vpc == vpc.id else f"blackhole {row.prefix}"
    service = next((lab.network.find(NetworkInterface, own) for own in lab.network.ids(("attached", row.target))), None)
    if service is not None and service.vpc == vpc.id:
        return f"{row.prefix} via {service.private_ip} dev {bridge(lab, service.subnet)} onlink"
    way = lab.ways.get(f"{vpc.id}:{row.target}")
    return f"{row.prefix} {way}" if way else f"blackhole {row.prefix}"


def _acls(lab: "Laboratory", vpc: Vpc) -> str:
    """Network ACLs: every packet alone, first match, then deny.

    Egress entries are asked while the router forwards, so what they deny is never sent; ingress entries are asked by the segment, so the
    router has sent what they deny.
    """
    routed, segments = "", ""
    for subnet in subnets(lab.network, vpc.id):
        acl = lab.network.find(NetworkAcl, subnet.network_acl)
        if acl is None:
            continue
        name = bridge(lab, subnet.id)
        egress, ingress = _judging(acl.egress, "daddr"), _judging(acl.ingress, "saddr")
        routed += chain(f"{name}out", egress) + chain(
            f"{name}at", [f"iifname {name} oifname {name} meta mark set {INSIDE} accept", f"iifname {name} jump {name}out"], "forward"
        )
        plugged = (f"outer:{found.id}" for found in lab.network.all(NetworkInterface) if found.subnet == subnet.id)
        ports = [f"c{lab.numbers[plug]}a" for plug in plugged if plug in lab.numbers]
        if not ports:
            continue
        # ARP is no matter of a network ACL.
        segments += chain(f"{name}in", ingress) + chain(
            f"{name}at", [f"oifname {{ {', '.join(ports)} }} ether type ip meta mark != {INSIDE} jump {name}in"], "output"
        )
    return f"table ip acl {{\n{routed}\n}}\ntable bridge acl {{\n{segments}\n}}\n"


def _judging(entries: tuple[tuple[int, AclRule], ...], end: str) -> list[str]:
    """The entries of one direction in their order, and the deny that ends them."""
    found = [entry for _, entry in entries if entry.cidr.family == 4]
    return [*(f"ip {end} {entry.cidr} {match(entry.match)} {'return' if entry.action == 'allow' else 'drop'}" for entry in found), "drop"]


def match(rule: Match) -> str:
    """The words of nftables for what a rule covers, addresses aside."""
    if rule.protocol == "all":
        return ""
    if rule.protocol in ("tcp", "udp"):
        return f"{rule.protocol} dport {rule.from_port}-{rule.to_port}"
    if rule.protocol == "icmp":
        kind = f" icmp type {rule.icmp_type}" if rule.icmp_type >= 0 else ""
        code = f" icmp code {rule.icmp_code}" if rule.icmp_code >= 0 else ""
        return f"ip protocol icmp{kind}{code}"
    return f"ip protocol {rule.protocol}"
