"""Network interfaces: their addresses, and whose they are, told by type, requester and description.  Rules R-083, R-100, R-131, R-133, R-313, R-314."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from vpctui.address import Prefix
from vpctui.interop.aws.draft import Draft, Fields, address_text, cidr_text, is_public, prefix
from vpctui.interop.aws.inventory import Inventory
from vpctui.interop.aws.shapes import Attachment, ElasticAddress, Instance, NetworkInterface

TYPES = {
    "nat_gateway": "nat_gateway",
    "network_load_balancer": "network_load_balancer",
    "load_balancer": "load_balancer",
    "gateway_load_balancer": "gateway_load_balancer",
    "gateway_load_balancer_endpoint": "gateway_load_balancer_endpoint",
    "vpc_endpoint": "vpc_endpoint",
    "transit_gateway": "transit_gateway",
    "lambda": "lambda",
    "efs": "efs",
}
"""Values of InterfaceType that the scenario format has too; others that a service owns are `requester_managed`."""

DESCRIPTIONS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"Interface for NAT Gateway (nat-\S+)", "nat_gateway"),
        (r"ELB (net/\S+)", "network_load_balancer"),
        (r"ELB (app/\S+)", "load_balancer"),
        (r"ELB (gwy/\S+)", "gateway_load_balancer"),
        (r"ELB (\S+)", "load_balancer"),
        (r"VPC Endpoint Interface (vpce-\S+)", "vpc_endpoint"),
        (r"Network Interface for Transit Gateway Attachment (tgw-attach-\S+)", "transit_gateway"),
        (r"AWS Lambda VPC ENI[- ](\S+)", "lambda"),
        (r"EFS mount target for (fs-\S+)", "efs"),
        (r"RDSNetworkInterface()", "requester_managed"),
    )
)
OWN_TYPES = ("interface", "branch", "trunk", "efa", "efa-only")
"""Types of interfaces that carry packets for a machine of the customer's."""


class Owned(NamedTuple):
    """Whose interface it is: a kind (`instance`, `interface` for nobody's, or a service's) and the owner's id where it is told."""

    kind: str
    owner: str


class Interfaces:
    """All interfaces by id, by owner, by subnet; those that stand only inside instances included."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self.all = dict(inventory.of("NetworkInterfaces", NetworkInterface))
        for identifier, instance in inventory.of("Instances", Instance).items():
            self._inside(identifier, instance)
        self.owners = {identifier: owned(interface) for identifier, interface in self.all.items()}
        self.of_owner: dict[str, list[str]] = {}
        for identifier, (_, owner) in self.owners.items():
            if owner:
                self.of_owner.setdefault(owner, []).append(identifier)

    def _inside(self, instance: str, held: Instance) -> None:
        """Interfaces as `describe-instances` has them, where `describe-network-interfaces` was not asked."""
        source = self._inventory.source("Instances", instance)
        for at, values in enumerate(held.network_interfaces):
            identifier = values.get("NetworkInterfaceId")
            if isinstance(identifier, str) and identifier not in self.all and source is not None:
                found = self._inventory.typed(values, NetworkInterface, source.below(f"NetworkInterfaces/{at}"))
                if found is not None:
                    attachment = found.attachment or Attachment()
                    self.all[identifier] = msgspec.structs.replace(found, attachment=msgspec.structs.replace(attachment, instance_id=instance))


def owned(interface: NetworkInterface) -> Owned:
    """Whose an interface is."""
    attachment = interface.attachment
    if attachment is not None and attachment.instance_id:
        return Owned("instance", attachment.instance_id)
    for pattern, kind in DESCRIPTIONS:
        found = pattern.match(interface.description)
        if found and (interface.interface_type in (*OWN_TYPES, kind) or kind != "load_balancer"):
            return Owned(TYPES.get(interface.interface_type, kind), found[1])
    if interface.interface_type in TYPES:
        return Owned(TYPES[interface.interface_type], "")
    if interface.interface_type not in OWN_TYPES or interface.requester_managed or (attachment is not None and attachment.status == "attached"):
        return Owned("requester_managed", "")
    return Owned("interface", "")


class Addresses:
    """Writes the addresses of interfaces; takes none twice, and none that a subnet cannot give."""

    def __init__(self, inventory: Inventory, draft: Draft) -> None:
        self._draft = draft
        self._elastic = {
            (row.network_interface_id, row.private_ip_address): identifier
            for identifier, row in inventory.of("Addresses", ElasticAddress).items()
            if row.network_interface_id and row.private_ip_address
        }
        self._taken: dict[tuple[str, str], str] = {}
        self._subnets: dict[str, tuple[str, Prefix | None, Prefix | None]] = {}
        for identifier, entry in draft.sections.get("subnets", {}).items():
            fields = entry.fields
            self._subnets[identifier] = (fields["vpc"], prefix(fields.get("cidr", "")), prefix(fields.get("ipv6_cidr", "")))

    def knows(self, subnet: str) -> bool:
        """Whether a subnet is written."""
        return subnet in self._subnets

    def vpc(self, subnet: str) -> str:
        """The VPC of a subnet that is written."""
        return self._subnets[subnet][0]

    def private(self, identifier: str, subnet: str, text: str) -> str:
        """A private or IPv6 address in canonical text; empty, and told, where the subnet cannot give it or another has it."""
        address = address_text(text)
        vpc, four, six = self._subnets[subnet]
        block = six if ":" in address else four
        single = prefix(f"{address}/{128 if ':' in address else 32}") if address else None
        if single is None or block is None or not block.covers(single):
            self._draft.note("error", identifier, f"{text!r} of {identifier} is no address of {subnet}; it is left out")
            return ""
        if single.value - block.value < 4 or single.value == block.last.value:
            self._draft.note("error", identifier, f"{address} of {identifier} is reserved by AWS in {subnet}; it is left out")
            return ""
        return self._once(identifier, vpc, address)

    def public(self, identifier: str, text: str) -> str:
        """A public address in canonical text; empty, and told, where it is none or another interface has it."""
        address = address_text(text)
        if not is_public(address):
            self._draft.note("error", identifier, f"{text!r} of {identifier} is no public IPv4 address; it is left out")
            return ""
        return self._once(identifier, "", address)

    def _once(self, identifier: str, where: str, address: str) -> str:
        holder = self._taken.setdefault((where, address), identifier)
        if holder != identifier:
            self._draft.note("error", identifier, f"{address} of {identifier} is an address of {holder} too; it is left out")
            return ""
        return address

    def fields(self, identifier: str, interface: NetworkInterface) -> Fields | None:
        """The address fields of an interface; None where it has no address in a known subnet."""
        found: Fields = {"subnet": interface.subnet_id}
        rows = sorted(interface.private_ip_addresses, key=lambda row: not row.primary)
        first = interface.association.public_ip if interface.association else ""
        pairs = [(row.private_ip_address, row.association.public_ip if row.association else first if row.primary else "") for row in rows]
        if not pairs and interface.private_ip_address:
            pairs = [(interface.private_ip_address, first)]
        pairs = [(inside, public or self._elastic.get((identifier, inside), "")) for inside, public in pairs]
        pairs = list(dict(reversed(pairs)).items())[::-1]
        held = [(inside, self.public(identifier, public) if public else "") for text, public in pairs if (inside := self._address(identifier, interface, text))]
        if held:
            found["private_ip"] = held[0][0]
            if held[0][1]:
                found["public_ip"] = held[0][1]
        if len(held) > 1:
            mapped = any(public for _, public in held[1:])
            found["secondary_private_ips"] = {inside: public or "none" for inside, public in held[1:]} if mapped else [inside for inside, _ in held[1:]]
        six = [inside for row in interface.ipv6_addresses if (inside := self._address(identifier, interface, row.ipv6_address))]
        if six:
            found["ipv6"] = six
        delegated = [text for text in _delegated(interface) if text]
        if delegated:
            found["prefixes"] = delegated
        if not held and not six:
            return None
        return found

    def _address(self, identifier: str, interface: NetworkInterface, text: str) -> str:
        return self.private(identifier, interface.subnet_id, text) if text else ""


def _delegated(interface: NetworkInterface) -> Iterator[str]:
    """Delegated prefixes (R-314)."""
    for row in interface.ipv4_prefixes:
        if row.ipv4_prefix.endswith("/28"):
            yield cidr_text(row.ipv4_prefix)
    for row in interface.ipv6_prefixes:
        if row.ipv6_prefix.endswith("/80"):
            yield cidr_text(row.ipv6_prefix)
