"""Addresses of interfaces and hosts: inside their subnet, not reserved, each once, public ones public."""

from collections.abc import Hashable, Iterator

from vpctui.address import Address, Prefix, PrefixMap, is_link_local, is_multicast, is_private
from vpctui.aws.host import Host
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.reading import Document
from vpctui.aws.subnet import Subnet, reserved
from vpctui.document import Mark
from vpctui.engine.network import Network

PUBLIC_EXAMPLE = "203.0.113.10"


class Addresses:
    """Checks one network's addresses in one pass; knows who had an address before."""

    def __init__(self, document: Document, network: Network) -> None:
        self._network, self._reader = network, document.reader
        self._held: dict[Hashable, tuple[str, Mark]] = {}
        self._by_range: dict[str, PrefixMap[str]] = {}

    def check(self) -> None:
        """Note E211, E212, E213, E215."""
        for record in self._network:
            if isinstance(record, NetworkInterface):
                self._interface(record)
            elif isinstance(record, Host):
                self._host(record)

    def _mark(self, interface: NetworkInterface, field: str) -> Mark:
        """Where a field of an interface stands: on its own id, or inline on what it belongs to."""
        places = self._reader.places
        keys = ((interface.id, field), (interface.owner, field), (interface.id, ""), (interface.owner, ""))
        return next((places[key] for key in keys if key in places), Mark())

    def _interface(self, interface: NetworkInterface) -> None:
        subnet = self._network.find(Subnet, interface.subnet)
        for field, address in _inside(interface):
            mark = self._mark(interface, field)
            if subnet is not None and self._placed(interface, subnet, field, address, mark):
                self._once(("inside", interface.vpc, address), address, interface.id, mark)
        for field, public in _outside(interface):
            mark = self._mark(interface, field)
            if _is_public(public):
                self._once(("internet", public), public, interface.id, mark)
            else:
                self._not_public(interface, public, mark)

    def _placed(self, interface: NetworkInterface, subnet: Subnet, field: str, address: Address, mark: Mark) -> bool:
        """Whether an address is one that the subnet can give (R-028, R-313)."""
        block = subnet.cidr if address.family == 4 else subnet.ipv6_cidr
        if block is None and address.family == 4 and subnet.ipv6_cidr is None:
            return True  # the subnet's own block could not be read
        if block is None or address not in block:
            self._elsewhere(interface, subnet, field, address, mark)
            return False
        if reserved(subnet, address):
            mend = f"the first usable is {block.first + 4}" if address != block.last else f"the last usable is {block.last + -1}"
            self._reader.problem("E212", f"{address} is reserved by AWS in {subnet.id} ({block})", mark, mend)
            return False
        return True

    def _elsewhere(self, interface: NetworkInterface, subnet: Subnet, field: str, address: Address, mark: Mark) -> None:
        """E211, or E215 where a public address stands in the place of a private one."""
        block = subnet.cidr if address.family == 4 else subnet.ipv6_cidr
        if field == "private_ip" and address.family == 4 and not is_private(address):
            swap = interface.public_ip is not None and is_private(interface.public_ip)
            mend = "swap private_ip and public_ip" if swap else f"public_ip: {address}, and an address of {block} as private_ip"
            self._reader.problem("E215", f"{address} is public; {field} is an address of {subnet.id} ({block})", mark, mend)
            return
        fits = self._fitting(subnet.vpc, address)
        family = f"IPv{address.family}"
        mend = f"it fits {fits}" if fits else f"an address of {block}" if block else f"a subnet with an {family} block"
        self._reader.problem("E211", f"{address} is not in {subnet.id} ({block or 'no ' + family + ' block'})", mark, mend)

    def _fitting(self, vpc: str, address: Address) -> str:
        """The subnet of a VPC that holds an address."""
        found = self._by_range.get(vpc)
        if found is None:
            subnets = [subnet for identifier in self._network.ids(("in", vpc)) if (subnet := self._network.find(Subnet, identifier))]
            rows: list[tuple[Prefix, str]] = [(block, subnet.id) for subnet in subnets for block in (subnet.cidr, subnet.ipv6_cidr) if block]
            found = self._by_range[vpc] = PrefixMap(rows)
        return found.longest(address) or ""

    def _not_public(self, interface: NetworkInterface, public: Address, mark: Mark) -> None:
        private = interface.private_ip
        swap = private is not None and _is_public(private)
        what = "private" if is_private(public) else "no public address"
        self._reader.problem(
            "E215",
            f"{public} is {what}; public_ip must be public",
            mark,
            "swap private_ip and public_ip" if swap else f"a public address, such as {PUBLIC_EXAMPLE}",
        )

    def _host(self, host: Host) -> None:
        places = self._reader.places
        for field, address in (("ip", host.ip), ("ipv6", host.ipv6)):
            if address is not None:
                key = ("behind", host.behind, address) if host.behind else ("internet", address)
                self._once(key, address, host.id, places.get((host.id, field), Mark()))
        for link, address in host.guest.links:
            key = ("internet", address) if link == "internet" else ("on", link, address)
            self._once(key, address, host.id, places.get((host.id, "interfaces"), Mark()))

    def _once(self, key: Hashable, address: Address, identifier: str, mark: Mark) -> None:
        """E213 for an address that somebody else has already."""
        before = self._held.setdefault(key, (identifier, mark))
        if before != (identifier, mark):
            first, second = sorted((before, (identifier, mark)), key=lambda each: each[1])
            self._reader.problem("E213", f"{address} already used by {first[0]} (line {first[1].line})", second[1], "another address")


def _inside(interface: NetworkInterface) -> Iterator[tuple[str, Address]]:
    if interface.private_ip is not None:
        yield "private_ip", interface.private_ip
    for address in interface.secondary_private_ips:
        yield "secondary_private_ips", address
    for address in interface.ipv6:
        yield "ipv6", address


def _outside(interface: NetworkInterface) -> Iterator[tuple[str, Address]]:
    if interface.public_ip is not None:
        yield "public_ip", interface.public_ip
    for _, public in interface.secondary_public_ips:
        yield "secondary_public_ips", public


def _is_public(address: Address) -> bool:
    return not (is_private(address) or is_link_local(address) or is_multicast(address))
