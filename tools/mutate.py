"""Does the net hold fish?  Seeded faults in the engine's decisions, one at a time, and whether the tests notice.

    python -m tools.mutate --faults 200 --seed 1       200 faults chosen by the seed, survivors listed; all of them where there are no more
    python -m tools.mutate --file vpctui/aws/edge.py   every fault of one file

The tests are collected once, and run once to see which functions each calls.  For each fault a process is born from that moment, gets the
fault into its functions and runs the tests that call them until one fails.  A fault in what an import runs is judged by a process that imports
the faulty source and runs everything.
"""

import argparse
import functools
import gc
import json
import math
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tools.calls import calls_during, home_of
from tools.faults import ROOT, Fault, Faulty, Running, all_faults, faults_of

TESTS = (
    "tests/scenario/test_curriculum_traces.py",
    "tests/engine",
    "tests/aws",
    "tests/test_recorded.py",
    "tests/scenario/test_problems.py",
    "tests/scenario/test_yaml_mistakes.py",
    "tests/test_exploration.py",
    "tests/test_properties.py",
    "tests/test_lesson.py",
)
"""The tests that judge."""
PATIENCE = 5
"""A fault hangs when the tests take so many times as long as without any; a machine that others use is slow now and then."""
MEMORY = 4 << 30
"""Bytes that a process with a fault may have: some faults collect without end."""
MISSED, CAUGHT, UNSURE, HUNG = 0, 1, 2, 3
VERDICTS = {MISSED: "SURVIVED", CAUGHT: "caught", HUNG: "caught: the tests hang"}
QUIETLY = ("-x", "-q", "-p", "no:cacheprovider", "--no-header")


@dataclass
class Trial:
    """What every fault is judged by: the collected tests, which functions each of them calls, and how patient to be."""

    session: pytest.Session
    running: Running
    calls: dict[str, set[str]] = field(default_factory=dict)
    """Tests that pass without any fault, the quickest first, and the functions that each calls."""
    broken: list[str] = field(default_factory=list)
    """Tests that fail without any fault, so that they notice nothing."""
    patience: float = math.inf

    def verdict(self, fault: Fault) -> int:
        """What the tests say that can meet a fault; one in what an import runs is imported anew."""
        home = home_of(fault)
        met = [name for name, calls in self.calls.items() if home in calls]
        verdict = in_a_child(lambda: self._run(fault, met), self.patience)
        if verdict == UNSURE or (verdict == MISSED and home not in self.only_called):
            verdict = in_a_child(lambda: _imported(fault, self.broken), self.patience)
        return verdict

    def _run(self, fault: Fault, met: list[str]) -> int:
        """In a child: infect, then run the collected tests that can meet the fault until one fails; those of its own file first."""
        _silent()
        if not self.running.infect(fault):
            return UNSURE
        collected = {item.nodeid: item for item in self.session.items}
        items = sorted(map(collected.__getitem__, met), key=lambda item: item.path.name != _own(fault))
        for number, item in enumerate(items):
            following = items[number + 1] if number + 1 < len(items) else None
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.session.testsfailed:
                return CAUGHT
        return MISSED

    @functools.cached_property
    def only_called(self) -> set[str]:
        """Functions that tests call, and no import does: a fault in one of them has been seen by every test that can meet it."""
        return set[str]().union(*self.calls.values()) - _called_by_import()


class Judge:
    """A plugin of pytest: when the tests are collected it judges the faults instead of running them once."""

    def __init__(self, faults: list[Fault]) -> None:
        self._faults = faults
        self.left: list[Fault] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Judge every fault; pytest then thinks that it is done."""
        began = time.monotonic()
        trial = _tried(session)
        trial.patience = PATIENCE * (time.monotonic() - began)
        _say(f"{len(trial.calls)} tests, {len(trial.broken)} left out because they fail by themselves: {', '.join(trial.broken)}\n")
        nothing = Fault(self._faults[0].path, -1, 0, "nothing")
        if in_a_child(lambda: _imported(nothing, trial.broken)) != MISSED:
            raise RuntimeError("the tests fail when everything is imported anew, so they would catch every fault")
        gc.freeze()  # a collection in a child would copy every page of what it was born with
        self.left = list(survivors(self._faults, trial.verdict))
        return True


def survivors(faults: list[Fault], judge: Callable[[Fault], int]) -> Iterator[Fault]:
    """The faults that no test notices; progress goes to standard error."""
    for number, fault in enumerate(faults, 1):
        verdict = judge(fault)
        _say(f"{number}/{len(faults)} {fault.path}:{fault.line} {fault.what}: {VERDICTS[verdict]}\n")
        if verdict == MISSED:
            yield fault


def _say(text: str) -> None:
    os.write(SPEAKER, text.encode())


SPEAKER = os.dup(2)
"""Standard error itself: pytest holds the one that programs know."""


def in_a_child(work: Callable[[], int], patience: float = math.inf) -> int:
    """What a child says within so many seconds; one that hangs or dies has noticed."""
    child = os.fork()
    if child == 0:
        if patience < math.inf:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        try:
            os._exit(work())
        except BaseException:  # a fault may break anything, the tests' own machinery included
            os._exit(CAUGHT)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return CAUGHT if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return HUNG


def _tried(session: pytest.Session) -> Trial:
    """Every test once without any fault, in a child so that nothing of them stays in this process."""

    running = Running()

    def work(say: Callable[[object], None]) -> None:
        for item in session.items:
            before = session.testsfailed
            began = time.monotonic()
            running.forget()  # what another test has worked out already is a call of this one too
            run = functools.partial(item.config.hook.pytest_runtest_protocol, item=item, nextitem=None)
            calls = calls_during(run)
            say((time.monotonic() - began, item.nodeid, session.testsfailed == before, sorted(calls)))
            session.shouldfail = False

    trial = Trial(session, running)
    for _, name, passed, calls in sorted(_told_by_a_child(work)):
        if passed:
            trial.calls[name] = set(calls)
        else:
            trial.broken.append(name)
    return trial


def _called_by_import() -> set[str]:
    """The functions of the engine and the resources that run when the program and its tests are imported: many a test reads its network then."""

    def work(say: Callable[[object], None]) -> None:
        _forget()
        say(sorted(calls_during(lambda: pytest.main([*QUIETLY, "--collect-only", *TESTS]))))

    return set(*_told_by_a_child(work))


def _told_by_a_child(work: Callable[[Callable[[object], None]], None]) -> list[Any]:
    """What a child says, in JSON, a line each."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as told:

        def talking() -> int:
            _silent()
            work(lambda value: print(json.dumps(value), file=told))
            told.flush()
            return 0

        in_a_child(talking)
        told.seek(0)
        return [json.loads(line) for line in told]


def _own(fault: Fault) -> str:
    """The tests that bear the name of a file are the likeliest to notice."""
    return f"test_{Path(fault.path).stem}.py"


def _imported(fault: Fault, broken: list[str]) -> int:
    """In a child: forget what was imported, import the faulty source, collect and run everything."""
    _silent()
    _forget()
    sys.meta_path.insert(0, Faulty(fault))
    own = (str(path) for path in sorted(ROOT.glob(f"tests/*/{_own(fault)}")))
    return CAUGHT if int(pytest.main([*QUIETLY, *own, *TESTS, *(f"--deselect={each}" for each in broken)])) else MISSED


def _forget() -> None:
    """What is imported after this is imported anew."""
    for name in [name for name in sys.modules if name.partition(".")[0] in ("vpctui", "tests", "tools")]:
        del sys.modules[name]


def _silent() -> None:
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)


def main() -> int:
    """The command line; exit status 1 when fewer than 95 of 100 faults are caught."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--file", default="")
    options = parser.parse_args()
    every = all_faults()
    chosen = faults_of(options.file) if options.file else random.Random(options.seed).sample(every, min(options.faults, len(every)))
    os.chdir(ROOT)
    judge = Judge(chosen)
    status = int(pytest.main([*QUIETLY, *TESTS], plugins=[judge]))
    if status not in (0, 5):
        print("the tests cannot be collected")
        return 2
    share = 100 * (len(chosen) - len(judge.left)) / len(chosen)
    print(f"\n{len(chosen)} faults, {len(chosen) - len(judge.left)} caught ({share:.1f} %)")
    for fault in judge.left:
        print(f"{fault.path}:{fault.line}: {fault.what}")
    return 0 if share >= 95 else 1


if __name__ == "__main__":
    sys.exit(main())
