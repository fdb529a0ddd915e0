"""Ready-made alterations for part 4 of a resource file: one field, a list, a keyed entry; and the words of AWS CLI lines."""

import re
from collections.abc import Callable
from typing import Any, TypeVar, get_args

from msgspec.structs import fields, replace

from vpctui.document import Scalar
from vpctui.engine.change import Alteration, Applied, Change, Refusal
from vpctui.engine.network import Network, Record
from vpctui.schema import Choice, Kind, Mistake, OnOff, Reader, Reference, value_text

R = TypeVar("R", bound=Record)
Check = Callable[[Any, Any, Network], Refusal | None]
Command = Callable[[Any, Any, Network], tuple[str, ...]]
Offer = Callable[[Any, Network], tuple[str, ...]]
Get = Callable[[Any], Any]
Put = Callable[[Any, Any], Record]


def read_value(kind: Kind, change: Change, network: Network) -> Any | Refusal:
    """The value of a change, by the same kind that reads the file; ids must exist (UNKNOWN_RESOURCE)."""
    reader = Reader()
    try:
        value = kind.read(Scalar(change.value), reader, change.resource)
    except Mistake as mistake:
        return Refusal("QUERY_INVALID", mistake.message, hint=mistake.mend, place=change.place)
    if reader.problems:
        return Refusal("QUERY_INVALID", reader.problems[0].message, hint=reader.problems[0].mend, place=change.place)
    for identifier, sections, _, _ in reader.references:
        record = network.get(identifier)
        if record is None:
            return Refusal("UNKNOWN_RESOURCE", f'unknown resource "{identifier}"', place=change.place)
        if _section(record) not in sections:
            return Refusal("QUERY_INVALID", f"{identifier} is in {_section(record)}", hint=f"an {kind.names()}".replace("`", ""), place=change.place)
    return value


def _section(record: Record) -> str:
    """The section of files that a kind of record is named after: `RouteTable` stands in `route_tables`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(record).__name__).lower() + "s"


def field(
    setting: str,
    kind: Kind,
    *,
    check: Check | None = None,
    command: Command | None = None,
    offer: Offer | None = None,
    get: Get | None = None,
    put: Put | None = None,
    nothing: Any = None,
) -> Alteration:
    """A setting that holds one value: `PLACE=VALUE`, `none` for `nothing`.

    `check` may refuse a value; `command` gives the command lines for it; `offer` the values to choose from; `get` and `put` reach the
    value where it is not a field of the record with the setting's name.
    """
    read = get or (lambda record: getattr(record, setting))
    write = put or (lambda record, value: replace(record, **{setting: value}))

    def apply(record: Any, change: Change, network: Network) -> Applied:
        if change.operator != "=" or change.key:
            return Refusal("QUERY_INVALID", f"{change.place} takes {change.resource}.{setting}=VALUE", place=change.place)
        value = nothing if change.value == "none" and not isinstance(kind, Choice) else read_value(kind, change, network)
        if value is None and not _may_be_nothing(record, setting):
            return Refusal("QUERY_INVALID", f"{change.place} cannot be none", hint=kind.names().replace("`", ""), place=change.place)
        if isinstance(value, Refusal):
            return value
        refusal = check(record, value, network) if check else None
        return refusal or (write(record, value),)

    def current(record: Any, network: Network) -> tuple[tuple[str, str], ...]:
        return ((f"{record.id}.{setting}", value_text(read(record))),)

    def choices(record: Any, place: str, network: Network) -> tuple[str, ...]:
        if isinstance(kind, OnOff):
            return ("on", "off")
        if isinstance(kind, Choice):
            return kind.options
        return offer(record, network) if offer else ()

    def commands(record: Any, change: Change, network: Network) -> tuple[str, ...]:
        value = nothing if change.value == "none" and not isinstance(kind, Choice) else read_value(kind, change, network)
        return command(record, value, network) if command and not isinstance(value, Refusal) else ()

    return Alteration(setting, apply, current, choices, commands)


def _may_be_nothing(record: Any, setting: str) -> bool:
    """Whether records of this kind can be without a value there; a setting that is no field of the record judges that itself."""
    held = next((each for each in fields(type(record)) if each.name == setting), None)
    return held is None or type(None) in get_args(held.type)


class Members:
    """A setting that holds a list, taken apart into what each operator does."""

    def __init__(self, setting: str, item: Kind, check: Check | None, get: Get, put: Put) -> None:
        self.setting, self.item, self.check, self.get, self.put = setting, item, check, get, put

    def apply(self, record: Any, change: Change, network: Network) -> Applied:
        """`+=` adds, `-=` takes away, `=` replaces."""
        if change.operator == "=":
            return self._replace(record, change, network)
        value = read_value(self.item, change, network)
        if isinstance(value, Refusal):
            return value
        held = tuple(self.get(record))
        if change.operator == "-=":
            return self._take(record, value, held, change)
        refusal = self.check(record, value, network) if self.check else None
        return refusal or (self.put(record, held if value in held else (*held, value)),)

    def _take(self, record: Any, value: Any, held: tuple[Any, ...], change: Change) -> Applied:
        if value in held:
            return (self.put(record, tuple(each for each in held if each != value)),)
        reason = "ROUTE_REFUSED_NOT_FOUND" if isinstance(self.item, Reference) else "QUERY_INVALID"
        hint = ", ".join(value_text(each) for each in held)
        return Refusal(reason, f"{value_text(value)} is not in {change.place}", error="InvalidPermission.NotFound", hint=hint, place=change.place)

    def _replace(self, record: Any, change: Change, network: Network) -> Applied:
        values = []
        for text in [] if change.value == "none" else change.value.split(","):
            value = read_value(self.item, Change(change.resource, self.setting, "", "=", text.strip()), network)
            if isinstance(value, Refusal):
                return value
            refusal = self.check(record, value, network) if self.check else None
            if refusal:
                return refusal
            values.append(value)
        return (self.put(record, tuple(values)),)

    def current(self, record: Any, network: Network) -> tuple[tuple[str, str], ...]:
        """The one place, with the whole list."""
        return ((f"{record.id}.{self.setting}", value_text(tuple(self.get(record))) or "none"),)


def members(
    setting: str,
    item: Kind,
    *,
    check: Check | None = None,
    command: Callable[[Any, str, Any], tuple[str, ...]] | None = None,
    get: Get | None = None,
    put: Put | None = None,
) -> Alteration:
    """A setting that holds a list: `+=` adds, `-=` takes away, `=` replaces; `command` gets the record, the operator and the value."""
    read = get or (lambda record: getattr(record, setting))
    write = put or (lambda record, value: replace(record, **{setting: value}))
    rows = Members(setting, item, check, read, write)

    def commands(record: Any, change: Change, network: Network) -> tuple[str, ...]:
        return command(record, change.operator, change.value) if command else ()

    return Alteration(setting, rows.apply, rows.current, lambda record, place, network: (), commands)


def refused(setting: str, refusal: Callable[[Any, Change, Network], Refusal]) -> Alteration:
    """A setting that this kind of resource never takes, with the reason."""

    def apply(record: Any, change: Change, network: Network) -> Applied:
        return refusal(record, change, network)

    return Alteration(setting, apply, lambda record, network: (), lambda record, place, network: (), lambda record, change, network: ())


def ec2(operation: str, **options: str | bool | None) -> str:
    """`aws ec2 OPERATION --option value …`; True is an option without a value, None is left out."""
    words = [f"aws ec2 {operation}"]
    for name, value in options.items():
        if value is None or value is False:
            continue
        option = "--" + name.strip("_").replace("_", "-")
        words.append(option if value is True else f"{option} {_shell(value)}")
    return " ".join(words)


def _shell(value: str) -> str:
    plain = all(char.isalnum() or char in "-_./:,@%+=" for char in value)
    return value if plain and value else "'" + value.replace("'", "'\"'\"'") + "'"
