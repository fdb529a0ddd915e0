"""The explorer in a browser, seen by a real one."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vpctui.cli import main
from vpctui.cli.serving import loopback

pytest.importorskip("textual_serve", reason="the extra serve is not installed")
pytest.importorskip("aiohttp", reason="the extra serve is not installed")

from tests.tui.browser import Browser

Program = Callable[[str], str]


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


@pytest.fixture
def served(root: Path, tmp_path: Path) -> Iterator[str]:
    """The address at which the appliance scenario is served."""
    port = free_port()
    command = [sys.executable, "-m", "vpctui", "serve", str(root / "scenarios" / "appliance.yaml"), "--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": str(root), "HOME": str(tmp_path)}
    server = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield f"http://localhost:{port}/"
    os.killpg(server.pid, signal.SIGINT)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


async def test_a_person_steps_and_changes_in_a_browser(served: str, program: Program, tmp_path: Path) -> None:
    async with Browser(program("chromium"), tmp_path / "profile") as page:
        await page.open(served)
        await page.wait_for("hop 0/16")
        before = await page.picture()
        await page.press("nnn")
        shown = await page.wait_for("hop 3/16")
        assert "> i-fw     forwards" in shown
        assert await page.picture() != before
        await page.press(":i-fw.ip_forward=off\r")
        assert "DROP IP_FORWARDING_OFF" in await page.wait_for("IP_FORWARDING_OFF")
        await page.press(":write stolen.changes\r")
        await page.wait_for("files cannot be written from a browser")
        assert not (tmp_path / "stolen.changes").exists()
        await page.press("w")
        await page.wait_for("Ingress routing: inspect both directions")


@pytest.mark.parametrize(
    ("host", "own"), [("localhost", True), ("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), ("10.0.0.1", False), ("example", False)]
)
def test_what_other_machines_reach_is_told_apart(host: str, own: bool) -> None:
    assert loopback(host) is own


def test_a_port_that_is_taken_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "appliance", "--host", "127.0.0.1", "--port", str(port)]) == 2
    assert f"cannot serve on 127.0.0.1:{port}" in capsys.readouterr().err


def test_what_exposing_means_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    called: list[tuple[str, str, int]] = []
    monkeypatch.setattr("vpctui.tui.serving.serve", lambda command, host, port: called.append((command, host, port)))
    port = free_port()
    assert main(["serve", "appliance", "--host", "0.0.0.0", "--port", str(port), "--set", "i-fw.ip_forward=off", "--read-only"]) == 0
    assert "There is no password" in capsys.readouterr().err
    assert called[0][1:] == ("0.0.0.0", port)
    assert called[0][0].endswith("-m vpctui appliance --set i-fw.ip_forward=off --read-only")
    assert main(["serve", "appliance", "--port", str(port)]) == 0
    assert "password" not in capsys.readouterr().err


def test_a_bad_file_is_said_before_anything_is_served(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("vpctui: 1\nvpcs: 3\n", encoding="utf-8")
    assert main(["serve", str(bad)]) == 2
    assert "bad.yaml:2" in capsys.readouterr().err
