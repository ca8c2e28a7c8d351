"""A tenant of Entra ID on this machine: its metadata, its key set, and tokens by the client-credentials grant.

It has one API, whose app roles it grants to one client. Tokens are of version 2.0, signed with keys that are made when
the stack starts and rotate. https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

import hmac
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from txplatform.local.gateway.request import Request
from txplatform.local.gateway.response import Response, json_response
from txplatform.local.signing_keys import ALGORITHM, SigningKeys
from txplatform.local.tokens import client_credentials

LIFETIME_SECONDS = 3599
_AUTHORITY = "https://login.microsoftonline.com"


@dataclass(frozen=True, slots=True)
class EntraTenant:
    """A tenant with one API, `audience`, and one client that has the API's app roles `roles`."""

    tenant: str
    audience: str
    client_id: str
    client_secret: str
    roles: Sequence[str]

    @classmethod
    def generate(cls, roles: Sequence[str]) -> "EntraTenant":
        """A new tenant, with ids and a secret that nobody knows yet."""
        tenant, audience, client_id = (str(uuid.uuid4()) for _ in range(3))
        return cls(tenant, audience, client_id, uuid.uuid4().hex, roles)

    @property
    def issuer(self) -> str:
        """What tokens carry as `iss`: the name that the tenant has at Entra ID itself."""
        return f"{_AUTHORITY}/{self.tenant}/v2.0"

    @property
    def scope(self) -> str:
        """What a client asks for: all that it was granted on the API."""
        return f"api://{self.audience}/.default"

    def key_set_url(self, gateway_url: str) -> str:
        return f"{gateway_url}/{self.tenant}/discovery/v2.0/keys"

    def token_url(self, gateway_url: str) -> str:
        return f"{gateway_url}/{self.tenant}/oauth2/v2.0/token"


class EntraEndpoint:
    """Answers what is asked of a tenant."""

    def __init__(self, tenant: EntraTenant, gateway_url: str, clock: Callable[[], float] = time.time) -> None:
        self.tenant = tenant
        self.keys = SigningKeys(clock)
        self._gateway_url = gateway_url
        self._clock = clock

    def serves(self, request: Request) -> bool:
        """Whether a request is for the tenant."""
        return request.raw_path.startswith(f"/{self.tenant.tenant}/")

    def answer(self, request: Request) -> Response:
        """Answer a request that `serves` says."""
        tenant = self.tenant.tenant
        match request.method, request.raw_path.removeprefix(f"/{tenant}"):
            case "GET", "/v2.0/.well-known/openid-configuration":
                return json_response(200, self._metadata())
            case "GET", "/discovery/v2.0/keys":
                return json_response(200, self.key_set())
            case "POST", "/oauth2/v2.0/token":
                return self._token(request)
            case _:
                return json_response(404, {"error": "not_found"})

    def key_set(self) -> dict[str, Any]:
        """The published keys, each with the issuer that it signs for."""
        return {"keys": [key | {"issuer": self.tenant.issuer} for key in self.keys.key_set()["keys"]]}

    def claims(self) -> dict[str, Any]:
        """The claims of a token that the client is issued now."""
        now = int(self._clock())
        return {
            "aud": self.tenant.audience,
            "iss": self.tenant.issuer,
            "iat": now,
            "nbf": now,
            "exp": now + LIFETIME_SECONDS,
            "azp": self.tenant.client_id,
            "azpacr": "1",
            "oid": self.tenant.client_id,
            "roles": list(self.tenant.roles),
            "sub": self.tenant.client_id,
            "tid": self.tenant.tenant,
            "uti": uuid.uuid4().hex,
            "ver": "2.0",
        }

    def sign(self, **changes: Any) -> str:
        """A token as the client is issued it, with some claims changed; a change to None leaves one out."""
        claims = self.claims() | changes
        return self.keys.current().sign({name: value for name, value in claims.items() if value is not None})

    def _metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.tenant.issuer,
            "jwks_uri": self.tenant.key_set_url(self._gateway_url),
            "token_endpoint": self.tenant.token_url(self._gateway_url),
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "grant_types_supported": ["client_credentials"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
        }

    def _token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs(request.body.decode(errors="replace")).items()}
        credentials = client_credentials(request.headers.get("authorization"), form)
        if credentials is None or not self._known(*credentials):
            return json_response(401, {"error": "invalid_client"})
        if form.get("grant_type") != "client_credentials":
            return json_response(400, {"error": "unsupported_grant_type"})
        if form.get("scope") not in (self.tenant.scope, f"{self.tenant.audience}/.default"):
            return json_response(400, {"error": "invalid_scope"})
        answer = {"token_type": "Bearer", "expires_in": LIFETIME_SECONDS, "access_token": self.sign()}
        return json_response(200, answer, ("Cache-Control", "no-store"))

    def _known(self, client_id: str, secret: str) -> bool:
        same = hmac.compare_digest(secret.encode(), self.tenant.client_secret.encode())
        return same and client_id == self.tenant.client_id
