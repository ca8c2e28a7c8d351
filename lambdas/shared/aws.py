"""The functions' AWS clients: each made once per container, on first use, and shared between threads."""

import threading
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

_CONFIG = Config(
    connect_timeout=2, read_timeout=10, max_pool_connections=32, retries={"mode": "standard", "total_max_attempts": 3}
)
_making = threading.Lock()


@cache
def _session() -> boto3.Session:
    return boto3.Session()


@cache
def _make(service: str) -> Any:
    return _session().client(service, config=_CONFIG)


def client(service: str) -> Any:
    """The container's client of a service, e.g. "dynamodb"; region, endpoint and credentials come from the runtime."""
    with _making:
        return _make(service)
