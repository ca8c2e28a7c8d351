"""The registry: read once a minute, compiled once a version."""

import json
from typing import Any

import pytest

from lambdas.shared.errors import ConfigurationError, RegistryUnavailableError, UnknownEntityError
from lambdas.shared.registry import TTL_SECONDS, SchemaRegistry
from lambdas.shared.schema import EntitySchema, FieldRule
from txplatform.contracts.names import REGISTRY_TABLE
from txplatform.contracts.render.registry import registry_document
from txplatform_tests.lambdas.conftest import CONTRACTS


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Counting:
    """A DynamoDB client that counts its reads."""

    def __init__(self, dynamodb: Any) -> None:
        self._dynamodb = dynamodb
        self.reads = 0

    def get_item(self, **arguments: Any) -> Any:
        self.reads += 1
        return self._dynamodb.get_item(**arguments)


def put(dynamodb: Any, document: dict[str, Any]) -> None:
    item = {"entity": document["entity"], "item": "schema", "version": document["version"]}
    dynamodb.put_item(
        TableName=REGISTRY_TABLE,
        Item={**{name: {"S": value} for name, value in item.items()}, "document": {"S": json.dumps(document)}},
    )


def test_a_published_contract_is_read_whole(dynamodb: Any, entity: str) -> None:
    schema = SchemaRegistry(dynamodb, REGISTRY_TABLE).schema(entity)
    contract = CONTRACTS[entity]
    assert (schema.entity, schema.version, schema.key) == (entity, contract.version, contract.key)
    assert sorted(schema.fields) == sorted(field.name for field in contract.fields)
    for field in contract.fields:
        rule = schema.fields[field.name]
        assert rule.type == field.type.value
        assert (rule.required, rule.personal) == (field.required, field.personal)
        if rule.type == "decimal":
            assert (rule.precision, rule.scale) == (field.precision, field.scale)
            assert (rule.minimum, rule.maximum) == (field.minimum, field.maximum)


def test_a_schema_is_kept_for_a_minute_and_compiled_again_only_when_changed(dynamodb: Any) -> None:
    clock, counting = Clock(), Counting(dynamodb)
    registry = SchemaRegistry(counting, REGISTRY_TABLE, clock)
    first = registry.schema("payments")
    assert registry.schema("payments") is first
    assert counting.reads == 1
    clock.now = TTL_SECONDS
    assert registry.schema("payments") is first
    assert counting.reads == 2
    put(dynamodb, {**registry_document(CONTRACTS["payments"]), "version": "9.0.0"})
    assert registry.schema("payments").version == first.version
    assert registry.fresh_schema("payments").version == "9.0.0"
    assert registry.schema("payments").version == "9.0.0"


def test_an_unknown_entity(dynamodb: Any) -> None:
    with pytest.raises(UnknownEntityError, match="nothing"):
        SchemaRegistry(dynamodb, REGISTRY_TABLE).schema("nothing")


def test_no_answer_is_retryable(dynamodb: Any) -> None:
    with pytest.raises(RegistryUnavailableError) as caught:
        SchemaRegistry(dynamodb, "no-such-table").schema("payments")
    assert caught.value.retryable


def test_the_generation_is_one_until_a_bootstrap(dynamodb: Any) -> None:
    registry = SchemaRegistry(dynamodb, REGISTRY_TABLE)
    assert registry.generation("payments") == 1
    item = {"entity": {"S": "payments"}, "item": {"S": "generation"}, "generation": {"N": "12"}}
    dynamodb.put_item(TableName=REGISTRY_TABLE, Item=item)
    assert registry.generation("payments") == 12


@pytest.mark.parametrize("defect", ["fields", "key", "json_schema", "version_field"])
def test_a_document_without_a_part_cannot_be_used(defect: str) -> None:
    document = registry_document(CONTRACTS["payments"])
    del document[defect]
    with pytest.raises(ConfigurationError):
        EntitySchema.parse(document)


def test_a_json_schema_that_does_not_compile_cannot_be_used() -> None:
    with pytest.raises(ConfigurationError):
        EntitySchema.parse({**registry_document(CONTRACTS["payments"]), "json_schema": {"type": 7}})


def test_an_unknown_type_cannot_be_used() -> None:
    with pytest.raises(ConfigurationError, match="money"):
        FieldRule.parse("amount", {"type": "money"})


def test_the_key_of_cursors_is_kept_for_a_minute_and_is_another_for_each_entity(dynamodb: Any) -> None:
    clock, counting = Clock(), Counting(dynamodb)
    registry = SchemaRegistry(counting, REGISTRY_TABLE, clock)
    first = registry.cursor_key("payments")
    assert registry.cursor_key("payments") == first
    assert counting.reads == 1
    assert len(first) == 32
    assert registry.cursor_key("trades") != first

    key = {"entity": {"S": "payments"}, "item": {"S": "cursor_key"}}
    dynamodb.delete_item(TableName=REGISTRY_TABLE, Key=key)
    assert registry.cursor_key("payments") == first
    clock.now = TTL_SECONDS
    with pytest.raises(ConfigurationError, match="publish its contract once more"):
        registry.cursor_key("payments")


def test_the_indexes_of_a_contract_are_found_by_their_field(dynamodb: Any, entity: str) -> None:
    indexes = SchemaRegistry(dynamodb, REGISTRY_TABLE).schema(entity).indexes
    assert indexes
    assert {(name, index.sorted_by) for name, index in indexes.items()} == {
        (index.field, index.sorted_by) for index in CONTRACTS[entity].indexes
    }


def test_attributes_that_a_later_release_adds_to_a_document_are_passed_over() -> None:
    document = json.loads(json.dumps(registry_document(CONTRACTS["payments"])))
    expected = EntitySchema.parse(document)
    document["added"] = 1
    for index in document["indexes"]:
        index["added"] = True
    for field in document["fields"].values():
        field["added"] = {}

    made = EntitySchema.parse(document)

    assert (made.indexes, made.fields) == (expected.indexes, expected.fields)
    assert made.indexes
