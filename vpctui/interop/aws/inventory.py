"""The objects of an account with their types; what has a wrong type is told with its place and left out, the object stays."""

import re
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from vpctui.interop.aws.account import Account, Json, Source, is_usable

T = TypeVar("T")
PLACE = re.compile(r"^(?P<why>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)
STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]|\[\.\.\.\]")
MOST_REPAIRS = 50


class Inventory:
    """Typed objects by kind and id."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._typed: dict[tuple[str, type], dict[str, Any]] = {}

    def of(self, kind: str, shape: type[T]) -> dict[str, T]:
        """The objects of a kind by id, in the order in which they were found; converted once."""
        held: dict[str, T] | None = self._typed.get((kind, shape))
        if held is None:
            held = self._typed[kind, shape] = dict(self._all(kind, shape))
        return held

    def source(self, kind: str, identifier: str) -> Source | None:
        """Where an object stands."""
        held = self.account.of(kind).get(identifier)
        return held.source if held else None

    def parts(self, kind: str, parent: str, shape: type[T]) -> list[T]:
        """The objects of an answer about one parent."""
        held = self.account.of(kind).get(parent)
        items = held.values["Items"] if held else []
        found = (self.typed(item, shape, held.source.below(str(at))) for at, item in enumerate(items)) if held else ()
        return [item for item in found if item is not None]

    def _all(self, kind: str, shape: type[T]) -> Iterator[tuple[str, T]]:
        for identifier, held in self.account.of(kind).items():
            if kind != "Addresses" and not is_usable(identifier):
                self.account.note("error", f"{identifier[:60]!r} cannot be the id of a resource; it is skipped", held.source)
                continue
            value = self.typed(held.values, shape, held.source)
            if value is not None:
                yield identifier, value

    def typed(self, values: Any, shape: type[T], source: Source) -> T | None:
        """One object; None, with an error noted, where what it needs is missing."""
        try:
            return msgspec.convert(values, shape, strict=False)
        except msgspec.ValidationError as error:
            return self._repaired(values, shape, source, error)

    def _repaired(self, values: Any, shape: type[T], source: Source, error: msgspec.ValidationError) -> T | None:
        """Without nulls, which some collectors write for what is absent, and without what has a wrong type."""
        values = without_nulls(values)
        for _ in range(MOST_REPAIRS):
            try:
                return msgspec.convert(values, shape, strict=False)
            except msgspec.ValidationError as another:
                error = another
            why, pointer = _place(error)
            if not pointer or not strip(values, pointer):
                break
            self.account.note("warning", f"{why[:1].lower()}{why[1:]}; it is left out", source.below(pointer))
        self.account.note("error", f"the object cannot be read ({error}); it is skipped", source)
        return None


def _place(error: msgspec.ValidationError) -> tuple[str, str]:
    """What is wrong, and where as a JSON Pointer; empty for the object itself."""
    found = PLACE.match(str(error))
    path = found["path"] or "" if found else ""
    return found["why"] if found else str(error), "".join(f"/{name or number}" for name, number in STEP.findall(path))


def without_nulls(value: Any) -> Any:
    """A copy without the keys whose value is null."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value if item is not None]
    return value


def strip(values: Json, pointer: str) -> bool:
    """Take one place out of nested values; whether it was there."""
    *steps, last = pointer.strip("/").split("/")
    holder: Any = values
    for step in steps:
        holder = holder.get(step) if isinstance(holder, dict) else holder[int(step)] if step.isdigit() and isinstance(holder, list) else None
        if holder is None:
            return False
    if isinstance(holder, dict) and last in holder:
        del holder[last]
        return True
    if isinstance(holder, list) and last.isdigit() and int(last) < len(holder):
        del holder[int(last)]
        return True
    return False
