"""One call of the API: its token, its attempts and its time. A call that may not be repeated does not come here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import urllib3
from urllib3.exceptions import HTTPError

from txplatform.client.errors import DataApiError, Problem, UnavailableError
from txplatform.client.problems import error_of
from txplatform.client.timing import Clock, Deadline, Retries
from txplatform.client.tokens import ClientCredentials, Tokens

CORRELATION_HEADER = "x-correlation-id"
_CONNECTIONS = 16
_SCOPES_KEPT_SECONDS = 60.0  # a 403 fetches another token once a minute at most
_CONNECT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Request:
    """A request, safe to repeat: reads, writes ruled by their version, and others with an Idempotency-Key."""

    method: str
    path: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is no error. Names of headers are found in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def correlation_id(self) -> str:
        """The id under which the logs hold the call."""
        return self.headers.get(CORRELATION_HEADER, "")


class Transport:
    """Keep-alive connections to one API, for any number of threads."""

    def __init__(
        self,
        url: str,
        credentials: ClientCredentials,
        retries: Retries,
        clock: Clock,
        read_error: Callable[[int, bytes, str], DataApiError] = error_of,
    ) -> None:
        self._url = url.rstrip("/")
        self._http = urllib3.PoolManager(maxsize=_CONNECTIONS, retries=False)
        self._tokens = Tokens(credentials, clock)
        self._retries = retries
        self._clock = clock
        self._read_error = read_error

    def close(self) -> None:
        """Close the connections."""
        self._http.clear()

    def call(self, request: Request) -> Answer:
        """Send a request, again where that may help, and return its answer; raise a DataApiError."""
        deadline = Deadline(self._retries, self._clock)
        answered = self._authorized(request, deadline)
        if answered.status < 300 or answered.status == HTTPStatus.NOT_MODIFIED:
            return Answer(answered.status, answered.headers, answered.data)
        raise self._error(answered)

    def _authorized(self, request: Request, deadline: Deadline) -> urllib3.BaseHTTPResponse:
        """Send with a token, and once more with another where the first one has expired.

        What a token does not allow (403) another one of the same client does not allow either.
        """

        def post(url: str, body: bytes, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
            return self._send("POST", url, body, headers, deadline)

        def send(token: str) -> urllib3.BaseHTTPResponse:
            headers = {**request.headers, "authorization": f"Bearer {token}"}
            return self._send(request.method, self._url + request.path, request.body, headers, deadline)

        token = self._tokens.token(post, deadline.left)
        answered = send(token)
        if answered.status == HTTPStatus.UNAUTHORIZED or self._may_have_more_scopes(answered):
            return send(self._tokens.token(post, deadline.left, refused=token))
        return answered

    def _may_have_more_scopes(self, answered: urllib3.BaseHTTPResponse) -> bool:
        """Whether the gateway refused a token that is old enough for a permission to have been granted meanwhile."""
        is_problem = "problem+json" in answered.headers.get("content-type", "")
        return (
            answered.status == HTTPStatus.FORBIDDEN
            and not is_problem
            and self._tokens.is_older_than(_SCOPES_KEPT_SECONDS)
        )

    def _send(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], deadline: Deadline
    ) -> urllib3.BaseHTTPResponse:
        """Send until something other than a passing fault comes back; raise when attempts or time end before."""
        error: DataApiError = UnavailableError(Problem(0, "no_time", "there was no time to send the request"))
        attempt = 0
        while left := deadline.left:
            attempt += 1
            retry_after = None
            seconds = min(left, self._retries.attempt_seconds)
            timeout = urllib3.Timeout(connect=min(seconds, _CONNECT_SECONDS), total=seconds)
            try:
                answered = self._http.request(method, url, body=body, headers=headers, timeout=timeout)
            except HTTPError as fault:
                error = UnavailableError(Problem(0, "connection", f"no answer: {type(fault).__name__}"))
                error.__cause__ = fault
            else:
                if answered.status < HTTPStatus.BAD_REQUEST:
                    return answered
                retry_after = answered.headers.get("retry-after")
                error = self._error(answered)
                # A conflict that says when it passes is one with the same request, which is still under way.
                if not error.retryable and not (answered.status == HTTPStatus.CONFLICT and retry_after):
                    return answered
            if not deadline.wait(attempt, retry_after):
                break
        raise error

    def _error(self, answered: urllib3.BaseHTTPResponse) -> DataApiError:
        return self._read_error(answered.status, answered.data, answered.headers.get(CORRELATION_HEADER, ""))
