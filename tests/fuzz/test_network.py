"""No command reaches the network but `import --live`: every one runs in a process of its own, in which Python tells what dials, listens or asks for a name."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.interop.accounts import account
from tests.interop.terraform_files import APPLIANCE, state
from tests.interop.test_reachability import SCENARIO, analysis
from tests.tui.terminal import Terminal

WATCH = """
import os, sys

def watch(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        with open(os.environ["WATCHED"], "a") as told:
            told.write(f"{event} {arguments}\\n")

sys.addaudithook(watch)
"""
COMMANDS = (
    "--version",
    "trace net.yaml --from i-fw --to i-app:80",
    "trace appliance --format markdown",
    "trace appliance --pcap out.pcap",
    "check appliance net.yaml",
    "forecast appliance",
    "diff appliance nat-gateway",
    "compare-ra analysis.json net.yaml",
    "import aws account.json --output out.yaml",
    "import aws account.json --anonymize --output out.yaml",
    "import aws --commands",
    "import terraform state.json --output out.yaml",
    "schema",
    "break appliance --output broken.yaml",
    "appliance --plain",
)
EXPLORED = {"appliance --keys nnn.f": "what if", "": "q quit", "break appliance --level 2": "faults are hidden"}
"""The explorer, the course and a riddle, with what their screens show first."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files to read, and a Python that tells what reaches for the network."""
    (tmp_path / "sitecustomize.py").write_text(WATCH)
    (tmp_path / "net.yaml").write_text(SCENARIO)
    (tmp_path / "account.json").write_text(json.dumps(account()))
    (tmp_path / "state.json").write_text(json.dumps(state(*APPLIANCE)))
    (tmp_path / "analysis.json").write_text(json.dumps(analysis()))
    return tmp_path


def environment(folder: Path, root: Path) -> dict[str, str]:
    return {"PYTHONPATH": f"{folder}:{root}", "WATCHED": str(folder / "told"), "HOME": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


def run(folder: Path, root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment(folder, root), input="trace\nquit\n", capture_output=True, text=True, timeout=60, check=False
    )


def told(folder: Path) -> str:
    return (folder / "told").read_text() if (folder / "told").exists() else ""


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_reaches_for_no_network(folder: Path, root: Path, words: str) -> None:
    done = run(folder, root, "-m", "vpctui", *words.split())
    assert done.returncode in (0, 1), done.stderr
    assert done.stdout + done.stderr or "--output" in words
    assert told(folder) == ""


@pytest.mark.parametrize("words", EXPLORED)
def test_the_explorer_reaches_for_no_network(folder: Path, root: Path, words: str) -> None:
    with Terminal([sys.executable, "-m", "vpctui", *words.split()], env=environment(folder, root)) as opened:
        opened.wait_for(EXPLORED[words])
        opened.read()
        opened.press("nn")
        opened.press("q")
        opened.press("q")
        if opened.process.poll() is None:
            opened.press("\x03")
        assert opened.finish()[0] == 0
    assert told(folder) == ""


def test_the_live_import_is_seen_to_do_so(folder: Path, root: Path) -> None:
    """The net would hold it: a closed port of this machine stands for AWS."""
    pytest.importorskip("boto3")
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_MAX_ATTEMPTS": "1"}
    words = [sys.executable, "-m", "vpctui", "import", "aws", "--live", "--region", "eu-west-1", "--endpoint-url", "http://127.0.0.1:9"]
    subprocess.run(words, cwd=folder, env={**environment(folder, root), **keys}, capture_output=True, timeout=120, check=False)
    assert "socket." in told(folder)
    assert "127.0.0.1" in told(folder)
