"""Asking first: which route, which hop, delivered or not?  A question with numbered answers, hints in bits, a score."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

from vpctui.address import bits, parse_address, parse_prefix
from vpctui.describe.lines import Row, Span
from vpctui.describe.voice import Voice
from vpctui.exploration import Exploration
from vpctui.lesson import Lesson
from vpctui.trace import Candidate, Lookup
from vpctui.tui import outcomes
from vpctui.tui.desk import Desk
from vpctui.tui.overlay import Choice, Overlay
from vpctui.tui.progress import Puzzle, Score

Kind = Literal["route", "hop", "delivered"]
AT_MOST = 7
"""Answers that are offered: one more choice shows a hint, one goes on without an answer, and digits end at nine."""


def ask_step(desk: Desk, lesson: Lesson, go_on: Callable[[], None]) -> bool:
    """Ask about the next step of a walkthrough, if it asks or everything does; False where nothing was asked."""
    step = lesson.next_step
    if step is None or not (step.predict or desk.predicting):
        return False
    after, now = lesson.next(), lesson.now.exploration
    kind = step.predict or _kind_of(step.do, lesson, after.now.exploration)
    if kind == "delivered":
        return _ask(desk, outcomes.after_changes(desk, now, after.now, step.do), go_on)
    return _ask(desk, _puzzle(desk, kind, now, after.now.exploration), go_on)


def ask_hop(desk: Desk) -> bool:
    """Ask about the next hop and go there with the answer; False where there is nothing to ask."""
    now = desk.exploration
    after = now.next_hop()
    if after is now or after.changes != now.changes:
        return False
    return _ask(desk, _puzzle(desk, _kind_at(now, after), now, after), lambda: desk.go(after))


def _kind_of(actions: Sequence[str], before: Lesson, after: Exploration) -> Kind | Literal[""]:
    """What to ask about a step that does not say: a change or another flow is about the outcome, a movement about the next route or hop.

    Nothing where the answer is on the screen already.
    """
    now = before.now.exploration
    words = [action.split()[0] for action in actions if action.strip()]
    if any(word in outcomes.CHANGING for word in words):
        return "delivered"
    if "next" not in words and (now.flow_name != after.flow_name or not before.played):
        return "delivered"
    if after.cursor == now.cursor and now.flow_name == after.flow_name:
        return ""
    return "route" if _routes(after) else "hop"


def _kind_at(now: Exploration, after: Exploration) -> Kind:
    if now.hop is None:
        return "delivered"
    return "route" if _routes(after) else "hop"


def _routes(after: Exploration) -> tuple[Candidate, ...]:
    """The routes of the table that the hop asks, where there is something to choose from."""
    lookup = after.hop.lookup if after.hop else None
    return lookup.candidates[:AT_MOST] if lookup and len(lookup.candidates) > 1 and lookup.winner in lookup.candidates[:AT_MOST] else ()


def _puzzle(desk: Desk, kind: str, now: Exploration, after: Exploration) -> Puzzle | None:
    if kind == "delivered":
        return outcomes.as_it_is(desk, after)
    if kind == "route":
        return _route(desk, after)
    return _hop(desk, now, after) if kind == "hop" else None


def _route(desk: Desk, after: Exploration) -> Puzzle | None:
    """Which row of the table wins."""
    rows, lookup = _routes(after), after.hop.lookup if after.hop else None
    if not rows or lookup is None or lookup.winner is None or after.hop is None:
        return None
    width = max(len(row.destination) for row in rows)
    answers = tuple(f"{row.destination:<{width}}  {row.target}" for row in rows)
    question = desk.say("predict-route", table=lookup.table or lookup.owner, asked=lookup.asked)
    arrow = "->" if desk.settings.ascii else "→"
    told = f"{lookup.winner.destination} {arrow} {lookup.winner.target}"
    return Puzzle(question, answers, rows.index(lookup.winner), tuple(_bits(row, lookup) for row in rows), told)


def _bits(row: Candidate, lookup: Lookup) -> tuple[str, ...]:
    """The address above the prefix, bit by bit, with a mark under the first one that differs; nothing for a list of prefixes."""
    try:
        asked, prefix = parse_address(lookup.asked), parse_prefix(row.destination)
    except ValueError:
        return (row.destination,)
    if asked.family != prefix.family:
        return (f"IPv{prefix.family} / IPv{asked.family}",)
    shown = min(bits(asked.family), 64)
    above, below = (_binary(value, bits(asked.family))[:shown] for value in (asked.value, prefix.value))
    kept = below[: prefix.length] + "." * max(0, shown - prefix.length)
    at = next((at for at, (one, other) in enumerate(zip(above, kept, strict=True)) if other not in (".", one)), -1)
    return (f"{_grouped(above)}  {asked}", f"{_grouped(kept)}  {row.destination}", " " * (at + at // 8) + "^" if at >= 0 else "")


def _binary(value: int, width: int) -> str:
    return f"{value:0{width}b}"


def _grouped(digits: str) -> str:
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))


def _hop(desk: Desk, now: Exploration, after: Exploration) -> Puzzle | None:
    """Which component holds the packet next."""
    at, hops = after.cursor.hop, after.hops
    if after.hop is None or after.hop.arrived is None or at < 2:
        return None
    sender, holder = hops[at - 2], after.hop.node
    others = [hop.node for hop in hops] + [record.id for record in after.network]
    pool = sorted({holder, *list(dict.fromkeys(node for node in others if node not in (sender.node, holder)))[: AT_MOST - 2]})
    asked = sender.lookup
    hint = f"{asked.table or asked.owner}: {asked.asked} → {asked.winner.target}" if asked and asked.winner else f"→ {sender.packet.dst}"
    return Puzzle(_whereto(desk, now, after, sender.node), tuple(pool), pool.index(holder), tuple((hint,) for _ in pool))


def _whereto(desk: Desk, now: Exploration, after: Exploration, node: str) -> str:
    """Where the packet goes next; of a step that passes over hops, which packet and whether that is its end, since it may be at a node twice."""
    leg = after.leg
    if leg is None or after.cursor.hop == now.cursor.hop + 1:
        return desk.say("predict-hop", node=node)
    voice = Voice(desk.settings.language, desk.settings.ascii)
    key = "predict-end" if leg.last is after.hop else "predict-later"
    return desk.say(key, node=node, direction=voice.word(leg.direction), carries=voice.carried(leg.carries))


def _ask(desk: Desk, puzzle: Puzzle | None, go_on: Callable[[], None]) -> bool:
    if puzzle is None:
        return False
    desk.open(_overlay(desk, puzzle, go_on, hints=False))
    return True


def _overlay(desk: Desk, puzzle: Puzzle, go_on: Callable[[], None], hints: bool) -> Overlay:
    choices = [
        Choice(_row(number, answer), partial(_answered, desk, puzzle, number - 1, go_on), _detail(puzzle, number - 1 if hints else -1))
        for number, answer in enumerate(puzzle.answers, 1)
    ]
    count = len(choices)
    if not hints:
        choices.append(Choice(_row(count + 1, desk.say("predict-hint"), dim=True), partial(_hinted, desk, puzzle, go_on)))
    choices.append(Choice(_row(len(choices) + 1, desk.say("predict-skip"), dim=True), partial(_skipped, desk, go_on)))
    return Overlay(puzzle.question, (), choices, covers=True)


def _row(number: int, text: str, dim: bool = False) -> Row:
    return Row((Span(f" {number} ", "key"), Span(text, "dim" if dim else "plain")))


def _detail(puzzle: Puzzle, at: int) -> tuple[Row, ...]:
    return tuple(Row((Span(f" {line}"),)) for line in (*puzzle.about, *(puzzle.hints[at] if at >= 0 else ())))


def _hinted(desk: Desk, puzzle: Puzzle, go_on: Callable[[], None]) -> None:
    desk.close()
    desk.open(_overlay(desk, puzzle, go_on, hints=True))


def _skipped(desk: Desk, go_on: Callable[[], None]) -> None:
    desk.close()
    go_on()


def _answered(desk: Desk, puzzle: Puzzle, at: int, go_on: Callable[[], None]) -> None:
    """Go on, and say whether the answer was right."""
    desk.close()
    right = at == puzzle.right
    desk.score = Score(desk.score.right + right, desk.score.asked + 1)
    go_on()
    sentence = "predict-right" if right else "predict-wrong"
    desk.tell(sentence, answer=puzzle.told or puzzle.answers[puzzle.right], right=desk.score.right, asked=desk.score.asked)
