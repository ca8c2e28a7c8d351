"""DynamoDB's limits of keys, items and batches: AWS's refusals in AWS's words, and what just fits is taken."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from txplatform.local.aws.patches.items import item_bytes, number_bytes
from txplatform_tests.local.aws.patches.limited_table import (
    KEY,
    TABLE,
    Call,
    Request,
    V,
    put,
    query,
    refused,
    transact,
    update,
)

LARGEST = 409_600

EMPTY = (
    "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string "
    "value. Key: pk"
)
HASH_TOO_LONG = (
    "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes"
)
SORT_TOO_LONG = (
    "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 "
    "bytes"
)
MISFIT = "The provided key element does not match the schema"

BY_KEY: dict[str, Callable[[dict[str, Any]], Request]] = {
    "get": lambda key: ("get_item", {"TableName": TABLE, "Key": key}),
    "delete": lambda key: ("delete_item", {"TableName": TABLE, "Key": key}),
    "update": lambda key: update("SET a = :v", V, Key=key),
    "batch get": lambda key: ("batch_get_item", {"RequestItems": {TABLE: {"Keys": [key]}}}),
    "batch delete": lambda key: (
        "batch_write_item",
        {"RequestItems": {TABLE: [{"DeleteRequest": {"Key": key}}]}},
    ),
    "transacted get": lambda key: (
        "transact_get_items",
        {"TransactItems": [{"Get": {"TableName": TABLE, "Key": key}}]},
    ),
    "transacted delete": lambda key: transact({"Delete": {"TableName": TABLE, "Key": key}}),
}
KEYS = {
    "empty": (KEY | {"pk": {"S": ""}}, EMPTY),
    "partition key too long": (KEY | {"pk": {"S": "é" * 1024 + "x"}}, HASH_TOO_LONG),
    "sort key too long": (KEY | {"sk": {"S": "é" * 512 + "x"}}, SORT_TOO_LONG),
    "of another type": (KEY | {"pk": {"N": "1"}}, MISFIT),
    "without its sort key": ({"pk": {"S": "a"}}, MISFIT),
    "with more": (KEY | {"a": {"S": "a"}}, MISFIT),
}


@pytest.mark.parametrize("operation", BY_KEY)
def test_a_key_that_cannot_be_is_refused_wherever_it_is_named(call: Call, operation: str) -> None:
    for key, message in KEYS.values():
        assert refused(call, BY_KEY[operation](key)) == message
    call(*BY_KEY[operation]({"pk": {"S": "é" * 1024}, "sk": {"S": "é" * 512}}))


def test_a_query_by_a_key_that_cannot_be_is_refused(call: Call) -> None:
    assert refused(call, query("pk = :v", {":v": {"S": "x" * 2049}})) == HASH_TOO_LONG
    both = query("pk = :v AND sk > :s", V | {":s": {"S": "x" * 1025}})
    assert refused(call, both) == SORT_TOO_LONG
    by_state = query("#s = :v", {":v": {"S": "x" * 2049}}, IndexName="by-state")
    assert refused(call, ("query", by_state[1] | {"ExpressionAttributeNames": {"#s": "state"}})) == HASH_TOO_LONG


INDEXED = {
    "of another type": (
        "state",
        {"N": "1"},
        "One or more parameter values were invalid: Type mismatch for Index Key state Expected: S Actual: N IndexName: "
        "by-state",
    ),
    "too long a partition key": ("state", {"S": "x" * 2049}, HASH_TOO_LONG),
    "too long a sort key": ("at", {"S": "x" * 1025}, SORT_TOO_LONG),
    "empty": ("state", {"S": ""}, "The AttributeValue for a key attribute cannot contain an empty string value."),
}


@pytest.mark.parametrize("case", INDEXED)
def test_a_value_that_cannot_be_an_index_key_is_refused(call: Call, case: str) -> None:
    name, value, message = INDEXED[case]
    item = KEY | {"sk": {"S": case}, name: value}
    assert message in refused(call, put(item))
    assert message in refused(call, ("batch_write_item", {"RequestItems": {TABLE: [{"PutRequest": {"Item": item}}]}}))
    assert message in refused(call, transact({"Put": {"TableName": TABLE, "Item": item}}))
    key = {"pk": item["pk"], "sk": item["sk"]}
    set_it = update("SET #n = :v", {":v": value}, Key=key, ExpressionAttributeNames={"#n": name})
    assert message in refused(call, set_it)
    assert "Item" not in call("get_item", {"TableName": TABLE, "Key": key})


def of_size(size: int) -> dict[str, Any]:
    return {"p": {"S": "x" * (size - item_bytes(KEY) - 1)}}


def test_an_item_has_409600_bytes_at_most(call: Call) -> None:
    fits, more = of_size(LARGEST), of_size(LARGEST + 1)
    call(*put(KEY | fits))
    assert refused(call, put(KEY | more)) == "Item size has exceeded the maximum allowed size"
    in_batch = {"RequestItems": {TABLE: [{"PutRequest": {"Item": KEY | more}}]}}
    assert refused(call, ("batch_write_item", in_batch)) == "Item size has exceeded the maximum allowed size"
    assert refused(call, transact({"Put": {"TableName": TABLE, "Item": KEY | more}})) == (
        "Item size has exceeded the maximum allowed size"
    )
    call(*update("SET p = :p", {":p": fits["p"]}))
    assert refused(call, update("SET p = :p", {":p": more["p"]})) == (
        "Item size to update has exceeded the maximum allowed size"
    )
    assert call("get_item", {"TableName": TABLE, "Key": KEY})["Item"] == KEY | fits


def test_an_update_that_makes_an_item_too_large_cancels_its_transaction(call: Call) -> None:
    grow = {
        "TableName": TABLE,
        "Key": KEY,
        "UpdateExpression": "SET p = :p",
        "ExpressionAttributeValues": {":p": of_size(LARGEST + 1)["p"]},
    }
    other = KEY | {"sk": {"S": "beside"}}
    with pytest.raises(ClientError) as caught:
        call(*transact({"Put": {"TableName": TABLE, "Item": other}}, {"Update": grow}))
    assert caught.value.response["Error"]["Code"] == "TransactionCanceledException"
    assert [reason["Code"] for reason in caught.value.response["CancellationReasons"]] == ["None", "ValidationError"]
    assert "Item" not in call("get_item", {"TableName": TABLE, "Key": other})


@pytest.mark.parametrize(
    ("number", "size"),
    [("1", 2), ("12", 2), ("123", 3), ("-1", 3), ("3.14159", 5), ("123456", 4), ("0042.1200", 3), ("1E125", 2)],
)
def test_a_number_takes_a_byte_for_two_digits_on_either_side_of_its_point(number: str, size: int) -> None:
    assert number_bytes(number) == size
    if "E" not in number:
        assert number_bytes(format(Decimal(number).scaleb(120).normalize(), "f")) <= size + 1


def test_nested_values_take_what_they_hold_and_their_frames() -> None:
    nested = {"M": {"ab": {"L": [{"S": "é"}, {"BOOL": True}]}, "c": {"NULL": True}}}
    # map: 3 + 1 an element; "ab": 2, list: 3 + (1 + 2) + (1 + 1); "c": 1 + 1
    assert item_bytes({"n": nested, "s": {"SS": ["a", "bc"]}}) == 1 + 3 + 2 + 2 + 8 + 2 + 1 + 3


def deep(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"S": "leaf"}
    for number in range(levels - 1):
        value = {"M": {"n": value}} if number % 2 else {"L": [value]}
    return value


def test_a_value_has_32_levels_at_most(call: Call) -> None:
    message = (
        "Nesting Levels have exceeded supported limits: "
        "Attributes in the item have nested levels beyond supported limit"
    )
    call(*put(KEY | {"d": deep(32)}))
    assert refused(call, put(KEY | {"d": deep(33)})) == message
    call(*update("SET d = :d", {":d": deep(32)}))
    assert refused(call, update("SET d = :d", {":d": deep(33)})) == message
    assert call("get_item", {"TableName": TABLE, "Key": KEY})["Item"]["d"] == deep(32)


def test_a_name_has_65535_bytes_at_most(call: Call) -> None:
    call(*put(KEY | {"n" * 65_535: {"S": "x"}}))
    assert "Attribute name is too large" in refused(call, put(KEY | {"n" * 65_536: {"S": "x"}}))


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("1e126", "Number overflow. Attempting to store a number with magnitude larger than supported range"),
        ("-1e126", "Number overflow. Attempting to store a number with magnitude larger than supported range"),
        ("1e-131", "Number underflow. Attempting to store a number with magnitude smaller than supported range"),
    ],
)
def test_a_number_out_of_range_is_refused(call: Call, number: str, message: str) -> None:
    assert message in refused(call, put(KEY | {"n": {"N": number}}))
    assert message in refused(call, update("SET n = :n", {":n": {"N": number}}))


@pytest.mark.parametrize("number", ["9.9999999999999999999999999999999999999e125", "1e-130", "0e500"])
def test_a_number_at_the_ends_of_the_range_is_taken(call: Call, number: str) -> None:
    call(*update("SET n = :n", {":n": {"N": number}}))
    stored = call("get_item", {"TableName": TABLE, "Key": KEY})["Item"]["n"]["N"]
    assert Decimal(stored) == Decimal(number)


def test_batches_and_transactions_have_their_counts(call: Call) -> None:
    keys = [KEY | {"sk": {"S": str(number)}} for number in range(101)]
    puts = [{"PutRequest": {"Item": key}} for key in keys]
    gets = [{"Get": {"TableName": TABLE, "Key": key}} for key in keys]
    writes = [{"Put": {"TableName": TABLE, "Item": key}} for key in keys]
    longest = "failed to satisfy constraint: Member must have length less than or equal to"
    cases: list[tuple[str, Callable[[int], dict[str, Any]], int]] = [
        ("batch_get_item", lambda count: {"RequestItems": {TABLE: {"Keys": keys[:count]}}}, 100),
        ("batch_write_item", lambda count: {"RequestItems": {TABLE: puts[:count]}}, 25),
        ("transact_get_items", lambda count: {"TransactItems": gets[:count]}, 100),
        ("transact_write_items", lambda count: {"TransactItems": writes[:count]}, 100),
    ]
    for operation, arguments, limit in cases:
        call(operation, arguments(limit))
        assert f"{longest} {limit}" in refused(call, (operation, arguments(limit + 1)))
