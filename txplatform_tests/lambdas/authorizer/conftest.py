"""The authorizer with four issuers, whose key sets are served on a free port."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from lambdas.authorizer import handler as module
from txplatform.contracts import names
from txplatform_tests.lambdas.authorizer.providers import PROVIDERS, Provider


@dataclass
class KeySetServer:
    """Serves the providers' key sets; `answers` are what the next requests get instead."""

    providers: dict[str, Provider] = field(default_factory=lambda: {name: make() for name, make in PROVIDERS.items()})
    answers: list[tuple[int, bytes]] = field(default_factory=list[tuple[int, bytes]])
    requests: list[str] = field(default_factory=list[str])
    url: str = ""
    seconds_a_kilobyte: float = 0.0

    def answer(self, path: str) -> tuple[int, bytes]:
        self.requests.append(path.strip("/"))
        if self.answers:
            return self.answers.pop(0)
        return 200, json.dumps({"keys": self.providers[path.strip("/")].keys}).encode()

    def settings(self) -> str:
        """All issuers as the authorizer's configuration."""
        return json.dumps(
            [{**provider.settings, "jwks_url": f"{self.url}/{provider.name}"} for provider in self.providers.values()]
        )


@pytest.fixture
def server() -> Iterator[KeySetServer]:
    """The key sets, served."""
    state = KeySetServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = state.answer(self.path)
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("location", f"{state.url}/{state.requests[-1]}")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            for start in range(0, len(body), 1000):
                time.sleep(state.seconds_a_kilobyte)
                self.wfile.write(body[start : start + 1000])

        def log_message(self, *_: object) -> None:
            """Keep the tests' output clean."""

    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.daemon_threads = True
    state.url = f"http://127.0.0.1:{served.server_address[1]}"
    thread = threading.Thread(target=served.serve_forever, args=(0.02,))
    thread.start()
    yield state
    served.shutdown()
    served.server_close()
    thread.join()


@pytest.fixture
def wired(server: KeySetServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    issuers = json.loads(server.settings())
    monkeypatch.setenv("TXP_ISSUERS", json.dumps(issuers[:1]))
    monkeypatch.setenv("TXP_FURTHER_ISSUERS", json.dumps(issuers[1:]))
    monkeypatch.setenv("TXP_METRIC_NAMESPACE", names.METRIC_NAMESPACE)
    monkeypatch.setenv("POWERTOOLS_DEV", "false")
    module._authorizer.cache_clear()
    yield
    module._authorizer.cache_clear()


@pytest.fixture
def issuer(server: KeySetServer) -> Provider:
    """The Cognito pool."""
    return server.providers["cognito"]


@pytest.fixture
def reasons(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The reason codes that were logged."""
    logged: list[str] = []
    monkeypatch.setattr(module.log, "warning", lambda _text, extra: logged.append(extra["reason"]))
    return logged


@pytest.fixture
def request_with(event: Callable[[str], Any]) -> Callable[..., dict[str, Any]]:
    """An authorizer event with a token, for a route."""

    def make(token: str, route: str = "GET /v1/payments/{key}") -> dict[str, Any]:
        made = event("authorizer")
        made["headers"]["authorization"] = f"Bearer {token}"
        return made | {"routeKey": route, "identitySource": [f"Bearer {token}", route]}

    return make
