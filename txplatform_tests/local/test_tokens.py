"""The token endpoint against clients of a real user pool of the local AWS."""

import base64
import json
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest

from txplatform.local.clients import LocalClients
from txplatform.local.gateway.request import Request
from txplatform.local.gateway.response import Response
from txplatform.local.tokens import TokenEndpoint

SCOPES = ["txplatform/payments.read", "txplatform/payments.write"]


@dataclass
class Pool:
    """A user pool with one machine client."""

    services: LocalClients
    pool_id: str
    client_id: str
    secret: str
    endpoint: TokenEndpoint

    def ask(self, client_id: str | None = None, secret: str | None = None, **form: str) -> Response:
        """Ask for a token with HTTP Basic credentials, by default the client's own."""
        pair = f"{client_id or self.client_id}:{secret or self.secret}".encode()
        headers = {"authorization": f"Basic {base64.b64encode(pair).decode()}"}
        body = urlencode({"grant_type": "client_credentials"} | form).encode()
        return self.endpoint.answer(Request("POST", "/oauth2/token", headers=headers, body=body))

    def claims(self, response: Response) -> dict[str, Any]:
        """Verify the token with the key set that the local AWS publishes; return its claims."""
        url = f"{self.services.endpoint}/{self.pool_id}/.well-known/jwks.json"
        with urllib.request.urlopen(url) as answer:
            keys = jwt.PyJWKSet.from_dict(json.load(answer))
        token = json.loads(response.body)["access_token"]
        key = keys[jwt.get_unverified_header(token)["kid"]]
        return jwt.decode(token, key.key, algorithms=["RS256"])


@pytest.fixture
def pool(services: LocalClients) -> Pool:
    cognito = services("cognito-idp")
    pool_id = cognito.create_user_pool(PoolName="p")["UserPool"]["Id"]
    cognito.create_resource_server(
        UserPoolId=pool_id,
        Identifier="txplatform",
        Name="api",
        Scopes=[{"ScopeName": scope.split("/")[1], "ScopeDescription": scope} for scope in SCOPES],
    )
    client = cognito.create_user_pool_client(
        UserPoolId=pool_id,
        ClientName="machine",
        GenerateSecret=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthScopes=SCOPES,
        AccessTokenValidity=30,
        TokenValidityUnits={"AccessToken": "minutes"},
    )["UserPoolClient"]
    endpoint = TokenEndpoint(cognito, pool_id)
    return Pool(services, pool_id, client["ClientId"], client["ClientSecret"], endpoint)


def test_a_token_is_what_cognito_would_issue(pool: Pool) -> None:
    response = pool.ask(scope=SCOPES[1])
    assert response.status == 200
    answer = json.loads(response.body)
    assert (answer["expires_in"], answer["token_type"]) == (1800, "Bearer")
    claims = pool.claims(response)
    assert claims["iss"] == f"https://cognito-idp.us-east-1.amazonaws.com/{pool.pool_id}"
    assert (claims["token_use"], claims["scope"]) == ("access", SCOPES[1])
    assert claims["client_id"] == claims["sub"] == pool.client_id
    assert claims["exp"] - claims["iat"] == 1800


def test_without_a_scope_all_allowed_ones_are_granted(pool: Pool) -> None:
    assert pool.claims(pool.ask())["scope"].split() == SCOPES


def test_credentials_may_come_in_the_form(pool: Pool) -> None:
    form = {"grant_type": "client_credentials", "client_id": pool.client_id, "client_secret": pool.secret}
    response = pool.endpoint.answer(Request("POST", "/oauth2/token", body=urlencode(form).encode()))
    assert response.status == 200


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"secret": "wrong"}, "invalid_client"),
        ({"client_id": "unknown"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"scope": "txplatform/trades.write"}, "invalid_scope"),
        ({"scope": f"{SCOPES[0]} nonsense"}, "invalid_scope"),
    ],
)
def test_refusals(pool: Pool, form: dict[str, str], error: str) -> None:
    response = pool.ask(**form)
    assert (response.status, json.loads(response.body)) == (400, {"error": error})


@pytest.mark.parametrize("header", ["Basic !!!", "Basic " + base64.b64encode(b"nocolon").decode(), "Bearer x", "Basic"])
def test_malformed_credentials(pool: Pool, header: str) -> None:
    response = pool.endpoint.answer(Request("POST", "/oauth2/token", headers={"authorization": header}, body=b""))
    assert (response.status, json.loads(response.body)) == (400, {"error": "invalid_client"})


def test_only_post(pool: Pool) -> None:
    assert pool.endpoint.answer(Request("GET", "/oauth2/token")).status == 405


def test_an_empty_client_id_is_an_invalid_client(pool: Pool) -> None:
    headers = {"authorization": f"Basic {base64.b64encode(b':secret').decode()}"}
    form = urlencode({"grant_type": "client_credentials"}).encode()
    response = pool.endpoint.answer(Request("POST", "/oauth2/token", headers=headers, body=form))
    assert (response.status, json.loads(response.body)) == (400, {"error": "invalid_client"})
