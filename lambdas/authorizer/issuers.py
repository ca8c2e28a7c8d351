"""The issuers whose tokens are taken, and which of them a token is of. Nothing is asked of the network.

The keys of one issuer never verify a token of another: each has a key set of its own.
`lambdas.authorizer.issuer_settings` reads them from configuration.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lambdas.authorizer.denial import Denial, DeniedError
from lambdas.shared.errors import ConfigurationError

TENANT_SLOT = "{tenantid}"
PERMISSION = re.compile(r"[a-z][a-z0-9_]{0,31}\.[a-z][a-z0-9_]{0,31}")

_TENANT = r"[0-9A-Za-z][0-9A-Za-z.-]{0,127}"
_SLOT_OR_TENANT = rf"(?P<tenant>{re.escape(TENANT_SLOT)}|{_TENANT})"
_ENTRA_V2 = re.compile(rf"(?P<host>https://[a-z0-9.-]+)/{_SLOT_OR_TENANT}/v2\.0")
_ENTRA_V1 = re.compile(rf"https://sts\.windows\.net/{_SLOT_OR_TENANT}/")


class Kind(StrEnum):
    """Whose tokens an issuer's are: it decides which claims they must have."""

    COGNITO = "cognito"
    ENTRA = "entra"
    OIDC = "oidc"


@dataclass(frozen=True, slots=True)
class Issuer:
    """One issuer. Empty `client_ids` or `tenants` restrict nothing, empty `scope_names` leaves names as they are."""

    kind: Kind
    issuer: str
    jwks_url: str
    audiences: frozenset[str]
    client_ids: frozenset[str]
    tenants: frozenset[str]
    algorithms: frozenset[str]
    scope_claims: tuple[str, ...]
    scope_prefix: str
    scope_names: Mapping[str, tuple[str, ...]]

    @property
    def multi_tenant(self) -> bool:
        return TENANT_SLOT in self.issuer

    @property
    def entra_version(self) -> str:
        """The `ver` of this issuer's tokens: Entra ID has an issuer of each of its two versions."""
        return "1.0" if _ENTRA_V1.fullmatch(self.issuer) else "2.0"

    def tenant_in(self, iss: str) -> str | None:
        """The tenant that `iss` names, or None where `iss` is not of this issuer or names none."""
        before, slot, after = self.issuer.partition(TENANT_SLOT)
        if slot:
            tenant = iss[len(before) : len(iss) - len(after)]
            fits = iss == f"{before}{tenant}{after}" and re.fullmatch(_TENANT, tenant)
            return tenant if fits else None
        return entra_tenant(iss) if iss == self.issuer else None

    def issues(self, iss: str) -> bool:
        """Whether a token that carries `iss` is of this issuer."""
        return self.tenant_in(iss) is not None if self.multi_tenant else iss == self.issuer


class Issuers:
    """The configured issuers; no two of them can claim the same token."""

    def __init__(self, issuers: Sequence[Issuer]) -> None:
        if not issuers:
            raise ConfigurationError("no issuer is configured, so that no token could be taken")
        for position, issuer in enumerate(issuers):
            for other in issuers[position + 1 :]:
                if other.issuer == issuer.issuer or other.issues(issuer.issuer) or issuer.issues(other.issuer):
                    raise ConfigurationError(f"two issuers claim the same tokens: {issuer.issuer} and {other.issuer}")
        self.all = tuple(issuers)

    def select(self, iss: Any) -> tuple[str, Issuer]:
        """The `iss` of a token and the one issuer that writes it; raise DeniedError."""
        for issuer in self.all:
            if isinstance(iss, str) and issuer.issues(iss):
                return iss, issuer
        raise DeniedError(Denial.WRONG_ISSUER)


def entra_tenant(issuer: Any) -> str | None:
    """The tenant, or `{tenantid}`, of an issuer as Entra ID writes them; None of anything else."""
    shape = entra_shape(issuer) if isinstance(issuer, str) else None
    return shape["tenant"] if shape else None


def entra_shape(issuer: str) -> re.Match[str] | None:
    return _ENTRA_V2.fullmatch(issuer) or _ENTRA_V1.fullmatch(issuer)


def derived_key_set(kind: Kind, issuer: str) -> str:
    """Where the providers say that their keys are; empty where that must be configured."""
    if kind is Kind.COGNITO:
        return f"{issuer}/.well-known/jwks.json"
    if kind is Kind.ENTRA and (shape := entra_shape(issuer)):
        tenant = shape["tenant"].replace(TENANT_SLOT, "common")
        if shape.re is _ENTRA_V1:
            return f"https://login.microsoftonline.com/{tenant}/discovery/keys"
        return f"{shape['host']}/{tenant}/discovery/v2.0/keys"
    return ""
