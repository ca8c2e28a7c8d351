"""Structured logs: one JSON object a line, named after the function. No record's content is ever logged.

A handler adds the context of its invocation to every line (`Logger.inject_lambda_context`): the function's name, the
request id, whether this is a cold start.
"""

from collections.abc import Generator
from contextlib import contextmanager

from aws_lambda_powertools.logging import Logger


def logger(function: str) -> Logger:
    """The logger of a function; its level is that of POWERTOOLS_LOG_LEVEL, INFO by default."""
    return Logger(service=function)


@contextmanager
def correlated(log: Logger, correlation_id: str) -> Generator[None]:
    """Add the correlation id to every line that this thread logs within the block."""
    log.thread_safe_append_keys(correlation_id=correlation_id)
    try:
        yield
    finally:
        log.thread_safe_clear_keys()
