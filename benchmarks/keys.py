"""What a key costs: bytes to the terminal and time until they are written, view by view, among 10 and among 10,000 interfaces.

The keys go to the explorer without a terminal: a key, the state after it, the frame, the bytes that turn the frame before into it.
Time is that of the processor, of which nobody else on the machine takes a share.
"""

import gc
import time
from collections.abc import Iterator

from msgspec import Struct

from benchmarks.result import Result, time_text
from benchmarks.samples import generated
from vpctui.exploration import Exploration, begin
from vpctui.scenario.changing import state_of
from vpctui.tui.app import spelled
from vpctui.tui.colours import Palette, theme_for
from vpctui.tui.desk import Settings
from vpctui.tui.explorer import Explorer
from vpctui.tui.painting import paint
from vpctui.tui.writing import Writer

FEW, MANY = 10, 10_000
BOUND = 1.5
KEYS: dict[str, tuple[str, str]] = {
    "next hop": ("nn", "n"),
    "next check": ("nn", "."),
    "into the next leg": ("nnnnn", "n"),
    "previous hop": ("nnn", "p"),
    "last hop": ("", "G"),
    "row down in the network": ("nnn1", "j"),
    "fold a resource": ("nnn1", "h"),
    "unfold a resource": ("nnn1h", "l"),
    "unfold the VPC": ("1jjj", "l"),
    "row down in the unfolded VPC": ("1jjjl", "j"),
    "flip a setting": ("nnn.", "<space>"),
    "undo": ("nnn.<space>", "u"),
    "what if at a gateway": ("nn", "f"),
    "what if at the router": ("nnnn", "f"),
    "find: first letter": ("/", "i"),
    "find: second letter": ("/i", "-"),
    "find: nothing": ("/zz", "z"),
    "find: erase a letter": ("/i-", "<backspace>"),
    "explain a resource": ("nnn1", "<enter>"),
    "explain the VPC": ("/vpc-main<enter>1jj", "<enter>"),
    "explain a route": ("nn3", "<enter>"),
    "map": ("nn", "m"),
    "both directions": ("nn", "|"),
    "header ledger": ("nn", "i"),
    "difference": ("nnn.<space>", "d"),
    "obstacles": ("nnn.<space>", "o"),
    "back to the file": ("nnn.<space>", "="),
    "flows": ("nn", "t"),
    "help": ("nn", "?"),
    "export": ("nn", "e"),
    "command line: a letter": ("nn:", "e"),
    "command line: a change": (":eni-fw.source_dest_check=on", "<enter>"),
    "language": ("nn", "L"),
    "zoom the path": ("nn", "z"),
}
"""By name: the keys that lead there, and the key that is measured."""


class Cost(Struct, frozen=True):
    """Of one key."""

    seconds: float
    written: int

    def __str__(self) -> str:
        return f"{time_text(self.seconds)}, {self.written:,} B"


def measure(runs: int) -> Iterator[Result]:
    """A line of the table for each view."""
    few, many = journey(FEW), journey(MANY)
    gc.collect()
    gc.freeze()
    for name, (before, key) in KEYS.items():
        turns = [(cost(few, before, key), cost(many, before, key)) for _ in range(3 * runs)]
        ours, beside = _best([turn[1] for turn in turns]), _best([turn[0] for turn in turns])
        what = f"key among {MANY:,} interfaces, beside {FEW}: {name}"
        yield Result(what, str(ours), str(beside), ours.seconds / beside.seconds, bound=BOUND)


def journey(interfaces: int) -> Exploration:
    """The start in a network of that many interfaces."""
    scenario = generated(interfaces)
    start = begin(scenario.name, state_of(scenario))
    assert isinstance(start, Exploration), "a network without changes is never refused"
    return start


def cost(start: Exploration, before: str, key: str) -> Cost:
    """A session of its own: the keys that lead there, then the key."""
    explorer, writer = Explorer(start, Settings(), (80, 24)), Writer(Palette(theme_for("16", "", {}), "16"))
    for each in spelled(before):
        _press(explorer, each)
    shown = paint(explorer.desk)
    writer.whole(shown)
    began = time.process_time()
    _press(explorer, *spelled(key))
    written = writer.update(shown, paint(explorer.desk))
    return Cost(time.process_time() - began, len(written.encode()))


def _press(explorer: Explorer, key: str) -> None:
    explorer.press(key, " " if key == "space" else key if len(key) == 1 else None)


def _best(costs: list[Cost]) -> Cost:
    """The quickest of several turns: whatever else the machine does only ever adds."""
    return min(costs, key=lambda cost: cost.seconds)
