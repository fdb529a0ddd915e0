"""What could remove an obstacle, by reason: the changes that somebody who knows AWS would try first.  The engine tries them all."""

from collections.abc import Iterator

from vpctui.address import ANYWHERE, Address, Prefix, is_private, prefix_of
from vpctui.aws import association_changes, interface_changes, route_changes
from vpctui.aws.internet_gateway import InternetGateway
from vpctui.aws.load_balancer import NetworkLoadBalancer
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.route_table import RouteTable
from vpctui.aws.subnet import VPC_SIZES, Subnet, holding, table_of
from vpctui.aws.vpc import Vpc
from vpctui.aws.vpn_gateway import VpnGateway
from vpctui.engine.change import setting_at
from vpctui.engine.mends import Obstacle, mends
from vpctui.engine.network import Network
from vpctui.trace import Hop

NEAR = 20
"""How many VPCs, interfaces of one and stopped instances are looked at: what mends cost does not grow with the network."""


@mends("NO_ROUTE", "GWRT_NO_ROUTE", "IGW_PRIVATE_DEST_EGRESS")
def missing_route(obstacle: Obstacle) -> Iterator[str]:
    """A route to the destination in the table that was asked (at an internet gateway: in the table that sent it there)."""
    table = _table(obstacle)
    if table is None:
        return
    destination = _block(obstacle.hop.packet.dst, table, obstacle.network)
    yield from _to_targets(table, str(destination), obstacle.network)


@mends("IGW_PRIVATE_DEST_EGRESS")
def through_a_tunnel(obstacle: Obstacle) -> Iterator[str]:
    """A guest route into a tunnel, where a machine on the way has one."""
    network = obstacle.network
    destination = _block(obstacle.hop.packet.dst, None, network)
    for hop in obstacle.leg.hops:
        yield from (f"{hop.node}.routes[{destination}]={tunnel}" for tunnel in network.ids(("tunnel-of", hop.node)))


@mends("REPLY_NO_SOCKET")
def visible_balancer(obstacle: Obstacle) -> Iterator[str]:
    """Let the targets answer the load balancer instead of the client whose address it kept (R-187)."""
    balancers = [hop.node for hop in obstacle.conversation.legs[0].hops if isinstance(obstacle.network.get(hop.node), NetworkLoadBalancer)]
    yield from (f"{balancer}.preserve_client_ip=off" for balancer in balancers)


@mends("ROUTE_BLACKHOLE", "ENI_DETACHED", "GWRT_TARGET_NO_PUBLIC_IP", "ROUTE_TARGET_WRONG_VPC")
def dead_target(obstacle: Obstacle) -> Iterator[str]:
    """Bring the target back, or give the row another one."""
    hop, network = obstacle.hop, obstacle.network
    interface = network.find(NetworkInterface, hop.target)
    if interface is not None and interface.owner and getattr(network.get(interface.owner), "state", "running") != "running":
        yield f"{interface.owner}.state=running"
    state = setting_at(f"{hop.target}.state", network) if hop.target else None
    if state is not None and state.value != "available" and "available" in state.choices:
        yield f"{hop.target}.state=available"
    if interface is not None:
        yield from _public(interface, network)
    if interface is not None and not interface.owner:
        setting = setting_at(f"{interface.id}.instance", network)
        yield from (f"{interface.id}.instance={choice}" for choice in (setting.choices if setting else ()) if choice != "none")
    table = network.find(RouteTable, hop.table)
    if table is not None and hop.route is not None:
        yield from (change for change in _to_targets(table, hop.route, network) if not change.endswith(f"={hop.target}"))
        yield f"{table.id}[{hop.route}]=none"


@mends("IGW_NO_PUBLIC_IP_EGRESS")
def no_public_address(obstacle: Obstacle) -> Iterator[str]:
    """A public address for the source, or a way through a NAT gateway."""
    network, source = obstacle.network, obstacle.hop.packet.src
    gateway = network.find(InternetGateway, obstacle.hop.node)
    interface = network.first(NetworkInterface, ("address", gateway.vpc, source)) if gateway else None
    if interface is not None:
        yield from _public(interface, network)
    table = _table(obstacle)
    if table is not None:
        yield from (change for change in _to_targets(table, str(ANYWHERE[4]), network) if not change.endswith(f"={obstacle.hop.node}"))


@mends("DEST_IP_UNASSIGNED", "IGW_UNKNOWN_PUBLIC_IP_INGRESS")
def nobody_there(obstacle: Obstacle) -> Iterator[str]:
    """Give a public address that nobody holds to an interface that has none; hide a private one that leaked."""
    address = obstacle.hop.packet.dst
    if is_private(address):
        machines = [hop.node for leg in obstacle.conversation.legs[:-1] for hop in leg.hops[1:-1]]
        yield from (f"{node}.nat=masquerade" for node in machines if getattr(getattr(obstacle.network.get(node), "guest", None), "nat", "") == "none")
        return
    for vpc in obstacle.network.ids(("vpcs",))[:NEAR]:
        for interface in _interfaces(vpc, obstacle.network):
            if interface.public_ip is None and interface.type == "interface":
                yield f"{interface.id}.public_ip={address}"


@mends("IGW_DETACHED", "VGW_DETACHED")
def detached(obstacle: Obstacle) -> Iterator[str]:
    """Attach the gateway to the VPC that holds the destination."""
    hop, network = obstacle.hop, obstacle.network
    gateways = network.ids(("gateway", "")) if hop.reason == "IGW_DETACHED" else (hop.node,)
    for vpc in dict.fromkeys(vpc for block in _blocks(hop.packet.dst) for vpc in network.ids(("range", block)) if network.find(Vpc, vpc)):
        yield from (f"{gateway}.vpc={vpc}" for gateway in gateways)


@mends("APPLIANCE_OTHER_MEMBER")
def split_by_zone(obstacle: Obstacle) -> Iterator[str]:
    """Appliance mode where the transit gateway took another zone on the way back (R-233)."""
    steps = (step for leg in obstacle.conversation.legs for hop in leg.hops for step in hop.steps)
    yield from (f"{step.setting}=on" for step in steps if step.rule == "tgw-appliance-mode-off")


@mends("APPLIANCE_STATE_MISS", "RETURN_BYPASSES_APPLIANCE", "SG_INGRESS_DENY", "REPLY_NO_SOCKET", "SG_REF_LOST")
def one_way_only(obstacle: Obstacle) -> Iterator[str]:
    """Bring both directions over the same component: the edge association, and the rows that sent one of them past it."""
    network, table = obstacle.network, _table(obstacle)
    if table is not None:
        through = [str(step.facts["target"]) for step in obstacle.hop.steps if step.rule == "edge-bypassed"]
        yield from (f"{table.id}[{route}]={target}" for target in through for route in _asked(obstacle, table))
    if len(obstacle.conversation.legs) == 1:
        return
    for leg in obstacle.conversation.legs:
        for hop in leg.hops:
            if isinstance(network.get(hop.node), InternetGateway | VpnGateway) and hop.route is not None and hop.table is None:
                gateway = network.get(hop.node)
                yield from (f"{hop.node}.route_table={table}" for table in association_changes.edge_tables(gateway, network) if table != "none")
    passed = list(dict.fromkeys(hop.target for leg in obstacle.conversation.legs for hop in leg.hops if _is_middlebox(hop, network)))
    for leg in reversed(obstacle.conversation.legs):
        for hop in reversed(leg.hops):
            if network.find(RouteTable, hop.table) is not None:
                yield from (f"{hop.table}[{hop.route}]={target}" for target in passed if target != hop.target)
    yield from _edge_rows(obstacle, [target for target in passed if target])
    if table is not None:
        yield from (change for route in _asked(obstacle, table) for change in _to_targets(table, route, network))


def _asked(obstacle: Obstacle, table: RouteTable) -> Iterator[str]:
    """The rows of a table by which the packet of the last leg went."""
    return (hop.route for hop in reversed(obstacle.leg.hops) if hop.table == table.id and hop.route)


def _is_middlebox(hop: Hop, network: Network) -> bool:
    """Whether a hop handed the packet to something that forwards it: an interface, an endpoint, a NAT gateway."""
    return hop.table is not None and hop.target not in (None, "local") and not isinstance(network.get(hop.target or ""), InternetGateway | VpnGateway)


def _edge_rows(obstacle: Obstacle, targets: list[str]) -> Iterator[str]:
    """Rows for edge tables that exist but do not redirect the subnet of the server."""
    network = obstacle.network
    for leg in obstacle.conversation.legs:
        for hop in leg.hops:
            gateway = network.get(hop.node)
            if isinstance(gateway, InternetGateway | VpnGateway) and gateway.route_table and hop.target == "local":
                subnet = holding(gateway.vpc, hop.packet.dst, network)
                yield from (f"{gateway.route_table}[{subnet.block(hop.packet.dst)}]={target}" for target in targets if subnet)


@mends("EIGW_NO_STATE")
def egress_only(obstacle: Obstacle) -> Iterator[str]:
    """Publish the address through an internet gateway."""
    network, address = obstacle.network, obstacle.hop.packet.dst
    interface = network.first(NetworkInterface, ("global", address))
    subnet = network.find(Subnet, interface.subnet) if interface else None
    if subnet is not None:
        yield from (f"{table_of(subnet, network)}[::/0]={gateway}" for gateway in network.ids(("gateway", subnet.vpc)))


@mends("MTU_EXCEEDED_DF", "TTL_EXPIRED", "HOP_LIMIT")
def another_packet(obstacle: Obstacle) -> Iterator[str]:
    """Ask with a packet that fits: as small as the component reported, or with a TTL that lasts, which none does in a circle."""
    flow, report = f"flows.{obstacle.conversation.flow}", obstacle.conversation.icmp
    if obstacle.hop.reason == "MTU_EXCEEDED_DF":
        facts = [step.facts["mtu"] for step in obstacle.hop.steps if "mtu" in step.facts]
        size = report.mtu if report is not None and report.mtu else facts[-1]
        yield f"{flow}.size={size}"
        yield f"{flow}.dont_fragment=off"
    elif not obstacle.hop.circled:
        yield f"{flow}.ttl=64"


@mends("RP_FILTER_DROP")
def back_at_its_sender(obstacle: Obstacle) -> Iterator[str]:
    """The route that hands a machine its own packet: local again where it can be, else any other target."""
    for before in obstacle.leg.hops[-2:-1]:
        setting = setting_at(f"{before.table}[{before.route}]", obstacle.network) if before.table else None
        if setting is not None:
            targets = ("local",) if "local" in setting.choices else setting.choices
            yield from (f"{setting.place}={target}" for target in targets if target != setting.value)


@mends("NO_LISTENER")
def closed_port(obstacle: Obstacle) -> Iterator[str]:
    """Open the port."""
    yield f"{obstacle.hop.node}.listens+={obstacle.hop.packet.dst_port}"


@mends("GUEST_NO_ROUTE", "NEXT_HOP_UNREACHABLE")
def guest_route(obstacle: Obstacle) -> Iterator[str]:
    """A guest route by an interface, or by a machine that forwards on a network that both are on."""
    hop, network = obstacle.hop, obstacle.network
    destination = _block(hop.packet.dst, None, network)
    machine = network.get(hop.node)
    links: tuple[tuple[str, Address], ...] = getattr(getattr(machine, "guest", None), "links", ())
    for interface in network.ids(("attached", hop.node)):
        yield f"{hop.node}.routes[{destination}]={interface}"
    for link, own in links:
        for neighbour in network.ids(("linked", link)):
            other = getattr(network.get(neighbour), "guest", None)
            if neighbour != hop.node and other is not None and other.ip_forward:
                yield from (f"{hop.node}.routes[{destination}]={address}" for on, address in other.links if on == link and address != own)
        yield f"{hop.node}.routes[{destination}]={link}"


@mends("LB_NO_TARGET", "INSTANCE_NOT_RUNNING")
def stopped_targets(obstacle: Obstacle) -> Iterator[str]:
    """Start what is stopped."""
    yield from (f"{instance}.state=running" for instance in obstacle.network.ids(("stopped",))[:NEAR])


@mends("TGW_NO_ASSOCIATION", "TGW_NO_ROUTE", "TGW_ROUTE_BLACKHOLE")
def transit_gateway(obstacle: Obstacle) -> Iterator[str]:
    """An association for the attachment that it came in by, or a row to an attachment."""
    hop, network = obstacle.hop, obstacle.network
    if hop.table is None:
        yield from (f"{hop.arrival.by}.route_table={table}" for table in network.ids(("transit-gateway-table", hop.node)))
        return
    block = hop.route or str(_block(hop.packet.dst, None, network))
    yield from (f"{hop.table}[{block}]={attachment}" for attachment in network.ids(("attachment-of", hop.node)))


def _to_targets(table: RouteTable, destination: str, network: Network) -> Iterator[str]:
    """The row with every target that AWS would accept, gateways first."""
    place = f"{table.id}[{destination}]"
    yield from (f"{place}={target}" for target in route_changes.choices(table, place, network) if target not in ("none", "blackhole"))


def _table(obstacle: Obstacle) -> RouteTable | None:
    """The last route table that was asked on the way."""
    for hop in reversed(obstacle.leg.hops):
        table = obstacle.network.find(RouteTable, hop.table)
        if table is not None:
            return table
    return None


def _block(address: Address, table: RouteTable | None, network: Network) -> Prefix:
    """The prefix that a route for this address would have: a known network's, else everything for a public address, else its /24."""
    for block in _blocks(address):
        if any(table is None or holder != table.vpc for holder in network.ids(("range", block))):
            return block
    subnet = holding(table.vpc, address, network) if table is not None else None
    held = subnet.block(address) if subnet is not None else None
    if held is not None:
        return held
    return prefix_of(address, 24) if is_private(address) else ANYWHERE[address.family]


def _blocks(address: Address) -> Iterator[Prefix]:
    """Every block that holds an address and can be a VPC's, the smallest first."""
    return (prefix_of(address, length) for length in VPC_SIZES[address.family])


def _public(interface: NetworkInterface, network: Network) -> Iterator[str]:
    yield from (f"{interface.id}.public_ip={address}" for address in interface_changes.offered_addresses(interface, network) if address != "none")


def _interfaces(vpc: str, network: Network) -> Iterator[NetworkInterface]:
    for subnet in network.ids(("in", vpc))[:NEAR]:
        for identifier in network.ids(("in", subnet))[:NEAR]:
            interface = network.find(NetworkInterface, identifier)
            if interface is not None:
                yield interface
