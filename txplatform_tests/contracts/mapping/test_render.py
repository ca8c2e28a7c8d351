"""The registry document of a source system, and its publication beside those of entities."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from txplatform.contracts import names
from txplatform.contracts.render.mapping import mapping_document, publish_mapping
from txplatform.errors import ContractError
from txplatform_tests.contracts.mapping.systems import CONTRACTS, shop

SESSION = boto3.Session("test", "test", region_name="us-east-1")  # reads the description of a service once
KEY = {"entity": {"S": "_source/shop"}, "item": {"S": "mapping"}}


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = SESSION.client("dynamodb")
        client.create_table(
            TableName=names.REGISTRY_TABLE,
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("entity", "item")],
            KeySchema=[{"AttributeName": "entity", "KeyType": "HASH"}, {"AttributeName": "item", "KeyType": "RANGE"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


@pytest.fixture
def items(dynamodb: Any) -> Callable[[], list[dict[str, Any]]]:
    return lambda: dynamodb.scan(TableName=names.REGISTRY_TABLE)["Items"]


def test_the_document_holds_all_that_the_file_says() -> None:
    document = mapping_document(shop())

    assert json.loads(json.dumps(document)) == document
    assert document["match"] == "type == 'order' || type == 'amendment' || type == 'ping'"
    assert document["webhook"] == {
        "scheme": "stripe", "header": "x-shop-signature", "encoding": "hex", "tolerance_seconds": 300,
    }  # fmt: skip
    record, amendment = document["records"]
    assert (record["when"], record["over"], record["operation"]) == ("type == 'order'", ["order"], "upsert")
    assert (amendment["operation"], amendment["nulled"]) == ("patch", "^.emptied")
    assert record["fields"]["order_id"] == {"from": ["id"]}
    assert record["fields"]["channel"] == {"constant": "shop"}
    assert record["fields"]["total"] == {"from": ["total"], "transforms": [["decimal", {"point": ","}]]}
    assert document["ignore"] == [{"when": "type == 'ping'", "reason": "ping"}]


def test_no_queue_of_a_system_is_that_of_an_entity() -> None:
    queue = names.source_queue("orders")

    assert queue == "txplatform-source-orders-inbound"
    assert queue not in {names.inbound_queue(entity) for entity in CONTRACTS}
    assert names.source_dead_letter_queue(names.SYSTEM_SLOT) == "txplatform-source-{system}-inbound-dlq"


def test_publishing_twice_equals_publishing_once(dynamodb: Any, items: Callable[[], Any]) -> None:
    publish_mapping(dynamodb, shop())
    once = items()
    publish_mapping(dynamodb, shop())

    assert items() == once
    assert sorted(item["item"]["S"] for item in once) == ["mapping", "mapping#1.0.0"]
    document = dynamodb.get_item(TableName=names.REGISTRY_TABLE, Key=KEY)["Item"]["document"]["S"]
    assert json.loads(document) == mapping_document(shop())


def test_a_published_version_never_changes_and_an_older_one_comes_back_on_purpose_only(
    dynamodb: Any, items: Callable[[], Any]
) -> None:
    publish_mapping(dynamodb, shop())
    publish_mapping(dynamodb, replace(shop(), version="1.1.0"))
    before = items()

    with pytest.raises(ContractError, match="raise 'version'"):
        publish_mapping(dynamodb, replace(shop(), version="1.1.0", match=None))
    with pytest.raises(ContractError, match="--rollback"):
        publish_mapping(dynamodb, shop())
    with pytest.raises(ContractError, match="never published"):
        publish_mapping(dynamodb, replace(shop(), version="0.9.0"), rollback=True)
    assert items() == before
    publish_mapping(dynamodb, shop(), rollback=True)
    assert dynamodb.get_item(TableName=names.REGISTRY_TABLE, Key=KEY)["Item"]["version"] == {"S": "1.0.0"}


def test_a_document_that_the_registry_does_not_take_is_refused(dynamodb: Any) -> None:
    def many(document: dict[str, Any]) -> None:
        template = document["records"][0]
        fields = {**template["fields"], "reference": {"from": [f"a{n}{'x' * 900}" for n in range(16)]}}
        document["records"] = [{**template, "name": f"r{n}", "fields": fields} for n in range(30)]

    with pytest.raises(ContractError, match="divide the system"):
        publish_mapping(dynamodb, shop(many))
