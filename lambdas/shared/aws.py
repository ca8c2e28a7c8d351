"""The functions' AWS clients: each made once per container, on first use, and shared between threads.

The only module that imports boto3 and botocore.
"""

import threading
from functools import cache
from typing import Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

AWS_ERRORS: tuple[type[Exception], ...] = (ClientError, BotoCoreError)

_CONFIG = Config(
    connect_timeout=2, read_timeout=10, max_pool_connections=32, retries={"mode": "standard", "total_max_attempts": 3}
)
# An alert is published once and briefly: no invocation may outlive its time by waiting for it.
_BRIEF = _CONFIG.merge(Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 1}))
_CONFIGS = {"sns": _BRIEF}
_making = threading.Lock()


@cache
def _session() -> Any:  # boto3's types know clients by literal names of services alone
    return boto3.Session()


@cache
def _make(service: str) -> Any:
    return _session().client(service, config=_CONFIGS.get(service, _CONFIG))


def client(service: str) -> Any:
    """The container's client of a service, e.g. "dynamodb"; region, endpoint and credentials come from the runtime."""
    with _making:
        return _make(service)


def error_code(error: Exception) -> str:
    """The code that AWS gives the error, or the name of its class where AWS was not reached."""
    code = error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None
    return code or type(error).__name__


def refused_item(error: Exception) -> dict[str, Any] | None:
    """The stored item that made a DynamoDB condition fail ({} without one), or None when the error is another."""
    if error_code(error) != "ConditionalCheckFailedException" or not isinstance(error, ClientError):
        return None
    return cast("dict[str, Any]", error.response).get("Item", {})
