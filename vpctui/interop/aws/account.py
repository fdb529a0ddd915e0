"""What was collected of AWS accounts: describe-shaped objects by kind and id, each with the place where it was found, and what is to be said.

Whoever reads something else than `describe-*` answers fills an `Account` too, and all that follows is the same.
"""

import re
from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

Json = dict[str, Any]
Severity = Literal["error", "warning", "assumed", "skipped"]


class Source(Struct, frozen=True):
    """A place in a file of JSON: its name and a JSON Pointer (RFC 6901), or whatever else names a place there."""

    file: str
    pointer: str = ""

    def __str__(self) -> str:
        return f"{self.file}#{self.pointer}" if self.pointer else self.file

    def below(self, pointer: str) -> "Source":
        """A place inside this one."""
        return Source(self.file, f"{self.pointer}/{pointer.lstrip('/')}") if pointer else self


class Note(Struct, frozen=True):
    """One thing to be said: what, how bad, where it was found, and the resource whose place in the written file it belongs to."""

    severity: Severity
    text: str
    source: Source | None = None
    resource: str = ""

    @property
    def comment(self) -> str:
        """The note where its resource stands."""
        return f"{self.severity}: {self.text}"

    def __str__(self) -> str:
        return f"{self.source}: {self.comment}" if self.source else self.comment


class Held(Struct):
    """One object as the API answers it, and where it stood first."""

    values: Json
    source: Source


class Account:
    """Objects of one or many accounts and Regions.  The id is the key: what two accounts both see is one object."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Held]] = {}
        self.notes: list[Note] = []
        self.roots: list[str] = []
        """Where the folders lie that were named: what they are called inside the written file does not depend on it."""

    def __bool__(self) -> bool:
        return any(self.objects.values())

    def of(self, kind: str) -> Mapping[str, Held]:
        """The objects of a kind by id; kinds are the keys of the API's answers, such as `RouteTables`."""
        return self.objects.get(kind, {})

    def add(self, kind: str, identifier: str, values: Json, source: Source) -> None:
        """Keep an object; one that is here already is completed, and where the two contradict each other that is said."""
        held = self.objects.setdefault(kind, {})
        before = held.get(identifier)
        if before is None:
            held[identifier] = Held(values, source)
        elif before.values != values:
            self._complete(kind, identifier, before, values, source)

    def note(self, severity: Severity, text: str, source: Source | None = None, resource: str = "") -> Note:
        """Say something."""
        note = Note(severity, text, source, resource)
        self.notes.append(note)
        return note

    def without_roots(self, text: str) -> str:
        """A text in which files are called by what was named, not by where that lies."""
        for root in self.roots:
            text = text.replace(root, "")
        return text

    def place(self, identifier: str) -> Source | None:
        """Where an object of this id stands; None for one that the account does not hold."""
        return next((held[identifier].source for held in self.objects.values() if identifier in held), None)

    def _complete(self, kind: str, identifier: str, before: Held, values: Json, source: Source) -> None:
        differing = [key for key, value in values.items() if key in before.values and before.values[key] != value and key in IDENTITY]
        if differing:
            keys = ", ".join(differing)
            self.note("warning", f"{identifier} stands here with another {keys} than in {before.source}; the first one is used", source, identifier)
        missing = {key: value for key, value in values.items() if key not in before.values or before.values[key] in (None, [], "")}
        before.values = {**before.values, **missing}


IDENTITY = frozenset(
    [
        "CidrBlock",
        "VpcId",
        "SubnetId",
        "OwnerId",
        "AvailabilityZone",
        "PrivateIpAddress",
        "TransitGatewayId",
        "State",
        "Routes",
        "Entries",
        "IpPermissions",
        "IpPermissionsEgress",
        "Status",
        "NetworkInterfaceId",
        "VpnGatewayId",
        "Options",
        "RouteTableId",
        "Associations",
        "SourceDestCheck",
        "Groups",
    ]
)
"""Keys in which two answers about one object must agree; others, such as tags, each account has for itself."""

USABLE = re.compile(r"[A-Za-z][\w.:/@+-]{0,254}", re.ASCII)
RESERVED = frozenset(("internet", "on-premises", "aws-service", "local", "blackhole", "none", "assume", "flows"))
"""Words of the scenario format, which no resource can have as its id."""


def is_usable(identifier: str) -> bool:
    """Whether a text can be the id of a resource in a scenario."""
    return USABLE.fullmatch(identifier) is not None and identifier not in RESERVED
