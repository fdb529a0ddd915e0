"""Going on past the drop: what else would stop this flow, each obstacle found with the ones before it mended, in both directions."""

from collections.abc import Iterator

from vpctui.describe.hops import hop_words
from vpctui.describe.lines import Role, Row, Span
from vpctui.describe.sentences import ending, outcome_words
from vpctui.describe.voice import Voice
from vpctui.describe.width import pad, wrap
from vpctui.exploration import Exploration, Refusal
from vpctui.trace import Conversation, Hop, Leg
from vpctui.tui.desk import Desk, does
from vpctui.tui.overlay import Overlay


@does("obstacles")
def obstacles(desk: Desk, count: int) -> None:
    """Every obstacle of the flow on one sheet."""
    met = desk.exploration.hurdles()
    if not met:
        desk.tell("past-none", flow=desk.exploration.flow_name)
        return
    mends = [hurdle.mend for hurdle in met if hurdle.mend]
    mended = _mended(desk.exploration, mends)
    sheet = _Sheet(desk)
    ways = [*(hurdle.conversation for hurdle in met), *([mended.conversation] if mended and len(mends) == len(met) else [])]
    rows: list[Row] = []
    for number, (way, mend) in enumerate(zip(ways, [*(hurdle.mend for hurdle in met), ""], strict=False), 1):
        rows.extend(sheet.goes_on(ways[number - 2] if number > 1 else None, way))
        if number <= len(met):
            rows.extend(sheet.obstacle(number, way, mend))
    rows.extend(sheet.end(mends, len(met), mended))
    desk.open(Overlay(desk.say("past-title", flow=desk.exploration.flow_name, count=len(met)), rows))


def _mended(exploration: Exploration, mends: list[str]) -> Exploration | None:
    """The network with all mends made, where that is allowed."""
    for mend in mends:
        made = exploration.apply(mend)
        if isinstance(made, Refusal):
            return None
        exploration = made
    return exploration


class _Sheet:
    """Rows of the sheet in one language and width."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._voice = Voice(desk.settings.language, desk.settings.ascii)
        self._room = desk.size[0] - 2

    def goes_on(self, before: Conversation | None, way: Conversation) -> Iterator[Row]:
        """Where the packet goes once the obstacle before is gone, dimmed: up to the next obstacle, or to the end."""
        start = _beyond(before, way)
        for leg, hop in list(_hops(way))[start:]:
            if hop.reason is None:
                yield self._passed(leg, hop, new=hop is leg.hops[0])

    def _passed(self, leg: Leg, hop: Hop, new: bool) -> Row:
        direction = f"{self._voice.word(leg.direction)} {self._voice.carried(leg.carries)}" if new else ""
        words = hop_words(hop, leg, self._voice)
        text = f"     {pad(direction, 16)} {pad(self._voice.show(hop.node), 12)} {words.route or words.did}"
        return Row((Span(self._voice.cut(text, self._room), "dim"),))

    def obstacle(self, number: int, way: Conversation, mend: str) -> Iterator[Row]:
        """One obstacle: where, why, and what gets past it."""
        leg = way.legs[-1]
        ended = ending(leg.last, self._voice)
        if ended is None:
            return
        place = f"{self._voice.word(leg.direction)} {self._voice.carried(leg.carries)}"
        yield Row((Span(f" {number:>2} ", "key"), Span(f"{pad(place, 16)}  {self._voice.word(leg.verdict)} {ended.code}  {ended.node}", "drop")))
        for part in wrap(ended.evidence or ended.explanation, self._room - 8):
            yield Row((Span(f"       {part}"),))
        label = self._voice.word("mend")
        if mend:
            yield self._mend(f"       {label}  ", mend)
        else:
            yield Row((Span(f"       {label}  ", "dim"), Span(self._desk.say("past-unknown"), "warn")))

    def _mend(self, before: str, mend: str) -> Row:
        """A row from which Enter explains the setting, and space changes it."""
        return Row((Span(before, "dim"), Span(self._voice.show(mend), "pass")), setting=_place(mend), resource=_place(mend))

    def end(self, mends: list[str], count: int, mended: Exploration | None) -> Iterator[Row]:
        """How many things are to mend, which, and what comes out then."""
        yield Row()
        number = self._desk.say("past-one" if count == 1 else "past-many", count=count)
        known = mended is not None and len(mends) == count
        role: Role = "plain"
        if mended is not None and known:
            role = "pass" if mended.conversation.outcome in ("ok", "asymmetric") else "warn"
            number += self._desk.say("past-then", outcome=outcome_words(mended.conversation, self._voice))
        for part in wrap(number, self._room):
            yield Row((Span(f" {part}", role),))
        yield from (self._mend("   ", mend) for mend in mends)
        if known:
            yield Row((Span(f" {self._desk.say('past-all', key=self._desk.keymap.key('obstacles.mend'))}", "dim"),))


def _hops(way: Conversation) -> Iterator[tuple[Leg, Hop]]:
    yield from ((leg, hop) for leg in way.legs for hop in leg.hops)


def _beyond(before: Conversation | None, way: Conversation) -> int:
    """The first hop of a way that the way before did not have: they part where the packet of the earlier one ended, or earlier."""
    if before is None:
        return 0
    old, new = [hop for _, hop in _hops(before)], [hop for _, hop in _hops(way)]
    same = 0
    while same < min(len(old), len(new)) and (old[same].node, old[same].verdict) == (new[same].node, new[same].verdict):
        same += 1
    return same


def _place(change: str) -> str:
    """The setting that a change is about: what stands before its operator."""
    place, _, _ = change.partition("=")
    return place.rstrip("+-")


@does("obstacles.mend")
def mend_all(desk: Desk, count: int) -> None:
    """Make every change that gets this flow through; each is a change of its own, so undo takes them back one by one."""
    if desk.settings.read_only:
        desk.tell("read-only")
        return
    met = desk.exploration.hurdles()
    mends = [hurdle.mend for hurdle in met if hurdle.mend]
    mended = _mended(desk.exploration, mends) if mends else None
    if not met:
        desk.tell("past-none", flow=desk.exploration.flow_name)
    elif mended is None:
        desk.tell("past-no-mend")
    else:
        desk.overlays.clear()
        desk.go(mended, desk.exploration)
        outcome = outcome_words(mended.conversation, Voice(desk.settings.language, desk.settings.ascii))
        desk.tell("past-mended", count=len(mends), outcome=outcome, undo=desk.keymap.key("change.undo"))
