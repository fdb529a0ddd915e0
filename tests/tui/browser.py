"""A headless Chromium for tests, driven over its DevTools protocol: opens a page, presses keys, reads what xterm.js shows."""

import asyncio
import base64
import json
import re
from pathlib import Path
from types import TracebackType
from typing import Any

import aiohttp

FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-3d-apis", "--hide-scrollbars", "--window-size=1200,800", "--remote-debugging-port=0")
"""Without 3D the terminal of the page draws its rows as text, which can be read."""
LISTENING = re.compile(rb"DevTools listening on (ws://\S+)")


class Browser:
    """`async with Browser(chromium, folder) as page:`."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program, self._folder = program, folder
        self._number = 0
        self._session = ""

    async def __aenter__(self) -> "Browser":
        self._process = await asyncio.create_subprocess_exec(
            self._program, *FLAGS, f"--user-data-dir={self._folder}", "about:blank", stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL
        )
        address = await asyncio.wait_for(self._address(), 30)
        self._client = aiohttp.ClientSession()
        self._socket = await self._client.ws_connect(address, max_msg_size=0)
        target = (await self.call("Target.createTarget", url="about:blank"))["targetId"]
        self._session = (await self.call("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._socket.close()
        await self._client.close()
        self._process.terminate()
        await self._process.wait()

    async def _address(self) -> str:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            if found := LISTENING.search(line):
                return found[1].decode()
        raise AssertionError("Chromium ended before it listened")

    async def call(self, method: str, **parameters: object) -> Any:
        """One call of the protocol; its result."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters} | ({"sessionId": self._session} if self._session else {})
        await self._socket.send_json(message)
        async for received in self._socket:
            answer = json.loads(received.data)
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]
        raise AssertionError("Chromium hung up")

    async def open(self, address: str) -> None:
        """Go to a page."""
        await self.call("Page.enable")
        await self.call("Page.navigate", url=address)

    async def script(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        return (await self.call("Runtime.evaluate", expression=expression, returnByValue=True))["result"].get("value")

    async def text(self) -> str:
        """What the terminal of the page shows."""
        rows = await self.script("[...document.querySelectorAll('.xterm-rows > div')].map(row => row.textContent).join('\\n')")
        return str(rows or "").replace("\xa0", " ")

    async def wait_for(self, text: str, limit: float = 20.0) -> str:
        """Read until the text is shown.  Raises AssertionError when it does not come."""
        end = asyncio.get_running_loop().time() + limit
        shown = ""
        while asyncio.get_running_loop().time() < end:
            shown = await self.text()
            if text in shown:
                return shown
            await asyncio.sleep(0.1)
        raise AssertionError(f"{text!r} never appeared; the page shows:\n{shown}")

    async def press(self, keys: str) -> None:
        """Type characters into the terminal of the page."""
        await self.script("document.querySelector('.xterm-helper-textarea').focus()")
        for key in keys:
            await self.call("Input.dispatchKeyEvent", type="keyDown", key=key, text=key)
            await self.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    async def picture(self) -> bytes:
        """The page as PNG."""
        return base64.b64decode((await self.call("Page.captureScreenshot", format="png"))["data"])
