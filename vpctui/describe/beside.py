"""Forward and return side by side: the same component on one row, gaps where only one direction passes.

    forward SYN                component    return SYN/ACK
    sends to 203.0.113.20:80   client       delivered to port 50000
    dst becomes 10.0.2.10:80   igw      =   src becomes 203.0.113.20:80
    forwards                   i-fw     =   forwards

`=` marks a component that remembers the connection and sees both directions, `!` one that sees only one of them.
"""

from collections.abc import Iterator
from difflib import SequenceMatcher

from msgspec import Struct

from vpctui.describe.hops import hop_words
from vpctui.describe.lines import Pane, Role, Row, Span
from vpctui.describe.voice import Voice
from vpctui.describe.width import cells, wrap
from vpctui.engine.conversation import STATEFUL, stateful
from vpctui.trace import Conversation, Hop, Leg


class Pair(Struct, frozen=True):
    """One component: the hop there in each direction, with its number over all legs; 0 and None where a direction does not pass."""

    node: str
    forward: Hop | None = None
    forward_number: int = 0
    back: Hop | None = None
    back_number: int = 0


ROUTER = "vpc_router"
Numbered = tuple[Hop, int]


def pairs(forward: Leg, back: Leg | None, *, detours: bool = False) -> list[Pair]:
    """The components of both directions in the order of the forward one.

    A detour (an endpoint, its balancer, an appliance) is walked in the same order both ways; with `detours` its components share their rows all the same.
    """
    there = [(hop, number) for number, hop in enumerate(forward.hops, 1)]
    home = [(hop, number) for number, hop in enumerate(back.hops, len(forward.hops) + 1)][::-1] if back else []
    home = _turned(home, [hop.node for hop, _ in there]) if detours else home
    matcher = SequenceMatcher(None, [hop.node for hop, _ in there], [hop.node for hop, _ in home], autojunk=False)
    found: list[Pair] = []
    for kind, there_from, there_to, home_from, home_to in matcher.get_opcodes():
        if kind == "equal":
            both = zip(there[there_from:there_to], home[home_from:home_to], strict=True)
            found += [Pair(hop.node, hop, number, other, other_number) for (hop, number), (other, other_number) in both]
            continue
        found += [Pair(hop.node, forward=hop, forward_number=number) for hop, number in there[there_from:there_to]]
        found += [Pair(hop.node, back=hop, back_number=number) for hop, number in home[home_from:home_to]]
    return found


def _turned(home: list[Numbered], there: list[str]) -> list[Numbered]:
    """The way home with its detours turned round, the longest first.  A router is where a detour begins and ends, and no part of it."""
    names = [hop.node for hop, _ in home]
    for size in range(min(len(home), len(there)), 1, -1):
        runs = [there[start : start + size] for start in range(len(there) - size + 1)]
        for start in range(len(home) - size + 1):
            end, run = start + size, names[start : start + size]
            routed = any(hop.kind == ROUTER for hop, _ in home[start:end])
            if run[::-1] in runs and run not in runs and not routed:
                return _turned(home[:start], there) + home[start:end][::-1] + _turned(home[end:], there)
    return home


def beside_pane(conversation: Conversation, hop: int, width: int, voice: Voice) -> Pane:
    """Both directions in so many cells, and which stateful components see only one of them."""
    forward = conversation.legs[0]
    back = next((leg for leg in conversation.legs if leg.direction == "return"), None)
    found = pairs(forward, back, detours=True)
    one_way = _one_direction(forward, back) if back else frozenset[str]()
    columns = _Columns(forward, back, found, width, voice)
    rows = [columns.title()]
    rows += [columns.row(pair, hop, _sign(pair, one_way, back is not None)) for pair in found]
    at = next((number for number, pair in enumerate(found, 1) if hop and hop in (pair.forward_number, pair.back_number)), -1)
    rows += _one_way(forward, back, one_way, width, voice)
    return Pane(voice.word("beside"), tuple(rows), at)


def _one_direction(forward: Leg, back: Leg) -> frozenset[str]:
    """Stateful components that one direction misses.  What a dropped return did not reach it may still have met: only what it met counts."""
    met = stateful(back)
    if back.arrives:
        return stateful(forward) ^ met
    last = {back.last.node} if back.last.kind in STATEFUL else set[str]()
    return (met | last) - stateful(forward) - {forward.hops[0].node, forward.last.node}


def _sign(pair: Pair, one_way: frozenset[str], has_return: bool) -> str:
    if has_return and pair.node in one_way:
        return "!"
    remembers = any(step.remembers for hop in (pair.forward, pair.back) if hop is not None for step in hop.steps)
    return "=" if remembers and pair.forward is not None and pair.back is not None else " "


class _Columns:
    """Three columns of one width."""

    def __init__(self, forward: Leg, back: Leg | None, found: list[Pair], width: int, voice: Voice) -> None:
        self.forward, self.back, self.voice = forward, back, voice
        longest = max((cells(voice.show(pair.node)) for pair in found), default=4)
        self.node = max(4, min(longest, max(8, width // 5)))
        self.side = max(8, (width - self.node - 7) // 2)

    def title(self) -> Row:
        """The directions above their columns."""
        voice = self.voice
        names = [f"{voice.word(leg.direction)} {voice.carried(leg.carries)}" if leg else "" for leg in (self.forward, self.back)]
        left = Span(f"  {voice.fit(names[0], self.side)} ", "title")
        return Row((left, Span(" " * (self.node + 4)), Span(voice.cut(names[1], self.side), "title")), key="beside:title")

    def row(self, pair: Pair, hop: int, sign: str) -> Row:
        """One component."""
        voice = self.voice
        sides = [self._words(pair.forward, self.forward), self._words(pair.back, self.back)]
        here = bool(hop) and hop in (pair.forward_number, pair.back_number)
        role: Role = "warn" if sign == "!" else "current" if here else "id"
        return Row(
            (
                Span("> " if here else "  ", "current"),
                Span(voice.fit(sides[0], self.side), self._role(pair.forward)),
                Span(" "),
                Span(voice.fit_middle(voice.show(pair.node), self.node), role),
                Span(f" {sign}  ", "warn" if sign == "!" else "dim"),
                Span(voice.cut(sides[1], self.side), self._role(pair.back)),
            ),
            key=f"hop:{pair.forward_number or pair.back_number}",
            resource=pair.node,
        )

    def _words(self, hop: Hop | None, leg: Leg | None) -> str:
        return hop_words(hop, leg, self.voice).did if hop is not None and leg is not None else ""

    def _role(self, hop: Hop | None) -> Role:
        return "drop" if hop is not None and hop.reason else "plain"


def _one_way(forward: Leg, back: Leg | None, one_way: frozenset[str], width: int, voice: Voice) -> Iterator[Row]:
    """Each stateful component that sees one direction only, and the row that would bring the other one through it."""
    for node, text, mend in _missed(forward, back, one_way, voice):
        for line in wrap(text, width - 2):
            yield Row((Span(f"  {line}", "warn"),), key=f"beside:{node}:{line}", resource=node)
        if mend:
            shown = voice.word("would-mend", change=voice.show(mend))
            yield Row((Span(voice.cut(f"  {shown}", width), "setting"),), key=f"beside:mend:{node}", setting=mend.partition("=")[0], resource=node)


def _missed(forward: Leg, back: Leg | None, one_way: frozenset[str], voice: Voice) -> Iterator[tuple[str, str, str]]:
    for node in sorted(one_way):
        seen, other = (forward, back) if any(hop.node == node for hop in forward.hops) else (back, forward)
        if seen is not None and other is not None:
            yield node, voice.word("sees-only", node=voice.show(node), direction=voice.word(seen.direction)), mend_for(node, seen, other)


def one_sided(conversation: Conversation, voice: Voice) -> Iterator[str]:
    """A sentence for each component that one of two directions misses, with the change that would bring it there."""
    forward = conversation.legs[0]
    back = next((leg for leg in conversation.legs if leg.direction == "return"), None)
    for _, text, mend in _missed(forward, back, _one_direction(forward, back) if back else frozenset(), voice):
        yield text
        if mend:
            yield voice.word("would-mend", change=voice.show(mend))


def mend_for(node: str, seen: Leg, other: Leg) -> str:
    """The route change that would send the other direction to the interface by which a component was reached; empty without one."""
    reached = next((hop.arrival.by for hop in seen.hops if hop.node == node and hop.kind == "instance"), "")
    asked = (hop.lookup for hop in other.hops if hop.kind in ("vpc_router", "internet_gateway", "vpn_gateway"))
    won = next((lookup.winner for lookup in asked if lookup is not None and lookup.winner is not None), None)
    return f"{won.place}={reached}" if reached and won is not None and won.place and won.target != reached else ""
