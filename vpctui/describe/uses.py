"""Where a resource is used: everything in the network that names it, as the lines that a person would have to edit."""

from collections.abc import Iterator
from functools import cache, lru_cache

from msgspec import Struct

from vpctui.address import Address, Prefix
from vpctui.engine.change import ALTERATIONS
from vpctui.engine.network import Network, Record

SHOWN = 40
"""Places that are shown; a security group may be named by thousands of interfaces."""


class Use(Struct, frozen=True):
    """One place that names the resource.

    `place` and `value` are in the change grammar where the place can be changed; otherwise `place` is the record and `value` its field.
    """

    record: str
    place: str
    value: str
    setting: bool = True


def values(identifier: str, network: Network) -> Iterator[tuple[str, str]]:
    """Places and present values of everything that can be changed on a resource."""
    record = network.get(identifier)
    for row in ALTERATIONS.get(type(record), {}).values():
        yield from row.current(record, network)


class Uses(Struct, frozen=True):
    """The first places that name a resource, in the order of the file, and how many records more do."""

    shown: tuple[Use, ...] = ()
    more: int = 0


def uses(identifier: str, base: Network, network: Network, changed: tuple[str, ...] = ()) -> Uses:
    """Where an id is named; `changed` are the ids that changes name."""
    candidates = tuple(dict.fromkeys((*_named_by(base).get(identifier, ()), *changed)))
    found: list[Use] = []
    for at, record_id in enumerate(candidates):
        if len(found) >= SHOWN:
            return Uses(tuple(found), _count(identifier, candidates[at:], network, changed))
        found += _uses_in(record_id, identifier, network)
    return Uses(tuple(found))


def _uses_in(record_id: str, identifier: str, network: Network) -> list[Use]:
    """The places of one record that name an id."""
    fields = _fields(record_id, identifier, network)
    if not fields:
        return []
    settings = [Use(record_id, place, value) for place, value in values(record_id, network) if _mentions(value, identifier) or _key(place) == identifier]
    return settings or [Use(record_id, record_id, field, False) for field in dict.fromkeys(fields)]


def _fields(record_id: str, identifier: str, network: Network) -> list[str]:
    """The fields of a record that hold an id."""
    record = network.get(record_id)
    if record is None or record_id == identifier:
        return []
    return [field for field, name in _names(record, network) if name == identifier]


def _count(identifier: str, candidates: tuple[str, ...], network: Network, changed: tuple[str, ...]) -> int:
    """How many of these records name an id: as many as do in the file, but for those that changes name."""
    moved = [record_id for record_id in changed if record_id in candidates]
    return len(candidates) - sum(not _fields(record_id, identifier, network) for record_id in moved)


def gather(base: Network) -> None:
    """Read who names whom in a whole network, once and at the start, so that no key pays for its size."""
    _named_by(base)


def _mentions(value: str, identifier: str) -> bool:
    """Whether an id is one of the words of a value; an id may itself hold blanks."""
    return identifier == value or identifier in value.replace(",", " ").split()


def _key(place: str) -> str:
    return place.partition("[")[2].removesuffix("]")


@lru_cache(maxsize=4)
def _named_by(base: Network) -> dict[str, tuple[str, ...]]:
    """For each id, the records that name it."""
    found: dict[str, list[str]] = {}
    for record in base:
        for name in {name for _, name in _names(record, base)}:
            found.setdefault(name, []).append(record.id)
    return {name: tuple(ids) for name, ids in found.items()}


def _names(record: Record, network: Network) -> Iterator[tuple[str, str]]:
    """Fields of a record and the ids that they hold, however deep."""
    for field in _telling(type(record)):
        value = getattr(record, field)
        # Most fields are empty or plain: looked at before anything is called, since the index visits every record.
        if not value or type(value) in _NO_NAMES:
            continue
        for text in (value,) if type(value) is str else _texts(value):
            if network.get(text) is not None:
                yield field, text


@cache
def _telling(kind: type[Struct]) -> tuple[str, ...]:
    """The fields of a kind of record that may hold an id."""
    return tuple(field for field in kind.__struct_fields__ if field != "id")


_NO_NAMES = (bool, int, Address, Prefix)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            if type(item) not in _NO_NAMES:
                yield from _texts(item)
    elif isinstance(value, Struct) and type(value) not in _NO_NAMES:
        for field in value.__struct_fields__:
            held = getattr(value, field)
            if held and type(held) not in _NO_NAMES:
                yield from _texts(held)
