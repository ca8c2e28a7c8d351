"""The WSGI application of the gateway: a request goes to tokens, functions, static files or a route of the API."""

import logging
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from txplatform.local.entra import EntraEndpoint
from txplatform.local.functions import Outcome
from txplatform.local.gateway.access_log import AccessLog
from txplatform.local.gateway.authorization import Authorization
from txplatform.local.gateway.invocation import Invocation
from txplatform.local.gateway.request import Request, integration_event
from txplatform.local.gateway.response import Response, integration_response, message_response
from txplatform.local.gateway.routes import Api
from txplatform.local.gateway.static import StaticFiles
from txplatform.local.tokens import TOKEN_PATH, TokenEndpoint

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

logger = logging.getLogger(__name__)

_PAYLOAD_MAXIMUM = 10 * 2**20  # API Gateway's quota


class Gateway:
    """Routes requests; `invoke` runs a function, given its ARN and an event. Without a user pool, `tokens` is None."""

    def __init__(
        self,
        api: Api,
        invoke: Callable[[str, Any], Outcome],
        tokens: TokenEndpoint | None,
        static: StaticFiles,
        invocation: Invocation,
        entra: EntraEndpoint | None = None,
        access_log: AccessLog | None = None,
    ) -> None:
        self._api = api
        self._access_log = access_log
        self._invocation = invocation
        self._invoke = invoke
        self._tokens = tokens
        self._entra = entra
        self._static = static
        self._authorization = Authorization(invoke)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request.from_wsgi(environ)
        try:
            response = self.answer(request)
        except (BotoCoreError, ClientError):
            logger.exception("%s %s failed", request.method, request.raw_path)
            response = message_response(500, "Internal Server Error")
        body = b"" if request.method == "HEAD" else response.body
        start_response(response.status_line, [*response.headers, ("Content-Length", str(len(response.body)))])
        return [body]

    def answer(self, request: Request) -> Response:
        """Return the response to a request."""
        if len(request.body) > _PAYLOAD_MAXIMUM:
            return message_response(413, "Request Entity Too Large")
        if self._tokens is not None and request.raw_path == TOKEN_PATH:
            return self._tokens.answer(request)
        if self._entra is not None and self._entra.serves(request):
            return self._entra.answer(request)
        if self._invocation.serves(request):
            return self._invocation.answer(request)
        if self._static.serves(request):
            return self._static.answer(request)
        if self._access_log is None:
            return self._call_api(request, {})
        return self._logged(request, self._access_log)

    def _logged(self, request: Request, access_log: AccessLog) -> Response:
        begun = time.time()
        context: dict[str, Any] = {"requestId": request.request_id, "requestTimeEpoch": int(begun * 1000)}
        response = self._call_api(request, context)
        latency = int((time.time() - begun) * 1000)
        access_log.write(
            context | {"status": response.status, "responseLength": len(response.body), "responseLatency": latency}
        )
        return response

    def _call_api(self, request: Request, context: dict[str, Any]) -> Response:
        """Answer a request to the API, and add to its context what becomes known of it."""
        cors = self._api.cors
        if cors is not None and cors.is_preflight(request.method, request.headers):
            return cors.preflight(request.headers)
        found = self._api.find(request.method, request.raw_path)
        if found is None:
            return message_response(404, "Not Found")
        route, parameters = found
        context["routeKey"] = route.key
        granted = None
        if route.authorizer is not None:
            decision = self._authorization.check(route.authorizer, request, route, parameters, self._api.api_id)
            if decision.refusal is not None:
                return decision.refusal
            granted = decision.context
            context |= {f"authorizer.{name}": value for name, value in granted.items()}
        event = integration_event(request, route, parameters, self._api.api_id, granted)
        response = integration_response(self._invoke(route.function_arn, event))
        context["integration.status"] = response.status
        return response if cors is None else cors.shared(request.headers, response)
