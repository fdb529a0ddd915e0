"""VPC peering connection: between exactly two VPCs, straight to the interface.  Rules R-169, R-248 … R-259."""

from collections.abc import Generator, Hashable, Iterable, Iterator

from vpctui.address import Prefix
from vpctui.aws import edge_rules
from vpctui.aws.altering import field, refused
from vpctui.aws.delivery import deliver_local, entrance
from vpctui.aws.mtu import carried
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.reading import Item
from vpctui.aws.route_table import route_target
from vpctui.aws.vpc import Vpc
from vpctui.engine.change import alterations
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import Outline, outlines
from vpctui.engine.registry import Assumptions, Evaluation, Rule, Sentence, Situation, forwards
from vpctui.packet import Packet
from vpctui.schema import Choice, Field, ListOf, OnOff, Reference, Section
from vpctui.trace import Arrival, Candidate, Drop, Memo, Step

STATUSES = ("active", "pending-acceptance", "expired", "rejected", "failed", "deleted")
MTU, INTER_REGION_MTU = 9001, 8500
"""R-257."""


class VpcPeeringConnection(Record, frozen=True, kw_only=True):
    """A peering of two VPCs; `inter_region` where they are in different Regions."""

    vpcs: tuple[str, ...]
    status: str = "active"
    inter_region: bool = False

    def other(self, vpc: str) -> str:
        """The VPC at the other end."""
        return next(end for end in self.vpcs if end != vpc)


@indexes(VpcPeeringConnection)
def keys(peering: VpcPeeringConnection) -> Iterable[Hashable]:
    """By its VPCs, and among the targets that their tables can name."""
    for vpc in peering.vpcs:
        yield ("peering", vpc)
        yield ("target-in", vpc)


@outlines(VpcPeeringConnection)
def outline(peering: VpcPeeringConnection, network: Network) -> Outline:
    """At the top, after the VPCs."""
    return Outline("", " - ".join(peering.vpcs), 4)


SECTION = Section(
    "vpc_peering_connections",
    "VPC peering connection",
    (
        Field("vpcs", ListOf(Reference(("vpcs",))), "the two VPCs", (), required=True),
        Field("status", Choice(STATUSES, {"pending": "pending-acceptance"}), "its status; only `active` carries", "active"),
        Field("inter_region", OnOff(), "whether the VPCs are in different Regions", False),
    ),
    "VPC peering connections.",
)


def read(item: Item) -> Iterator[Record]:
    """One peering.  Notes E124 unless it names two VPCs, E214 where their ranges overlap (R-249)."""
    vpcs = tuple(dict.fromkeys(item["vpcs"]))
    if len(vpcs) != 2:
        item.problem("E124", f"peering {item.id} joins two VPCs, found {len(vpcs)}", "vpcs", "vpcs: [vpc-a, vpc-b]")
        return
    blocks = [_blocks(item, vpc) for vpc in vpcs]
    overlap = next(((one, two) for one in blocks[0] for two in blocks[1] if one.overlaps(two)), None)
    if overlap and item["status"] == "active":
        item.problem("E214", f"peering {item.id}: {overlap[0]} of {vpcs[0]} and {overlap[1]} of {vpcs[1]} overlap", "vpcs", "status: failed")
    yield VpcPeeringConnection(id=item.id, vpcs=vpcs, status=item["status"], inter_region=item["inter_region"])


def _blocks(item: Item, vpc: str) -> tuple[Prefix, ...]:
    values = item.document.of("vpcs").get(vpc)
    return (*values["cidr"], *values["ipv6_cidr"]) if values else ()


@route_target(VpcPeeringConnection, "vpc_peering_connections", option="vpc_peering_connection_id")
def usable(peering: VpcPeeringConnection, network: Network, assume: Assumptions) -> bool:
    """Routes to a deleted peering stay as blackholes (R-259)."""
    return peering.status != "deleted"


@entrance(VpcPeeringConnection)
def enter(peering: VpcPeeringConnection, packet: Packet, here: Situation, won: Candidate, zone: str) -> Generator[Step, None, Arrival | str]:
    """From a subnet of one of its two VPCs."""
    yield from ()
    if here.arrival.node not in peering.vpcs:
        return "ROUTE_TARGET_WRONG_VPC"
    # groups are known within one Region.  R-254: nothing asks whether the source would be reached the same way.
    groups = None if peering.inter_region else here.arrival.groups
    return Arrival(node=peering.id, by=here.arrival.node, zone=zone, came_from=here.arrival.node, groups=groups, tags=here.arrival.tags)


@forwards(VpcPeeringConnection, named="vpc_peering_connection")
def forward(peering: VpcPeeringConnection, packet: Packet, here: Situation) -> Evaluation:
    """Active, from one VPC's own addresses to the other's, then straight to the interface: no table is asked there (R-252)."""
    near, far = here.network.the(Vpc, here.arrival.by), here.network.the(Vpc, peering.other(here.arrival.by))
    yield Step(
        rule="pcx-active", packet=packet, passed=peering.status == "active", facts={"pcx": peering.id, "status": peering.status}, setting=f"{peering.id}.status"
    )
    if peering.status != "active":
        return Drop(packet=packet, reason="PCX_NOT_ACTIVE", target=far.id, mends=(f"{peering.id}.status=active",))
    for end, vpc, address in (("src", near, packet.src), ("dst", far, packet.dst)):
        inside = vpc.holds(address)
        yield Step(rule=f"pcx-{end}", packet=packet, passed=inside, facts={"address": str(address), "vpc": vpc.id, "pcx": peering.id})
        if not inside:
            return Drop(packet=packet, reason="PCX_NOT_TRANSITIVE", target=far.id)
    sent = yield from carried(peering.id, packet, here, INTER_REGION_MTU if peering.inter_region else MTU, target=far.id)
    if isinstance(sent, Drop):
        return sent
    yield Step(rule="pcx-carries", packet=sent, facts={"pcx": peering.id, "vpc": far.id}, remembers=_remembered(peering, near, far, sent, here))
    return (yield from deliver_local(far.id, sent, here, table=None, route=None, target=far.id))


def _remembered(peering: VpcPeeringConnection, near: Vpc, far: Vpc, packet: Packet, here: Situation) -> tuple[Memo, ...]:
    """What an answer needs to know: that its flow came by this peering, and whether a NAT gateway sent it (R-169)."""
    sender = here.network.first(NetworkInterface, ("address", near.id, packet.src))
    nat = sender is not None and sender.type == "nat_gateway"
    return (Memo(far.id, ("peered", packet.reverse_flow), (peering.id, nat)),)


alterations(
    VpcPeeringConnection,
    field("status", Choice(STATUSES)),
    refused("route_table", lambda peering, change, network: edge_rules.gateway_kind(peering)),
)

RULES = {
    "pcx-active": Rule(
        "R-248",
        Sentence("{pcx} is active", "{pcx}はアクティブ"),
        Sentence("{pcx} is {status}: only an active peering carries", "{pcx}の状態は{status}：アクティブなピアリング接続だけが転送する"),
    ),
    "pcx-src": Rule(
        "R-250 R-251 R-253",
        Sentence("the source {address} belongs to {vpc}", "送信元{address}は{vpc}のアドレス"),
        Sentence(
            "the source {address} is not an address of {vpc}: {pcx} carries nothing for a third network",
            "送信元{address}は{vpc}のアドレスではない：{pcx}は第三のネットワークの通信を転送しない",
        ),
    ),
    "pcx-dst": Rule(
        "R-250 R-251 R-253",
        Sentence("the destination {address} belongs to {vpc}", "宛先{address}は{vpc}のアドレス"),
        Sentence(
            "the destination {address} is not an address of {vpc}: {pcx} does not lead through it to another VPC, gateway or VPN",
            "宛先{address}は{vpc}のアドレスではない：{pcx}は{vpc}を越えて別のVPC、ゲートウェイ、VPNへは転送しない",
        ),
    ),
    "pcx-carries": Rule(
        "R-252 R-258 R-300",
        Sentence(
            "{pcx} hands it straight to the interface in {vpc}: no table, TTL untouched",
            "{pcx}が{vpc}のインターフェイスへ直接渡す：ルートテーブルは引かず、TTLも変わらない",
        ),
    ),
}
