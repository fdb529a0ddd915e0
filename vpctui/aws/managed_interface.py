"""The interface of a service (NAT gateway, load balancer, endpoint): what lets packets in, how they leave.  Rules R-001, R-002, R-032, R-134, R-175.

Its subnet's network ACL, source/destination check and security groups are those of any interface; behind it is no guest and no guest table.
"""

from msgspec.structs import replace

from vpctui.aws import availability_zone, machine, network_acl, security_group
from vpctui.aws.delivery import arrival_at, owner_of, unattached, undeliverable
from vpctui.aws.machine_output import load_balanced
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.reading import Item
from vpctui.aws.subnet import Subnet, table_of
from vpctui.engine.registry import Checks, Evaluation, Rule, Sentence, Situation
from vpctui.packet import Packet
from vpctui.trace import Arrival, Drop, Forward, Memo, Step


def named(item: Item, written: str | None, identifier: str, field: str = "network_interface") -> str:
    """The id of a service's interface: as written, else `identifier`; its place in the file is that of the service."""
    name = written or identifier
    item.document.reader.places.setdefault((name, ""), item.mark(field))
    return name


def own(here: Situation, owner: str) -> NetworkInterface | None:
    """The interface by which a packet came in, if it is this service's."""
    interface = here.network.find(NetworkInterface, here.arrival.by)
    return interface if interface is not None and interface.owner == owner else None


def admit(interface: NetworkInterface, packet: Packet, here: Situation) -> Checks:
    """A zone that works; network ACL, source/destination check, security groups of the receiving side (R-002)."""
    refused = yield from availability_zone.check(interface.owner, interface.vpc, interface.zone, packet, here.network)
    if refused:
        return refused
    return (yield from machine.admit(interface, packet, here))


def enter_subnet(interface: NetworkInterface, packet: Packet, here: Situation) -> Checks:
    """A zone that works, and the network ACL: for an interface without security groups and without the check (R-134, R-174, R-184)."""
    refused = yield from availability_zone.check(interface.owner, interface.vpc, interface.zone, packet, here.network)
    if refused:
        return refused
    subnet = here.network.find(Subnet, interface.subnet)
    if not here.arrival.crosses_border or subnet is None:
        return None
    return (yield from network_acl.enter(subnet, packet, here))


def send(interface: NetworkInterface, packet: Packet, here: Situation, *, groups: tuple[str, ...] | None, target: str | None = None) -> Evaluation:
    """Security groups, then a neighbour of the subnet or the VPC's router with the subnet's table (R-001, R-032).

    `groups` is what a rule of the receiver can refer to (None: the path hides the sender, R-269); `target` is what the service chose.
    """
    refused = yield from security_group.check_out(interface, packet, here, None, target)
    if refused:
        return refused
    pinned = yield from load_balanced(interface, packet, None, here)
    if pinned is not None:
        return pinned
    subnet = here.network.the(Subnet, interface.subnet)
    if subnet.holds(packet.dst):
        return (yield from _neighbour(interface, packet, here, groups, target))
    to = Arrival(node=interface.vpc, by=subnet.id, table=table_of(subnet, here.network), zone=subnet.az, came_from=here.arrival.node, groups=groups)
    return Forward(packet=packet, to=to, target=target)


def _neighbour(interface: NetworkInterface, packet: Packet, here: Situation, groups: tuple[str, ...] | None, target: str | None) -> Evaluation:
    """Straight to an interface of the same subnet: no router, no table, no network ACL (R-032, R-273)."""
    owner = owner_of(interface.vpc, packet.dst, here.network)
    yield Step(
        rule="same-subnet",
        packet=packet,
        passed=owner is not None,
        facts={"dst": str(packet.dst), "subnet": interface.subnet, "eni": owner.id if owner else ""},
        warning="NOTE_L2_SAME_SUBNET" if owner else "",
    )
    if owner is None or not owner.owner:
        if owner is not None:
            yield unattached(owner, packet)
        reason = "ENI_DETACHED" if owner else undeliverable(interface.vpc, packet.dst, here.network)
        return Drop(packet=packet, reason=reason, target=target)
    return Forward(packet=packet, to=_sent(arrival_at(owner, here, border=False), groups), target=target)


def _sent(arrival: Arrival, groups: tuple[str, ...] | None) -> Arrival:
    return replace(arrival, groups=groups, tags=())


def originate(interface: NetworkInterface, packet: Packet, here: Situation) -> Evaluation:
    """A packet of the service's own, such as a health check: only outbound rules meet it, the answer is awaited (R-192)."""
    yield Step(
        rule="originate",
        packet=packet,
        facts={"node": interface.owner, "src": packet.socket("src"), "dst": packet.socket("dst")},
        remembers=(Memo(interface.owner, ("socket", packet.reverse_flow)),),
    )
    return (yield from send(interface, packet, here, groups=interface.security_groups))


RULES = {
    "managed-starts-nothing": Rule(
        "R-166",
        Sentence("{node} sends it", "{node}が送信する"),
        Sentence("{node} starts no connection of its own: there is nothing to trace", "{node}は自分から接続を開始しない：追跡するものが無い"),
    ),
}
