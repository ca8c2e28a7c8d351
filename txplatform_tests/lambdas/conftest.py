"""Fixtures of the functions' tests: events as AWS sends them, the shipped schemas, and AWS in this process."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb import dynamodb_backends

from lambdas.shared import aws
from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.schema import EntitySchema
from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract
from txplatform.contracts.render.dynamodb import SecondaryIndex, secondary_indexes
from txplatform.contracts.render.registry import publish, registry_document

REGION = "us-east-1"
EVENTS = Path(__file__).parent / "events"
CONTRACTS = load_contracts()
SCHEMAS = {name: EntitySchema.parse(loads(dumps(registry_document(item)))) for name, item in CONTRACTS.items()}


@dataclass
class Context:
    """Lambda's context of an invocation that has just begun."""

    remaining: int = 30_000
    function_name: str = "function"
    memory_limit_in_mb: int = 128
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:function"
    aws_request_id: str = "7d9a8f3e-5c0d-4f5e-9d0a-1f2e3d4c5b6a"

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining


CONTEXT = Context()
Counted = Callable[[], dict[tuple[str, ...], dict[str, float]]]


@pytest.fixture
def counted(capsys: pytest.CaptureFixture[str]) -> Counted:
    """Reads the metrics that were written to the log since the last call, summed, by dimension and its value."""

    def read() -> dict[tuple[str, str], dict[str, float]]:
        sums: dict[tuple[str, ...], dict[str, float]] = {}
        for line in capsys.readouterr().out.splitlines():
            if not line.startswith('{"_aws"'):
                continue
            document = json.loads(line)
            [directive] = document["_aws"]["CloudWatchMetrics"]
            assert directive["Namespace"] == names.METRIC_NAMESPACE
            [dimensions] = directive["Dimensions"]
            of_value = sums.setdefault((*dimensions, *(document[name] for name in dimensions)), {})
            for metric in directive["Metrics"]:
                assert metric["Unit"] == ("Milliseconds" if metric["Name"].endswith("Milliseconds") else "Count")
                of_value[metric["Name"]] = of_value.get(metric["Name"], 0.0) + sum(document[metric["Name"]])
        return sums

    return read


@pytest.fixture(scope="session", params=CONTRACTS)
def entity(request: pytest.FixtureRequest) -> str:
    """Each shipped entity in turn."""
    return request.param


@pytest.fixture(scope="session")
def contracts() -> dict[str, Contract]:
    return CONTRACTS


@pytest.fixture(scope="session")
def schemas() -> dict[str, EntitySchema]:
    """The shipped contracts as the functions see them."""
    return SCHEMAS


@pytest.fixture
def payments() -> EntitySchema:
    return SCHEMAS["payments"]


@pytest.fixture
def event() -> Callable[[str], Any]:
    """Loads a captured event, a fresh copy each time."""
    return lambda name: json.loads((EVENTS / f"{name}.json").read_text())


@pytest.fixture
def payment() -> dict[str, Any]:
    """A canonical payment."""
    return {
        "payment_id": "pay_1",
        "customer_id": "cus_1",
        "merchant_id": "mer_1",
        "amount": "12.30",
        "currency": "EUR",
        "status": "captured",
        "method": "card",
        "created_at": "2023-11-14T22:13:20.000000Z",
        "updated_at": "2023-11-14T22:13:21.000000Z",
    }


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
    """An empty AWS in this process, and the functions' own clients for it, which outlive a test as they do a call."""
    with _moto(monkeypatch):
        yield aws.client


@pytest.fixture
def dynamodb(_tables: Any, cloud: Callable[[str], Any]) -> Any:
    """DynamoDB with the registry, published, the table of idempotency keys, and a table per entity."""
    _backend().tables = deepcopy(_tables)
    return cloud("dynamodb")


@pytest.fixture(scope="session")
def _tables() -> Any:
    """What moto holds of them once they are made, which takes ten times as long as to copy it."""
    with pytest.MonkeyPatch.context() as patch, _moto(patch):
        client = aws.client("dynamodb")
        make_table(client, names.REGISTRY_TABLE, "entity", "item")
        make_table(client, names.IDEMPOTENCY_TABLE, "id")
        for name, contract in CONTRACTS.items():
            publish(client, contract)
            make_table(client, names.entity_table(name), "pk", indexes=secondary_indexes(contract))
        return deepcopy(_backend().tables)


def _backend() -> Any:
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION]


@contextmanager
def _moto(patch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        "POWERTOOLS_LOG_LEVEL": "CRITICAL",
    }.items():
        patch.setenv(name, value)
    with mock_aws():
        yield


def make_table(client: Any, name: str, *keys: str, indexes: Sequence[SecondaryIndex] = ()) -> None:
    """Create a table whose keys are texts, with indexes."""
    types = dict.fromkeys(keys, "S")
    for index in indexes:
        types |= {index.partition_key: index.partition_key_type, index.sort_key: "S"}
    described = [
        {
            "IndexName": index.name,
            "KeySchema": _key_schema(index.partition_key, index.sort_key),
            "Projection": {"ProjectionType": "ALL"},
        }
        for index in indexes
    ]
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": kind} for key, kind in types.items()],
        KeySchema=_key_schema(*keys),
        **({"GlobalSecondaryIndexes": described} if described else {}),
    )


def _key_schema(*keys: str) -> list[dict[str, str]]:
    return [{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)]
