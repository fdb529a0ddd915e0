"""Where a resource is used: everything in the network that names it, as the lines that a person would have to edit."""

from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from vpctui.address import Address, Prefix
from vpctui.engine.change import ALTERATIONS
from vpctui.engine.network import Network, Record


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


def uses(identifier: str, base: Network, network: Network, changed: tuple[str, ...] = ()) -> list[Use]:
    """Every record that names an id, in the order of the file; `changed` are the ids that changes name."""
    found: list[Use] = []
    for record_id in dict.fromkeys((*_named_by(base).get(identifier, ()), *changed)):
        record = network.get(record_id)
        if record is None or record_id == identifier:
            continue
        fields = [field for field, name in _names(record, network) if name == identifier]
        if not fields:
            continue
        settings = [Use(record_id, place, value) for place, value in values(record_id, network) if _mentions(value, identifier) or _key(place) == identifier]
        found += settings or [Use(record_id, record_id, field, False) for field in dict.fromkeys(fields)]
    return found


def _mentions(value: str, identifier: str) -> bool:
    """Whether an id is one of the words of a value; an id may itself hold blanks."""
    return identifier == value or identifier in value.replace(",", " ").split()


def _key(place: str) -> str:
    return place.partition("[")[2].removesuffix("]")


@lru_cache(maxsize=4)
def _named_by(base: Network) -> dict[str, tuple[str, ...]]:
    """For each id, the records that name it."""
    found: dict[str, dict[str, None]] = {}
    for record in base:
        for _, name in _names(record, base):
            found.setdefault(name, {}).setdefault(record.id)
    return {name: tuple(ids) for name, ids in found.items()}


def _names(record: Record, network: Network) -> Iterator[tuple[str, str]]:
    """Fields of a record and the ids that they hold, however deep."""
    for field in record.__struct_fields__:
        value = getattr(record, field)
        # Most fields are empty, plain or an address: looked at before anything is called, since this visits every record once.
        if not value or field == "id" or type(value) in _NO_NAMES:
            continue
        for text in (value,) if type(value) is str else _texts(value):
            if network.get(text) is not None:
                yield field, text


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
