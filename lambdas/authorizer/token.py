"""Takes a bearer token apart, strictly: what has no single meaning is refused before any key is asked for.

A token is a compact JWS (RFC 7515 §7.1): three parts of base64url without padding, of which the first two are JSON
objects. https://www.rfc-editor.org/rfc/rfc8725 says what to be wary of.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from lambdas.authorizer.denial import Denial, DeniedError
from lambdas.shared.errors import InvalidJsonError
from lambdas.shared.jsonio import loads

MAX_TOKEN_LENGTH = 8192  # API Gateway takes 10,240 bytes of headers
_MAX_KEY_ID_LENGTH = 256
_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})


@dataclass(frozen=True, slots=True)
class Token:
    """A token that can be read. Nothing of it is to be believed before its signature is verified."""

    algorithm: str
    key_id: str
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes


def bearer_token(event: Mapping[str, Any]) -> str:
    """The token of the Authorization header; raise DeniedError."""
    headers: Mapping[str, Any] = event.get("headers") or {}
    scheme, _, token = str(headers.get("authorization", "")).partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise DeniedError(Denial.NO_TOKEN)
    return token.strip()


def parse_token(text: str) -> Token:
    """Read a token; raise DeniedError, whatever the text is."""
    parts = text.split(".")
    if len(text) > MAX_TOKEN_LENGTH or len(parts) != 3:
        raise DeniedError(Denial.MALFORMED_TOKEN)
    header, claims = (_object(part) for part in parts[:2])
    algorithm, key_id, kind = header.get("alg"), header.get("kid"), header.get("typ", "JWT")
    if not isinstance(algorithm, str) or not isinstance(key_id, str) or not 0 < len(key_id) <= _MAX_KEY_ID_LENGTH:
        raise DeniedError(Denial.MALFORMED_TOKEN)
    # `crit` names extensions that must be understood; none is.
    if not isinstance(kind, str) or kind.lower() not in _TYPES or "crit" in header:
        raise DeniedError(Denial.MALFORMED_TOKEN)
    return Token(algorithm, key_id, claims, f"{parts[0]}.{parts[1]}".encode(), _bytes(parts[2]))


def _object(part: str) -> dict[str, Any]:
    try:
        document = loads(_bytes(part).decode())
    except (UnicodeDecodeError, InvalidJsonError) as error:
        raise DeniedError(Denial.MALFORMED_TOKEN) from error
    if not isinstance(document, dict):
        raise DeniedError(Denial.MALFORMED_TOKEN)
    return cast("dict[str, Any]", document)


def _bytes(part: str) -> bytes:
    """Decode base64url in its one canonical form."""
    try:
        decoded = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise DeniedError(Denial.MALFORMED_TOKEN) from error
    if base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() != part:
        raise DeniedError(Denial.MALFORMED_TOKEN)
    return decoded
