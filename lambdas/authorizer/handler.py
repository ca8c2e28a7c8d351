"""Composition root of `authorizer`: an HTTP API authorizer event (2.0) in, a simple answer out.

A defect of the token denies; a failure of what the function depends on raises, so that the gateway answers 500 and
caches nothing.
"""

from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.authorizer.adapters import TokenVerifier
from lambdas.authorizer.core import DeniedError, bearer_token, check_claims, parse_client_ids, required_scope
from lambdas.authorizer.settings import Settings
from lambdas.shared import correlation
from lambdas.shared.initialization import made_at_init
from lambdas.shared.logging import correlated, logger
from lambdas.shared.settings import load

log = logger("authorizer")


class Authorizer:
    """The function with all it is wired to."""

    def __init__(self, settings: Settings) -> None:
        self._verifier = TokenVerifier(settings.issuer, settings.jwks_url)
        self._client_ids = parse_client_ids(settings.client_ids)
        self._resource_server = settings.resource_server

    def process(self, event: dict[str, Any]) -> dict[str, Any]:
        """Let the request through or not; raise KeySetUnavailableError when that cannot be known."""
        with correlated(log, correlation.of_request(event)):
            return self._decide(event)

    def _decide(self, event: dict[str, Any]) -> dict[str, Any]:
        try:
            scope = required_scope(event, self._resource_server)
            claims = self._verifier.claims(bearer_token(event))
            return {"isAuthorized": True, "context": check_claims(claims, self._client_ids, scope)}
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
