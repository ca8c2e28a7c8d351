"""The token endpoint of a Cognito user pool, which moto lacks: client credentials against the deployed clients.

Tokens are signed with moto's own key, so the key set that moto publishes for the pool verifies them.
https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
"""

import base64
import binascii
import hmac
import time
import uuid
from typing import Any
from urllib.parse import parse_qs, unquote

import jwt
from botocore.exceptions import ClientError
from moto.utilities.utils import load_resource

from txplatform.local.clients import error_code
from txplatform.local.environment import REGION
from txplatform.local.gateway.request import Request
from txplatform.local.gateway.response import Response, json_response

TOKEN_PATH = "/oauth2/token"  # noqa: S105  a path
_UNIT_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
_KEY_ID = "dummy"  # the key id in moto's public key set


class TokenEndpoint:
    """Issues machine tokens for the clients of one user pool."""

    def __init__(self, cognito: Any, user_pool_id: str) -> None:
        self._cognito = cognito
        self._pool = user_pool_id
        private_key = load_resource("cognitoidp/resources/jwks-private.json")
        self._key = jwt.PyJWK.from_dict(private_key, algorithm="RS256").key

    def answer(self, request: Request) -> Response:
        """Answer a token request: 200 with a bearer token, or 400 with the OAuth error Cognito gives."""
        if request.method != "POST":
            return _refusal("invalid_request", 405)
        form = {name: values[0] for name, values in parse_qs(request.body.decode(errors="replace")).items()}
        credentials = client_credentials(request.headers.get("authorization"), form)
        client = self._client(*credentials) if credentials else None
        if client is None:
            return _refusal("invalid_client")
        if form.get("grant_type") != "client_credentials":
            return _refusal("unsupported_grant_type")
        if "client_credentials" not in client.get("AllowedOAuthFlows", []):
            return _refusal("unauthorized_client")
        allowed = client.get("AllowedOAuthScopes", [])
        scopes = form["scope"].split() if form.get("scope") else allowed
        if not scopes or not set(scopes) <= set(allowed):
            return _refusal("invalid_scope")
        lifetime = _lifetime_seconds(client)
        token = self._sign(client["ClientId"], scopes, lifetime)
        return json_response(
            200,
            {"access_token": token, "expires_in": lifetime, "token_type": "Bearer"},
            ("Cache-Control", "no-store"),
        )

    def _client(self, client_id: str, secret: str) -> dict[str, Any] | None:
        if not client_id:
            return None
        try:
            described = self._cognito.describe_user_pool_client(UserPoolId=self._pool, ClientId=client_id)
        except ClientError as error:
            if error_code(error) != "ResourceNotFoundException":
                raise
            return None
        client = described["UserPoolClient"]
        known = client.get("ClientSecret")
        return client if known and hmac.compare_digest(known.encode(), secret.encode()) else None

    def _sign(self, client_id: str, scopes: list[str], lifetime: int) -> str:
        now = int(time.time())
        claims = {
            "sub": client_id,
            "token_use": "access",
            "scope": " ".join(scopes),
            "auth_time": now,
            "iss": f"https://cognito-idp.{REGION}.amazonaws.com/{self._pool}",
            "iat": now,
            "exp": now + lifetime,
            "version": 2,
            "jti": str(uuid.uuid4()),
            "client_id": client_id,
        }
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": _KEY_ID})


def client_credentials(header: str | None, form: dict[str, str]) -> tuple[str, str] | None:
    """Return client id and secret from HTTP Basic authorization, else from the form."""
    if header is not None:
        scheme, _, value = header.partition(" ")
        try:
            decoded = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
        client_id, colon, secret = decoded.partition(":")
        return (unquote(client_id), unquote(secret)) if scheme.lower() == "basic" and colon else None
    if "client_id" in form and "client_secret" in form:
        return form["client_id"], form["client_secret"]
    return None


def _lifetime_seconds(client: dict[str, Any]) -> int:
    unit = client.get("TokenValidityUnits", {}).get("AccessToken", "hours")
    return int(client.get("AccessTokenValidity", 1)) * _UNIT_SECONDS[unit]


def _refusal(error: str, status: int = 400) -> Response:
    return json_response(status, {"error": error})
