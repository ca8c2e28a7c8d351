"""AWS as `webhook` uses it: the systems' secrets, kept for a while, and their queues."""

import base64
import binascii
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from lambdas.shared import correlation
from lambdas.shared.aws import AWS_ERRORS, error_code
from lambdas.shared.errors import InvalidJsonError
from lambdas.shared.jsonio import loads
from lambdas.shared.message_text import SOURCE_ATTRIBUTE
from lambdas.shared.settings import for_system
from lambdas.webhook.errors import QueueUnavailableError, SecretUnavailableError

FRESH_SECONDS = 300.0  # after which secrets are read again: a secret that was withdrawn ends by then
STALE_SECONDS = 3600.0  # for which known secrets go on while they cannot be read
RETRY_SECONDS = 10.0  # between two readings: a flood of wrong signatures reads no secret
MAX_SECRETS = 10  # of one system


@dataclass(slots=True)
class _Kept:
    """The secrets of one system as they were last read."""

    reading: threading.Lock = field(default_factory=threading.Lock)
    secrets: tuple[bytes, ...] = ()
    read_at: float = 0.0
    tried_at: float = 0.0


class Secrets:
    """The secrets with which systems sign, of which several hold while one replaces another.

    A secret is a JSON list: texts, or keys written as {"hex": …} or {"base64": …}. Safe to share between threads.
    """

    def __init__(self, secretsmanager: Any, pattern: str, clock: Callable[[], float] = time.time) -> None:
        self._client = secretsmanager
        self._pattern = pattern
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._making = threading.Lock()

    def current(self, system: str) -> tuple[bytes, ...]:
        """The secrets, read again when they are no longer fresh; raise SecretUnavailableError."""
        kept = self._of(system)
        with kept.reading:
            now = self._clock()
            if not kept.secrets or now - kept.read_at > FRESH_SECONDS:
                self._read(system, kept, now)
            return kept.secrets

    def newer(self, system: str, than: tuple[bytes, ...]) -> tuple[bytes, ...]:
        """The secrets as they are now, where they have not been read just before; empty when they are still those."""
        kept = self._of(system)
        with kept.reading:
            now = self._clock()
            if kept.secrets == than and now - kept.tried_at >= RETRY_SECONDS:
                self._read(system, kept, now)
            return () if kept.secrets == than else kept.secrets

    def _of(self, system: str) -> _Kept:
        with self._making:
            return self._kept.setdefault(system, _Kept())

    def _read(self, system: str, kept: _Kept, now: float) -> None:
        """Read the secrets, at most once in a while; those that are known go on when that fails, for some time."""
        problem: Exception | None = None
        if now - kept.tried_at >= RETRY_SECONDS:
            kept.tried_at = now
            try:
                answer = self._client.get_secret_value(SecretId=for_system(self._pattern, system))
                kept.secrets, kept.read_at = _parsed(answer["SecretString"]), now
                return
            except (*AWS_ERRORS, InvalidJsonError, KeyError, TypeError, ValueError) as error:
                problem = error
        if not kept.secrets or now - kept.read_at > STALE_SECONDS:
            reason = "not asked again so soon" if problem is None else error_code(problem)
            raise SecretUnavailableError(f"the secret of {system} cannot be read: {reason}") from problem


class Queues:
    """The systems' inbound queues."""

    def __init__(self, sqs: Any, url_pattern: str) -> None:
        self._sqs = sqs
        self._pattern = url_pattern

    def send(self, system: str, text: str, correlation_id: str) -> None:
        """Send a message, and return once SQS has taken it; raise QueueUnavailableError."""
        attributes = {SOURCE_ATTRIBUTE: system, correlation.MESSAGE_ATTRIBUTE: correlation_id}
        try:
            self._sqs.send_message(
                QueueUrl=for_system(self._pattern, system),
                MessageBody=text,
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
                },
            )
        except AWS_ERRORS as error:
            raise QueueUnavailableError(f"the queue of {system} did not take it: {error_code(error)}") from error


def _parsed(text: str) -> tuple[bytes, ...]:
    """Read a secret; raise InvalidJsonError, TypeError, ValueError, none of which says what it holds."""
    listed = loads(text)
    if not isinstance(listed, list) or not 1 <= len(cast("list[Any]", listed)) <= MAX_SECRETS:
        raise TypeError("the secret is no list of secrets")
    return tuple(map(_key, cast("list[Any]", listed)))


def _key(item: Any) -> bytes:
    match item:
        case str() if item:
            return item.encode()
        case {"hex": str(digits)} if digits:
            return binascii.unhexlify(digits)
        case {"base64": str(digits)} if digits:
            return base64.b64decode(digits, validate=True)
        case _:
            raise TypeError("an item of the secret is neither a text nor a key in hex or base64")
