"""Interface endpoint (PrivateLink): interfaces in the consumer's subnets that stand for a service.  Rules R-290 … R-293."""

from collections.abc import Hashable, Iterable, Iterator

from msgspec.structs import replace

from vpctui.address import Address
from vpctui.aws import managed_interface, service_subnets, translation
from vpctui.aws.connection_tracking import always_tracked
from vpctui.aws.delivery import owner_of
from vpctui.aws.endpoint_service import EndpointService
from vpctui.aws.network_interface import NetworkInterface, attached
from vpctui.aws.network_load_balancer import PRIVATELINK
from vpctui.aws.reading import Item
from vpctui.aws.service_subnets import Nodes
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import Outline, outlines
from vpctui.engine.registry import Evaluation, Rule, Sentence, Situation, addressed, forwards, sends
from vpctui.packet import Packet
from vpctui.trace import Arrival, Deliver, Drop, Forward, Memo, Step


class InterfaceEndpoint(Record, frozen=True, kw_only=True):
    """An interface endpoint; its interfaces name it as `owner`."""

    vpc: str
    service: str
    state: str = "available"


@indexes(InterfaceEndpoint)
def keys(endpoint: InterfaceEndpoint) -> Iterable[Hashable]:
    """By its service."""
    yield ("endpoint-of", endpoint.service)


@outlines(InterfaceEndpoint)
def outline(endpoint: InterfaceEndpoint, network: Network) -> Outline:
    """In its VPC, with its service."""
    return Outline(endpoint.vpc, f"→ {endpoint.service}", 16)


def read(item: Item, nodes: Nodes) -> Iterator[Record]:
    """One interface endpoint and its interfaces, one a zone (R-290)."""
    vpc = item.subnet_vpc(nodes[0][0]) if nodes else ""
    yield InterfaceEndpoint(id=item.id, vpc=vpc, service=item["service"], state=item["state"])
    yield from service_subnets.interfaces(item, nodes, "vpc_endpoint")


def own_address(endpoint: str, network: Network, family: int) -> Address | None:
    """The address of its first interface that has one of this family."""
    return next((address for interface in attached(endpoint, network) if (address := interface.source(family))), None)


@addressed(InterfaceEndpoint)
def address(endpoint: InterfaceEndpoint, network: Network, family: int, outside: bool) -> Address | None:
    """What its DNS name resolves to inside the VPC (R-293); it has no public address."""
    return None if outside else own_address(endpoint.id, network, family)


@sends(InterfaceEndpoint)
def source(endpoint: InterfaceEndpoint, destination: Address, network: Network) -> Address | None:
    """The address from which it answers."""
    return own_address(endpoint.id, network, destination.family)


@forwards(InterfaceEndpoint, named="vpc_endpoint")
def forward(endpoint: InterfaceEndpoint, packet: Packet, here: Situation) -> Evaluation:
    """In: like any interface, then the service takes it.  Out: answers only (R-290)."""
    interface = managed_interface.own(here, endpoint.id)
    if interface is None:
        return (yield from _answer(endpoint, packet, here))
    returned = translation.known(endpoint.id, packet, here.connections)
    if returned is not None and not interface.owns(packet.dst):
        yield Step(rule="privatelink-answer", packet=returned, facts={"endpoint": endpoint.id, "was": packet.socket("src"), "src": returned.socket("src")})
        return (yield from managed_interface.send(interface, returned, here, groups=interface.security_groups))
    refused = yield from managed_interface.admit(interface, packet, here)
    if refused:
        return refused
    facts: dict[str, str | int] = {"endpoint": endpoint.id, "state": endpoint.state, "service": endpoint.service, "protocol": packet.protocol}
    if endpoint.state != "available":
        yield Step(rule="endpoint-state", packet=packet, passed=False, facts=facts, setting=f"{endpoint.id}.state")
        return Drop(packet=packet, reason="COMPONENT_BAD_STATE", mends=(f"{endpoint.id}.state=available",))
    if packet.protocol not in ("tcp", "udp"):
        yield Step(rule="interface-endpoint-protocol", packet=packet, passed=False, facts=facts)
        return Drop(packet=packet, reason="PROTOCOL_NOT_SUPPORTED")
    service = here.network.find(EndpointService, endpoint.service)
    if service is not None:
        return (yield from _to_provider(endpoint, service, interface, packet, here))
    return (yield from _serve(endpoint, packet, here, facts))


def _to_provider(endpoint: InterfaceEndpoint, service: EndpointService, interface: NetworkInterface, packet: Packet, here: Situation) -> Evaluation:
    """To the provider's Network Load Balancer in the same zone (R-291); its targets see the balancer, not the client (R-290)."""
    nodes = attached(service.load_balancer, here.network)
    node = next((node for node in nodes if node.zone == interface.zone), None)
    if node is None:
        zones = ", ".join(sorted(node.zone for node in nodes)) or "none"
        yield Step(rule="service-zone", packet=packet, passed=False, facts={"service": service.id, "zone": interface.zone, "zones": zones})
        return Drop(packet=packet, reason="VPCE_AZ_RESTRICTION", target=service.id)
    address = node.source(packet.family)
    if address is None:
        yield Step(rule="privatelink-family", packet=packet, passed=False, facts={"lb": service.load_balancer, "dst": str(packet.dst)})
        return Drop(packet=packet, reason="PROTOCOL_NOT_SUPPORTED", target=service.id)
    sent = replace(packet, dst=address)
    yield Step(
        rule="privatelink",
        packet=sent,
        facts={"endpoint": endpoint.id, "service": service.id, "lb": service.load_balancer, "was": packet.socket("dst"), "dst": sent.socket("dst")},
        remembers=(*translation.memos(endpoint.id, packet, sent), Memo(node.id, ("load-balanced", sent.reverse_flow), interface.id)),
    )
    to = Arrival(node=service.load_balancer, by=node.id, zone=node.zone, came_from=endpoint.id, groups=None, tags=(PRIVATELINK,))
    return Forward(packet=sent, to=to, target=service.id)


def _serve(endpoint: InterfaceEndpoint, packet: Packet, here: Situation, facts: dict[str, str | int]) -> Evaluation:
    """AWS's own service is behind the interface; what it does there shows in no packet."""
    known = bool(here.connections.recall(endpoint.id, ("accepted", packet.flow)))
    accepted = known or packet.opens
    yield Step(
        rule="interface-endpoint-serves",
        packet=packet,
        passed=accepted,
        facts={**facts, "src": packet.socket("src")},
        remembers=(Memo(endpoint.id, ("accepted", packet.flow)),) if accepted else (),
    )
    return Deliver(packet=packet) if accepted else Drop(packet=packet, reason="REPLY_NO_SOCKET")


def _answer(endpoint: InterfaceEndpoint, packet: Packet, here: Situation) -> Evaluation:
    """Nothing starts here (R-290); an answer leaves by the interface that holds its source."""
    known = bool(here.connections.recall(endpoint.id, ("accepted", packet.reverse_flow)))
    interface: NetworkInterface | None = owner_of(endpoint.vpc, packet.src, here.network)
    passed = known and interface is not None and interface.owner == endpoint.id
    yield Step(rule="interface-endpoint-answers", packet=packet, passed=passed, facts={"endpoint": endpoint.id, "dst": packet.socket("dst")})
    if not passed or interface is None:
        return Drop(packet=packet, reason="VPCE_CANNOT_INITIATE")
    return (yield from managed_interface.send(interface, packet, here, groups=interface.security_groups))


always_tracked(InterfaceEndpoint)


RULES = {
    "endpoint-state": Rule(
        "R-290",
        Sentence("{endpoint} is available", "{endpoint}は利用可能"),
        Sentence("{endpoint} is {state}: it carries nothing", "{endpoint}の状態は{state}：何も転送しない"),
    ),
    "interface-endpoint-protocol": Rule(
        "R-290",
        Sentence("{endpoint} carries {protocol}", "{endpoint}は{protocol}を転送する"),
        Sentence("{endpoint} carries TCP and UDP only, not {protocol}", "{endpoint}が転送するのはTCPとUDPだけで、{protocol}は転送しない"),
    ),
    "privatelink": Rule(
        "R-290 R-291",
        Sentence(
            "{endpoint} hands it by PrivateLink to {lb}, which serves {service}: {was} becomes {dst}",
            "{endpoint}がPrivateLinkで{service}の{lb}へ渡す：{was}が{dst}になる",
        ),
    ),
    "privatelink-family": Rule(
        "R-290",
        Sentence("{lb} has an address of the family of {dst}", "{lb}は{dst}と同じアドレスファミリのアドレスを持つ"),
        Sentence("{lb} has no address of the family of {dst}", "{lb}に{dst}と同じアドレスファミリのアドレスが無い"),
    ),
    "privatelink-answer": Rule(
        "R-290", Sentence("{endpoint} answers for the provider: {was} becomes {src}", "{endpoint}が提供側に代わって応答する：{was}が{src}になる")
    ),
    "interface-endpoint-serves": Rule(
        "R-290",
        Sentence("{endpoint} takes it for {service}", "{endpoint}が{service}として受け取る"),
        Sentence("{endpoint} has no connection with {src}", "{endpoint}に{src}との接続は無い"),
    ),
    "interface-endpoint-answers": Rule(
        "R-290",
        Sentence("{endpoint} answers {dst}", "{endpoint}が{dst}に応答する"),
        Sentence("{endpoint} only answers: it opens no connection into its VPC", "{endpoint}は応答するだけで、VPCへ接続を始めることはない"),
    ),
}
