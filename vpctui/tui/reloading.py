"""Reading the file again when a person changed it in their editor: changes and place stay, a broken file changes nothing."""

from vpctui.describe.lines import Row, Span
from vpctui.describe.width import cells, visible, wrap
from vpctui.handout import Fresh
from vpctui.tui.desk import Desk, does
from vpctui.tui.frame import Run, cut
from vpctui.tui.overlay import Overlay
from vpctui.tui.progress import Walkthrough


@does("reload")
def reload(desk: Desk, count: int) -> None:
    """Read the file again."""
    source = desk.handout.source
    if source is None:
        desk.tell("reload-none")
        return
    fresh = source.read(desk.exploration)
    if isinstance(fresh, str):
        desk.open(Overlay(desk.say("reload-bad"), _rows(desk, fresh.splitlines())))
    else:
        _take(desk, fresh)


def _rows(desk: Desk, lines: list[str]) -> list[Row]:
    return [Row((Span(f" {part}"),)) for at, line in enumerate(lines) for part in _fitted(line, lines[at + 1 :], desk.size[0] - 2)]


def _fitted(line: str, following: list[str], room: int) -> list[str]:
    """A sentence wrapped; a source line and the carets under it cut alike, so that the carets stay in view and in place."""
    carets = line if _marks(line) else following[0] if following and _marks(following[0]) else ""
    if not carets:
        return wrap(visible(line), room)
    start = max(0, cells(carets.rstrip()) - room)
    return ["".join(run.text for run in cut([Run(visible(line))], start, start + room)).rstrip()]


def _marks(line: str) -> bool:
    """Whether a line has nothing but the carets that mark a place in the one above."""
    return line.lstrip().startswith("|") and not line.strip("| ^")


def _take(desk: Desk, fresh: Fresh) -> None:
    before = desk.exploration
    desk.handout = fresh.handout
    desk.walkthrough = _same_step(desk.walkthrough, fresh)
    desk.go(fresh.exploration, before)
    desk.change_layout()
    if fresh.lost:
        desk.open(Overlay(desk.say("reload-lost"), _rows(desk, list(fresh.lost))))
    desk.tell("reload-done", name=fresh.exploration.name)


def _same_step(held: Walkthrough | None, fresh: Fresh) -> Walkthrough | None:
    """The walkthrough of the new file at the step that was shown; looked at from aside, since what is on the screen is the person's own."""
    lesson = fresh.handout.lesson
    if held is None or lesson is None:
        return None
    again = Walkthrough(lesson.jump(held.lesson.number), fresh.exploration)
    again.mode = "aside" if held.shows else "left"
    return again
