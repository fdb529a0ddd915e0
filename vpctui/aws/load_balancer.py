"""Load balancer: its nodes, listeners and targets, as network, application and classic ones share them.  Rules R-185, R-195, R-200, R-206."""

from collections.abc import Hashable, Iterable, Iterator
from typing import Any

from vpctui.aws import managed_interface, network_interface
from vpctui.aws.load_balancer_listener import PROTOCOLS, Listener, Listeners
from vpctui.aws.reading import Item
from vpctui.document import Mapping, Node
from vpctui.engine.network import Network, Record, indexes
from vpctui.engine.outline import Outline, outlines
from vpctui.schema import (
    Choice,
    Field,
    IpAddress,
    Json,
    Kind,
    ListOf,
    Mistake,
    OnOff,
    Reader,
    Reference,
    Section,
    Text,
    read_fields,
    unique,
)


class LoadBalancer(Record, frozen=True, kw_only=True):
    """A load balancer.  Its nodes are the interfaces that name it as `owner`, one per zone (R-185).

    `preserve_client_ip` None stands for the default of each kind of target (R-187); `unhealthy` holds targets as they are written.
    """

    vpc: str
    type: str
    listeners: tuple[Listener, ...] = ()
    preserve_client_ip: bool | None = None
    cross_zone: bool = False
    security_groups: tuple[str, ...] = ()
    unhealthy: tuple[str, ...] = ()
    enforce_inbound_on_privatelink: bool = True

    def listener(self, protocol: str, port: int) -> Listener | None:
        """The listener for a packet of this protocol to this port."""
        return next((listener for listener in self.listeners if listener.takes(protocol, port)), None)


class NetworkLoadBalancer(LoadBalancer, frozen=True, kw_only=True):
    """A Network Load Balancer."""


class ApplicationLoadBalancer(LoadBalancer, frozen=True, kw_only=True):
    """An Application Load Balancer."""


class ClassicLoadBalancer(LoadBalancer, frozen=True, kw_only=True):
    """A Classic Load Balancer."""


CLASSES: dict[str, type[LoadBalancer]] = {"network": NetworkLoadBalancer, "application": ApplicationLoadBalancer, "classic": ClassicLoadBalancer}


def keys(balancer: LoadBalancer) -> Iterable[Hashable]:
    """By VPC."""
    yield ("load-balancer-in", balancer.vpc)


def outline(balancer: LoadBalancer, network: Network) -> Outline:
    """In its VPC after the subnets, with its type and ports; its nodes stand below."""
    ports = ", ".join(str(listener.port) for listener in balancer.listeners)
    return Outline(balancer.vpc, f"{balancer.type} {ports}".strip(), 30)


for _kind in CLASSES.values():
    indexes(_kind)(keys)
    outlines(_kind)(outline)

NODE_FIELDS = (
    Field("private_ip", IpAddress(4), "its private address", required=True),
    Field("public_ip", IpAddress(4), "its public or Elastic IP address; absent for an internal load balancer"),
    Field("ipv6", ListOf(IpAddress(6)), "its IPv6 address", ()),
    Field("network_interface", Text(), "the id of its interface"),
)


class Nodes(Kind, frozen=True):
    """`{subnet: {private_ip, public_ip, network_interface}}`."""

    def read(self, node: Node, reader: Reader, owner: str) -> tuple[tuple[str, dict[str, Any]], ...]:
        if not isinstance(node, Mapping):
            raise Mistake("E123", f"subnets of {owner} map a subnet to its node's addresses", node, "sn-pub: {private_ip: 10.0.0.50}")
        found = []
        for entry in unique(node, reader):
            subnet = Reference(("subnets",)).read(entry.key, reader, owner)
            reader.places[(f"{owner}.{subnet}", "")] = entry.key.mark
            found.append((subnet, {**read_fields(NODE_FIELDS, entry.value, reader, f"{owner}.{subnet}", "node"), "subnet": subnet}))
        return tuple(found)

    def json_schema(self) -> Json:
        node = {field.name: field.kind.json_schema() for field in NODE_FIELDS}
        return {"type": "object", "additionalProperties": {"type": "object", "properties": node, "required": ["private_ip"], "additionalProperties": False}}

    def names(self) -> str:
        return "`{SUBNET: {private_ip, public_ip, ipv6, network_interface}}`"


SECTION = Section(
    "load_balancers",
    "load balancer",
    (
        Field("type", Choice(tuple(CLASSES), {"nlb": "network", "alb": "application", "clb": "classic", "elb": "classic"}), "what it is", required=True),
        Field("subnets", Nodes(), "its nodes: one per zone", (), required=True),
        Field("listeners", Listeners(), "ports and the targets behind them", ()),
        Field("preserve_client_ip", OnOff(), "a network one keeps the client's address", shown_default="on for instances and UDP, off for addresses"),
        Field("cross_zone", OnOff(), "nodes use targets of other zones too", shown_default="on for application"),
        Field("security_groups", ListOf(Reference(("security_groups",))), "its security groups; a network one may have none", ()),
        Field("unhealthy", ListOf(Text()), "targets whose health checks fail, as `i-web` or `i-web:8080`", ()),
        Field("enforce_inbound_on_privatelink", OnOff(), "a network one applies its inbound rules to clients of an endpoint service too", True),
    ),
    "Load balancers: `network`, `application`, `classic`. A gateway one is an `endpoint_services` entry.",
)


def read(item: Item) -> Iterator[Record]:
    """One load balancer and the interfaces of its nodes."""
    kind = item["type"] or "network"
    network = kind == "network"
    for subnet, values in item["subnets"]:
        identifier = _identified(item, subnet, values, f"eni-{item.id}-{item.zone(subnet)}")
        fields = {**values, "security_groups": item["security_groups"]}
        yield network_interface.from_values(item, identifier, fields, owner=item.id, kind="network_load_balancer" if network else "load_balancer")
    vpc = item.subnet_vpc(item["subnets"][0][0]) if item["subnets"] else ""
    yield CLASSES[kind](
        id=item.id,
        vpc=vpc,
        type=kind,
        listeners=tuple(_checked(item, kind, vpc)),
        preserve_client_ip=item["preserve_client_ip"],
        cross_zone=kind == "application" if item["cross_zone"] is None else item["cross_zone"],
        security_groups=item["security_groups"],
        unhealthy=item["unhealthy"],
        enforce_inbound_on_privatelink=item["enforce_inbound_on_privatelink"],
    )


def _identified(item: Item, subnet: str, values: dict[str, Any], default: str) -> str:
    """The id of a node's interface, whose settings stand in the file where the node stands."""
    places = item.document.reader.places
    identifier = managed_interface.named(item, values["network_interface"], default, "subnets")
    for field in ("private_ip", "public_ip", "ipv6"):
        place = places.get((f"{item.id}.{subnet}", field))
        if place is not None:
            places[(identifier, field)] = place
    return identifier


def _checked(item: Item, kind: str, vpc: str) -> Iterator[Listener]:
    """The listeners with their protocols.  Notes E125 for one that this type does not speak, E222 for targets that it cannot have (R-200)."""
    instances = item.document.of("instances")
    for listener in item["listeners"]:
        place = f"listeners[{listener.port}]"
        protocol = listener.protocol or PROTOCOLS[kind][0]
        if protocol not in PROTOCOLS[kind] and item["type"]:  # a type that could not be read is noted already
            expected = " or ".join(PROTOCOLS[kind])
            item.problem("E125", f"a listener of a {kind} load balancer speaks {expected}, found {protocol}", place, PROTOCOLS[kind][0])
        for target in listener.targets:
            if target.address is not None and kind == "classic":
                item.problem("E222", f"{item.id} is a classic load balancer: its targets are instances, found {target.text}", place, "i-web:8080")
            elif target.named in instances and (there := _vpc_of(item, instances[target.named])) != vpc:
                item.problem("E222", f"{target.named} is in {there}, {item.id} in {vpc}: register it by its address", place, "its private address")
        yield Listener(listener.port, protocol, listener.targets)


def _vpc_of(item: Item, instance: dict[str, Any]) -> str:
    interfaces = instance["network_interfaces"] or (("", instance),)
    return item.subnet_vpc(interfaces[0][1]["subnet"])
