"""Interface endpoint (PrivateLink): interfaces in the consumer's subnets that stand for a service.  Rules R-290 … R-293."""

from collections.abc import Hashable, Iterable, Iterator

from vpctui.address import Address
from vpctui.aws import managed_interface, service_subnets
from vpctui.aws.delivery import owner_of
from vpctui.aws.network_interface import NetworkInterface, attached
from vpctui.aws.reading import Item
from vpctui.aws.service_subnets import ServiceNode
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import Outline, outlines
from vpctui.engine.registry import Evaluation, Rule, Sentence, Situation, addressed, forwards, sends
from vpctui.packet import Packet
from vpctui.trace import Deliver, Drop, Memo, Step


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


def read(item: Item, nodes: tuple[ServiceNode, ...]) -> Iterator[Record]:
    """One interface endpoint and its interfaces, one a zone (R-290)."""
    vpc = item.subnet_vpc(nodes[0].subnet) if nodes else ""
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
    refused = yield from managed_interface.admit(interface, packet, here)
    if refused:
        return refused
    facts: dict[str, str | int] = {"endpoint": endpoint.id, "state": endpoint.state, "service": endpoint.service, "protocol": packet.protocol}
    if endpoint.state != "available":
        yield Step(rule="endpoint-state", packet=packet, passed=False, facts=facts, setting=f"{endpoint.id}.state")
        return Drop(packet=packet, reason="COMPONENT_BAD_STATE", mends=(f"{endpoint.id}.state=available",))
    return (yield from _serve(endpoint, packet, here, facts))


def _serve(endpoint: InterfaceEndpoint, packet: Packet, here: Situation, facts: dict[str, str | int]) -> Evaluation:
    """The service itself is behind the interface; what it does there shows in no packet."""
    if packet.protocol not in ("tcp", "udp"):
        yield Step(rule="interface-endpoint-protocol", packet=packet, passed=False, facts=facts)
        return Drop(packet=packet, reason="PROTOCOL_NOT_SUPPORTED")
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


RULES = {
    "endpoint-state": Rule(
        "R-290",
        Sentence("{endpoint} is available", "{endpoint}は利用可能"),
        Sentence("{endpoint} is {state}: it carries nothing", "{endpoint}は{state}：何も運ばない"),
    ),
    "interface-endpoint-protocol": Rule(
        "R-290",
        Sentence("{endpoint} carries {protocol}", "{endpoint}は{protocol}を運ぶ"),
        Sentence("{endpoint} carries TCP and UDP only, not {protocol}", "{endpoint}が運ぶのはTCPとUDPだけで、{protocol}は運ばない"),
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
