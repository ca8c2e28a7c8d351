"""The tenant of Entra ID on this machine: its metadata, tokens, and keys that rotate."""

import base64
import json
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest

from txplatform.local.entra import LIFETIME_SECONDS, EntraEndpoint, EntraTenant
from txplatform.local.gateway.request import Request
from txplatform.local.signing_keys import KEY_SECONDS

TENANT = EntraTenant.generate(["payments.read"])
GATEWAY = "http://127.0.0.1:8080"


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def endpoint(clock: Clock) -> EntraEndpoint:
    return EntraEndpoint(TENANT, GATEWAY, clock)


def get(endpoint: EntraEndpoint, path: str) -> Any:
    response = endpoint.answer(Request("GET", f"/{TENANT.tenant}{path}"))
    assert response.status == 200
    return json.loads(response.body)


def ask(endpoint: EntraEndpoint, **changes: str) -> tuple[int, Any]:
    form = {
        "grant_type": "client_credentials",
        "client_id": TENANT.client_id,
        "client_secret": TENANT.client_secret,
        "scope": TENANT.scope,
    }
    body = urlencode(form | changes).encode()
    response = endpoint.answer(Request("POST", f"/{TENANT.tenant}/oauth2/v2.0/token", body=body))
    return response.status, json.loads(response.body)


def verified(endpoint: EntraEndpoint, token: str) -> dict[str, Any]:
    """The claims of a token, verified with the published keys as a client finds them."""
    metadata = get(endpoint, "/v2.0/.well-known/openid-configuration")
    keys = jwt.PyJWKSet.from_dict(get(endpoint, metadata["jwks_uri"].removeprefix(f"{GATEWAY}/{TENANT.tenant}")))
    key = keys[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(
        token,
        key.key,
        algorithms=["RS256"],
        audience=TENANT.audience,
        issuer=metadata["issuer"],
        options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},
    )


def test_it_serves_what_is_asked_of_the_tenant(endpoint: EntraEndpoint) -> None:
    assert endpoint.serves(Request("GET", f"/{TENANT.tenant}/discovery/v2.0/keys"))
    assert not endpoint.serves(Request("GET", "/v1/payments"))
    assert endpoint.answer(Request("GET", f"/{TENANT.tenant}/x")).status == 404


def test_a_token_is_what_entra_issues_to_an_app(endpoint: EntraEndpoint, clock: Clock) -> None:
    status, answer = ask(endpoint)
    assert (status, answer["token_type"], answer["expires_in"]) == (200, "Bearer", LIFETIME_SECONDS)
    claims = verified(endpoint, answer["access_token"])
    assert claims["iss"] == f"https://login.microsoftonline.com/{TENANT.tenant}/v2.0"
    assert (claims["tid"], claims["ver"], claims["azp"]) == (TENANT.tenant, "2.0", TENANT.client_id)
    assert (claims["roles"], claims["iat"], claims["exp"]) == (
        ["payments.read"],
        clock.now,
        clock.now + LIFETIME_SECONDS,
    )


def test_credentials_may_come_by_http_basic(endpoint: EntraEndpoint) -> None:
    pair = base64.b64encode(f"{TENANT.client_id}:{TENANT.client_secret}".encode()).decode()
    body = urlencode({"grant_type": "client_credentials", "scope": TENANT.scope}).encode()
    path = f"/{TENANT.tenant}/oauth2/v2.0/token"
    assert endpoint.answer(Request("POST", path, headers={"authorization": f"Basic {pair}"}, body=body)).status == 200


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"client_secret": "wrong"}, (401, {"error": "invalid_client"})),
        ({"client_secret": "é"}, (401, {"error": "invalid_client"})),
        ({"client_id": "unknown"}, (401, {"error": "invalid_client"})),
        ({"grant_type": "password"}, (400, {"error": "unsupported_grant_type"})),
        ({"scope": "api://another/.default"}, (400, {"error": "invalid_scope"})),
        ({"scope": "payments.read"}, (400, {"error": "invalid_scope"})),
    ],
)
def test_refusals(endpoint: EntraEndpoint, changes: dict[str, str], refusal: tuple[int, Any]) -> None:
    assert ask(endpoint, **changes) == refusal


def test_the_next_key_is_published_before_it_signs_and_a_former_one_while_its_tokens_live(
    endpoint: EntraEndpoint, clock: Clock
) -> None:
    def published() -> list[str]:
        return [key["kid"] for key in get(endpoint, "/discovery/v2.0/keys")["keys"]]

    first, following = published()
    token = endpoint.sign()
    assert jwt.get_unverified_header(token)["kid"] == first
    clock.now += KEY_SECONDS
    assert jwt.get_unverified_header(endpoint.sign())["kid"] == following
    clock.now += LIFETIME_SECONDS - 1
    assert verified(endpoint, token)["tid"] == TENANT.tenant
    for _ in range(3):
        endpoint.keys.rotate()
    assert first not in published()
    assert len(published()) == 4
