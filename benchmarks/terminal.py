"""A program on a pseudo-terminal of 80×24, and how long it takes until a text stands on it."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

ESCAPES = re.compile(rb"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-Z\\-_=>])")
PATIENCE = 20.0


def seconds_until(command: list[str], text: str, columns: int = 80, lines: int = 24) -> float:
    """Seconds from starting the command until it has written that text.  Raises TimeoutError when it never does."""
    began = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm", LANG="C.UTF-8")
        os.environ.pop("COLORTERM", None)
        os.execvp(command[0], command)
    try:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        _wait_for(terminal, text.encode(), began + PATIENCE)
        return time.perf_counter() - began
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)


def _wait_for(terminal: int, text: bytes, deadline: float) -> None:
    written = b""
    while text not in ESCAPES.sub(b"", written):
        ready, _, _ = select.select([terminal], [], [], max(0.0, deadline - time.perf_counter()))
        if not ready:
            raise TimeoutError(f"{text!r} never appeared")
        try:
            written += os.read(terminal, 65536)
        except OSError as error:
            raise TimeoutError(f"the program ended before it showed {text!r}: {written[-300:]!r}") from error
