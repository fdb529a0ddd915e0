"""A draft as the YAML of a scenario file: one line for a resource that fits, a block for one that does not, comments above."""

import re
from collections.abc import Iterator
from typing import Any

from vpctui.interop.aws.draft import Draft, Entry

WIDTH = 140
PLAIN = re.compile(r"[A-Za-z0-9](?:[\w./@+-]|:(?=[\w/]))*", re.ASCII)
"""Text that YAML reads as it stands, in a block and between brackets; the reader of scenarios takes every value as text."""
HEXADECIMAL = re.compile(r"[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:/[0-9]+)?")
ORDER = (
    "assume",
    "vpcs",
    "subnets",
    "route_tables",
    "internet_gateways",
    "egress_only_internet_gateways",
    "nat_gateways",
    "vpn_gateways",
    "vpn_connections",
    "virtual_interfaces",
    "vpc_peering_connections",
    "transit_gateways",
    "vpc_endpoints",
    "endpoint_services",
    "load_balancers",
    "instances",
    "network_interfaces",
    "security_groups",
    "network_acls",
    "prefix_lists",
    "unsupported",
    "flows",
)


def scenario_text(draft: Draft, title: str, head: list[str]) -> str:
    """The whole file; `head` are lines of comment at its top."""
    lines = [*(f"# {visible(line)}" for line in head), "vpctui: 1", f"title: {scalar(title)}"]
    for name in (*ORDER, *(section for section in draft.sections if section not in ORDER)):
        entries = draft.sections.get(name)
        if entries:
            lines += ("", f"{name}:")
            for identifier, entry in entries.items():
                lines += _entry(identifier, entry, draft)
    lines += _left_over(draft)
    return "\n".join(lines) + "\n"


def _left_over(draft: Draft) -> Iterator[str]:
    """What is said at no resource above: what was skipped, and where it stands in the JSON."""
    said = {comment for entries in draft.sections.values() for entry in entries.values() for comment in entry.comments}
    rest = [note for note in draft.account.notes if note.comment not in said]
    if rest:
        yield ""
        yield "# What else is to be said about the JSON:"
        for note in rest:
            yield f"# {visible(draft.account.without_roots(str(note)))}"


def _entry(identifier: str, entry: Entry, draft: Draft) -> Iterator[str]:
    for comment in entry.comments:
        yield f"  # {visible(draft.account.without_roots(comment))}"
    key = scalar(identifier)
    short = f"  {key}: {flow(entry.fields)}"
    if len(short) <= WIDTH or not entry.fields:
        yield short
    else:
        yield f"  {key}:"
        yield from block(entry.fields, "    ")


def block(value: Any, indent: str) -> Iterator[str]:
    """A mapping or a list, each item on a line of its own; what is inside stays on that line where it fits."""
    for key, item in value.items() if isinstance(value, dict) else ((None, item) for item in value):
        start = f"{indent}- " if key is None else f"{indent}{scalar(key)}: "
        short = start + flow(item)
        if len(short) <= WIDTH or not item or not isinstance(item, dict | list):
            yield short
        else:
            yield start.rstrip()
            yield from block(item, indent + "  ")


def flow(value: Any) -> str:
    """A value on one line."""
    if value is True or value is False:
        return "on" if value else "off"
    if isinstance(value, dict):
        return "{" + ", ".join([f"{scalar(key)}: {flow(item)}" for key, item in value.items()]) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join([flow(item) for item in value]) + "]"
    return scalar(value) if isinstance(value, str) else str(value)


def scalar(value: object) -> str:
    """A text, in double quotes unless it can only be read one way; with colons inside it is quoted, so that nobody has to know the rule."""
    text = str(value)
    if PLAIN.fullmatch(text) and (":" not in text or not HEXADECIMAL.fullmatch(text)):
        return text
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"


def visible(text: str) -> str:
    """Text for a comment: on one line, without characters that are no text."""
    cut = text if len(text) <= 400 else text[:399] + "…"
    return "".join(char if char.isprintable() and not "\ud800" <= char <= "\udfff" else "\ufffd" for char in cut)
