"""The format as JSON Schema (draft 2020-12): completion, descriptions and first errors in editors that know YAML."""

from collections.abc import Sequence
from typing import Any

from vpctui.schema.reading import Json
from vpctui.schema.section import FORMAT_VERSION, Field, Section
from vpctui.schema.values import value_text

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(sections: Sequence[Section], extra: Json) -> Json:
    """The whole format: one property per section, and the schemas of all other keys of the file in `extra`."""
    return {
        "$schema": DIALECT,
        "title": "vpctui scenario",
        "description": "A network, the flows to trace in it, what is expected of them, and the lesson told about them.",
        "type": "object",
        "properties": {
            "vpctui": {"const": FORMAT_VERSION, "description": "Format version."},
            **extra,
            **{section.name: section_schema(section) for section in sections},
        },
        "required": ["vpctui"],
        "additionalProperties": False,
    }


def section_schema(section: Section) -> Json:
    """A mapping from ids to resources; a section may stand empty."""
    return {"description": section.help or f"Each {section.noun} by its id.", "type": ["object", "null"], "additionalProperties": item_schema(section)}


def item_schema(section: Section) -> Json:
    """One resource: its fields, or its short form."""
    if section.item_schema is not None:
        return section.item_schema()
    long = fields_schema(section.fields)
    short = section.field(section.short)
    if short is None:
        return long
    shape = short.kind.json_schema()
    if shape.get("type") == "object":  # both forms are objects: the long one is known by its fields, so no document fits both
        shape = {**shape, "propertyNames": {"not": {"enum": [field.name for field in section.fields]}}}
    return {"anyOf": [long, shape]}


def fields_schema(fields: Sequence[Field]) -> Json:
    """A mapping of these fields and no others."""
    schema: Json = {"type": "object", "properties": {field.name: field_schema(field) for field in fields}, "additionalProperties": False}
    required = [field.name for field in fields if field.required]
    return {**schema, "required": required} if required else schema


def field_schema(field: Field) -> Json:
    """One field with its description and default."""
    described: Json = {"description": sentence(field.help), **field.kind.json_schema()}
    default = default_of(field.default)
    return described if default is None else {**described, "default": default}


def sentence(help: str) -> str:
    """Help text as a sentence of its own."""
    return help[:1].upper() + help[1:].rstrip(".") + "." if help else ""


def default_of(value: Any) -> str | int | None:
    """A default as editors insert it; None where there is none or it is a list or mapping."""
    if value is None or isinstance(value, tuple):
        return None
    return value if isinstance(value, int) and not isinstance(value, bool) else value_text(value)
