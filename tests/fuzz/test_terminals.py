"""The explorer on real terminals that come to a bad end, over SSH, in tmux and in GNU screen: what it leaves behind is a terminal, or nothing."""

import contextlib
import getpass
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.fuzz.keys import FILES, KEYS, STRAY
from tests.tui.terminal import Terminal

READY = "q quit"
SEQUENCES = (
    "\x1b[A",
    "\x1b[B",
    "\x1b[5~",
    "\x1b[6~",
    "\x1b[Z",
    "\x1b",
    "\x1b[200~x\x1b[31m\x1b[201~",
    "\x1b[I",
    "\x1b[O",
    "\x1b[<0;5;5M",
    "\x1bx",
    "\xff",
    "\x1b[?2026;2$y",
    "\x1b[9999999Z",
)
CONTROL = {f"ctrl+{letter}": chr(ord(letter) - 96) for letter in "abcdefghijklmnopqrstuvwxyz"}


def command(root: Path, file: Path) -> list[str]:
    return [sys.executable, "-m", "vpctui", str(file)]


@pytest.fixture
def terminal(root: Path, tmp_path: Path) -> Iterator[Terminal]:
    """The explorer on its own copy of a scenario, with its first frame shown."""
    file = tmp_path / "appliance.yaml"
    shutil.copy(root / "scenarios/appliance.yaml", file)
    with Terminal(command(root, file), env={"PYTHONPATH": str(root), "HOME": str(tmp_path)}) as opened:
        opened.wait_for(READY)
        opened.read()
        yield opened


def restored(opened: Terminal) -> None:
    """Cooked mode, the screen from before, a visible cursor."""
    assert termios.tcgetattr(opened.slave) == opened.attributes_before
    assert opened.received.rindex(b"\x1b[?1049l") > opened.received.rindex(b"\x1b[?1049h")
    assert b"\x1b[?25h" in opened.received


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP], ids=["TERM", "HUP"])
def test_a_signal_that_ends_it_leaves_a_terminal(terminal: Terminal, ending: signal.Signals) -> None:
    """The exit status tells which signal it was."""
    os.kill(terminal.process.pid, ending)
    status, _ = terminal.finish()
    assert status == 128 + ending
    restored(terminal)


def test_a_closed_terminal_ends_it(terminal: Terminal) -> None:
    """Nobody is there any more: it must not stay behind and spin."""
    os.close(terminal.slave)
    os.close(terminal.master)
    try:
        assert terminal.process.wait(timeout=10) != 0
    finally:
        terminal.master, terminal.slave = os.open(os.devnull, os.O_RDWR), os.open(os.devnull, os.O_RDWR)


def test_a_full_disk_is_said_and_leaves_no_half_file(root: Path, tmp_path: Path) -> None:
    """A limit of no bytes at all stands for the disk."""
    limited = ["sh", "-c", 'cd "$0" && ulimit -f 0 && exec "$@"', str(tmp_path), *command(root, root / "scenarios/appliance.yaml")]
    environment = {"PYTHONPATH": str(root), "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    target = tmp_path / "out.md"
    with Terminal(limited, env=environment) as opened:
        opened.wait_for(READY)
        opened.read()
        opened.press(":write out.md\r")
        assert "File too large" in opened.text
        assert not target.exists()
        assert not [left for left in tmp_path.iterdir() if left.is_file() and left.stat().st_size]
        opened.press("q")
        assert opened.finish()[0] == 0
        restored(opened)


@pytest.mark.parametrize("name", [".", "/", "..", "no-such-folder/x.md", "x" * 300 + ".md"])
def test_a_name_that_cannot_be_written_is_said(terminal: Terminal, name: str) -> None:
    terminal.press(f":write {name}\r")
    assert terminal.process.poll() is None
    terminal.press("q")
    assert terminal.finish()[0] == 0
    restored(terminal)


def test_a_file_that_vanishes_is_said(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "appliance.yaml").unlink()
    terminal.press("R")
    terminal.wait_for("no such file")
    terminal.press("q")
    terminal.press("n")
    assert "hop 1" in terminal.screen.display[0]
    terminal.press("q")
    assert terminal.finish()[0] == 0
    restored(terminal)


@pytest.mark.parametrize("number", range(2))
def test_random_keys_on_a_real_terminal_leave_it_as_it_was(root: Path, tmp_path: Path, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """150 keys and sequences, with the terminal dragged about in between; then it quits, or had quit."""
    monkeypatch.chdir(tmp_path)
    chance = random.Random(number)
    with Terminal(command(root, FILES[number * 5]), env={"PYTHONPATH": str(root), "HOME": str(tmp_path)}) as opened:
        opened.wait_for(READY)
        for _ in range(15):
            keys = [chance.choice((chance.choice(STRAY), chance.choice(SEQUENCES), chance.choice(KEYS))) for _ in range(10)]
            typed = "".join(
                CONTROL.get(key, "\r" if key == "enter" else " " if key == "space" else key if len(key) == 1 or key in SEQUENCES else "") for key in keys
            )
            opened.press(typed.replace("\x1a", ""), quiet=0.05)
            if opened.process.poll() is None and chance.random() < 0.3:
                opened.resize(chance.choice((80, 30, 200)), chance.choice((24, 8, 60)))
        if opened.process.poll() is None:
            opened.resize(80, 24)
            for last in ("\x1b", "\x1b", "\x1b", "\x03"):
                if opened.process.poll() is None:
                    opened.press(last)
        assert opened.finish()[0] == 0, opened.text
        restored(opened)
        assert "Traceback" not in opened.text


def journey(opened: Terminal) -> None:
    """Start, step, flip, walkthrough, quit; every screen is read back."""
    opened.wait_for(READY)
    opened.press("nn", quiet=0.4)
    opened.wait_for("hop 2")
    opened.press(":eni-fw.source_dest_check=on\r", quiet=0.4)
    opened.wait_for("ENI_SRC_DST_CHECK_IN")
    opened.press("u", quiet=0.4)
    opened.wait_until(lambda: "ENI_SRC_DST_CHECK_IN" not in opened.text, "the change was not undone")
    for walkthrough_and_its_next_step in "w ":
        show_something_else(opened, walkthrough_and_its_next_step)
    opened.press("\x1b", quiet=0.6)
    opened.press("\x03", quiet=0.4)
    opened.wait_for("it is over")


def show_something_else(opened: Terminal, key: str) -> None:
    """Press a key, and wait for what it does."""
    before = opened.text
    opened.press(key, quiet=0.4)
    opened.wait_until(lambda: opened.text != before, f"{key!r} did nothing")


def script(root: Path, tmp_path: Path, term: str = "") -> str:
    """What a shell runs: the explorer, then a line that says that it ended."""
    named = f"TERM={term} " if term else ""
    return f"cd {tmp_path} && {named}PYTHONPATH={root} {sys.executable} -m vpctui {root}/scenarios/appliance.yaml; echo it is over: $? >&2; sleep 20"


KINDS = ("xterm-256color", "linux", "vt100", "screen", "dumb")
"""Terminals that people have: windows, consoles, what multiplexers call themselves, and one that says that it can do nothing."""


@pytest.mark.parametrize("term", KINDS)
def test_kinds_of_terminals(root: Path, tmp_path: Path, term: str) -> None:
    with Terminal(["sh", "-c", script(root, tmp_path, term)], env={"HOME": str(tmp_path)}, term=term) as opened:
        journey(opened)


@pytest.mark.parametrize("term", KINDS)
def test_inside_tmux(root: Path, tmp_path: Path, program: Callable[[str], str], term: str) -> None:
    """tmux itself needs a terminal that can clear its screen; inside, a person may have set any `TERM`."""
    server = ["-S", str(tmp_path / "tmux"), "-f", os.devnull]
    outside = "xterm-256color" if term == "dumb" else term
    with Terminal([program("tmux"), *server, "new-session", script(root, tmp_path, term)], env={"HOME": str(tmp_path)}, term=outside) as opened:
        try:
            journey(opened)
        finally:
            subprocess.run([program("tmux"), *server, "kill-server"], check=False, capture_output=True)


@pytest.mark.parametrize("term", KINDS)
def test_inside_screen(root: Path, tmp_path: Path, program: Callable[[str], str], term: str) -> None:
    """GNU screen needs the same."""
    folder = tmp_path / "screen"
    folder.mkdir(mode=0o700)
    held = [program("screen"), "-U", "-c", os.devnull, "-S", f"vpctui{os.getpid()}"]
    environment = {"HOME": str(tmp_path), "SCREENDIR": str(folder)}
    outside = "xterm-256color" if term == "dumb" else term
    with Terminal([*held, "sh", "-c", script(root, tmp_path, term)], env=environment, term=outside) as opened:
        try:
            journey(opened)
        finally:
            subprocess.run([*held[:1], "-S", held[-1], "-X", "quit"], check=False, capture_output=True, env={**os.environ, **environment})


@pytest.fixture
def sshd(tmp_path: Path, program: Callable[[str], str]) -> Iterator[list[str]]:
    """A server on loopback that knows one key; the command of a client that signs in."""
    keygen = shutil.which("ssh-keygen")
    if keygen is None:
        pytest.skip("ssh-keygen is not installed")
    for name in ("host", "user"):
        subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)], check=True)
    with contextlib.closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {tmp_path}/host\nAuthorizedKeysFile {tmp_path}/user.pub\nPidFile {tmp_path}/pid\n"
        "StrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    with open(tmp_path / "log", "wb") as log:
        server = subprocess.Popen([program("sshd"), "-D", "-e", "-f", str(tmp_path / "sshd_config")], stderr=log)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        options = ["-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={tmp_path}/known", "-o", "LogLevel=ERROR", "-F", os.devnull]
        yield [program("ssh"), "-tt", *options, "-i", str(tmp_path / "user"), "-p", str(port), f"{getpass.getuser()}@127.0.0.1"]
    finally:
        server.terminate()
        server.wait(timeout=10)


@pytest.mark.parametrize("term", KINDS)
def test_over_ssh(root: Path, tmp_path: Path, sshd: list[str], term: str) -> None:
    """`ssh` takes the `TERM` of this side with it."""
    onto_the_screen = ["sh", "-c", 'exec "$@" >&2', "sh"]
    with Terminal([*onto_the_screen, *sshd, script(root, tmp_path)], env={"HOME": str(tmp_path)}, term=term) as opened:
        journey(opened)
