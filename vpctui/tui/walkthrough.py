"""The walkthrough on the screen: where a person is in it, and what its keys do.

While it is shown, `n` and `p` play its steps instead of walking by hops.  Everything else works as ever: checks, changes, panes, scenes.
`w` steps aside, where all keys are a person's own, and comes back to the very step; `q` leaves for what was there before, and `w` resumes.
"""

from collections.abc import Callable
from functools import partial
from itertools import takewhile

from vpctui.describe.lines import Row, Span
from vpctui.describe.path import place_of
from vpctui.describe.width import cut
from vpctui.exploration import Exploration
from vpctui.lesson import Lesson
from vpctui.tui import prediction
from vpctui.tui.desk import Desk, does
from vpctui.tui.effects import Effect
from vpctui.tui.overlay import Choice, Overlay
from vpctui.tui.progress import Walkthrough


@does("walkthrough")
def walk(desk: Desk, count: int) -> None:
    """Open the walkthrough, step aside, or come back to it."""
    lesson = desk.handout.lesson
    held = desk.walkthrough
    if lesson is None or not lesson.steps:
        desk.tell("walk-none")
    elif held is None:
        desk.walkthrough = Walkthrough(lesson, desk.exploration)
        _show(desk, desk.walkthrough)
    elif held.mode == "walking":
        _aside(desk, held)
    else:
        if held.mode == "left":
            held.own = desk.exploration
        elif held.put_aside(desk.exploration):
            desk.tell("walk-kept", key=desk.keymap.key("walkthrough"))
        held.mode = "walking"
        _show(desk, held)


def _aside(desk: Desk, held: Walkthrough) -> None:
    """Let a person go on alone from what is shown, or from what they had made of this step before."""
    held.mode = "aside"
    if held.excursion and held.excursion[0] == held.lesson.number and not held.strayed(desk.exploration):
        desk.go(held.excursion[1])
    desk.change_layout()


def _show(desk: Desk, held: Walkthrough, *, marks: bool = False) -> None:
    """Show what the step led to, the changes of the step marked, the selected resource under the cursor of the tree."""
    now = held.lesson.now
    before = _compared(desk.exploration, now.shown) if marks else None
    changed = now.shown.changes[-1:] if before is not None and before.changes != now.shown.changes else ()
    desk.go(now.shown, before)
    desk.refresh()
    if now.selected:
        desk.select(now.selected)
    elif changed:
        desk.select_setting(place_of(changed[0]))


def _compared(earlier: Exploration, now: Exploration) -> Exploration | None:
    """What a step is marked against: the last network that both have in common, so that a change taken back leaves no marks of its own.

    A step that only takes back is marked against what it took back; two flows have nothing to be compared by.
    """
    if earlier.flow_name != now.flow_name or earlier.changes == now.changes:
        return None
    common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(earlier.changes, now.changes, strict=False)))
    if common == len(now.changes):
        return earlier
    before = now
    while len(before.changes) > common:
        before = before.undo()
    return before


def _to(desk: Desk, held: Walkthrough, lesson: Lesson, otherwise: str, **facts: object) -> None:
    """Go to another step; an excursion with changes is kept, and said to be."""
    if lesson is held.lesson and not held.strayed(desk.exploration):
        desk.tell(otherwise, **facts)
        return
    if held.put_aside(desk.exploration):
        desk.tell("walk-kept", key=desk.keymap.key("walkthrough"))
    held.lesson = lesson
    _show(desk, held, marks=True)


def _next(desk: Desk, held: Walkthrough, count: int) -> None:
    lesson = held.lesson
    if not count and prediction.ask_step(desk, lesson, partial(play, desk)):
        return
    _on(desk, held, lesson.jump(lesson.number + max(1, count)))


def play(desk: Desk) -> None:
    """Play the next step."""
    if desk.walkthrough is not None:
        _on(desk, desk.walkthrough, desk.walkthrough.lesson.next())


def _on(desk: Desk, held: Walkthrough, after: Lesson) -> None:
    leave, score = desk.keymap.key("close"), desk.score
    if score.asked:
        _to(desk, held, after, "walk-last-score", right=score.right, asked=score.asked, leave=leave)
    else:
        _to(desk, held, after, "walk-last", told=after.held, count=len(after.steps), leave=leave)


def _back(desk: Desk, held: Walkthrough, count: int) -> None:
    """The step before; from an excursion, first the step itself again."""
    strayed = held.strayed(desk.exploration)
    lesson = held.lesson if strayed else held.lesson.jump(held.lesson.number - max(1, count))
    _to(desk, held, lesson, "walk-first")


def jump_to_step(desk: Desk, number: int) -> None:
    """To the step of that number, from anywhere."""
    lesson = desk.handout.lesson
    if lesson is None or not lesson.steps:
        desk.tell("walk-none")
    elif not 0 <= number <= len(lesson.steps):
        desk.tell("walk-no-step", number=number, count=len(lesson.steps))
    else:
        held = desk.walkthrough = desk.walkthrough or Walkthrough(lesson, desk.exploration)
        if held.mode == "left":
            held.own = desk.exploration
        held.mode = "walking"
        _to(desk, held, held.lesson.jump(number), "walk-first")
        desk.change_layout()


def _first(desk: Desk, held: Walkthrough, count: int) -> None:
    jump_to_step(desk, count)


def _last(desk: Desk, held: Walkthrough, count: int) -> None:
    jump_to_step(desk, count or len(held.lesson.steps))


def _leave(desk: Desk, held: Walkthrough, count: int) -> None:
    """Back to what was there before; the step is remembered."""
    held.put_aside(desk.exploration)
    held.mode = "left"
    desk.go(held.own)
    desk.tell("walk-left", number=held.lesson.number, key=desk.keymap.key("walkthrough"))


_WALKING: dict[str, Callable[[Desk, Walkthrough, int], None]] = {
    "hop.next": _next,
    "hop.previous": _back,
    "hop.first": _first,
    "hop.last": _last,
    "close": _leave,
    "back": _leave,
}
"""Actions that mean the walkthrough while it is shown."""


def instead(desk: Desk, action: str) -> Callable[[Desk, int], Effect | None] | None:
    """What an action does in the walkthrough; None where it does what it always does."""
    held = desk.walkthrough
    if held is None or not held.shows or (action in ("close", "back") and desk.scene is not None):
        return None
    if held.mode == "aside" and action not in ("close", "back"):
        return None
    deed = _WALKING.get(action)
    return None if deed is None else lambda desk, count: deed(desk, held, count)


@does("predict")
def predict(desk: Desk, count: int) -> None:
    """Ask about the next step of the walkthrough, or about the next hop, before it is shown."""
    held = desk.walkthrough
    walking = held is not None and held.mode == "walking"
    before, desk.predicting = desk.predicting, True
    asked = prediction.ask_step(desk, held.lesson, partial(play, desk)) if held and walking else prediction.ask_hop(desk)
    desk.predicting = before
    if not asked:
        desk.tell("predict-nothing")


@does("walkthrough.steps")
def list_steps(desk: Desk, count: int) -> None:
    """All steps, to go to one of them."""
    lesson = desk.walkthrough.lesson if desk.walkthrough else desk.handout.lesson
    if lesson is None or not lesson.steps:
        desk.tell("walk-none")
        return
    japanese = desk.settings.language == "ja"
    choices = []
    for number, step in enumerate(lesson.steps, 1):
        text = cut(step.ja if japanese else step.en, desk.size[0] - 8)
        played = lesson.played[number - 1] if number <= lesson.number else None
        mark = " " if played is None else "+" if all(told.holds for told in played.told) else "x"
        row = Row((Span(f" {number:>2} ", "key"), Span(f"{mark} ", "pass" if mark == "+" else "drop"), Span(text, "plain" if played else "dim")))
        choices.append(Choice(row, partial(_chosen, desk, number)))
    desk.open(Overlay(desk.say("walk-steps"), (), choices, at=max(0, lesson.number - 1)))


def _chosen(desk: Desk, number: int) -> None:
    desk.close()
    jump_to_step(desk, number)


def hints(desk: Desk) -> dict[str, str]:
    """Words of the key bar that differ while the walkthrough is shown, by action."""
    held = desk.walkthrough
    if held is None or not held.shows:
        return {}
    if held.mode == "aside":
        return {"walkthrough": desk.say("walk-hint-return"), "close": desk.say("walk-hint-leave")}
    words = {"hop.next": "next", "hop.previous": "back", "walkthrough": "aside", "close": "leave"}
    return {action: desk.say(f"walk-hint-{word}") for action, word in words.items()}
