"""Two networks held against each other: resources that only one has, and for those of both every setting that differs.

What the change grammar can name stands under that name (`rtb-app[0.0.0.0/0]`); anything else under its field (`sn-app.cidr`).
"""

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from vpctui.engine.change import ALTERATIONS
from vpctui.engine.conversation import Question
from vpctui.engine.network import Network, Record
from vpctui.engine.registry import Assumptions

Kind = Literal["changed", "added", "removed"]
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
UNTOLD = ("id", "assumed")
"""Fields that are no settings."""
COVERED = {"routes": "", "cidrs": "cidr", "ipv6_cidrs": "ipv6_cidr"}
"""Fields that the change grammar names otherwise."""


class Difference(Struct, frozen=True):
    """One difference: the place, and the values in the first and the second; None where there is nothing."""

    kind: Kind
    resource: str
    place: str
    before: str | None = None
    after: str | None = None


def differences(first: Network, second: Network) -> Iterator[Difference]:
    """Every difference of two networks, in the order of the first."""
    for record in first:
        other = second.get(record.id)
        if other is None:
            yield Difference("removed", record.id, record.id, before=noun(record))
        elif type(other) is not type(record):
            yield Difference("changed", record.id, f"{record.id}.type", noun(record), noun(other))
        elif other != record:
            yield from _of_record(record, other, first, second)
    for record in second:
        if first.get(record.id) is None:
            yield Difference("added", record.id, record.id, after=noun(record))


def noun(record: Record) -> str:
    """What a record is: `network interface`."""
    return _WORDS.sub(" ", type(record).__name__).lower()


def _of_record(record: Record, other: Record, first: Network, second: Network) -> Iterator[Difference]:
    settings = list(_compared(record.id, _settings(record.id, first), _settings(record.id, second)))
    known = ALTERATIONS.get(type(record), {})
    was, now = dict(_fields(record)), dict(_fields(other))
    free = [name for name in was | now if was.get(name) != now.get(name) and not _is_setting(name, known)]
    if not free and not settings:  # something that a setting should have told, and did not
        free = [name for name in was | now if was.get(name) != now.get(name)]
    yield from settings
    yield from _compared(record.id, *({f"{record.id}.{name}": held[name] for name in free if name in held} for held in (was, now)))


def _settings(identifier: str, network: Network) -> dict[str, str]:
    record = network.get(identifier)
    return dict(pair for row in ALTERATIONS.get(type(record), {}).values() for pair in row.current(record, network))


def _is_setting(name: str, known: object) -> bool:
    last = name.rpartition(".")[2]
    return isinstance(known, dict) and (last in known or COVERED.get(last, last) in known)


def _compared(resource: str, was: dict[str, str], now: dict[str, str]) -> Iterator[Difference]:
    for place in dict.fromkeys((*was, *now)):
        before, after = was.get(place), now.get(place)
        if before != after:
            kind: Kind = "changed" if before is not None and after is not None else "removed" if after is None else "added"
            yield Difference(kind, resource, place, before, after)


def _fields(value: object, lead: str = "") -> Iterator[tuple[str, str]]:
    """The fields of a record as text, those of parts without a text of their own by a dotted name."""
    for name in getattr(value, "__struct_fields__", ()):
        held = getattr(value, name)
        if not lead and name in UNTOLD:
            continue
        if isinstance(held, Struct) and type(held).__str__ is Struct.__str__:
            yield from _fields(held, f"{lead}{name}.")
        else:
            yield f"{lead}{name}", field_text(held)


def field_text(value: object) -> str:
    """A value of a field in the words of the format."""
    if value is None or value in ((), "", {}):
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, dict):
        return ", ".join(f"{field_text(key)}: {field_text(held)}" for key, held in value.items())
    if isinstance(value, tuple | list | set | frozenset):
        return ", ".join(field_text(held) for held in value)
    if isinstance(value, Struct) and type(value).__str__ is Struct.__str__:
        return " ".join(f"{name}={text}" for name, text in _fields(value, "") if text != "none")
    return str(value)


def reading_differences(first: Assumptions, second: Assumptions) -> Iterator[Difference]:
    """Disputed readings that the two choose differently."""
    yield from _compared("assume", *({f"assume.{name}": text for name, text in _fields(each)} for each in (first, second)))


def flow_differences(first: Question, second: Question) -> Iterator[Difference]:
    """What two flows of one name ask differently."""
    place = f"flows.{first.name}"
    pairs = ({f"{place}.{name}": text for name, text in _fields(each) if name not in ("name", "written_to")} for each in (first, second))
    yield from _compared(place, *pairs)
