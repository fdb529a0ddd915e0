"""Measuring: medians of several runs, taken in turns, so that a busy moment of the machine falls on both sides of a ratio."""

import subprocess
import time
from collections.abc import Callable, Sequence
from statistics import median


def seconds(work: Callable[[], object], times: int = 1) -> float:
    """Seconds that one call of `work` takes, over `times` calls in a row."""
    began = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - began) / times


def side_by_side(ours: Callable[[], float], beside: Callable[[], float], runs: int) -> tuple[float, float]:
    """The medians of two measurements that take turns; the first turn of each warms caches and is not counted."""
    ours(), beside()
    turns = [(ours(), beside()) for _ in range(runs)]
    return median(turn[0] for turn in turns), median(turn[1] for turn in turns)


def command_seconds(command: Sequence[str]) -> float:
    """Seconds that a command takes from start to end.  Raises CalledProcessError when it fails."""
    return seconds(lambda: subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL))
