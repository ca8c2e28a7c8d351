"""Identity providers of the tests: a Cognito pool, Entra ID for two tenants, and an OpenID Connect issuer.

All give their key the same id, so that only its issuer tells whose key it is.
"""

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_elliptic_key
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

KEY_ID = "dummy"
TENANT, OTHER_TENANT = "11111111-aaaa-4aaa-8aaa-111111111111", "22222222-bbbb-4bbb-8bbb-222222222222"
API = "33333333-cccc-4ccc-8ccc-333333333333"
CLIENT = "6ab1example"

PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey
Claims = dict[str, Any]


@cache
def rsa_key(number: int, bits: int = 2048) -> RSAPrivateKey:
    """An RSA key, the same for the same number."""
    return generate_private_key(65537, bits)


@cache
def elliptic_key(number: int) -> EllipticCurvePrivateKey:
    """A P-256 key, the same for the same number."""
    return generate_elliptic_key(SECP256R1())


def public_jwk(key: PrivateKey, key_id: str = KEY_ID, **changes: Any) -> dict[str, Any]:
    """The public half of a key as a JWK."""
    kind = jwt.algorithms.RSAAlgorithm if isinstance(key, RSAPrivateKey) else jwt.algorithms.ECAlgorithm
    made = json.loads(kind.to_jwk(key.public_key())) | {"kid": key_id, "use": "sig"} | changes
    return {name: value for name, value in made.items() if name != "key_ops"}


def part(document: Any) -> str:
    """A part of a token: bytes as they are, anything else as JSON."""
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Provider:
    """Signs tokens. `settings` is what the authorizer is configured with, except for the address of the key set.

    `standing` are the claims of a good token besides its times; it grants reading and writing payments.
    """

    name: str
    settings: Mapping[str, Any]
    standing: Mapping[str, Any]
    key: PrivateKey
    keys: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def __post_init__(self) -> None:
        self.keys = self.keys or [public_jwk(self.key)]

    @property
    def algorithm(self) -> str:
        return "RS256" if isinstance(self.key, RSAPrivateKey) else "ES256"

    def claims(self, **changes: Any) -> Claims:
        """The claims of a good token; a change to None leaves one out."""
        now = int(time.time())
        made = {"iat": now, "exp": now + 3600, **self.standing} | changes
        return {name: value for name, value in made.items() if value is not None}

    def header(self, **changes: Any) -> dict[str, Any]:
        """The header of a good token; a change to None leaves a parameter out."""
        made = {"alg": self.algorithm, "kid": KEY_ID, "typ": "JWT"} | changes
        return {name: value for name, value in made.items() if value is not None}

    def token(self, **changes: Any) -> str:
        """A good token, but for the changes to its claims."""
        return self.signed(self.header(), self.claims(**changes))

    def signed(self, header: Any, claims: Any, key: PrivateKey | None = None) -> str:
        """A token of any header and claims, which may be bytes, with a genuine signature."""
        signing_input = f"{part(header)}.{part(claims)}"
        algorithm = jwt.get_algorithm_by_name(self.algorithm)
        return f"{signing_input}.{part(algorithm.sign(signing_input.encode(), key or self.key))}"


def cognito() -> Provider:
    iss = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Example"
    return Provider(
        "cognito",
        {"kind": "cognito", "issuer": iss, "client_ids": ["other", CLIENT], "scope_prefix": "txplatform/"},
        {
            "iss": iss,
            "sub": CLIENT,
            "token_use": "access",
            "scope": "txplatform/payments.read txplatform/payments.write",
            "version": 2,
            "jti": "28c4d9c2-6d0a-4a0a-9e4e-5a1b5b1b5b1b",
            "client_id": CLIENT,
        },
        rsa_key(1),
    )


def entra() -> Provider:
    """A multi-tenant API: apps of two tenants may call."""
    return Provider(
        "entra",
        {
            "kind": "entra",
            "issuer": "https://login.microsoftonline.com/{tenantid}/v2.0",
            "audiences": [API],
            "client_ids": [CLIENT],
            "tenants": [TENANT, OTHER_TENANT],
        },
        {
            "iss": f"https://login.microsoftonline.com/{TENANT}/v2.0",
            "aud": API,
            "tid": TENANT,
            "ver": "2.0",
            "azp": CLIENT,
            "azpacr": "1",
            "sub": "55555555-eeee-4eee-8eee-555555555555",
            "oid": "55555555-eeee-4eee-8eee-555555555555",
            "roles": ["payments.read", "payments.write"],
        },
        rsa_key(2),
        [public_jwk(rsa_key(2), issuer="https://login.microsoftonline.com/{tenantid}/v2.0")],
    )


def entra_v1() -> Provider:
    """The issuer of the same tenant's tokens of version 1.0."""
    iss = f"https://sts.windows.net/{TENANT}/"
    changed = {"iss": iss, "ver": "1.0", "appid": CLIENT, "aud": f"api://{API}"}
    standing = {name: value for name, value in entra().standing.items() if name not in ("azp", "azpacr")}
    return Provider(
        "entra_v1", {"kind": "entra", "issuer": iss, "audiences": [f"api://{API}"]}, standing | changed, rsa_key(3)
    )


def oidc() -> Provider:
    iss = "https://id.example.com/realms/main"
    return Provider(
        "oidc",
        {"kind": "oidc", "issuer": iss, "audiences": ["payments-api"]},
        {
            "iss": iss,
            "aud": ["account", "payments-api"],
            "sub": "service-account",
            "typ": "Bearer",
            "azp": CLIENT,
            "scope": "openid payments.read payments.write",
        },
        elliptic_key(1),
    )


PROVIDERS: dict[str, Callable[[], Provider]] = {"cognito": cognito, "entra": entra, "entra_v1": entra_v1, "oidc": oidc}
