"""Lambda's Invoke: handed on to the process that runs the functions, which has the gateway's address.

Every other call of Lambda is for its resources, and those are moto's.
"""

import re
from collections.abc import Iterable
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

INVOCATION = re.compile(r"/2015-03-31/functions/(?P<function>[^/]+)/invocations")
_PASSED_ON = ("Content-Type", "X-Amz-Function-Error", "X-Amz-Executed-Version", "X-Amzn-ErrorType")
_LONGEST_SECONDS = 900
_LOCAL = build_opener(ProxyHandler({}))  # no proxy, whatever the environment says


class Invocations:
    """Answers what `handles` says; without a gateway, nothing."""

    def __init__(self, gateway: str | None) -> None:
        self._gateway = gateway

    def handles(self, environ: dict[str, Any]) -> bool:
        """Whether a request is an Invoke that can be handed on."""
        return self._gateway is not None and INVOCATION.fullmatch(environ["PATH_INFO"]) is not None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        headers = {"X-Amz-Invocation-Type": environ.get("HTTP_X_AMZ_INVOCATION_TYPE", "RequestResponse")}
        request = Request(f"{self._gateway}{environ['PATH_INFO']}", body, headers, method="POST")  # noqa: S310
        try:
            with _LOCAL.open(request, timeout=_LONGEST_SECONDS) as answer:
                status, received, content = f"{answer.status} {answer.reason}", answer.headers, answer.read()
        except HTTPError as error:
            status, received, content = f"{error.code} {error.reason}", error.headers, error.read()
        passed_on = [(name, received[name]) for name in _PASSED_ON if name in received]
        start_response(status, [*passed_on, ("Content-Length", str(len(content)))])
        return [content]
