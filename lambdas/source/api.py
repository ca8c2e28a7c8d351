"""The data API as `source` calls it: one pooled HTTP client, one machine token a scope, one deadline an invocation."""

import base64
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import urllib3

from lambdas.shared import correlation
from lambdas.shared.errors import ApiUnavailableError, InvalidJsonError, TokenUnavailableError
from lambdas.shared.jsonio import dumps, loads

EARLY_SECONDS = 60.0  # a token is renewed this long before it expires
CONNECT_SECONDS = 3.0
_LEAST_SECONDS = 0.1  # below, a call is not worth beginning
_TOKEN_REFUSED = (401, 403)  # an HTTP API answers 403 when its Lambda authorizer denies


def pool() -> urllib3.PoolManager:
    """Keep-alive connections for one container. Retrying is the queue's business."""
    return urllib3.PoolManager(maxsize=16, retries=False)


class Deadline:
    """The moment by which an invocation's HTTP calls must have ended, so that it can still say what became of them."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._at = clock() + seconds

    @property
    def has_time(self) -> bool:
        """Whether there is time for another call."""
        return self._left >= _LEAST_SECONDS

    @property
    def _left(self) -> float:
        return self._at - self._clock()

    def timeout(self) -> urllib3.Timeout:
        """For the next call; raise ApiUnavailableError when there is no time for one."""
        left = self._left
        if left < _LEAST_SECONDS:
            raise ApiUnavailableError("no time was left to call the API")
        return urllib3.Timeout(connect=min(CONNECT_SECONDS, left), read=left, total=left)


class MachineTokens:
    """Client-credentials tokens, kept until a minute before they expire. Safe to share between threads."""

    def __init__(
        self,
        http: urllib3.PoolManager,
        token_url: str,
        credentials: Callable[[], tuple[str, str]],
        clock: Callable[[], float] = time.time,  # the monotonic clock stands still while Lambda freezes the sandbox
    ) -> None:
        self._http = http
        self._token_url = token_url
        self._credentials = credentials
        self._clock = clock
        self._kept: dict[str, tuple[float, str]] = {}
        self._lock = threading.Lock()

    def token(self, scope: str, deadline: Deadline, refused: str | None = None) -> str:
        """A token for `scope`, another one than `refused`; raise TokenUnavailableError."""
        with self._lock:
            until, token = self._kept.get(scope, (0.0, ""))
            if token and token != refused and self._clock() < until:
                return token
            token, lifetime = self._request(scope, deadline)
            self._kept[scope] = (self._clock() + lifetime - EARLY_SECONDS, token)
            return token

    def _request(self, scope: str, deadline: Deadline) -> tuple[str, float]:
        basic = base64.b64encode(":".join(self._credentials()).encode()).decode()
        headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
        form = urlencode({"grant_type": "client_credentials", "scope": scope})
        try:
            response = self._http.request(
                "POST", self._token_url, body=form, headers=headers, timeout=deadline.timeout()
            )
            if response.status != 200:
                raise TokenUnavailableError(f"the token endpoint answered {response.status}")
            answer = loads(response.data.decode())
            return str(answer["access_token"]), float(answer["expires_in"])
        except (urllib3.exceptions.HTTPError, InvalidJsonError, KeyError, TypeError, ValueError) as error:
            raise TokenUnavailableError("the token endpoint answered without a token") from error


class DataApi:
    """The batch route of the data API."""

    def __init__(self, http: urllib3.PoolManager, api_url: str, tokens: MachineTokens) -> None:
        self._http = http
        self._api_url = api_url.rstrip("/")
        self._tokens = tokens

    def post_batch(
        self, entity: str, scope: str, operations: Sequence[Mapping[str, Any]], call_id: str, deadline: Deadline
    ) -> list[dict[str, Any]]:
        """Post a batch and return one result per operation, in order; `call_id` correlates the call's own log lines.

        Raises ApiUnavailableError or TokenUnavailableError when the whole call must be retried; that is harmless.
        """
        body = dumps({"operations": operations}).encode()
        token = self._tokens.token(scope, deadline)
        response = self._post(entity, body, call_id, token, deadline)
        if response.status in _TOKEN_REFUSED:
            token = self._tokens.token(scope, deadline, refused=token)
            response = self._post(entity, body, call_id, token, deadline)
        if response.status != 200:
            raise ApiUnavailableError(f"the API answered {response.status} to a batch of {entity}")
        try:
            results: list[dict[str, Any]] = loads(response.data.decode())["results"]
            if [item["index"] for item in results] != list(range(len(operations))):
                raise ApiUnavailableError(f"the API answered a batch of {entity} in part")
        except (InvalidJsonError, KeyError, TypeError, ValueError) as error:
            raise ApiUnavailableError(f"the API's answer to a batch of {entity} cannot be read") from error
        return results

    def _post(self, entity: str, body: bytes, call_id: str, token: str, deadline: Deadline) -> urllib3.BaseHTTPResponse:
        url = f"{self._api_url}/v1/{entity}/batch"
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            correlation.HEADER: call_id,
        }
        try:
            return self._http.request("POST", url, body=body, headers=headers, timeout=deadline.timeout())
        except urllib3.exceptions.HTTPError as error:
            raise ApiUnavailableError("the API did not answer") from error
