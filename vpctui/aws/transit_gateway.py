"""Transit gateway: from attachment to attachment, by the table of the one that the packet came in by.

Rules R-225 … R-247, R-294, R-296, R-302.  Attaching adds nothing to the tables of a VPC (R-239); its interfaces are transparent (R-245).
"""

from collections.abc import Generator, Hashable, Iterable, Iterator

from msgspec.structs import replace

from vpctui.address import is_multicast
from vpctui.aws import edge_rules, network_acl, transit_gateway_attachment, transit_gateway_contradictions
from vpctui.aws.altering import ec2, field, refused
from vpctui.aws.delivery import entrance
from vpctui.aws.icmp_error import Report
from vpctui.aws.mtu import carried
from vpctui.aws.reading import Item
from vpctui.aws.route_table import route_target
from vpctui.aws.transit_gateway_attachment import REMOTE, Attachments, TransitGatewayAttachment
from vpctui.aws.transit_gateway_landing import Leaving, came_in, land, report_to, send_out
from vpctui.aws.transit_gateway_route_table import TransitGatewayRouteTable, TransitGatewayRouteTables, ask, attachment_at
from vpctui.engine.change import alterations
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import Outline, outlines
from vpctui.engine.registry import Assumptions, Checks, Evaluation, Rule, Sentence, Situation, forwards
from vpctui.packet import Packet
from vpctui.schema import Field, OnOff, Section
from vpctui.trace import Arrival, Candidate, Drop, Forward, Step

MTU = 8500
VPN_SIDE_MTU = 1500
"""R-294: towards and from a VPN."""


class TransitGateway(Record, frozen=True, kw_only=True):
    """A transit gateway; `vpcs` are the VPCs attached to it."""

    vpcs: tuple[str, ...] = ()
    security_group_referencing: bool = False
    vpn_ecmp: bool = True


@indexes(TransitGateway)
def keys(gateway: TransitGateway) -> Iterable[Hashable]:
    """Among the targets that the tables of its VPCs can name."""
    for vpc in gateway.vpcs:
        yield ("target-in", vpc)


@outlines(TransitGateway)
def outline(gateway: TransitGateway, network: Network) -> Outline:
    """At the top, after the VPCs."""
    return Outline("", "", 5)


SECTION = Section(
    "transit_gateways",
    "transit gateway",
    (
        Field("attachments", Attachments(), "what is attached to it", ()),
        Field("route_tables", TransitGatewayRouteTables(), "its route tables, short `{CIDR: attachment}` or long with `propagations`", ()),
        Field("security_group_referencing", OnOff(), "with that of both attachments: rules may name groups of other attached VPCs", False),
        Field("vpn_ecmp", OnOff(), "whether equal BGP routes of several VPN attachments share the load", True),
    ),
    "Transit gateways, with their attachments and route tables.",
)


def read(item: Item) -> Iterator[Record]:
    """One transit gateway, its attachments and tables.  Notes E202, E217, W510 and W511 where they contradict each other."""
    transit_gateway_contradictions.check(item)
    vpcs = tuple(values["vpc"] for _, values in item["attachments"] if values["vpc"])
    yield TransitGateway(id=item.id, vpcs=vpcs, security_group_referencing=item["security_group_referencing"], vpn_ecmp=item["vpn_ecmp"])
    for identifier, values in item["attachments"]:
        yield from transit_gateway_attachment.read(Item(identifier, values, item.document, item.section, "attachment"), item.id)
    for identifier, values in item["route_tables"]:
        yield TransitGatewayRouteTable(id=identifier, transit_gateway=item.id, routes=values["routes"], propagations=values["propagations"])


@route_target(TransitGateway, "transit_gateways", option="transit_gateway_id")
def usable(gateway: TransitGateway, network: Network, assume: Assumptions) -> bool:
    """A transit gateway to which nothing is attached leaves its routes blackholed (R-036)."""
    return bool(gateway.vpcs)


@entrance(TransitGateway)
def enter(gateway: TransitGateway, packet: Packet, here: Situation, won: Candidate, zone: str) -> Generator[Step, None, Arrival | str]:
    """From any subnet of a zone in which the attachment has one (R-230, C-03); a VPC that is not attached cannot (R-044)."""
    attachment = here.network.first(TransitGatewayAttachment, ("attachment", gateway.id, here.arrival.node))
    if attachment is None:
        return "ROUTE_TARGET_WRONG_VPC"
    subnet = attachment.zones(here.network).get(zone)
    yield Step(
        rule="tgw-zone",
        packet=packet,
        passed=subnet is not None,
        facts={"attachment": attachment.id, "zone": zone, "subnet": subnet.id if subnet else "", "vpc": attachment.vpc},
        setting=f"{attachment.id}.subnets",
    )
    if subnet is None:
        return "TGW_AZ_RESTRICTION"
    return Arrival(
        node=gateway.id,
        by=attachment.id,
        table=attachment.route_table or "",
        zone=zone,
        came_from=here.arrival.node,
        groups=here.arrival.groups,
        tags=here.arrival.tags,
    )


@forwards(TransitGateway, named="transit_gateway")
def forward(gateway: TransitGateway, packet: Packet, here: Situation) -> Evaluation:
    """The table of the incoming attachment, the size, the TTL, then out by the attachment of the route."""
    came = _incoming(gateway, here)
    if came is None:
        yield Step(rule="not-modelled", packet=packet, passed=False, facts={"node": here.arrival.by or gateway.id})
        return Drop(packet=packet, reason="UNSUPPORTED_COMPONENT")
    blocked = yield from _admit(came, packet, here)
    if blocked:
        return blocked
    if is_multicast(packet.dst):  # only in multicast domains
        yield Step(rule="never-carried", packet=packet, passed=False, facts={"dst": str(packet.dst)})
        return Drop(packet=packet, reason="PROTOCOL_NOT_SUPPORTED")
    table = here.network.find(TransitGatewayRouteTable, came.table_at(gateway.id))
    if table is None:
        facts: dict[str, str | int] = {"attachment": came.id, "gateway": gateway.id}
        yield Step(rule="tgw-association", packet=packet, passed=False, facts=facts, setting=f"{came.id}.route_table")
        return Drop(packet=packet, reason="TGW_NO_ASSOCIATION")
    won = yield from _route(table, came, packet, here)
    if won is None:
        return Drop(packet=packet, reason="TGW_NO_ROUTE", table=table.id)
    leaves = attachment_at(won.target, gateway.id, here.network)
    if won.state != "active" or leaves is None:
        yield Step(
            rule="tgw-blackhole", packet=packet, passed=False, facts={"table": table.id, "route": won.destination, "target": won.target}, setting=won.place
        )
        return Drop(packet=packet, reason="TGW_ROUTE_BLACKHOLE", table=table.id, route=won.destination, target=won.target)
    sent = yield from _carry(gateway, came, leaves, packet, here, table.id, won)
    if isinstance(sent, Drop):
        return sent
    return (yield from _leave(gateway, came, leaves, sent, here, table.id, won))


def _incoming(gateway: TransitGateway, here: Situation) -> TransitGatewayAttachment | None:
    """The attachment by which the packet came in; a VPN connection or virtual interface stands for its attachment."""
    by = getattr(here.network.get(here.arrival.by), "carries_for", here.arrival.by)
    return attachment_at(by, gateway.id, here.network)


def _admit(came: TransitGatewayAttachment, packet: Packet, here: Situation) -> Checks:
    """The inbound entries of the attachment subnet's network ACL, also for senders of that subnet (R-240, R-241); a remote side that works."""
    if came.kind in REMOTE:
        return (yield from came_in(came, packet, here))
    subnet = came.zones(here.network).get(here.arrival.zone) if came.kind == "vpc" else None
    return (yield from network_acl.enter(subnet, packet, here)) if subnet else None


def _route(table: TransitGatewayRouteTable, came: TransitGatewayAttachment, packet: Packet, here: Situation) -> Generator[Step, None, Candidate | None]:
    lookup, choices = ask(table, packet, here, came.id)
    won = lookup.winner
    yield Step(
        rule="tgw-lookup",
        packet=packet,
        passed=won is not None,
        facts={
            "table": table.id,
            "attachment": came.id,
            "dst": str(packet.dst),
            "route": won.destination if won else "",
            "target": won.target if won else "",
        },
        lookup=lookup,
        decider=won.place if won else "",
        setting=won.place if won else f"{came.id}.route_table",
        choices=choices,
        chooser=table.id,
    )
    return won


def _carry(
    gateway: TransitGateway, came: TransitGatewayAttachment, leaves: TransitGatewayAttachment, packet: Packet, here: Situation, table: str, won: Candidate
) -> Generator[Step, None, Packet | Drop]:
    """What fits (R-294, R-296), with its TTL spent (R-302)."""
    vpn = any(side.kind == "vpn" for side in (came, leaves))
    report: Report | None = report_to(came, packet, here)
    limit = VPN_SIDE_MTU if vpn else MTU
    fitted = yield from carried(gateway.id, packet, here, limit, report=report, table=table, route=won.destination, target=won.target)
    if isinstance(fitted, Drop):
        return fitted
    # one per transit gateway, and in sum three for two that are peered.
    spent = fitted.ttl - here.assume.tgw_ttl * (2 if leaves.kind == "peering" else 1)
    if here.assume.ttl == "textbook":
        spent = fitted.ttl - 1
    sent = replace(fitted, ttl=max(spent, 0))
    if spent == fitted.ttl:
        return sent
    yield Step(rule="tgw-ttl", packet=sent, passed=spent > 0, facts={"gateway": gateway.id, "was": fitted.ttl, "ttl": sent.ttl}, setting="assume.tgw_ttl")
    return sent if spent > 0 else Drop(packet=sent, reason="TTL_EXPIRED", table=table, route=won.destination, target=won.target)


def _leave(
    gateway: TransitGateway, came: TransitGatewayAttachment, leaves: TransitGatewayAttachment, packet: Packet, here: Situation, table: str, won: Candidate
) -> Evaluation:
    if leaves.kind in ("network_function", "unsupported"):
        yield Step(rule="not-modelled", packet=packet, passed=False, facts={"node": leaves.id})
        return Drop(packet=packet, reason="UNSUPPORTED_COMPONENT", table=table, route=won.destination, target=won.target)
    if leaves.kind == "peering":  # the other transit gateway asks its own table; groups are not known there
        other = leaves.peer if gateway.id == leaves.transit_gateway else leaves.transit_gateway
        yield Step(rule="tgw-peering", packet=packet, facts={"attachment": leaves.id, "to": other})
        to = Arrival(node=other, by=leaves.id, came_from=gateway.id)
        return Forward(packet=packet, to=to, table=table, route=won.destination, target=won.target)
    leaving = Leaving(leaves, table, won.destination, _groups(gateway, came, leaves, here))
    if leaves.kind == "vpc":
        return (yield from land(leaving, packet, here))
    return (yield from send_out(leaving, packet, here))


def _groups(gateway: TransitGateway, came: TransitGatewayAttachment, leaves: TransitGatewayAttachment, here: Situation) -> tuple[str, ...] | None:
    """The sender's groups where references to them are on everywhere (R-242, C-18)."""
    on = gateway.security_group_referencing and came.security_group_referencing and leaves.security_group_referencing
    return here.arrival.groups if on else None


def _referencing_command(gateway: TransitGateway, value: bool, network: Network) -> tuple[str, ...]:
    options = f"SecurityGroupReferencingSupport={'enable' if value else 'disable'}"
    return (ec2("modify-transit-gateway", transit_gateway_id=gateway.id, options=options),)


def _ecmp_command(gateway: TransitGateway, value: bool, network: Network) -> tuple[str, ...]:
    return (ec2("modify-transit-gateway", transit_gateway_id=gateway.id, options=f"VpnEcmpSupport={'enable' if value else 'disable'}"),)


alterations(
    TransitGateway,
    field("security_group_referencing", OnOff(), command=_referencing_command),
    field("vpn_ecmp", OnOff(), command=_ecmp_command),
    refused("route_table", lambda gateway, change, network: edge_rules.gateway_kind(gateway)),
)

RULES = {
    "tgw-zone": Rule(
        "R-230 C-03",
        Sentence(
            "{attachment} has {subnet} in zone {zone}: every subnet of the zone may use it",
            "{attachment}はゾーン{zone}に{subnet}を持つ：このゾーンのどのサブネットからも入れる",
        ),
        Sentence(
            "{attachment} has no subnet of {vpc} in zone {zone}: packets from there are not taken",
            "{attachment}は{vpc}のゾーン{zone}にサブネットを持たない：そこからは入れない",
        ),
    ),
    "tgw-association": Rule(
        "R-225 R-226",
        Sentence("{attachment} is associated with a table of {gateway}", "{attachment}は{gateway}のルートテーブルに関連付けられている"),
        Sentence(
            "{attachment} is associated with no table of {gateway}: nothing can be looked up",
            "{attachment}は{gateway}のどのルートテーブルにも関連付けられていない：引くルートテーブルが無い",
        ),
    ),
    "tgw-lookup": Rule(
        "R-225 R-227 R-228 R-229",
        Sentence(
            "it came in by {attachment}, so {table} is asked for {dst}: {route} → {target} wins",
            "{attachment}から入ったので{table}で{dst}を引く：{route} → {target}が選ばれる",
        ),
        Sentence(
            "it came in by {attachment}, so {table} is asked for {dst}: it has no route",
            "{attachment}から入ったので{table}で{dst}を引く：ルートが無い",
        ),
    ),
    "tgw-blackhole": Rule(
        "R-228",
        Sentence("{route} of {table} leads to {target}", "{table}の{route}は{target}を指す"),
        Sentence("{route} → {target} in {table} is in state blackhole: the packet ends here", "{table}の{route} → {target}は状態がblackhole：ここで破棄される"),
    ),
    "tgw-ttl": Rule(
        "R-302 C-11",
        Sentence("TTL {was} becomes {ttl}", "TTLが{was}から{ttl}になる"),
        Sentence("TTL reaches {ttl} at {gateway}, which says nothing: no ICMP comes back", "{gateway}でTTLが{ttl}になる。ICMPは返らない"),
    ),
    "tgw-peering": Rule(
        "R-236",
        Sentence("over the peering {attachment} to {to}, which asks its own table", "ピアリング{attachment}で{to}へ渡り、{to}が自身のルートテーブルを引く"),
    ),
}
