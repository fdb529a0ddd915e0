"""The rows of a route table as somebody writes them: a CIDR or a prefix list, and a target.  Rules R-013, R-018, R-038, R-042, R-082."""

from msgspec import Struct

from vpctui.address import Prefix
from vpctui.document import Mapping, Node, Scalar
from vpctui.schema import Json, Kind, Mistake, Reader, quoted, read_prefix, scalar, unique
from vpctui.schema.reading import is_empty


class Route(Struct, frozen=True):
    """One row that somebody wrote: a CIDR or a prefix list id, and a target."""

    destination: Prefix | str
    target: str
    origin: str = "static"
    state: str = "active"
    """`blackhole`, or `filtered`, where the file says so; the state in force also depends on the target."""


ORIGINS = ("static", "propagated", "advertised")
"""`advertised`: installed by a VPC Route Server from what an appliance announced (R-082)."""
STATES = ("active", "blackhole", "filtered")
"""`filtered` is in the API and nowhere explained; it does not forward (R-038, C-17)."""

TARGETS = ["instances", "load_balancers", "endpoint_services"]
"""Sections whose ids a route can name: these three to say what is meant instead, and each that registers itself as a route target."""


class RouteEntries(Kind, frozen=True):
    """`{DESTINATION: TARGET}`; a destination is a CIDR or a prefix list, a target an id, `local`, `blackhole`, or `{target, origin, state}`."""

    def read(self, node: Node, reader: Reader, owner: str) -> tuple[Route, ...]:
        if is_empty(node):
            return ()
        if not isinstance(node, Mapping):
            raise Mistake("E123", f"routes of {owner} must map destinations to targets", node, "0.0.0.0/0: igw")
        found = []
        for entry in unique(node, reader):
            reader.places[(owner, f"[{entry.key.text}]")] = entry.value.mark
            reader.places[(owner, f"[{entry.key.text}].destination")] = entry.key.mark
            try:
                found.append(self.row(entry.key, entry.value, reader, owner))
            except Mistake as mistake:
                reader.mistake(mistake, entry.value)
        return tuple(found)

    def row(self, key: Scalar, value: Node, reader: Reader, owner: str) -> Route:
        """One row.  Raises Mistake for a bad destination or a bad target."""
        destination = read_destination(key, reader, owner)
        if not isinstance(value, Mapping):
            return self._target(destination, scalar(value, "a target"), "static", "active", reader, owner)
        words = {entry.key.text: scalar(entry.value, "a word") for entry in unique(value, reader)}
        for name in words.keys() - {"target", "origin", "state"}:
            raise Mistake("E122", f"unknown field {quoted(name)} of a route", words[name], "target, origin, state")
        if "target" not in words:
            raise Mistake("E124", f"the route to {key.text} of {owner} needs a target", value, "target: igw")
        for name, options in (("origin", ORIGINS), ("state", STATES)):
            if name in words and words[name].text not in options:
                raise Mistake("E125", f"expected {', '.join(options[:-1])} or {options[-1]}, found {quoted(words[name].text)}", words[name], options[0])
        origin, state_ = (words[name].text if name in words else default for name, default in (("origin", "static"), ("state", "active")))
        return self._target(destination, words["target"], origin, state_, reader, owner)

    @staticmethod
    def _target(destination: Prefix | str, named: Scalar, origin: str, written_state: str, reader: Reader, owner: str) -> Route:
        if named.text == "blackhole":
            return Route(destination, "blackhole", origin, "blackhole")
        if named.text != "local":
            reader.references.append((named.text, TARGETS, named, owner))
        return Route(destination, named.text, origin, written_state)

    def json_schema(self) -> Json:
        long = {
            "type": "object",
            "properties": {"target": {"type": "string"}, "origin": {"enum": list(ORIGINS)}, "state": {"enum": list(STATES)}},
        }
        return {"type": "object", "additionalProperties": {"anyOf": [{"type": "string"}, {**long, "required": ["target"], "additionalProperties": False}]}}

    def names(self) -> str:
        return "`{DESTINATION: TARGET}`"


def read_destination(key: Scalar, reader: Reader, owner: str) -> Prefix | str:
    """A CIDR, or the id of a prefix list.  Raises Mistake."""
    if key.text[:1].isalpha() and ":" not in key.text and "/" not in key.text:
        reader.references.append((key.text, ("prefix_lists",), key, owner))
        return key.text
    return read_prefix(key)
