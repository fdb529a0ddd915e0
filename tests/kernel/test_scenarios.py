"""Every bundled scenario, every flow, under every named change: the engine and the Linux kernel tell the same."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kernel.asking import Answer, answers
from tests.kernel.cannot import CANNOT, listed
from vpctui.engine.alter import State
from vpctui.engine.change import Refusal
from vpctui.scenario.changing import changed
from vpctui.scenario.reading import read_scenario
from vpctui.scenario.scenario import Scenario

FOLDER = Path(__file__).parents[2] / "scenarios"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


def scenario(name: str) -> Scenario:
    """A bundled scenario."""
    found, problems = read_scenario((FOLDER / f"{name}.yaml").read_bytes(), name)
    assert found is not None, problems
    return found


def states(found: Scenario) -> Iterator[tuple[str, State]]:
    """The scenario as it stands, and under each of its changes that is not refused."""
    for name, texts in [("", ()), *((change.name, change.set) for change in found.changes if not change.error)]:
        state = changed(found, texts)
        assert not isinstance(state, Refusal), (name, state)
        yield name, state


@pytest.mark.parametrize("name", NAMES)
def test_engine_and_kernel_agree(name: str, kernel: None) -> None:
    """Path, addresses, ports, TTL, who takes it, what ICMP says; and what cannot be asked is exactly what is listed."""
    found: dict[str, Answer] = {f"{change}/{answer.flow}": answer for change, state in states(scenario(name)) for answer in answers(state)}
    assert "\n".join(f"{flow}: {answer.outcome}: {answer.disagreement}" for flow, answer in found.items() if answer.disagreement) == ""
    assert {flow: answer.inexpressible for flow, answer in found.items() if answer.inexpressible} == listed(name)


def test_only_bundled_scenarios_are_listed() -> None:
    """A scenario that was renamed would be excused for ever."""
    assert {name for scenarios in CANNOT.values() for name in scenarios} <= set(NAMES)


def test_a_killed_laboratory_leaves_nothing(kernel: None, root: Path) -> None:
    """The namespaces of a process that was killed are gone with the next sweep; others' are left alone."""
    program = (
        "import os, signal\n"
        "from tests.kernel.plumbing import Plumber\n"
        "plumber = Plumber()\nplumber.namespace('a')\nplumber.build()\n"
        "print(*plumber.namespaces.values(), flush=True)\n"
        "os.kill(os.getpid(), signal.{signal})"
    )
    for signal, left in (("SIGKILL", True), ("SIGTERM", False)):
        done = subprocess.run([sys.executable, "-c", program.format(signal=signal)], cwd=root, capture_output=True, text=True, check=False)
        made = done.stdout.strip()
        assert made.startswith("vpctui-k"), done.stderr
        assert (made in namespaces()) == left
        subprocess.run([sys.executable, "-c", "from tests.kernel.plumbing import sweep; sweep()"], cwd=root, check=True)
        assert made not in namespaces()


def namespaces() -> list[str]:
    """Names of the machine's network namespaces."""
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout
    return [line.split()[0] for line in listed.splitlines()]
