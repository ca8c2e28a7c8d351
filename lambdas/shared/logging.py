"""Structured logs: one JSON object a line, named after the function. No record's content is ever logged.

A handler adds the context of its invocation to every line (`Logger.inject_lambda_context`): the function's name, the
request id, whether this is a cold start.
"""

import json
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from aws_lambda_powertools.logging import Logger


def logger(function: str) -> Logger:
    """The logger of a function; its level is that of POWERTOOLS_LOG_LEVEL, INFO by default."""
    return Logger(service=function)


@contextmanager
def correlated(log: Logger, correlation_id: str, **further: str | None) -> Generator[None]:
    """Add the correlation id, and further ids where there are, to every line that this thread logs within the block."""
    keys = {name: value for name, value in further.items() if value}
    log.thread_safe_append_keys(correlation_id=correlation_id, **keys)
    try:
        yield
    finally:
        log.thread_safe_clear_keys()


def write_line(document: Mapping[str, Any]) -> None:
    """Write a line of its own form, past the logger.

    One write: `print` makes two, between which another invocation of the process could write its own.
    """
    sys.stdout.write(json.dumps(document, separators=(",", ":")) + "\n")
