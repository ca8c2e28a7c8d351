"""Reads the issuers whose tokens are taken from configuration: JSON in, values out.

An issuer is an object of a JSON list:

    kind          cognito, entra or oidc
    issuer        what its tokens carry as `iss`; of Entra ID it may hold `{tenantid}` in the place of the tenant
    jwks_url      where its keys are; left out, it is derived for cognito and entra
    audiences     the values of `aud` that are taken; of cognito, whose access tokens have none, left out
    client_ids    the clients that may call; without them any client of the audience may
    tenants       the tenants that are taken; needed where the issuer holds `{tenantid}`
    algorithms    RS256 and ES256 where left out; PS256 has to be named
    scope_claims  which of scope, scp and roles counts; the first that a token has
    scope_prefix  what stands before `<entity>.read` in the issuer's names, and is taken off
    scope_names   {the issuer's name: permission or list of permissions}; where given, no other name counts
"""

from dataclasses import fields
from typing import Any, cast
from urllib.parse import urlsplit

from lambdas.authorizer.issuers import (
    PERMISSION,
    Issuer,
    Issuers,
    Kind,
    derived_key_set,
    entra_tenant,
)
from lambdas.shared.errors import ConfigurationError, InvalidJsonError
from lambdas.shared.jsonio import loads

ALGORITHMS = frozenset({"RS256", "ES256", "PS256"})
DEFAULT_ALGORITHMS = frozenset({"RS256", "ES256"})
SCOPE_CLAIMS = ("scope", "scp", "roles")

_DEFAULT_SCOPE_CLAIMS = {
    Kind.COGNITO: ("scope",),
    Kind.ENTRA: ("scp", "roles"),
    Kind.OIDC: SCOPE_CLAIMS,
}
_PSEUDO_TENANTS = frozenset({"common", "organizations", "consumers"})
_LOOPBACK = ("127.0.0.1", "localhost")


def parse_issuers(*texts: str) -> Issuers:
    """Read JSON lists of issuers; raise ConfigurationError, which names the issuer and what is wrong with it."""
    issuers: list[Issuer] = []
    for text in texts:
        try:
            documents = loads(text)
        except InvalidJsonError as error:
            raise ConfigurationError(f"the issuers are no valid JSON: {error}") from error
        if not isinstance(documents, list):
            raise ConfigurationError("the issuers must be a JSON list of objects")
        issuers += [_Reader(document).read() for document in cast("list[Any]", documents)]
    return Issuers(issuers)


class _Reader:
    """Reads one object of the list."""

    def __init__(self, document: Any) -> None:
        if not isinstance(document, dict):
            raise ConfigurationError("an issuer must be an object")
        self._document = cast("dict[str, Any]", document)
        self._where = f"issuer {self._document.get('issuer')!r}"

    def read(self) -> Issuer:
        unknown = self._document.keys() - {field.name for field in fields(Issuer)}
        if unknown:
            raise self._error(f"unknown settings {sorted(unknown)}")
        kind, issuer = self._kind(), self._text("issuer")
        made = Issuer(
            kind=kind,
            issuer=issuer,
            jwks_url=self._key_set(kind, issuer),
            audiences=frozenset(self._texts("audiences")),
            client_ids=frozenset(self._texts("client_ids")),
            tenants=frozenset(item.lower() for item in self._texts("tenants")),
            algorithms=frozenset(self._texts("algorithms")) or DEFAULT_ALGORITHMS,
            scope_claims=self._texts("scope_claims") or _DEFAULT_SCOPE_CLAIMS[kind],
            scope_prefix=self._text("scope_prefix", ""),
            scope_names=self._scope_names(),
        )
        self._check(made)
        return made

    def _check(self, issuer: Issuer) -> None:
        if not issuer.algorithms <= ALGORITHMS:
            raise self._error(f"algorithms can be {sorted(ALGORITHMS)} alone")
        if not set(issuer.scope_claims) <= set(SCOPE_CLAIMS):
            raise self._error(f"scope_claims can be {list(SCOPE_CLAIMS)} alone")
        if issuer.kind is Kind.COGNITO and not issuer.client_ids:
            raise self._error("client_ids are needed: Cognito's access tokens name no audience")
        if issuer.kind is not Kind.COGNITO and not issuer.audiences:
            raise self._error("audiences are needed, or tokens for any other API would be taken")
        if issuer.kind is Kind.ENTRA and entra_tenant(issuer.issuer) is None:
            raise self._error(
                "of kind entra, it must be https://<host>/<tenant>/v2.0 or https://sts.windows.net/<tenant>/"
            )
        if entra_tenant(issuer.issuer) in _PSEUDO_TENANTS:
            raise self._error("no token names common, organizations or consumers: write {tenantid}, and list tenants")
        if issuer.kind is not Kind.ENTRA and (issuer.multi_tenant or issuer.tenants):
            raise self._error("tenants are for kind entra alone")
        if issuer.multi_tenant and not issuer.tenants:
            raise self._error("tenants are needed: anybody can make a tenant of their own")

    def _kind(self) -> Kind:
        try:
            return Kind(self._text("kind"))
        except ValueError as error:
            raise self._error(f"kind can be {[kind.value for kind in Kind]} alone") from error

    def _key_set(self, kind: Kind, issuer: str) -> str:
        url = self._text("jwks_url", "") or derived_key_set(kind, issuer)
        if not url:
            raise self._error("jwks_url is needed: it cannot be derived from this issuer")
        parts = urlsplit(url)
        if not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)):
            raise self._error("jwks_url must be of scheme https")
        return url

    def _text(self, name: str, default: str | None = None) -> str:
        value = self._document.get(name, default)
        if not isinstance(value, str) or (value == "" and default is None):
            raise self._error(f"{name} must be a text")
        return value

    def _texts(self, name: str) -> tuple[str, ...]:
        values = self._document.get(name, [])
        if not isinstance(values, list) or not all(
            isinstance(item, str) and item for item in cast("list[Any]", values)
        ):
            raise self._error(f"{name} must be a list of texts")
        return tuple(cast("list[str]", values))

    def _scope_names(self) -> dict[str, tuple[str, ...]]:
        names = self._document.get("scope_names", {})
        if not isinstance(names, dict):
            raise self._error("scope_names must be an object")
        made: dict[str, tuple[str, ...]] = {}
        for name, value in cast("dict[str, Any]", names).items():
            listed = cast("list[Any]", value if isinstance(value, list) else [value])
            if not all(isinstance(item, str) and PERMISSION.fullmatch(item) for item in listed):
                raise self._error(f"scope_names[{name!r}] must be permissions such as payments.read")
            made[name] = tuple(listed)
        return made

    def _error(self, text: str) -> ConfigurationError:
        return ConfigurationError(f"{self._where}: {text}")
