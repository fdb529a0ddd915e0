"""Whoever has an operating system: instances, hosts, routers outside, and NAT gateways; their interfaces and their own settings."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.kernel import router
from tests.kernel.gateways import ENTERING, PRIVATE, UNIQUE_LOCAL
from tests.kernel.plumbing import FAMILY, LINKS, chain, table
from tests.kernel.proxying import PORT
from tests.kernel.router import match, means
from vpctui.address import Address, Prefix, is_private, parse_address
from vpctui.aws import guest as guests
from vpctui.aws.guest import Machine
from vpctui.aws.host import Host
from vpctui.aws.instance import Instance
from vpctui.aws.link_network import LinkNetwork
from vpctui.aws.nat_gateway import NatGateway
from vpctui.aws.network_interface import NetworkInterface, attached
from vpctui.aws.prefix_list import PrefixList
from vpctui.aws.security_group import SecurityGroup
from vpctui.aws.subnet import Subnet
from vpctui.aws.tunnel import Tunnel
from vpctui.aws.vpc import Vpc
from vpctui.aws.vpn_gateway import VpnGateway
from vpctui.filter_rules import RuleText

if TYPE_CHECKING:
    from tests.kernel.laboratory import Laboratory

END = "internet"
"""The end that takes what leaves a network for an address that no host has."""
SESSIONS = "sessions"
NO_RESETS = table("silence", chain("out", ["tcp flags & (rst | ack) == rst drop"], "output"), family="inet")
"""Packets are sent past the kernel's sockets, so it would answer SYN/ACKs with resets; those of closed ports carry ACK and pass."""


def build(lab: "Laboratory") -> None:
    """Every machine, then what each knows of its neighbours."""
    for record in lab.network:
        match record:
            case LinkNetwork():
                lab.plumber.bridge(f"@net-{record.id}", "br0")
            case NatGateway() if record.subnet:
                _nat_gateway(lab, record)
            case Instance():
                for number, interface in enumerate(attached(record.id, lab.network)):
                    _interface(lab, record.id, interface, f"eth{number}", first=number == 0)
            case Host():
                _outside(lab, record)
            case _:
                pass
    for machine in lab.network.all(Machine):
        _links(lab, machine)
    for subnet in lab.network.all(Subnet):
        _neighbours(lab, subnet)
    for machine in lab.network.all(Machine):
        _guest(lab, machine)
    _end(lab)


# Interfaces of a VPC


def _interface(lab: "Laboratory", owner: str, interface: NetworkInterface, name: str, *, first: bool) -> None:
    """An interface is a namespace of its own between segment and guest, so that its groups track by themselves; the guest does not see it."""
    plumber, node = lab.plumber, f"@{interface.id}"
    subnet = lab.network.the(Subnet, interface.subnet)
    inner, _ = lab.cable(node, owner, names=("", name))
    segment, outer = lab.cable(interface.vpc, node)
    lab.numbers[f"inner:{interface.id}"], lab.numbers[f"outer:{interface.id}"] = int(inner[1:-1]), int(outer[1:-1])
    plumber.ip(interface.vpc, f"link set {segment} master {router.bridge(lab, interface.subnet)}")
    lab.forwards(node)
    plumber.both(node, f"rule add iif {outer} lookup 50 priority 50")
    if subnet.cidr is not None and interface.private_ip is not None:
        gateway, own = subnet.cidr.first + 1, [address for address in interface.addresses if address.family == 4]
        plumber.ip(node, f"addr add 169.254.240.1/32 dev {inner}", f"addr add 169.254.240.2/32 dev {outer}")
        plumber.ip(node, f"route add default via {interface.private_ip} dev {inner} onlink table 50")
        plumber.ip(node, f"route add {subnet.cidr} dev {outer}", f"route add default via {gateway} dev {outer} onlink")
        plumber.ip(owner, *(f"addr add {address}/{subnet.cidr.length} dev {name}" for address in own))
        if first:
            plumber.ip(owner, f"route add default via {gateway} dev {name} onlink")
        lab.neighbour(node, inner, interface.private_ip, owner, name)
    if lab.ipv6:
        _ipv6(lab, owner, interface, subnet, name)
    lab.hide(node)
    plumber.nft(node, _checks(lab, interface, inner, outer))
    lab.windows[(node, outer)] = owner


def _ipv6(lab: "Laboratory", owner: str, interface: NetworkInterface, subnet: Subnet, name: str) -> None:
    """The same for IPv6; an interface without an address of it takes what a route hands it all the same."""
    node, segment = f"@{interface.id}", router.bridge(lab, subnet.id)
    inner, outer = f"c{lab.numbers[f'inner:{interface.id}']}a", f"c{lab.numbers[f'outer:{interface.id}']}b"
    lab.plumber.ip6(node, f"route add default {lab.knows(node, inner, owner, name)} table 50")
    lab.plumber.ip6(node, f"route add default {lab.knows(node, outer, interface.vpc, segment)}")
    lab.plumber.ip6(interface.vpc, f"neigh replace {lab.interface_handle(interface.id)} lladdr {lab.hardware[(node, outer)]} dev {segment} nud permanent")
    way = lab.knows(owner, name, node, inner)
    if subnet.ipv6_cidr is None or not interface.ipv6:
        return
    lab.plumber.ip6(node, f"route add {subnet.ipv6_cidr} dev {outer}")
    lab.plumber.ip6(owner, *(f"addr add {address}/{subnet.ipv6_cidr.length} dev {name} nodad" for address in interface.ipv6))
    if interface.id == next(own.id for own in attached(owner, lab.network) if own.ipv6):
        lab.plumber.ip6(owner, f"route add default {way}")


def _neighbours(lab: "Laboratory", subnet: Subnet) -> None:
    """Who is on a segment is told, not asked: the router and every interface, to each of them and to each guest."""
    present = [found for found in lab.network.all(NetworkInterface) if found.subnet == subnet.id and f"outer:{found.id}" in lab.numbers]
    segment = router.bridge(lab, subnet.id)
    for interface in present:
        node, outer = f"@{interface.id}", f"c{lab.numbers[f'outer:{interface.id}']}b"
        inner = f"c{lab.numbers[f'inner:{interface.id}']}a"
        guest = f"eth{attached(interface.owner, lab.network).index(interface)}"
        for gateway in (block.first + 1 for block in (subnet.cidr, subnet.ipv6_cidr if lab.ipv6 else None) if block is not None):
            lab.neighbour(node, outer, gateway, subnet.vpc, segment)
            lab.neighbour(interface.owner, guest, gateway, node, inner)
        for address in interface.addresses:
            lab.neighbour(subnet.vpc, segment, address, node, outer)
            if address.family == 6:
                lab.neighbour(node, inner, address, interface.owner, guest)
        for other in present:
            for address in other.addresses if other is not interface else ():
                lab.neighbour(node, outer, address, f"@{other.id}", f"c{lab.numbers[f'outer:{other.id}']}b")
                lab.neighbour(interface.owner, guest, address, node, inner)


def _checks(lab: "Laboratory", interface: NetworkInterface, inner: str, outer: str) -> str:
    """The source/destination check (R-129, R-130) and the groups with their own connection tracking (R-260, R-263)."""
    return "".join(_checks_of(lab, interface, inner, outer, family) for family in ((4, 6) if lab.ipv6 else (4,)))


def _checks_of(lab: "Laboratory", interface: NetworkInterface, inner: str, outer: str, family: int) -> str:
    own, ip = [str(address) for address in interface.addresses if address.family == family], FAMILY[family]
    into, out = [], []
    if interface.source_dest_check:
        into.append(f"{ip} daddr != {{ {', '.join(own)} }} drop" if own else "drop")
        out.append(f"{ip} saddr != {{ {', '.join(own)} }} drop" if own else "drop")
    if interface.security_groups:
        # A connection that a rule let in is known in its own direction as it comes in, and in the other as it goes out; and the other way round.
        # The kernel alone would also know an answer that is brought back to the interface which sent it.
        for rules, allowed, bit, other in (
            (into, _group_rules(lab, interface, "ingress", "saddr", family), 1, 2),
            (out, _group_rules(lab, interface, "egress", "daddr", family), 2, 1),
        ):
            known = ((bit, "original"), (other, "reply"))
            rules += ["ct state related accept", *(f"ct state established ct direction {way} ct mark & {side} == {side} accept" for side, way in known)]
            # Two rules: what is invalid to the kernel has no connection to mark, and is let in all the same.
            rules += [each for rule in allowed for each in (f"{rule} ct mark set ct mark | {bit}", f"{rule} accept")]
            rules.append("drop")
    jumps = [f"iifname {end} jump {name}" for end, name, rules in ((outer, "into", into), (inner, "out", out)) if rules]
    return table("checks", chain("into", into), chain("out", out), chain("at", jumps, "forward"), family=ip)


def _group_rules(lab: "Laboratory", interface: NetworkInterface, direction: str, end: str, family: int) -> Iterator[str]:
    for group in interface.security_groups:
        for rule in getattr(lab.network.the(SecurityGroup, group), direction):
            sources = _sources(lab, rule, family)
            if sources and means(rule.match, family):
                yield f"{FAMILY[family]} {end} {{ {', '.join(sources)} }} {match(rule.match)}"


def _sources(lab: "Laboratory", rule: RuleText, family: int) -> list[str]:
    if isinstance(rule.source, Prefix):
        return [str(rule.source)] if rule.source.family == family else []
    listed = lab.network.find(PrefixList, rule.source)
    if listed is not None:
        return [str(entry) for entry in listed.entries if entry.family == family]
    members = [lab.network.the(NetworkInterface, member) for member in lab.network.ids(("member", rule.source))]
    return [str(address) for member in members for address in member.addresses if address.family == family]


# Outside


def _outside(lab: "Laboratory", host: Host) -> None:
    from tests.kernel.laboratory import INTERNET

    if host.ip is None and host.ipv6 is None:
        lab.plumber.namespace(host.id)
    elif host.behind:
        lab.one_address(host.id, host.behind, host.ip, default=True, ipv6=host.ipv6)
        gateway = lab.network.the(VpnGateway, host.behind)
        if host.ip is not None and not any(host.ip in prefix for prefix, *_ in gateway.routes):  # nobody told the gateway that it is there
            facing = next(end for node, end in lab.windows if node == gateway.id)
            lab.plumber.ip(host.behind, f"rule add to {host.ip} iif {facing} blackhole priority 30")
    else:
        lab.one_address(host.id, INTERNET, host.ip, default=True, ipv6=host.ipv6)


def _links(lab: "Laboratory", machine: Machine) -> None:
    from tests.kernel.laboratory import INTERNET

    for link, address in machine.guest.links:
        if link == "internet":
            four, six = (address, None) if address.family == 4 else (None, address)
            near, far = lab.one_address(machine.id, INTERNET, four, default=False, ipv6=six)
            # What leaves a network of the file for an address that nobody has goes to the assumed end.
            lab.plumber.both(
                INTERNET, f"rule add iif {far} lookup main suppress_prefixlength 0 priority 50", f"rule add iif {far} lookup {ENTERING} priority 51"
            )
            lab.numbers[f"out:{machine.id}"] = int(near[1:-1])
            _announced(lab, machine, address, far)
            continue
        record = lab.network.the(LinkNetwork, link)
        near, far = lab.cable(machine.id, f"@net-{link}")
        lab.windows[(machine.id, near)] = machine.id
        lab.plumber.ip(f"@net-{link}", f"link set {far} master br0")
        add = lab.plumber.ip if address.family == 4 else lab.plumber.ip6
        add(machine.id, f"addr add {address}/{record.cidr.length} dev {near}{' nodad' if address.family == 6 else ''}")
        lab.numbers[f"dev:{machine.id}:{link}"] = int(near[1:-1])
        for other in lab.network.all(Machine):
            if address.family == 6 and f"dev:{other.id}:{link}" in lab.numbers and other is not machine:
                _meet(lab, (machine.id, near, dict(machine.guest.links)[link]), (other.id, _device(lab, other.id, link), dict(other.guest.links)[link]))


def _announced(lab: "Laboratory", machine: Machine, address: Address, far: str) -> None:
    """The internet's routes to the public networks that a router stands before (R-141)."""
    from tests.kernel.laboratory import INTERNET

    announces = isinstance(machine, Host) and (machine.router or machine.guest.ip_forward)
    for link, own in machine.guest.links if announces else ():
        if link == "internet" or own.family != address.family or is_private(own) or (own.family == 4 and machine.guest.nat == "masquerade"):
            continue
        block = lab.network.the(LinkNetwork, link).cidr
        router.add_route(lab, INTERNET, own.family, f"{block} via {address} dev {far} onlink")


def _device(lab: "Laboratory", machine: str, link: str) -> str:
    return f"c{lab.numbers[f'dev:{machine}:{link}']}a"


def _meet(lab: "Laboratory", one: tuple[str, str, Address], other: tuple[str, str, Address]) -> None:
    """Two machines of a network outside know each other: IPv6 would have to ask from an address that they do not have."""
    for (node, end, _), (at, there, address) in ((one, other), (other, one)):
        lab.neighbour(node, end, address, at, there)


def _end(lab: "Laboratory") -> None:
    """The assumed end answers for every public address that nobody else has."""
    from tests.kernel.laboratory import INTERNET

    _, far = lab.one_address(END, INTERNET, "169.254.251.1", default=True, ipv6=f"{LINKS}:f::1" if lab.ipv6 else None)
    # Every address is its own, but what it sends goes out all the same.
    own_rules = ("rule add iif lo lookup main priority 5", "rule add lookup local priority 10", "rule del priority 0")
    lab.plumber.ip(END, "route add local 0.0.0.0/0 dev lo table local", *own_rules)
    lab.plumber.ip6(END, "route add local ::/0 dev lo table local", *own_rules)
    lab.plumber.ip(INTERNET, *(f"route add blackhole {block} table {ENTERING}" for block in PRIVATE.strip("{ }").split(", ")))
    lab.plumber.ip(INTERNET, f"route add default via 169.254.251.1 dev {far} onlink table {ENTERING}")
    near = far[:-1] + "a"
    lab.plumber.ip6(INTERNET, f"route add blackhole {UNIQUE_LOCAL} table {ENTERING}")
    if lab.ipv6:
        lab.plumber.ip6(INTERNET, f"route add default {lab.knows(INTERNET, far, END, near)} table {ENTERING}")
    lab.plumber.nft(END, NO_RESETS)
    lab.takers.append(END)


# Operating systems


def _guest(lab: "Laboratory", machine: Machine) -> None:
    guest, plumber = machine.guest, lab.plumber
    plumber.namespace(machine.id)
    modes = {"off": "0", "strict": "1", "loose": "2"}
    plumber.sysctl(
        machine.id,
        net__ipv4__ip_forward=str(int(guest.ip_forward and machine.state == "running")),
        net__ipv4__conf__all__rp_filter=modes[guest.rp_filter],
        net__ipv4__conf__default__rp_filter=modes[guest.rp_filter],
    )
    if lab.ipv6:
        plumber.sysctl(machine.id, net__ipv6__conf__all__forwarding=str(int(guest.ip_forward and machine.state == "running")))
    for prefix, target in guest.routes:
        (plumber.ip if prefix.family == 4 else plumber.ip6)(machine.id, f"route replace {_guest_way(lab, machine, prefix, target)}")
    for interface in attached(machine.id, lab.network):
        _beside(lab, machine, interface)
    for address in guest.local_addresses:
        (plumber.ip if address.family == 4 else plumber.ip6)(machine.id, f"addr add {address}/{32 if address.family == 4 else 128} dev lo")
    plumber.nft(machine.id, "\n".join([NO_RESETS, *_appliance(lab, machine), *_translation(lab, machine)]))
    if guest.proxy:  # its answers are the program's, not the kernel's
        plumber.nft(machine.id, table("program", chain("out", [f"tcp sport {{ {guest.proxy}, {PORT} }} meta mark != 1 drop"], "output"), family="inet"))
    if machine.state != "running":
        plumber.nft(machine.id, table("stopped", chain("into", ["drop"], "prerouting", "raw"), chain("out", ["drop"], "output", "raw"), family="inet"))
    lab.takers.append(machine.id)


def _beside(lab: "Laboratory", machine: Machine, interface: NetworkInterface) -> None:
    """The guest's next hops on the interface's subnet: its namespace asks no neighbour, so it is told by which of them to pass on."""
    subnet, outer = lab.network.the(Subnet, interface.subnet), f"c{lab.numbers[f'outer:{interface.id}']}b"
    for prefix, target in machine.guest.routes:
        if lab.network.get(target) is None and target != "internet" and _on_link(lab, machine, hop := parse_address(target)) and subnet.holds(hop):
            add = lab.plumber.ip if prefix.family == 4 else lab.plumber.ip6
            add(f"@{interface.id}", f"route replace {prefix} via {target} dev {outer} onlink")
            number = attached(machine.id, lab.network).index(interface)  # also where nobody has the next hop: what is sent is seen to leave the guest
            lab.neighbour(machine.id, f"eth{number}", target, f"@{interface.id}", f"c{lab.numbers[f'inner:{interface.id}']}a")


def _guest_way(lab: "Laboratory", machine: Machine, prefix: Prefix, target: str) -> str:
    from tests.kernel.laboratory import INTERNET

    if target == "internet":
        near, far = (f"c{lab.numbers['out:' + machine.id]}{side}" for side in "ab")
        return f"{prefix} via {'169.254.250.1' if prefix.family == 4 else lab.handle(INTERNET, far)} dev {near} onlink"
    if f"dev:{machine.id}:{target}" in lab.numbers:
        return f"{prefix} dev {_device(lab, machine.id, target)}"
    for number, interface in enumerate(attached(machine.id, lab.network)):
        subnet = lab.network.the(Subnet, interface.subnet)
        block = subnet.cidr if prefix.family == 4 else subnet.ipv6_cidr
        if interface.id == target and block is not None:
            return f"{prefix} via {block.first + 1} dev eth{number} onlink"
    if isinstance(lab.network.get(target), Tunnel):
        return f"blackhole {prefix}"
    return f"{prefix} via {target}" if _on_link(lab, machine, parse_address(target)) else f"blackhole {prefix}"


def _on_link(lab: "Laboratory", machine: Machine, address: Address) -> bool:
    """The kernel refuses a route by a neighbour that it cannot have, or by itself; then there is no way (RFC 1812)."""
    if guests.owns(machine, address, lab.network):
        return False
    subnets = [lab.network.the(Subnet, interface.subnet) for interface in attached(machine.id, lab.network)]
    blocks = [block for subnet in subnets for block in (subnet.cidr, subnet.ipv6_cidr)]
    blocks += [record.cidr for link, _ in machine.guest.links if (record := lab.network.find(LinkNetwork, link)) is not None]
    return any(block is not None and address in block for block in blocks)


def _appliance(lab: "Laboratory", machine: Machine) -> Iterator[str]:
    """`strict` is what connection tracking calls invalid; `loose` wants only to have seen the opening; `deny` comes before."""
    for family in (4, 6) if lab.ipv6 else (4,):
        rules = list(_inspection(machine, family))
        if rules:
            address = {4: "ipv4_addr", 6: "ipv6_addr"}[family]
            kept = f"type {address} . inet_service . {address} . inet_service"
            held = f"set {SESSIONS} {{\n{kept}\nflags dynamic\nsize 1024\n}}" if machine.guest.inspect == "loose" else ""
            yield table("appliance", held, chain("at", rules, "forward"), family=FAMILY[family])


def _inspection(machine: Machine, family: int) -> Iterator[str]:
    guest, ip = machine.guest, FAMILY[family]
    for rule in guest.deny:
        if isinstance(rule.source, Prefix) and rule.source.family == family and means(rule.match, family):
            yield f"{ip} saddr {rule.source} {match(rule.match)} drop"
    if guest.inspect == "strict":
        yield from ("ct state invalid drop", "ct state new tcp flags & (syn | ack) != syn drop")
    if guest.inspect == "loose":
        there, back = f"{ip} saddr . tcp sport . {ip} daddr . tcp dport", f"{ip} daddr . tcp dport . {ip} saddr . tcp sport"
        yield f"tcp flags & (syn | ack) == syn add @{SESSIONS} {{ {there} }} accept"
        yield from (f"{there} @{SESSIONS} accept", f"{back} @{SESSIONS} accept", "meta l4proto tcp drop")


def _translation(lab: "Laboratory", machine: Machine) -> Iterator[str]:
    guest = machine.guest
    for family in (4, 6) if lab.ipv6 else (4,):
        own, rows = _own(lab, machine, family), [row for row in guest.dnat if row[1].family == family]
        ip, brackets = FAMILY[family], "{}" if family == 4 else "[{}]"
        to = [(port, address, f"{brackets.format(address)}:{inside}") for port, address, inside in rows]
        taken = f"{ip} daddr {{ {', '.join(own)} }}"
        before = [f"{taken} {protocol} dport {port} dnat to {target}" for port, _, target in to for protocol in ("tcp", "udp") if own]
        after = [f"ct status dnat {ip} daddr {address} masquerade" for _, address, _ in to] if guest.snat else []
        if guest.nat == "masquerade" and family == 4:
            # A scenario's masquerading guest calls outside what leaves by the default route, not what leaves by its interface.
            after += [f"ip daddr {row.prefix} return" for row in guests.table(machine, lab.network) if row.prefix.family == 4 and row.prefix.length]
            after.append(f"oifname {_outward(lab, machine)} masquerade")
        if before or after:
            yield table("nat", chain("pre", before, "prerouting", "dstnat", "nat"), chain("post", after, "postrouting", "srcnat", "nat"), family=ip)


def _own(lab: "Laboratory", machine: Machine, family: int) -> list[str]:
    own = [address for interface in attached(machine.id, lab.network) for address in interface.addresses]
    own += [address for _, address in machine.guest.links]
    own += [address for address in (machine.ip, machine.ipv6) if address] if isinstance(machine, Host) else []
    return [str(address) for address in own if address.family == family]


def _outward(lab: "Laboratory", machine: Machine) -> str:
    """The interface of the default route: what a masquerading guest calls outside."""
    target = next((target for prefix, target in machine.guest.routes if prefix.length == 0), "")
    names = {interface.id: f"eth{number}" for number, interface in enumerate(attached(machine.id, lab.network))}
    if target in names:
        return names[target]
    return f"c{lab.numbers['out:' + machine.id]}a" if f"out:{machine.id}" in lab.numbers else "eth0"


def _nat_gateway(lab: "Laboratory", gateway: NatGateway) -> None:
    """Masquerading that takes nothing for itself and begins nothing from outside (R-166, R-172)."""
    interface = attached(gateway.id, lab.network)[0]
    _interface(lab, gateway.id, interface, "eth0", first=True)
    blocks = "{ " + ", ".join(str(block) for block in lab.network.the(Vpc, gateway.vpc).cidrs) + " }"
    begins = ["ct state established,related,untracked accept", "ct state invalid drop", "ct state new tcp flags & (syn | ack | rst) != syn drop"]
    begins += [] if f"to:{gateway.vpc}" in " ".join(lab.numbers) and _transit(lab, gateway.vpc) else [f"ip saddr != {blocks} drop"]
    forward = chain("at", begins if gateway.state in ("available", "deleting") else ["drop"], "forward")
    ports = "61001-61999"
    post = [f"ip protocol {{ tcp, udp }} snat to {interface.private_ip}:{ports}", f"snat to {interface.private_ip}"]
    # What it sent may come back by a wrong table: it passes that on, and does not know it.
    lab.plumber.sysctl(gateway.id, net__ipv4__ip_forward="1", net__ipv4__conf__all__accept_local="1")
    lab.plumber.nft(gateway.id, table("own", chain("pre", [f"ip saddr {interface.private_ip} notrack"], "prerouting", "raw")))
    lab.plumber.ip(gateway.id, "route replace default via " + str(_router(lab, interface)) + " dev eth0 onlink mtu lock 8500")
    if lab.ipv6:  # it knows no IPv6 but NAT64, which the kernel has not
        lab.plumber.nft(gateway.id, table("none", chain("pre", ["drop"], "prerouting"), family="ip6"))
    lab.plumber.nft(gateway.id, table("sessions", forward, chain("own", ["drop"], "input")))
    lab.plumber.nft(gateway.id, table("nat", chain("post", [f"ip saddr {interface.private_ip} accept", *post], "postrouting", "srcnat", "nat")))


def _router(lab: "Laboratory", interface: NetworkInterface) -> Address:
    cidr = lab.network.the(Subnet, interface.subnet).cidr
    assert cidr is not None
    return cidr.first + 1


def _transit(lab: "Laboratory", vpc: str) -> bool:
    from vpctui.aws.transit_gateway_attachment import TransitGatewayAttachment

    return any(found.vpc == vpc for found in lab.network.all(TransitGatewayAttachment))
