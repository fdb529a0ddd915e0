"""The scenario format as data: sections, their fields, and the kinds of value a field takes.

One table per resource serves three readers: conversion of a document (all problems collected, each with its place), the JSON
Schema for editors, and the generated format reference.  Which resources exist is not known here.

Kinds for security group rules and network ACL entries stand in `vpctui.filter_rules`; for routes in `vpctui.aws.route_table`.
"""

from vpctui.schema.addresses import Cidr, IpAddress, read_prefix
from vpctui.schema.format_reference import format_reference
from vpctui.schema.json_schema import json_schema
from vpctui.schema.kinds import Choice, Integer, ListOf, MapOf, OnOff, Port, Reference, Text
from vpctui.schema.reading import Json, Kind, Mistake, Reader, attempt, part, scalar, unique
from vpctui.schema.section import Field, Section, read_fields, read_version
from vpctui.schema.spelling import ALIASES, FULL_WIDTH, ascii_form, glued, nearest, quoted, suggestion, suggests
from vpctui.schema.values import parse_value, value_text

__all__ = [
    "ALIASES",
    "FULL_WIDTH",
    "Choice",
    "Cidr",
    "Field",
    "Integer",
    "IpAddress",
    "Json",
    "Kind",
    "ListOf",
    "MapOf",
    "Mistake",
    "OnOff",
    "Port",
    "Reader",
    "Reference",
    "Section",
    "Text",
    "ascii_form",
    "attempt",
    "format_reference",
    "glued",
    "json_schema",
    "nearest",
    "parse_value",
    "part",
    "quoted",
    "read_fields",
    "read_prefix",
    "read_version",
    "scalar",
    "suggestion",
    "suggests",
    "unique",
    "value_text",
]
