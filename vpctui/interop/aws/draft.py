"""A scenario while it is being written: sections of plain values, with what is to be said at each place; and words for addresses."""

from functools import lru_cache
from typing import Any

from msgspec import Struct

from vpctui.address import Prefix, is_link_local, is_multicast, is_private, parse_address, parse_prefix
from vpctui.interop.aws.account import Account, Severity, Source, is_usable
from vpctui.interop.aws.shapes import Tag

Fields = dict[str, Any]


class Entry(Struct):
    """One resource of the file: its settings, and the lines of comment above it."""

    fields: Any
    comments: list[str] = []


class Draft:
    """Sections of the scenario format by name, their resources by id."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.sections: dict[str, dict[str, Entry]] = {}
        self.holders: dict[str, str] = {}
        """The section, or the resource, that holds each id: an id stands once in the whole file."""
        self.waiting: dict[str, list[str]] = {}
        """Comments for resources that are not written yet."""

    def add(self, section: str, identifier: str, fields: Any, name: str = "") -> Entry | None:
        """Write a resource, with its Name tag as a comment; None, with an error noted, where another has its id."""
        if not self.claim(identifier, section):
            return None
        entry = Entry(fields, [f"Name: {name}"] if name else [])
        entry.comments += self.waiting.pop(identifier, [])
        self.sections.setdefault(section, {})[identifier] = entry
        return entry

    def claim(self, identifier: str, holder: str) -> bool:
        """Take an id for a resource, or for an interface or attachment inside one."""
        if not is_usable(identifier):
            self.account.note("error", f"{identifier[:60]!r} cannot be the id of a resource; it is skipped")
            return False
        before = self.holders.setdefault(identifier, holder)
        if before != holder:
            self.account.note("error", f"{identifier} is the id of something else too ({before}, {holder}); it stands once", None, identifier)
            return False
        return True

    def holds(self, identifier: str) -> bool:
        """Whether a resource, an interface or an attachment of this id is written."""
        return identifier in self.holders

    def entry(self, section: str, identifier: str) -> Entry | None:
        """A resource that is written already."""
        return self.sections.get(section, {}).get(identifier)

    def note(self, severity: Severity, identifier: str, text: str, source: Source | None = None) -> None:
        """Say something about a resource, and write it at its place in the file."""
        note = self.account.note(severity, text, source or self.account.place(identifier), identifier)
        entry = next((items[identifier] for items in self.sections.values() if identifier in items), None)
        if entry is not None:
            entry.comments.append(note.comment)
        else:
            self.waiting.setdefault(identifier, []).append(note.comment)

    def assume(self, identifier: str, text: str, fields: Fields | None = None, *settings: str) -> None:
        """Say what was assumed because no API knows it; `settings` are marked so in the file, and on the screen."""
        if fields is not None and settings:
            fields["assumed"] = [*fields.get("assumed", ()), *settings]
        self.note("assumed", identifier, text)

    def unsupported(self, identifier: str, kind: str, vpc: str = "") -> str:
        """Keep something that is not modelled, so that packets stop at it; its id, free of what another resource has."""
        name = identifier
        while not is_usable(name) or self.holders.get(name, "unsupported") != "unsupported":
            name = f"unsupported-{name}"
        if not self.holds(name):
            self.add("unsupported", name, {"kind": kind, **({"vpc": vpc} if vpc else {})})
        return name


def name_of(tags: list[Tag]) -> str:
    """The Name tag."""
    return next((tag.value for tag in tags if tag.key == "Name"), "")


@lru_cache(maxsize=65536)
def cidr_text(text: str) -> str:
    """A CIDR block in canonical text; empty for anything else."""
    try:
        return str(parse_prefix(text))
    except ValueError:
        return ""


@lru_cache(maxsize=65536)
def prefix(text: str) -> Prefix | None:
    """A CIDR block as a value; None for anything else."""
    try:
        return parse_prefix(text)
    except ValueError:
        return None


@lru_cache(maxsize=65536)
def address_text(text: str) -> str:
    """An address in canonical text; empty for anything else."""
    try:
        return str(parse_address(text))
    except ValueError:
        return ""


def is_public(address: str) -> bool:
    """Whether a text is an IPv4 address of the internet."""
    try:
        found = parse_address(address)
    except ValueError:
        return False
    return found.family == 4 and not (is_private(found) or is_link_local(found) or is_multicast(found))
