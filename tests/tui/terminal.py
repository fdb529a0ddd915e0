"""A real terminal for tests: the program runs on a pty, what it writes is counted and drawn by pyte, keys go in as bytes."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import pyte

QUIET = 0.15
"""Seconds without a byte after which a screen counts as finished; the program answers within a few milliseconds."""
SYNC_QUERY = b"\x1b[?2026$p"
SYNC_YES = b"\x1b[?2026;2$y"


class Screen(pyte.Screen):
    """A screen that can be read in the middle of a frame, when the second half of a wide character may stand alone."""

    @property
    def display(self) -> list[str]:
        """The rows as text; the second half of a wide character has none."""
        return ["".join(self.buffer[row][column].data for column in range(self.columns)) for row in range(self.lines)]


class Terminal:
    """A program on a pty of a given size.  Standard output can be a pipe (`stdout`), as in `vpctui … > trace.txt`."""

    def __init__(
        self, command: Sequence[str], *, size: tuple[int, int] = (80, 24), term: str = "xterm", env: Mapping[str, str] | None = None, sync: bool = False
    ) -> None:
        self.columns, self.rows = size
        self.screen = Screen(self.columns, self.rows)
        self._stream = pyte.ByteStream(self.screen)
        self.received = b""
        self._answers_sync = sync
        self.master, self.slave = pty.openpty()
        self._set_size(*size)
        self.attributes_before = termios.tcgetattr(self.slave)
        self.process = subprocess.Popen(
            list(command),
            stdin=self.slave,
            stdout=subprocess.PIPE,
            stderr=self.slave,
            env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8", "TERM": term, **(env or {})},
            start_new_session=True,
            # The pty becomes the controlling terminal, so that resizing it sends SIGWINCH.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)
        if self.process.stdout:
            self.process.stdout.close()

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, columns: int, rows: int) -> bytes:
        """Give the terminal another size; what the program writes then."""
        self.columns, self.rows = columns, rows
        self.screen.resize(rows, columns)
        self._set_size(columns, rows)
        os.killpg(self.process.pid, signal.SIGWINCH)
        return self.read()

    def read(self, quiet: float = QUIET, limit: float = 10.0) -> bytes:
        """Everything that is written until nothing comes any more, and the program does not wait for a processor either."""
        out, end = b"", time.monotonic() + limit
        while time.monotonic() < end:
            if select.select([self.master], [], [], quiet)[0]:
                part = self._part()
                if not part:
                    break
                out += part
            elif not self._wants_to_run():
                break
        return out

    def _wants_to_run(self) -> bool:
        """Whether a thread of the program runs, or would if the machine were not busy with something else (Linux)."""
        try:
            return any(_state(thread) in "RD" for thread in Path(f"/proc/{self.process.pid}/task").iterdir())
        except (FileNotFoundError, ProcessLookupError):
            return False

    def wait_for(self, text: str, limit: float = 20.0) -> None:
        """Read until the text stands on the screen.  Raises AssertionError when it does not come."""
        self.wait_until(lambda: text in self.text, f"{text!r} never appeared", limit)

    def wait_until(self, so: Callable[[], bool], otherwise: str, limit: float = 20.0) -> None:
        """Read until the screen is so.  Raises AssertionError, which says `otherwise`, when it does not come to be."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            if so():
                return
            if select.select([self.master], [], [], 0.05)[0] and not self._part():
                break
        raise AssertionError(f"{otherwise}; the screen shows:\n{self.text}")

    def _part(self) -> bytes:
        try:
            part = os.read(self.master, 65536)
        except OSError:
            return b""
        if self._answers_sync and SYNC_QUERY in part:
            os.write(self.master, SYNC_YES)
        self.received += part
        self._stream.feed(part)
        return part

    def press(self, keys: str | bytes, quiet: float = QUIET) -> bytes:
        """Send keys; what the program writes until it is quiet."""
        os.write(self.master, keys.encode() if isinstance(keys, str) else keys)
        return self.read(quiet)

    @property
    def text(self) -> str:
        """The screen as text, without trailing blanks."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def line(self, containing: str) -> str:
        """The first line of the screen with that text.  Raises AssertionError when there is none."""
        found = next((line for line in self.screen.display if containing in line), None)
        assert found is not None, f"no line with {containing!r}:\n{self.text}"
        return found.rstrip()

    def finish(self, limit: float = 10.0) -> tuple[int, str]:
        """Wait for the end of the program: its exit status, and what it printed on standard output."""
        end = time.monotonic() + limit
        while self.process.poll() is None and time.monotonic() < end:
            self.read(0.05, 1.0)
        status = self.process.wait(timeout=1)
        self.read(0.05, 1.0)
        assert self.process.stdout is not None
        return status, self.process.stdout.read().decode()

    @property
    def memory(self) -> int:
        """Resident memory of the program in bytes (Linux)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def _state(task: Path) -> str:
    return (task / "stat").read_text().rpartition(") ")[2][0]


def python(*arguments: str) -> list[str]:
    """A command of the interpreter that runs the tests."""
    return [sys.executable, *arguments]
