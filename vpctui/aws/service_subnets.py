"""Where a service of several zones stands: one subnet a zone, an interface in each.  Rules R-216, R-290, R-291."""

from typing import Any

from msgspec import Struct

from vpctui.address import Address
from vpctui.aws import managed_interface, network_interface
from vpctui.aws.network_interface import NetworkInterface
from vpctui.aws.reading import Item
from vpctui.document import Mapping, Node, Scalar
from vpctui.schema import Field, IpAddress, Json, Kind, Mistake, Reader, Text, read_fields, unique

NODE_FIELDS = (
    Field("private_ip", IpAddress(4), "private address of its interface there"),
    Field("ipv6", IpAddress(6), "IPv6 address of its interface there"),
    Field("network_interface", Text(), "id of that interface", shown_default="`eni-`, the service's id and the subnet's"),
)


class ServiceNode(Struct, frozen=True):
    """A service in one subnet: its addresses there, and the id of its interface where the file names it."""

    subnet: str
    private_ip: Address | None = None
    ipv6: Address | None = None
    network_interface: str | None = None


class ServiceSubnets(Kind, frozen=True):
    """`{subnet: {private_ip, ipv6, network_interface}}`."""

    def read(self, node: Node, reader: Reader, owner: str) -> tuple[ServiceNode, ...]:
        if not isinstance(node, Mapping):
            raise Mistake("E123", f"subnets of {owner} maps subnets to addresses", node, "{sn-app: {private_ip: 10.0.2.20}}")
        found = []
        for entry in unique(node, reader):
            reader.references.append((entry.key.text, ("subnets",), entry.key, owner))
            empty = isinstance(entry.value, Scalar) and not entry.value.text
            values = read_fields(NODE_FIELDS, Mapping((), entry.key.mark) if empty else entry.value, reader, f"{owner}.{entry.key.text}", "a subnet of")
            found.append(ServiceNode(entry.key.text, values["private_ip"], values["ipv6"], values["network_interface"]))
        return tuple(found)

    def json_schema(self) -> Json:
        fields = {field.name: field.kind.json_schema() for field in NODE_FIELDS}
        return {"type": "object", "additionalProperties": {"type": "object", "properties": fields, "additionalProperties": False}}

    def names(self) -> str:
        return "`{subnet: {private_ip, ipv6, network_interface}}`"


def interfaces(item: Item, nodes: tuple[ServiceNode, ...], kind: str) -> tuple[NetworkInterface, ...]:
    """The interfaces of a service, one in each subnet.  Notes E217 where two subnets share a zone."""
    zones: dict[str, str] = {}
    found = []
    for node in nodes:
        zone = item.zone(node.subnet)
        if zone and zone in zones:
            item.problem("E217", f"{item.id} stands twice in zone {zone}: {zones[zone]} and {node.subnet}", "subnets", "one subnet for each zone")
        zones[zone] = node.subnet
        default = f"eni-{item.id}" if len(nodes) == 1 else f"eni-{item.id}-{node.subnet}"
        identifier = managed_interface.named(item, node.network_interface, default, "subnets")
        values: dict[str, Any] = {"subnet": node.subnet, "private_ip": node.private_ip, "ipv6": (node.ipv6,) if node.ipv6 else ()}
        values["security_groups"] = item.values.get("security_groups") or ()
        found.append(network_interface.from_values(item, identifier, values, owner=item.id, kind=kind))
    return tuple(found)
