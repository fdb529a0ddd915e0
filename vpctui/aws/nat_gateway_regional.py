"""Where a NAT gateway stands: in a subnet, or (regional) in a VPC with addresses per zone and a table of its own.  Rules R-167, R-179, conflict C-22.

A regional one has no interface and no private address; its addresses are records of their own here, so that the internet gateway finds them.
"""

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from vpctui.address import ANYWHERE, is_private
from vpctui.aws import managed_interface, route_table
from vpctui.aws.delivery import blackhole, deliver_local, hand_over
from vpctui.aws.network_interface import NetworkInterface, attached
from vpctui.aws.reading import Item
from vpctui.aws.subnet import Subnet, table_of
from vpctui.aws.vpc import Vpc
from vpctui.engine.network import Network
from vpctui.engine.registry import Evaluation, Rule, Sentence, Situation
from vpctui.packet import Packet
from vpctui.trace import Arrival, Drop, Lookup, Step

if TYPE_CHECKING:
    from vpctui.aws.nat_gateway import NatGateway


def read(item: Item) -> Iterator[NetworkInterface]:
    """The addresses of a regional NAT gateway, one set per zone.  Notes E122 for what only a zonal one has, E124 without addresses."""
    for name in ("subnet", "private_ip", "public_ip"):
        if item[name] is not None:
            item.problem("E122", f"{item.id} is regional: it has no {name}", name, "availability_zone_addresses: {a: 203.0.113.20}")
    if item["connectivity"] == "private":
        item.problem("E125", f"{item.id} is regional: there is no private one", "connectivity", "availability_mode: zonal")
    if not item["availability_zone_addresses"]:
        item.problem("E124", f'regional NAT gateway {item.id} needs "availability_zone_addresses"', "", "availability_zone_addresses: {a: 203.0.113.20}")
    for zone, addresses in item["availability_zone_addresses"]:
        yield NetworkInterface(
            id=f"{item.id}:{zone}",
            vpc=item.vpc(),
            subnet="",
            zone=zone,
            private_ip=addresses[0],
            public_ip=addresses[0],
            secondary_private_ips=addresses[1:],
            secondary_public_ips=tuple((address, address) for address in addresses[1:]),
            source_dest_check=False,
            owner=item.id,
            type="nat_gateway",
        )


def serving(gateway: "NatGateway", packet: Packet, zone: str, network: Network) -> Generator[Step, None, NetworkInterface | None]:
    """The interface that serves a zone; another zone's while a regional gateway has not expanded yet, none where it never will (R-179)."""
    interfaces = attached(gateway.id, network)
    if gateway.subnet:
        return interfaces[0]
    at_home = next((interface for interface in interfaces if interface.zone == zone), None)
    found = at_home or (interfaces[0] if gateway.auto_provision_zones else None)
    if at_home is None:
        facts: dict[str, str | int] = {"nat": gateway.id, "zone": zone, "other": found.zone if found else ""}
        yield Step(rule="nat-gateway-zone", packet=packet, passed=found is not None, facts=facts, warning="NOTE_AZ_CROSSED" if found else "")
    return found


def leave(gateway: "NatGateway", interface: NetworkInterface, packet: Packet, here: Situation) -> Evaluation:
    """By the table of its subnet; a regional one has a table of its own.  It has no security group (R-174)."""
    if not gateway.subnet:
        return (yield from _by_own_table(gateway, packet, here))
    refused = yield from _no_way_out(gateway, interface, packet, here)
    if refused:
        return refused
    return (yield from managed_interface.send(interface, packet, here, groups=None))


def _no_way_out(gateway: "NatGateway", interface: NetworkInterface, packet: Packet, here: Situation) -> Generator[Step, None, Drop | None]:
    """A public NAT gateway whose subnet has no route at all towards the internet (R-167); any other route is the router's business."""
    vpc = here.network.the(Vpc, gateway.vpc)
    if gateway.connectivity != "public" or is_private(packet.dst) or vpc.holds(packet.dst):
        return None
    subnet = here.network.the(Subnet, interface.subnet)
    table = table_of(subnet, here.network)
    lookup = route_table.lookup(here.network, table, packet.dst, vpc.cidrs + vpc.ipv6_cidrs, here.assume, owner=subnet.id)
    if lookup.winner is not None:
        return None
    yield Step(
        rule="nat-gateway-public-subnet",
        packet=packet,
        passed=False,
        facts={"nat": gateway.id, "subnet": subnet.id, "table": table, "dst": str(packet.dst)},
        lookup=lookup,
        setting=f"{subnet.id}.route_table",
    )
    internet = next(iter(here.network.ids(("gateway", gateway.vpc))), "")
    return Drop(packet=packet, reason="NATGW_SUBNET_NO_IGW", table=table, mends=(f"{table}[0.0.0.0/0]={internet}",) if internet else ())


def _by_own_table(gateway: "NatGateway", packet: Packet, here: Situation) -> Evaluation:
    """The table of a regional NAT gateway, or the preset one: local, and everything else to the internet gateway (R-179)."""
    vpc = here.network.the(Vpc, gateway.vpc)
    blocks = vpc.cidrs + vpc.ipv6_cidrs
    if gateway.route_table:
        lookup = route_table.lookup(here.network, gateway.route_table, packet.dst, blocks, here.assume, owner=gateway.id)
    else:
        lookup = Lookup("", str(packet.dst), route_table.choose(tuple(_preset(gateway, vpc, here)), packet.dst, blocks), "implicit", gateway.id)
    won, table = lookup.winner, gateway.route_table
    facts: dict[str, str | int] = {"nat": gateway.id, "dst": str(packet.dst), "route": won.destination if won else "", "target": won.target if won else ""}
    yield Step(rule="nat-gateway-own-table", packet=packet, passed=won is not None, facts=facts, lookup=lookup, decider=won.place if won else "")
    if won is None:
        return Drop(packet=packet, reason="NATGW_SUBNET_NO_IGW", table=table)
    if won.state != "active":
        return (yield from blackhole(won, packet, table))
    # Targets are entered from the VPC, as from its router.
    inside = replace(here, arrival=Arrival(node=vpc.id, zone=here.arrival.zone, came_from=gateway.id))
    if won.target == "local":
        return (yield from deliver_local(vpc.id, packet, inside, table=table, route=won.destination, target="local"))
    return (yield from hand_over(won, packet, inside, table=table, vpc=vpc.id, zone=here.arrival.zone))


def _preset(gateway: "NatGateway", vpc: Vpc, here: Situation) -> Iterator[route_table.Row]:
    for block in vpc.cidrs + vpc.ipv6_cidrs:
        yield route_table.Row(block, str(block), "local", "local", "active", "")
    for internet in here.network.ids(("gateway", gateway.vpc)):
        yield route_table.Row(ANYWHERE[4], str(ANYWHERE[4]), internet, "static", route_table.state(internet, here.network, here.assume), "")


RULES = {
    "nat-gateway-public-subnet": Rule(
        "R-167",
        Sentence("{table} of {subnet} leads from {nat} to {dst}", "{subnet}の{table}に{nat}から{dst}への経路がある"),
        Sentence(
            "{nat} is in {subnet}, whose table {table} has no route to {dst}: a public NAT gateway needs one to the internet gateway",
            "{nat}は{subnet}にあり、その{table}に{dst}への経路が無い：パブリックNATゲートウェイにはインターネットゲートウェイへのルートが必要",
        ),
    ),
    "nat-gateway-own-table": Rule(
        "R-179",
        Sentence("the own table of {nat} is asked for {dst}: {route} → {target} wins", "{nat}自身のルートテーブルで{dst}を引く：{route} → {target}が選ばれる"),
        Sentence("the own table of {nat} has no route to {dst}", "{nat}自身のルートテーブルに{dst}へのルートが無い"),
    ),
    "nat-gateway-zone": Rule(
        "R-179",
        Sentence(
            "{nat} has no address in zone {zone} yet: zone {other} serves it meanwhile",
            "{nat}はゾーン{zone}にまだアドレスを持たない：当面ゾーン{other}が受け持つ",
        ),
        Sentence(
            "{nat} has no address in zone {zone}, and its zones are managed by hand", "{nat}はゾーン{zone}にアドレスを持たず、ゾーンは手動管理になっている"
        ),
    ),
}
