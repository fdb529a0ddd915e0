"""An immutable network: records by id, and an index from any key to the ids that answer to it.

Changing one record makes a new network that shares everything else, so a flip costs the same in a network of ten interfaces and of a
hundred thousand.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar, cast

from msgspec import Struct

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
R = TypeVar("R")

_GONE: Any = object()


class Layered(Generic[Key, Value]):
    """A dictionary that never changes: a large base that many versions share, and a few entries laid over it."""

    __slots__ = ("_base", "_over")

    def __init__(self, base: Mapping[Key, Value], over: Mapping[Key, Value] | None = None) -> None:
        self._base = base
        self._over: Mapping[Key, Value] = over or {}

    def get(self, key: Key) -> Value | None:
        """The value, or None."""
        found = self._over.get(key)
        if found is None:
            return self._base.get(key)
        return None if found is _GONE else found

    def __iter__(self) -> Iterator[Key]:
        for key in self._base:
            if self._over.get(key) is not _GONE:
                yield key
        for key, value in self._over.items():
            if value is not _GONE and key not in self._base:
                yield key

    def with_entries(self, entries: Mapping[Key, Value | None]) -> "Layered[Key, Value]":
        """The same with these entries; None takes one away."""
        laid = {key: _GONE if value is None else value for key, value in entries.items()}
        return Layered(self._base, {**self._over, **laid})


class Record(Struct, frozen=True, kw_only=True):
    """Anything with an id: every resource of a scenario.  Ids are unique in a network, whatever the kind."""

    id: str


IndexKeys = Callable[[Any], Iterable[Hashable]]
_INDEX_KEYS: dict[type, IndexKeys] = {}


def indexes(kind: type[R]) -> Callable[[Callable[[R], Iterable[Hashable]]], Callable[[R], Iterable[Hashable]]]:
    """Register the function that names the index keys under which records of this kind are found."""

    def register(keys: Callable[[R], Iterable[Hashable]]) -> Callable[[R], Iterable[Hashable]]:
        _INDEX_KEYS[kind] = keys
        return keys

    return register


def _keys(record: Record) -> tuple[Hashable, ...]:
    keys = _INDEX_KEYS.get(type(record))
    return tuple(dict.fromkeys(keys(record))) if keys else ()


class Network:
    """All records of a scenario, and what can be found by index.  Never changes; `put` makes another one."""

    __slots__ = ("_index", "_records")

    def __init__(self, records: Iterable[Record]) -> None:
        by_id: dict[str, Record] = {record.id: record for record in records}
        index: dict[Hashable, tuple[str, ...]] = {}
        gathered: dict[Hashable, list[str]] = {}
        for record in by_id.values():
            for key in _keys(record):
                gathered.setdefault(key, []).append(record.id)
        for key, ids in gathered.items():
            index[key] = tuple(ids)
        self._records: Layered[str, Record] = Layered(by_id)
        self._index: Layered[Hashable, tuple[str, ...]] = Layered(index)

    def get(self, identifier: str) -> Record | None:
        """The record with that id, or None."""
        return self._records.get(identifier)

    def the(self, kind: type[R], identifier: str) -> R:
        """The record with that id, which the caller knows to be of this kind.  Raises LookupError otherwise."""
        record = self._records.get(identifier)
        if not isinstance(record, kind):
            raise LookupError(f"{identifier} is not a {kind.__name__}")
        return record

    def find(self, kind: type[R], identifier: str | None) -> R | None:
        """The record with that id if it is of this kind."""
        record = self._records.get(identifier) if identifier else None
        return record if isinstance(record, kind) else None

    def ids(self, key: Hashable) -> tuple[str, ...]:
        """Ids of the records that answer to an index key, in the order of the file."""
        return self._index.get(key) or ()

    def first(self, kind: type[R], key: Hashable) -> R | None:
        """The first record that answers to an index key."""
        found = self._index.get(key)
        return cast(R, self._records.get(found[0])) if found else None

    def all(self, kind: type[R]) -> Iterator[R]:
        """Every record of a kind; visits the whole network, so never while a packet is forwarded."""
        for identifier in self._records:
            record = self._records.get(identifier)
            if isinstance(record, kind):
                yield record

    def __iter__(self) -> Iterator[Record]:
        return self.all(Record)

    def put(self, *records: Record) -> "Network":
        """The network with these records in place of those with the same ids."""
        over: dict[str, Record | None] = {}
        index: dict[Hashable, tuple[str, ...] | None] = {}
        for record in records:
            before = over.get(record.id) or self._records.get(record.id)
            old, new = _keys(before) if before else (), _keys(record)
            for key in old:
                if key not in new:
                    left = tuple(i for i in self._held(index, key) if i != record.id)
                    index[key] = left or None
            for key in new:
                if key not in old:
                    index[key] = (*self._held(index, key), record.id)
            over[record.id] = record
        changed = Network.__new__(Network)
        changed._records = self._records.with_entries(over)
        changed._index = self._index.with_entries(index) if index else self._index
        return changed

    def _held(self, pending: Mapping[Hashable, tuple[str, ...] | None], key: Hashable) -> tuple[str, ...]:
        return (pending[key] or ()) if key in pending else self.ids(key)
