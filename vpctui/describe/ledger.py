"""The header ledger: one row a field, one column for every stretch of the way on which the header stays as it is.

    forward SYN   client           igw             i-fw
    src           198.51.100.10    198.51.100.10   198.51.100.10
    dst           203.0.113.20   * 10.0.2.10       10.0.2.10
    ttl           64               64            * 63
    i-app logs 198.51.100.10:50000

A value that differs from the column before has a star, so that changes stand out without colour.
"""

from collections.abc import Iterator

from msgspec import Struct

from vpctui import wire
from vpctui.describe.lines import Pane, Role, Row, Span
from vpctui.describe.voice import Voice
from vpctui.describe.width import cells, pad
from vpctui.packet import Packet
from vpctui.trace import Conversation, Leg, Verdict


class Stretch(Struct, frozen=True):
    """Consecutive hops that leave the header alike; `first` and `last` are their numbers over all legs."""

    nodes: tuple[str, ...]
    values: tuple[str, ...]
    first: int
    last: int


FIELDS = ("src", "dst", "src port", "dst port", "protocol", "flags", "ttl", "len", "id", "sum", "inside")


def ledger_pane(conversation: Conversation, hop: int, width: int, voice: Voice) -> Pane:
    """All legs in so many cells.  `hop` is the current one; where a leg has more columns than fit, those around it are shown."""
    rows: list[Row] = []
    number, at = 1, -1
    for leg in conversation.legs:
        stretches = list(_stretches(leg, number))
        if number <= hop < number + len(leg.hops):
            at = len(rows)
        rows += _leg(leg, stretches, hop, width, voice)
        number += len(leg.hops)
    rows += _logged(conversation, voice)
    return Pane(voice.word("ledger"), tuple(rows), at)


def _values(packet: Packet) -> tuple[str, ...]:
    first = wire.headers(packet)[0]
    ports = (str(packet.src_port), str(packet.dst_port)) if packet.has_ports else ("", "")
    total = f"0x{first['header checksum']:04x}" if packet.family == 4 else ""
    length = first["total length"] if packet.family == 4 else first["payload length"] + 40
    kind = f"{packet.icmp_type}/{packet.icmp_code}" if packet.is_icmp else packet.flag_names
    inside = f"{packet.inside.src} > {packet.inside.dst}" if packet.inside is not None else ""
    identification = f"0x{packet.identification:04x}" if packet.family == 4 else ""
    return (str(packet.src), str(packet.dst), *ports, packet.protocol, kind, str(packet.ttl), str(length), identification, total, inside)


def _stretches(leg: Leg, number: int) -> Iterator[Stretch]:
    held: Stretch | None = None
    for at, hop in enumerate(leg.hops, number):
        values = _values(hop.packet)
        if held is not None and held.values == values:
            held = Stretch((*held.nodes, hop.node), values, held.first, at)
            continue
        if held is not None:
            yield held
        held = Stretch((hop.node,), values, at, at)
    if held is not None:
        yield held


def _leg(leg: Leg, stretches: list[Stretch], hop: int, width: int, voice: Voice) -> Iterator[Row]:
    title = f"{voice.word(leg.direction)} {voice.carried(leg.carries)}"
    label = max(cells(title), *(cells(name) for name in FIELDS)) + 1
    shown, cut_left, cut_right = _window(stretches, hop, width - label, voice)
    wide = [_wide(stretch, voice) for stretch in shown]
    heads = [_head(stretch, voice) for stretch in shown]
    marks = ["<" if cut_left and at == 0 else ">" if stretch.first <= hop <= stretch.last else " " for at, stretch in enumerate(shown)]
    spans = [Span(pad(title, label), "title")]
    for head, size, mark, stretch in zip(heads, wide, marks, shown, strict=True):
        role: Role = "current" if stretch.first <= hop <= stretch.last else "id"
        spans.append(Span(f"{mark} {pad(voice.cut_middle(head, size), size)} ", role))
    yield Row((*spans, Span(">" if cut_right else "")), key=f"ledger:{leg.direction}:{leg.carries}")
    for number, name in enumerate(FIELDS):
        if any(stretch.values[number] for stretch in stretches):
            yield _field(name, number, stretches, shown, wide, label, f"ledger:{leg.direction}:{leg.carries}:{name}")


def _field(name: str, number: int, stretches: list[Stretch], shown: list[Stretch], wide: list[int], label: int, key: str) -> Row:
    spans = [Span(pad(name, label), "dim")]
    for stretch, size in zip(shown, wide, strict=True):
        before = stretches[stretches.index(stretch) - 1] if stretch is not stretches[0] else stretch
        changed = before.values[number] != stretch.values[number]
        role: Role = "changed" if changed else "plain"
        spans.append(Span(f"{'*' if changed else ' '} {pad(stretch.values[number], size)} ", role))
    return Row(tuple(spans), key=key, depth=1)


def _head(stretch: Stretch, voice: Voice) -> str:
    """The component that made the header so, and how many carry it on unchanged."""
    more = f" +{len(stretch.nodes) - 1}" if len(stretch.nodes) > 1 else ""
    return voice.show(stretch.nodes[0]) + more


def _wide(stretch: Stretch, voice: Voice) -> int:
    return max(max(cells(value) for value in stretch.values), min(cells(_head(stretch, voice)), 16))


def _window(stretches: list[Stretch], hop: int, room: int, voice: Voice) -> tuple[list[Stretch], bool, bool]:
    """As many columns as fit, the current one among them."""
    current = next((at for at, stretch in enumerate(stretches) if stretch.first <= hop <= stretch.last), 0)
    first, end = current, current + 1
    used = _wide(stretches[current], voice) + 3

    while True:
        if end < len(stretches) and used + _wide(stretches[end], voice) + 3 <= room:
            used += _wide(stretches[end], voice) + 3
            end += 1
        elif first > 0 and used + _wide(stretches[first - 1], voice) + 3 <= room:
            first -= 1
            used += _wide(stretches[first], voice) + 3
        else:
            return stretches[first:end], first > 0, end < len(stretches)


def _logged(conversation: Conversation, voice: Voice) -> Iterator[Row]:
    """Whose address the receiver sees: the last line."""
    for leg in conversation.legs[:1]:
        if leg.verdict in (Verdict.DELIVERED, Verdict.EXITED):
            text = voice.word("logs", node=voice.show(leg.last.node), src=leg.last.packet.socket("src"))
            yield Row((Span(text, "pass"),), key="ledger:logs")
