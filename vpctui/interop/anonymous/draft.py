"""Everything in a draft that tells whose network it is, replaced: ids, addresses, names, zones, comments, title."""

import re
from typing import Any

from msgspec import Struct

from vpctui.address import Prefix, parse_address, parse_prefix
from vpctui.interop.anonymous.addresses import Addresses
from vpctui.interop.anonymous.names import Names
from vpctui.interop.aws.account import Account
from vpctui.interop.aws.draft import Draft, Entry

TOKENS = re.compile(r"([\s,;()'\"]+)")
KEPT_NOTES = ("assumed", "warning", "error")


class Legend(Struct):
    """What stood where: new names and addresses with the old ones, and the key under which the same ones come out again."""

    key: str
    ids: dict[str, str]
    addresses: dict[str, str]


class Anonymizer:
    """Replaces in one draft."""

    def __init__(self, draft: Draft, key: bytes) -> None:
        self._draft, self._key = draft, key
        sections = draft.sections
        inline = [name for name, entry in sections.get("instances", {}).items() if "network_interfaces" not in entry.fields]
        self.names = Names(_holders(draft), inline)
        self._addresses = Addresses(key, tuple(_subnets(draft)))
        self._zones = {zone: f"az-{at}" for at, zone in enumerate(sorted(_zones(draft)), 1)}
        self._seen: dict[str, str] = {}

    def apply(self) -> Draft:
        """Another draft with everything replaced; the one that it was made from stays."""
        other = Draft(Account())  # what was said about the account names its things
        for section, entries in self._draft.sections.items():
            names = self.names.inside if section == "flows" else self._text
            other.sections[section] = {names(name): Entry(self._value(entry.fields), self._comments(entry)) for name, entry in entries.items()}
        return other

    def legend(self) -> Legend:
        """After `apply`: what was replaced by what."""
        zones = {new: old for old, new in self._zones.items()}
        return Legend(self._key.hex(), {**self.names.legend, **zones}, {new: old for old, new in self._seen.items() if new != old})

    def _comments(self, entry: Entry) -> list[str]:
        """Comments with other names; a Name tag gets a number."""
        found = []
        for line in entry.comments:
            lead, colon, rest = line.partition(": ")
            if lead == "Name" and colon:
                found.append(f"Name: {self.names.other('name', rest)}")
            elif lead in KEPT_NOTES:
                found.append(f"{lead}: {self._sentence(rest)}")
        return found

    def _sentence(self, text: str) -> str:
        return self.names.strangers("".join(self._text(word) for word in TOKENS.split(text)))

    def _value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self._value(key): self._value(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._value(item) for item in value]
        if not isinstance(value, str):
            return value
        whole = self._zones.get(value) or self._text(value)
        return whole if whole != value else self._sentence(value) if " " in value else self.names.strangers(value)

    def _text(self, word: str) -> str:
        """One word: an id, an address, a block, either with a port behind it; anything else as it is."""
        new = self.names.id(word)
        if new is not None:
            return new
        place = self._address(word)
        if place is not None:
            return place
        lead, colon, port = word.rpartition(":")
        if colon:
            inner = lead[1:-1] if lead.startswith("[") else lead
            new = self.names.id(lead) or self._address(inner)
            if new is not None:
                return f"[{new}]:{port}" if lead.startswith("[") else f"{new}:{port}"
        return word

    def _address(self, word: str) -> str | None:
        """The image of an address or block; None where the word is none."""
        if not word or not (word[0].isdigit() or ":" in word):
            return None
        known = self._seen.get(word)
        if known is None:
            try:
                known = str(self._addresses.prefix(parse_prefix(word)) if "/" in word else self._addresses.address(parse_address(word)))
            except ValueError:
                return None
            self._seen[word] = known
        return known


def _holders(draft: Draft) -> dict[str, str]:
    found = dict(draft.holders)
    for section, entries in draft.sections.items():
        if section not in ("flows", "assume"):
            found.update(dict.fromkeys(entries, section))
    return found


def _subnets(draft: Draft) -> list[Prefix]:
    texts = [str(entry.fields[key]) for entry in draft.sections.get("subnets", {}).values() for key in ("cidr", "ipv6_cidr") if entry.fields.get(key)]
    return [parse_prefix(text) for text in texts]


def _zones(draft: Draft) -> set[str]:
    found = {str(entry.fields.get("az", "")) for entry in draft.sections.get("subnets", {}).values()}
    return {zone for zone in found if len(zone) > 1}
