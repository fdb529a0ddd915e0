"""VPC Block Public Access: an account's switch that stops internet gateways, with exclusions.  Rules R-105, R-106, conflict C-26."""

from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.subnet import Subnet
from vpctui.aws.vpc import Vpc
from vpctui.engine.registry import Checks, Rule, Sentence, Situation
from vpctui.packet import Packet
from vpctui.trace import Drop, Step


def inbound(vpc: str, packet: Packet, here: Situation, interface: NetworkInterface | None) -> Checks:
    """What comes in by an internet gateway: asked before anything else there (R-105)."""
    return (yield from _check(vpc, packet, here, interface, "inbound"))


def outbound(vpc: str, packet: Packet, here: Situation, interface: NetworkInterface | None) -> Checks:
    """What leaves by an internet gateway (R-105)."""
    return (yield from _check(vpc, packet, here, interface, "outbound"))


def _check(vpc: str, packet: Packet, here: Situation, interface: NetworkInterface | None, direction: str) -> Checks:
    record = here.network.the(Vpc, vpc)
    mode = record.block_public_access
    if mode == "off":
        return None
    excluded = _excluded(record, here, interface, direction, packet)
    # `ingress` still lets NAT gateways work: only what they began comes back to them.
    managed = mode == "ingress" and interface is not None and interface.type == "nat_gateway"
    allowed = excluded or managed
    yield Step(
        rule="block-public-access",
        packet=packet,
        passed=allowed,
        facts={"vpc": vpc, "mode": mode, "why": "exclusion" if excluded else "NAT gateway" if managed else ""},
        setting=f"{vpc}.block_public_access",
    )
    return None if allowed else Drop(packet=packet, reason="VPC_BPA_BLOCK", mends=(f"{vpc}.block_public_access=off",))


def _excluded(vpc: Vpc, here: Situation, interface: NetworkInterface | None, direction: str, packet: Packet) -> bool:
    """An exclusion of the VPC, or of the subnet next to the gateway; BYOIP pools honour only the VPC's (R-106, C-26)."""
    kinds = ("bidirectional",) if direction == "inbound" and not _reply(vpc, packet, here) else ("bidirectional", "egress")
    if vpc.block_public_access_exclusion in kinds:
        return True
    subnet = here.network.find(Subnet, _adjacent(here, interface))
    return interface is not None and subnet is not None and subnet.block_public_access_exclusion in kinds


def _reply(vpc: Vpc, packet: Packet, here: Situation) -> bool:
    """Whether an inbound packet answers something that left before: an egress-only exclusion admits it."""
    gateway = next(iter(here.network.ids(("gateway", vpc.id))), "")
    flows = (key[1] for key, _ in here.connections.of(gateway) if key[0] == "out")
    return any((flow[1], flow[2], flow[4]) == (packet.src, packet.src_port, packet.dst_port) for flow in flows)


def _adjacent(here: Situation, interface: NetworkInterface | None) -> str:
    """The subnet next to the gateway: for what leaves, the one whose table sent it; for what comes in, the edge target's or the owner's."""
    for arrival in reversed(here.path[:-1]):
        if here.network.find(Subnet, arrival.by) is not None:
            return arrival.by
    target = _edge_target(here, interface)
    return target.subnet if target else ""


def _edge_target(here: Situation, interface: NetworkInterface | None) -> NetworkInterface | None:
    from vpctui.aws.edge import redirected

    gateway = here.network.get(here.arrival.node)
    table: str | None = getattr(gateway, "route_table", None)
    if interface is None or table is None or interface.private_ip is None:
        return interface
    target = redirected(table, interface.vpc, interface.private_ip, here)
    return here.network.find(NetworkInterface, target) if target else interface


RULES = {
    "block-public-access": Rule(
        "R-105 R-106",
        Sentence("Block Public Access of {vpc} is {mode}, but an exception applies: {why}", "{vpc}のBlock Public Accessは{mode}だが、例外に該当：{why}"),
        Sentence(
            "Block Public Access of {vpc} is {mode}: the internet gateway does not carry it",
            "{vpc}のBlock Public Accessは{mode}：インターネットゲートウェイは運ばない",
        ),
    ),
}
