"""Renders what the OpenAPI document says of tokens: the schemes of the user pool and of the issuers besides it.

The pool's names of permissions are `txplatform/<entity>.read`. Another issuer has its own, by `scope_prefix` or
`scope_names` of its configuration, which docs/guides/identity.md describes; the authorizer checks that configuration.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from txplatform.contracts.names import RESOURCE_SERVER, scopes
from txplatform.errors import ConfigurationError

_ANY_TENANT = ("{tenantid}", "organizations")  # of Entra ID, whose tenants share the metadata of `organizations`
_METADATA = ".well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class TokenScheme:
    """A kind of token; each is enough alone. `names` are the issuer's names of permissions that are not prefixed."""

    name: str
    document: dict[str, Any]
    prefix: str = ""
    names: dict[str, tuple[str, ...]] | None = field(default=None)

    def requirements(self, permission: str) -> list[dict[str, list[str]]]:
        """Render the alternatives of which a token needs one, to have a permission such as `payments.read`."""
        if self.names is None:
            return [{self.name: [self.prefix + permission]}]
        return [{self.name: [name]} for name, permissions in self.names.items() if permission in permissions]


def token_schemes(entities: Iterable[str], token_url: str, further_issuers: str) -> list[TokenScheme]:
    """List the schemes: a token of any issuer, of the pool where its endpoint is known, and of each further issuer.

    `further_issuers` is the JSON list that the authorizer is configured with. Raises ConfigurationError.
    """
    pool = f"{RESOURCE_SERVER}/"
    schemes = [
        TokenScheme(
            "bearer",
            {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": "Access token of an identity provider that the API knows. The scopes are those of the "
                "user pool; another provider may have its own names for the same.",
            },
            pool,
        )
    ]
    if token_url:
        known = {pool + name: words for entity in entities for name, words in scopes(entity).items()}
        document = {
            "type": "oauth2",
            "description": "Access token of the user pool, for a client of its own.",
            "flows": {"clientCredentials": {"tokenUrl": token_url, "scopes": known}},
        }
        schemes.append(TokenScheme("oauth2", document, pool))
    return schemes + [_of_issuer(number, item) for number, item in enumerate(_issuers(further_issuers), 1)]


def _issuers(text: str) -> Sequence[dict[str, Any]]:
    try:
        issuers = json.loads(text)
    except ValueError as error:
        raise ConfigurationError(f"the further issuers are no valid JSON: {error}") from error
    listed = cast("list[Any]", issuers) if isinstance(issuers, list) else [issuers]
    if not all(isinstance(item, dict) and isinstance(cast("Any", item).get("issuer"), str) for item in listed):
        raise ConfigurationError("the further issuers must be a JSON list of objects, each with its 'issuer'")
    return cast("list[dict[str, Any]]", listed)


def _of_issuer(number: int, item: dict[str, Any]) -> TokenScheme:
    issuer, audiences = str(item["issuer"]), ", ".join(item.get("audiences", ()))
    metadata = f"{issuer.replace(*_ANY_TENANT).rstrip('/')}/{_METADATA}"
    document = {
        "type": "openIdConnect",
        "description": f"Access token of {issuer}" + (f" for the audience {audiences}." if audiences else "."),
        "openIdConnectUrl": metadata,
    }
    names = cast("dict[str, str | list[str]]", item.get("scope_names") or {})
    read = {name: (value,) if isinstance(value, str) else tuple(value) for name, value in names.items()}
    return TokenScheme(f"issuer_{number}", document, str(item.get("scope_prefix", "")), read or None)
