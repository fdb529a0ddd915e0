"""What something costs as a ratio: processor time beside something else, on a machine whose speed changes from one second to the next."""

from collections.abc import Callable
from statistics import median
from time import process_time


def times_as_costly(ours: Callable[[], object], other: Callable[[], object], rounds: int = 5) -> float:
    """How many times the other's processor time ours takes: the median of turns, in each of which they take turns."""
    return median(_cost(ours) / _cost(other) for _ in range(rounds))


def _cost(work: Callable[[], object]) -> float:
    """Seconds of processor time of one call; of several, where one is too short to be told from nothing."""
    calls = 0
    began = process_time()
    while (spent := process_time() - began) < 0.002 or not calls:
        work()
        calls += 1
    return spent / calls
