"""Fixtures of the functions' tests: events as AWS sends them, the shipped schemas, and AWS in this process."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from lambdas.shared import aws
from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.schema import EntitySchema
from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract
from txplatform.contracts.render.registry import publish, registry_document

EVENTS = Path(__file__).parent / "events"
CONTRACTS = load_contracts()
SCHEMAS = {name: EntitySchema.parse(loads(dumps(registry_document(item)))) for name, item in CONTRACTS.items()}


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
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        "POWERTOOLS_LOG_LEVEL": "CRITICAL",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield aws.client


@pytest.fixture
def dynamodb(cloud: Callable[[str], Any]) -> Any:
    """DynamoDB with the registry, published, and a table per entity."""
    client = cloud("dynamodb")
    make_table(client, names.REGISTRY_TABLE, "entity", "item")
    for name, contract in CONTRACTS.items():
        publish(client, contract)
        make_table(client, names.entity_table(name), "pk")
    return client


def make_table(client: Any, name: str, *keys: str) -> None:
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)],
    )
