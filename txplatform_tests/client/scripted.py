"""A data API that answers what a test has written down, on the loopback address, and a clock without waiting."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from txplatform.client import ClientCredentials, Clock, DataApi, Retries

TOKEN_PATH = "/oauth2/token"


@dataclass(frozen=True)
class Reply:
    """One answer. A status of 0 closes the connection without one."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Received:
    """One request as it arrived; `body` is parsed where it is JSON."""

    method: str
    path: str
    headers: dict[str, str]
    text: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.text)


class Script:
    """The answers to come, in order, the last one for ever; and what was asked."""

    def __init__(self) -> None:
        self.replies: list[Reply] = [Reply(200, {})]
        self.token_replies: list[Reply] = []
        self.received: list[Received] = []
        self.token_forms: list[str] = []
        self.token_headers: list[dict[str, str]] = []
        self.refused_tokens: set[str] = set()
        self._lock = threading.Lock()

    def answer(self, request: Received) -> Reply:
        if request.path == TOKEN_PATH:
            with self._lock:
                self.token_forms.append(request.text.decode())
                self.token_headers.append(request.headers)
                number = len(self.token_forms)
                if self.token_replies:
                    return self.token_replies.pop(0)
            return Reply(200, {"access_token": f"token-{number}", "expires_in": 3600})
        with self._lock:
            self.received.append(request)
            if request.headers["authorization"].removeprefix("Bearer ") in self.refused_tokens:
                return Reply(401, {"message": "Unauthorized"})
            return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


class Time:
    """A clock that moves when the client sleeps, by what it sleeps; chance takes the longest wait."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.wall = 1_790_000_000.0
        self.slept: list[float] = []
        self.ranges: list[tuple[float, float]] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        self.wall += seconds

    def chance(self, low: float, high: float) -> float:
        self.ranges.append((low, high))
        return high

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.now, lambda: self.wall, self.sleep, self.chance)


class Server:
    """The script behind HTTP."""

    def __init__(self, script: Script | None = None) -> None:
        self.script = script or Script()
        self.time = Time()
        handler = type("Handler", (_Handler,), {"script": self.script})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def api(self, **retries: Any) -> DataApi:
        credentials = ClientCredentials(f"{self.url}{TOKEN_PATH}", "client", "secret")
        return DataApi(f"{self.url}/", credentials, retries=Retries(**retries), clock=self.time.clock)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    script: Script
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        text = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.script.answer(Received(self.command, self.path, headers, text))
        if reply.status == 0:
            self.close_connection = True
            return
        content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        if reply.body is None or reply.status in (204, 304):
            content = b""
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - what http.server looks for

    def log_message(self, *_: object) -> None:
        """Say nothing."""
