"""Headless Chromium over its DevTools protocol, without a driver: open pages, evaluate JavaScript, take pictures."""

import base64
import itertools
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from websockets.sync.client import ClientConnection, connect

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_START_SECONDS = 60.0


def find_chromium() -> str | None:
    """The path of a Chromium on this machine, or None."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


class Page:
    """One tab."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._ids = itertools.count(1)
        self.errors: list[str] = []  # of the page and of its console
        for domain in ("Page", "Runtime", "Log"):
            self._call(f"{domain}.enable")

    def view(self, width: int, height: int, *, dark: bool = False, scale: float = 1, media: str = "") -> None:
        """Set the window's size in CSS pixels, colour scheme, pixels per CSS pixel, and medium (`print`, if any)."""
        size = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
        self._call("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._call("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def open(self, url: str) -> None:
        """Go to a page and wait until it is loaded."""
        self._call("Page.navigate", url=url)
        self.wait_for("document.readyState === 'complete' && location.href !== 'about:blank'")

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression; raises RuntimeError when it throws."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"].get("description", expression))
        return answer["result"].get("value")

    def wait_for(self, expression: str, timeout: float = 60) -> None:
        """Wait until a JavaScript expression is true."""
        deadline = time.monotonic() + timeout
        while not self.evaluate(expression):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not true after {timeout:.0f} s: {expression}")
            time.sleep(0.2)

    def press(self, key: str, code: int, text: str = "") -> None:
        """Press and release a key, by its name and its virtual key code, as a person does."""
        shared = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self._call("Input.dispatchKeyEvent", type="keyDown", **shared, **({"text": text} if text else {}))
        self._call("Input.dispatchKeyEvent", type="keyUp", **shared)

    def screenshot(self, path: Path, *, whole: bool = False, frame: dict[str, float] | None = None) -> None:
        """Write a PNG of the window, of the whole page, or of a frame (x, y, width, height) of the window."""
        arguments: dict[str, Any] = {"format": "png"}
        if frame:
            arguments["clip"] = {**frame, "scale": 1}
        if whole:
            size = self._call("Page.getLayoutMetrics")["cssContentSize"]
            clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
            arguments |= {"captureBeyondViewport": True, "clip": clip}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot", **arguments)["data"]))

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._ids)
        self._connection.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._connection.recv(timeout=60))
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
            self._notice(message.get("method", ""), message.get("params", {}))

    def _notice(self, method: str, params: dict[str, Any]) -> None:
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description", details["text"]))
        if method == "Runtime.consoleAPICalled" and params["type"] == "error":
            self.errors.append(" ".join(str(item.get("value", item.get("description"))) for item in params["args"]))
        if method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.errors.append(params["entry"]["text"])


@contextmanager
def page(executable: str) -> Iterator[Page]:
    """A tab in a Chromium of its own, which ends with the block."""
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        command = [executable, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"]
        command += ["--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            port = _port(Path(profile), process)
            with urlopen(f"http://127.0.0.1:{port}/json/list", timeout=30) as answer:
                [target] = [item for item in json.load(answer) if item["type"] == "page"]
            with connect(target["webSocketDebuggerUrl"], max_size=None, open_timeout=60) as connection:
                yield Page(connection)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _port(profile: Path, process: subprocess.Popen[bytes]) -> int:
    announced = profile / "DevToolsActivePort"
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if announced.exists() and (lines := announced.read_text().splitlines()):
            return int(lines[0])
        time.sleep(0.1)
    raise RuntimeError(f"Chromium did not start (status {process.poll()})")
