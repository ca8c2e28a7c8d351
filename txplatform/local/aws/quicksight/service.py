"""Answers QuickSight's operations on its resources; a WSGI application in front of moto."""

import json
import threading
import uuid
from collections.abc import Iterable
from typing import Any

from txplatform.local.aws.quicksight.requests import Request, RequestError, read
from txplatform.local.aws.quicksight.resources import OPERATIONS, Resources

_SCOPE = "/quicksight/aws4_request"


class QuickSight:
    """One account's resources, in memory. Requests of several threads wait for each other."""

    def __init__(self) -> None:
        self._resources = Resources()
        self._lock = threading.Lock()

    def handles(self, environ: dict[str, Any]) -> bool:
        """Whether a request is one of QuickSight's that are answered here."""
        if _SCOPE not in environ.get("HTTP_AUTHORIZATION", ""):
            return False
        try:
            return self._read(environ, b"{}") is not None
        except RequestError:
            return True

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        headers = [("Content-Type", "application/json")]
        try:
            request = self._read(environ, body)
            assert request is not None
            with self._lock:
                answer: dict[str, Any] = self._resources.answer(request)
            status, content = "200 OK", {**answer, "RequestId": str(uuid.uuid4()), "Status": 200}
        except RequestError as error:
            status, content = f"{error.status} Error", {"Message": str(error), "RequestId": str(uuid.uuid4())}
            headers.append(("x-amzn-ErrorType", error.code))
        text = json.dumps(content).encode()
        start_response(status, [*headers, ("Content-Length", str(len(text)))])
        return [text]

    @staticmethod
    def _read(environ: dict[str, Any], body: bytes) -> Request | None:
        method, path = environ["REQUEST_METHOD"], environ["REQUEST_URI"].partition("?")[0]
        return read(method, path, environ.get("QUERY_STRING", ""), body, OPERATIONS)
