"""The committed template, deployed once into moto in this process."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.awslambda.models import LambdaBackend

from txplatform.local.deploy import Deployment, deploy, load_template

OVERRIDES = {
    "ApiUrl": "http://127.0.0.1:8080",
    "TokenUrl": "http://127.0.0.1:8080/oauth2/token",
    "JwksUrl": "http://127.0.0.1:5000/{UserPoolId}/.well-known/jwks.json",
}
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
    template, assets = load_template()
    return deploy(template, assets, client, OVERRIDES, tmp_path_factory.mktemp("functions"))


@pytest.fixture
def code_root(tmp_path: Path) -> Path:
    return tmp_path / "functions"
