"""Listeners and targets of a load balancer as the file has them.  Rules R-197, R-200, R-209."""

import re
from typing import Any

from msgspec import Struct

from vpctui.address import Address, parse_address
from vpctui.document import Mapping, Node, Sequence
from vpctui.packet import socket_text
from vpctui.schema import Choice, Field, Json, Kind, ListOf, Mistake, Port, Reader, quoted, read_fields, scalar, unique

PROTOCOLS = {"network": ("tcp", "tls", "udp", "tcp_udp"), "application": ("http", "https"), "classic": ("tcp", "ssl", "http", "https")}
"""What listeners of each type speak; the first is the default."""


class Target(Struct, frozen=True):
    """A registered target: the instance or Application Load Balancer that is `named`, else an address; and a port."""

    named: str
    address: Address | None
    port: int

    @property
    def text(self) -> str:
        """The target as the file has it, its port filled in."""
        return socket_text(self.address, self.port) if self.address else f"{self.named}:{self.port}"


class Listener(Struct, frozen=True):
    """What is done with one port: the protocol that is spoken there, and who gets it."""

    port: int
    protocol: str
    targets: tuple[Target, ...]

    def takes(self, protocol: str, port: int) -> bool:
        """Whether a packet of this protocol to this port is for the listener."""
        spoken = {"udp": ("udp",), "tcp_udp": ("tcp", "udp")}.get(self.protocol, ("tcp",))
        return port == self.port and protocol in spoken


class TargetText(Kind, frozen=True):
    """`i-web:8080`, `10.0.1.5:8080`, `alb:80`; without a port the listener's."""

    def read(self, node: Node, reader: Reader, owner: str) -> Target:
        written = scalar(node, "a target")
        host, port = _split(written.text)
        if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise Mistake("E106", f"{quoted(port)} is not a port", node, f"{host}:8080")
        number = int(port or 0)
        try:
            return Target("", parse_address(host), number)
        except ValueError:
            reader.references.append((host, ("instances", "load_balancers"), written, owner))
            return Target(host, None, number)

    def json_schema(self) -> Json:
        return {"type": "string"}

    def names(self) -> str:
        return '`"INSTANCE:PORT"` or `"IP:PORT"`'


def _split(text: str) -> tuple[str, str]:
    bracketed = re.fullmatch(r"\[([^\]]*)\](?::(.*))?", text)
    if bracketed:
        return bracketed[1], bracketed[2] or ""
    host, _, port = text.partition(":") if text.count(":") == 1 else (text, "", "")
    return host, port


LISTENER_FIELDS = (
    Field("targets", ListOf(TargetText()), "who gets it", ()),
    Field("protocol", Choice(tuple(dict.fromkeys(word for words in PROTOCOLS.values() for word in words))), "the protocol of the listener"),
)


class Listeners(Kind, frozen=True):
    """`{PORT: {targets: […], protocol}}`, or short `{PORT: [targets]}`."""

    def read(self, node: Node, reader: Reader, owner: str) -> tuple[Listener, ...]:
        if not isinstance(node, Mapping):
            raise Mistake("E123", f"listeners of {owner} map a port to targets", node, '80: {targets: ["i-web:8080"]}')
        found = []
        for entry in unique(node, reader):
            try:
                found.append(self._listener(Port().read(entry.key, reader, owner), entry.value, reader, owner))
            except Mistake as mistake:
                reader.mistake(mistake, entry.key)
        return tuple(found)

    @staticmethod
    def _listener(port: int, node: Node, reader: Reader, owner: str) -> Listener:
        place = f"listeners[{port}]"
        reader.places[(owner, place)] = node.mark
        if isinstance(node, Sequence):
            values: dict[str, Any] = {"targets": ListOf(TargetText()).read(node, reader, owner), "protocol": None}
        else:
            values = read_fields(LISTENER_FIELDS, node, reader, f"{owner}.{place}", "listener")
        targets = tuple(Target(target.named, target.address, target.port or port) for target in values["targets"])
        return Listener(port, values["protocol"] or "", targets)

    def json_schema(self) -> Json:
        targets = ListOf(TargetText()).json_schema()
        long = {"type": "object", "properties": {field.name: field.kind.json_schema() for field in LISTENER_FIELDS}, "additionalProperties": False}
        return {"type": "object", "additionalProperties": {"anyOf": [long, targets]}}

    def names(self) -> str:
        return "`{PORT: {targets: [TARGET], protocol}}`"
