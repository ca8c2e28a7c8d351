"""The data API called as the gateway calls it, over tables in this process."""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from lambdas.data_api import handler as module
from lambdas.data_api.handler import handler
from lambdas.shared.items import encode_record
from txplatform.contracts import names
from txplatform.contracts.names import REGISTRY_TABLE
from txplatform.contracts.render.registry import registry_document
from txplatform_tests.lambdas.conftest import CONTEXT, CONTRACTS, SCHEMAS

OLDER, SAME, NEWER = "2023-01-01T00:00:00.000000Z", "2023-11-14T22:13:21.000000Z", "2024-01-01T00:00:00.000000Z"
TABLE = names.entity_table("payments")
# The caller of the captured event, and its call.
WRITTEN_BY = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_example#6ab1example"
REQUEST_ID = "JKJaXmPLvHcESHA="


@pytest.fixture
def wired(dynamodb: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TXP_TABLE", names.entity_table(names.ENTITY_SLOT))
    monkeypatch.setenv("TXP_REGISTRY_TABLE", REGISTRY_TABLE)
    monkeypatch.setenv("TXP_TOMBSTONE_DAYS", "30")
    monkeypatch.setenv("TXP_IDEMPOTENCY_TABLE", names.IDEMPOTENCY_TABLE)
    monkeypatch.setenv("TXP_RELEASE", "1.2.3")
    module._data_api.cache_clear()
    yield
    module._data_api.cache_clear()


class Reply:
    """An answer of the API."""

    def __init__(self, payload: dict[str, Any]) -> None:
        self.status: int = payload["statusCode"]
        self.headers: dict[str, str] = payload["headers"]
        self.text: str | None = payload.get("body")
        self.body: Any = None if self.text is None else json.loads(self.text, parse_float=Decimal)


@pytest.fixture
def call(wired: None, event: Callable[[str], Any]) -> Callable[..., Reply]:
    """Calls the API as the gateway does, for a client with these permissions on the entity; with all by default."""

    def make(
        method: str,
        path: str,
        body: Any = None,
        query: dict[str, str] | None = None,
        may: tuple[str, ...] = ("personal", "read", "write"),
        **headers: str,
    ) -> Reply:
        _, version, entity, *rest = path.split("/", 4)
        template = [*rest] if not rest or rest == ["batch"] else ["{key}"]
        made = event("http_api") | {
            "routeKey": f"{method} " + "/".join(["", version, entity, *template]),
            "rawPath": path,
            "pathParameters": {"key": rest[0]} if template == ["{key}"] else None,
            "body": body if isinstance(body, str) else json.dumps(body),
        }
        made["requestContext"]["authorizer"]["lambda"]["scope"] = " ".join(f"{entity}.{verb}" for verb in may)
        media_type = "application/merge-patch+json" if method == "PATCH" else "application/json"
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        made["headers"] |= {"content-type": media_type, **given}
        if query:
            made["queryStringParameters"] = query
        return Reply(handler(made, CONTEXT))

    return make


@pytest.fixture
def put(dynamodb: Any, payment: dict[str, Any]) -> Callable[..., None]:
    """Writes an item past the API: a payment with these fields, and with these attributes as they are."""

    def write(key: str, attributes: dict[str, Any] | None = None, **fields: Any) -> None:
        record = {**payment, "payment_id": key, **fields}
        system = {"pk": {"S": key}, "_version": {"S": record["updated_at"]}, "_written_at": {"S": NEWER}}
        made = {**system, **encode_record(SCHEMAS["payments"], record), **(attributes or {})}
        dynamodb.put_item(TableName=TABLE, Item=made)

    return write


def item(dynamodb: Any, key: str = "pay_1") -> dict[str, Any]:
    return dynamodb.get_item(TableName=TABLE, Key={"pk": {"S": key}}).get("Item", {})


def publish_colour(dynamodb: Any) -> None:
    """Publish a contract with one field more."""
    document = registry_document(CONTRACTS["payments"])
    document["fields"]["colour"] = {"type": "string"}
    document["json_schema"]["properties"]["colour"] = {"type": "string"}
    published = {"entity": {"S": "payments"}, "item": {"S": "schema"}, "version": {"S": "9.0.0"}}
    dynamodb.put_item(TableName=REGISTRY_TABLE, Item={**published, "document": {"S": json.dumps(document)}})
