"""boto3 clients of the local AWS, whatever AWS configuration the developer's machine holds."""

import os
import threading
from collections.abc import Callable
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from txplatform.local.environment import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY


class LocalClients:
    """Clients by service name, made on first use and kept; safe to call from several threads."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        # No profile and no files: an AWS_PROFILE in the shell would otherwise fail the session or redirect it.
        core = botocore.session.Session(
            session_vars={
                "profile": (None, None, None, None),
                "config_file": (None, None, os.devnull, None),
                "credentials_file": (None, None, os.devnull, None),
            }
        )
        # Typed by no overload: which service is meant is known at run time alone, and callers pass whole properties.
        self._make: Callable[..., Any] = boto3.Session(
            botocore_session=core,
            region_name=REGION,
            aws_access_key_id=ACCESS_KEY_ID,
            aws_secret_access_key=SECRET_ACCESS_KEY,
        ).client
        self._config = Config(
            account_id_endpoint_mode="disabled",
            max_pool_connections=64,
            connect_timeout=5,
            read_timeout=60,
            proxies={},  # none, whatever HTTP_PROXY says: this AWS is on the loopback address
            retries={"mode": "standard", "max_attempts": 3},
        )
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()  # boto3 sessions are not safe to share while they make clients

    def __call__(self, service: str) -> Any:
        """Return the client of `service`, such as "sqs"."""
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._make(service, endpoint_url=self.endpoint, config=self._config)
            return self._clients[service]


def error_code(error: ClientError) -> str:
    """Return the code of an AWS error, such as "NoSuchKey"; empty where the answer has none."""
    return error.response.get("Error", {}).get("Code", "")
