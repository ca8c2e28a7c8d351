"""An issuer: a key pair, tokens signed with it, and its key set on a free port."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from lambdas.authorizer import handler as module

KEY_ID = "dummy"
ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Example"


class Issuer:
    """Signs tokens and serves its key set; `answers` are what the next requests get instead."""

    def __init__(self) -> None:
        self.key: RSAPrivateKey = generate_private_key(65537, 2048)
        self.answers: list[tuple[int, bytes]] = []
        self.requests = 0
        self.url = ""

    def key_set(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": KEY_ID, "alg": "RS256", "use": "sig"}]}

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Claims as Cognito writes them into a machine's access token; a change to None leaves one out."""
        now = int(time.time())
        made = {
            "sub": "6ab1example",
            "token_use": "access",
            "scope": "txplatform/payments.read txplatform/payments.write",
            "auth_time": now,
            "iss": ISSUER,
            "exp": now + 3600,
            "iat": now,
            "version": 2,
            "jti": "28c4d9c2-6d0a-4a0a-9e4e-5a1b5b1b5b1b",
            "client_id": "6ab1example",
        }
        return {name: value for name, value in (made | changes).items() if value is not None}

    def token(self, key_id: str | None = KEY_ID, **changes: Any) -> str:
        headers = {"kid": key_id} if key_id else {}
        return jwt.encode(self.claims(**changes), self.key, algorithm="RS256", headers=headers)


@pytest.fixture(scope="session")
def signer() -> Issuer:
    """The issuer, whose key is expensive to make."""
    return Issuer()


@pytest.fixture
def issuer(signer: Issuer) -> Iterator[Issuer]:
    """The issuer, served."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            signer.requests += 1
            status, body = signer.answers.pop(0) if signer.answers else (200, json.dumps(signer.key_set()).encode())
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep the tests' output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    signer.url = f"http://127.0.0.1:{server.server_address[1]}/jwks.json"
    signer.answers, signer.requests = [], 0
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield signer
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def wired(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TXP_ISSUER", ISSUER)
    monkeypatch.setenv("TXP_JWKS_URL", issuer.url)
    monkeypatch.setenv("TXP_CLIENT_IDS", "other,6ab1example")
    monkeypatch.setenv("TXP_RESOURCE_SERVER", "txplatform")
    monkeypatch.setenv("POWERTOOLS_DEV", "false")
    module._authorizer.cache_clear()
    yield
    module._authorizer.cache_clear()


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
