"""How does a flow come out?  The question about a change names the change, since nobody can predict what they do not know."""

from collections.abc import Sequence
from itertools import takewhile

from msgspec.structs import replace

from vpctui.describe.width import cells, visible
from vpctui.exploration import Exploration
from vpctui.lesson import Played
from vpctui.tui.desk import Desk
from vpctui.tui.progress import Puzzle

CHANGING = ("set", "change", "undo", "redo", "reset")
ENDS = ("both", "forward", "return", "stalls")
"""Ways in which a conversation can come out, as answers."""
REFUSED = (*ENDS, "refused")
"""Where a change is asked about, AWS may also refuse it."""


def as_it_is(desk: Desk, after: Exploration) -> Puzzle:
    """How a flow comes out in the network that is on the screen."""
    return _puzzle(desk, desk.say("predict-delivered", flow=after.flow_name), ENDS, _end(after), after)


def after_changes(desk: Desk, before: Exploration, after: Played, actions: Sequence[str]) -> Puzzle:
    """How it comes out once the changes of a step are made, or taken back."""
    now = after.exploration
    made, undone = _differences(before.changes, now.changes)
    if after.refusal is not None:
        made = (*made, *_tried(actions))
    if not made and not undone:
        return as_it_is(desk, now)
    question, about = _question(desk, "predict-change" if made else "predict-undone", now.flow_name, made or undone)
    if after.refusal is None:
        return replace(_puzzle(desk, question, REFUSED if made else ENDS, _end(now), now), about=about)
    hints = (desk.say("predict-rule", rule=after.refusal.rule),)
    return Puzzle(question, _answers(desk, REFUSED), REFUSED.index("refused"), (hints,) * len(REFUSED), about=about)


def _question(desk: Desk, key: str, flow: str, changes: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The question on one line, and below it the changes that it had no room for."""
    whole = desk.say(key, flow=flow, changes=", ".join(changes))
    if cells(whole) <= desk.size[0] - 6:
        return whole, ()
    return desk.say(f"{key}s" if len(changes) > 1 else f"{key}-one", flow=flow, count=len(changes)), tuple(visible(change) for change in changes)


def _differences(earlier: Sequence[str], later: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The changes that are new, and those that are taken back."""
    common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(earlier, later, strict=False)))
    return tuple(later[common:]), tuple(earlier[common:])


def _tried(actions: Sequence[str]) -> tuple[str, ...]:
    """The change that was refused: the last one that a step makes."""
    return tuple(action.strip().partition(" ")[2].strip() for action in actions if action.strip().startswith(("set ", "change ")))[-1:]


def _end(after: Exploration) -> str:
    outcome = after.conversation.outcome
    direction = outcome.partition(":")[0]
    return direction if direction in ENDS else "stalls" if outcome == "half-open" else "both"


def _answers(desk: Desk, ends: Sequence[str]) -> tuple[str, ...]:
    return tuple(desk.say(f"predict-{end}") for end in ends)


def _puzzle(desk: Desk, question: str, ends: Sequence[str], right: str, after: Exploration) -> Puzzle:
    """The hint says how far the last packet comes, and of which network that is told."""
    changes = (desk.say("predict-in-force", changes=", ".join(after.changes)),) if after.changes else ()
    hint = (*changes, desk.say("predict-ends", node=after.conversation.legs[-1].last.node))
    return Puzzle(question, _answers(desk, ends), ends.index(right), (hint,) * len(ends))
