"""Verifies signatures against the issuers' published key sets, which are fetched over HTTP."""

import time
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from lambdas.authorizer.claims import Caller, check_claims
from lambdas.authorizer.denial import Denial, DeniedError
from lambdas.authorizer.issuers import Issuer, Issuers
from lambdas.authorizer.keys import KeySet
from lambdas.authorizer.token import parse_token
from lambdas.shared.errors import InvalidJsonError, KeySetUnavailableError
from lambdas.shared.jsonio import loads

FETCH_SECONDS = 4.0  # much less than an invocation has
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


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A key set is where it was configured to be, and nowhere that an answer may name."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects)


def fetch_key_set(url: str) -> Any:
    """The JSON document at a key set's address; raise KeySetUnavailableError.

    It is read by a thread of its own, since a name server that hangs, or an answer that never ends, knows no timeout.
    The invocation must outlive both: with its end the keys that are known would be lost.
    """
    answers: SimpleQueue[bytes | Exception] = SimpleQueue()
    Thread(target=_read, args=(url, answers), daemon=True).start()
    try:
        answer = answers.get(timeout=FETCH_SECONDS)
    except Empty as error:
        raise KeySetUnavailableError("the key set was not fetched in time") from error
    if isinstance(answer, Exception):
        raise KeySetUnavailableError("the key set cannot be fetched") from answer
    if len(answer) > _MAX_KEY_SET_BYTES:
        raise KeySetUnavailableError("the key set is too large")
    try:
        return loads(answer.decode())
    except (UnicodeDecodeError, InvalidJsonError) as error:
        raise KeySetUnavailableError("the key set is no JSON") from error


def _read(url: str, answers: "SimpleQueue[bytes | Exception]") -> None:
    try:
        with _OPENER.open(url, timeout=FETCH_SECONDS) as response:
            answers.put(response.read(_MAX_KEY_SET_BYTES + 1))
    except (OSError, HTTPException, ValueError) as error:
        answers.put(error)
