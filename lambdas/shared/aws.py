"""The functions' AWS clients: each made once per container, on first use, and shared between threads.

The only module that imports boto3 and botocore.
"""
# pyright: basic
# boto3 ships no types; what it returns is checked where it enters a typed value.

import threading
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

AWS_ERRORS: tuple[type[Exception], ...] = (ClientError, BotoCoreError)

_CONFIG = Config(
    connect_timeout=2, read_timeout=10, max_pool_connections=32, retries={"mode": "standard", "total_max_attempts": 3}
)
# Alerts and counts are told once and briefly: no invocation may outlive its time by waiting to tell them.
_BRIEF = _CONFIG.merge(Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 1}))
_CONFIGS = {"sns": _BRIEF, "cloudwatch": _BRIEF}
_making = threading.Lock()


@cache
def _session() -> boto3.Session:
    return boto3.Session()


@cache
def _make(service: str) -> Any:
    return _session().client(service, config=_CONFIGS.get(service, _CONFIG))


def client(service: str) -> Any:
    """The container's client of a service, e.g. "dynamodb"; region, endpoint and credentials come from the runtime."""
    with _making:
        return _make(service)


def error_code(error: Exception) -> str:
    """What AWS calls the error, or its class where AWS was not reached."""
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else type(error).__name__


def refused_item(error: Exception) -> dict[str, Any] | None:
    """The stored item that made a DynamoDB condition fail ({} without one), or None when the error is another."""
    if error_code(error) != "ConditionalCheckFailedException" or not isinstance(error, ClientError):
        return None
    return error.response.get("Item", {})
