"""A browser that is driven: headless Chromium over a pipe, in the DevTools protocol, with keys and pictures."""

from __future__ import annotations

import base64
import itertools
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.browser import CHROMIUM, FLAGS

_OWN = [flag for flag in FLAGS if not flag.startswith(("--virtual-time", "--dump-dom"))]
_PATIENCE = 60.0  # seconds


class Browser:
    """One tab. `send` is a command of the protocol."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back = to, back
        self._buffer = b""
        self._numbers = itertools.count(1)
        self._session: str | None = None
        self.messages: list[dict[str, Any]] = []  # events: what the page logged, and what it was refused
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Have it done, and its result."""
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            found = self._read(end)
            if found.get("id") == number:
                assert "error" not in found, found["error"]
                result: dict[str, Any] = found["result"]
                return result
            self.messages.append(found)
        raise TimeoutError(method)

    def _read(self, end: float) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._back], [], [], max(0.0, end - time.monotonic()))
            assert ready, "the browser does not answer"
            data = os.read(self._back, 1 << 20)
            assert data, "the browser is gone"
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\0")
        found: dict[str, Any] = json.loads(line)
        return found

    def run(self, script: str) -> Any:
        """The value of an expression in the page."""
        found = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def until(self, script: str) -> Any:
        """Wait until an expression is true."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            try:
                if value := self.run(script):
                    return value
            except AssertionError:  # between two pages there is none to ask
                pass
            time.sleep(0.05)
        raise AssertionError(f"never true: {script}; {self.run('document.body.innerText')}")

    def open(self, address: str) -> None:
        """Go there, and wait for the page."""
        self.send("Page.navigate", url="about:blank")  # else another fragment would be the same page
        self.until("location.href === 'about:blank'")
        self.run("window.isOld = true")
        self.send("Page.navigate", url=address)
        self.until("!window.isOld && document.readyState === 'complete'")

    def press(self, key: str) -> None:
        """A key, as a keyboard sends it."""
        codes = {"Enter": 13, "Escape": 27, "Tab": 9}
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        code = codes.get(key) or ord(key.upper())
        for kind in ("keyDown", "keyUp"):
            said = text if kind == "keyDown" else ""
            self.send("Input.dispatchKeyEvent", type=kind, key=key, text=said, windowsVirtualKeyCode=code)

    def write(self, text: str) -> None:
        """Text into what has the focus."""
        self.send("Input.insertText", text=text)

    def look(self, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """How large the window is, and whether the person likes it dark."""
        self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.send("Emulation.setEmulatedMedia", features=scheme)

    def picture(self, path: Path) -> None:
        """What is seen."""
        path.write_bytes(base64.b64decode(self.send("Page.captureScreenshot")["data"]))

    def problems(self) -> list[str]:
        """What the page refused or complained of: violations of its content policy, errors of scripts."""
        self.run("1")
        found = [
            json.dumps(each["params"]) for each in self.messages if each.get("method") == "Runtime.exceptionThrown"
        ]
        entries = [each["params"]["entry"] for each in self.messages if each.get("method") == "Log.entryAdded"]
        return found + [each["text"] for each in entries if each["level"] == "error"]


# The browser reads from descriptor 3 and writes to 4.
_START = """\
import fcntl, os, sys
read, write = (fcntl.fcntl(int(each), fcntl.F_DUPFD, 10) for each in sys.argv[1:3])
os.dup2(read, 3)
os.dup2(write, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser of its own, without a past."""
    read, to = os.pipe()
    back, write = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        flags = [*_OWN, f"--user-data-dir={profile}", "--remote-debugging-pipe"]
        start = [sys.executable, "-c", _START, str(read), str(write), CHROMIUM, *flags]
        running = subprocess.Popen(start, pass_fds=(read, write), stderr=subprocess.DEVNULL)
        os.close(read)
        os.close(write)
        try:
            yield Browser(to, back)
        finally:
            running.terminate()
            running.wait(timeout=30)
            os.close(to)
            os.close(back)
