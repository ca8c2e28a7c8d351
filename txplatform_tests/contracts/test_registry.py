"""The registry document: its golden, what its JSON Schema accepts and refuses, and how it is published."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import boto3
import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.contracts.names import REGISTRY_TABLE
from txplatform.contracts.render.registry import (
    CURRENT,
    CURSOR_KEY,
    decimal_pattern,
    json_schema,
    publish,
    registry_document,
    version_item,
)
from txplatform.errors import ContractError
from txplatform_tests.contracts.strategies import records, violations
from txplatform_tests.contracts.update_goldens import COMMAND, REGISTRY_GOLDEN, registry_text

SESSION = boto3.Session("test", "test", region_name="us-east-1")  # reads the description of a service once
_KEYWORDS = {"min_length": "minLength", "max_length": "maxLength"}


def test_the_document_equals_its_golden() -> None:
    assert registry_text() == REGISTRY_GOLDEN.read_text(encoding="utf-8"), f"a change on purpose? {COMMAND}"


def test_the_document_is_json_and_names_every_field(contract: Contract) -> None:
    document = registry_document(contract)

    assert json.loads(json.dumps(document)) == document
    assert list(document["fields"]) == [field.name for field in contract.fields]
    assert list(document["json_schema"]["properties"]) == list(document["fields"])
    personal = {name for name, field in document["fields"].items() if field.get("personal")}
    assert personal == {field.name for field in contract.fields if field.personal}


@settings(deadline=None, max_examples=15)
@given(data=st.data())
def test_the_schema_accepts_every_record_that_satisfies_the_contract(contract: Contract, data: st.DataObject) -> None:
    record = data.draw(records(contract))

    assert list(jsonschema_rs.validator_for(json_schema(contract)).iter_errors(record)) == []


@settings(deadline=None, max_examples=15)
@given(data=st.data())
def test_the_schema_names_the_rule_that_a_value_breaks(contract: Contract, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from([item for item in contract.fields if violations(item)]))
    rule = data.draw(st.sampled_from(sorted(violations(field))))
    record = data.draw(records(contract)) | {field.name: data.draw(violations(field)[rule])}
    exact = field.scale is not None

    found = {
        (error.instance_path[0], error.schema_path[-1])
        for error in jsonschema_rs.validator_for(json_schema(contract)).iter_errors(record)
    }

    # A schema of texts cannot express ranges of decimals: there the bounds of the fields decide.
    assert ((field.name, _KEYWORDS.get(rule, rule)) in found) is not exact


def test_missing_and_unknown_fields_are_refused(contract: Contract) -> None:
    record = {field.name: field.example for field in contract.fields if field.name != contract.version_field}
    record["surprise"] = 1

    errors = jsonschema_rs.validator_for(json_schema(contract)).iter_errors(record)

    assert {str(error.schema_path[-1]) for error in errors} == {"required", "additionalProperties"}


def test_settings_of_the_api_are_in_the_document_where_a_contract_has_them(contract: Contract) -> None:
    """A document without them stays as it was published, and its functions have their own defaults."""
    assert not {"future_skew_seconds", "precondition_required"} & registry_document(contract).keys()
    strict = replace(contract, future_skew=timedelta(hours=1), precondition_required=True)
    document = registry_document(strict)
    assert (document["future_skew_seconds"], document["precondition_required"]) == (3600, True)


def test_integers_without_bounds_are_held_to_64_bits() -> None:
    payments = load_contracts()["payments"]
    unbounded = replace(payments["items_count"], minimum=None, maximum=None)
    schema = json_schema(replace(payments, fields=(unbounded,)))
    validator = jsonschema_rs.validator_for(schema)

    numbers = [2**63 - 1, -(2**63), 2**63, -(2**63) - 1]
    assert [validator.is_valid({"items_count": number}) for number in numbers] == [True, True, False, False]


@pytest.mark.parametrize(
    ("precision", "scale", "good", "bad"),
    [
        (
            5,
            2,
            ["0.00", "-0.01", "999.99", "10.50"],
            ["1000.00", "1.5", "01.00", "-0.00", "+1.00", "1e2", ".50"],
        ),
        (5, 0, ["0", "-7", "99999"], ["100000", "1.0", "-0", "007", ""]),
        (3, 3, ["0.000", "-0.999"], ["1.000", "0.99", "-0.000", "0.9999"]),
        (38, 18, ["9" * 20 + "." + "9" * 18, "0." + "0" * 18], ["1" + "0" * 20 + "." + "0" * 18]),
    ],
)
def test_decimal_patterns_are_exact(precision: int, scale: int, good: list[str], bad: list[str]) -> None:
    validator = jsonschema_rs.validator_for({"type": "string", "pattern": decimal_pattern(precision, scale)})

    assert [text for text in good if not validator.is_valid(text)] == []
    assert [text for text in [*bad, *(f"{text}\n" for text in good)] if validator.is_valid(text)] == []


@settings(deadline=None, max_examples=40)
@given(steps=st.integers(-(10**38) + 1, 10**38 - 1))
def test_every_decimal_of_38_digits_matches_its_pattern(steps: int) -> None:
    value = Decimal((int(steps < 0), tuple(map(int, str(abs(steps)))), -18))
    validator = jsonschema_rs.validator_for({"type": "string", "pattern": decimal_pattern(38, 18)})

    assert validator.is_valid(f"{value:f}" if steps else "0." + "0" * 18)


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = SESSION.client("dynamodb")
        client.create_table(
            TableName=REGISTRY_TABLE,
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("entity", "item")],
            KeySchema=[{"AttributeName": "entity", "KeyType": "HASH"}, {"AttributeName": "item", "KeyType": "RANGE"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


def _item(client: Any, entity: str, item: str) -> dict[str, Any]:
    key = {"entity": {"S": entity}, "item": {"S": item}}
    return client.get_item(TableName=REGISTRY_TABLE, Key=key, ConsistentRead=True)["Item"]


def test_publishing_twice_equals_publishing_once(dynamodb: Any, contract: Contract) -> None:
    publish(dynamodb, contract)
    once = dynamodb.scan(TableName=REGISTRY_TABLE)["Items"]
    publish(dynamodb, contract)

    assert dynamodb.scan(TableName=REGISTRY_TABLE)["Items"] == once
    current, kept = (
        _item(dynamodb, contract.name, name) for name in ("schema", version_item(CURRENT, contract.version))
    )
    assert json.loads(current["document"]["S"]) == registry_document(contract)
    assert kept["document"] == current["document"]
    assert current["version"] == {"S": contract.version}


def test_the_key_of_cursors_is_made_once_and_again_where_it_was_deleted(dynamodb: Any, contract: Contract) -> None:
    publish(dynamodb, contract)
    made = _item(dynamodb, contract.name, CURSOR_KEY)["key"]["B"]
    publish(dynamodb, replace(contract, version="9.0.0"))
    assert _item(dynamodb, contract.name, CURSOR_KEY)["key"]["B"] == made
    key = {"entity": {"S": contract.name}, "item": {"S": CURSOR_KEY}}
    dynamodb.delete_item(TableName=REGISTRY_TABLE, Key=key)
    publish(dynamodb, replace(contract, version="9.0.0"))
    assert _item(dynamodb, contract.name, CURSOR_KEY)["key"]["B"] != made


def test_a_new_version_becomes_current_and_the_old_one_stays(dynamodb: Any, contract: Contract) -> None:
    publish(dynamodb, contract)
    publish(dynamodb, replace(contract, version="1.5.0"))

    assert _item(dynamodb, contract.name, "schema")["version"] == {"S": "1.5.0"}
    kept = _item(dynamodb, contract.name, version_item(CURRENT, contract.version))
    assert json.loads(kept["document"]["S"]) == registry_document(contract)


def test_an_older_version_is_published_on_purpose_only(dynamodb: Any, contract: Contract) -> None:
    publish(dynamodb, replace(contract, version="1.9.0"))
    publish(dynamodb, replace(contract, version="1.10.0"))
    before = dynamodb.scan(TableName=REGISTRY_TABLE)["Items"]

    with pytest.raises(ContractError, match="--rollback"):
        publish(dynamodb, replace(contract, version="1.9.0"))
    with pytest.raises(ContractError, match="never published"):
        publish(dynamodb, replace(contract, version="1.8.0"), rollback=True)
    assert dynamodb.scan(TableName=REGISTRY_TABLE)["Items"] == before
    publish(dynamodb, replace(contract, version="1.9.0"), rollback=True)
    assert _item(dynamodb, contract.name, "schema")["version"] == {"S": "1.9.0"}


def test_a_rollback_that_could_not_read_what_was_stored_since_is_refused(dynamodb: Any, contract: Contract) -> None:
    publish(dynamodb, contract)
    colour = Field(name="colour", type=FieldType.STRING, description="Colour.")
    publish(dynamodb, replace(contract, version="1.5.0", fields=(*contract.fields, colour)))
    before = dynamodb.scan(TableName=REGISTRY_TABLE)["Items"]

    with pytest.raises(ContractError, match=r"'colour': is published in version 1\.5\.0.*roll forward"):
        publish(dynamodb, contract, rollback=True)
    assert dynamodb.scan(TableName=REGISTRY_TABLE)["Items"] == before


def test_every_published_version_is_compared_and_not_the_current_one_alone(dynamodb: Any, contract: Contract) -> None:
    publish(dynamodb, contract)
    first = _item(dynamodb, contract.name, "schema")
    colour = Field(name="colour", type=FieldType.STRING, description="Colour.")
    publish(dynamodb, replace(contract, version="1.5.0", fields=(*contract.fields, colour)))
    dynamodb.put_item(TableName=REGISTRY_TABLE, Item=first)

    with pytest.raises(ContractError, match="'colour'"):
        publish(dynamodb, replace(contract, version="1.6.0"))
    publish(dynamodb, replace(contract, version="1.6.0", fields=(*contract.fields, colour)))


def test_a_successor_that_cannot_read_what_is_stored_is_not_published(dynamodb: Any, contract: Contract) -> None:
    publish(dynamodb, contract)
    before = dynamodb.scan(TableName=REGISTRY_TABLE)["Items"]
    optional = next(field for field in contract.fields if not field.required)
    others = tuple(field for field in contract.fields if field is not optional)

    with pytest.raises(ContractError, match=optional.name):
        publish(dynamodb, replace(contract, version="2.0.0", fields=others))
    assert dynamodb.scan(TableName=REGISTRY_TABLE)["Items"] == before


def test_a_published_version_never_changes(dynamodb: Any, contract: Contract) -> None:
    publish(dynamodb, contract)
    before = dynamodb.scan(TableName=REGISTRY_TABLE)["Items"]

    with pytest.raises(ContractError, match="raise 'version'"):
        publish(dynamodb, replace(contract, title="Another"))
    assert dynamodb.scan(TableName=REGISTRY_TABLE)["Items"] == before
