"""Hosts and routers outside AWS: on the internet, behind a virtual private gateway, or on networks of their own.  Rules R-126, R-141 … R-144."""

from collections.abc import Hashable, Iterable, Iterator

from vpctui.address import Address
from vpctui.aws import guest, machine
from vpctui.aws.guest import Machine
from vpctui.aws.reading import Item
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import OUTSIDE, Outline, outlines
from vpctui.engine.registry import Evaluation, Situation, forwards
from vpctui.packet import Packet
from vpctui.schema import Field, IpAddress, OnOff, Reference, Section


class Host(Machine, frozen=True, kw_only=True):
    """A machine outside.  `ip` and `ipv6` are on the internet unless it is `behind` a gateway; `router` tells the two sections apart."""

    ip: Address | None = None
    ipv6: Address | None = None
    behind: str = ""
    router: bool = False

    @property
    def on_the_internet(self) -> bool:
        """Whether it has an address there."""
        own = not self.behind and (self.ip is not None or self.ipv6 is not None)
        return own or any(link == "internet" for link, _ in self.guest.links)


@indexes(Host)
def keys(host: Host) -> Iterable[Hashable]:
    """By every address, on the network where it is reachable."""
    for address in (host.ip, host.ipv6):
        if address is not None:
            yield ("behind", host.behind, address) if host.behind else ("internet", address)
            yield ("outside", address)
    if host.behind and host.router:
        yield ("router-behind", host.behind)
    for link, address in host.guest.links:
        yield ("internet", address) if link == "internet" else ("on", link, address)
        yield ("linked", link)
        yield ("outside", address)
    if host.on_the_internet and (host.router or host.guest.ip_forward):
        yield ("announcing",)


@outlines(Host)
def outline(host: Host, network: Network) -> Outline:
    """Outside, with its addresses."""
    addresses = [str(address) for address in (host.ip, host.ipv6) if address is not None]
    return Outline(OUTSIDE, " ".join(addresses or [str(address) for _, address in host.guest.links]), 10)


BEHIND = ("vpn_gateways", "transit_gateway_attachments", "vpn_connections", "virtual_interfaces")

OUTSIDE_FIELDS = (
    Field("ip", IpAddress(4), "address on the internet, or behind the gateway"),
    Field("ipv6", IpAddress(6), "IPv6 address on the internet, or behind the gateway"),
    Field("behind", Reference(BEHIND), "on premises: the gateway, attachment, VPN connection or virtual interface that it is behind", ""),
)


def _fields(forwards_packets: bool) -> tuple[Field, ...]:
    forward = Field("ip_forward", OnOff(), "whether it forwards", forwards_packets)
    return OUTSIDE_FIELDS + tuple(forward if field.name == "ip_forward" else field for field in guest.FIELDS)


SECTION = Section("hosts", "host", _fields(False), "Hosts outside AWS: on the internet (`ip`), on premises (`behind`), or on `networks` (`interfaces`).")
ROUTERS = Section("routers", "router", _fields(True), "Routers outside AWS; they forward unless told otherwise.")


def read(item: Item) -> Iterator[Record]:
    """One host or router."""
    yield Host(id=item.id, ip=item["ip"], ipv6=item["ipv6"], behind=item["behind"], guest=guest.read(item.values), router=item.section == "routers")


@forwards(Host, named=lambda host: "router" if host.router else "host")
def forward(host: Host, packet: Packet, here: Situation) -> Evaluation:
    """All that its operating system does."""
    return (yield from machine.evaluate(host, packet, here))
