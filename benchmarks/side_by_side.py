"""The table of the README: vpctui beside what others use for the same thing, as ratios of one run.

    python -m benchmarks.side_by_side            print it
    python -m benchmarks.side_by_side --runs 3   quicker

What is not installed here, or needs root, is a line that says so.
"""

import argparse
import asyncio
import os
import random
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from statistics import median
from typing import Any

from textual.app import App
from textual.widgets import Static

from benchmarks import importing
from benchmarks.clock import seconds, side_by_side
from benchmarks.result import Result, time_text
from benchmarks.run import as_markdown
from benchmarks.samples import APPLIANCE, bundled, read
from vpctui.address import Address, PrefixMap, prefix_of
from vpctui.engine.alter import State, alter
from vpctui.engine.conversation import converse
from vpctui.exploration import Exploration, begin
from vpctui.scenario.changing import state_of
from vpctui.tui.app import ExplorerApp, ExplorerOptions

ROUTES = 500
LOOKUPS = 2_000
QUIET = 0.02
"""Seconds without a packet after which a leg through the kernel counts as over; they are part of its time."""
FLIP = "eni-fw.source_dest_check=on"


def lookups(runs: int) -> Iterator[Result | str]:
    """Longest prefix match in Python over whole prefixes of dictionaries, beside two radix trees in C."""
    chance = random.Random(1)
    prefixes = {prefix_of(Address(4, chance.getrandbits(32)), chance.randint(8, 28)) for _ in range(ROUTES)}
    addresses = [Address(4, chance.getrandbits(32)) for _ in range(LOOKUPS)]
    texts = [str(address) for address in addresses]
    ours = PrefixMap((prefix, str(prefix)) for prefix in prefixes)
    for name, build in (("pytricia", _pytricia), ("radix", _radix)):
        try:
            module = import_module(name)
        except ImportError:
            yield f"longest prefix match beside {name}: not installed"
            continue
        find = build(module, [str(prefix) for prefix in prefixes])
        measured = side_by_side(
            lambda: seconds(lambda: [ours.longest(address) for address in addresses]) / LOOKUPS,
            lambda find=find: seconds(lambda: [find(text) for text in texts]) / LOOKUPS,  # type: ignore[misc]
            runs,
        )
        yield _result(f"longest prefix match among {ROUTES} routes, beside {'py-radix' if name == 'radix' else name}", *measured)


def _pytricia(module: Any, prefixes: list[str]) -> Callable[[str], object]:
    tree = module.PyTricia(32)
    for prefix in prefixes:
        tree[prefix] = prefix
    return lambda text: tree.get(text)


def _radix(module: Any, prefixes: list[str]) -> Callable[[str], object]:
    tree = module.Radix()
    for prefix in prefixes:
        tree.add(prefix)
    return lambda text: tree.search_best(text)


def flip(runs: int) -> Iterator[Result | str]:
    """What a person waits for after a flip, beside what a tool without changes would do: load the file again."""
    scenario, data = bundled(), APPLIANCE.read_bytes()
    state = state_of(scenario)

    def flipped() -> None:
        made = alter(state, FLIP)
        assert isinstance(made, State)
        for question in made.questions.values():
            converse(made.world, question, made.questions)

    ours, beside = side_by_side(lambda: seconds(flipped, 20), lambda: seconds(lambda: read(data, APPLIANCE.name), 5), runs)
    yield _result(f"flip and trace all {len(state.questions)} flows again, beside loading the file", ours, beside)


class Counter(App[None]):
    """A Textual app that counts keys: the least that answers one."""

    def compose(self) -> Iterator[Static]:
        yield Static("0", id="count")

    def on_key(self) -> None:
        self.query_one("#count", Static).update("1")


def step(runs: int) -> Iterator[Result | str]:
    """A key from the event queue to a painted frame."""
    exploration = begin("appliance.yaml", state_of(bundled()))
    assert isinstance(exploration, Exploration)
    ours, beside = side_by_side(lambda: _pressed(ExplorerApp(exploration, ExplorerOptions(), {})), lambda: _pressed(Counter()), max(1, runs // 2))
    yield _result("a step in the explorer, beside the same key in a bare Textual app", ours, beside)


def _pressed(app: App[Any]) -> float:
    async def session() -> float:
        async with app.run_test(size=(80, 24)) as pilot:
            taken = []
            for key in ("n", "n", "p", "n", "p", "n", "p", "n"):
                began = time.process_time()
                await pilot.press(key)
                taken.append(time.process_time() - began)
        return median(taken)

    return asyncio.run(session())


def conversations(runs: int) -> Iterator[Result | str]:
    """One explained conversation, beside the same packets sent through network namespaces."""
    if os.geteuid() != 0 or not (shutil.which("ip") and shutil.which("nft")):
        yield "a conversation beside the kernel laboratory: that needs root, ip and nft"
        return
    from tests.kernel.referee import Referee

    scenario = bundled()
    world, question = scenario.world, scenario.questions["web"]
    with Referee(world) as referee:
        beside = median(seconds(lambda: referee.ask(question, scenario.questions, QUIET)) for _ in range(runs))
    ours = median(seconds(lambda: converse(world, question), 50) for _ in range(runs))
    yield _result(f"a conversation explained ({1 / ours:,.0f}/s), beside the same packets through the kernel ({1 / beside:,.0f}/s)", ours, beside)


def _result(what: str, ours: float, beside: float) -> Result:
    return Result(what, time_text(ours), time_text(beside), ours / beside)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    lines: list[Result | str] = []
    for measure in (lookups, flip, step, conversations, importing.measure):
        for line in measure(runs):
            sys.stderr.write(f"{line if isinstance(line, str) else ' | '.join(line.cells())}\n")
            lines.append(line)
    print(as_markdown([line for line in lines if isinstance(line, Result)]), end="")
    for line in lines:
        if isinstance(line, str):
            print(f"\nLeft out: {line}.")


if __name__ == "__main__":
    main()
