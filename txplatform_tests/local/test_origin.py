"""Web pages of other sites get nothing from what listens on the loopback address."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from txplatform.local.clients import LocalClients
from txplatform.local.gateway.application import Gateway
from txplatform.local.gateway.routes import Api
from txplatform.local.gateway.server import GatewayServer, bind
from txplatform.local.origin import LocalOnly


def answer(**environ: str) -> str:
    """Return the status of a request, given its headers as a WSGI environment."""
    statuses: list[str] = []

    def application(_: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return []

    LocalOnly(application)(environ, lambda status, _: statuses.append(status))  # type: ignore[arg-type, return-value]
    return statuses[0]


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"HTTP_HOST": "127.0.0.1:4000"},
        {"HTTP_HOST": "localhost"},
        {"HTTP_HOST": "bucket.localhost:4000"},
        {"HTTP_HOST": "127.0.0.1:4000", "HTTP_ORIGIN": "http://localhost:3000"},
    ],
)
def test_this_machine_is_let_in(environ: dict[str, str]) -> None:
    assert answer(**environ) == "200 OK"


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_HOST": "127.0.0.1:4000", "HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_HOST": "127.0.0.1:4000", "HTTP_ORIGIN": "https://127.0.0.1.evil.example"},
        {"HTTP_HOST": "127.0.0.1:4000", "HTTP_ORIGIN": "null"},
        {"HTTP_HOST": "evil.example:4000"},
        {"HTTP_HOST": "localhost.evil.example"},
        {"HTTP_HOST": "["},
    ],
)
def test_others_are_kept_out(environ: dict[str, str]) -> None:
    assert answer(**environ) == "403 Forbidden"


def status(url: str, **headers: str) -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as found:
            return found.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_the_services_refuse_a_page_of_another_site(services: LocalClients) -> None:
    assert status(f"{services.endpoint}/?Action=ListQueues", Origin="https://evil.example") == 403
    assert status(f"{services.endpoint}/?Action=ListQueues", Host="evil.example") == 403


def test_the_gateway_refuses_a_page_of_another_site() -> None:
    def application(_: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]

    server = GatewayServer(application, bind())
    server.start()
    try:
        assert status(server.url) == 200
        assert status(server.url, Origin="https://evil.example") == 403
        assert status(server.url, Host="evil.example") == 403
    finally:
        server.stop()


def test_a_payload_above_the_quota_is_read_and_refused() -> None:
    nothing: Any = type("Nothing", (), {"serves": lambda *_: False})()
    server = GatewayServer(Gateway(Api("a", ()), nothing, nothing, nothing, nothing), bind())
    server.start()
    try:
        request = urllib.request.Request(f"{server.url}/v1/payments", data=b"x" * (10 * 2**20 + 1))
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request)
        with refused.value as answered:
            assert answered.code == 413
            assert json.load(answered) == {"message": "Request Entity Too Large"}
    finally:
        server.stop()
