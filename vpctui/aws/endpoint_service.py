"""What stands behind endpoints: a balancer with appliances, AWS Network Firewall, or a provider's load balancer.  Rules R-210 … R-217, R-291, R-327."""

from collections.abc import Iterator

from vpctui.aws import appliance, availability_zone, geneve, service_subnets
from vpctui.aws.connection_tracking import always_tracked
from vpctui.aws.instance import Instance
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.reading import Item
from vpctui.aws.service_subnets import ServiceSubnets
from vpctui.engine.network import Network, Record
from vpctui.engine.outline import Outline, outlines
from vpctui.engine.registry import Checks, Evaluation, Rule, Sentence, Situation, forwards
from vpctui.filter_rules import RuleText, SecurityGroupRule
from vpctui.packet import Packet
from vpctui.schema import Choice, Field, ListOf, OnOff, Reference, Section
from vpctui.trace import Arrival, Drop, Forward, Memo, Step

TYPES = ("gateway_load_balancer", "network_firewall", "interface")
STICKINESS = ("5-tuple", "3-tuple", "2-tuple")
FAILOVER = ("rebalance", "no_rebalance")


class EndpointService(Record, frozen=True, kw_only=True):
    """A service behind endpoints.

    `targets` are instances or interfaces in the order in which they are preferred; `failover` says what happens to a flow whose target
    is gone; `deny` are the stateless rules of a Network Firewall; `load_balancer` is the Network Load Balancer that serves interface
    endpoints.
    """

    type: str
    targets: tuple[str, ...] = ()
    deny: tuple[RuleText, ...] = ()
    cross_zone: bool = False
    failover: str = "rebalance"
    stickiness: str = "5-tuple"
    load_balancer: str = ""


@outlines(EndpointService)
def outline(service: EndpointService, network: Network) -> Outline:
    """At the top: it belongs to the endpoints of many VPCs."""
    return Outline("", service.type.replace("_", " "), 70)


SECTION = Section(
    "endpoint_services",
    "endpoint service",
    (
        Field("type", Choice(TYPES, {"gwlb": TYPES[0], "nfw": TYPES[1], "firewall": TYPES[1], "privatelink": TYPES[2]}), "what it is", required=True),
        Field("targets", ListOf(Reference(("instances", "network_interfaces"))), "appliances behind a Gateway Load Balancer", ()),
        Field("deny", ListOf(SecurityGroupRule(addresses_only=True)), "stateless rules of a Network Firewall that drop", ()),
        Field("load_balancer", Reference(("load_balancers",)), "the Network Load Balancer of a service for interface endpoints", ""),
        Field("cross_zone", OnOff(), "whether targets of other zones are used", False),
        Field("failover", Choice(FAILOVER), "flows of a target that is gone: to another target, or lost (what AWS does unless told otherwise)", "rebalance"),
        Field("stickiness", Choice(STICKINESS), "what of a packet keeps it at its target", "5-tuple"),
        Field("subnets", ServiceSubnets(), "where the Gateway Load Balancer stands, one subnet for each zone", (), shown_default="beside its targets"),
    ),
    "What stands behind endpoints: appliances in GENEVE, AWS Network Firewall, or for interface endpoints a Network Load Balancer.",
)


def read(item: Item) -> Iterator[Record]:
    """One service, and the balancer's own interfaces where the file says its subnets."""
    kind = item["type"] or TYPES[0]
    for field, of in (("targets", TYPES[0]), ("subnets", TYPES[0]), ("deny", TYPES[1]), ("load_balancer", TYPES[2])):
        if item[field] and kind != of:
            item.problem("E122", f"{field} is a setting of a {of}, and {item.id} is a {kind}", field, f"type: {of}")
    if kind == TYPES[2] and not item["load_balancer"]:
        item.problem("E124", f'endpoint service {item.id} needs "load_balancer"', "", "load_balancer: nlb")
    yield EndpointService(
        id=item.id,
        type=kind,
        targets=item["targets"],
        deny=item["deny"],
        cross_zone=item["cross_zone"],
        failover=item["failover"],
        stickiness=item["stickiness"],
        load_balancer=item["load_balancer"],
    )
    yield from service_subnets.interfaces(item, item["subnets"], "gateway_load_balancer")


@forwards(EndpointService, named="endpoint_service")
def forward(service: EndpointService, packet: Packet, here: Situation) -> Evaluation:
    """Balance over appliances, or judge; only endpoints bring packets (R-223)."""
    if not here.arrival.table:
        yield Step(rule="endpoint-service-only", packet=packet, passed=False, facts={"service": service.id})
        return Drop(packet=packet, reason="VPCE_CANNOT_INITIATE" if not here.arrival.by else "NO_LISTENER")
    if service.type == "network_firewall":
        return (yield from _firewall(service, packet, here))
    return (yield from _balance(service, packet, here))


def _firewall(service: EndpointService, packet: Packet, here: Situation) -> Evaluation:
    """Stateless rules first, then connections, of which every endpoint has its own memory (R-327)."""
    endpoint = here.arrival.table
    denied = appliance.denying(service.deny, packet)
    if denied is not None:
        facts: dict[str, str | int] = {"service": service.id, "rule": denied.text}
        place = f"{service.id}.deny"
        yield Step(rule="netfw-deny", packet=packet, passed=False, facts=facts, decider=f"{place} {denied.text}", setting=place)
        return Drop(packet=packet, reason="NETFW_RULE_DENY", mends=(f"{place}-={denied.text}",))
    refused = yield from appliance.session(endpoint, "strict", packet, here.connections)
    if refused:
        return refused
    yield Step(rule="netfw-return", packet=packet, facts={"service": service.id, "endpoint": endpoint, "ttl": packet.ttl})
    return Forward(packet=packet, to=geneve.emerging(endpoint, here))


def _balance(service: EndpointService, packet: Packet, here: Situation) -> Evaluation:
    scope = "" if service.cross_zone else here.arrival.zone
    refused = yield from _serves_zone(service, packet, here)
    if refused:
        return refused
    key = ("flow", scope, geneve.flow_key(packet, service.stickiness))
    pinned: str | None = here.connections.recall(service.id, key)
    able = tuple(target for target in service.targets if _reason_against(service, target, here) == "")
    if pinned is not None and pinned not in able and service.failover == "no_rebalance":
        yield Step(rule="gwlb-target-lost", packet=packet, passed=False, facts={"service": service.id, "target": pinned}, setting=f"{service.id}.failover")
        return Drop(packet=packet, reason="COMPONENT_BAD_STATE", mends=(f"{service.id}.failover=rebalance",))
    if not able:
        return (yield from _nobody(service, packet, here))
    wanted = pinned or here.choices.get(service.id, "")
    target = wanted if wanted in able else able[0]
    seen = ("seen", scope, geneve.flow_key(packet))
    began = packet.opens or bool(here.connections.recall(service.id, seen))
    rule = "gwlb-sticky" if pinned == target else "gwlb-rehash" if pinned else "gwlb-target"
    yield Step(
        rule=rule,
        packet=packet,
        facts={"service": service.id, "target": target, "was": pinned or "", "number": able.index(target) + 1, "count": len(able)},
        setting=f"{service.id}.targets",
        remembers=(Memo(service.id, key, target), *((Memo(service.id, seen),) if began else ())),
        choices=(target, *(other for other in able if other != target)),
        chooser=service.id,
    )
    return (yield from _wrap(service, target, packet, here, began))


def _wrap(service: EndpointService, target: str, packet: Packet, here: Situation, began: bool) -> Evaluation:
    interface = _interface(target, here.network)
    assert interface is not None
    outer, node = geneve.outer_packet(service.id, here.arrival.table, interface, packet, here)
    facts: dict[str, str | int] = {"service": service.id, "target": target, "src": str(outer.src), "dst": str(outer.dst)}
    yield Step(rule="geneve-wrap", packet=outer, facts=facts, warning="" if node else "NOTE_ASSUMED_VALUE")
    to = Arrival(
        node=interface.owner,
        by=interface.id,
        table=here.arrival.table,
        zone=interface.zone,
        crosses_border=node is not None and node.subnet != interface.subnet,
        came_from=service.id,
        groups=None,
        tags=(*here.arrival.tags, geneve.TAG, *(() if began else (geneve.REPLY_ONLY,))),
    )
    return Forward(packet=packet, to=to, target=target)


def _serves_zone(service: EndpointService, packet: Packet, here: Situation) -> Checks:
    """An endpoint works only in zones where the service stands (R-291); a service without subnets is taken to stand everywhere."""
    nodes = [here.network.the(NetworkInterface, identifier) for identifier in here.network.ids(("attached", service.id))]
    if not nodes or any(node.zone == here.arrival.zone for node in nodes):
        return None
    zones = ", ".join(sorted(node.zone for node in nodes))
    yield Step(rule="service-zone", packet=packet, passed=False, facts={"service": service.id, "zone": here.arrival.zone, "zones": zones})
    return Drop(packet=packet, reason="VPCE_AZ_RESTRICTION")


def _nobody(service: EndpointService, packet: Packet, here: Situation) -> Evaluation:
    """No target takes it: all are down, or those that run are in other zones (R-216)."""
    against = {target: _reason_against(service, target, here) for target in service.targets}
    elsewhere = [target for target, why in against.items() if why == "zone"]
    facts: dict[str, str | int] = {"service": service.id, "targets": ", ".join(service.targets) or "none", "zone": here.arrival.zone}
    if elsewhere:
        yield Step(rule="gwlb-cross-zone", packet=packet, passed=False, facts=facts, setting=f"{service.id}.cross_zone")
        return Drop(packet=packet, reason="LB_CROSS_ZONE_OFF", mends=(f"{service.id}.cross_zone=on",))
    yield Step(rule="gwlb-healthy", packet=packet, passed=False, facts=facts, setting=f"{service.id}.targets")
    stopped = (_interface(target, here.network) for target, why in against.items() if why == "stopped")
    return Drop(packet=packet, reason="LB_NO_TARGET", mends=tuple(f"{interface.owner}.state=running" for interface in stopped if interface)[:1])


def _reason_against(service: EndpointService, target: str, here: Situation) -> str:
    """Why a target is not used now: `gone`, `stopped`, `down` (its zone), `zone` (of another zone); empty where it is."""
    interface = _interface(target, here.network)
    machine = here.network.find(Instance, interface.owner) if interface else None
    if interface is None or machine is None:
        return "gone"
    if machine.state != "running":
        return "stopped"
    if availability_zone.is_down(interface.vpc, interface.zone, here.network):
        return "down"
    return "" if service.cross_zone or interface.zone == here.arrival.zone else "zone"


def _interface(target: str, network: Network) -> NetworkInterface | None:
    """The interface to which GENEVE goes: the target itself, or an instance's primary one."""
    found = network.find(NetworkInterface, target)
    return found or network.first(NetworkInterface, ("attached", target))


always_tracked(EndpointService, lambda service, network: service.type == "network_firewall")


RULES = {
    "endpoint-service-only": Rule(
        "R-223",
        Sentence("{service} is reached through an endpoint", "{service}へはエンドポイント経由で届く"),
        Sentence("{service} takes packets from its endpoints only, and starts none", "{service}はエンドポイントからのパケットだけを受け、自分からは送らない"),
    ),
    "service-zone": Rule(
        "R-291 R-222",
        Sentence("{service} stands in zone {zone}", "{service}はゾーン{zone}にある"),
        Sentence("{service} does not stand in zone {zone}, only in {zones}", "{service}はゾーン{zone}に無い（あるのは{zones}）"),
    ),
    "gwlb-target": Rule(
        "R-212 C-21",
        Sentence(
            "{service} gives the new flow to {target} ({number} of {count} targets)", "{service}は新しいフローを{target}に割り当てる（{count}台中{number}番目）"
        ),
    ),
    "gwlb-sticky": Rule("R-212", Sentence("{service} keeps the flow at {target}, both ways", "{service}はこのフローを往復とも{target}に保つ")),
    "gwlb-rehash": Rule(
        "R-214",
        Sentence("{was}, the flow's target, is gone: {service} gives it to {target}", "フローの割り当て先{was}が無くなり、{service}は{target}に振り直す"),
    ),
    "gwlb-target-lost": Rule(
        "R-214",
        Sentence("{target} still takes the flow", "{target}がこのフローを受け続ける"),
        Sentence(
            "the flow belongs to {target}, which is gone, and {service} does not rebalance: it is lost",
            "このフローの割り当て先{target}が無くなり、{service}は振り直さない設定：失われる",
        ),
    ),
    "gwlb-healthy": Rule(
        "R-214",
        Sentence("{service} has a healthy target", "{service}には正常なターゲットがある"),
        Sentence("{service} has no healthy target (registered: {targets})", "{service}に正常なターゲットが無い（登録済み：{targets}）"),
    ),
    "gwlb-cross-zone": Rule(
        "R-216",
        Sentence("{service} has a target in zone {zone}", "{service}にはゾーン{zone}のターゲットがある"),
        Sentence(
            "{service} has no healthy target in zone {zone}, and cross-zone load balancing is off",
            "{service}にゾーン{zone}の正常なターゲットが無く、クロスゾーン負荷分散も無効",
        ),
    ),
    "netfw-deny": Rule(
        "R-327",
        Sentence("no rule of {service} drops it", "{service}のルールは破棄しない"),
        Sentence("a rule of {service} drops it: {rule}", "{service}のルールが破棄：{rule}"),
    ),
    "netfw-return": Rule(
        "R-327 R-219",
        Sentence("{service} passes it: it comes out at {endpoint}, TTL {ttl} as before", "{service}が通す：{endpoint}から出てくる。TTLは{ttl}のまま"),
    ),
}
