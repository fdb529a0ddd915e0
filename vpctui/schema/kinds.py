"""The kinds of value that a field takes: text, switches, numbers, choices, references, lists, mappings."""

import re
from collections.abc import Mapping as Dict
from typing import Any

from vpctui.document import Mapping, Node, Scalar, Sequence
from vpctui.schema.reading import Json, Kind, Mistake, Reader, attempt, called, is_empty, scalar, unique
from vpctui.schema.spelling import nearest, quoted


class Text(Kind, frozen=True):
    """Any text."""

    def read(self, node: Node, reader: Reader, owner: str) -> str:
        return scalar(node, "text").text

    def json_schema(self) -> Json:
        return {"type": ["string", "number", "boolean"]}

    def names(self) -> str:
        return "text"


ON, OFF = ("on", "true", "yes"), ("off", "false", "no")
LIKE_ON = ("enable", "enabled", "active", "1", "y", "t", "オン", "有効")
LIKE_OFF = ("disable", "disabled", "inactive", "0", "n", "f", "none", "オフ", "無効")


class OnOff(Kind, frozen=True):
    """A boolean, written on/off, true/false or yes/no."""

    def read(self, node: Node, reader: Reader, owner: str) -> bool:
        text = scalar(node, "on or off").text
        word = text.lower()
        if word in ON:
            return True
        if word in OFF:
            return False
        mend = "on" if word in LIKE_ON else "off" if word in LIKE_OFF else nearest(text, (*ON, *OFF)) or "on or off"
        raise Mistake("E125", f"expected on or off, found {quoted(text)}", node, mend)

    def json_schema(self) -> Json:
        return {"enum": [*ON, *OFF, True, False]}

    def names(self) -> str:
        return "on or off"


class Integer(Kind, frozen=True):
    """A whole number in decimal, without leading zeros."""

    low: int = 0
    high: int = 2**31

    def read(self, node: Node, reader: Reader, owner: str) -> int:
        text = scalar(node, "an integer").text
        if not re.fullmatch(r"0|-?[1-9][0-9]{0,17}", text):
            raise Mistake("E106", f"expected an integer, found {quoted(text)}", node, self._meant(text))
        if not self.low <= int(text) <= self.high:
            raise Mistake("E106", f"{text} is not between {self.low} and {self.high}", node, str(min(max(int(text), self.low), self.high)))
        return int(text)

    def _meant(self, text: str) -> str:
        zeros = re.fullmatch(r"0+([0-9]{1,18})", text)
        if zeros:
            return f"{zeros[1]}, without the leading zero"
        whole = re.fullmatch(r"([0-9]{1,18})\.0+", text) or re.fullmatch(r"\+([0-9]{1,18})", text)
        return str(int(whole[1])) if whole else f"a number from {self.low} to {self.high}" if self.high < 2**31 else "a whole number"

    def json_schema(self) -> Json:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}

    def names(self) -> str:
        return f"{self.low} to {self.high}" if self.high < 2**31 else "a number"


class Port(Kind, frozen=True):
    """A TCP or UDP port."""

    def read(self, node: Node, reader: Reader, owner: str) -> int:
        text = scalar(node, "a port").text
        if not re.fullmatch(r"[1-9][0-9]{0,4}", text) or int(text) > 65535:
            zeros = re.fullmatch(r"0+([1-9][0-9]{0,4})", text)
            raise Mistake("E106", f"{quoted(text)} is not a port", node, zeros[1] if zeros else "one number from 1 to 65535")
        return int(text)

    def json_schema(self) -> Json:
        return {"type": "integer", "minimum": 1, "maximum": 65535}

    def names(self) -> str:
        return "a port"


class Choice(Kind, frozen=True):
    """One of a few words."""

    options: tuple[str, ...]
    aliases: Dict[str, str] = {}
    """Words that people write instead, and what they mean; used only to suggest."""

    def read(self, node: Node, reader: Reader, owner: str) -> str:
        text = scalar(node, " or ".join(self.options)).text
        if text in self.options:
            return text
        mend = self.aliases.get(text.lower()) or nearest(text, self.options) or "one of " + ", ".join(self.options)
        raise Mistake("E125", f"expected {_either(self.options)}, found {quoted(text)}", node, mend)

    def json_schema(self) -> Json:
        return {"enum": [*self.options, *(value for word, value in (("on", True), ("off", False)) if word in self.options)]}

    def names(self) -> str:
        return " | ".join(self.options)


def _either(words: tuple[str, ...]) -> str:
    return f"one of {', '.join(words)}" if len(words) > 2 else " or ".join(words)


class Reference(Kind, frozen=True):
    """The id of a resource in one of these sections; whether it exists is checked when all are read."""

    sections: tuple[str, ...]

    def read(self, node: Node, reader: Reader, owner: str) -> str:
        named = scalar(node, "an id")
        reader.references.append((named.text, self.sections, named, owner))
        return named.text

    def json_schema(self) -> Json:
        return {"type": "string"}

    def names(self) -> str:
        return "id in " + " or ".join(f"`{section}`" for section in self.sections)


class ListOf(Kind, frozen=True):
    """A list; one value may stand without brackets."""

    item: Kind

    def read(self, node: Node, reader: Reader, owner: str) -> tuple[Any, ...]:
        if is_empty(node):
            return ()
        if isinstance(node, Mapping):
            raise Mistake("E123", f"expected a list of {self.item.names()}, found a mapping", node, _as_list(node))
        if isinstance(node, Sequence):
            return tuple(value for item in node.items if (value := attempt(self.item, item, reader, owner)) is not None)
        return (self._single(node, reader, owner),)

    def _single(self, node: Scalar, reader: Reader, owner: str) -> Any:
        try:
            return self.item.read(node, reader, owner)
        except Mistake as mistake:
            if "," in node.text and mistake.code not in ("E220", "E221"):
                raise Mistake("E123", "a list is written in brackets", node, f"[{node.text}]") from None
            raise

    def json_schema(self) -> Json:
        item = self.item.json_schema()
        return {"anyOf": [item, {"type": "array", "items": item}]}

    def names(self) -> str:
        return f"list of {self.item.names()}"


def _as_list(node: Mapping) -> str:
    """The list that somebody meant who wrote `{22, 80}`."""
    if node.entries and all(is_empty(entry.value) for entry in node):
        return "[" + ", ".join(entry.key.text for entry in node) + "]"
    return ""


class MapOf(Kind, frozen=True):
    """A mapping; reads to a tuple of (key, value) pairs in the order of the file, so that it stays a value."""

    key: Kind
    value: Kind

    def read(self, node: Node, reader: Reader, owner: str) -> tuple[tuple[Any, Any], ...]:
        if is_empty(node):
            return ()
        if not isinstance(node, Mapping):
            raise Mistake("E123", f"expected a mapping of {self.key.names()} to {self.value.names()}, found {called(node)}", node)
        pairs = []
        for entry in unique(node, reader):
            key = attempt(self.key, entry.key, reader, owner)
            value = attempt(self.value, entry.value, reader, owner)
            if key is not None and value is not None:
                pairs.append((key, value))
        return tuple(pairs)

    def json_schema(self) -> Json:
        return {"type": "object", "additionalProperties": self.value.json_schema()}

    def names(self) -> str:
        return f"`{{{self.key.names()}: {self.value.names()}}}`"
