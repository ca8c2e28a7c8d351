"""The one place of the platform that makes AWS clients.

Their types come from boto3-stubs, which is a development dependency and never imported at run time: a service that the
platform begins to use gets an overload of `AwsClients.client` here.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, overload

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from botocore.loaders import Loader
from botocore.session import get_session

from txplatform.errors import AwsUnavailableError
from txplatform.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_athena import AthenaClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_glue import GlueClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

_RETRIED = Config(retries={"mode": "standard", "max_attempts": 5}, max_pool_connections=32)
_SENT_ONCE = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=30, max_pool_connections=32)
_MODELS = Loader()  # the descriptions of the services: a tenth of a second each to read, once in a process


class AwsClients:
    """Clients for one set of settings, made on first use and kept.

    boto3 clients may be shared between threads; making one from a session may not, hence the lock.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        core = get_session()
        self._make: Callable[..., Any] = boto3.Session(botocore_session=core, region_name=settings.region).client
        core.register_component("data_loader", _MODELS)  # after boto3, which adds a search path for each session
        self._clients: dict[tuple[str, bool, int | None], Any] = {}
        self._lock = threading.Lock()

    @overload
    def client(
        self, service: Literal["athena"], *, retries: bool = ..., read_timeout: int | None = ...
    ) -> "AthenaClient": ...
    @overload
    def client(
        self, service: Literal["cloudwatch"], *, retries: bool = ..., read_timeout: int | None = ...
    ) -> "CloudWatchClient": ...
    @overload
    def client(
        self, service: Literal["dynamodb"], *, retries: bool = ..., read_timeout: int | None = ...
    ) -> "DynamoDBClient": ...
    @overload
    def client(
        self, service: Literal["glue"], *, retries: bool = ..., read_timeout: int | None = ...
    ) -> "GlueClient": ...
    @overload
    def client(
        self, service: Literal["lambda"], *, retries: bool = ..., read_timeout: int | None = ...
    ) -> "LambdaClient": ...
    @overload
    def client(self, service: Literal["s3"], *, retries: bool = ..., read_timeout: int | None = ...) -> "S3Client": ...
    @overload
    def client(
        self, service: Literal["secretsmanager"], *, retries: bool = ..., read_timeout: int | None = ...
    ) -> "SecretsManagerClient": ...
    @overload
    def client(
        self, service: Literal["sns"], *, retries: bool = ..., read_timeout: int | None = ...
    ) -> "SNSClient": ...
    @overload
    def client(
        self, service: Literal["sqs"], *, retries: bool = ..., read_timeout: int | None = ...
    ) -> "SQSClient": ...
    @overload
    def client(self, service: Literal["quicksight"], *, retries: bool = ..., read_timeout: int | None = ...) -> Any: ...
    @overload
    def client(self, service: Literal["sts"], *, retries: bool = ..., read_timeout: int | None = ...) -> Any: ...
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
