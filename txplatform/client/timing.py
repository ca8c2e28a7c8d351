"""Time as the client needs it: when a call must have ended, and how long to wait before it is tried again."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

_LEAST_SECONDS = 0.05  # below, an attempt is not worth beginning


@dataclass(frozen=True, slots=True)
class Clock:
    """The clocks, the sleep and the chance that a client uses; tests pass their own."""

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[float, float], float] = random.uniform


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a call is tried, and how long it may take with all its attempts.

    Waits grow from `first_wait` by two up to `longest_wait`, each of a random length below that (full jitter:
    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). One that the API asks for comes on top.
    """

    attempts: int = 6
    first_wait: float = 0.2
    longest_wait: float = 10.0
    attempt_seconds: float = 30.0
    total_seconds: float = 60.0


class Deadline:
    """The moment by which a call with all its attempts must have ended."""

    def __init__(self, retries: Retries, clock: Clock) -> None:
        self._retries = retries
        self._clock = clock
        self._at = clock.monotonic() + retries.total_seconds

    @property
    def left(self) -> float:
        """The seconds that are left, 0 when there is no time for another attempt."""
        left = self._at - self._clock.monotonic()
        return left if left >= _LEAST_SECONDS else 0.0

    def wait(self, attempt: int, retry_after: str | None) -> bool:
        """Wait before the attempt after number `attempt`; return False, at once, when there is to be none."""
        ceiling = min(self._retries.longest_wait, self._retries.first_wait * 2 ** (attempt - 1))
        seconds = seconds_asked(retry_after, self._clock.wall()) + self._clock.chance(0.0, ceiling)
        if attempt >= self._retries.attempts or self._clock.monotonic() + seconds + _LEAST_SECONDS > self._at:
            return False
        self._clock.sleep(seconds)
        return True


def seconds_asked(retry_after: str | None, now: float) -> float:
    """Return what a Retry-After header asks for, in seconds or as a date; 0 where it cannot be read."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except ValueError:
        return 0.0
