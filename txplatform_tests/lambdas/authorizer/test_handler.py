"""The authorizer against real signatures and a served key set."""

import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from lambdas.authorizer import handler as module
from lambdas.authorizer.adapters import LEEWAY_SECONDS
from lambdas.authorizer.handler import handler
from lambdas.shared.errors import KeySetUnavailableError
from txplatform_tests.lambdas.authorizer.conftest import KEY_ID, Issuer
from txplatform_tests.lambdas.conftest import CONTEXT

RequestWith = Callable[..., dict[str, Any]]
DENIED = {"isAuthorized": False}
pytestmark = pytest.mark.usefixtures("wired")


def test_a_genuine_token_with_the_scope_is_let_through(issuer: Issuer, request_with: RequestWith) -> None:
    token = issuer.token()
    assert handler(request_with(token), CONTEXT) == {
        "isAuthorized": True,
        "context": {"client_id": "6ab1example", "scope": "txplatform/payments.read"},
    }
    assert handler(request_with(token, "POST /v1/payments/batch"), CONTEXT)["isAuthorized"]
    assert issuer.requests == 1, "the key set is fetched once"


@pytest.mark.parametrize("claim", ["exp", "iat"])
def test_the_issuer_s_clock_may_differ_a_little(
    issuer: Issuer, request_with: RequestWith, reasons: list[str], claim: str
) -> None:
    sign = 1 if claim == "iat" else -1
    now = int(time.time())
    assert handler(request_with(issuer.token(**{claim: now + sign * (LEEWAY_SECONDS - 5)})), CONTEXT)["isAuthorized"]
    assert handler(request_with(issuer.token(**{claim: now + sign * (LEEWAY_SECONDS + 60)})), CONTEXT) == DENIED
    assert len(reasons) == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": 1}, "expired"),
        ({"iat": 4_102_444_800}, "not_yet_valid"),
        ({"iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Other"}, "wrong_issuer"),
        ({"client_id": None}, "missing_claim"),
        ({"exp": None}, "missing_claim"),
        ({"exp": "soon"}, "malformed_token"),
        ({"token_use": "id"}, "wrong_token_use"),
        ({"client_id": "somebody else"}, "unknown_client"),
        ({"scope": "txplatform/trades.read"}, "missing_scope"),
    ],
    ids=str,
)
def test_a_defect_of_the_claims_denies(
    issuer: Issuer, request_with: RequestWith, reasons: list[str], changes: dict[str, Any], reason: str
) -> None:
    assert handler(request_with(issuer.token(**changes)), CONTEXT) == DENIED
    assert reasons == [reason]


def test_a_defect_of_the_token_denies(issuer: Issuer, request_with: RequestWith, reasons: list[str]) -> None:
    head, body, signature = issuer.token().split(".")
    claims = issuer.claims()
    forged = jwt.encode(claims, generate_private_key(65537, 2048), algorithm="RS256", headers={"kid": KEY_ID})
    symmetric = jwt.encode(claims, "x" * 32, algorithm="HS256", headers={"kid": KEY_ID})
    unsigned = jwt.encode(claims, None, algorithm="none", headers={"kid": KEY_ID})
    for token, reason in [
        (forged, "invalid_signature"),
        (f"{head}.{body}.{signature[:-8]}AAAAAAAA", "invalid_signature"),
        (symmetric, "malformed_token"),
        (unsigned, "malformed_token"),
        (issuer.token(key_id=None), "malformed_token"),
        (issuer.token(key_id="unheard-of"), "unknown_key"),
        ("no.token", "malformed_token"),
        ("é.ü.ß", "malformed_token"),
    ]:
        reasons.clear()
        assert handler(request_with(token), CONTEXT) == DENIED, token
        assert reasons == [reason]


def test_a_request_without_a_token_or_route_is_denied(issuer: Issuer, request_with: RequestWith) -> None:
    assert handler(request_with(""), CONTEXT) == DENIED
    assert handler(request_with(issuer.token(), "$default"), CONTEXT) == DENIED
    assert issuer.requests == 0


@pytest.mark.parametrize("answer", [(500, b""), (404, b"{}"), (200, b"<html>"), (200, b"[]"), (200, b'{"keys":[]}')])
def test_an_unreadable_key_set_raises_and_is_read_again(
    issuer: Issuer, request_with: RequestWith, answer: tuple[int, bytes]
) -> None:
    issuer.answers = [answer]
    request = request_with(issuer.token())
    with pytest.raises(KeySetUnavailableError):
        handler(request, CONTEXT)
    assert handler(request, CONTEXT)["isAuthorized"]


def test_a_new_key_is_found(issuer: Issuer, request_with: RequestWith, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module._authorizer()._verifier._keys, "cooldown_duration", 0)
    others = json.dumps({"keys": [{**issuer.key_set()["keys"][0], "kid": "former"}]}).encode()
    issuer.answers = [(200, others)]
    assert handler(request_with(issuer.token()), CONTEXT)["isAuthorized"]
    assert issuer.requests == 2
    issuer.answers = [(500, b"")]
    with pytest.raises(KeySetUnavailableError):
        handler(request_with(issuer.token(key_id="newest")), CONTEXT)
