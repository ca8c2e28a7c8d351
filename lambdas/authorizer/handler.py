"""Composition root of `authorizer`: an HTTP API authorizer event (2.0) in, a simple answer out.

A defect of the token denies; a failure of what the function depends on raises, so that the gateway answers 500 and
caches nothing.
"""

from collections import Counter
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.authorizer.adapters import TokenVerifier, fetch_key_set
from lambdas.authorizer.core import granted_context, required_permission
from lambdas.authorizer.denial import DeniedError
from lambdas.authorizer.issuer_settings import parse_issuers
from lambdas.authorizer.issuers import Issuer
from lambdas.authorizer.settings import Settings
from lambdas.authorizer.token import bearer_token
from lambdas.shared import correlation
from lambdas.shared.initialization import made_at_init
from lambdas.shared.logging import correlated, logger
from lambdas.shared.metrics import Metrics
from lambdas.shared.settings import load

FUNCTION = "authorizer"

log = logger(FUNCTION)


class Authorizer:
    """The function with all it is wired to."""

    def __init__(self, settings: Settings) -> None:
        issuers = parse_issuers(settings.issuers, settings.further_issuers)
        self._metrics = Metrics(settings.metric_namespace, "Function")
        self._verifier = TokenVerifier(issuers, fetch_key_set, self._report_unread)

    def process(self, event: dict[str, Any]) -> dict[str, Any]:
        """Let the request through or not; raise KeySetUnavailableError when that cannot be known."""
        with correlated(log, correlation.of_request(event)):
            return self._decide(event)

    def _report_unread(self, issuer: Issuer, reason: str) -> None:
        """Say that a key set could not be read: as long as its keys are known, nobody else would notice."""
        log.error("key set not read", extra={"issuer": issuer.issuer, "reason": reason})
        with self._metrics.counting() as counts:
            counts[FUNCTION] = Counter(KeySetsUnread=1)

    def _decide(self, event: dict[str, Any]) -> dict[str, Any]:
        try:
            permission = required_permission(event)
            caller = self._verifier.caller(bearer_token(event))
            return {"isAuthorized": True, "context": granted_context(caller, permission)}
        except DeniedError as error:
            log.warning("denied", extra={"reason": error.denial.value, "route": event.get("routeKey")})
            return {"isAuthorized": False}


@made_at_init
@cache
def _authorizer() -> Authorizer:
    return Authorizer(load(Settings))


@log.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """The entry point that Lambda calls."""
    return _authorizer().process(event)
