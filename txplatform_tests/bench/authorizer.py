"""The authorizer with its keys known: what a request costs, by kind of provider, and what a cold start imports.

Handlers are called in this process. The baseline is the verification of the signature alone.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any
from unittest.mock import patch

import jwt

from lambdas.authorizer import handler as module
from txplatform_tests.bench.frame.figures import Figure, Size
from txplatform_tests.bench.frame.measuring import progress
from txplatform_tests.lambdas.authorizer.providers import PROVIDERS, Provider
from txplatform_tests.lambdas.conftest import CONTEXT, EVENTS

_CALLS = {Size.SMALL: 20, Size.FULL: 500}
_ROUNDS = {Size.SMALL: 2, Size.FULL: 11}
_MOST_MILLISECONDS = 0.2
_MOST_IMPORT_MILLISECONDS = 350
SETTINGS = {size: f"{_ROUNDS[size]} rounds of {_CALLS[size]} calls; medians of CPU time." for size in Size}


def measure(size: Size) -> Iterator[Figure]:
    """Authorise a request with a token of each provider, and one with a token that is denied; then import afresh."""
    signers = {name: make() for name, make in PROVIDERS.items()}
    environment = {"TXP_ISSUERS": _issuers(signers), "TXP_FURTHER_ISSUERS": "[]", "TXP_METRIC_NAMESPACE": "bench"}
    progress("authorising")
    with patch.dict(os.environ, environment), patch.object(module, "fetch_key_set", _fetch(signers)):
        module._authorizer.cache_clear()
        for name, signer in signers.items():
            yield Figure(f"signature alone, {name}", _milliseconds(size, _verification(signer)), "ms")
            cost = _milliseconds(size, _request(signer.token(), allowed=True))
            yield Figure(f"a token of {name}", cost, "ms", most=_MOST_MILLISECONDS)
        module.log.setLevel("ERROR")  # a line for each of thousands of denials would hide the figures
        denied = _milliseconds(size, _request(signers["entra"].token(aud="another"), allowed=False))
        yield Figure("a token that is denied, without its log line", denied, "ms", most=_MOST_MILLISECONDS)
        module.log.setLevel("INFO")
        module._authorizer.cache_clear()
    progress("importing")
    imports = [_import_milliseconds() for _ in range(_ROUNDS[size])]
    yield Figure("cold import", median(imports), "ms", most=_MOST_IMPORT_MILLISECONDS)


def _issuers(signers: dict[str, Provider]) -> str:
    settings = [{**signer.settings, "jwks_url": f"https://keys.example/{name}"} for name, signer in signers.items()]
    return json.dumps(settings)


def _fetch(signers: dict[str, Provider]) -> Callable[[str], Any]:
    return lambda url: {"keys": signers[url.rpartition("/")[2]].keys}


def _request(token: str, *, allowed: bool) -> Callable[[], None]:
    event = json.loads((EVENTS / "authorizer.json").read_text())
    event["headers"]["authorization"] = f"Bearer {token}"
    event["routeKey"] = "GET /v1/payments/{key}"

    def request() -> None:
        if module.handler(event, CONTEXT)["isAuthorized"] is not allowed:
            raise AssertionError("the authorizer decided otherwise")

    return request


def _verification(signer: Provider) -> Callable[[], None]:
    token = signer.token()
    key = jwt.PyJWK(signer.keys[0], signer.algorithm)
    signed, _, signature = token.rpartition(".")
    raw = jwt.utils.base64url_decode(signature)

    def verify() -> None:
        if not key.Algorithm.verify(signed.encode(), key.key, raw):
            raise AssertionError("the signature is not genuine")

    return verify


def _milliseconds(size: Size, action: Callable[[], None]) -> float:
    """The median CPU time of one call."""
    action()
    costs: list[float] = []
    for _ in range(_ROUNDS[size]):
        began = time.process_time()
        for _ in range(_CALLS[size]):
            action()
        costs.append((time.process_time() - began) / _CALLS[size])
    return median(costs) * 1000


def _import_milliseconds() -> float:
    """The CPU time that importing the handler takes in a new process."""
    program = "import time; t = time.process_time(); import lambdas.authorizer.handler; print(time.process_time() - t)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return float(done.stdout) * 1000
