"""A scenario as namespaces: one per host, instance, interface, gateway and VPC router; one policy routing table per route table.

What only AWS has (source/destination check, security groups per interface, a blackhole when an instance stops, the public address that an
edge target needs) is written as nftables rules or routes, so there the kernel proves consistency only.  Longest prefix match, forwarding,
TTL, connection tracking, translation and their order the kernel decides by itself.  Routers that AWS hides give the TTL back that they take.
"""

from collections.abc import Iterator

from tests.kernel.plumbing import Plumber
from vpctui.address import Prefix
from vpctui.aws import route_table
from vpctui.aws.guest import Machine
from vpctui.aws.host import Host
from vpctui.aws.instance import Instance
from vpctui.aws.internet_gateway import InternetGateway
from vpctui.aws.link_network import LinkNetwork
from vpctui.aws.network_acl import NetworkAcl
from vpctui.aws.network_interface import NetworkInterface, attached
from vpctui.aws.route_table import RouteTable
from vpctui.aws.security_group import SecurityGroup
from vpctui.aws.subnet import Subnet, table_of
from vpctui.aws.vpc import Vpc
from vpctui.aws.vpn_gateway import VpnGateway
from vpctui.engine.conversation import World
from vpctui.engine.network import Network
from vpctui.filter_rules import Match

INTERNET = "@internet"
GIVE_BACK_TTL = "table ip hidden {{ chain pre {{ type filter hook prerouting priority mangle; policy accept;\n{rules}\n }} }}".format(
    rules="\n".join(f"ip ttl {ttl} ip ttl set {ttl + 1} accept" for ttl in range(1, 255))
)
LOCAL_DELIVERY = 900
PRIVATE = "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10"


class Laboratory:
    """The namespaces of one network, and which interfaces of them tell that a node sent a packet."""

    def __init__(self, world: World, prefix: str) -> None:
        self.world = world
        self.network = world.network
        self.plumber = Plumber(prefix)
        self.windows: dict[tuple[str, str], str] = {}
        """(namespace's node, interface) at which a packet going out was sent by this scenario node."""
        self._numbers: dict[str, int] = {}
        self._ends: dict[str, str] = {}
        self._cables = 0
        for record in self.network:
            self._place(record)
        self._internet()

    def _place(self, record: object) -> None:
        match record:
            case Vpc():
                self._vpc(record)
            case InternetGateway():
                self._internet_gateway(record)
            case VpnGateway():
                self._vpn_gateway(record)
            case Instance():
                self._instance(record)
            case Host():
                self._host(record)
            case LinkNetwork():
                self.plumber.bridge(f"@net-{record.id}", "br0")
            case _:
                pass

    def _number(self, kind: str, identifier: str) -> int:
        return self._numbers.setdefault(f"{kind}:{identifier}", 10 + len(self._numbers))

    def bridge(self, subnet: str) -> str:
        """The name of a subnet's segment in its VPC's namespace."""
        return f"sn{self._number('subnet', subnet)}"

    def _cable(self, one: str, other: str) -> tuple[str, str]:
        """A cable between two nodes; the names of its ends."""
        self._cables += 1
        ends = (f"c{self._cables}a", f"c{self._cables}b")
        self.plumber.link(one, ends[0], other, ends[1])
        return ends

    # The VPC: a router with a segment per subnet and a table per route table

    def _vpc(self, vpc: Vpc) -> None:
        plumber = self.plumber
        plumber.sysctl(vpc.id, net__ipv4__ip_forward="1")
        plumber.nft(vpc.id, GIVE_BACK_TTL)
        for subnet in self._subnets(vpc.id):
            name = self.bridge(subnet.id)
            assert subnet.cidr is not None
            plumber.bridge(vpc.id, name)
            plumber.ip(vpc.id, f"addr add {subnet.cidr.first + 1}/{subnet.cidr.length} dev {name} noprefixroute")
            plumber.ip(vpc.id, f"route add {subnet.cidr} dev {name} src {subnet.cidr.first + 1} table {LOCAL_DELIVERY}")
            plumber.ip(vpc.id, f"rule add iif {name} lookup {self._table(table_of(subnet, self.network))} priority 100")
            self.windows[(vpc.id, name)] = vpc.id
        plumber.ip(vpc.id, f"rule add lookup {LOCAL_DELIVERY} priority 200", "rule add unreachable priority 300")
        self._gateway_links(vpc)
        for table in self._tables(vpc.id):
            plumber.ip(vpc.id, *self._routes(table, vpc))
        plumber.nft(vpc.id, self._acls(vpc))

    def _subnets(self, vpc: str) -> Iterator[Subnet]:
        return (subnet for identifier in self.network.ids(("in", vpc)) if (subnet := self.network.find(Subnet, identifier)) is not None)

    def _tables(self, vpc: str) -> Iterator[RouteTable]:
        return (table for table in self.network.all(RouteTable) if table.vpc == vpc)

    def _table(self, table: str) -> int:
        return self._number("table", table)

    def _gateway_links(self, vpc: Vpc) -> None:
        for number, gateway in enumerate(self._gateways(vpc.id)):
            near, far = self._cable(vpc.id, gateway.id)
            self._numbers[f"to:{gateway.id}"] = number
            self._ends[f"to:{gateway.id}"] = near
            self.plumber.ip(vpc.id, f"addr add 169.254.{number}.1/30 dev {near}")
            self.plumber.ip(gateway.id, f"addr add 169.254.{number}.2/30 dev {far}")
            self.windows[(gateway.id, far)] = gateway.id
            self.windows[(vpc.id, near)] = vpc.id
            edge: str | None = gateway.route_table
            if edge:
                self.plumber.ip(vpc.id, f"rule add iif {near} lookup {self._table(edge) + 400} priority 90")
                self.plumber.ip(vpc.id, *self._routes(self.network.the(RouteTable, edge), vpc, edge=True, public=isinstance(gateway, InternetGateway)))
                self.plumber.ip(vpc.id, f"rule add iif {near} lookup {LOCAL_DELIVERY} priority 95")

    def _gateways(self, vpc: str) -> list[InternetGateway | VpnGateway]:
        return [record for record in self.network if isinstance(record, InternetGateway | VpnGateway) and record.vpc == vpc]

    def _routes(self, table: RouteTable, vpc: Vpc, *, edge: bool = False, public: bool = False) -> Iterator[str]:
        """The rows of a table: `local` leaves the decision to the segments, a dead target is a blackhole."""
        number = self._table(table.id) + (400 if edge else 0)
        best: dict[Prefix, route_table.Row] = {}
        for row in route_table.rows(table, self.network, vpc.cidrs, self.world.assume):
            held = best.get(row.prefix)
            shadowed = row.origin in ("bgp", "dx", "propagated-static") and any(block.covers(row.prefix) for block in vpc.cidrs)
            if row.prefix.family == 4 and not shadowed and (held is None or route_table.ORIGIN_RANK[row.origin] < route_table.ORIGIN_RANK[held.origin]):
                best[row.prefix] = row
        for row in best.values():
            yield f"route add {self._way(row, public)} table {number}"

    def _way(self, row: route_table.Row, public: bool) -> str:
        if row.state != "active":
            return f"blackhole {row.prefix}"
        if row.target == "local":
            return f"throw {row.prefix}"
        interface = self.network.find(NetworkInterface, row.target)
        if interface is not None:
            if public and interface.public_ip is None:  # R-065 has no counterpart in the kernel
                return f"blackhole {row.prefix}"
            return f"{row.prefix} via {interface.private_ip} dev {self.bridge(interface.subnet)} onlink"
        return f"{row.prefix} via 169.254.{self._numbers['to:' + row.target]}.2 dev {self._ends['to:' + row.target]} onlink"

    def _acls(self, vpc: Vpc) -> str:
        """Network ACLs at the border of each subnet: every packet alone, first match, then deny."""
        chains, jumps = [], []
        for subnet in self._subnets(vpc.id):
            acl = self.network.find(NetworkAcl, subnet.network_acl)
            if acl is None:
                continue
            name = self.bridge(subnet.id)
            for direction, hook, end in (("egress", f"iifname {name}", "daddr"), ("ingress", f"oifname {name}", "saddr")):
                rules = [f"ip {end} {entry.cidr} {match(entry.match)} {'return' if entry.action == 'allow' else 'drop'}" for _, entry in getattr(acl, direction)]
                chains.append(f"chain {name}{direction} {{ {'; '.join([*rules, 'drop'])}; }}")
                jumps.append(f"{hook} jump {name}{direction}")
        return "table ip acl { " + "\n".join(chains) + f"\nchain forward {{ type filter hook forward priority filter; policy accept; {'; '.join(jumps)}{';' if jumps else ''} }} }}"

    # Gateways

    def _internet_gateway(self, gateway: InternetGateway) -> None:
        """Stateless 1:1 translation (R-087, R-091): the kernel rewrites, nothing is tracked."""
        plumber = self.plumber
        plumber.sysctl(gateway.id, net__ipv4__ip_forward="1")
        near, far = self._cable(gateway.id, INTERNET)
        self._numbers[f"inet:{gateway.id}"] = self._cables
        self.windows[(gateway.id, near)] = gateway.id
        plumber.ip(gateway.id, f"addr add 100.127.{self._cables}.2/30 dev {near}", f"route add default via 100.127.{self._cables}.1")
        plumber.ip(INTERNET, f"addr add 100.127.{self._cables}.1/30 dev {far}")
        blocks = self.network.the(Vpc, gateway.vpc).cidrs
        plumber.ip(gateway.id, *(f"route add {block} via 169.254.{{to:{gateway.id}}}.1" for block in blocks))
        pairs = {}
        for interface in self.network.all(NetworkInterface):
            if interface.vpc == gateway.vpc and interface.public_ip is not None:
                pairs[interface.public_ip] = interface.private_ip
                plumber.ip(INTERNET, f"route add {interface.public_ip}/32 via 100.127.{self._cables}.2")
        out = ", ".join(f"{private} : {public}" for public, private in pairs.items())
        into = ", ".join(f"{public} : {private}" for public, private in pairs.items())
        rules = [f"iifname {near} ip saddr {{ {PRIVATE} }} drop", f"iifname != {near} ip daddr {{ {PRIVATE} }} drop"]
        if pairs:
            rules.append(f"iifname {near} ip daddr set ip daddr map {{ {into} }}")
            plumber.nft(
                gateway.id,
                "table ip out { chain post { type filter hook postrouting priority srcnat; policy accept;\n"
                f"oifname {near} ip saddr != {{ {', '.join(str(private) for private in pairs.values())} }} drop\noifname {near} ip saddr set ip saddr map {{ {out} }}\n }} }}",
            )
        else:
            rules.append(f"iifname != {near} drop")
        plumber.nft(gateway.id, GIVE_BACK_TTL)
        plumber.nft(gateway.id, "table ip in { chain pre { type filter hook prerouting priority dstnat; policy accept;\n" + "\n".join(rules) + "\n } }")

    def _vpn_gateway(self, gateway: VpnGateway) -> None:
        plumber = self.plumber
        plumber.sysctl(gateway.id, net__ipv4__ip_forward="1")
        plumber.nft(gateway.id, GIVE_BACK_TTL)
        plumber.ip(gateway.id, *(f"route add {block} via 169.254.{{to:{gateway.id}}}.1" for block in self.network.the(Vpc, gateway.vpc).cidrs))

    def _internet(self) -> None:
        self.plumber.sysctl(INTERNET, net__ipv4__ip_forward="1")
        self.plumber.nft(INTERNET, GIVE_BACK_TTL)
        # What was not known while gateways were placed: the number of each one's link to its VPC.
        for node, commands in self.plumber._commands.items():
            self.plumber._commands[node] = [self._filled(command) for command in commands]

    def _filled(self, command: str) -> str:
        for key, number in self._numbers.items():
            command = command.replace("{" + key + "}", str(number))
        return command

    # Machines

    def _instance(self, instance: Instance) -> None:
        for number, interface in enumerate(attached(instance.id, self.network)):
            self._interface(instance, interface, f"eth{number}", first=number == 0)
        self._links(instance)
        self._guest(instance)

    def _interface(self, instance: Instance, interface: NetworkInterface, name: str, *, first: bool) -> None:
        """An interface is a namespace of its own between segment and guest, so that its groups track by themselves; the guest does not see it."""
        plumber, node = self.plumber, f"@eni-{interface.id}"
        inner, guest_end = self._cable(node, instance.id)
        segment, outer = self._cable(interface.vpc, node)
        subnet = self.network.the(Subnet, interface.subnet)
        assert subnet.cidr is not None and interface.private_ip is not None
        router = subnet.cidr.first + 1
        plumber.ip(interface.vpc, f"link set {segment} master {self.bridge(interface.subnet)}")
        plumber.sysctl(node, net__ipv4__ip_forward="1", net__ipv4__conf__all__proxy_arp="1", net__ipv4__neigh__default__proxy_delay="0")
        own = (interface.private_ip, *interface.secondary_private_ips)
        plumber.ip(node, f"addr add 169.254.240.1/32 dev {inner}", f"addr add 169.254.240.2/32 dev {outer}")
        plumber.ip(node, *(f"route add {address}/32 dev {inner}" for address in own))
        plumber.ip(node, f"route add default via {interface.private_ip} dev {inner} onlink table 50", f"rule add iif {outer} lookup 50 priority 50")
        plumber.ip(node, f"route add {subnet.cidr} dev {outer}", f"route add default via {router} dev {outer} onlink")
        plumber.ip(instance.id, f"link set {guest_end} down", f"link set {guest_end} name {name}", f"link set {name} up")
        plumber.ip(instance.id, *(f"addr add {address}/{subnet.cidr.length} dev {name}" for address in own))
        if first:
            plumber.ip(instance.id, f"route add default via {router} dev {name} onlink")
        plumber.nft(node, GIVE_BACK_TTL)
        plumber.nft(node, self._checks(interface, inner, outer))
        self.windows[(node, outer)] = instance.id

    def _checks(self, interface: NetworkInterface, inner: str, outer: str) -> str:
        """The source/destination check (R-129, R-130) and the groups with their own connection tracking (R-260, R-263)."""
        own = ", ".join(str(address) for address in interface.addresses if address.family == 4)
        into, out = [], []
        if interface.source_dest_check:
            into.append(f"ip daddr != {{ {own} }} drop")
            out.append(f"ip saddr != {{ {own} }} drop")
        if interface.security_groups:
            into += ["ct state established,related accept", *self._group_rules(interface, "ingress", "saddr"), "drop"]
            out += ["ct state established,related accept", *self._group_rules(interface, "egress", "daddr"), "drop"]
        chains = "".join(f"chain {name} {{ {'; '.join(rules)}; }}\n" for name, rules in (("into", into), ("out", out)) if rules)
        jumps = "; ".join(f"iifname {end} jump {name}" for end, name, rules in ((outer, "into", into), (inner, "out", out)) if rules)
        return f"table ip checks {{\n{chains}chain forward {{ type filter hook forward priority filter; policy accept; {jumps + ';' if jumps else ''} }} }}"

    def _group_rules(self, interface: NetworkInterface, direction: str, end: str) -> Iterator[str]:
        for group in interface.security_groups:
            for rule in getattr(self.network.the(SecurityGroup, group), direction):
                if isinstance(rule.source, Prefix):
                    if rule.source.family == 4:
                        yield f"ip {end} {rule.source} {match(rule.match)} accept"
                    continue
                members = [self.network.the(NetworkInterface, member).private_ip for member in self.network.ids(("member", rule.source))]
                if members:
                    yield f"ip {end} {{ {', '.join(map(str, members))} }} {match(rule.match)} accept"

    def _host(self, host: Host) -> None:
        plumber = self.plumber
        if host.behind:
            near, far = self._cable(host.id, host.behind)
            self._point_to_point(host.id, near, host.behind, far, str(host.ip))
            gateway = self.network.the(VpnGateway, host.behind)
            if not any(host.ip is not None and host.ip in prefix for prefix, _ in gateway.routes):
                plumber.ip(host.behind, f"route replace blackhole {host.ip}/32")
        elif host.ip is not None:
            near, far = self._cable(host.id, INTERNET)
            self._point_to_point(host.id, near, INTERNET, far, str(host.ip))
        self._links(host)
        self._guest(host)

    def _point_to_point(self, node: str, near: str, other: str, far: str, address: str, *, default: bool = True) -> None:
        """A cable to somebody who knows this one address behind it."""
        self.windows[(node, near)] = node
        if not other.startswith("@"):
            self.windows[(other, far)] = other
        self.plumber.ip(node, f"addr add {address}/32 dev {near}")
        if default:
            self.plumber.ip(node, f"route add default via 169.254.250.1 dev {near} onlink")
        self.plumber.ip(other, f"addr add 169.254.250.1/32 dev {far}", f"route add {address}/32 dev {far} src 169.254.250.1")

    def _links(self, machine: Machine) -> None:
        for link, address in machine.guest.links:
            if link == "internet":
                near, far = self._cable(machine.id, INTERNET)
                self._point_to_point(machine.id, near, INTERNET, far, str(address), default=False)
                self._numbers[f"out:{machine.id}"] = self._cables
                continue
            record = self.network.the(LinkNetwork, link)
            near, far = self._cable(machine.id, f"@net-{link}")
            self.windows[(machine.id, near)] = machine.id
            self.plumber.ip(f"@net-{link}", f"link set {far} master br0")
            self.plumber.ip(machine.id, f"addr add {address}/{record.cidr.length} dev {near}")
            self._numbers[f"dev:{machine.id}:{link}"] = self._cables

    def _guest(self, machine: Machine) -> None:
        guest, plumber = machine.guest, self.plumber
        plumber.namespace(machine.id)
        modes = {"off": "0", "strict": "1", "loose": "2"}
        plumber.sysctl(
            machine.id,
            net__ipv4__ip_forward=str(int(guest.ip_forward and machine.state == "running")),
            net__ipv4__conf__all__rp_filter=modes[guest.rp_filter],
            net__ipv4__conf__default__rp_filter=modes[guest.rp_filter],
            net__netfilter__nf_conntrack_tcp_loose="0",
        )
        for prefix, target in guest.routes:
            plumber.ip(machine.id, f"route replace {prefix} {self._guest_way(machine, target)}")
        for address in guest.local_addresses:
            plumber.ip(machine.id, f"addr add {address}/32 dev lo")
        rules = "\n".join([*self._appliance(machine), *self._translation(machine)])
        if rules:
            plumber.nft(machine.id, rules)

    def _guest_way(self, machine: Machine, target: str) -> str:
        if target == "internet":
            return f"via 169.254.250.1 dev c{self._numbers['out:' + machine.id]}a onlink"
        if f"dev:{machine.id}:{target}" in self._numbers:
            return f"dev c{self._numbers[f'dev:{machine.id}:{target}']}a"
        for number, interface in enumerate(attached(machine.id, self.network)):
            if interface.id == target:
                cidr = self.network.the(Subnet, interface.subnet).cidr
                assert cidr is not None
                return f"via {cidr.first + 1} dev eth{number}"
        return f"via {target}"

    def _appliance(self, machine: Machine) -> Iterator[str]:
        """`strict` is what connection tracking calls invalid; `deny` comes before."""
        guest, rules = machine.guest, []
        for rule in guest.deny:
            rules.append(f"ip saddr {rule.source} {match(rule.match)} drop")
        if guest.inspect != "none":
            rules.append("ct state invalid drop")
            rules.append("ct state new tcp flags & (syn|ack) != syn drop")
        if rules:
            yield f"table ip appliance {{ chain forward {{ type filter hook forward priority filter; policy accept; {'; '.join(rules)}; }} }}"

    def _translation(self, machine: Machine) -> Iterator[str]:
        guest = machine.guest
        before = [f"ip daddr {{ {', '.join(self._own(machine))} }} tcp dport {port} dnat to {address}:{inside}" for port, address, inside in guest.dnat]
        after = []
        if guest.snat and guest.dnat:
            after += [f"ct status dnat ip daddr {address} masquerade" for _, address, _ in guest.dnat]
        if guest.nat == "masquerade":
            after.append(f"oifname {self._outside(machine)} masquerade")
        if before or after:
            yield (
                f"table ip nat {{ chain pre {{ type nat hook prerouting priority dstnat; policy accept; {'; '.join(before)}{';' if before else ''} }}\n"
                f"chain post {{ type nat hook postrouting priority srcnat; policy accept; {'; '.join(after)}{';' if after else ''} }} }}"
            )

    def _own(self, machine: Machine) -> list[str]:
        own = [str(address) for interface in attached(machine.id, self.network) for address in interface.addresses if address.family == 4]
        return own + [str(address) for _, address in machine.guest.links] + ([str(machine.ip)] if isinstance(machine, Host) and machine.ip else [])

    def _outside(self, machine: Machine) -> str:
        """The interface of the default route: what a masquerading guest calls outside."""
        return f"c{self._numbers['out:' + machine.id]}a" if f"out:{machine.id}" in self._numbers else "eth0"


def match(rule: Match) -> str:
    """The words of nftables for what a rule covers, addresses aside."""
    if rule.protocol == "all":
        return ""
    if rule.protocol in ("tcp", "udp"):
        return f"{rule.protocol} dport {rule.from_port}-{rule.to_port}"
    if rule.protocol == "icmp":
        kind = f" icmp type {rule.icmp_type}" if rule.icmp_type >= 0 else ""
        return f"ip protocol icmp{kind}"
    return f"ip protocol {rule.protocol}"


def inexpressible(network: Network) -> str:
    """Why a network cannot be built here; empty when it can."""
    known = (Vpc, Subnet, RouteTable, InternetGateway, VpnGateway, Instance, Host, LinkNetwork, NetworkInterface, NetworkAcl, SecurityGroup)
    for record in network:
        if not isinstance(record, known) and type(record).__name__ not in ("End", "PrefixList"):
            return f"{record.id}: a {type(record).__name__} has no counterpart in the kernel"
        if isinstance(record, InternetGateway) and record.public_ipv4_pools:
            return f"{record.id}: BYOIP pools"
        if isinstance(record, Vpc) and record.block_public_access != "off":
            return f"{record.id}: Block Public Access has no counterpart in the kernel"
        if isinstance(record, Machine) and record.guest.proxy:
            return f"{record.id}: a proxy"
        if isinstance(record, Host) and record.ipv6:
            return f"{record.id}: IPv6"
    return ""


