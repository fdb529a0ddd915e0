"""Headers drawn as their RFCs draw them, rows of 32 bits, and packets as bytes; what changed stands out."""

from collections.abc import Iterator

from vpctui import wire
from vpctui.address import Address
from vpctui.describe.lines import Row, Span
from vpctui.describe.voice import Voice
from vpctui.header import HeaderField
from vpctui.packet import Packet
from vpctui.wire import TCP_FLAG_BITS, Header

_SHORT = {
    "version": "ver",
    "identification": "id",
    "fragment offset": "frag offset",
    "reserved": "0",
    "data offset": "off",
    "acknowledgment number": "ack",
    "sequence number": "seq",
    "header checksum": "sum",
    "checksum": "sum",
    "source address": "src",
    "destination address": "dst",
    "source port": "sport",
    "destination port": "dport",
    "urgent pointer": "urgent",
    "total length": "len",
    "payload length": "len",
    "protocol type": "type",
    "option length": "optlen",
    "verification tag": "tag",
    "next-hop MTU": "mtu",
    "checksum present": "C",
    "key present": "K",
    "reserved bit": "0",
    "reserved bits": "0",
}
_HEX_NAMES = ("identification", "header checksum", "checksum", "flags", "protocol type", "SPI", "key", "VNI", "flow label")


def field_value(field: HeaderField, value: int) -> str:
    """A field's value as people write it: addresses, flags by name, checksums in hexadecimal."""
    if field.name.endswith(" address"):
        return str(Address(4 if field.bits == 32 else 6, value))
    if field.name == "flags" and field.bits == 8 and value:
        return "/".join(name for name, letter in (("SYN", "S"), ("FIN", "F"), ("RST", "R"), ("PSH", "P"), ("ACK", "A")) if value & TCP_FLAG_BITS[letter])
    if field.name in _HEX_NAMES:
        return f"0x{value:0{(field.bits + 3) // 4}x}"
    return str(value)


def rfc_rows(head: Header, old: Header | None, at: int, voice: Voice) -> Iterator[Row]:
    """The header in rows of 32 bits, two cells for each bit, as in the RFC (67 cells wide)."""
    yield Row((Span(" " + "".join(f" {bit % 10}" for bit in range(32)), "dim"),), key=f"bits:{at}")
    border = " " + "+-" * 32 + "+"
    spans: list[Span] = []
    filled = row = 0
    for number, (field, value) in enumerate(zip(head.format.fields, head.values, strict=True)):
        changed = old is not None and old.values[number] != value
        for bits, text in _parts(field, value):
            if filled == 0:
                yield Row((Span(border, "dim"),), key=f"border:{at}:{row}")
                spans = [Span(" |", "dim")]
            spans += [Span(voice.cut(text, 2 * bits - 1).center(2 * bits - 1), "changed" if changed else "plain"), Span("|", "dim")]
            filled += bits
            if filled == 32:
                yield Row(tuple(spans), key=f"word:{at}:{row}")
                filled, row = 0, row + 1
    yield Row((Span(border, "dim"),), key=f"border:{at}:{row}")


def _parts(field: HeaderField, value: int) -> Iterator[tuple[int, str]]:
    """A field as it lies in words of 32 bits; an IPv6 address takes four."""
    text = field_value(field, value)
    if field.bits <= 32:
        name = _SHORT.get(field.name, field.name)
        room = 2 * field.bits - 1
        whole = f"{name} {text}"
        yield field.bits, whole if len(whole) <= room else text if len(text) <= room else name
        return
    yield 32, f"{_SHORT.get(field.name, field.name)} {text}"
    for _ in range(field.bits // 32 - 1):
        yield 32, ""


def hex_rows(packet: Packet, before: Packet | None, width: int, voice: Voice) -> Iterator[Row]:
    """The bytes, 16 (or 8 where there is little room) in a row; bytes that differ from before are marked."""
    data = wire.to_bytes(packet)
    old = wire.to_bytes(before) if before is not None else data
    if len(old) != len(data):
        old = data
    columns = 16 if width >= 54 else 8
    end = min(len(data), 256)
    for start in range(0, end, columns):
        yield Row((Span(f" {start:04x} ", "dim"), *_hex_spans(data, old, start, min(start + columns, end))), key=f"bytes:{start}")
    if end < len(data):
        yield Row((Span(f" {voice.ellipsis} {len(data) - end}", "dim"),), key="bytes:more")


def _hex_spans(data: bytes, old: bytes, start: int, end: int) -> Iterator[Span]:
    for at in range(start, end):
        gap = "  " if at > start and (at - start) % 8 == 0 else " "
        yield Span(gap)
        yield Span(f"{data[at]:02x}", "changed" if data[at] != old[at] else "plain")
