"""The platform's AWS clients: kept by what they are asked for, typed by stubs that are never imported at run time."""

import ast
from pathlib import Path

import pytest
from botocore.exceptions import NoCredentialsError
from botocore.loaders import JSONFileLoader

from txplatform.aws import AwsClients
from txplatform.errors import AwsUnavailableError
from txplatform.settings import Settings

SETTINGS = Settings.from_env(
    {
        "AWS_REGION": "eu-west-1",
        "TXP_LAKE_BUCKET": "lake",
        "TXP_ALERTS_TOPIC_ARN": "arn:aws:sns:eu-west-1:123456789012:alerts",
        "TXP_API_URL": "https://api.example.org",
    }
)
PACKAGES = [Path(__file__).parents[1] / name for name in ("txplatform", "lambdas", "infra")]


def test_a_client_is_made_once_for_the_same_options() -> None:
    clients = AwsClients(SETTINGS)
    assert clients.client("sns") is clients.client("sns")
    once = clients.client("sns", retries=False)
    assert once is not clients.client("sns")
    assert clients.client("sns", retries=False, read_timeout=3) is not once


def test_the_description_of_a_service_is_read_once_in_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    AwsClients(SETTINGS).client("sns")
    monkeypatch.delattr(JSONFileLoader, "load_file")
    AwsClients(SETTINGS).client("sns")


def test_a_client_without_retries_sends_a_request_once_and_waits_no_longer_than_given() -> None:
    config = AwsClients(SETTINGS).client("sns", retries=False, read_timeout=3).meta.config
    assert config.retries["total_max_attempts"] == 1
    assert config.read_timeout == 3


def test_a_request_that_does_not_reach_aws_is_an_error_with_the_remedy() -> None:
    with (
        pytest.raises(AwsUnavailableError, match="Remedy: check network, region and credentials"),
        AwsClients(SETTINGS).translate_errors(),
    ):
        raise NoCredentialsError


def _stubs_at_run_time(tree: ast.Module) -> list[int]:
    """Lines that import boto3's stubs outside of `if TYPE_CHECKING`."""
    checked = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and "mypy_boto3" in ast.unparse(node) and node not in checked
    ]


def test_the_stubs_are_not_imported_at_run_time() -> None:
    assert _stubs_at_run_time(ast.parse("from mypy_boto3_s3 import S3Client")) == [1]
    for package in PACKAGES:
        for path in package.rglob("*.py"):
            assert not _stubs_at_run_time(ast.parse(path.read_text(encoding="utf-8"))), path
