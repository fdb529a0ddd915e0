"""A machine sends a packet: guest route, then interface, link, tunnel or the internet.  Rules R-001, R-032, R-130, R-146, R-189."""

from collections.abc import Generator

from msgspec.structs import replace

from vpctui.address import Address
from vpctui.aws import guest, internet, network_acl, network_interface, remote_side, security_group, tunnel
from vpctui.aws.delivery import arrival_at, owner_of, unattached, undeliverable
from vpctui.aws.guest import Machine, Way
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.subnet import Subnet, table_of
from vpctui.aws.tunnel import Tunnel
from vpctui.engine.registry import Evaluation, Rule, Sentence, Situation
from vpctui.packet import Packet
from vpctui.trace import Arrival, Candidate, Drop, Forward, Step


def route(machine: Machine, packet: Packet, here: Situation) -> Generator[Step, None, Way | Drop]:
    """Ask the guest's table (R-146)."""
    lookup = guest.lookup(machine, packet.dst, here.network)
    won = lookup.winner
    yield Step(
        rule="guest-route",
        packet=packet,
        passed=won is not None,
        facts={"node": machine.id, "dst": str(packet.dst), "route": won.destination if won else "", "target": won.target if won else ""},
        lookup=lookup,
        decider=won.place if won else "",
        setting=won.place if won else "",
    )
    if won is None:
        return Drop(packet=packet, reason="GUEST_NO_ROUTE")
    out = guest.way(machine, won, here.network)
    if out is None:
        return Drop(packet=packet, reason="NEXT_HOP_UNREACHABLE", route=won.destination, target=won.target)
    return out


def leave(machine: Machine, packet: Packet, out: Way, here: Situation, *, carries: bool = False) -> Evaluation:
    """Send a packet that way; `carries` where it is somebody else's, which costs it the sender's group (R-269)."""
    if out.interface is not None:
        return (yield from send(out.interface, packet, out, here, carries=carries))
    through = here.network.find(Tunnel, out.link)
    if through is not None:
        return (yield from _wrap(machine, through, packet, out, here))
    if out.link == internet.INTERNET:
        return (yield from internet.send(packet, here, route=out.route.destination, target=out.route.target, assume=carries or bool(machine.guest.links)))
    return (yield from _link(packet, out, here))


def _wrap(machine: Machine, through: Tunnel, packet: Packet, out: Way, here: Situation) -> Evaluation:
    end = through.end(machine.id)
    if end is None or not through.up:
        yield Step(rule="tunnel-up", packet=packet, passed=False, facts={"tunnel": through.id, "node": machine.id}, setting=f"{through.id}.up")
        return Drop(packet=packet, reason="VPN_TUNNEL_DOWN", route=out.route.destination, target=out.route.target)
    if tunnel.carries_already(through, end, packet):
        yield Step(rule="tunnel-recursive", packet=packet, passed=False, facts={"tunnel": through.id, "node": machine.id, "dst": str(packet.dst)})
        return Drop(packet=packet, reason="ROUTING_LOOP", route=out.route.destination, target=out.route.target)
    outer = tunnel.encapsulate(through, end, packet)
    yield tunnel.step("tunnel-wrap", through, outer)
    way_out = yield from route(machine, outer, here)
    if isinstance(way_out, Drop):
        return way_out
    # The hop is told by the route of the packet inside; the outer one only finds the link.
    named = Way(out.route, way_out.interface, way_out.link, way_out.next_hop)
    return (yield from leave(machine, outer, named, here))


def _link(packet: Packet, out: Way, here: Situation) -> Evaluation:
    """To a neighbour on a network outside; or, from behind a gateway, to whoever is behind it too, and else to the gateway."""
    neighbour = out.next_hop or packet.dst
    beside = remote_side.neighbour(neighbour, (out.link,), here.network)
    if beside is not None and beside[0] != here.arrival.node:
        yield Step(rule="same-premises", packet=packet, facts={"link": out.link, "to": beside[0]})
        reached = Arrival(node=beside[0], by=out.link, came_from=here.arrival.node)
        return Forward(packet=packet, to=reached, route=out.route.destination, target=out.route.target)
    found = here.network.ids(("on", out.link, neighbour))
    to = Arrival(node=found[0], by=out.link) if found else remote_side.entry(out.link, here.network)
    rule = "link" if found or to is None else "behind-gateway"
    yield Step(rule=rule, packet=packet, passed=to is not None, facts={"link": out.link, "neighbour": str(neighbour), "to": to.node if to else ""})
    if to is None:
        reason = "NEXT_HOP_UNREACHABLE" if out.next_hop else "DEST_IP_UNASSIGNED"
        return Drop(packet=packet, reason=reason, route=out.route.destination, target=out.route.target)
    return Forward(packet=packet, to=replace(to, came_from=here.arrival.node), route=out.route.destination, target=out.route.target)


def send(interface: NetworkInterface, packet: Packet, out: Way, here: Situation, *, carries: bool) -> Evaluation:
    """The sending side of an interface (R-001): check, security groups, then neighbour or router."""
    route_, target = out.route.destination, out.route.target
    refused = yield from network_interface.check_out(interface, packet, route_, target)
    if refused:
        return refused
    refused = yield from security_group.check_out(interface, packet, here, route_, target)
    if refused:
        return refused
    # Groups can be referenced only while the packet is the sender's own.
    groups = None if carries and not interface.owns(packet.src) else interface.security_groups
    pinned = yield from load_balanced(interface, packet, out.route, here)
    if pinned is not None:
        return pinned
    subnet = here.network.the(Subnet, interface.subnet)
    neighbour = out.next_hop or packet.dst
    if subnet.holds(neighbour) and not (out.next_hop and _is_router(subnet, neighbour)):
        return (yield from _neighbour(interface, packet, out, here, groups))
    table = table_of(subnet, here.network)
    to = Arrival(node=interface.vpc, by=subnet.id, table=table, zone=subnet.az, came_from=here.arrival.node, groups=groups, tags=here.arrival.tags)
    return Forward(packet=packet, to=to, route=route_, target=target)


def _is_router(subnet: Subnet, address: Address) -> bool:
    """Whether a next hop is the subnet's router: base plus one (R-028, R-033)."""
    block = subnet.block(address)
    return block is not None and address == block.first + 1


def _neighbour(interface: NetworkInterface, packet: Packet, out: Way, here: Situation, groups: tuple[str, ...] | None) -> Evaluation:
    """Deliver on the subnet itself: no router, no table, no network ACL (R-032, R-273)."""
    neighbour = out.next_hop or packet.dst
    owner = owner_of(interface.vpc, neighbour, here.network)
    yield Step(
        rule="same-subnet",
        packet=packet,
        passed=owner is not None,
        facts={"dst": str(neighbour), "subnet": interface.subnet, "eni": owner.id if owner else ""},
        warning="NOTE_L2_SAME_SUBNET" if owner else "",
    )
    if owner is None or not owner.owner:
        if owner is not None:
            yield unattached(owner, packet)
        reason = "ENI_DETACHED" if owner else undeliverable(interface.vpc, neighbour, here.network)
        return Drop(packet=packet, reason=reason, route=out.route.destination, target=out.route.target)
    to = replace(arrival_at(owner, here, border=False), groups=groups)
    return Forward(packet=packet, to=to, route=out.route.destination, target=out.route.target)


def load_balanced(interface: NetworkInterface, packet: Packet, won: Candidate | None, here: Situation) -> Generator[Step, None, Forward | Drop | None]:
    """A reply on a flow that a Network Load Balancer brought with the client's address goes back to it, past every table (R-189).

    `won` is the route by which the guest sent it; the interface of a service has none.
    """
    node: str | None = here.connections.recall(interface.id, ("load-balanced", packet.flow))
    if node is None:
        return None
    back = here.network.the(NetworkInterface, node)
    if back.type == "vpc_endpoint":  # what came by PrivateLink goes back by it, and the endpoint asks nothing of what it knows
        yield Step(rule="privatelink-return", packet=packet, facts={"endpoint": back.owner, "dst": packet.socket("dst")})
        return Forward(packet=packet, to=arrival_at(back, here), target=back.owner)
    if here.assume.nlb_return != "load_balancer":
        return None
    yield Step(rule="load-balancer-return", packet=packet, facts={"lb": back.owner, "eni": back.id, "dst": packet.socket("dst")}, setting="assume.nlb_return")
    subnet = here.network.the(Subnet, interface.subnet)
    border = back.subnet != interface.subnet
    if border:
        refused = yield from network_acl.leave(subnet, packet, here, won, None)
        if isinstance(refused, Drop):
            return refused
    to = arrival_at(back, here, border=border)
    return Forward(packet=packet, to=to, route=won.destination if won else None, target=won.target if won else None)


RULES = {
    "guest-route": Rule(
        "R-146",
        Sentence("the table of {node} says {route} → {target}", "{node}のルートテーブル：{route} → {target}"),
        Sentence("the table of {node} has no route to {dst}", "{node}のルートテーブルに{dst}へのルートが無い"),
    ),
    "same-premises": Rule("R-126", Sentence("{to} is behind {link} too: it gets it without AWS", "{to}も{link}の対向側にあり、AWSを通らずに届く")),
    "behind-gateway": Rule("R-117 R-126", Sentence("the network here ends at {to}: handed to it as it is", "手前のネットワークは{to}につながる：そのまま渡す")),
    "link": Rule(
        "R-141",
        Sentence("on {link} {neighbour} is {to}", "{link}上の{neighbour}は{to}"),
        Sentence("nobody on {link} answers for {neighbour}", "{link}上に{neighbour}の持ち主がいない"),
    ),
    "tunnel-up": Rule("R-119", Sentence("{tunnel} is up", "{tunnel}は確立済み"), Sentence("{tunnel} is down at {node}", "{node}の{tunnel}は確立していない")),
    "same-subnet": Rule(
        "R-032",
        Sentence(
            "{dst} is in the same subnet {subnet}: straight to {eni}, the route table is not consulted",
            "{dst}は同じサブネット{subnet}：{eni}へ直接届け、ルートテーブルは引かない",
        ),
        Sentence(
            "{dst} would be in the same subnet {subnet}, but no interface holds it", "{dst}は同じサブネット{subnet}のはずだが、持ち主のインターフェイスが無い"
        ),
    ),
    "privatelink-return": Rule(
        "R-290",
        Sentence("the flow came by PrivateLink: the answer goes back to {endpoint}", "このフローはPrivateLink経由：応答は{endpoint}へ戻る"),
    ),
    "load-balancer-return": Rule(
        "R-189",
        Sentence(
            "the flow came by {lb}: the reply goes back to it ({eni}) before any table is asked",
            "このフローは{lb}経由：応答はルートテーブルを引く前に{lb}（{eni}）へ戻る",
        ),
    ),
}
