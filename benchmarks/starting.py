"""Starting: the explorer's first frame beside a bare Textual app, a command without a screen beside an interpreter that does nothing."""

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.clock import command_seconds, side_by_side
from benchmarks.result import Result, time_text
from benchmarks.terminal import seconds_until

ROOT = Path(__file__).resolve().parent.parent
SCENARIO = str(ROOT / "scenarios/appliance.yaml")


def measure(runs: int) -> Iterator[Result]:
    """Two lines of the table."""
    explorer = [sys.executable, "-m", "vpctui", SCENARIO]
    bare = [sys.executable, "-m", "benchmarks.bare_app"]
    ours, beside = side_by_side(lambda: seconds_until(explorer, "203.0.113.20"), lambda: seconds_until(bare, "bare frame"), runs)
    yield Result("start to first frame, beside a bare Textual app", time_text(ours), time_text(beside), ours / beside, bound=1.6)
    trace = [sys.executable, "-m", "vpctui", "trace", SCENARIO]
    ours, beside = side_by_side(lambda: command_seconds(trace), lambda: command_seconds([sys.executable, "-c", "pass"]), runs)
    yield Result("`vpctui trace`, beside `python -c pass`", time_text(ours), time_text(beside), ours / beside)
