"""Ids: each unique in the whole file (E126), each reference to one that exists (E202) and that can be meant there (E201)."""

from collections.abc import Iterator, Sequence

import vpctui.aws
from vpctui.aws.instance import Instance
from vpctui.aws.internet import ENDS
from vpctui.aws.network_interface import NetworkInterface, attached
from vpctui.aws.reading import Document, Item
from vpctui.aws.route_entries import TARGETS
from vpctui.document import Scalar
from vpctui.engine.network import Network, Record
from vpctui.schema import quoted

RESERVED = (*ENDS, "local", "blackhole", "none", "assume", "flows")
"""Words of the format itself."""


def records(document: Document) -> Iterator[Record]:
    """The records of every resource, each id once."""
    holders: dict[str, Item] = {}
    for name, items in document.sections.items():
        section, module = vpctui.aws.SECTIONS[name]
        for identifier, values in items.items():
            item = Item(identifier, values, document, name, section.noun)
            for record in module.read(item):
                holder = holders.setdefault(record.id, item)
                if holder is item:
                    yield record
                else:
                    _taken(record.id, holder, item)
            if identifier in RESERVED:
                item.problem("E126", f"id {quoted(identifier)} is a word of the format itself", "", f"another id, such as {identifier}-2")


def _taken(identifier: str, first: Item, second: Item) -> None:
    """E126 where one of two ids is not written: the one of an interface that stands inline; two written ones are noted already."""
    reader = second.document.reader
    inline = next((item for item in (second, first) if item.id != identifier and not item.values.get("network_interfaces")), None)
    if inline is None:
        return
    written = reader.identifiers.get(identifier)
    at, other = (written[0], inline) if written else (second.mark(), first)
    message = f"id {quoted(identifier)} already used at line {other.mark().line} (the interface of {other.id})"
    reader.problem("E126", message, at, f"another id, such as {identifier}-2")


class References:
    """Checks every id that the file names."""

    def __init__(self, document: Document, network: Network) -> None:
        self._document, self._network, self._reader = document, network, document.reader
        self._section = {identifier: name for name, items in document.sections.items() for identifier in items}

    def check(self) -> None:
        """Note E201 and E202."""
        for identifier, sections, node, owner in self._reader.references:
            if not identifier or (self._stands_in(identifier, sections) and (sections is not TARGETS or self._carries(identifier))):
                continue
            record = self._network.get(identifier)
            if record is None and not self._reader.doubts(identifier):
                self._unknown(identifier, sections, node, owner)
            elif record is not None and not self._fits(record, sections):
                self._wrong_kind(record, sections, node, owner)

    def _stands_in(self, identifier: str, sections: Sequence[str]) -> bool:
        return any(identifier in self._document.of(section) for section in sections)

    def _carries(self, identifier: str) -> bool:
        """Whether some route can have it as a target (R-042): no instance, no service behind an endpoint."""
        return self._section[identifier] not in ("instances", "load_balancers", "endpoint_services")

    def _fits(self, record: Record, sections: Sequence[str]) -> bool:
        """Whether something that no section holds by itself may be meant: an interface of an instance, an attachment."""
        if record.id in self._section or record.id in ENDS:
            return False
        if isinstance(record, NetworkInterface):
            return "network_interfaces" in sections
        return any(section not in vpctui.aws.SECTIONS for section in sections)

    def _unknown(self, identifier: str, sections: Sequence[str], node: Scalar, owner: str) -> None:
        noun = "route target" if sections is TARGETS else _noun(sections[0])
        held = self._holder(owner)
        self._reader.problem("E202", f"unknown {noun} {quoted(identifier)} in {held}", node, self._nearest(identifier, sections))

    def _nearest(self, identifier: str, sections: Sequence[str]) -> str:
        known = [name for section in sections if section != "instances" or sections is not TARGETS for name in self._document.of(section)]
        if "network_interfaces" in sections:
            known += [record.id for record in self._network.all(NetworkInterface) if record.id not in self._section]
        if not known:
            return "" if sections is TARGETS else f"describe it under {sections[0]}"
        some = ", ".join(known[:5]) + (", …" if len(known) > 5 else "")
        return self._reader.nearest(identifier, known) or f"one of {some}"

    def _wrong_kind(self, record: Record, sections: Sequence[str], node: Scalar, owner: str) -> None:
        kind = _noun(self._section.get(record.id, "network_interfaces")) if record.id not in ENDS else "network"
        if sections is not TARGETS:
            wanted = " or ".join(_noun(section) for section in sections)
            message = f"{self._holder(owner)} needs a {wanted}, found {kind} {quoted(record.id)}"
            self._reader.problem("E202", message, node, self._nearest(record.id, sections))
        elif self._section.get(record.id) in ("load_balancers", "endpoint_services"):
            self._reader.problem("E201", f"{quoted(record.id)} is a service, not a target", node, ", ".join(self._endpoints()) or "a VPC endpoint")
        else:
            self._reader.problem("E201", f"a route needs an interface or a gateway, found {kind} {quoted(record.id)}", node, self._instead(record))

    def _instead(self, record: Record) -> str:
        """What a route can have as its target in the place of this record."""
        if not isinstance(record, Instance):
            return ""
        interfaces = [interface.id for interface in attached(record.id, self._network)]
        return f"{interfaces[0]} (the only interface of {record.id})" if len(interfaces) == 1 else " or ".join(interfaces)

    def _endpoints(self) -> list[str]:
        """Endpoints that lead to a service, a few of them."""
        endpoints = self._document.of("vpc_endpoints")
        return [name for name, values in endpoints.items() if values.get("type") == "gateway_load_balancer"][:4]

    def _holder(self, owner: str) -> str:
        section = self._section.get(owner)
        return f"{_noun(section)} {owner}" if section else owner


def _noun(section: str) -> str:
    """What one resource of a section is called in a sentence."""
    found = vpctui.aws.SECTIONS.get(section)
    return found[0].noun if found else section.replace("_", " ").removesuffix("s")
