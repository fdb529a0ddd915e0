"""VPC Block Public Access: an account's switch that stops internet gateways, with exclusions.  Rules R-105, R-106, conflict C-26."""

from vpctui.address import Address
from vpctui.aws import edge
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.subnet import Subnet
from vpctui.aws.vpc import Vpc
from vpctui.engine.network import Network
from vpctui.engine.registry import Checks, Rule, Sentence, Situation
from vpctui.packet import Packet
from vpctui.trace import Drop, Step


def check(gateway: str, vpc: str, packet: Packet, here: Situation, interface: NetworkInterface | None, *, inbound: bool, egress_only: bool = False) -> Checks:
    """Asked before anything else at an internet gateway, and at an egress-only one (R-105).

    `interface` is the one inside the VPC that the packet comes from or goes to; None for an address of a BYOIP pool.
    """
    record = here.network.the(Vpc, vpc)
    mode = record.block_public_access
    if mode == "off":
        return None
    facts: dict[str, str | int] = {"vpc": vpc, "gateway": gateway, "mode": mode}
    setting = f"{vpc}.block_public_access"
    excluded = _excluded(gateway, record, packet, here, interface, inbound)
    if excluded:
        yield Step(rule="block-public-access-exclusion", packet=packet, facts={**facts, "of": excluded}, setting=setting)
        return None
    # `ingress` leaves what only opens outward: NAT gateways and egress-only internet gateways.
    outward = gateway if egress_only else interface.owner if interface is not None and interface.type == "nat_gateway" else ""
    allowed = mode == "ingress" and bool(outward)
    yield Step(
        rule="block-public-access-outward" if allowed else "block-public-access", packet=packet, passed=allowed, facts={**facts, "by": outward}, setting=setting
    )
    return None if allowed else Drop(packet=packet, reason="VPC_BPA_BLOCK", mends=(f"{vpc}.block_public_access=off",))


def _excluded(gateway: str, vpc: Vpc, packet: Packet, here: Situation, interface: NetworkInterface | None, inbound: bool) -> str:
    """What is excluded: the VPC, or the subnet next to the gateway, which hosts the appliance where there is one (R-106).

    A subnet's exclusion counts neither for BYOIP pools (C-26) nor for what Network Firewall inspects.
    """
    kinds = ["bidirectional"]
    if vpc.block_public_access == "bidirectional" and (not inbound or here.connections.recall(gateway, ("out", packet.flow))):
        kinds.append("egress")  # an egress-only exclusion also admits the answers
    if vpc.block_public_access_exclusion in kinds:
        return vpc.id
    subnet = here.network.find(Subnet, _entered(gateway, vpc.id, packet, here, interface) if inbound else _left(here))
    if interface is None or subnet is None or subnet.block_public_access_exclusion not in kinds:
        return ""
    return subnet.id


def is_network_firewall(endpoint: str, network: Network) -> bool:
    """Whether an id is that of an endpoint of AWS Network Firewall."""
    service = network.get(getattr(network.get(endpoint), "service", ""))
    return getattr(service, "type", "") == "network_firewall"


def _left(here: Situation) -> str:
    """The subnet whose table sent the packet to the gateway; none where it was a firewall endpoint's."""
    router = here.path[-2]
    return "" if is_network_firewall(router.came_from, here.network) else router.by


def _entered(gateway: str, vpc: str, packet: Packet, here: Situation, interface: NetworkInterface | None) -> str:
    """The subnet that the packet will enter first: the edge target's, else that of its destination."""
    inside: Address | None = packet.dst if packet.family == 6 else interface.private_of(packet.dst) if interface else None
    table: str | None = getattr(here.network.get(gateway), "route_table", None)
    target = edge.redirected(table, vpc, inside, here) if table and inside else None
    if target is None:
        return interface.subnet if interface else ""
    if is_network_firewall(target, here.network):
        return ""
    return getattr(here.network.get(target), "subnet", "")


RULES = {
    "block-public-access": Rule(
        "R-105 R-106",
        Sentence("Block Public Access of {vpc} is off", "{vpc}のブロックパブリックアクセスは無効"),
        Sentence(
            "Block Public Access of {vpc} is {mode}: {gateway} does not carry it",
            "{vpc}のブロックパブリックアクセスは{mode}：{gateway}は転送しない",
        ),
    ),
    "block-public-access-exclusion": Rule(
        "R-105 R-106",
        Sentence("Block Public Access of {vpc} is {mode}, but {of} is excluded", "{vpc}のブロックパブリックアクセスは{mode}だが、{of}は除外されている"),
    ),
    "block-public-access-outward": Rule(
        "R-105",
        Sentence(
            "Block Public Access of {vpc} is {mode}, but {by} opens connections outward only",
            "{vpc}のブロックパブリックアクセスは{mode}だが、{by}は外向きの接続だけを開く",
        ),
    ),
}
