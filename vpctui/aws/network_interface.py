"""Elastic network interface: its addresses, and the two halves of the source/destination check.  Rules R-128 … R-139, R-260, R-313, R-314."""

from collections.abc import Hashable, Iterable, Iterator
from typing import Any

from vpctui.address import Address, Prefix
from vpctui.aws.reading import Item
from vpctui.aws.route_table import route_target
from vpctui.document import Mapping, Node, Scalar
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import Outline, outlines
from vpctui.engine.registry import Assumptions, Checks, Rule, Sentence
from vpctui.packet import Packet
from vpctui.schema import Choice, Cidr, Field, IpAddress, Json, Kind, ListOf, OnOff, Reader, Reference, Section, Text, attempt, unique
from vpctui.trace import Drop, Step

MANAGED = (
    "nat_gateway",
    "network_load_balancer",
    "load_balancer",
    "gateway_load_balancer",
    "gateway_load_balancer_endpoint",
    "vpc_endpoint",
    "transit_gateway",
    "lambda",
    "efs",
    "requester_managed",
)
"""Interface types that belong to a service: their attributes are not the customer's to change (R-133)."""

TRANSPARENT = ("nat_gateway", "network_load_balancer", "transit_gateway", "gateway_load_balancer", "gateway_load_balancer_endpoint")
"""Service interfaces whose source/destination check is off in the field (R-134)."""


DELEGATED = {4: 28, 6: 80}
"""How long a delegated prefix is (R-314)."""


class NetworkInterface(Record, frozen=True, kw_only=True):
    """An elastic network interface.  `owner` is the instance or service it is attached to; empty when attached to nothing."""

    vpc: str
    subnet: str
    zone: str
    private_ip: Address | None = None
    secondary_private_ips: tuple[Address, ...] = ()
    ipv6: tuple[Address, ...] = ()
    prefixes: tuple[Prefix, ...] = ()
    public_ip: Address | None = None
    secondary_public_ips: tuple[tuple[Address, Address], ...] = ()
    """Further public addresses, as (private, public)."""
    source_dest_check: bool = True
    security_groups: tuple[str, ...] = ()
    owner: str = ""
    primary: bool = False
    """Device index 0 of its instance: it cannot be detached (R-339)."""
    type: str = "interface"
    deny_all_igw_traffic: bool = False
    """IPv6 from and to internet gateways is dropped (R-100)."""
    assumed: tuple[str, ...] = ()

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Every address that satisfies the source/destination check, prefixes aside (R-131)."""
        first = (self.private_ip,) if self.private_ip else ()
        return first + self.secondary_private_ips + self.ipv6

    def owns(self, address: Address) -> bool:
        """Whether an address is one of this interface's own, delegated prefixes included (R-131, R-314)."""
        return address in self.addresses or any(address in prefix for prefix in self.prefixes)

    def public_of(self, private: Address) -> Address | None:
        """The public address that the internet gateway maps to this private one (R-087, R-097)."""
        if private == self.private_ip:
            return self.public_ip
        return next((public for inside, public in self.secondary_public_ips if inside == private), None)

    def private_of(self, public: Address) -> Address | None:
        """The private address behind a public one (R-091)."""
        if public == self.public_ip:
            return self.private_ip
        return next((inside for inside, outside in self.secondary_public_ips if outside == public), None)

    def source(self, family: int) -> Address | None:
        """The address that the guest sends from by default."""
        if family == 4:
            return self.private_ip
        return self.ipv6[0] if self.ipv6 else None


@indexes(NetworkInterface)
def keys(interface: NetworkInterface) -> Iterable[Hashable]:
    """By every address, by owner and subnet; by VPC where it takes foreign packets."""
    for address in interface.addresses:
        yield ("address", interface.vpc, address)
    if interface.public_ip:
        yield ("public", interface.public_ip)
    for _, public in interface.secondary_public_ips:
        yield ("public", public)
    for prefix in interface.prefixes:
        yield ("delegated", interface.vpc, prefix)
    if interface.owner:
        yield ("attached", interface.owner)
    for address in interface.ipv6:
        yield ("global", address)
    yield ("in", interface.subnet)
    if not interface.source_dest_check:
        yield ("unchecked", interface.vpc)


@outlines(NetworkInterface)
def outline(interface: NetworkInterface, network: Network) -> Outline:
    """Under what it is attached to, else in its subnet, with its first address."""
    beside = str(interface.addresses[0]) if interface.addresses else ""
    held = interface.owner != interface.id and network.get(interface.owner) is not None
    return Outline(interface.owner if held else interface.subnet, beside, 35)


class SecondaryAddresses(Kind, frozen=True):
    """A list of private addresses, or `{private: public}` where some have a public address of their own (R-097, R-313)."""

    def read(self, node: Node, reader: Reader, owner: str) -> tuple[tuple[Address, Address | None], ...]:
        if not isinstance(node, Mapping):
            return tuple((address, None) for address in ListOf(IpAddress(4)).read(node, reader, owner))
        found = []
        for entry in unique(node, reader):
            private = attempt(IpAddress(4), entry.key, reader, owner)
            none = isinstance(entry.value, Scalar) and entry.value.text in ("", "none", "null", "~")
            public = None if none else attempt(IpAddress(4), entry.value, reader, owner)
            if private is not None:
                found.append((private, public))
        return tuple(found)

    def json_schema(self) -> Json:
        public = {"type": "object", "additionalProperties": {"type": ["string", "null"]}}
        return {"anyOf": [ListOf(IpAddress(4)).json_schema(), public]}

    def names(self) -> str:
        return "list of IPv4 addresses, or `{private: public}`"


ADDRESS_FIELDS = (
    Field("subnet", Reference(("subnets",)), "the subnet"),
    Field("private_ip", IpAddress(4), "primary private address"),
    Field("secondary_private_ips", SecondaryAddresses(), "further private addresses, with their public ones where they have any", ()),
    Field("ipv6", ListOf(IpAddress(6)), "IPv6 address, or several", ()),
    Field("prefixes", ListOf(Cidr(0)), "delegated prefixes: /28 or /80", ()),
    Field("public_ip", IpAddress(4), "public or Elastic IP address of the primary private address"),
    Field("source_dest_check", OnOff(), "the source/destination check", True),
    Field("deny_all_igw_traffic", OnOff(), "IPv6 of internet gateways is dropped: `DenyAllIgwTraffic`", False),
    Field("security_groups", ListOf(Reference(("security_groups",))), "security groups; with none the interface is not filtered", ()),
    Field("assumed", ListOf(Text()), "settings that an import assumed, because no API knows them; marked with `?` on the screen", ()),
)

SECTION = Section(
    "network_interfaces",
    "network interface",
    (
        *ADDRESS_FIELDS,
        Field("type", Choice(("interface", *MANAGED)), "`interface`, or the service that owns it", "interface"),
    ),
    "Interfaces that are attached to nothing, and those of services that have no section of their own.",
)


def read(item: Item) -> Iterator[Record]:
    """One interface that stands by itself: of nobody, or of a service, which then answers for itself."""
    service = item["type"] not in ("interface", None)
    yield from_values(item, item.id, item.values, owner=item.id if service else "")


def from_values(item: Item, identifier: str, values: dict[str, Any], *, owner: str, kind: str = "", primary: bool = False) -> NetworkInterface:
    """The interface that these fields describe; `kind` overrides the type for a service's own interface."""
    own_type = kind or values.get("type") or "interface"
    secondary = tuple(pair if isinstance(pair, tuple) else (pair, None) for pair in values.get("secondary_private_ips", ()))
    for prefix in values.get("prefixes", ()):
        if prefix.length != DELEGATED[prefix.family]:
            item.problem("E219", f"a delegated prefix is /28 or, for IPv6, /80, found {prefix}", "prefixes", f"{prefix.first}/{DELEGATED[prefix.family]}")
    check = values.get("source_dest_check", True) and own_type not in TRANSPARENT
    return NetworkInterface(
        id=identifier,
        vpc=item.subnet_vpc(values.get("subnet")),
        subnet=values.get("subnet") or "",
        zone=item.zone(values.get("subnet")),
        private_ip=values.get("private_ip"),
        secondary_private_ips=tuple(private for private, _ in secondary),
        secondary_public_ips=tuple((private, public) for private, public in secondary if public is not None),
        ipv6=values.get("ipv6", ()),
        prefixes=values.get("prefixes", ()),
        public_ip=values.get("public_ip"),
        source_dest_check=check,
        deny_all_igw_traffic=values.get("deny_all_igw_traffic", False),
        security_groups=values.get("security_groups", ()),
        owner=owner,
        primary=primary,
        type=own_type,
        assumed=values.get("assumed", ()),
    )


def check_in(interface: NetworkInterface, packet: Packet) -> Checks:
    """The receiving half of the check: the destination must be this interface's own address (R-129, R-131)."""
    own = interface.owns(packet.dst)
    passed = own or not interface.source_dest_check
    yield Step(
        rule="source-dest-check-in" if own or interface.source_dest_check else "source-dest-check-off",
        packet=packet,
        passed=passed,
        facts={"eni": interface.id, "dst": str(packet.dst), "addresses": _list(interface)},
        setting=f"{interface.id}.source_dest_check",
    )
    if passed:
        return None
    return Drop(packet=packet, reason="ENI_SRC_DST_CHECK_IN", mends=_mends(interface))


def check_out(interface: NetworkInterface, packet: Packet, route: str | None, target: str | None) -> Checks:
    """The sending half of the check: the source must be this interface's own address (R-130, R-131)."""
    own = interface.owns(packet.src)
    passed = own or not interface.source_dest_check
    yield Step(
        rule="source-dest-check-out" if own or interface.source_dest_check else "source-dest-check-off",
        packet=packet,
        passed=passed,
        facts={"eni": interface.id, "src": str(packet.src), "addresses": _list(interface)},
        setting=f"{interface.id}.source_dest_check",
    )
    if passed:
        return None
    return Drop(packet=packet, reason="ENI_SRC_DST_CHECK_OUT", route=route, target=target, mends=_mends(interface))


def _mends(interface: NetworkInterface) -> tuple[str, ...]:
    """The check of a service's interface is not the customer's to switch off (R-133)."""
    return () if interface.type in MANAGED else (f"{interface.id}.source_dest_check=off",)


def _list(interface: NetworkInterface) -> str:
    return ", ".join(str(address) for address in interface.addresses + interface.prefixes) or "no address"


def attached(owner: str, network: Network) -> tuple[NetworkInterface, ...]:
    """The interfaces of an instance or service, the primary first."""
    return tuple(network.the(NetworkInterface, identifier) for identifier in network.ids(("attached", owner)))


@route_target(NetworkInterface, "network_interfaces", option="network_interface_id")
def usable(interface: NetworkInterface, network: Network, assume: Assumptions) -> bool:
    """Whether a route to this interface is active: attached, and to something that runs (R-036, R-064, R-338, C-09)."""
    if not interface.owner:
        return False
    state: str = getattr(network.get(interface.owner), "state", "running")
    return state == "running" or not assume.stopped_is_blackhole


RULES = {
    "source-dest-check-in": Rule(
        "R-129 R-131 R-310",
        Sentence("{dst} is an address of {eni}", "{dst}は{eni}のアドレス"),
        Sentence(
            "destination {dst} is not an address of {eni} ({addresses}), and its source/destination check is on",
            "宛先{dst}は{eni}のアドレス（{addresses}）ではなく、送信元/送信先チェックが有効",
        ),
    ),
    "source-dest-check-out": Rule(
        "R-130 R-131 R-310",
        Sentence("{src} is an address of {eni}", "{src}は{eni}のアドレス"),
        Sentence(
            "source {src} is not an address of {eni} ({addresses}), and its source/destination check is on",
            "送信元{src}は{eni}のアドレス（{addresses}）ではなく、送信元/送信先チェックが有効",
        ),
    ),
    "source-dest-check-off": Rule(
        "R-128 R-137",
        Sentence("the source/destination check of {eni} is off: foreign packets may pass", "{eni}の送信元/送信先チェックは無効：通す"),
    ),
}
