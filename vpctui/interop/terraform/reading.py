"""One resource of Terraform as the handlers ask it: attributes that are known, and those that the configuration tells by reference."""

from collections.abc import Iterator
from typing import Any

from vpctui.interop.aws.account import Account, Json, Source
from vpctui.interop.terraform.document import Document, Resource
from vpctui.interop.terraform.references import References


class Context:
    """What handlers share: the account that they fill, the document, the file's name."""

    def __init__(self, account: Account, document: Document, name: str) -> None:
        self.account, self.document, self.name = account, document, name
        self.references = References(document)

    def source(self, resource: Resource) -> Source:
        """Where a resource stands."""
        return Source(self.name, resource.address)

    def all(self, *types: str) -> Iterator["Item"]:
        """The resources of some types, in the order of the file."""
        for resource in self.document.resources.values():
            if resource.type in types:
                yield Item(self, resource)

    def add(self, kind: str, item: "Item", values: Json, identifier: str = "") -> None:
        """Keep an object as the API would answer it."""
        self.account.add(kind, identifier or item.id, {**values, "Tags": item.tags()}, self.source(item.resource))

    def held(self, kind: str, identifier: str) -> Json | None:
        """The object of an id, to be completed."""
        found = self.account.of(kind).get(identifier)
        return found.values if found else None

    def orphan(self, item: "Item", what: str) -> None:
        """Say that what a resource belongs to is not in the file."""
        self.account.note("skipped", f"{item.resource.address} belongs to {what or 'something'}, which is not in the file", self.source(item.resource))


class Item:
    """A resource with its context."""

    def __init__(self, context: Context, resource: Resource) -> None:
        self.context, self.resource = context, resource
        self.id = resource.id

    def text(self, attribute: str) -> str:
        """A text, or the id of the resource that the attribute refers to; empty where neither is known."""
        value = self.resource.values.get(attribute)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            return str(value)
        found = self.context.references.of(self.resource, attribute)
        return found[0].id if found and (attribute.endswith(("_id", "_arn")) or attribute in ROLES) else ""

    def known(self, attribute: str) -> str:
        """A text that is known; references are not followed."""
        value = self.resource.values.get(attribute)
        return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""

    def texts(self, attribute: str) -> list[str]:
        """A list of texts; in a plan those that are unknown stand as the ids that the configuration refers to."""
        known = texts_of(self.resource.values.get(attribute))
        referred = [each.id for each in self.context.references.of(self.resource, attribute)] if self.resource.planned else []
        return list(dict.fromkeys((*known, *referred))) if not known or len(known) < len(referred) else known

    def flag(self, attribute: str, default: bool = False) -> bool:
        """A switch."""
        value = self.resource.values.get(attribute)
        return value if isinstance(value, bool) else default

    def number(self, attribute: str, default: int = 0) -> int:
        """A number."""
        value = self.resource.values.get(attribute)
        return value if isinstance(value, int) and not isinstance(value, bool) else default

    def blocks(self, attribute: str) -> list[Json]:
        """The blocks of one kind."""
        value = self.resource.values.get(attribute)
        return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []

    def in_block(self, attribute: str, at: int, inner: str) -> str:
        """A text inside a block, or the id that it refers to."""
        blocks = self.blocks(attribute)
        value = blocks[at].get(inner) if at < len(blocks) else None
        if isinstance(value, str) and value:
            return value
        found = self.context.references.block(self.resource, attribute, at, inner)
        return found[0].id if found else ""

    def refers(self, attribute: str, *types: str) -> list[str]:
        """The ids of the resources of some types that an attribute refers to."""
        return [each.id for each in self.context.references.of(self.resource, attribute) if each.type in types]

    def tags(self) -> list[Json]:
        """Its tags as the API has them."""
        value: Any = self.resource.values.get("tags_all") or self.resource.values.get("tags")
        return [{"Key": str(key), "Value": str(text)} for key, text in value.items()] if isinstance(value, dict) else []

    def assume(self, what: str) -> None:
        """Say what is unknown until AWS has chosen it, and what stands in its place."""
        self.context.account.note("assumed", f"{self.resource.address}: {what}", self.context.source(self.resource), self.id)


def texts_of(value: object) -> list[str]:
    """The texts in a list; nothing for whatever else stands in its place."""
    return [item for item in value if isinstance(item, str) and item] if isinstance(value, list) else []


ROLES = ("instance", "vpc_security_group_ids", "allocation_id", "network_interface", "source_security_group_id", "prefix_list_id")
"""Attributes whose references are ids although their names do not say so."""
