"""What a key costs: bytes to the terminal and time until they are written, view by view, among 10 and among 10,000 interfaces.

The keys go to the explorer without a terminal: a key, the state after it, the frame, the bytes that turn the frame before into it.
Time is that of the processor, of which nobody else on the machine takes a share.  The course knows no network: it is measured with ten times
its scenarios beside its own.
"""

import gc
import time
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from benchmarks.result import Result, time_text
from benchmarks.samples import taught
from benchmarks.views import VIEWS, View, Where
from vpctui.cli.course import entries, ordered, paths
from vpctui.cli.handing import handout_of
from vpctui.exploration import Exploration, begin
from vpctui.handout import Handout
from vpctui.scenario.changing import state_of
from vpctui.scenario.scenario import Scenario
from vpctui.tui.app import spelled
from vpctui.tui.colours import Palette, theme_for
from vpctui.tui.course import Course
from vpctui.tui.desk import Settings
from vpctui.tui.explorer import Explorer
from vpctui.tui.player import Player
from vpctui.tui.writing import Writer

FEW, MANY = 10, 10_000
BOUND = 1.5
HIDDEN = "i-fw.ip_forward=off"
"""The fault of a broken network."""
SIZE = 80, 24


class Cost(Struct, frozen=True):
    """Of one key."""

    seconds: float
    written: int

    def __str__(self) -> str:
        return f"{time_text(self.seconds)}, {self.written:,} B"


class Hall:
    """Everything in which a session can begin, with so many interfaces; the course with so many times its scenarios."""

    def __init__(self, interfaces: int, times: int = 1) -> None:
        scenario = taught(interfaces)
        broken = replace(scenario, hidden=(HIDDEN,))
        self._begun = {"explorer": _begun(scenario), "predicting": _begun(scenario, predict=True), "broken": _begun(broken)}
        scenarios = ordered()
        self._entries = [replace(each, name=f"{each.name}{copy or ''}") for copy in range(times) for each in entries(scenarios)]
        self._paths = paths(scenarios)

    def player(self, where: Where) -> Player:
        """A session of its own."""
        if where == "course":
            return Course(self._entries, self._paths, Settings(), SIZE)
        start, handout = self._begun[where]
        return Explorer(start, Settings(), SIZE, handout)


def _begun(scenario: Scenario, *, predict: bool = False) -> tuple[Exploration, Handout]:
    start = begin(scenario.name, state_of(scenario))
    assert isinstance(start, Exploration), "a network without changes is never refused"
    return start, handout_of(scenario, start, predict=predict)


def measure(runs: int) -> Iterator[Result]:
    """A line of the table for each view."""
    few, many = Hall(FEW), Hall(MANY, times=10)
    gc.collect()
    gc.freeze()
    for name, view in VIEWS.items():
        turns = [(cost(few, view), cost(many, view)) for _ in range(3 * runs)]
        ours, beside = _best([turn[1] for turn in turns]), _best([turn[0] for turn in turns])
        what = "key among 270 scenarios, beside 27" if view.where == "course" else f"key among {MANY:,} interfaces, beside {FEW}"
        yield Result(f"{what}: {name}", str(ours), str(beside), ours.seconds / beside.seconds, bound=0 if view.where == "course" else BOUND)


def cost(hall: Hall, view: View) -> Cost:
    """A session of its own: the keys that lead there, then the key."""
    player, writer = hall.player(view.where), Writer(Palette(theme_for("16", "", {}), "16"))
    for each in spelled(view.before):
        _press(player, each)
    shown = player.frame()
    writer.whole(shown)
    began = time.process_time()
    _press(player, *spelled(view.key))
    written = writer.update(shown, player.frame())
    return Cost(time.process_time() - began, len(written.encode()))


def _press(player: Player, key: str) -> None:
    player.press(key, " " if key == "space" else key if len(key) == 1 else None)


def _best(costs: list[Cost]) -> Cost:
    """The quickest of several turns: whatever else the machine does only ever adds."""
    return min(costs, key=lambda cost: cost.seconds)
