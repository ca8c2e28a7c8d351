"""What `authorizer` reads from its environment."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """`client_ids` is a comma-separated list; `resource_server` is the prefix of the scopes."""

    issuer: str
    jwks_url: str
    client_ids: str
    resource_server: str
