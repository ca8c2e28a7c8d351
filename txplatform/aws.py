"""The one place of the platform that makes AWS clients."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from txplatform.errors import AwsUnavailableError
from txplatform.settings import Settings

_RETRIED = Config(retries={"mode": "standard", "max_attempts": 5}, max_pool_connections=32)
_SENT_ONCE = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=30, max_pool_connections=32)


class AwsClients:
    """Clients for one set of settings, made on first use and kept.

    boto3 clients may be shared between threads; making one from a session may not, hence the lock.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._make: Callable[..., Any] = boto3.Session(region_name=settings.region).client
        self._clients: dict[tuple[str, bool, int | None], Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str, *, retries: bool = True, read_timeout: int | None = None) -> Any:
        """Return the client of an AWS service, e.g. `s3`.

        Without `retries` it sends a request once and waits half a minute, or `read_timeout` seconds, for the answer:
        for a call that must not be repeated before its outcome is known, or that is not worth waiting for.
        """
        key = (service, retries, read_timeout)
        with self._lock:
            if key not in self._clients:
                config = _RETRIED if retries else _SENT_ONCE
                if read_timeout is not None:
                    config = config.merge(Config(read_timeout=read_timeout))
                self._clients[key] = self._make(service, endpoint_url=self.settings.endpoint_url, config=config)
            return self._clients[key]

    @contextmanager
    def translate_errors(self) -> Iterator[None]:
        """Raise AwsUnavailableError, with the remedy, when a call in the block does not reach AWS."""
        try:
            yield
        except BotoCoreError as error:
            endpoint = self.settings.endpoint_url
            remedy = f"is the endpoint {endpoint} up?" if endpoint else "check network, region and credentials"
            raise AwsUnavailableError(f"AWS could not be reached: {error}. Remedy: {remedy}") from error
