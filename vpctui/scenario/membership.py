"""Who may belong together: security groups of one VPC, interfaces of one zone, one subnet a zone."""

from collections.abc import Iterable
from typing import Any

from vpctui.aws.instance import Instance
from vpctui.aws.network_interface import NetworkInterface, attached
from vpctui.aws.reading import Document
from vpctui.aws.security_group import SecurityGroup
from vpctui.document import Mark
from vpctui.engine.network import Network
from vpctui.scenario.routing import place
from vpctui.schema import Reader


def check(document: Document, network: Network) -> None:
    """Note E217 and E222."""
    _groups(document, network)
    _instances(network, document.reader)
    _spread(document)


def _groups(document: Document, network: Network) -> None:
    """E222: a rule's source, or an interface's group, that belongs to another VPC (R-260, R-268)."""
    for identifier, sections, node, owner in document.reader.references:
        if "security_groups" not in sections:
            continue
        group, vpc = network.find(SecurityGroup, identifier), _vpc_of(owner, network)
        if group is None or not vpc or not group.vpc or group.vpc == vpc or _joined(document, vpc, group.vpc):
            continue
        message = f"{identifier} belongs to {group.vpc}, {owner} to {vpc}"
        document.reader.problem("E222", message, node, "a CIDR" if network.find(SecurityGroup, owner) else f"a group of {vpc}")


def _vpc_of(owner: str, network: Network) -> str:
    record = network.get(owner)
    if isinstance(record, Instance):
        record = next(iter(attached(owner, network)), None)
    vpc: str = getattr(record, "vpc", "")
    return vpc


def _joined(document: Document, first: str, second: str) -> bool:
    """Whether two VPCs are peered, or attached to one transit gateway: only then may a rule name the other one's group (R-242, R-268)."""
    peered = any({first, second} <= set(values.get("vpcs") or ()) for values in document.of("vpc_peering_connections").values())
    attached_to = ({fields.get("vpc") for _, fields in values.get("attachments") or ()} for values in document.of("transit_gateways").values())
    return peered or any({first, second} <= vpcs for vpcs in attached_to)


def _instances(network: Network, reader: Reader) -> None:
    """An instance's interfaces lie in its own zone (R-339)."""
    for instance in network.all(Instance):
        interfaces = attached(instance.id, network)
        for interface in interfaces[1:]:
            if interface.zone and interface.zone != interfaces[0].zone:
                _two_zones(interfaces[0], interface, reader)


def _two_zones(first: NetworkInterface, other: NetworkInterface, reader: Reader) -> None:
    message = f"{first.owner} has interfaces in two zones: {first.id} in {first.zone} ({first.subnet}), {other.id} in {other.zone} ({other.subnet})"
    reader.problem("E217", message, place(reader, (other.id, "subnet"), (other.id, "")), f"a subnet of zone {first.zone}")


def _spread(document: Document) -> None:
    """Load balancers and transit gateway attachments have one subnet a zone (R-230)."""
    reader = document.reader
    for identifier, values in document.of("load_balancers").items():
        _one_a_zone(document, identifier, _ids(values.get("subnets")), place(reader, (identifier, "subnets"), (identifier, "")))
    for values in document.of("transit_gateways").values():
        for attachment, fields in values.get("attachments") or ():
            _one_a_zone(document, attachment, _ids(fields.get("subnets")), place(reader, (attachment, "subnets"), (attachment, "")))


def _ids(value: Iterable[Any] | None) -> tuple[str, ...]:
    """Subnets in a list of ids, of (id, settings), or of values that name theirs."""
    return tuple(item if isinstance(item, str) else item[0] if isinstance(item, tuple) else item.subnet for item in value or ())


def _one_a_zone(document: Document, identifier: str, subnets: tuple[str, ...], mark: Mark) -> None:
    held: dict[str, str] = {}
    for subnet in subnets:
        values = document.of("subnets").get(subnet)
        if values is None:
            continue
        before = held.setdefault(values["az"], subnet)
        if before != subnet:
            message = f"{identifier} has two subnets in zone {values['az']}: {before} and {subnet}"
            document.reader.problem("E217", message, mark, "one subnet of each zone")
