"""The map: the way as a picture from top to bottom, forward down the left lane, return up the right one.

     [ client ] 198.51.100.10
      ▼ sends to 203.0.113.20:80      ▲ src becomes 203.0.113.20:80
    ┌─ vpc-main 10.0.0.0/16 ──────────────────────────────────────┐
    │  [ igw ]                                                    │
    │   ▼ dst becomes 10.0.2.10:80    ▲                           │
    │   ▼ rtb-edge: 10.0.2.0/24 → e…  ▲                           │
    │   ▼                             ▲ rtb-fw: 0.0.0.0/0 → igw   │
    │ ┌─ sn-fw 10.0.1.0/24 az a ────────────────────────────────┐ │
    │ │ >[ i-fw ]                                               │ │
    │ └─────────────────────────────────────────────────────────┘ │

VPCs and subnets are frames; a VPC's router is the arrow between its subnets.  What stands beside an arrow is what the component that it
leaves did to the packet, so rewritten addresses stand where they are rewritten.
"""

from collections.abc import Callable, Iterator

from msgspec import Struct

from vpctui.describe.beside import ROUTER, Pair, pairs
from vpctui.describe.hops import hop_words
from vpctui.describe.lines import Pane, Role, Row, Span
from vpctui.describe.voice import Voice
from vpctui.describe.width import cells
from vpctui.engine.outline import OUTSIDE
from vpctui.trace import Conversation, Hop, Leg


class Places(Struct, frozen=True):
    """What holds a component, and what stands beside an id: the topology tree, as far as the map needs it."""

    parent: Callable[[str], str]
    beside: Callable[[str], str]

    def frames(self, node: str, router: bool) -> tuple[str, ...]:
        """The frames around a component, the outermost first; a router is inside the VPC that it is named after."""
        found = [node] if router else []
        holder = self.parent(node)
        while holder and holder != OUTSIDE:
            found.append(holder)
            holder = self.parent(holder)
        return tuple(reversed(found))


def map_pane(conversation: Conversation, places: Places, hop: int, width: int, voice: Voice) -> Pane:
    """The picture in so many cells; `hop` is where the packet is."""
    back = next((leg for leg in conversation.legs if leg.direction == "return"), None)
    drawing = _Drawing(conversation.legs[0], back, places, hop, width, voice)
    rows = tuple(drawing.rows())
    at = next((number for number, row in enumerate(rows) if any(span.role == "current" and span.text.startswith(">") for span in row.spans)), -1)
    return Pane(voice.word("map"), rows, at)


class _Drawing:
    """One picture, row by row."""

    def __init__(self, forward: Leg, back: Leg | None, places: Places, hop: int, width: int, voice: Voice) -> None:
        self.forward, self.back, self.places, self.hop, self.width, self.voice = forward, back, places, hop, width, voice
        self.found = pairs(forward, back)
        self.frames: tuple[str, ...] = ()
        down, up, corners = ("v", "^", ("+", "+", "+", "+", "|")) if voice.ascii else ("▼", "▲", ("┌", "┐", "└", "┘", "│"))
        self.down, self.up, self.corners = down, up, corners

    def rows(self) -> Iterator[Row]:
        """Top to bottom: frames open and close as the way enters and leaves them."""
        for at, pair in enumerate(self.found):
            router = _kind(pair) == ROUTER
            wanted = self.places.frames(pair.node, router)
            # What the way between two components says is drawn in the frames that both are in.
            yield from self._close(_shared(self.frames, wanted))
            if at:
                yield from self._between(at, self.found[at - 1], pair)
            yield from self._open(wanted)
            yield from self._passing(at, pair) if router else [self._box(pair)]
        yield from self._close(())

    def _passing(self, at: int, router: Pair) -> Iterator[Row]:
        """The rows of a router, which has no box."""
        yield from self._arrows(at, self._said(router.forward, self.forward), self._said(router.back, self.back), router)

    def _between(self, at: int, above: Pair, below: Pair) -> Iterator[Row]:
        """What the component above did on the way there and the one below on the way back; a router says it in its own rows."""
        left = () if _kind(above) == ROUTER else self._said(above.forward, self.forward)
        right = () if _kind(below) == ROUTER else self._said(below.back, self.back)
        if left or right or ROUTER not in (_kind(above), _kind(below)):
            yield from self._arrows(at, left, right, None)

    def _said(self, hop: Hop | None, leg: Leg | None) -> tuple[str, ...]:
        """What a hop did in the order in which the packet met it, where there is more to say than that it passed; an end says it in its box."""
        if hop is None or leg is None or hop.left is None:
            return ()
        first, *rest = hop_words(hop, leg, self.voice).lines
        said = {self.voice.word("passes"): "", self.voice.word("forwards"): f"ttl {hop.packet.ttl}"}.get(first, first)
        return tuple(filter(None, (said, *rest)))

    def _arrows(self, at: int, left: tuple[str, ...], right: tuple[str, ...], router: Pair | None) -> Iterator[Row]:
        """Both lanes, each in the direction in which its packet goes: down the left one, up the right one."""
        count = max(1, len(left), len(right))
        down, up = (*left, *[""] * (count - len(left))), (*right, *[""] * (count - len(right)))[::-1]
        for row, (there, back) in enumerate(zip(down, up, strict=True)):
            yield self._arrow(at, there, back, router, row)

    def _lane(self, at: int, forward: bool) -> bool:
        """Whether a direction passes between the components before and after a place."""

        def passes(pair: Pair) -> bool:
            return (pair.forward if forward else pair.back) is not None

        return any(passes(pair) for pair in self.found[:at]) and any(passes(pair) for pair in self.found[at:])

    def _arrow(self, at: int, left: str, right: str, router: Pair | None, row: int) -> Row:
        """One row of both lanes; with `router`, it is that router's, whose first row shows that the packet is there."""
        voice, inner = self.voice, self._inner()
        numbers = (router.forward_number, router.back_number) if router else ()
        here = row == 0 and bool(self.hop) and self.hop in numbers
        half = inner // 2
        lane: Role = "current" if here else "path"
        spans = (
            Span("> " if here else "  ", "current"),
            Span(f"{self.down if self._lane(at, True) else ' '} ", lane),
            Span(voice.fit(left, half - 5) + " "),
            Span(f"{self.up if self._lane(at, False) else ' '} ", lane),
            Span(voice.fit(right, inner - half - 2)),
        )
        number = next((number for number in numbers if number), 0)
        return self._framed(spans, key=f"hop:{number}" if router and row == 0 else f"way:{at}.{row}", resource=router.node if router else "")

    def _box(self, pair: Pair) -> Row:
        """A component in brackets, what stands beside its id, and how the packet ended there if it did."""
        voice = self.voice
        here = bool(self.hop) and self.hop in (pair.forward_number, pair.back_number)
        bad = next((hop for hop in (pair.forward, pair.back) if hop is not None and hop.reason), None)
        beside = voice.show(self.places.beside(pair.node))
        room = self._inner() - 1
        name = f"[ {voice.cut_middle(voice.show(pair.node), max(6, room // 2))} ]"
        said = f" x {voice.word(bad.verdict)} {bad.reason}" if bad else f" {beside}" if beside else ""
        role: Role = "drop" if bad else "current" if here else "id"
        spans = (Span(">" if here else " ", "current"), Span(name, role), Span(voice.fit(said, room - cells(name)), "drop" if bad else "dim"))
        return self._framed(spans, key=f"hop:{pair.forward_number or pair.back_number}", resource=pair.node)

    def _inner(self) -> int:
        return self.width - 4 * len(self.frames)

    def _framed(self, spans: tuple[Span, ...], key: str, resource: str) -> Row:
        side = self.corners[4]
        left, right = f"{side} " * len(self.frames), f" {side}" * len(self.frames)
        return Row((Span(left, "dim"), *spans, Span(right, "dim")), key=key, resource=resource)

    def _open(self, wanted: tuple[str, ...]) -> Iterator[Row]:
        for frame in wanted[len(self.frames) :]:
            inner, voice = self._inner(), self.voice
            title = voice.cut(f" {voice.show(frame)} {voice.show(self.places.beside(frame))}".rstrip() + " ", inner - 4)
            line = f"{self.corners[0]}{voice.rule}{title}{voice.rule * (inner - 3 - cells(title))}{self.corners[1]}"
            yield self._framed((Span(line, "dim"),), key=f"frame:{frame}", resource=frame)
            self.frames = (*self.frames, frame)

    def _close(self, kept: tuple[str, ...]) -> Iterator[Row]:
        while len(self.frames) > len(kept):
            frame, self.frames = self.frames[-1], self.frames[:-1]
            line = f"{self.corners[2]}{self.voice.rule * (self._inner() - 2)}{self.corners[3]}"
            yield self._framed((Span(line, "dim"),), key=f"end-frame:{frame}", resource=frame)


def _kind(pair: Pair) -> str:
    hop = pair.forward or pair.back
    return hop.kind if hop is not None else ""


def _shared(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    """The frames that two places have in common, from the outside."""
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return first[:count]
