"""What an issuer's kind makes of a token's claims: audience, client, tenant, times and permissions.

Any claim of another type than its specification gives it denies, so that nothing here can raise for what a token says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from lambdas.authorizer.denial import Denial, DeniedError
from lambdas.authorizer.issuers import PERMISSION, Issuer, Kind

Claims = Mapping[str, Any]

LEEWAY_SECONDS = 10  # by which the issuer's clock may differ from this one
MAX_LIFETIME_SECONDS = 36 * 3600  # Cognito's longest is 24 hours, Entra ID's 28
_LAST_SECOND = 253_402_300_799  # the end of the year 9999
_MAX_TEXT_LENGTH = 512
_MAX_SCOPES = 1000
# What OpenID Connect puts into ID tokens alone: those say who signed in, not what may be called.
_OF_ID_TOKENS = ("nonce", "at_hash", "c_hash")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as a genuine token says. `expires_at` is in epoch seconds, the leeway included.

    `is_configured` says that the client is named in the configuration, and does not only have the audience.
    """

    client_id: str
    issuer: str
    permissions: frozenset[str]
    expires_at: int
    is_configured: bool = True


def check_claims(issuer: Issuer, claims: Claims, now: float) -> Caller:
    """Check all claims but the permission that is needed; raise DeniedError. The signature is verified before."""
    expires_at = _check_times(claims, now)
    match issuer.kind:
        case Kind.COGNITO:
            client_id = _check_cognito(issuer, claims)
        case Kind.ENTRA:
            client_id = _check_entra(issuer, claims)
        case Kind.OIDC:
            client_id = _check_oidc(issuer, claims)
    if issuer.client_ids and client_id not in issuer.client_ids:
        raise DeniedError(Denial.UNKNOWN_CLIENT)
    is_configured = client_id in issuer.client_ids
    return Caller(client_id, _text(claims, "iss"), _permissions(issuer, claims), expires_at, is_configured)


def _check_times(claims: Claims, now: float) -> int:
    expires, issued = _seconds(claims, "exp"), _seconds(claims, "iat")
    begins = _seconds(claims, "nbf") if "nbf" in claims else issued
    if now >= expires + LEEWAY_SECONDS:
        raise DeniedError(Denial.EXPIRED)
    if max(issued, begins) > now + LEEWAY_SECONDS:
        raise DeniedError(Denial.NOT_YET_VALID)
    if not 0 < expires - issued <= MAX_LIFETIME_SECONDS:
        raise DeniedError(Denial.LIVES_TOO_LONG if expires > issued else Denial.INVALID_CLAIM)
    return expires + LEEWAY_SECONDS


def _check_cognito(issuer: Issuer, claims: Claims) -> str:
    """https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html"""
    if _text(claims, "token_use") != "access":
        raise DeniedError(Denial.WRONG_TOKEN_USE)
    _text(claims, "sub")
    if issuer.audiences and _text(claims, "aud") not in issuer.audiences:
        raise DeniedError(Denial.WRONG_AUDIENCE)
    return _text(claims, "client_id")


def _check_entra(issuer: Issuer, claims: Claims) -> str:
    """https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference"""
    if _text(claims, "aud") not in issuer.audiences:
        raise DeniedError(Denial.WRONG_AUDIENCE)
    tenant = _text(claims, "tid")
    if tenant != issuer.tenant_in(_text(claims, "iss")):
        raise DeniedError(Denial.WRONG_TENANT)
    if issuer.tenants and tenant.lower() not in issuer.tenants:
        raise DeniedError(Denial.WRONG_TENANT)
    if _text(claims, "ver") != issuer.entra_version:
        raise DeniedError(Denial.INVALID_CLAIM)
    _text(claims, "sub")
    # An app's own token carries roles alone, one on behalf of a user carries scp; only the optional idtyp says which.
    kind = _text(claims, "idtyp") if "idtyp" in claims else None
    if kind not in (None, "app", "user") or (kind is not None and (kind == "user") != ("scp" in claims)):
        raise DeniedError(Denial.WRONG_TOKEN_USE)
    return _text(claims, "azp" if issuer.entra_version == "2.0" else "appid")


def _check_oidc(issuer: Issuer, claims: Claims) -> str:
    """https://www.rfc-editor.org/rfc/rfc9068, as far as issuers follow it."""
    named = claims.get("aud")
    audiences = _list_of_texts(claims, "aud") if isinstance(named, list) else [_text(claims, "aud")]
    if issuer.audiences.isdisjoint(audiences):
        raise DeniedError(Denial.WRONG_AUDIENCE)
    _text(claims, "sub")
    of_another_use = claims.get("token_use", "access") != "access"
    # Keycloak tells its kinds of tokens apart by a claim `typ`.
    of_another_type = claims.get("typ", "Bearer") != "Bearer"
    if of_another_use or of_another_type or any(name in claims for name in _OF_ID_TOKENS):
        raise DeniedError(Denial.WRONG_TOKEN_USE)
    return _text(claims, "azp" if "azp" in claims else "client_id")


def _permissions(issuer: Issuer, claims: Claims) -> frozenset[str]:
    """What the first of the issuer's scope claims that the token has grants, in the platform's own names."""
    claim = next((name for name in issuer.scope_claims if name in claims), None)
    if claim is None:
        raise DeniedError(Denial.MISSING_SCOPE)
    granted: set[str] = set()
    for name in _scope_names(issuer, claims, claim):
        if issuer.scope_names:
            granted.update(issuer.scope_names.get(name, ()))
        elif name.startswith(issuer.scope_prefix):
            granted.add(name.removeprefix(issuer.scope_prefix))
    return frozenset(name for name in granted if PERMISSION.fullmatch(name))


def _scope_names(issuer: Issuer, claims: Claims, claim: str) -> Sequence[str]:
    """`roles` is a list, `scope` a text; `scp` is a text of Entra ID, and either of others (Okta's is a list)."""
    if claim == "roles" or (claim == "scp" and issuer.kind is Kind.OIDC and isinstance(claims[claim], list)):
        return _list_of_texts(claims, claim)
    value = claims[claim]
    if not isinstance(value, str):
        raise DeniedError(Denial.INVALID_CLAIM)
    return value.split(" ")


def _text(claims: Claims, name: str) -> str:
    if name not in claims:
        raise DeniedError(Denial.MISSING_CLAIM)
    value = claims[name]
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_TEXT_LENGTH:
        raise DeniedError(Denial.INVALID_CLAIM)
    return value


def _list_of_texts(claims: Claims, name: str) -> list[str]:
    value = claims[name]
    if not isinstance(value, list):
        raise DeniedError(Denial.INVALID_CLAIM)
    listed = cast("list[Any]", value)
    if len(listed) > _MAX_SCOPES or not all(isinstance(item, str) for item in listed):
        raise DeniedError(Denial.INVALID_CLAIM)
    return listed


def _seconds(claims: Claims, name: str) -> int:
    """A NumericDate (RFC 7519 §2) in whole seconds."""
    if name not in claims:
        raise DeniedError(Denial.MISSING_CLAIM)
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 < value <= _LAST_SECOND:
        raise DeniedError(Denial.INVALID_CLAIM)
    return int(value)
