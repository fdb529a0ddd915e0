"""VPC: its ranges, and its implicit router, which forwards by the route table of the subnet that a packet leaves.  Rules R-006 … R-036."""

from collections.abc import Hashable, Iterable, Iterator

from msgspec.structs import replace

from vpctui.address import Address, Prefix
from vpctui.aws import network_acl, route_table
from vpctui.aws.delivery import blackhole, deliver_local, hand_over
from vpctui.aws.guest import Machine
from vpctui.aws.host_services import is_reserved
from vpctui.aws.network_interface import NetworkInterface, attached
from vpctui.aws.reading import Item
from vpctui.aws.subnet import VPC_SIZES, Subnet
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import Outline, outlines
from vpctui.engine.registry import Evaluation, Rule, Sentence, Situation, forwards
from vpctui.packet import Packet
from vpctui.schema import Choice, Cidr, Field, ListOf, Reference, Section, Text
from vpctui.trace import Candidate, Drop, Forward, Step


class Vpc(Record, frozen=True, kw_only=True):
    """A virtual private cloud."""

    cidrs: tuple[Prefix, ...]
    ipv6_cidrs: tuple[Prefix, ...] = ()
    block_public_access: str = "off"
    block_public_access_exclusion: str = "none"
    main_route_table: str | None = None
    zones_down: tuple[str, ...] = ()
    """Availability Zones that have failed (R-049)."""

    def holds(self, address: Address) -> bool:
        """Whether the address lies in one of the VPC's ranges."""
        return any(address in block for block in self.cidrs + self.ipv6_cidrs)


@indexes(Vpc)
def keys(vpc: Vpc) -> Iterable[Hashable]:
    """Among the VPCs, by its ranges, and by those of IPv6, which the internet knows (R-307)."""
    yield ("vpcs",)
    for block in vpc.cidrs + vpc.ipv6_cidrs:
        yield ("range", block)
    for block in vpc.ipv6_cidrs:
        yield ("ipv6-range", block)


@outlines(Vpc)
def outline(vpc: Vpc, network: Network) -> Outline:
    """At the top, with its ranges."""
    return Outline("", " ".join(str(block) for block in vpc.cidrs + vpc.ipv6_cidrs), 0)


SECTION = Section(
    "vpcs",
    "VPC",
    (
        Field("cidr", ListOf(Cidr(4)), "IPv4 range, or several: the first is the primary one", (), required=True),
        Field("ipv6_cidr", ListOf(Cidr(6)), "IPv6 range, or several", ()),
        Field("block_public_access", Choice(("off", "ingress", "bidirectional")), "VPC Block Public Access as it applies to this VPC", "off"),
        Field("block_public_access_exclusion", Choice(("none", "bidirectional", "egress")), "an exclusion from Block Public Access for the whole VPC", "none"),
        Field("main_route_table", Reference(("route_tables",)), "the table of every subnet that names none"),
        Field("zones_down", ListOf(Text()), "Availability Zones that have failed: nothing in them sends or receives", ()),
    ),
    "Virtual private clouds. The VPC's id names its implicit router in a trace.",
)


def read(item: Item) -> Iterator[Record]:
    """One VPC.  Notes E219 for a range that is not /16 to /28 (R-030), or for IPv6 not /44 to /60 in steps of four (R-308)."""
    for block in item["cidr"]:
        if block.length not in VPC_SIZES[4]:
            item.problem("E219", f"a VPC's range is /16 to /28, found {block}", "cidr", f"{block.first}/16 to {block.first}/28")
    for block in item["ipv6_cidr"]:
        if block.length not in VPC_SIZES[6]:
            item.problem("E219", f"a VPC's IPv6 range is /44 to /60 in steps of 4, found {block}", "ipv6_cidr", f"{block.first}/56")
    yield Vpc(
        id=item.id,
        cidrs=item["cidr"],
        ipv6_cidrs=item["ipv6_cidr"],
        block_public_access=item["block_public_access"],
        block_public_access_exclusion=item["block_public_access_exclusion"],
        main_route_table=item["main_route_table"],
        zones_down=item["zones_down"],
    )


@forwards(Vpc, named="vpc_router")
def forward(vpc: Vpc, packet: Packet, here: Situation) -> Evaluation:
    """Longest prefix match in the subnet's table, then the network ACL on the way out, then the target (R-006, R-014, R-273)."""
    subnet = here.network.the(Subnet, here.arrival.by)
    peered: tuple[str, bool] | None = here.connections.recall(vpc.id, ("peered", packet.flow))
    if peered is not None and peered[1]:
        return (yield from _return_to_sender(peered[0], subnet, packet, here))
    if subnet.holds(packet.dst) and isinstance(here.network.get(here.arrival.came_from), Machine):
        return (yield from _back_to_its_subnet(vpc, subnet, packet, here))
    lookup = route_table.lookup(here.network, here.arrival.table, packet.dst, vpc.cidrs + vpc.ipv6_cidrs, here.assume, owner=subnet.id)
    won = lookup.winner
    yield Step(
        rule="route-lookup",
        packet=packet,
        passed=won is not None,
        facts={
            "table": lookup.table,
            "subnet": subnet.id,
            "dst": str(packet.dst),
            "route": won.destination if won else "",
            "target": won.target if won else "",
        },
        lookup=lookup,
        decider=won.place if won else "",
        setting=won.place if won else "",
    )
    if won is None:
        return Drop(packet=packet, reason="PCX_NO_RETURN_ROUTE" if peered else "NO_ROUTE", table=lookup.table)
    if won.state != "active":
        return (yield from blackhole(won, packet, lookup.table))
    if is_reserved(packet.dst):  # a wider route covers it and does not carry it
        yield Step(rule="never-carried", packet=packet, passed=False, facts={"dst": str(packet.dst)})
        return Drop(packet=packet, reason="DEST_RESERVED", table=lookup.table, route=won.destination, target=won.target)
    if not _stays(won.target, subnet, here.network):
        refused = yield from network_acl.leave(subnet, packet, here, won, lookup.table)
        if refused:
            return refused
    if won.target == "local":
        return (yield from deliver_local(vpc.id, packet, here, table=lookup.table, route=won.destination, target="local"))
    return (yield from hand_over(won, packet, here, table=lookup.table, vpc=vpc.id, zone=subnet.az))


def _back_to_its_subnet(vpc: Vpc, subnet: Subnet, packet: Packet, here: Situation) -> Evaluation:
    """A guest that sends to a neighbour by the router gets it delivered there: no route diverts it, and it crosses no border (R-033)."""
    yield Step(rule="router-same-subnet", packet=packet, facts={"dst": str(packet.dst), "subnet": subnet.id})
    return (yield from deliver_local(vpc.id, packet, here, table=None, route=None, target="local", border=False))


def _stays(target: str, subnet: Subnet, network: Network) -> bool:
    """Whether a route leads to an interface or NAT gateway of the subnet itself: no border is crossed, no network ACL asked (R-273).

    Endpoints and transit gateways are the exceptions (R-274).
    """
    found = network.find(NetworkInterface, target) or next(iter(attached(target, network)), None)
    return found is not None and found.subnet == subnet.id and found.type in ("interface", "nat_gateway")


def _return_to_sender(peering: str, subnet: Subnet, packet: Packet, here: Situation) -> Evaluation:
    """An answer to a NAT gateway that sent over a peering finds back past the route table; the network ACL still applies (R-169, C-23)."""
    yield Step(rule="return-to-sender", packet=packet, facts={"pcx": peering, "dst": str(packet.dst), "subnet": subnet.id})
    refused = yield from network_acl.leave(subnet, packet, here, None, None)
    if refused:
        return refused
    won = Candidate("", peering, "", "active", "ROUTE_WON")
    action = yield from hand_over(won, packet, here, table=None, vpc=subnet.vpc, zone=subnet.az)
    return replace(action, route=None) if isinstance(action, Forward | Drop) else action


RULES = {
    "router-same-subnet": Rule(
        "R-033",
        Sentence(
            "{dst} lies in {subnet}, from where it came: the router hands it back, no table is asked and no network ACL",
            "{dst}は送信元と同じ{subnet}にある：ルーターがそのまま渡し、表もネットワークACLも通らない",
        ),
    ),
    "return-to-sender": Rule(
        "R-169 C-23",
        Sentence(
            "it answers a NAT gateway that sent by {pcx}: it goes back there, whatever the table of {subnet} says about {dst}",
            "{pcx}経由で送ってきたNATゲートウェイへの応答：{subnet}のルートテーブルに{dst}のルートが無くても、そこへ戻る",
        ),
    ),
    "route-lookup": Rule(
        "R-006 R-014 R-034",
        Sentence(
            "{table} of {subnet} is asked for {dst}: {route} → {target} wins",
            "{subnet}の{table}で{dst}を引く：{route} → {target}が選ばれる",
        ),
        Sentence("no route in {table} of {subnet} covers {dst}", "{subnet}の{table}に{dst}を含むルートが無い"),
    ),
}
