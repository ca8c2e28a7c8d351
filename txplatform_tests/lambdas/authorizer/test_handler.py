"""The authorizer against real signatures and served key sets."""

import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from lambdas.authorizer import adapters
from lambdas.authorizer.claims import LEEWAY_SECONDS
from lambdas.authorizer.handler import handler
from lambdas.shared.errors import KeySetUnavailableError
from txplatform_tests.lambdas.authorizer.conftest import KeySetServer
from txplatform_tests.lambdas.authorizer.providers import (
    CLIENT,
    OTHER_TENANT,
    PROVIDERS,
    Provider,
    elliptic_key,
    public_jwk,
    rsa_key,
)
from txplatform_tests.lambdas.conftest import CONTEXT, Counted

RequestWith = Callable[..., dict[str, Any]]
DENIED = {"isAuthorized": False}
WRITE = "POST /v1/payments/batch"
pytestmark = pytest.mark.usefixtures("wired")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_genuine_token_is_let_through_with_what_the_api_may_know(
    server: KeySetServer, request_with: RequestWith, provider: str
) -> None:
    signer = server.providers[provider]
    expires = int(time.time()) + 1800
    token = signer.token(exp=expires)
    assert handler(request_with(token), CONTEXT) == {
        "isAuthorized": True,
        "context": {
            "client_id": CLIENT,
            "issuer": signer.standing["iss"],
            "meter": CLIENT if provider in ("cognito", "entra") else signer.standing["iss"],
            "scope": "payments.read payments.write",
            "expires_at": expires + LEEWAY_SECONDS,
        },
    }
    assert handler(request_with(token, WRITE), CONTEXT)["isAuthorized"]
    assert handler(request_with(token, "GET /v1/trades"), CONTEXT) == DENIED
    assert server.requests == [provider], "its key set is fetched once, and no other"


@pytest.mark.parametrize(
    ("provider", "changes"),
    [
        ("entra", {"roles": None, "scp": "openid payments.read", "idtyp": "user", "azpacr": "0"}),
        ("entra", {"idtyp": "app"}),
        ("entra", {"tid": OTHER_TENANT, "iss": f"https://login.microsoftonline.com/{OTHER_TENANT}/v2.0"}),
        ("entra_v1", {"roles": None, "scp": "payments.read", "idtyp": "user"}),
        ("oidc", {"aud": "payments-api"}),
        ("oidc", {"azp": None, "client_id": CLIENT, "typ": None}),
        ("oidc", {"scope": None, "scp": ["payments.read"]}),
        ("oidc", {"scope": None, "scp": "payments.read"}),
        ("oidc", {"scope": None, "roles": ["payments.read"]}),
        ("oidc", {"exp": time.time() + 36_000.5}),
        ("cognito", {"nbf": int(time.time()) - 5}),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),  # no moment in a test's name
)
def test_other_good_tokens(
    server: KeySetServer, request_with: RequestWith, provider: str, changes: dict[str, Any]
) -> None:
    assert handler(request_with(server.providers[provider].token(**changes)), CONTEXT)["isAuthorized"]


@pytest.mark.parametrize("kind", ["at+jwt", "application/at+jwt", "jwt", None])
def test_an_access_token_may_say_that_it_is_one(issuer: Provider, request_with: RequestWith, kind: str | None) -> None:
    token = issuer.signed(issuer.header(typ=kind), issuer.claims())
    assert handler(request_with(token), CONTEXT)["isAuthorized"]


def test_ps256_is_taken_from_an_issuer_that_is_configured_with_it(
    server: KeySetServer, monkeypatch: pytest.MonkeyPatch, request_with: RequestWith, reasons: list[str]
) -> None:
    pool = server.providers["cognito"]
    monkeypatch.setenv(
        "TXP_ISSUERS", server.settings().replace('"kind": "cognito"', '"kind": "cognito", "algorithms": ["PS256"]')
    )
    monkeypatch.setenv("TXP_FURTHER_ISSUERS", "[]")
    token = jwt.encode(pool.claims(), rsa_key(1), algorithm="PS256", headers={"kid": "dummy"})
    assert handler(request_with(token), CONTEXT)["isAuthorized"]
    assert handler(request_with(pool.token()), CONTEXT) == DENIED
    assert reasons == ["wrong_algorithm"]


def test_names_of_scopes_are_mapped(
    server: KeySetServer, monkeypatch: pytest.MonkeyPatch, request_with: RequestWith
) -> None:
    names = '"kind": "oidc", "scope_names": {"Payments.Read.All": "payments.read"}'
    monkeypatch.setenv("TXP_ISSUERS", server.settings().replace('"kind": "oidc"', names))
    monkeypatch.setenv("TXP_FURTHER_ISSUERS", "[]")
    mapped = server.providers["oidc"].token(scope="Payments.Read.All payments.write")
    assert handler(request_with(mapped), CONTEXT)["isAuthorized"]
    assert handler(request_with(mapped, WRITE), CONTEXT) == DENIED, "what is not in the mapping does not count"


@pytest.mark.parametrize("claim", ["exp", "iat", "nbf"])
def test_the_issuer_s_clock_may_differ_a_little(
    issuer: Provider, request_with: RequestWith, reasons: list[str], claim: str
) -> None:
    sign = -1 if claim == "exp" else 1
    now = int(time.time())
    early = {"iat": now - 600} if claim == "exp" else {}
    near, far = (now + sign * (LEEWAY_SECONDS + seconds) for seconds in (-5, 60))
    assert handler(request_with(issuer.token(**early, **{claim: near})), CONTEXT)["isAuthorized"]
    assert handler(request_with(issuer.token(**early, **{claim: far})), CONTEXT) == DENIED
    assert len(reasons) == 1


def test_no_key_is_fetched_for_what_is_no_token_of_a_configured_issuer(
    server: KeySetServer, request_with: RequestWith
) -> None:
    good = server.providers["entra"]
    for token in (
        "",
        "a.b.c",
        good.token(iss="https://id.evil.example"),
        good.signed(good.header(alg="HS256"), good.claims()),
    ):
        assert handler(request_with(token), CONTEXT) == DENIED
    assert handler(request_with(good.token(), "$default"), CONTEXT) == DENIED
    assert server.requests == []


@pytest.mark.parametrize(
    "answer",
    [
        (500, b""),
        (302, b""),
        (404, b"{}"),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"keys":[]}'),
        (200, b"\xff"),
        (200, b" " * 600_000),
    ],
    ids=["500", "redirect", "404", "html", "list", "empty", "no text", "too large"],
)
def test_an_unreadable_key_set_raises_and_is_read_again(
    server: KeySetServer, issuer: Provider, request_with: RequestWith, answer: tuple[int, bytes]
) -> None:
    server.answers = [answer]
    request = request_with(issuer.token())
    with pytest.raises(KeySetUnavailableError):
        handler(request, CONTEXT)
    assert handler(request, CONTEXT)["isAuthorized"]


def test_a_key_set_that_never_ends_does_not_hold_up_the_invocation(
    server: KeySetServer, issuer: Provider, request_with: RequestWith, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part comes in time; together they do not."""
    monkeypatch.setattr(adapters, "FETCH_SECONDS", 0.3)
    server.answers, server.seconds_a_kilobyte = [(200, json.dumps({"keys": issuer.keys}).encode() + b" " * 9_000)], 0.1
    with pytest.raises(KeySetUnavailableError, match="cannot be read"):
        handler(request_with(issuer.token()), CONTEXT)
    server.seconds_a_kilobyte = 0
    assert handler(request_with(issuer.token()), CONTEXT)["isAuthorized"]


def test_the_key_set_of_one_issuer_may_be_out_of_reach_without_harm_to_another(
    server: KeySetServer, request_with: RequestWith
) -> None:
    server.answers = [(500, b"")]
    with pytest.raises(KeySetUnavailableError):
        handler(request_with(server.providers["entra"].token()), CONTEXT)
    assert handler(request_with(server.providers["cognito"].token()), CONTEXT)["isAuthorized"]


def test_a_key_set_that_cannot_be_read_is_counted(
    server: KeySetServer, issuer: Provider, request_with: RequestWith, counted: Counted
) -> None:
    assert handler(request_with(issuer.token()), CONTEXT)["isAuthorized"]
    assert counted() == {}
    server.answers = [(500, b"")]
    with pytest.raises(KeySetUnavailableError):
        handler(request_with(server.providers["oidc"].token()), CONTEXT)
    assert counted() == {("Function", "authorizer"): {"KeySetsUnread": 1.0}}


def test_a_key_that_signs_for_one_tenant_does_not_sign_for_another(
    server: KeySetServer, request_with: RequestWith, reasons: list[str]
) -> None:
    entra = server.providers["entra"]
    entra.keys = [public_jwk(rsa_key(2), issuer=f"https://login.microsoftonline.com/{OTHER_TENANT}/v2.0")]
    assert handler(request_with(entra.token()), CONTEXT) == DENIED
    of_the_other = entra.token(tid=OTHER_TENANT, iss=f"https://login.microsoftonline.com/{OTHER_TENANT}/v2.0")
    assert handler(request_with(of_the_other), CONTEXT)["isAuthorized"]
    assert reasons == ["wrong_tenant"]


def test_keys_of_both_types_may_stand_in_one_key_set(server: KeySetServer, request_with: RequestWith) -> None:
    pool = server.providers["cognito"]
    pool.keys = [public_jwk(rsa_key(1), "rsa"), public_jwk(elliptic_key(5), "elliptic")]
    for key_id, key, algorithm in (("rsa", rsa_key(1), "RS256"), ("elliptic", elliptic_key(5), "ES256")):
        token = jwt.encode(pool.claims(), key, algorithm=algorithm, headers={"kid": key_id})
        assert handler(request_with(token), CONTEXT)["isAuthorized"]
