"""Reads the data API as a client of each identity provider: of the user pool, and of a tenant of Entra ID."""

import json
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # this machine is never behind a proxy
_REQUEST_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider, and a client of it."""

    name: str
    token_url: str
    client_id: str
    client_secret: str
    scope: str

    @classmethod
    def both(cls, environment: Mapping[str, str]) -> tuple["Provider", "Provider"]:
        """The two providers of the local stack, from its variables. The pool grants all scopes where none is named."""
        pool = cls("Cognito", environment["TXP_TOKEN_URL"], *_client(environment, "TXP"), scope="")
        entra_scope = environment["TXP_ENTRA_SCOPE"]
        entra = cls("Entra ID", environment["TXP_ENTRA_TOKEN_URL"], *_client(environment, "TXP_ENTRA"), entra_scope)
        return pool, entra

    def token(self) -> str:
        """An access token by the client-credentials grant."""
        form = {"grant_type": "client_credentials", "client_id": self.client_id, "client_secret": self.client_secret}
        body = urlencode(form | ({"scope": self.scope} if self.scope else {})).encode()
        return _answer(self.token_url, body=body)["access_token"]


class ApiReads:
    """Reads the same page of an entity as a client of each provider."""

    def __init__(self, api_url: str, providers: tuple[Provider, ...]) -> None:
        self._api_url = api_url
        self.providers = providers

    def problems(self, entity: str) -> Iterator[str]:
        """Read with one provider after the other; yield what is wrong with each, empty where nothing is."""
        first: Any = None
        for provider in self.providers:
            try:
                page = self._page(entity, provider)
            except (URLError, KeyError, ValueError) as error:
                yield f"reading {entity} with a token of {provider.name} failed: {error}"
                continue
            first = first or page
            same = bool(page["items"]) and page == first
            yield "" if same else f"a client of {provider.name} reads other {entity} than one of another provider"

    def _page(self, entity: str, provider: Provider) -> Any:
        authorization = {"Authorization": f"Bearer {provider.token()}"}
        return _answer(f"{self._api_url}/v1/{entity}?limit=10", headers=authorization)


def _client(environment: Mapping[str, str], prefix: str) -> tuple[str, str]:
    return environment[f"{prefix}_CLIENT_ID"], environment[f"{prefix}_CLIENT_SECRET"]


def _answer(url: str, body: bytes | None = None, headers: Mapping[str, str] = MappingProxyType({})) -> Any:
    request = urllib.request.Request(url, body, dict(headers))  # noqa: S310  an address of the local stack
    with _DIRECT.open(request, timeout=_REQUEST_SECONDS) as response:
        return json.load(response)
