"""The one place of the platform that makes AWS clients."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from txplatform.settings import Settings


class AwsClients:
    """Clients for one set of settings, made on first use and kept. boto3 clients are safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._session = boto3.Session(region_name=settings.region)
        self.client = cache(self._make)

    def _make(self, service: str) -> Any:
        config = Config(retries={"mode": "standard", "max_attempts": 5}, max_pool_connections=32)
        return self._session.client(service, endpoint_url=self.settings.endpoint_url, config=config)
