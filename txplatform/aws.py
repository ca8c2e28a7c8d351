"""The one place of the platform that makes AWS clients."""

import threading
from typing import Any

import boto3
from botocore.config import Config

from txplatform.settings import Settings


class AwsClients:
    """Clients for one set of settings, made on first use and kept.

    boto3 clients may be shared between threads; making one from a session may not, hence the lock.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._session = boto3.Session(region_name=settings.region)
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str) -> Any:
        """Return the client of an AWS service, e.g. `s3`."""
        with self._lock:
            if service not in self._clients:
                config = Config(retries={"mode": "standard", "max_attempts": 5}, max_pool_connections=32)
                self._clients[service] = self._session.client(
                    service, endpoint_url=self.settings.endpoint_url, config=config
                )
            return self._clients[service]
