"""Which resource an attribute of a plan refers to, where its value is unknown until AWS has chosen it.

The configuration lists the references of every expression.  Those to variables and to outputs of modules are followed.  Locals lead
nowhere, for the JSON does not hold them: where their module has only one resource of the type that the attribute asks for, that one is
meant, and told as an assumption.
"""

import re
from collections.abc import Iterator
from typing import Any

from vpctui.interop.terraform.document import MODULE, REFERENCE, Document, Json, Resource, blocks_of

OUTPUT = re.compile(r"^module\.([\w-]+)(?:\[[^\]]*\])?\.([\w-]+)")
DEEPEST = 12
ASKED = {
    "vpc_id": ("aws_vpc", "aws_default_vpc"),
    "subnet_id": ("aws_subnet",),
    "gateway_id": ("aws_internet_gateway",),
    "internet_gateway_id": ("aws_internet_gateway",),
    "nat_gateway_id": ("aws_nat_gateway",),
    "route_table_id": ("aws_route_table",),
    "transit_gateway_id": ("aws_ec2_transit_gateway",),
    "network_acl_id": ("aws_network_acl",),
    "security_group_id": ("aws_security_group",),
}
"""Types of the resources that attributes ask for."""


class References:
    """Answers for one document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._blocks: dict[str, list[Resource]] = {}
        for resource in document.resources.values():
            self._blocks.setdefault(_block(resource.address), []).append(resource)
        self._modules: dict[str, Json] = {}
        self.guessed: dict[tuple[str, str], Resource] = {}
        """What was found by type alone: the resource that asks and its attribute, and what is taken for the answer."""

    def of(self, resource: Resource, attribute: str) -> list[Resource]:
        """The resources that an attribute of a resource refers to, in the order of the configuration."""
        expression = self._expressions(resource).get(attribute)
        found = _once(self._followed(expression, resource.module, resource, 0))
        return found or self._by_type(resource, attribute, expression)

    def block(self, resource: Resource, attribute: str, at: int, inner: str) -> list[Resource]:
        """The same for an attribute of the block that stands at a place among those of one kind."""
        blocks = self._expressions(resource).get(attribute)
        if isinstance(blocks, list) and at < len(blocks) and isinstance(blocks[at], dict):
            return _once(self._followed(blocks[at].get(inner), resource.module, resource, 0))
        return []

    def _by_type(self, resource: Resource, attribute: str, expression: Any) -> list[Resource]:
        """The only resource of the asked type in the module, or in the file, where the references lead nowhere."""
        references = expression.get("references") if isinstance(expression, dict) else None
        if not references or attribute not in ASKED:
            return []
        known = [each for each in self._document.resources.values() if each.type in ASKED[attribute]]
        for candidates in ([each for each in known if each.module == resource.module], known):
            if len(candidates) == 1:
                self.guessed[resource.address, attribute] = candidates[0]
                return candidates
        return []

    def _expressions(self, resource: Resource) -> Json:
        module = self._module(resource.module)
        for block in blocks_of(module.get("resources")):
            if (block.get("type"), block.get("name")) == (resource.type, resource.name):
                found = block.get("expressions")
                return {**found, "for_each": block.get("for_each_expression")} if isinstance(found, dict) else {}
        return {}

    def _module(self, address: str) -> Json:
        """The configuration of a module by its address."""
        held = self._modules.get(address)
        if held is None:
            held = self._document.configuration
            for name in MODULE.findall(address):
                call = _get(_get(held, "module_calls"), name)
                held = _get(call, "module")
            self._modules[address] = held
        return held

    def _followed(self, expression: Any, module: str, asking: Resource, depth: int) -> Iterator[Resource]:
        if isinstance(expression, list):
            for each in expression:
                yield from self._followed(each, module, asking, depth)
            return
        references = expression.get("references") if isinstance(expression, dict) else None
        if not isinstance(references, list) or depth > DEEPEST:
            return
        for reference in references:
            if isinstance(reference, str):
                yield from self._one(reference, module, asking, depth)

    def _one(self, reference: str, module: str, asking: Resource, depth: int) -> Iterator[Resource]:
        found, output = REFERENCE.match(reference), OUTPUT.match(reference)
        if found is not None:
            yield from self._resources(found, module, asking)
        elif output is not None:
            child = f"{module}.module.{output[1]}".lstrip(".")
            expression = _get(_get(self._module(child), "outputs"), output[2]).get("expression")
            for address in self._addresses(child):
                yield from self._followed(expression, address, asking, depth + 1)
        elif reference.startswith("var.") and module:
            parent, name = _parent(module)
            call = _get(_get(self._module(parent), "module_calls"), name)
            yield from self._followed(_get(call, "expressions").get(reference.split(".")[1].partition("[")[0]), parent, asking, depth + 1)
        elif reference.startswith("each.value"):
            yield from self._followed(self._expressions(asking).get("for_each"), module, asking, depth + 1)

    def _resources(self, found: re.Match[str], module: str, asking: Resource) -> Iterator[Resource]:
        """The resource of a reference; of several, the one that is named, or the one with the index of who asks."""
        block = f"{module}.{found[1]}.{found[2]}".lstrip(".")
        candidates = self._blocks.get(block, []) or self._blocks.get(f"{module}.data.{found[1]}.{found[2]}".lstrip("."), [])
        if found[3]:
            wanted = found[3].strip('[]"')
            candidates = [each for each in candidates if each.index == wanted] or candidates
        same = [each for each in candidates if each.index and each.index == asking.index]
        yield from same or candidates

    def _addresses(self, child: str) -> list[str]:
        """The addresses of a module's instances: with `count` or `for_each` there are several."""
        found = dict.fromkeys(
            each.module for each in self._document.resources.values() if re.sub(r"\[[^\]]*\]", "", each.module) == re.sub(r"\[[^\]]*\]", "", child)
        )
        return list(found) or [child]


def _block(address: str) -> str:
    """The address of a resource without its own index."""
    return re.sub(r"\[[^\]]*\]$", "", address)


def _parent(module: str) -> tuple[str, str]:
    """The address of the module around one, and the name by which it calls it."""
    outer, _, name = module.rpartition("module.")
    return outer.rstrip("."), re.sub(r"\[.*", "", name)


def _get(value: Any, key: str) -> Json:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _once(found: Iterator[Resource]) -> list[Resource]:
    return list({each.address: each for each in found}.values())
