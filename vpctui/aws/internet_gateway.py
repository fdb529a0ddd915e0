"""Internet gateway: 1:1 translation, then the edge table on the way in.  Rules R-050 … R-107."""

from collections.abc import Generator, Hashable, Iterable, Iterator

from msgspec.structs import replace

from vpctui.address import Address, Prefix, is_private
from vpctui.aws import block_public_access, edge, icmp_error, internet, mtu
from vpctui.aws.delivery import arrival_at, entrance, owner_of
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.reading import Item
from vpctui.aws.route_table import route_target
from vpctui.aws.vpc import Vpc
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import Outline, outlines
from vpctui.engine.registry import Assumptions, Evaluation, Rule, Sentence, Situation, forwards
from vpctui.packet import Packet
from vpctui.schema import Cidr, Field, ListOf, Reference, Section
from vpctui.trace import Arrival, Candidate, Drop, Forward, Memo, Step


class InternetGateway(Record, frozen=True, kw_only=True):
    """An internet gateway; `route_table` is its edge association, `public_ipv4_pools` BYOIP pools associated with that table."""

    vpc: str
    route_table: str | None = None
    public_ipv4_pools: tuple[Prefix, ...] = ()


@indexes(InternetGateway)
def keys(gateway: InternetGateway) -> Iterable[Hashable]:
    """By VPC, by edge table, and among those with pools."""
    yield ("gateway", gateway.vpc)
    yield ("in", gateway.vpc)
    yield ("edge", gateway.route_table)
    if gateway.public_ipv4_pools:
        yield ("public-pools",)


@outlines(InternetGateway)
def outline(gateway: InternetGateway, network: Network) -> Outline:
    """In its VPC, before the subnets."""
    return Outline(gateway.vpc, "", 10)


SECTION = Section(
    "internet_gateways",
    "internet gateway",
    (
        Field("vpc", Reference(("vpcs",)), "the VPC it is attached to", shown_default="the only one"),
        Field("route_table", Reference(("route_tables",)), "the edge association: the table asked for what comes in", shown_default="none"),
        Field("public_ipv4_pools", ListOf(Cidr(4)), "BYOIP pools associated with the edge table", ()),
    ),
    "Internet gateways.",
)


def read(item: Item) -> Iterator[Record]:
    """One internet gateway.  Notes E217 where its VPC has another one (R-086)."""
    document = item.document
    sharing = document.naming("internet_gateways", "vpc")[item["vpc"]] if item["vpc"] else list(document.of("internet_gateways").values())
    if sharing[0] is not item.values:
        item.problem("E217", f"{item.vpc()} already has an internet gateway; {item.id} is a second one", "vpc", "one internet gateway for each VPC")
    yield InternetGateway(id=item.id, vpc=item.vpc(), route_table=item["route_table"], public_ipv4_pools=item["public_ipv4_pools"])


@route_target(InternetGateway, "internet_gateways")
def usable(gateway: InternetGateway, network: Network, assume: Assumptions) -> bool:
    """A detached gateway leaves its routes blackholed (R-036)."""
    return bool(gateway.vpc)


@entrance(InternetGateway)
def enter(gateway: InternetGateway, packet: Packet, here: Situation, won: Candidate, zone: str) -> Generator[Step, None, Arrival | str]:
    """From a subnet whose table says so; the gateway of another VPC takes nothing (R-043)."""
    yield from ()
    if gateway.vpc != here.arrival.node:
        return "ROUTE_TARGET_WRONG_VPC"
    return Arrival(node=gateway.id, by=gateway.vpc, zone=zone, came_from=here.arrival.node, groups=None, tags=here.arrival.tags)


@forwards(InternetGateway, named="internet_gateway")
def forward(gateway: InternetGateway, packet: Packet, here: Situation) -> Evaluation:
    """In: Block Public Access, translation, edge table (R-061).  Out: Block Public Access, address checks, translation (R-087)."""
    if here.arrival.by == internet.INTERNET:
        return (yield from _inbound(gateway, packet, here))
    return (yield from _outbound(gateway, packet, here))


def _inbound(gateway: InternetGateway, packet: Packet, here: Situation) -> Evaluation:
    network = here.network
    interface = network.first(NetworkInterface, ("public", packet.dst)) if packet.family == 4 else owner_of(gateway.vpc, packet.dst, network)
    refused = yield from block_public_access.check(gateway.id, gateway.vpc, packet, here, interface, inbound=True)
    if refused:
        return refused
    if is_private(packet.src):
        yield Step(rule="igw-public-source", packet=packet, passed=False, facts={"src": str(packet.src)})
        return Drop(packet=packet, reason="IGW_PRIVATE_SRC_INGRESS")
    fitted = yield from mtu.carried(gateway.id, packet, here, mtu.INTERNET_MTU, report=internet.sender_outside(packet, here))
    if isinstance(fitted, Drop):
        return fitted
    packet = fitted
    if packet.family == 6:
        return (yield from _ipv6_in(gateway, packet, here, interface))
    if _pooled(gateway, packet.dst) and interface is None:
        yield Step(rule="igw-pool", packet=packet, facts={"dst": str(packet.dst)})  # not translated
        return (yield from edge.forward(gateway.id, gateway.vpc, gateway.route_table, packet, here, needs_public_ip=True))
    if interface is not None and interface.vpc == gateway.vpc and not interface.subnet:  # no address in the VPC, nothing to look up
        yield Step(rule="igw-regional-nat", packet=packet, facts={"address": str(packet.dst), "nat": interface.owner})
        return Forward(packet=packet, to=arrival_at(interface, here))
    private = interface.private_of(packet.dst) if interface and interface.vpc == gateway.vpc else None
    if interface is None or private is None or not interface.owner:
        yield Step(rule="igw-dnat", packet=packet, passed=False, facts={"dst": str(packet.dst), "private": "", "eni": ""})
        return Drop(packet=packet, reason="IGW_UNKNOWN_PUBLIC_IP_INGRESS")
    inside = icmp_error.retold(replace(packet, dst=private), lambda address: private if address == packet.dst else None)
    yield Step(
        rule="igw-dnat", packet=inside, facts={"dst": str(packet.dst), "private": str(private), "eni": interface.id}, setting=f"{interface.id}.public_ip"
    )
    if not network.the(Vpc, gateway.vpc).holds(private):
        yield Step(rule="igw-inside", packet=inside, passed=False, facts={"private": str(private), "vpc": gateway.vpc})
        return Drop(packet=inside, reason="IGW_DEST_NOT_IN_VPC")
    return (yield from edge.forward(gateway.id, gateway.vpc, gateway.route_table, inside, here, needs_public_ip=True))


def _outbound(gateway: InternetGateway, packet: Packet, here: Situation) -> Evaluation:
    interface = owner_of(gateway.vpc, packet.src, here.network)
    refused = yield from block_public_access.check(gateway.id, gateway.vpc, packet, here, interface, inbound=False)
    if refused:
        return refused
    if is_private(packet.dst):
        yield Step(rule="igw-public-destination", packet=packet, passed=False, facts={"dst": str(packet.dst)})
        return Drop(packet=packet, reason="IGW_PRIVATE_DEST_EGRESS")
    refused = yield from edge.bypassed(gateway.id, gateway.vpc, gateway.route_table, packet, here)
    if refused:
        return refused
    fitted = yield from mtu.carried(gateway.id, packet, here, mtu.INTERNET_MTU, report=mtu.inside(gateway.vpc, packet, here))
    if isinstance(fitted, Drop):
        return fitted
    return (yield from _translate_out(gateway, fitted, here, interface))


def _translate_out(gateway: InternetGateway, packet: Packet, here: Situation, interface: NetworkInterface | None) -> Evaluation:
    if packet.family == 6:
        return (yield from _ipv6_out(gateway, packet, here, interface))
    if interface is None and _from_pool(gateway, packet, here):
        yield Step(rule="igw-pool-out", packet=packet, facts={"src": str(packet.src)})
        return (yield from internet.send(packet, here, route=None, target=None, assume=True))
    if interface is None:
        yield Step(rule="igw-own-source", packet=packet, passed=False, facts={"src": str(packet.src), "vpc": gateway.vpc})
        return Drop(packet=packet, reason="SPOOFED_SOURCE")
    public = interface.public_of(packet.src)
    if public is None:
        yield Step(
            rule="igw-snat", packet=packet, passed=False, facts={"src": str(packet.src), "public": "", "eni": interface.id}, setting=f"{interface.id}.public_ip"
        )
        return Drop(packet=packet, reason="IGW_NO_PUBLIC_IP_EGRESS")
    outside = icmp_error.retold(replace(packet, src=public), lambda address: _public(gateway.vpc, address, here))
    yield Step(
        rule="igw-snat" if interface.subnet else "igw-regional-nat",
        packet=outside,
        facts={"src": str(packet.src), "public": str(public), "eni": interface.id, "address": str(public), "nat": interface.owner},
        setting=f"{interface.id}.public_ip",
        warning="IGW_NAT_REFLECTION" if here.network.ids(("public", packet.dst)) else "",
        remembers=(Memo(gateway.id, ("out", outside.reverse_flow)),),
    )
    return (yield from internet.send(outside, here, route=None, target=None, assume=True))


def _ipv6_in(gateway: InternetGateway, packet: Packet, here: Situation, interface: NetworkInterface | None) -> Evaluation:
    """Nothing is translated (R-100); an interface may refuse everything that internet gateways bring."""
    if interface is not None and interface.deny_all_igw_traffic:
        return (yield from _denied(packet, interface))
    yield Step(rule="igw-ipv6", packet=packet, facts={"dst": str(packet.dst)}, remembers=(Memo(gateway.id, ("in", packet.flow)),))
    return (yield from edge.forward(gateway.id, gateway.vpc, gateway.route_table, packet, here, needs_public_ip=False))


def _public(vpc: str, address: Address, here: Situation) -> Address | None:
    interface = owner_of(vpc, address, here.network)
    return interface.public_of(address) if interface else None


def _ipv6_out(gateway: InternetGateway, packet: Packet, here: Situation, interface: NetworkInterface | None) -> Evaluation:
    if not here.network.the(Vpc, gateway.vpc).holds(packet.src):
        yield Step(rule="igw-own-source", packet=packet, passed=False, facts={"src": str(packet.src), "vpc": gateway.vpc})
        return Drop(packet=packet, reason="SPOOFED_SOURCE")
    if interface is not None and interface.deny_all_igw_traffic:
        return (yield from _denied(packet, interface))
    yield Step(rule="igw-ipv6", packet=packet, facts={"dst": str(packet.dst)}, remembers=(Memo(gateway.id, ("out", packet.reverse_flow)),))
    return (yield from internet.send(packet, here, route=None, target=None, assume=True))


def _denied(packet: Packet, interface: NetworkInterface) -> Evaluation:
    """DenyAllIgwTraffic, which the API shows but lets nobody change (R-100)."""
    yield Step(rule="igw-denied", packet=packet, passed=False, facts={"eni": interface.id})
    return Drop(packet=packet, reason="NO_PATH")


def _pooled(gateway: InternetGateway, address: Address) -> bool:
    """Whether a BYOIP pool of the gateway holds an address; pools come in only while the gateway has an edge table (R-078)."""
    return gateway.route_table is not None and any(address in pool for pool in gateway.public_ipv4_pools)


def _from_pool(gateway: InternetGateway, packet: Packet, here: Situation) -> bool:
    """Whether the edge table gives the packet's pool address to an interface of the machine that the packet left (R-080)."""
    if not _pooled(gateway, packet.src):
        return False
    target = here.network.find(NetworkInterface, edge.redirected(gateway.route_table or "", gateway.vpc, packet.src, here))
    return target is not None and target.owner in {arrival.node for arrival in here.path}


RULES = {
    "igw-dnat": Rule(
        "R-091 R-061",
        Sentence(
            "{dst} is the public address of {private} ({eni}): the destination becomes {private}",
            "宛先{dst}（{eni}）を{private}に変換",
        ),
        Sentence("no attached interface of this VPC has the public address {dst}", "パブリックアドレス{dst}を持つアタッチ済みインターフェイスがこのVPCに無い"),
    ),
    "igw-snat": Rule(
        "R-087 R-088 R-095 R-099",
        Sentence("the source {src} becomes {public}, the public address of {eni}", "送信元{src}（{eni}）を{public}へ"),
        Sentence("{src} ({eni}) has no public address to leave with", "{src}（{eni}）には外へ出るためのパブリックアドレスが無い"),
    ),
    "igw-regional-nat": Rule(
        "R-179",
        Sentence(
            "{address} is an address of the regional NAT gateway {nat}: nothing to translate",
            "{address}はリージョナルNATゲートウェイ{nat}のアドレス：変換は無い",
        ),
    ),
    "igw-public-source": Rule(
        "R-093",
        Sentence("{src} is a public source", "送信元{src}はパブリックアドレス"),
        Sentence("a private source {src} cannot come in from the internet", "送信元{src}はプライベートアドレス：インターネットからは入れない"),
    ),
    "igw-public-destination": Rule(
        "R-090",
        Sentence("{dst} is a public destination", "宛先{dst}はパブリックアドレス"),
        Sentence("{dst} is private: an internet gateway does not carry it", "{dst}はプライベートアドレス：インターネットゲートウェイは転送しない"),
    ),
    "igw-own-source": Rule(
        "R-089 R-100",
        Sentence("{src} belongs to {vpc}", "{src}は{vpc}のアドレス"),
        Sentence("the source {src} belongs to no interface of {vpc}", "送信元{src}は{vpc}のどのインターフェイスのアドレスでもない"),
    ),
    "igw-denied": Rule(
        "R-100",
        Sentence("{eni} takes part in traffic of internet gateways", "{eni}はインターネットゲートウェイと通信できる"),
        Sentence("{eni} denies all traffic of internet gateways", "{eni}はインターネットゲートウェイとの通信をすべて拒否する設定"),
    ),
    "igw-ipv6": Rule("R-100 R-307", Sentence("IPv6: nothing is translated", "IPv6：変換は無い")),
    "igw-pool": Rule(
        "R-078 R-079",
        Sentence("{dst} lies in a BYOIP pool of the edge table: not translated", "{dst}はエッジルートテーブルに関連付けたBYOIPプールのアドレス：変換しない"),
    ),
    "igw-inside": Rule(
        "R-094",
        Sentence("{private} lies in {vpc}", "{private}は{vpc}の範囲内"),
        Sentence("{private} lies in no range of {vpc}", "{private}は{vpc}のどの範囲にも無い"),
    ),
    "igw-pool-out": Rule("R-080", Sentence("{src} lies in a BYOIP pool: it leaves untranslated", "{src}はBYOIPプールのアドレス：変換せずに出る")),
}
