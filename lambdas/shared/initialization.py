"""The init phase of a Lambda container, which has a CPU of its own and keeps no request waiting."""

import os
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def made_at_init(make: Callable[[], T]) -> Callable[[], T]:
    """Let Lambda make what the function is wired to while it loads the handler; elsewhere the first call does.

    `make` keeps its result. So a setting that is missing stops the container at its start, and not its first request.
    """
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        make()
    return make
