"""The authorizer called in this process with tokens of each kind of provider, whose key sets are known."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import jwt

from lambdas.authorizer import handler as module
from txplatform.contracts.names import Function
from txplatform_tests.bench.frame.functions import running
from txplatform_tests.lambdas.authorizer.providers import PROVIDERS, Provider
from txplatform_tests.lambdas.conftest import CONTEXT, EVENTS

Action = Callable[[], None]


class Authorizer:
    """Requests to authorise, by provider; `variables` are the function's environment."""

    def __init__(self) -> None:
        self.signers: Mapping[str, Provider] = {name: make() for name, make in PROVIDERS.items()}
        known = [
            {**signer.settings, "jwks_url": f"https://keys.example/{name}"} for name, signer in self.signers.items()
        ]
        self.variables = {
            "TXP_ISSUERS": json.dumps(known),
            "TXP_FURTHER_ISSUERS": "[]",
            "TXP_METRIC_NAMESPACE": "bench",
        }

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let the function know these issuers and their keys."""
        with patch.object(module, "fetch_key_set", self._keys), running(Function.AUTHORIZER, self.variables):
            module._authorizer.cache_clear()
            yield
        module._authorizer.cache_clear()

    def request(self, name: str, *, allowed: bool = True, **claims: Any) -> Action:
        """A request with a token of a provider; it raises where the authorizer decides otherwise."""
        event = json.loads((EVENTS / "authorizer.json").read_text())
        event["headers"]["authorization"] = f"Bearer {self.signers[name].token(**claims)}"
        event["routeKey"] = "GET /v1/payments/{key}"

        def request() -> None:
            if module.handler(event, CONTEXT)["isAuthorized"] is not allowed:
                raise AssertionError("the authorizer decided otherwise")

        return request

    def verification(self, name: str) -> Action:
        """The signature of a provider's token, verified alone."""
        signer = self.signers[name]
        token = signer.token()
        key = jwt.PyJWK(signer.keys[0], signer.algorithm)
        signed, _, signature = token.rpartition(".")
        raw = jwt.utils.base64url_decode(signature)

        def verify() -> None:
            if not key.Algorithm.verify(signed.encode(), key.key, raw):
                raise AssertionError("the signature is not genuine")

        return verify

    def _keys(self, url: str) -> Any:
        return {"keys": self.signers[url.rpartition("/")[2]].keys}
