"""One reversible change: its grammar, its validation, what it makes of a network, its command lines.

`PLACE=VALUE`, `PLACE+=VALUE`, `PLACE-=VALUE`; `none` removes.  A place is a resource and a setting (`eni-fw.source_dest_check`), a table
and a key (`rtb-app[0.0.0.0/0]`), or a setting and a key (`acl-app.ingress[110]`).  Resources register what may be changed on them.
"""

from collections.abc import Callable, Iterator
from typing import Any, Literal

from msgspec import Struct

from vpctui.engine.network import Network, Record
from vpctui.schema import nearest, quoted

Operator = Literal["=", "+=", "-="]


class Change(Struct, frozen=True):
    """A change as it is written."""

    resource: str
    setting: str
    key: str
    operator: Operator
    value: str

    @property
    def place(self) -> str:
        """What is changed, in the grammar of the file."""
        return f"{self.resource}{'.' if self.setting else ''}{self.setting}{f'[{self.key}]' if self.key else ''}"

    @property
    def text(self) -> str:
        """The change in the grammar of the file."""
        return f"{self.place}{self.operator}{self.value}"


class Refusal(Struct, frozen=True):
    """A change that is not made.

    `reason` is a code of the reasons table; `error` and `message` are the API's (its wording, or ours where AWS's is not known); `hint`
    says what would make it legal; `rule` is the rule behind it.
    """

    reason: str
    message: str
    error: str = ""
    hint: str = ""
    rule: str = ""
    place: str = ""


def parse(text: str) -> Change | Refusal:
    """Read a change.  A Refusal with reason QUERY_INVALID says what is wrong with its grammar."""
    found = _operator(text)
    if found is None:
        return Refusal("QUERY_INVALID", f"{quoted(text)} is not a change", hint="write PLACE=VALUE, for example eni-fw.source_dest_check=on", place=text)
    operator, at = found
    left, value = text[:at], text[at + len(operator) :]
    if left != left.strip() or value != value.strip():
        tight = f"{left.strip()}{operator}{value.strip()}"
        return Refusal("QUERY_INVALID", f"spaces around {operator} in {quoted(text)}", hint=tight, place=text)
    key = ""
    if left.endswith("]"):
        left, _, key = left[:-1].rpartition("[")
    resource, dot, setting = left.rpartition(".")
    if key and not dot:
        resource, setting = left, ""
    if not resource or (not setting and not key) or not value:
        return Refusal("QUERY_INVALID", f"{quoted(text)} is not a change", hint="write RESOURCE.SETTING=VALUE or TABLE[DESTINATION]=TARGET", place=text)
    return Change(resource, setting, key, operator, value)


def _operator(text: str) -> tuple[Operator, int] | None:
    """The first operator outside brackets, and where it stands."""
    depth = 0
    for at, char in enumerate(text):
        depth += (char == "[") - (char == "]")
        if depth == 0 and char == "=":
            if at and text[at - 1] in "+-":
                return ("+=" if text[at - 1] == "+" else "-="), at - 1
            return "=", at
    return None


class Setting(Struct, frozen=True):
    """Something that can be changed on a resource: where, what it is now, and what else it could be."""

    place: str
    value: str
    choices: tuple[str, ...] = ()
    """Other legal or plausible values, in the order in which they are offered; two for a switch."""


Applied = tuple[Record, ...] | Refusal


class Alteration(Struct, frozen=True):
    """How one setting of a kind of resource is changed.

    `apply` returns the records to put in place, or a refusal; `current` lists places and values; `choices` offers values for a place;
    `commands` are the command lines that do the same in AWS or in the guest.
    """

    setting: str
    apply: Callable[[Any, Change, Network], Applied]
    current: Callable[[Any, Network], tuple[tuple[str, str], ...]]
    choices: Callable[[Any, str, Network], tuple[str, ...]]
    commands: Callable[[Any, Change, Network], tuple[str, ...]]


ALTERATIONS: dict[type, dict[str, Alteration]] = {}
STANDS_FOR: dict[type, Callable[[Any, Network], tuple[str, ...]]] = {}
"""Kinds whose settings may also be written on another record's id: an instance with one interface."""


def alterations(kind: type, *rows: Alteration) -> None:
    """Register what may be changed on records of a kind."""
    held = ALTERATIONS.setdefault(kind, {})
    for row in rows:
        held[row.setting] = row


def stands_for(kind: type, others: Callable[[Any, Network], tuple[str, ...]]) -> None:
    """Register the records that a setting may be meant for when the one that is named does not have it."""
    STANDS_FOR[kind] = others


def find(change: Change, network: Network) -> tuple[Record, Alteration, Change] | Refusal:
    """The record and alteration that a change is for, and the change as that record writes it."""
    record = network.get(change.resource)
    if record is None:
        right = nearest(change.resource, [found.id for found in network])
        hint = f"did you mean {right}{change.place.removeprefix(change.resource)}{change.operator}{change.value}?" if right else ""
        return Refusal("UNKNOWN_RESOURCE", f"unknown resource {quoted(change.resource)}", hint=hint, place=change.place)
    row = ALTERATIONS.get(type(record), {}).get(change.setting)
    if row is not None:
        return record, row, change
    others = STANDS_FOR[type(record)](record, network) if type(record) in STANDS_FOR else ()
    having = [other for other in others if change.setting in ALTERATIONS.get(type(network.get(other)), {})]
    if len(having) == 1:
        meant = Change(having[0], change.setting, change.key, change.operator, change.value)
        return find(meant, network)
    known = [*ALTERATIONS.get(type(record), {}), *{name for other in others for name in ALTERATIONS.get(type(network.get(other)), {})}]
    return _unknown_setting(change, record, having, known)


def _unknown_setting(change: Change, record: Record, having: list[str], known: list[str]) -> Refusal:
    if having:
        hint = f"name the interface: {having[0]}.{change.setting}{change.operator}{change.value}"
        return Refusal("QUERY_INVALID", f"{record.id} has several interfaces: {', '.join(having)}", hint=hint, place=change.place)
    right = nearest(change.setting, [name for name in known if name])
    hint = f"{change.resource}.{right}{change.operator}{change.value}" if right else "settings: " + ", ".join(sorted(name for name in known if name))
    return Refusal("QUERY_INVALID", f"unknown setting {quoted(change.setting or '[' + change.key + ']')} of {record.id}", hint=hint, place=change.place)


def apply(change: Change, network: Network) -> Network | Refusal:
    """The network with a change made (the very same one where nothing differs), or why it is refused."""
    found = find(change, network)
    if isinstance(found, Refusal):
        return found
    record, row, meant = found
    records = row.apply(record, meant, network)
    if isinstance(records, Refusal):
        return records
    differing = tuple(each for each in records if each != network.get(each.id))
    return network.put(*differing) if differing else network


def places(identifier: str, network: Network) -> tuple[str, ...]:
    """The places of everything that can be changed on a resource now, without asking what each could be: that may mean judging hundreds of tables."""
    record = network.get(identifier)
    return tuple(place for row in ALTERATIONS.get(type(record), {}).values() for place, _ in row.current(record, network))


def settings(identifier: str, network: Network) -> tuple[Setting, ...]:
    """Everything that can be changed on a resource now."""
    record = network.get(identifier)
    found = []
    for row in ALTERATIONS.get(type(record), {}).values():
        for place, value in row.current(record, network):
            choices = row.choices(record, place, network)
            found.append(Setting(place, value, choices))
    return tuple(found)


def setting_at(place: str, network: Network) -> Setting | None:
    """The setting at a place."""
    parsed = parse(f"{place}=none")
    if isinstance(parsed, Refusal):
        return None
    found = find(parsed, network)
    if isinstance(found, Refusal):
        return None
    record, row, meant = found
    value = next((value for at, value in row.current(record, network) if at == meant.place), "none")
    return Setting(meant.place, value, row.choices(record, meant.place, network))


def inverse(change: Change, before: Network) -> Change:
    """The change that takes this one back, in the network that it is made in."""
    swapped: dict[Operator, Operator] = {"+=": "-=", "-=": "+=", "=": "="}
    if change.operator != "=":
        return Change(change.resource, change.setting, change.key, swapped[change.operator], change.value)
    held = setting_at(change.place, before)
    return Change(change.resource, change.setting, change.key, "=", held.value if held else "none")


def commands(change: Change, network: Network) -> tuple[str, ...]:
    """The command lines that make a change in AWS or in a guest, in the network before it."""
    found = find(change, network)
    if isinstance(found, Refusal):
        return ()
    record, row, meant = found
    return row.commands(record, meant, network)


def each(network: Network, identifiers: tuple[str, ...]) -> Iterator[Setting]:
    """The settings of several resources."""
    for identifier in identifiers:
        yield from settings(identifier, network)
