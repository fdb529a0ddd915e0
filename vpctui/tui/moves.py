"""Walking with the packet, and moving inside a pane."""

from vpctui.describe.lines import Row
from vpctui.exploration import Exploration
from vpctui.tui.desk import Desk, does
from vpctui.tui.geometry import PANES, PaneName
from vpctui.tui.prediction import ask_hop


def _went(desk: Desk, exploration: Exploration, otherwise: str) -> None:
    """Show where the walk led, or say why it led nowhere."""
    if exploration is desk.exploration:
        desk.tell(otherwise)
    else:
        desk.go(exploration)


@does("hop.next")
def next_hop(desk: Desk, count: int) -> None:
    """On by hops."""
    if desk.predicting and not count and ask_hop(desk):
        return
    _went(desk, desk.exploration.next_hop(count or 1), "at-last")


@does("hop.previous")
def previous_hop(desk: Desk, count: int) -> None:
    """Back by hops."""
    _went(desk, desk.exploration.previous_hop(count or 1), "at-first")


@does("step.next")
def next_step(desk: Desk, count: int) -> None:
    """On by checks."""
    _went(desk, desk.exploration.next_step(count or 1), "at-last")


@does("step.previous")
def previous_step(desk: Desk, count: int) -> None:
    """Back by checks."""
    _went(desk, desk.exploration.previous_step(count or 1), "at-first")


@does("event.next")
def next_event(desk: Desk, count: int) -> None:
    """On to what matters."""
    _went(desk, _repeated(desk.exploration, "next_event", count), "no-event-after")


@does("event.previous")
def previous_event(desk: Desk, count: int) -> None:
    """Back to what mattered."""
    _went(desk, _repeated(desk.exploration, "previous_event", count), "no-event-before")


def _repeated(exploration: Exploration, movement: str, count: int) -> Exploration:
    for _ in range(max(1, count)):
        moved: Exploration = getattr(exploration, movement)()
        if moved is exploration:
            break
        exploration = moved
    return exploration


@does("hop.first")
def first(desk: Desk, count: int) -> None:
    """To the start, or to the hop of that number."""
    if count:
        jump(desk, count)
    else:
        _went(desk, desk.exploration.first(), "at-first")


@does("hop.last")
def last(desk: Desk, count: int) -> None:
    """To the end, or to the hop of that number."""
    if count:
        jump(desk, count)
    else:
        _went(desk, desk.exploration.last(), "at-last")


def jump(desk: Desk, hop: int) -> None:
    """To the hop of that number; beyond the end says how many there are."""
    count = len(desk.exploration.conversation.hops)
    if not 0 <= hop <= count:
        desk.tell("no-such-hop", text=hop, count=count)
    else:
        _went(desk, desk.exploration.jump(hop), "at-last" if hop == count else "at-first")


def to_row(desk: Desk, row: Row) -> None:
    """To the hop or check that a row of the path shows (`hop:3`, `step:3:2`, `hop:3:route`)."""
    kind, *numbers = row.key.split(":")
    if kind not in ("hop", "step", "end"):
        return
    there = desk.exploration.jump(int(numbers[0]))
    if kind == "step" and numbers[1].isdecimal():
        there = there.next_step(int(numbers[1]))
    desk.go(there)


@does("direction.other")
def other_direction(desk: Desk, count: int) -> None:
    """To the same component on the way back, or there."""
    _went(desk, desk.exploration.other_direction(), "no-other-direction")


@does("row.down")
def down(desk: Desk, count: int) -> None:
    """One row down; the rows of the path are where the packet is."""
    if desk.walks:
        next_step(desk, count)
    elif not desk.pane.move(count or 1, desk.height()):
        desk.tell("at-last")


@does("row.up")
def up(desk: Desk, count: int) -> None:
    """One row up."""
    if desk.walks:
        previous_step(desk, count)
    elif not desk.pane.move(-(count or 1), desk.height()):
        desk.tell("at-first")


@does("row.in")
def into(desk: Desk, count: int) -> None:
    """Unfold the row, or go into it."""
    row = desk.row
    if desk.walks:
        next_hop(desk, count)
    elif row and row.foldable and row.folded:
        desk.folded, desk.unfolded = desk.folded - {row.key}, desk.unfolded | {row.key}
        desk.change_layout()
    elif row and row.foldable:
        desk.pane.move(1, desk.height())


@does("row.out")
def out(desk: Desk, count: int) -> None:
    """Fold the row, or go to the one that holds it."""
    row = desk.row
    if desk.walks:
        previous_hop(desk, count)
    elif row and row.foldable and desk.pane.opened:
        desk.folded, desk.unfolded = desk.folded | {row.key}, desk.unfolded - {row.key}
        desk.change_layout()
    else:
        desk.pane.move(desk.pane.parent(), desk.height())


@does("page.down")
def page_down(desk: Desk, count: int) -> None:
    """One page down."""
    if desk.walks:
        next_hop(desk, 5 * (count or 1))
    elif not desk.pane.move(desk.height() * (count or 1), desk.height()):
        desk.tell("at-last")


@does("page.up")
def page_up(desk: Desk, count: int) -> None:
    """One page up."""
    if desk.walks:
        previous_hop(desk, 5 * (count or 1))
    elif not desk.pane.move(-desk.height() * (count or 1), desk.height()):
        desk.tell("at-first")


def _pane_deed(name: PaneName) -> None:
    @does(f"pane.{name}")
    def activate(desk: Desk, count: int) -> None:
        desk.activate(name)


for _name in PANES:
    _pane_deed(_name)


@does("pane.next")
def next_pane(desk: Desk, count: int) -> None:
    """On to the next pane."""
    desk.activate(PANES[(PANES.index(desk.active) + 1) % len(PANES)])


@does("pane.previous")
def previous_pane(desk: Desk, count: int) -> None:
    """Back to the pane before."""
    desk.activate(PANES[(PANES.index(desk.active) - 1) % len(PANES)])


@does("pane.zoom")
def zoom(desk: Desk, count: int) -> None:
    """The pane in use alone, and back."""
    desk.zoomed = not desk.zoomed
    desk.change_layout()
