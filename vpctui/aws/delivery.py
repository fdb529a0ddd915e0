"""Handing a packet on inside a VPC: to the owner of an address, or to the target of a route.  Rules R-032, R-036, R-040, R-041, R-315."""

from collections.abc import Callable, Generator
from typing import Any, TypeVar

from msgspec.structs import replace

from vpctui.address import Address, is_link_local, is_multicast, prefix_of
from vpctui.aws import availability_zone, subnet as subnets
from vpctui.aws.network_interface import DELEGATED, NetworkInterface
from vpctui.engine.network import Network
from vpctui.engine.registry import Checks, Evaluation, Rule, Sentence, Situation
from vpctui.packet import Packet
from vpctui.trace import Arrival, Candidate, Drop, Forward, Step

R = TypeVar("R")


def owner_of(vpc: str, address: Address, network: Network) -> NetworkInterface | None:
    """The interface of a VPC that holds a private or IPv6 address, delegated prefixes included (R-314)."""
    found = network.first(NetworkInterface, ("address", vpc, address))
    if found is not None:
        return found
    return network.first(NetworkInterface, ("delegated", vpc, prefix_of(address, DELEGATED[address.family])))


def arrival_at(interface: NetworkInterface, here: Situation, *, border: bool = True) -> Arrival:
    """The arrival at whatever owns an interface."""
    arrival = here.arrival
    return Arrival(
        node=interface.owner or interface.id,
        by=interface.id,
        zone=interface.zone,
        crosses_border=border,
        came_from=arrival.node,
        groups=arrival.groups,
        tags=arrival.tags,
    )


def blackhole(won: Candidate, packet: Packet, table: str | None) -> Evaluation:
    """A winning route whose target is gone or stopped: no other route is tried (R-035, R-064)."""
    facts: dict[str, str | int] = {"route": won.destination, "target": won.target}
    yield Step(rule="route-blackhole", packet=packet, passed=False, facts=facts, setting=won.place)
    return Drop(packet=packet, reason="ROUTE_BLACKHOLE", table=table, route=won.destination, target=won.target)


def deliver_local(
    vpc: str,
    packet: Packet,
    here: Situation,
    *,
    table: str | None,
    route: str | None,
    target: str | None,
    border: bool = True,
) -> Evaluation:
    """Hand a packet to the interface that owns its destination; drop it where nobody does (R-032, R-028)."""
    interface = owner_of(vpc, packet.dst, here.network)
    if interface is not None:
        yield Step(rule="deliver-local", packet=packet, facts={"dst": str(packet.dst), "eni": interface.id, "subnet": interface.subnet})
        failed = yield from _zone(interface, packet, here, table, route, target)
        if failed:
            return failed
        if not interface.owner:
            yield unattached(interface, packet)
            return Drop(packet=packet, reason="ENI_DETACHED", table=table, route=route, target=target)
        return Forward(packet=packet, to=arrival_at(interface, here, border=border), table=table, route=route, target=target)
    yield Step(rule="deliver-local", packet=packet, passed=False, facts={"dst": str(packet.dst), "vpc": vpc, "eni": "", "subnet": ""})
    return Drop(packet=packet, reason=undeliverable(vpc, packet.dst, here.network), table=table, route=route, target=target)


def unattached(interface: NetworkInterface, packet: Packet) -> Step:
    """The evidence for ENI_DETACHED: an interface that nothing has takes nothing (R-036)."""
    facts: dict[str, str | int] = {"eni": interface.id, "dst": str(packet.dst)}
    return Step(rule="interface-attached", packet=packet, passed=False, facts=facts, setting=f"{interface.id}.instance")


def undeliverable(vpc: str, address: Address, network: Network) -> str:
    """Why an address inside a VPC has no owner: AWS never carries it, or nobody holds it (R-024 to R-028, R-247)."""
    subnet = subnets.holding(vpc, address, network)
    block = subnet.block(address) if subnet else None
    if is_multicast(address):
        return "PROTOCOL_NOT_SUPPORTED"
    if is_link_local(address) or (block is not None and address.family == 4 and address == block.last):
        return "DEST_RESERVED"
    return "DEST_IP_UNASSIGNED"


WRONG_VPC = "ROUTE_TARGET_WRONG_VPC"
Entrance = Callable[[Any, Packet, Situation, Candidate, str], Generator[Step, None, Arrival | str]]
_ENTRANCES: dict[type, Entrance] = {}


def entrance(kind: type[R]) -> Callable[[Callable[[R, Packet, Situation, Candidate, str], Generator[Step, None, Arrival | str]]], Entrance]:
    """Register how a route target of this kind is entered from a subnet: its arrival, or the reason why the packet ends here."""

    def register(function: Entrance) -> Entrance:
        _ENTRANCES[kind] = function
        return function

    return register


def hand_over(won: Candidate, packet: Packet, here: Situation, *, table: str | None, vpc: str, zone: str = "") -> Evaluation:
    """Hand a packet to the target of the route that won."""
    record = here.network.get(won.target)
    if isinstance(record, NetworkInterface):
        if record.vpc != vpc:
            yield _elsewhere(won, packet, vpc)
            return Drop(packet=packet, reason=WRONG_VPC, table=table, route=won.destination, target=won.target)
        if not record.owner:
            yield unattached(record, packet)
            return Drop(packet=packet, reason="ENI_DETACHED", table=table, route=won.destination, target=won.target)
        failed = yield from _zone(record, packet, here, table, won.destination, won.target)
        if failed:
            return failed
        border = record.subnet != here.arrival.by
        yield Step(rule="hand-to-interface", packet=packet, facts={"eni": record.id, "dst": str(packet.dst), "owner": record.owner}, setting=won.place)
        return Forward(packet=packet, to=arrival_at(record, here, border=border), table=table, route=won.destination, target=won.target)
    enter = _ENTRANCES.get(type(record))
    if enter is None:
        yield Step(rule="not-modelled", packet=packet, passed=False, facts={"node": won.target}, setting=won.place)
        return Drop(packet=packet, reason="UNSUPPORTED_COMPONENT", table=table, route=won.destination, target=won.target)
    entered = yield from enter(record, packet, here, won, zone)
    if isinstance(entered, str):
        if entered == WRONG_VPC:
            yield _elsewhere(won, packet, vpc)
        return Drop(packet=packet, reason=entered, table=table, route=won.destination, target=won.target)
    service = here.network.find(NetworkInterface, entered.by)
    failed = (yield from _zone(service, packet, here, table, won.destination, won.target)) if service else None
    return failed or Forward(packet=packet, to=entered, table=table, route=won.destination, target=won.target)


def _elsewhere(won: Candidate, packet: Packet, vpc: str) -> Step:
    return Step(rule="route-target-vpc", packet=packet, passed=False, facts={"target": won.target, "vpc": vpc}, setting=won.place)


def _zone(interface: NetworkInterface, packet: Packet, here: Situation, table: str | None, route: str | None, target: str | None) -> Checks:
    """An interface in a failed zone takes nothing; the route to it stays (R-049)."""
    failed = yield from availability_zone.check(interface.id, interface.vpc, interface.zone, packet, here.network)
    return replace(failed, table=table, route=route, target=target) if isinstance(failed, Drop) else None


RULES = {
    "route-target-vpc": Rule(
        "R-040 R-043",
        Sentence("{target} can be reached from {vpc}", "{target}は{vpc}から使える"),
        Sentence("{target} serves another VPC: no packet gets to it from {vpc}", "{target}は別のVPCのもの：{vpc}からは届かない"),
    ),
    "deliver-local": Rule(
        "R-032 R-041",
        Sentence("{dst} belongs to {eni} in {subnet}", "{dst}は{subnet}の{eni}のアドレス"),
        Sentence("no interface in {vpc} holds {dst}", "{vpc}に{dst}を持つインターフェイスが無い"),
    ),
    "interface-attached": Rule(
        "R-036",
        Sentence("{eni} is attached", "{eni}はアタッチされている"),
        Sentence("{eni} is attached to nothing: nobody takes {dst}", "{eni}はどこにもアタッチされていない：{dst}を受け取る者がいない"),
    ),
    "hand-to-interface": Rule(
        "R-041 R-062",
        Sentence("handed to {eni} of {owner}; the destination stays {dst}", "{owner}の{eni}へ。宛先は{dst}のまま"),
    ),
    "route-blackhole": Rule(
        "R-035 R-064",
        Sentence("{route} → {target} is active", "{route} → {target}はactive"),
        Sentence("{route} → {target} is a blackhole, and no other route is tried", "{route} → {target}はblackhole：ほかのルートは試されない"),
    ),
    "not-modelled": Rule(
        "",
        Sentence("{node} is modelled", "{node}はモデル化されている"),
        Sentence("{node} is not modelled: vpctui stops here instead of guessing", "{node}はモデル化されていない。推測せずここで止まる"),
    ),
}
