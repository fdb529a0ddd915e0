"""The network outside: who owns an address there, and the three ends that need no entry in a file.  Rules R-091, R-092, R-141, R-307, R-316."""

from collections.abc import Iterator

from msgspec.structs import replace

from vpctui.address import Address, Prefix, is_private, parse_prefix, prefix_of
from vpctui.aws import guest, remote_side, route_table
from vpctui.aws.equal_choice import ordered
from vpctui.aws.guest import Machine
from vpctui.aws.icmp_error import Report
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.subnet import VPC_SIZES, Subnet, table_of
from vpctui.engine.network import Network, Record
from vpctui.engine.outline import OUTSIDE, Outline, outlines
from vpctui.engine.registry import Evaluation, Rule, Sentence, Situation, forwards
from vpctui.packet import Packet
from vpctui.trace import Arrival, Drop, Exit, Forward, Memo, Step

INTERNET, ON_PREMISES, AWS_SERVICE = "internet", remote_side.ON_PREMISES, "aws-service"
ENDS = (INTERNET, ON_PREMISES, AWS_SERVICE)


class End(Record, frozen=True, kw_only=True):
    """One of the ends that every network has: it takes every packet, and answers."""


@outlines(End)
def outline(end: End, network: Network) -> Outline:
    """Outside, while the packet comes from there or goes there."""
    return Outline(OUTSIDE, "", 90, quiet=True)


def ends() -> Iterator[Record]:
    """The three ends, as records of every network."""
    for name in ENDS:
        yield End(id=name)


@forwards(End, named="host")
def forward(end: End, packet: Packet, here: Situation) -> Evaluation:
    """Take a packet by assumption; or send one, to whatever gateway holds its destination."""
    if here.arrival.by:
        described = here.network.ids(("outside", packet.dst)) or _in_a_vpc(packet.dst, here.network)
        yield Step(
            rule="end-beyond" if described else "end-assumed",
            packet=packet,
            facts={"end": end.id, "dst": str(packet.dst)},
            warning="NOTE_ASSUMED_VALUE",
            remembers=(Memo(end.id, ("came by", packet.reverse_flow), here.arrival.by),),
        )
        return Exit(packet=packet, end=end.id)
    if end.id == ON_PREMISES:
        return (yield from _from_premises(packet, here))
    if end.id == AWS_SERVICE and here.network.get(here.arrival.came_from) is not None:  # an endpoint that the flow names
        endpoint = here.arrival.came_from
        yield Step(rule="service-entry", packet=packet, facts={"endpoint": endpoint, "dst": str(packet.dst)})
        return Forward(packet=packet, to=Arrival(node=endpoint, by=AWS_SERVICE, came_from=AWS_SERVICE), target=endpoint)
    return (yield from send(packet, here, route=None, target=end.id))


def _from_premises(packet: Packet, here: Situation) -> Evaluation:
    """Into the gateway that the flow names, or by which it came; else the only one, or the one whose VPC holds the destination."""
    network = here.network
    back: str | None = here.connections.recall(ON_PREMISES, ("came by", packet.flow))
    gateways = network.ids(("remote-side",))
    nearest = [gateway for gateway in gateways if _reaches(gateway, packet.dst, network)] or list(gateways)
    via = here.arrival.came_from or back or (nearest[0] if len(nearest) == 1 else "")
    to = remote_side.entry(via, network) if via else None
    yield Step(
        rule="premises-entry",
        packet=packet,
        passed=to is not None,
        facts={"via": via or ", ".join(gateways) or "nothing", "dst": str(packet.dst), "to": to.node if to else ""},
    )
    if to is None:
        return Drop(packet=packet, reason="INSUFFICIENT_INFO", target=via or None)
    return Forward(packet=packet, to=replace(to, came_from=ON_PREMISES), target=via)


def _reaches(gateway: str, address: Address, network: Network) -> bool:
    record = network.get(gateway)
    vpc = network.get(getattr(record, "vpc", ""))
    blocks: tuple[Prefix, ...] = getattr(vpc, "cidrs", ()) + getattr(vpc, "ipv6_cidrs", ())
    return any(address in block for block in blocks)


def send(packet: Packet, here: Situation, *, route: str | None, target: str | None, assume: bool = False) -> Evaluation:
    """Carry a packet across the internet to the owner of its destination.

    With `assume`, an address that the file does not know is taken by the end `internet`; that is for packets that leave a network of
    the file, and for answers to a packet that it sent.  Another packet that starts outside for an address that nobody holds is dropped
    where it starts.
    """
    routers = announcing(packet.dst, here.network)
    to = holder(packet, routers, here)
    routed = to is not None and to.node in routers
    answers = here.connections.recall(INTERNET, ("sent", packet.dst)) is not None
    held = _in_a_vpc(packet.dst, here.network) or bool(here.network.ids(("outside", packet.dst)))
    # What the file knows and the internet has no way to (its VPC has no gateway, no router announces it): nobody stands in for that.
    if to is None and (assume or answers) and not held and not is_private(packet.dst):
        to = Arrival(node=INTERNET, by=INTERNET, came_from=here.arrival.node)
    yield Step(
        rule="internet-away" if to is not None and to.node == INTERNET else "internet-routed" if routed else "internet-delivery",
        packet=packet,
        passed=to is not None,
        facts={"dst": str(packet.dst), "to": to.node if to else ""},
        choices=ordered(routers, packet, here, INTERNET) if routed and len(routers) > 1 else (),
        chooser=INTERNET,
        remembers=(Memo(INTERNET, ("sent", packet.src)),) if here.arrival.node == INTERNET else (),
    )
    if to is None:
        reason = "IGW_DETACHED" if _detached(packet.dst, here.network) else "DEST_IP_UNASSIGNED"
        return Drop(packet=packet, reason=reason, route=route, target=target)
    return Forward(packet=packet, to=to, route=route, target=target)


def sender_outside(packet: Packet, here: Situation) -> Report | None:
    """The report about a packet from the internet: back to the host that sent it; none reaches it where it forged a VPC's address."""
    host = here.network.ids(("internet", packet.src)) or announcing(packet.src, here.network)
    if not host and _ipv6_vpc(packet.src, here.network):
        return None
    to = Arrival(node=host[0] if host else INTERNET, by=INTERNET, came_from=here.arrival.node)
    return Report(packet.dst, to)


def _detached(address: Address, network: Network) -> bool:
    """Whether only a detached gateway could bring in an IPv6 address.  IPv4 has no such case: a mapped address keeps its gateway (R-103)."""
    interface = network.first(NetworkInterface, ("global", address))
    return interface is not None and not network.ids(("gateway", interface.vpc)) and bool(network.ids(("gateway", "")))


def holder(packet: Packet, routers: tuple[str, ...], here: Situation) -> Arrival | None:
    """Where a packet for this address comes in: a host, the gateway of the VPC that holds it, or one of the routers that announce it."""
    network, address = here.network, packet.dst
    endpoint: str | None = here.connections.recall(AWS_SERVICE, ("came by", packet.flow))
    if endpoint is not None:  # the answer of a service that was asked through a gateway endpoint
        return Arrival(node=endpoint, by=AWS_SERVICE, came_from=here.arrival.node)
    host = network.ids(("internet", address))
    if host:
        return Arrival(node=host[0], by=INTERNET, came_from=here.arrival.node)
    for identifier in network.ids(("public-virtual-interfaces",)):
        announced: tuple[Prefix, ...] = getattr(network.get(identifier), "routes", ())
        if any(address in prefix for prefix in announced):
            return Arrival(node=identifier, by=INTERNET, came_from=here.arrival.node)
    gateway = ordered(routers, packet, here, INTERNET)[0] if routers else _gateway(packet, here)
    return Arrival(node=gateway, by=INTERNET, came_from=here.arrival.node) if gateway else None


def announcing(address: Address, network: Network) -> tuple[str, ...]:
    """The routers on the internet behind which the network of a public address lies, by the longest prefix: what they announce (R-141).

    A router that masquerades hides its networks of IPv4 behind its own address.
    """
    lengths: dict[str, int] = {}
    for identifier in network.ids(("announcing",)) if not (is_private(address) or _in_a_vpc(address, network)) else ():
        router = network.the(Machine, identifier)
        won = guest.lookup(router, address, network).winner
        out = guest.way(router, won, network) if won else None
        length = parse_prefix(out.route.destination).length if out is not None and out.link not in ("", INTERNET) else 0
        if length and not (address.family == 4 and router.guest.nat == "masquerade"):
            lengths[identifier] = length
    return tuple(identifier for identifier, length in lengths.items() if length == max(lengths.values()))


def _gateway(packet: Packet, here: Situation) -> str:
    network, address = here.network, packet.dst
    if address.family == 6:
        return _ipv6_gateway(packet, here)
    interface = network.first(NetworkInterface, ("public", address))
    if interface is not None:
        return next(iter(network.ids(("gateway", interface.vpc))), "")
    for identifier in network.ids(("public-pools",)):
        pools: tuple[Prefix, ...] = getattr(network.get(identifier), "public_ipv4_pools", ())
        if any(address in pool for pool in pools):
            return identifier
    return ""


def _in_a_vpc(address: Address, network: Network) -> bool:
    return bool(network.ids(("public", address)) or _ipv6_vpc(address, network))


def _ipv6_vpc(address: Address, network: Network) -> str:
    """The VPC whose range of IPv6 holds an address, empty where none does (R-307)."""
    lengths = VPC_SIZES[6] if address.family == 6 else ()
    return next((found[0] for length in lengths if (found := network.ids(("ipv6-range", prefix_of(address, length))))), "")


def _ipv6_gateway(packet: Packet, here: Situation) -> str:
    """The gateway of the VPC in whose range the address lies (R-307): an egress-only one that knows the connection,
    or to which the address's subnet sends its answers (R-101; to a source that forges an address of the VPC: none); else the internet gateway."""
    network, address = here.network, packet.dst
    vpc = _ipv6_vpc(address, network)
    egress_only = network.ids(("egress-only", vpc))
    for gateway in egress_only:
        if here.connections.recall(gateway, ("out", packet.flow)):
            return gateway
    interface = network.first(NetworkInterface, ("global", address))
    subnet = network.find(Subnet, interface.subnet) if interface else None
    table = table_of(subnet, network) if subnet else ""
    if table and _ipv6_vpc(packet.src, network) != vpc:
        winner = route_table.lookup(network, table, packet.src, (), here.assume).winner
        if winner is not None and winner.target in egress_only:
            return winner.target
    return next(iter(network.ids(("gateway", vpc))), "")


RULES = {
    "internet-away": Rule("R-091", Sentence("it goes out to the internet, towards {dst}", "インターネットへ出て{dst}へ向かう")),
    "internet-delivery": Rule(
        "R-091",
        Sentence("the internet carries it to {to}, which holds {dst}", "インターネット経由で{to}（{dst}）に届く"),
        Sentence("nobody on the internet holds {dst}", "インターネット上に{dst}の持ち主がいない"),
    ),
    "internet-routed": Rule(
        "R-141",
        Sentence("the internet carries it to {to}, the router on the way to {dst}", "インターネット経由で{to}（{dst}へのルーター）に届く"),
    ),
    "premises-entry": Rule(
        "R-114 R-126",
        Sentence("it comes in by {via} at {to}", "{via}から{to}に入る"),
        Sentence("from which side does it come in? The flow has to name one as via: {via}", "どこから入るのか決められない。フローのviaに指定が必要：{via}"),
    ),
    "service-entry": Rule(
        "R-223 R-289 R-290",
        Sentence("the service sends it to {endpoint}, for {dst}", "サービスが{dst}宛てに{endpoint}へ送る"),
    ),
    "end-beyond": Rule(
        "",
        Sentence(
            "the file does not tell how {end} gets to {dst}: assumed to bring it there, and the answer back",
            "{end}から{dst}までの経路はファイルに無い：届いて応答が戻るものとみなす",
        ),
    ),
    "end-assumed": Rule(
        "",
        Sentence("{dst} is not in this file: assumed to exist at {end} and to answer", "{dst}はこのファイルに無い：{end}にあり応答するものとみなす"),
    ),
}
