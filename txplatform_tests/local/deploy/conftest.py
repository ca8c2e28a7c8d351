"""The committed template, deployed once into moto in this process."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.awslambda.models import LambdaBackend

from infra import committed
from txplatform.local.deploy import Addresses, Deployment, deploy
from txplatform.local_platform import read_bundle

ADDRESSES = Addresses(services="http://127.0.0.1:5000", gateway="http://127.0.0.1:8080")
Client = Callable[[str], Any]


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        # moto would start the functions itself, in Docker, as soon as a message is sent.
        patch.setattr(LambdaBackend, "send_sqs_batch", lambda *_args, **_kwargs: False)
        session = boto3.Session(region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        yield cache(session.client)


@pytest.fixture(scope="module")
def deployment(client: Client, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    template = committed.load_template()
    return deploy("stack", template, read_bundle, client, ADDRESSES, tmp_path_factory.mktemp("functions"))


@pytest.fixture
def code_root(tmp_path: Path) -> Path:
    return tmp_path / "functions"
