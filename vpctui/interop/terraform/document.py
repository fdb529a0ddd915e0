"""The JSON of `terraform show -json`: resources of a state or a plan with their values, and the references of its configuration.

A plan knows less than a state: what AWS will choose is unknown, and stands nowhere.  Where the configuration says that an attribute is
another resource's id, the two are joined by a name of our own for that id.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

Json = dict[str, Any]
INDEX = re.compile(r"\[(?:\"((?:[^\"\\]|\\.)*)\"|(\d+))\]$")
MODULE = re.compile(r"module\.([\w-]+)(?:\[[^\]]*\])?\.?")
REFERENCE = re.compile(r"^(?:data\.)?(aws_\w+)\.([\w-]+)(\[[^\]]+\])?")
PREFIXES = {
    "aws_vpc": "vpc",
    "aws_subnet": "subnet",
    "aws_route_table": "rtb",
    "aws_internet_gateway": "igw",
    "aws_egress_only_internet_gateway": "eigw",
    "aws_vpn_gateway": "vgw",
    "aws_nat_gateway": "nat",
    "aws_network_acl": "acl",
    "aws_security_group": "sg",
    "aws_network_interface": "eni",
    "aws_instance": "i",
    "aws_eip": "eipalloc",
    "aws_vpc_peering_connection": "pcx",
    "aws_vpc_endpoint": "vpce",
    "aws_ec2_managed_prefix_list": "pl",
    "aws_ec2_transit_gateway": "tgw",
    "aws_ec2_transit_gateway_vpc_attachment": "tgw-attach",
    "aws_ec2_transit_gateway_route_table": "tgw-rtb",
    "aws_vpn_connection": "vpn",
    "aws_customer_gateway": "cgw",
    "aws_lb": "lb",
    "aws_lb_target_group": "tg",
    "aws_lb_listener": "listener",
}
"""How AWS begins the ids of these; names that stand for unknown ids begin alike."""
_UNFIT = re.compile(r"[^A-Za-z0-9_.-]+")


class NotTerraform(Exception):
    """The file is not what `terraform show -json` prints; the text says why."""


class Resource(Struct):
    """One resource: where it stands in the configuration, and what is known of it."""

    address: str
    type: str
    name: str
    module: str
    """Address of its module, indexes included; empty at the root."""
    values: Json
    planned: bool
    id: str = ""

    @property
    def index(self) -> str:
        """Its key among the instances of one block: `0`, `a`, or empty."""
        found = INDEX.search(self.address)
        return (found[1] or found[2] or "") if found else ""


class Document(Struct):
    """All resources of a file, and its configuration where it is a plan."""

    resources: dict[str, Resource]
    configuration: Json
    planned: bool


def read_document(data: bytes) -> Document:
    """Read the file.  Raises NotTerraform."""
    try:
        raw = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise NotTerraform(f"not JSON: {error}; write it with terraform show -json") from None
    if not isinstance(raw, dict) or "format_version" not in raw:
        hint = "; a .tfstate file is another format" if isinstance(raw, dict) and "lineage" in raw else ""
        raise NotTerraform(f"this is not what terraform show -json prints: it has no format_version{hint}")
    planned = isinstance(raw.get("planned_values"), dict)
    held = raw["planned_values"] if planned else raw.get("values")
    if not isinstance(held, dict):
        raise NotTerraform("there are no resources in it: neither values nor planned_values")
    prior = _dict(_dict(raw.get("prior_state")).get("values"))
    found = {
        resource.address: resource
        for resource in (*_resources(_dict(prior.get("root_module")), planned, data=True), *_resources(_dict(held.get("root_module")), planned))
    }
    _identify(found)
    return Document(found, _dict(_dict(raw.get("configuration")).get("root_module")), planned)


def _resources(module: Json, planned: bool, *, data: bool = False) -> Iterator[Resource]:
    """The resources of the AWS provider in a module and those below it; with `data`, only data sources, which a plan keeps in its prior state."""
    for raw in blocks_of(module.get("resources")):
        kind, address = raw.get("type"), raw.get("address")
        if isinstance(kind, str) and kind.startswith("aws_") and isinstance(address, str) and not (data and raw.get("mode") != "data"):
            yield Resource(address, kind, str(raw.get("name", "")), str(module.get("address", "")), _dict(raw.get("values")), planned)
    for child in blocks_of(module.get("child_modules")):
        yield from _resources(child, planned, data=data)


def _identify(resources: dict[str, Resource]) -> None:
    """The id of each: AWS's, or a name made of the address where AWS has not chosen one yet."""
    taken = {str(resource.values.get("id")) for resource in resources.values()}
    for resource in resources.values():
        known = resource.values.get("arn") if resource.type.startswith("aws_lb") else resource.values.get("id")
        resource.id = str(known or "") or _name(resource, taken)
        taken.add(resource.id)


def _name(resource: Resource, taken: set[str]) -> str:
    prefix = PREFIXES.get(resource.type, resource.type.removeprefix("aws_").replace("_", "-"))
    path = ".".join(MODULE.findall(resource.module))
    wanted = _UNFIT.sub("-", ".".join(filter(None, (path, resource.name, resource.index)))).strip("-.")
    name, number = f"{prefix}-{wanted}", 2
    while name in taken:
        name, number = f"{prefix}-{wanted}-{number}", number + 1
    return name


def _dict(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def blocks_of(value: object) -> list[Json]:
    """The objects in a list; nothing for whatever else stands in its place."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
