"""Access tokens by the client-credentials grant (RFC 6749, section 4.4), kept until shortly before they expire."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import urllib3

from txplatform.client import jsontext
from txplatform.client.errors import Problem, UnauthorizedError, UnavailableError, UnexpectedAnswerError
from txplatform.client.timing import Clock

EARLY_SECONDS = 60.0  # a token is renewed this long before it expires, or at half its life

Send = Callable[[str, bytes, dict[str, str]], urllib3.BaseHTTPResponse]
"""Posts a body with headers to an address, with the retries and within the time of the call that needs the token."""


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """What a program is known by at the identity provider. Without scopes, the token has all that it is granted."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: tuple[str, ...] = ()


class Tokens:
    """The token of one client. Safe to share between threads: while one fetches, the others wait for its token."""

    def __init__(self, credentials: ClientCredentials, clock: Clock) -> None:
        self._credentials = credentials
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._until = self._until_wall = self._fetched = 0.0

    def token(self, send: Send, timeout: float, refused: str | None = None) -> str:
        """Return a token, another one than `refused`; raise UnauthorizedError where none is given.

        It waits up to `timeout` seconds for another thread's token.
        """
        if not self._lock.acquire(timeout=timeout):
            raise UnavailableError(Problem(0, "token_endpoint", "the token endpoint did not answer in time"))
        try:
            if not self._token or self._token == refused or self._has_ended():
                self._token, lifetime = self._fetch(send)
                self._fetched = self._clock.monotonic()
                kept = max(lifetime - EARLY_SECONDS, lifetime / 2)
                self._until, self._until_wall = self._clock.monotonic() + kept, self._clock.wall() + kept
            return self._token
        finally:
            self._lock.release()

    def is_older_than(self, seconds: float) -> bool:
        """Whether another token may have other scopes than the kept one, which was fetched so long ago."""
        return self._clock.monotonic() - self._fetched > seconds

    def _has_ended(self) -> bool:
        """Whether the token is to be renewed by either clock: one stands still while the machine sleeps."""
        return self._clock.monotonic() >= self._until or self._clock.wall() >= self._until_wall

    def _fetch(self, send: Send) -> tuple[str, float]:
        given = self._credentials
        form = {"grant_type": "client_credentials"} | ({"scope": " ".join(given.scopes)} if given.scopes else {})
        # Each is form-encoded before they are joined (RFC 6749, section 2.3.1).
        basic = f"{quote(given.client_id, safe='')}:{quote(given.client_secret, safe='')}"
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            **urllib3.make_headers(basic_auth=basic),
        }
        answer = send(given.token_url, urlencode(form).encode(), headers)
        try:
            document = jsontext.loads(answer.data)
            if answer.status == 200:
                return str(document["access_token"]), float(document["expires_in"])
            reason = str(document["error"])
        except (ValueError, KeyError, TypeError) as error:
            problem = Problem(answer.status, "token_endpoint", "the token endpoint answered without a token")
            raise UnexpectedAnswerError(problem) from error
        raise UnauthorizedError(Problem(answer.status, reason, "the token endpoint refused the client"))
