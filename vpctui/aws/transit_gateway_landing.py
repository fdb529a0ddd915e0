"""How a packet leaves a transit gateway: into a VPC in one of its zones, or to a remote side.  Rules R-230 … R-234, R-240, R-241, R-296."""

from collections.abc import Generator

from msgspec import Struct
from msgspec.structs import replace

from vpctui.address import Prefix
from vpctui.aws import route_table
from vpctui.aws.delivery import arrival_at, owner_of, undeliverable
from vpctui.aws.equal_choice import flow_key, ordered
from vpctui.aws.icmp_error import Report
from vpctui.aws.mtu import carried
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.remote_path import DIRECT_CONNECT_MTU, VPN_MTU, best, lookup, working
from vpctui.aws.remote_side import hand_out
from vpctui.aws.subnet import Subnet, table_of
from vpctui.aws.transit_gateway_attachment import CONNECT_MTU, TransitGatewayAttachment
from vpctui.engine.registry import Checks, Evaluation, Rule, Sentence, Situation
from vpctui.packet import Packet
from vpctui.trace import Arrival, Drop, Forward, Memo, Step

DEFAULT_MTU = {"vpn": VPN_MTU, "connect": CONNECT_MTU, "direct_connect_gateway": DIRECT_CONNECT_MTU}
"""What a remote side carries where nothing says it more precisely (R-294)."""


class Leaving(Struct, frozen=True):
    """The attachment by which a packet leaves, the table and route that named it, and the sender's groups as far as they are known."""

    attachment: TransitGatewayAttachment
    table: str
    route: str
    groups: tuple[str, ...] | None = None

    def dropped(self, packet: Packet, reason: str, mends: tuple[str, ...] = ()) -> Drop:
        """The end of a packet here."""
        return Drop(packet=packet, reason=reason, table=self.table, route=self.route, target=self.attachment.id, mends=mends)

    def forward(self, packet: Packet, to: Arrival) -> Forward:
        """The way on."""
        return Forward(packet=packet, to=to, table=self.table, route=self.route, target=self.attachment.id)


def land(leaving: Leaving, packet: Packet, here: Situation) -> Evaluation:
    """Into the VPC: a zone, then the table of the attachment's subnet there, or straight to a neighbour in it (R-231, R-232)."""
    attachment = leaving.attachment
    zones = attachment.zones(here.network)
    if not zones:
        yield Step(
            rule="tgw-no-zone", packet=packet, passed=False, facts={"attachment": attachment.id, "vpc": attachment.vpc}, setting=f"{attachment.id}.subnets"
        )
        return leaving.dropped(packet, "COMPONENT_BAD_STATE")
    zone = yield from _zone(leaving, zones, packet, here)
    return (yield from _arrive(leaving, zones[zone], packet, here))


def _zone(leaving: Leaving, zones: dict[str, Subnet], packet: Packet, here: Situation) -> Generator[Step, None, str]:
    """The source's zone where it is enabled, else one by hash; with appliance mode the flow's first one stays (R-231, R-233)."""
    attachment, came_in = leaving.attachment, here.arrival.zone
    key = ("pinned", flow_key(packet))
    pinned: str | None = here.connections.recall(attachment.id, key) if attachment.appliance_mode else None
    choices: tuple[str, ...] = ()
    if pinned is not None and pinned in zones:
        chosen, rule = pinned, "tgw-zone-pinned"
    elif came_in in zones:
        chosen, rule = came_in, "tgw-zone-kept"
    else:
        choices = ordered(tuple(zones), packet, here, attachment.id)
        chosen, rule = choices[0], "tgw-zone-chosen"
    stateful = "" if attachment.appliance_mode or len(attachment.subnets) < 2 else _stateful_behind(attachment, zones[chosen], packet, here)
    yield Step(
        rule="tgw-appliance-mode-off" if stateful else rule,
        packet=packet,
        facts={"attachment": attachment.id, "zone": chosen, "subnet": zones[chosen].id, "vpc": attachment.vpc, "appliance": stateful},
        setting=f"{attachment.id}.appliance_mode",
        warning="WARN_APPLIANCE_MODE_OFF" if stateful else "",
        remembers=(Memo(attachment.id, key, chosen),) if attachment.appliance_mode else (),
        choices=choices,
        chooser=attachment.id,
    )
    return chosen


def _stateful_behind(attachment: TransitGatewayAttachment, subnet: Subnet, packet: Packet, here: Situation) -> str:
    """The stateful appliance, or the endpoint of one, to which the attachment's subnet sends what comes in (R-233); empty where none is."""
    table = table_of(subnet, here.network)
    won = route_table.lookup(here.network, table, packet.dst, _blocks(attachment.vpc, here), here.assume).winner if table else None
    target = here.network.get(won.target) if won else None
    if isinstance(target, NetworkInterface):
        guest = getattr(here.network.get(target.owner), "guest", None)
        return target.owner if getattr(guest, "inspect", "none") != "none" else ""
    return target.id if target is not None and getattr(target, "type", "") == "gateway_load_balancer" else ""


def _blocks(vpc: str, here: Situation) -> tuple[Prefix, ...]:
    record = here.network.get(vpc)
    blocks: tuple[Prefix, ...] = getattr(record, "cidrs", ()) + getattr(record, "ipv6_cidrs", ())
    return blocks


def _arrive(leaving: Leaving, subnet: Subnet, packet: Packet, here: Situation) -> Evaluation:
    vpc = leaving.attachment.vpc
    facts: dict[str, str | int] = {"subnet": subnet.id, "vpc": vpc, "dst": str(packet.dst)}
    if not subnet.holds(packet.dst):
        table = table_of(subnet, here.network)
        yield Step(rule="tgw-landing", packet=packet, facts={**facts, "table": table}, setting=f"{subnet.id}.route_table")
        arrival = here.arrival
        to = Arrival(node=vpc, by=subnet.id, table=table, zone=subnet.az, came_from=arrival.node, groups=leaving.groups, tags=arrival.tags)
        return leaving.forward(packet, to)
    owner = owner_of(vpc, packet.dst, here.network)
    yield Step(rule="tgw-same-subnet", packet=packet, passed=owner is not None, facts={**facts, "eni": owner.id if owner else ""})
    if owner is None:
        return leaving.dropped(packet, undeliverable(vpc, packet.dst, here.network))
    # from the attachment to an interface of its own subnet no network ACL is asked.
    return leaving.forward(packet, replace(arrival_at(owner, here, border=False), groups=leaving.groups))


def came_in(came: TransitGatewayAttachment, packet: Packet, here: Situation) -> Checks:
    """From a remote side: over something that works, and no bigger than it carries (R-118, R-119)."""
    if not (came.routes or working(came.id, here.arrival.by, here.network)):
        yield Step(rule="tgw-remote-down", packet=packet, passed=False, facts={"attachment": came.id, "via": here.arrival.by})
        return Drop(packet=packet, reason="VPN_TUNNEL_DOWN" if came.kind == "vpn" else "COMPONENT_BAD_STATE")
    if came.kind == "connect":
        return None  # what is too big there the transit gateway reports
    way = next(iter(best(came.paths(here.network), packet.src)), None)
    fitted = yield from carried(came.id, packet, here, way.mtu if way else DEFAULT_MTU[came.kind])
    return fitted if isinstance(fitted, Drop) else None


def send_out(leaving: Leaving, packet: Packet, here: Situation) -> Evaluation:
    """To a remote side: over a tunnel that is up, or a virtual interface; by none, over what the attachment lists itself (R-118, R-119)."""
    attachment = leaving.attachment
    found = attachment.paths(here.network)
    equal = best(found, packet.dst)
    names = tuple(dict.fromkeys(path.via for path in equal))
    choices = ordered(names, packet, here, attachment.id) if names else ()
    won = next((path for path in equal if path.via == choices[0]), None)
    if found:
        yield Step(
            rule="tgw-remote-path",
            packet=packet,
            passed=won is None or won.up,
            facts={"attachment": attachment.id, "dst": str(packet.dst), "via": won.via if won else attachment.id},
            lookup=lookup(attachment.id, found, won, packet.dst),
            setting=f"{won.via}.tunnels[1]" if won and not won.up else "",
            choices=choices if len(choices) > 1 else (),
            chooser=attachment.id,
        )
    if won is None and not (attachment.routes or working(attachment.id, "", here.network)):  # a static route to a VPN whose BGP is gone
        yield Step(rule="tgw-remote-down", packet=packet, passed=False, facts={"attachment": attachment.id, "via": attachment.id})
        return leaving.dropped(packet, "VPN_TUNNEL_DOWN" if attachment.kind == "vpn" else "COMPONENT_BAD_STATE")
    if won is not None and not won.up:
        return leaving.dropped(packet, "VPN_TUNNEL_DOWN", (f"{won.via}.tunnels[1]=up",))
    limit = won.mtu if won else DEFAULT_MTU[attachment.kind]
    sent = yield from carried(attachment.id, packet, here, limit, table=leaving.table, route=leaving.route, target=attachment.id)
    if isinstance(sent, Drop):
        return sent
    to = yield from hand_out(sent, here, behind=tuple(dict.fromkeys((won.via if won else attachment.id, attachment.id))))
    return leaving.forward(sent, to)


def report_to(came: TransitGatewayAttachment, packet: Packet, here: Situation) -> Report | None:
    """Where "fragmentation needed" goes: back by the attachment, of a VPC or Connect only (R-296); for all others it is silence.

    The message takes the way of any packet that lands: it may meet an appliance, and the network ACLs.
    """
    if came.kind == "connect":
        host = here.network.ids(("behind", came.id, packet.src))
        return Report(packet.dst, Arrival(node=host[0], by=came.id, came_from=here.arrival.node)) if host else None
    subnet = came.zones(here.network).get(here.arrival.zone) if came.kind == "vpc" else None
    block = subnet.block(packet.src) if subnet else None
    if subnet is None or block is None:
        return None
    owner = owner_of(came.vpc, packet.src, here.network) if subnet.holds(packet.src) else None
    if owner is not None:
        return Report(block.first + 1, replace(arrival_at(owner, here, border=False), groups=None))
    table = table_of(subnet, here.network)
    return Report(block.first + 1, Arrival(node=came.vpc, by=subnet.id, table=table, zone=subnet.az, came_from=here.arrival.node))


RULES = {
    "tgw-no-zone": Rule(
        "R-230 R-231",
        Sentence("{attachment} has a subnet in {vpc}", "{attachment}は{vpc}にサブネットを持つ"),
        Sentence("{attachment} has no subnet of {vpc} in a zone that is up", "{attachment}は{vpc}の稼働中のゾーンにサブネットを持たない"),
    ),
    "tgw-zone-kept": Rule("R-231", Sentence("it stays in its zone {zone}: into {vpc} by {subnet}", "元のゾーン{zone}のまま{subnet}から{vpc}に入る")),
    "tgw-zone-pinned": Rule(
        "R-233",
        Sentence(
            "appliance mode keeps the flow in zone {zone}: into {vpc} by {subnet}", "アプライアンスモードでフローはゾーン{zone}に固定：{subnet}から{vpc}に入る"
        ),
    ),
    "tgw-zone-chosen": Rule(
        "R-231",
        Sentence(
            "it comes from no zone that is enabled on {attachment}; zone {zone} is taken: into {vpc} by {subnet}",
            "元のゾーンは{attachment}で有効でないか存在しない。ゾーン{zone}を使い{subnet}から{vpc}に入る",
        ),
    ),
    "tgw-appliance-mode-off": Rule(
        "R-233 R-330",
        Sentence(
            "into {vpc} by {subnet} in zone {zone}; {appliance} keeps state, and without appliance mode on {attachment} the reply may come in another zone",
            "ゾーン{zone}の{subnet}から{vpc}に入る。{appliance}は状態を持つが、{attachment}のアプライアンスモードが無効なので応答は別のゾーンに入り得る",
        ),
    ),
    "tgw-landing": Rule("R-232", Sentence("the table of {subnet} decides in {vpc}: {table}", "{vpc}では{subnet}のルートテーブル{table}で決まる")),
    "tgw-same-subnet": Rule(
        "R-232 R-240",
        Sentence("{dst} is {eni} in {subnet} itself: no table, no network ACL", "{dst}は{subnet}内の{eni}：ルートテーブルもネットワークACLも通らない"),
        Sentence("{dst} would be in {subnet}, but no interface holds it", "{dst}は{subnet}内のはずだが、持ち主のインターフェイスが無い"),
    ),
    "tgw-remote-down": Rule(
        "R-119",
        Sentence("{attachment} works", "{attachment}は稼働中"),
        Sentence("nothing of {attachment} is up ({via})", "{attachment}の接続がすべて切れている（{via}）"),
    ),
    "tgw-remote-path": Rule(
        "R-119 R-235",
        Sentence("to {dst} by {via}", "{dst}へは{via}を使う"),
        Sentence("the static route by {via} stays, but its tunnels are down", "{via}の静的ルートは残っているが、トンネルが切れている"),
    ),
}
