"""The installed program on a real pty: it starts, steps, flips, resizes, suspends and quits, and leaves the terminal as it was."""

import os
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from tests.tui.conftest import Start
from tests.tui.terminal import Terminal


def as_before(terminal: Terminal) -> None:
    assert termios.tcgetattr(terminal.slave) == terminal.attributes_before
    for off in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?2004l", b"\x1b[?7h"):
        assert off in terminal.received
    assert terminal.received.rindex(b"\x1b[?1049l") > terminal.received.rindex(b"\x1b[?1049h")


def test_step_flip_undo_quit(start: Start) -> None:
    with start() as terminal:
        first = terminal.text
        terminal.press("nnn")
        assert "hop 3" in terminal.screen.display[0]
        terminal.press("...")
        terminal.press("ppp")
        terminal.press("g")
        assert terminal.text == first.replace(terminal.screen.display[-1].rstrip(), terminal.screen.display[-1].rstrip())
        terminal.press(":eni-fw.source_dest_check=on\r")
        assert "ENI_SRC_DST_CHECK_IN" in terminal.text
        terminal.press("u")
        assert "ENI_SRC_DST_CHECK_IN" not in terminal.text
        terminal.press("q")
        assert terminal.finish() == (0, "")
        as_before(terminal)


def test_quitting_with_the_trace_leaves_it_on_standard_output(start: Start) -> None:
    with start() as terminal:
        terminal.press("Q")
        status, printed = terminal.finish()
        assert status == 0
        assert "i-fw" in printed
        assert "\x1b" not in printed
        as_before(terminal)


def test_control_c_quits(start: Start) -> None:
    with start() as terminal:
        terminal.press("\x03")
        assert terminal.finish()[0] == 0
        as_before(terminal)


def test_every_size(start: Start) -> None:
    with start("--at", "2") as terminal:
        for size in ((120, 40), (200, 60), (60, 16), (80, 24)):
            terminal.resize(*size)
            assert "hop 2" in terminal.screen.display[0], size
            assert terminal.screen.display[-1].strip(), size
        terminal.resize(30, 8)
        assert "40x10" in terminal.text
        terminal.press(" n")
        terminal.resize(80, 24)
        assert "hop 2" in terminal.screen.display[0]


def test_suspended_and_back(start: Start) -> None:
    with start("--at", "2") as terminal:
        shown = terminal.text
        terminal.press("\x1a")
        deadline = time.monotonic() + 5
        while _state(terminal) != "T" and time.monotonic() < deadline:
            terminal.read(0.05)
        assert _state(terminal) == "T"
        assert termios.tcgetattr(terminal.slave) == terminal.attributes_before
        terminal.screen.reset()
        os.kill(terminal.process.pid, signal.SIGCONT)
        terminal.read(0.5)
        assert terminal.text == shown


def _state(terminal: Terminal) -> str:
    with open(f"/proc/{terminal.process.pid}/stat") as file:
        return file.read().rpartition(") ")[2][0]


def test_without_a_terminal_it_says_so(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vpctui", f"{root}/scenarios/appliance.yaml"], cwd=str(root), stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr
    assert done.stdout == ""


def test_an_export_is_a_new_file_and_never_writes_over_another(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "appliance-web.md").write_text("mine", encoding="utf-8")
    with start() as terminal:
        terminal.press("e2\r")
        assert "wrote appliance-web-2.md" in terminal.text
        terminal.press("e4\r")
        assert "wrote appliance-web.svg" in terminal.text
    assert (tmp_path / "appliance-web.md").read_text(encoding="utf-8") == "mine"
    assert "i-fw" in (tmp_path / "appliance-web-2.md").read_text(encoding="utf-8")
    assert (tmp_path / "appliance-web.svg").read_text(encoding="utf-8").startswith("<svg")
