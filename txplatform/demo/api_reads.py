"""Reads the data API as a client of each identity provider: of the user pool, and of a tenant of Entra ID."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from txplatform.client import ClientCredentials, DataApi, DataApiError

_READ = 10


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider, and a client of it."""

    name: str
    credentials: ClientCredentials

    @classmethod
    def both(cls, environment: Mapping[str, str]) -> tuple["Provider", "Provider"]:
        """The two providers of the local stack, from its variables. The pool grants all scopes where none is named."""
        pool = ClientCredentials(environment["TXP_TOKEN_URL"], *_client(environment, "TXP"))
        scopes = (environment["TXP_ENTRA_SCOPE"],)
        entra = ClientCredentials(environment["TXP_ENTRA_TOKEN_URL"], *_client(environment, "TXP_ENTRA"), scopes)
        return cls("Cognito", pool), cls("Entra ID", entra)


class ApiReads:
    """Reads the same records of an entity as a client of each provider."""

    def __init__(self, api_url: str, providers: tuple[Provider, ...]) -> None:
        self._api_url = api_url
        self.providers = providers

    def problems(self, entity: str) -> Iterator[str]:
        """Read with one provider after the other; yield what is wrong with each, empty where nothing is."""
        first: list[dict[str, Any]] = []
        for provider in self.providers:
            try:
                records = self._records(entity, provider)
            except DataApiError as error:
                yield f"reading {entity} with a token of {provider.name} failed: {error}"
                continue
            first = first or records
            same = bool(records) and records == first
            yield "" if same else f"a client of {provider.name} reads other {entity} than one of another provider"

    def _records(self, entity: str, provider: Provider) -> list[dict[str, Any]]:
        with DataApi(self._api_url, provider.credentials) as api:
            return list(islice(api.entity(entity).list(page_size=_READ), _READ))


def _client(environment: Mapping[str, str], prefix: str) -> tuple[str, str]:
    return environment[f"{prefix}_CLIENT_ID"], environment[f"{prefix}_CLIENT_SECRET"]
