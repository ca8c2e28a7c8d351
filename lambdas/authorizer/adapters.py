"""Verifies signatures against the issuer's published key set, which PyJWT fetches once and keeps."""

from typing import Any

import jwt
from jwt.exceptions import PyJWKClientConnectionError, PyJWKClientError, PyJWKSetError

from lambdas.authorizer.core import Denial, DeniedError
from lambdas.shared.errors import KeySetUnavailableError

ALGORITHM = "RS256"
LEEWAY_SECONDS = 10  # by which the issuer's clock may differ from this one
REQUIRED_CLAIMS = ["exp", "iat", "iss", "client_id", "token_use"]

_DENIALS: dict[type[jwt.InvalidTokenError], Denial] = {
    jwt.ExpiredSignatureError: Denial.EXPIRED,
    jwt.ImmatureSignatureError: Denial.NOT_YET_VALID,
    jwt.InvalidIssuerError: Denial.WRONG_ISSUER,
    jwt.MissingRequiredClaimError: Denial.MISSING_CLAIM,
    jwt.InvalidSignatureError: Denial.INVALID_SIGNATURE,
    jwt.InvalidAlgorithmError: Denial.MALFORMED_TOKEN,
    jwt.DecodeError: Denial.MALFORMED_TOKEN,
    jwt.InvalidTokenError: Denial.INVALID_CLAIM,
}


class TokenVerifier:
    """Tokens of one issuer, verified with the keys at `jwks_url`. Keys are kept five minutes."""

    def __init__(self, issuer: str, jwks_url: str) -> None:
        self._issuer = issuer
        self._keys = jwt.PyJWKClient(jwks_url, timeout=3)

    def claims(self, token: str) -> dict[str, Any]:
        """The claims of a token that is genuine and in force; raise DeniedError, KeySetUnavailableError."""
        try:
            header = jwt.get_unverified_header(token)
        except jwt.InvalidTokenError as error:
            raise DeniedError(Denial.MALFORMED_TOKEN) from error
        key_id = header.get("kid")
        if header.get("alg") != ALGORITHM or not isinstance(key_id, str):
            raise DeniedError(Denial.MALFORMED_TOKEN)
        key = self._key(key_id)
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": REQUIRED_CLAIMS, "verify_aud": False},  # Cognito's access tokens carry no audience
            )
        except jwt.InvalidTokenError as error:
            raise DeniedError(next(_DENIALS[cls] for cls in type(error).__mro__ if cls in _DENIALS)) from error

    def _key(self, key_id: str) -> jwt.PyJWK:
        try:
            self._keys.get_signing_keys()
        except (PyJWKClientError, PyJWKSetError, ValueError) as error:
            raise KeySetUnavailableError("the issuer's key set cannot be read") from error
        try:
            return self._keys.get_signing_key(key_id)
        except PyJWKClientConnectionError as error:
            raise KeySetUnavailableError("the issuer's key set cannot be read") from error
        except PyJWKClientError as error:
            raise DeniedError(Denial.UNKNOWN_KEY) from error
