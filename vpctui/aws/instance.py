"""EC2 instance: its interfaces, its state, and the operating system behind them.  Rules R-001 … R-003, R-142 … R-162."""

from collections.abc import Hashable, Iterable, Iterator
from typing import Any

from vpctui.aws import geneve, guest, machine, network_interface
from vpctui.aws.guest import Machine
from vpctui.aws.reading import Item
from vpctui.document import Mapping, Node
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import Outline, outlines
from vpctui.engine.registry import Evaluation, Situation, forwards
from vpctui.packet import Packet
from vpctui.schema import Choice, Field, Json, Kind, Mistake, Reader, Section, read_fields, unique


class Instance(Machine, frozen=True, kw_only=True):
    """An EC2 instance; its interfaces name it as `owner`."""

    zone: str = ""
    assumed: tuple[str, ...] = ()
    """Settings that nobody stated and that were assumed, such as `ip_forward` of an imported instance."""


@indexes(Instance)
def keys(instance: Instance) -> Iterable[Hashable]:
    """By own addresses on networks behind the operating system, and among the stopped ones."""
    if instance.state == "stopped":
        yield ("stopped",)
    for link, address in instance.guest.links:
        yield ("internet", address) if link == "internet" else ("on", link, address)
        yield ("linked", link)


@outlines(Instance)
def outline(instance: Instance, network: Network) -> Outline:
    """In the subnet of its first interface."""
    interface = next(iter(network_interface.attached(instance.id, network)), None)
    return Outline(interface.subnet if interface else "", "" if instance.state == "running" else instance.state, 30)


class Interfaces(Kind, frozen=True):
    """`{eni: {…}}`, the first is the primary one."""

    def read(self, node: Node, reader: Reader, owner: str) -> tuple[tuple[str, dict[str, Any]], ...]:
        if not isinstance(node, Mapping):
            raise Mistake("E123", f"network_interfaces of {owner} maps ids to settings", node, "eni-data: {subnet: …, private_ip: …}")
        found = []
        for entry in unique(node, reader):
            reader.identify(entry.key, f"network_interfaces of {owner}")
            found.append((entry.key.text, read_fields(network_interface.ADDRESS_FIELDS, entry.value, reader, entry.key.text, "network interface")))
        return tuple(found)

    def json_schema(self) -> Json:
        return {"type": "object", "additionalProperties": {"type": "object"}}

    def names(self) -> str:
        return "`{eni: {…}}`"


SECTION = Section(
    "instances",
    "instance",
    (
        *network_interface.ADDRESS_FIELDS,
        Field("network_interfaces", Interfaces(), "several interfaces, the first is the primary one; instead of the fields above", ()),
        Field("state", Choice(("running", "stopped"), {"on": "running", "off": "stopped", "terminated": "stopped"}), "instance state", "running"),
        *guest.FIELDS,
    ),
    "EC2 instances. One interface stands inline; its id is `eni-` and the instance's id without `i-`.",
)


def inline_interface(instance: str) -> str:
    """The id of an interface that is written inline."""
    return f"eni-{instance.removeprefix('i-')}"


def read(item: Item) -> Iterator[Record]:
    """One instance and its interfaces."""
    interfaces = item["network_interfaces"] or ((inline_interface(item.id), item.values),)
    if item.lacks("network_interfaces"):
        for field in ("subnet", "private_ip"):
            if item.lacks(field) and not (field == "private_ip" and item["ipv6"]):
                item.problem("E124", f'instance {item.id} needs "{field}"', "", f"{field}: {'sn-app' if field == 'subnet' else '10.0.2.10'}")
    zone = ""
    for number, (identifier, values) in enumerate(interfaces):
        interface = network_interface.from_values(item, identifier, values, owner=item.id, primary=number == 0)
        zone = zone or interface.zone
        yield interface
    yield Instance(id=item.id, guest=guest.read(item.values), state=item["state"], zone=zone, assumed=item["assumed"])


@forwards(Instance, named="instance")
def forward(instance: Instance, packet: Packet, here: Situation) -> Evaluation:
    """Its interfaces and its operating system are one hop; what a Gateway Load Balancer sends it comes in GENEVE."""
    if geneve.TAG in here.arrival.tags:
        return (yield from geneve.inspect(instance, packet, here))
    return (yield from machine.evaluate(instance, packet, here))
