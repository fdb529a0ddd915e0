"""What the size of a network costs: a hop, a flip and the memory of an interface among 100, 10,000 and 100,000 interfaces.

Each size is a process of its own (`python -m benchmarks.sizes 10000` prints its figures as JSON), so that none inherits the memory of another.
"""

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import msgspec
from msgspec.structs import replace

from benchmarks.clock import seconds
from benchmarks.result import Result, time_text
from benchmarks.samples import ROOT, generated
from vpctui.engine.change import Refusal, apply, parse
from vpctui.engine.conversation import Question, World, converse
from vpctui.trace import Conversation

FLIP = "eni-fw.source_dest_check=on"
SIZES = (100, 10_000, 100_000)


class Figures(msgspec.Struct, frozen=True):
    """One size, measured: seconds for a hop and for a flip with the trace after it, bytes for each interface."""

    interfaces: int
    hop: float
    flip: float
    memory: float


def measure(runs: int) -> Iterator[Result]:
    """Two lines of the table for each further size, and one for the memory."""
    turns = [[_figures(size) for size in SIZES] for _ in range(max(1, runs // 3))]
    first, *others = [_best(list(column)) for column in zip(*turns, strict=True)]
    for other in others:
        beside = f"{first.interfaces:,}"
        yield Result(
            f"a hop among {other.interfaces:,} interfaces, beside {beside}", time_text(other.hop), time_text(first.hop), other.hop / first.hop, bound=1.3
        )
        yield Result(
            f"a flip among {other.interfaces:,} interfaces, beside {beside}", time_text(other.flip), time_text(first.flip), other.flip / first.flip, bound=2.0
        )
    middle, large = others
    yield Result(
        f"memory for an interface among {large.interfaces:,}, beside {middle.interfaces:,}",
        f"{large.memory / 1024:.1f} kB",
        f"{middle.memory / 1024:.1f} kB",
        large.memory / middle.memory,
    )


def _figures(interfaces: int) -> Figures:
    command = [sys.executable, "-m", "benchmarks.sizes", str(interfaces)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return msgspec.json.decode(done.stdout, type=Figures)


def _best(turns: list[Figures]) -> Figures:
    """The quickest of several turns: whatever else the machine does only ever adds."""
    return Figures(turns[0].interfaces, min(one.hop for one in turns), min(one.flip for one in turns), median(one.memory for one in turns))


def figures(interfaces: int) -> Figures:
    """Measure one size in this process."""
    gc.collect()
    before = _resident()
    scenario = generated(interfaces)
    gc.collect()
    memory = (_resident() - before) / interfaces
    world, question = scenario.world, scenario.questions["web"]
    hops = len(converse(world, question).hops)
    hop = min(seconds(lambda: converse(world, question), 50) / hops for _ in range(9))
    flip = min(seconds(lambda: flipped(world, question), 50) for _ in range(9))
    return Figures(interfaces, hop, flip, memory)


def flipped(world: World, question: Question) -> Conversation:
    """The conversation after the appliance's source/destination check was turned on.  Raises ValueError when that is refused."""
    change = parse(FLIP)
    network = change if isinstance(change, Refusal) else apply(change, world.network)
    if isinstance(network, Refusal):
        raise ValueError(network.message)
    return converse(replace(world, network=network), question)


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(figures(int(sys.argv[1]))))
