"""What a resource's `read` gets: its id, its converted values, and everything else that the document holds."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from vpctui.document import Mark
from vpctui.schema import Reader

Values = dict[str, Any]


class Document(Struct):
    """All resources of a document as converted values: section, id, field."""

    sections: dict[str, dict[str, Values]]
    reader: Reader
    _naming: dict[tuple[str, str], dict[str, list[Values]]] = {}

    def naming(self, section: str, field: str) -> Mapping[str, list[Values]]:
        """Everything in a section, interfaces of instances included, by the ids that its field names; gathered once, when all is read."""
        held = self._naming.get((section, field))
        if held is None:
            held = self._naming[(section, field)] = {}
            for values in self._each(section):
                value = values.get(field)
                for identifier in value if isinstance(value, tuple) else (value,) if value else ():
                    held.setdefault(identifier, []).append(values)
        return held

    def _each(self, section: str) -> Iterator[Values]:
        for values in self.of(section).values():
            yield values
            for _, interface in values.get("network_interfaces") or ():
                yield interface

    def of(self, section: str) -> Mapping[str, Values]:
        """The resources of a section by id."""
        return self.sections.get(section, {})


class Item(Struct, frozen=True):
    """One resource of the document, before it becomes records."""

    id: str
    values: Values
    document: Document
    section: str
    noun: str

    def __getitem__(self, field: str) -> Any:
        return self.values[field]

    def mark(self, field: str = "") -> Mark:
        """The place of a field, or of the id where the field is not written."""
        places = self.document.reader.places
        return places.get((self.id, field)) or places.get((self.id, ""), Mark())

    def lacks(self, field: str) -> bool:
        """Whether a field is neither written, under a wrong name either, nor part of a resource that could not be read at all."""
        reader = self.document.reader
        return (self.id, field) not in reader.places and (self.id, field) not in reader.meant and self.id not in reader.doubtful

    def problem(self, code: str, message: str, field: str = "", mend: str = "", *, warning: bool = False) -> None:
        """Note a mistake at a field of this resource."""
        self.document.reader.problem(code, message, self.mark(field), mend, warning=warning)

    def vpc(self) -> str:
        """The VPC it belongs to: the one written, or the only one; empty, with E206, when that is not clear."""
        written: str | None = self.values.get("vpc")
        if written:
            return written
        vpcs = list(self.document.of("vpcs"))
        if len(vpcs) == 1:
            return vpcs[0]
        if not vpcs and (self.document.reader.blind or self.document.reader.doubtful):
            return ""
        found = f"which VPC? ({', '.join(vpcs)})" if vpcs else "there is no VPC in this file"
        self.problem("E206", f"{self.noun} {self.id}: {found}", "", f"add vpc: {vpcs[0]}" if vpcs else "add a section vpcs")
        return ""

    def subnet_vpc(self, subnet: str | None) -> str:
        """The VPC of a subnet that this resource names."""
        values = self.document.of("subnets").get(subnet or "")
        if values is None:
            return ""
        vpcs = self.document.of("vpcs")
        return values.get("vpc") or (next(iter(vpcs)) if len(vpcs) == 1 else "")

    def zone(self, subnet: str | None) -> str:
        """The Availability Zone of a subnet that this resource names."""
        values = self.document.of("subnets").get(subnet or "")
        return values["az"] if values else ""
