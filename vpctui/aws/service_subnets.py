"""Where a service of several zones stands: one subnet a zone, an interface in each.  Rules R-216, R-290, R-291."""

from typing import Any

from vpctui.aws import managed_interface, network_interface
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.reading import Item
from vpctui.document import Mapping, Node, Scalar
from vpctui.schema import Field, IpAddress, Json, Kind, ListOf, Mistake, Reader, Reference, Text, read_fields, unique

NODE_FIELDS = (
    Field("private_ip", IpAddress(4), "private address of its interface there"),
    Field("ipv6", ListOf(IpAddress(6)), "IPv6 address of its interface there", ()),
    Field("network_interface", Text(), "id of that interface", shown_default="`eni-`, the service's id and the subnet's"),
)
Nodes = tuple[tuple[str, dict[str, Any]], ...]
"""Subnets, each with the values of `NODE_FIELDS`."""


class ServiceSubnets(Kind, frozen=True):
    """`{subnet: {private_ip, ipv6, network_interface}}`."""

    def read(self, node: Node, reader: Reader, owner: str) -> Nodes:
        if not isinstance(node, Mapping):
            raise Mistake("E123", f"subnets of {owner} maps subnets to addresses", node, "{sn-app: {private_ip: 10.0.2.20}}")
        found = []
        for entry in unique(node, reader):
            subnet = Reference(("subnets",)).read(entry.key, reader, owner)
            reader.places[(f"{owner}.{subnet}", "")] = entry.key.mark
            empty = isinstance(entry.value, Scalar) and not entry.value.text
            values = Mapping((), entry.key.mark) if empty else entry.value
            found.append((subnet, read_fields(NODE_FIELDS, values, reader, f"{owner}.{subnet}", "interface")))
        return tuple(found)

    def json_schema(self) -> Json:
        fields = {field.name: field.kind.json_schema() for field in NODE_FIELDS}
        return {"type": "object", "additionalProperties": {"type": "object", "properties": fields, "additionalProperties": False}}

    def names(self) -> str:
        return "`{subnet: {private_ip, ipv6, network_interface}}`"


def interfaces(item: Item, nodes: Nodes, kind: str) -> tuple[NetworkInterface, ...]:
    """The interfaces of a service, one in each subnet.  Notes E217 where two subnets share a zone."""
    zones: dict[str, str] = {}
    found = []
    for subnet, values in nodes:
        zone = item.zone(subnet)
        if zone and zone in zones:
            item.problem("E217", f"{item.id} stands twice in zone {zone}: {zones[zone]} and {subnet}", "subnets", "one subnet for each zone")
        zones[zone] = subnet
        identifier = _identified(item, subnet, values, f"eni-{item.id}" if len(nodes) == 1 else f"eni-{item.id}-{subnet}")
        fields = {**values, "subnet": subnet, "security_groups": item.values.get("security_groups") or ()}
        found.append(network_interface.from_values(item, identifier, fields, owner=item.id, kind=kind))
    return tuple(found)


def _identified(item: Item, subnet: str, values: dict[str, Any], default: str) -> str:
    """The id of an interface, whose settings stand in the file where the service's do."""
    places = item.document.reader.places
    identifier = managed_interface.named(item, values["network_interface"], default, "subnets")
    for field in ("private_ip", "ipv6", "subnet"):
        place = places.get((f"{item.id}.{subnet}", field)) or places.get((item.id, field))
        if place is not None:
            places[(identifier, field)] = place
    return identifier
