"""How writers of one table race: each tries again from the newest version, after a pause that spreads them."""

import random
import time

from pyiceberg.exceptions import CommitFailedException, CommitStateUnknownException

MAX_ATTEMPTS = 20
NOT_COMMITTED = (CommitFailedException, CommitStateUnknownException)

_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 2.0


def pause(attempt: int) -> None:
    """Wait before the attempt that follows number `attempt`, which counts from 0."""
    longest = min(_FIRST_PAUSE_SECONDS * 2**attempt, _LONGEST_PAUSE_SECONDS)
    time.sleep(longest * random.uniform(0.5, 1))  # noqa: S311 # spreads racing writers, no secret
