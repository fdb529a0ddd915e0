"""The header pane: the packet as it leaves the hop (or stands after a check), fields that changed marked with what they were.

Zoomed it shows every header field by field, in the layout of its RFC, with meanings and bytes.
"""

from collections.abc import Iterator

from msgspec import Struct

from vpctui import wire
from vpctui.describe.hops import TUNNELS
from vpctui.describe.lines import Pane, Row, Span
from vpctui.describe.voice import Voice
from vpctui.describe.width import cells, pad, wrap
from vpctui.describe.wire_layout import field_value, hex_rows, rfc_rows
from vpctui.packet import Packet
from vpctui.trace import Hop, Verdict
from vpctui.wire import Header


class Moment(Struct, frozen=True):
    """A packet before and after, and where: what the header pane shows."""

    title: str
    after: Packet | None = None
    before: Packet | None = None


def moment(hop: Hop | None, step: int, voice: Voice) -> Moment:
    """What to compare at a hop: as it arrived and as it left, or, at a check, as it stood before and after that."""
    if hop is None:
        return Moment(voice.word("no-packet"))
    if step:
        earlier = hop.steps[step - 2].packet if step > 1 else hop.arrived
        return Moment(voice.word("check-of", step=step, count=len(hop.steps)), hop.steps[step - 1].packet, earlier)
    key = {Verdict.FORWARDED: "as-it-leaves", Verdict.EXITED: "as-it-leaves", Verdict.DELIVERED: "as-it-arrives"}.get(hop.verdict, "as-it-ends")
    return Moment(voice.word(key, node=hop.node), hop.packet, hop.arrived)


def header_pane(shown: Moment, width: int, voice: Voice, *, zoomed: bool = False) -> Pane:
    """The pane in so many cells: three lines for IPv4, the packet inside a tunnel below, then the bytes; zoomed everything."""
    packet = shown.after
    if packet is None:
        return Pane(voice.word("header"), (Row((Span(" " + shown.title, "dim"),), key="no-packet"),))
    rows = tuple(_zoomed(shown, width, voice) if zoomed else _compact(shown, width, voice))
    return Pane(f"IPv{packet.family} {voice.rule * 2} {shown.title}", rows)


class Item(Struct, frozen=True):
    """One field as `name value`, and what it was where that differs."""

    name: str
    value: str
    was: str = ""

    def text(self, voice: Voice) -> str:
        """All of it."""
        return f"{self.name} {self.value}" + (f" ({voice.word('was')} {self.was})" if self.was else "")

    def spans(self, voice: Voice) -> tuple[Span, ...]:
        """Name dim, value plain, or changed with what it was."""
        if not self.was:
            return (Span(f"{self.name} ", "dim"), Span(self.value))
        return (Span(f"{self.name} ", "dim"), Span(self.value, "changed"), Span(f" ({voice.word('was')} {self.was})", "changed"))


def _compact(shown: Moment, width: int, voice: Voice) -> Iterator[Row]:
    after, before = shown.after, shown.before
    if before is not None and after is not None and before.inside is not None and after.inside is None:
        before = before.inside  # unwrapped: what came out is compared with what was inside
    depth = 0
    while after is not None:
        wrapped = before is not None and after.inside is not None and before.inside is None
        comparable = before if before is not None and before.family == after.family and not wrapped else None
        for at, spans in enumerate(_flow(items(after, comparable, voice), width - 1 - 2 * depth, voice)):
            yield Row((Span(" " * (1 + 2 * depth)), *spans), key=f"fields:{depth}:{at}", depth=depth)
        if after.inside is not None:
            label = f"{voice.word('inside')} {TUNNELS.get(after.tunnel, after.tunnel)} 0x{after.virtual_network:x}"
            yield Row((Span(" " * (1 + 2 * depth)), Span(label, "title")), key=f"inside:{depth}", depth=depth)
        # Wrapped: the outer header is new, and what is inside is compared with what came.
        after, before, depth = after.inside, before if wrapped else before.inside if before else None, depth + 1
    if shown.after is not None:
        yield from hex_rows(shown.after, shown.before, width, voice)


def _flow(fields: list[Item], width: int, voice: Voice) -> Iterator[tuple[Span, ...]]:
    """Fields side by side: the second one at a tab stop, or close to the first, or below it, as it fits."""
    stop = min(24, width // 2)
    line: tuple[Span, ...] = ()
    used = 0
    for item in fields:
        size = cells(item.text(voice))
        gap = max(stop - used, 2) if used else 0
        if used and used + gap + size > width:
            gap = 2
        if used and (used + gap + size > width or (used > stop + 2 and len(line) > 4)):
            yield line
            line, used, gap = (), 0, 0
        line = (*line, Span(" " * gap), *item.spans(voice)) if gap else item.spans(voice)
        used += gap + size
        if gap:
            yield line
            line, used = (), 0
    if line:
        yield line


def items(packet: Packet, before: Packet | None, voice: Voice) -> list[Item]:
    """The fields that matter, in the order in which they are read."""
    now, then = _values(packet, voice), _values(before, voice) if before is not None else {}
    return [Item(voice.show(name), value, then.get(name, value) if then.get(name, value) != value else "") for name, value in now.items()]


def _values(packet: Packet, voice: Voice) -> dict[str, str]:
    first = wire.headers(packet)[0]
    values = {"src": str(packet.src), "dst": str(packet.dst)}
    counter = "ttl" if packet.family == 4 else "hop limit"
    values[counter] = str(packet.ttl)
    values[packet.protocol] = _transport(packet, voice)
    if packet.family == 4:
        flags = " DF" if packet.dont_fragment else " MF" if packet.more_fragments else ""
        values["len"] = f"{first['total length']}{flags} id 0x{packet.identification:04x}"
        values["sum"] = f"0x{first['header checksum']:04x}"
    else:
        values["len"] = f"{first['payload length']}+40"
    if packet.dscp or packet.ecn:
        values["dscp"] = f"{packet.dscp} ecn {packet.ecn}"
    return values


def _transport(packet: Packet, voice: Voice) -> str:
    if packet.is_icmp:
        kind = f"{packet.icmp_type}/{packet.icmp_code}"
        return f"{kind} mtu {packet.icmp_mtu}" if packet.icmp_mtu else f"{kind} id {packet.src_port}"
    if not packet.has_ports:
        return str(wire.protocol_number(packet.protocol))
    return f"{packet.src_port} {voice.arrow} {packet.dst_port} {packet.flag_names}".rstrip()


def _zoomed(shown: Moment, width: int, voice: Voice) -> Iterator[Row]:
    """Every header: its RFC drawing, then field by field with value, what it was, and its meaning; then the bytes."""
    assert shown.after is not None
    now = wire.headers(shown.after)
    then = wire.headers(shown.before) if shown.before is not None else ()
    for at, head in enumerate(now):
        old = then[at] if at < len(then) and then[at].format == head.format else None
        yield Row((Span(f" {head.format.name}", "title"), Span(f"  {head.format.rfc}", "dim")), key=f"header:{at}")
        yield from rfc_rows(head, old, at, voice)
        yield from _meanings(head, old, at, width, voice)
    yield from hex_rows(shown.after, shown.before, width, voice)


def _meanings(head: Header, old: Header | None, at: int, width: int, voice: Voice) -> Iterator[Row]:
    """One field a row: name, value and what it was, meaning; the columns are as wide as this header needs."""
    values = [_now_and_then(head, old, number, voice) for number in range(len(head.values))]
    name_width = max(cells(field.name) for field in head.format.fields)
    value_width = min(max(cells(text) for text, _ in values), max(12, width // 3))
    for number, (field, (text, changed)) in enumerate(zip(head.format.fields, values, strict=True)):
        said = wrap(voice.show(field.meaning(voice.language)), max(20, width - name_width - max(value_width, cells(text)) - 5))
        for line, meaning in enumerate(said):
            lead = (Span(f" {pad(field.name, name_width)} ", "dim"), Span(pad(text, value_width), "changed" if changed else "plain"))
            blank = (Span(" " * (name_width + 2 + max(value_width, cells(text)))),)
            yield Row((*(blank if line else lead), Span("  " + meaning, "dim")), key=f"field:{at}:{number}:{line}", depth=1)


def _now_and_then(head: Header, old: Header | None, number: int, voice: Voice) -> tuple[str, bool]:
    field, value = head.format.fields[number], head.values[number]
    text = field_value(field, value)
    if old is None or old.values[number] == value:
        return text, False
    return f"{text} ({voice.word('was')} {field_value(field, old.values[number])})", True
