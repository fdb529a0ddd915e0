"""What the explorer may cost on a slow link: bytes, updates, memory, on a real pty at 80×24 with 16 colours."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.tui.conftest import READY, Start
from tests.tui.terminal import Terminal, python

UPDATE = b"\x1b[?2026h"
COLOUR = re.compile(rb"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d+)*m")
BARE = """
from textual.app import App
from textual.widgets import Static

class Bare(App):
    def compose(self):
        yield Static("q quit")
    def key_q(self):
        self.exit()

Bare().run(mouse=False)
"""


def test_a_step_costs_at_most_700_bytes(start: Start) -> None:
    """Where another leg unfolds a step costs up to 860 bytes, once for each leg: that is 160 too many, and left so.

    The characters in which the screen differs are 480 of them, 18 lines to go to 130, the turns between looks 50: 660 before the first cell inside
    a line is jumped over.  Scroll regions do not help, since they take whole lines and the network stands beside, nor does what some terminals do
    not know (REP, margins left and right).  Ways that fit 700 hide what lies ahead (the hops of the new leg in one row, and no checks below the
    first), and there is where the packet dies.
    """
    with start() as terminal:
        inside: list[int] = []
        crossing: list[int] = []
        for key in [*"nnnnnnnn", *"pppppp", *"........................", *",,,,,,,,,,,,"]:
            leg = _leg(terminal)
            taken = len(terminal.press(key))
            (inside if _leg(terminal) == leg else crossing).append(taken)
    assert len(inside) >= 40
    assert max(inside) <= 700, inside
    assert crossing
    assert max(crossing) <= 860, crossing


def _leg(terminal: Terminal) -> str:
    """The leg that is unfolded: its row does not count its hops."""
    return next(line[27:] for line in terminal.screen.display if line[27:].startswith("──") and " hops " not in line and "1 hop" not in line)


def test_a_step_is_one_update_of_the_display(start: Start) -> None:
    with start(sync=True) as terminal:
        for key in "nn..p,":
            assert terminal.press(key).count(UPDATE) == 1, key


def test_a_flip_in_view_costs_at_most_two_kilobytes(start: Start) -> None:
    with start("--at", "3") as terminal:
        terminal.press("..")
        assert len(terminal.press(" ")) <= 2048
        assert len(terminal.press("u")) <= 2048


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_step_of_the_walkthrough_costs_at_most_two_kilobytes(start: Start, language: str) -> None:
    """It goes anywhere, changes anything, and tells of it: as much as a flip, at once, and in one update."""
    with start("--lang", language, sync=True, ready="q ") as terminal:
        for keys in ["w", *"nnnnnnnnnn", *"ppppp", ":step 7\r", "w", "w", "q"]:
            written = terminal.press(keys)
            assert 0 < len(written) <= 2048 + 200 * (len(keys) - 1), (keys, len(written))
            assert written.count(UPDATE) == len(keys), keys


def test_a_question_and_its_answer_cost_at_most_two_kilobytes(start: Start) -> None:
    with start("--predict") as terminal:
        costs = [len(terminal.press(key)) for key in "n5" + "1n1n1n"]
    assert min(costs) > 0
    assert max(costs) <= 2048, costs


def test_the_course_costs_at_most_700_bytes_a_row(root: Path, tmp_path: Path) -> None:
    with Terminal(python("-m", "vpctui"), env={"PYTHONPATH": str(root), "HOME": str(tmp_path)}) as terminal:
        terminal.wait_for("plain-routing")
        terminal.read()
        rows = [len(terminal.press(key)) for key in "jjjjjjkkkk"]
        assert 0 < max(rows) <= 700, rows
        assert 0 < len(terminal.press("\t\t")) <= 3072
        assert 0 < len(terminal.press("L")) <= 3072


def test_the_start_costs_at_most_sixteen_kilobytes(start: Start) -> None:
    with start() as terminal:
        assert len(terminal.received) <= 16 * 1024


def test_help_costs_at_most_ten_kilobytes(start: Start) -> None:
    with start() as terminal:
        assert 500 < len(terminal.press("?")) <= 10 * 1024
        assert len(terminal.press("q")) <= 10 * 1024


def test_nothing_moves_by_itself(start: Start) -> None:
    with start("--at", "2") as terminal:
        before = _processor_time(terminal)
        assert terminal.read(quiet=2.0) == b""
        assert _processor_time(terminal) - before <= 1


def _processor_time(terminal: Terminal) -> int:
    """User and system ticks of the program (Linux)."""
    fields = Path(f"/proc/{terminal.process.pid}/stat").read_text().rpartition(") ")[2].split()
    return int(fields[11]) + int(fields[12])


def test_without_colour_there_are_no_colour_codes(start: Start) -> None:
    with start(env={"NO_COLOR": "1"}) as terminal:
        terminal.press("nn..f")
        terminal.press("q?")
        terminal.press("q ")
        assert not COLOUR.search(terminal.received)
        assert b"\x1b[7m" in terminal.received or b";7m" in terminal.received


def test_sixteen_colours_are_the_terminals_own(start: Start) -> None:
    with start(term="screen") as terminal:
        terminal.press("nn..")
        assert COLOUR.search(terminal.received)
        assert b"38;" not in terminal.received
        assert b"48;" not in terminal.received


def test_memory(start: Start) -> None:
    with start() as terminal:
        terminal.press("nnnf")
        assert terminal.memory <= 60 * 1024 * 1024


def test_the_first_frame_comes_at_most_1_6_times_as_late_as_that_of_a_bare_app(root: Path, tmp_path: Path) -> None:
    """In processor time of several starts, each beside a bare one on the same processor at the same time.

    One after the other they would meet a shared machine at different speeds: a start takes up to twice as long as the next.
    """
    ours = bare = 0
    for _ in range(6):
        with _on_one_processor():
            simple = Terminal(python("-c", BARE))
            explorer = Terminal(python("-m", "vpctui", str(root / "scenarios/appliance.yaml")), env={"PYTHONPATH": str(root), "HOME": str(tmp_path)})
        with simple, explorer:
            for terminal in (explorer, simple):
                terminal.wait_for(READY)
                terminal.read()
            ours += _processor_time(explorer)
            bare += _processor_time(simple)
            simple.press("q", quiet=0.05)
    if ours > 1.6 * bare:
        pytest.fail(f"first frames after {ours} ticks of the processor, of the bare app {bare}")


@contextmanager
def _on_one_processor() -> Iterator[None]:
    """What starts inside stays on one processor, and its children."""
    all_of_them = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(all_of_them)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_of_them)
