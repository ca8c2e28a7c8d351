"""Asks a Lambda authorizer whether a request may pass, and remembers its answers for the authorizer's time to live."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from txplatform.local.functions import Outcome
from txplatform.local.gateway.request import Request, authorizer_event
from txplatform.local.gateway.response import Response, message_response
from txplatform.local.gateway.routes import AuthorizerSettings, Route

logger = logging.getLogger(__name__)

_CACHE_ENTRIES = 10_000


@dataclass(frozen=True, slots=True)
class Decision:
    """`refusal` is the answer to give instead of invoking the integration; None lets the request pass."""

    refusal: Response | None = None
    context: Mapping[str, Any] = field(default_factory=dict)


class Authorization:
    """The authorizers of one API and their cache, keyed by the identity sources as on AWS."""

    def __init__(self, invoke: Callable[[str, Any], Outcome], clock: Callable[[], float] = time.monotonic) -> None:
        self._invoke = invoke
        self._clock = clock
        self._lock = threading.Lock()
        self._cache: dict[tuple[str, ...], tuple[float, Decision]] = {}

    def check(
        self, settings: AuthorizerSettings, request: Request, route: Route, parameters: Mapping[str, str], api_id: str
    ) -> Decision:
        """Return the decision: 401 without an identity, 403 when denied, 500 when the authorizer itself fails."""
        found = [request.value_of(source, route, api_id) for source in settings.identity_sources]
        identities = tuple(value for value in found if value)
        if len(identities) < len(found):
            return Decision(message_response(401, "Unauthorized"))
        cached = settings.ttl > 0 and bool(identities)
        key = (settings.authorizer_id, *identities)
        if cached:
            with self._lock:
                known = self._cache.get(key)
            if known and known[0] > self._clock():
                return known[1]
        outcome = self._invoke(settings.function_arn, authorizer_event(request, route, parameters, api_id, identities))
        answer = outcome.payload
        if outcome.error or not isinstance(answer, dict) or not isinstance(answer.get("isAuthorized"), bool):
            logger.error("the authorizer gave no decision on %s: %s", route.key, outcome.reason or "malformed answer")
            return Decision(message_response(500, "Internal Server Error"))
        if answer["isAuthorized"]:
            decision = Decision(context=answer.get("context") or {})
        else:
            decision = Decision(message_response(403, "Forbidden"))
        if cached:
            self._remember(key, self._clock() + settings.ttl, decision)
        return decision

    def _remember(self, key: tuple[str, ...], until: float, decision: Decision) -> None:
        with self._lock:
            if len(self._cache) >= _CACHE_ENTRIES:
                now = self._clock()
                self._cache = {known: entry for known, entry in self._cache.items() if entry[0] > now}
                if len(self._cache) >= _CACHE_ENTRIES:
                    self._cache.clear()
            self._cache[key] = (until, decision)
