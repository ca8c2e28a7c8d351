"""DynamoDB's expressions: what AWS refuses is refused, and as much as AWS takes is carried out."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

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


def sized(prefix: str, joiner: str, clause: str, size: int) -> str:
    """An expression of exactly `size` bytes: clauses of about 50 bytes whose names differ."""
    clauses: list[str] = []
    while len(prefix + joiner.join(clauses)) < size - 110:
        clauses.append(clause.replace("NAME", f"n{len(clauses):04}{'x' * 44}"))
    rest = size - len(prefix + joiner.join([*clauses, clause.replace("NAME", "")]))
    return prefix + joiner.join([*clauses, clause.replace("NAME", "y" * rest)])


EXPRESSIONS: dict[str, Callable[[int], Request]] = {
    "UpdateExpression": lambda size: update(sized("SET ", ", ", "NAME = :v", size), V),
    "ConditionExpression": lambda size: put(
        KEY, ConditionExpression=sized("", " OR ", "attribute_not_exists(NAME)", size)
    ),
    "FilterExpression": lambda size: query("pk = :v", V, FilterExpression=sized("", " AND ", "NAME = :v", size)),
    "KeyConditionExpression": lambda size: query("pk = :v" + " " * (size - 7), V),
    "ProjectionExpression": lambda size: (
        "get_item",
        {"TableName": TABLE, "Key": KEY, "ProjectionExpression": sized("", ",", "NAME", size)},
    ),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_an_expression_has_4096_bytes_at_most(call: Call, name: str) -> None:
    call(*EXPRESSIONS[name](4096))
    message = refused(call, EXPRESSIONS[name](4097))
    assert f"Invalid {name}: Expression size has exceeded the maximum allowed size;" in message


def test_expressions_of_transactions_and_batches_are_limited_too(call: Call) -> None:
    condition = sized("", " OR ", "attribute_not_exists(NAME)", 4097)
    members = {
        "Put": {"Item": KEY},
        "Delete": {"Key": KEY},
        "ConditionCheck": {"Key": KEY},
    }
    for kind, member in members.items():
        message = refused(call, transact({kind: {"TableName": TABLE, "ConditionExpression": condition, **member}}))
        assert message == (
            "Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; expression size: 4097"
        )
    asked = {TABLE: {"Keys": [KEY], "ProjectionExpression": sized("", ",", "NAME", 4097)}}
    assert "Invalid ProjectionExpression" in refused(call, ("batch_get_item", {"RequestItems": asked}))


def test_as_many_actions_as_an_expression_can_hold_are_carried_out(call: Call) -> None:
    names = {f"#{number:x}": f"n{number}" for number in range(800)}
    key = KEY | {"sk": {"S": "wide"}}
    call(*put(key | {name: {"S": "x"} for name in names.values()}))
    expression = "SET kept = :v REMOVE " + ",".join(names)
    call(*update(expression, V, Key=key, ExpressionAttributeNames=names))
    assert call("get_item", {"TableName": TABLE, "Key": key})["Item"] == key | {"kept": {"S": "x"}}


def test_an_expression_has_300_operators_and_functions_at_most(call: Call) -> None:
    def condition(terms: int) -> Request:  # each but the first has a comparison and a connective
        return put(KEY, ConditionExpression=" OR ".join(["a=:v"] * terms + ["NOT a=:v"]), ExpressionAttributeValues=V)

    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        call("put_item", condition(1)[1] | {"ConditionExpression": "a = :v"})
    call(*condition(149))
    message = refused(call, condition(150))
    assert "Invalid ConditionExpression: The expression contains too many operators; operator count: 301" in message
    between = " OR ".join(["a between :v and :v"] * 150)  # 299: the word between the bounds is not counted
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        call(*put(KEY, ConditionExpression=between, ExpressionAttributeValues=V))
    assert "operator count: 301" in refused(
        call, put(KEY, ConditionExpression=between + " OR a=:v", ExpressionAttributeValues=V)
    )
    sets = ", ".join(f"n{number}=:v" for number in range(301))  # to set is no operator
    call(*update(f"SET {sets}", V))
    sums = "SET " + ", ".join(f"n{number}=:n+:n" for number in range(301))
    assert "operator count: 301" in refused(call, update(sums, {":n": {"N": "1"}}))


def test_a_placeholder_has_255_bytes_at_most_and_all_together_2_mb(call: Call) -> None:
    def condition(placeholder: str) -> Request:
        condition = f"attribute_not_exists({placeholder})"
        return put(KEY, ConditionExpression=condition, ExpressionAttributeNames={placeholder: "nothing"})

    call(*condition("#" + "a" * 254))
    assert (
        "ExpressionAttributeNames contains invalid key: The expression attribute map contains a key that is too long; "
        "size of key: 256"
    ) in refused(call, condition("#" + "a" * 255))
    large = {f":v{number}": {"S": "x" * 300_000} for number in range(8)}
    expression = "SET " + ", ".join(f"n{number} = :v{number}" for number in range(8))
    assert "ExpressionAttributeValues exceeds max size" in refused(call, update(expression, large))
