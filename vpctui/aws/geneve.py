"""GENEVE between a Gateway Load Balancer and its appliances: the packet in a packet, and what the appliance does with it.  Rules R-139, R-210, R-211, R-217."""

from zlib import crc32

from msgspec.structs import replace

from vpctui.address import Address
from vpctui.aws import appliance, machine, tunnel
from vpctui.aws.guest import Machine
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.subnet import Subnet, table_of
from vpctui.engine.registry import Checks, Evaluation, Rule, Sentence, Situation
from vpctui.packet import Packet, identification_of
from vpctui.trace import Arrival, Drop, Forward, Step

PORT = 6081
TAG = "geneve"
"""Of an arrival: the packet comes in GENEVE, from the service that it `came_from` for the endpoint in `table`."""
INSPECTED = "gwlb"
"""Of every arrival behind an endpoint (R-102)."""
REPLY_ONLY = "gwlb-reply-only"
"""Of an arrival in GENEVE: the balancer has not seen the flow's beginning (R-217)."""
FlowKey = tuple[str, ...]


def flow_key(packet: Packet, stickiness: str = "5-tuple") -> FlowKey:
    """What both directions of a flow share (R-212); an ICMP error belongs to the flow of the packet that it is about."""
    seen = packet.about or packet
    if stickiness == "5-tuple":
        return (seen.protocol, *sorted((seen.socket("src"), seen.socket("dst"))))
    ends = sorted((str(seen.src), str(seen.dst)))
    return (seen.protocol, *ends) if stickiness == "3-tuple" else tuple(ends)


def wrap(packet: Packet, balancer: Address, target: Address) -> Packet:
    """The outer packet: IPv4 and UDP 6081 whatever is inside; the source port spreads flows, alike in both directions (R-210)."""
    port = 49152 + crc32(repr(flow_key(packet)).encode()) % 16384
    outer = Packet(
        src=balancer,
        dst=target,
        protocol="udp",
        src_port=port,
        dst_port=PORT,
        size=packet.size + tunnel.OVERHEAD["geneve"],
        dscp=packet.dscp,
        tunnel="geneve",
        inside=packet,
    )
    return replace(outer, identification=identification_of(outer.flow))


def outer_packet(service: str, endpoint: str, target: NetworkInterface, packet: Packet, here: Situation) -> tuple[Packet, NetworkInterface | None]:
    """What the balancer sends to an appliance, and the interface that it sends from: the one in the endpoint's zone (R-216).

    Where the file gives the balancer no subnets, it is assumed to stand in the appliance's, at the last address.
    """
    zone = here.network.the(NetworkInterface, next(iter(here.network.ids(("attached", endpoint))))).zone
    nodes = [here.network.the(NetworkInterface, identifier) for identifier in here.network.ids(("attached", service))]
    node = next((node for node in nodes if node.zone == zone), None)
    block = here.network.the(Subnet, target.subnet).cidr
    own = target.private_ip or Address(4, 0)
    assumed = block.last + -1 if block is not None else own
    source = (node.private_ip if node else None) or assumed
    return wrap(packet, source, own), node


def back(outer: Packet) -> Packet:
    """The outer packet of the way back: addresses swapped, ports as they came."""
    return replace(outer, src=outer.dst, dst=outer.src)


def inspect(target: Machine, packet: Packet, here: Situation) -> Evaluation:
    """An appliance takes the outer packet, judges the inner one, and returns it to the endpoint that it came through (R-210, R-219)."""
    interface = here.network.the(NetworkInterface, here.arrival.by)
    outer, _ = outer_packet(here.arrival.came_from, here.arrival.table, interface, packet, here)
    refused = yield from _admit(interface, outer, here)
    if refused:
        return replace(refused, packet=packet) if isinstance(refused, Drop) else refused
    yield Step(rule="geneve-unwrap", packet=packet, facts={"node": target.id, "src": packet.socket("src"), "dst": packet.socket("dst")})
    refused = yield from appliance.judge(target, packet, here.connections)
    if refused:
        return refused
    refused = yield from _known_flow(packet, here)
    if refused:
        return refused
    facts: dict[str, str | int] = {"node": target.id, "service": here.arrival.came_from, "endpoint": here.arrival.table, "ttl": packet.ttl}
    yield Step(rule="geneve-return", packet=back(replace(outer, inside=packet)), facts=facts)
    return Forward(packet=packet, to=emerging(here.arrival.table, here))


def _admit(interface: NetworkInterface, outer: Packet, here: Situation) -> Checks:
    """Only the outer header meets the interface (R-139, R-211); its security groups must let UDP 6081 in (R-210)."""
    refused = yield from machine.admit(interface, outer, here)
    if isinstance(refused, Drop) and refused.reason == "SG_INGRESS_DENY":
        return replace(refused, reason="GWLB_ENCAP_MISMATCH")
    return refused


def _known_flow(packet: Packet, here: Situation) -> Checks:
    """A balancer that has seen only the answers of a flow does not carry them (R-217)."""
    if REPLY_ONLY not in here.arrival.tags:
        return None
    yield Step(rule="gwlb-flow", packet=packet, passed=False, facts={"service": here.arrival.came_from, "flags": packet.part})
    return Drop(packet=packet, reason="APPLIANCE_STATE_MISS")


def emerging(endpoint: str, here: Situation) -> Arrival:
    """Where an inspected packet goes on: to the router, by the table of the endpoint's subnet (R-219); groups are lost (R-269)."""
    interface = next(iter(here.network.ids(("attached", endpoint))))
    subnet = here.network.the(Subnet, here.network.the(NetworkInterface, interface).subnet)
    tags = (*(tag for tag in here.arrival.tags if tag not in (TAG, REPLY_ONLY, INSPECTED)), INSPECTED)
    return Arrival(node=subnet.vpc, by=subnet.id, table=table_of(subnet, here.network), zone=subnet.az, came_from=endpoint, groups=None, tags=tags)


RULES = {
    "geneve-wrap": Rule(
        "R-210 R-212",
        Sentence(
            "{service} wraps it in GENEVE for {target}: outside {src} → {dst}, inside nothing changes",
            "{service}がGENEVEで包み{target}へ送る：外側は{src}→{dst}、内側は変わらない",
        ),
    ),
    "geneve-unwrap": Rule(
        "R-139 R-211",
        Sentence(
            "{node} takes it out of GENEVE: {src} → {dst}; the check never saw these addresses", "{node}がGENEVEを解く：{src}→{dst}。チェックは内側を見ない"
        ),
    ),
    "geneve-return": Rule(
        "R-210 R-219",
        Sentence(
            "{node} sends it back in GENEVE to {service}; it comes out at {endpoint}, TTL {ttl} as before",
            "{node}がGENEVEで{service}へ返す。{endpoint}から出てくる。TTLは{ttl}のまま",
        ),
    ),
    "gwlb-flow": Rule(
        "R-217",
        Sentence("{service} knows the flow", "{service}にこのフローの記録がある"),
        Sentence(
            "{service} has seen only the answers of this flow ({flags}): a Gateway Load Balancer does not carry them",
            "{service}はこのフローの応答（{flags}）しか見ていない：Gateway Load Balancerは転送しない",
        ),
    ),
}
