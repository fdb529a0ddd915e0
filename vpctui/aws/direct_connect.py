"""Direct Connect virtual interface: private to a virtual private gateway, transit to a transit gateway, public to AWS's public addresses.

Rules R-122 … R-125.
"""

from collections.abc import Hashable, Iterable, Iterator

from vpctui.address import Prefix
from vpctui.aws import internet
from vpctui.aws.altering import field
from vpctui.aws.mtu import carried as fitting
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.reading import Item
from vpctui.aws.remote_path import RemotePath, carries
from vpctui.aws.remote_side import coming_in, entry, hand_out
from vpctui.engine.change import alterations
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import OUTSIDE, Outline, outlines
from vpctui.engine.registry import Evaluation, Rule, Sentence, Situation, forwards
from vpctui.packet import Packet
from vpctui.schema import Choice, Cidr, Field, Integer, ListOf, Reference, Section
from vpctui.trace import Arrival, Drop, Forward, Step

TYPES = ("private", "transit", "public")


class VirtualInterface(Record, frozen=True, kw_only=True):
    """A virtual interface; `carries_for` is its virtual private gateway or transit gateway attachment, empty for a public one."""

    type: str = "private"
    carries_for: str = ""
    routes: tuple[Prefix, ...] = ()
    mtu: int = 1500
    state: str = "up"
    local_preference: int = 200
    as_path_length: int = 1
    med: int = 0

    @property
    def up(self) -> bool:
        """Whether its BGP session is up."""
        return self.state == "up"


@indexes(VirtualInterface)
def keys(interface: VirtualInterface) -> Iterable[Hashable]:
    """By what it carries for; public ones among themselves."""
    yield ("carries-for", interface.carries_for) if interface.carries_for else ("public-virtual-interfaces",)


@outlines(VirtualInterface)
def outline(interface: VirtualInterface, network: Network) -> Outline:
    """Under its gateway or attachment; a public one stands outside."""
    return Outline(interface.carries_for or OUTSIDE, f"{interface.type} {interface.state}", 22)


SECTION = Section(
    "virtual_interfaces",
    "virtual interface",
    (
        Field("type", Choice(TYPES), "what it reaches: a virtual private gateway, a transit gateway, AWS's public addresses", "private"),
        Field("vpn_gateway", Reference(("vpn_gateways",)), "for a private one: the virtual private gateway", ""),
        Field("transit_gateway_attachment", Reference(("transit_gateway_attachments",)), "for a transit one: the attachment", ""),
        Field("routes", ListOf(Cidr(0)), "CIDRs that the customer announces", ()),
        Field("mtu", Integer(1500, 9001), "1500, or jumbo: 9001 for a private, 8500 for a transit one", 1500),
        Field("state", Choice(("up", "down"), {"available": "up"}), "state of its BGP session", "up"),
        Field("local_preference", Integer(0, 1000), "by community: 300 is preferred to 200 to 100", 200),
        Field("as_path_length", Integer(1, 255), "length of the announced AS_PATH", 1),
        Field("med", Integer(), "announced MED", 0),
    ),
    "Direct Connect virtual interfaces.",
)


def read(item: Item) -> Iterator[Record]:
    """One virtual interface.  Notes E124 where its gateway is missing, E106 for an MTU of another kind."""
    carries_for = {"private": item["vpn_gateway"], "transit": item["transit_gateway_attachment"]}.get(item["type"], "")
    wanted = {"private": "vpn_gateway", "transit": "transit_gateway_attachment"}.get(item["type"])
    if wanted and not carries_for:
        item.problem("E124", f'virtual interface {item.id} ({item["type"]}) needs "{wanted}"', "type", f"{wanted}: …")
    sizes = {"private": (1500, 9001), "transit": (1500, 8500)}.get(item["type"], (1500,))
    if item["mtu"] not in sizes:
        item.problem("E106", f"a {item['type']} virtual interface has an MTU of {' or '.join(map(str, sizes))}", "mtu", str(sizes[-1]))
    yield VirtualInterface(
        id=item.id,
        type=item["type"],
        carries_for=carries_for or "",
        routes=item["routes"],
        mtu=item["mtu"],
        state=item["state"],
        local_preference=item["local_preference"],
        as_path_length=item["as_path_length"],
        med=item["med"],
    )


@carries(VirtualInterface)
def carried(interface: VirtualInterface) -> Iterator[RemotePath]:
    """What the customer announces, withdrawn while the session is down; ranked by local preference, AS_PATH, MED (R-123)."""
    if interface.up:
        preference = (-interface.local_preference, interface.as_path_length, interface.med)
        for prefix in interface.routes:
            yield RemotePath(prefix, "dx", interface.id, True, preference, interface.mtu)


@coming_in(VirtualInterface)
def come_in(interface: VirtualInterface, network: Network) -> Arrival:
    """At its gateway; a public one decides for itself."""
    at = entry(interface.carries_for, network) if interface.carries_for else None
    return Arrival(node=at.node, by=interface.id, table=at.table) if at else Arrival(node=interface.id, by="remote")


@forwards(VirtualInterface, named="virtual_interface")
def forward(interface: VirtualInterface, packet: Packet, here: Situation) -> Evaluation:
    """A public one: announced sources to AWS's public addresses, and back; nothing else (R-122, R-124)."""
    inbound = here.arrival.by == "remote"
    if not interface.up:
        yield Step(rule="dx-up", packet=packet, passed=False, facts={"vif": interface.id}, setting=f"{interface.id}.state")
        return Drop(packet=packet, reason="COMPONENT_BAD_STATE", mends=(f"{interface.id}.state=up",))
    near, far = (packet.src, packet.dst) if inbound else (packet.dst, packet.src)
    announced = any(near in prefix for prefix in interface.routes)
    aws = here.network.first(NetworkInterface, ("public", far)) or here.network.first(NetworkInterface, ("global", far))
    allowed = announced and (aws is not None or not inbound)
    yield Step(rule="dx-public", packet=packet, passed=allowed, facts={"vif": interface.id, "near": str(near), "far": str(far)})
    if not allowed:
        return Drop(packet=packet, reason="NO_PATH")
    sent = yield from fitting(interface.id, packet, here, interface.mtu)
    if isinstance(sent, Drop):
        return sent
    if inbound:
        return (yield from internet.send(sent, here, route=None, target=None))
    to = yield from hand_out(sent, here, behind=(interface.id,))
    return Forward(packet=sent, to=to)


alterations(VirtualInterface, field("state", Choice(("up", "down"))))

RULES = {
    "dx-up": Rule("R-122", Sentence("{vif} is up", "{vif}は稼働中"), Sentence("the BGP session of {vif} is down", "{vif}のBGPセッションが切れている")),
    "dx-public": Rule(
        "R-122 R-124",
        Sentence(
            "{vif} carries announced addresses ({near}) to and from AWS's public ones ({far})",
            "{vif}は広告済みのアドレス（{near}）とAWSのパブリックアドレス（{far}）の間を転送する",
        ),
        Sentence(
            "{vif} carries only announced addresses to AWS's public ones: not {near} and {far}",
            "{vif}が転送するのは広告済みのアドレスとAWSのパブリックアドレスの間だけ：{near}と{far}の間は転送しない",
        ),
    ),
}
