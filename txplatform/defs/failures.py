"""The one place where an error of the platform becomes Dagster's retry or failure."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from txplatform.errors import PlatformError

MAX_RETRIES = 3
RETRY_AFTER_SECONDS = 2.0


@contextmanager
def translated(retries: bool = True) -> Iterator[None]:
    """Turn a retryable PlatformError into another attempt of the step, a terminal one into a failure that says so.

    Without `retries` every error fails the step: the ledger makes its objects back off, and the sensor starts the next
    attempt.
    Any other exception passes: it is a defect, and its traceback is what helps.
    """
    try:
        yield
    except PlatformError as error:
        if error.retryable and retries:
            raise dg.RetryRequested(max_retries=MAX_RETRIES, seconds_to_wait=RETRY_AFTER_SECONDS) from error
        raise dg.Failure(str(error), metadata={"code": error.code}, allow_retries=False) from error
