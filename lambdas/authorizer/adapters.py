"""Verifies signatures against the issuers' published key sets, which are fetched over HTTP."""

import time
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

from lambdas.authorizer.claims import Caller, check_claims
from lambdas.authorizer.denial import Denial, DeniedError
from lambdas.authorizer.issuers import Issuer, Issuers
from lambdas.authorizer.keys import KeySet
from lambdas.authorizer.token import parse_token
from lambdas.shared.errors import InvalidJsonError, KeySetUnavailableError
from lambdas.shared.jsonio import loads

_TIMEOUT_SECONDS = 3.0
_MAX_KEY_SET_BYTES = 512 * 1024


class TokenVerifier:
    """Tokens of the configured issuers, each verified with its issuer's own keys."""

    def __init__(
        self,
        issuers: Issuers,
        fetch: Callable[[str], Any],
        on_unread: Callable[[Issuer, str], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._issuers = issuers
        self._clock = clock
        self._key_sets = {issuer.issuer: KeySet(issuer, fetch, on_unread, clock) for issuer in issuers.all}

    def caller(self, text: str) -> Caller:
        """Who calls with a token that is genuine and in force; raise DeniedError, KeySetUnavailableError.

        The issuer and its algorithms are known before any key is asked for.
        """
        token = parse_token(text)
        iss, issuer = self._issuers.select(token.claims.get("iss"))
        if token.algorithm not in issuer.algorithms:
            raise DeniedError(Denial.WRONG_ALGORITHM)
        key = self._key_sets[issuer.issuer].key(token.key_id, token.algorithm)
        if key.tenant is not None and key.tenant != issuer.tenant_in(iss):
            raise DeniedError(Denial.WRONG_TENANT)
        if not key.verifies(token.signed, token.signature):
            raise DeniedError(Denial.INVALID_SIGNATURE)
        return check_claims(issuer, token.claims, self._clock())


def fetch_key_set(url: str) -> Any:
    """The JSON document at a key set's address; raise KeySetUnavailableError."""
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as response:  # noqa: S310  configured, and https
            body: bytes = response.read(_MAX_KEY_SET_BYTES + 1)
    except (OSError, HTTPException, ValueError) as error:
        raise KeySetUnavailableError("the key set cannot be fetched") from error
    if len(body) > _MAX_KEY_SET_BYTES:
        raise KeySetUnavailableError("the key set is too large")
    try:
        return loads(body.decode())
    except (UnicodeDecodeError, InvalidJsonError) as error:
        raise KeySetUnavailableError("the key set is no JSON") from error
