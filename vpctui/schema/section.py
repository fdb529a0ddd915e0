"""Sections of the file, their fields, and the reading of one resource by them."""

import re
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from vpctui.document import Mapping, Mark, Node, Scalar
from vpctui.schema.reading import Json, Kind, Reader, attempt, called, is_empty, unique
from vpctui.schema.spelling import quoted, suggestion

FORMAT_VERSION = 1


class Field(Struct, frozen=True):
    """One field of a resource: its name in the file, what it takes, its default, and what it means."""

    name: str
    kind: Kind
    help: str
    default: Any = None
    required: bool = False
    shown_default: str = ""
    """The default in the words of the format reference, where `default` does not say it."""


class Section(Struct, frozen=True):
    """One section of the file: a mapping from id to a resource with these fields."""

    name: str
    noun: str
    """What one of them is called in a sentence: `subnet`, `route table`."""
    fields: tuple[Field, ...] = ()
    help: str = ""
    short: str = ""
    """The field that a whole item is when it names none of the fields: `rtb: {0.0.0.0/0: igw}` is `rtb: {routes: {…}}`."""
    item_schema: Callable[[], Json] | None = None
    """Where a resource may be written in a short form, its JSON Schema."""

    def field(self, name: str) -> Field | None:
        """The field of that name."""
        return next((field for field in self.fields if field.name == name), None)


def read_fields(fields: tuple[Field, ...], node: Node, reader: Reader, owner: str, noun: str) -> dict[str, Any]:
    """All fields of one resource, defaults filled in.

    Unknown fields (E122), fields that stand twice (E103), missing ones (E124) and bad values are noted in `reader`; the value of a
    field that could not be read is its default.
    """
    values: dict[str, Any] = {field.name: field.default for field in fields}
    if is_empty(node):
        node = Mapping((), node.mark)
    if not isinstance(node, Mapping):
        mend = f"{owner}: {{{fields[0].name}: …}}" if fields else ""
        reader.problem("E123", f"{noun} {owner} must be a mapping of settings, found {called(node)}", node, mend)
        reader.doubtful.add(owner)
        return values
    known = {field.name: field for field in fields}
    seen = set()
    for entry in unique(node, reader):
        name = entry.key.text
        seen.add(name)
        field = known.get(name)
        if field is None:
            meant = suggestion(name, known)
            reader.problem("E122", f"unknown field {quoted(name)} of {noun} {owner}", entry.key, meant)
            reader.meant.add((owner, meant))
            continue
        reader.places[(owner, name)] = entry.value.mark
        value = attempt(field.kind, entry.value, reader, owner)
        if value is not None:
            values[name] = value
    for field in fields:
        if field.required and field.name not in seen and (owner, field.name) not in reader.meant:
            place = reader.places.get((owner, ""), node.mark)
            reader.problem("E124", f"{noun} {owner} needs {quoted(field.name)}", place, f"{field.name}: {field.kind.names()}")
    return values


def read_version(document: Mapping, reader: Reader) -> None:
    """Check `vpctui: 1`: E121 when it is missing or of a newer format, E106 when it is no number."""
    node = document.get("vpctui")
    if node is None:
        reader.problem("E121", f"the file does not say its format version ({FORMAT_VERSION})", Mark(document.mark.line, 1), f"vpctui: {FORMAT_VERSION}")
    elif not isinstance(node, Scalar) or not re.fullmatch("[1-9][0-9]{0,8}", node.text):
        reader.problem("E106", f"expected an integer, found {called(node)}", node, str(FORMAT_VERSION))
    elif int(node.text) != FORMAT_VERSION:
        message = f"format version {node.text} is newer than this program ({FORMAT_VERSION})"
        reader.problem("E121", message, node, f"a newer vpctui, or vpctui: {FORMAT_VERSION}")
