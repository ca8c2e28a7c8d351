"""What the store makes of the ways in which a transaction, or a call that meets one, can fail."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.data_api import adapters
from lambdas.data_api.adapters import EntityTables
from lambdas.data_api.idempotency import AnsweredMeanwhileError
from lambdas.data_api.outcomes import Outcome
from lambdas.data_api.stored import Upsert
from lambdas.shared.errors import FunctionError, ItemTooLargeError, StoreRefusedError, StoreUnavailableError
from lambdas.shared.provenance import Provenance
from lambdas.shared.schema import EntitySchema
from txplatform.contracts import names

ROW = {"id": {"S": "client#key"}}
SIZE = "Item size has exceeded the maximum allowed size"
NONE: dict[str, Any] = {"Code": "None"}
RECEIPT: dict[str, Any] = {"TableName": names.IDEMPOTENCY_TABLE, "Item": ROW}


def error(code: str, **more: Any) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}, **more}, "operation")


def cancelled(*reasons: dict[str, Any]) -> ClientError:
    return error("TransactionCanceledException", CancellationReasons=list(reasons))


class Failing:
    """A client that raises these errors, one a call, and then does as it is asked."""

    def __init__(self, *errors: ClientError) -> None:
        self._errors: Iterator[ClientError] = iter(errors)
        self.calls: list[dict[str, Any]] = []

    def put_item(self, **arguments: Any) -> dict[str, Any]:
        self.calls.append(arguments)
        for each in self._errors:
            raise each
        return {}

    transact_write_items = put_item


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []
    monkeypatch.setattr(adapters.time, "sleep", slept.append)
    return slept


def write(client: Failing, schema: EntitySchema, payment: dict[str, Any]) -> bool:
    tables = EntityTables(client, names.entity_table(names.ENTITY_SLOT), 30)
    return tables.write_over(schema, "pay_1", None, Upsert(payment), Provenance("trace-1"), RECEIPT)


def test_record_and_receipt_are_written_together(payments: EntitySchema, payment: dict[str, Any]) -> None:
    client = Failing()
    assert write(client, payments, payment)
    [call] = client.calls
    record, receipt = (item["Put"] for item in call["TransactItems"])
    assert (record["TableName"], receipt) == (names.entity_table("payments"), RECEIPT)
    assert record["ConditionExpression"] == "attribute_not_exists(#pk)"
    assert record["ExpressionAttributeNames"] == {"#pk": "pk"}, "DynamoDB refuses what is declared in vain"


@pytest.mark.parametrize("reason", ["ConditionalCheckFailed", "TransactionConflict"])
def test_another_item_or_transaction_in_the_way_asks_to_read_again(
    payments: EntitySchema, payment: dict[str, Any], reason: str
) -> None:
    assert not write(Failing(cancelled({"Code": reason}, NONE)), payments, payment)


def test_a_receipt_that_is_there_is_the_answer(payments: EntitySchema, payment: dict[str, Any]) -> None:
    there = {"Code": "ConditionalCheckFailed", "Item": ROW}
    for ours in (NONE, {"Code": "ConditionalCheckFailed"}):
        with pytest.raises(AnsweredMeanwhileError) as found:
            write(Failing(cancelled(ours, there)), payments, payment)
        assert found.value.row == ROW


@pytest.mark.parametrize(
    ("raised", "becomes"),
    [
        (cancelled({"Code": "ThrottlingError"}, NONE), StoreUnavailableError),
        (cancelled(NONE, {"Code": "ThrottlingError"}), StoreUnavailableError),
        (
            cancelled({"Code": "ValidationError", "Message": SIZE}, NONE),
            ItemTooLargeError,
        ),
        (cancelled({"Code": "ValidationError", "Message": "no number"}, NONE), StoreRefusedError),
        (error("ProvisionedThroughputExceededException"), StoreUnavailableError),
        (error("ValidationException"), StoreRefusedError),
    ],
    ids=str,
)
def test_what_else_fails_is_what_the_table_of_aws_s_errors_says(
    payments: EntitySchema, payment: dict[str, Any], raised: ClientError, becomes: type[FunctionError]
) -> None:
    with pytest.raises(becomes):
        write(Failing(raised), payments, payment)


def test_a_plain_write_that_meets_a_transaction_is_tried_again_for_a_moment(
    payments: EntitySchema, payment: dict[str, Any], pauses: list[float]
) -> None:
    conflict = error("TransactionConflictException")
    tables = EntityTables(Failing(conflict, conflict), names.entity_table(names.ENTITY_SLOT), 30)
    assert tables.upsert(payments, "pay_1", payment, Provenance("trace-1")) is Outcome.CREATED
    assert len(pauses) == 2
    endless = EntityTables(Failing(*[conflict] * 100), names.entity_table(names.ENTITY_SLOT), 30)
    with pytest.raises(StoreUnavailableError, match="TransactionConflict"):
        endless.upsert(payments, "pay_1", payment, Provenance("trace-1"))
    assert sum(pauses[2:]) < 1


def test_the_client_s_own_retry_after_a_lost_answer_finds_what_it_wrote(
    payments: EntitySchema, payment: dict[str, Any]
) -> None:
    """DynamoDB writes numbers in another form than they were sent in."""
    client = Failing()
    tables = EntityTables(client, names.entity_table(names.ENTITY_SLOT), 30)
    written: list[dict[str, Any]] = []

    def put_item(**arguments: Any) -> dict[str, Any]:
        written.append(arguments["Item"])
        stored = {**written[0], "amount": {"N": "12.3"}}
        raise error("ConditionalCheckFailedException", Item=stored if len(written) == 1 else written[0])

    client.put_item = put_item  # type: ignore[method-assign]
    assert tables.write_over(payments, "pay_1", None, Upsert(payment), Provenance("trace-1"))
    assert not tables.write_over(payments, "pay_1", None, Upsert({**payment, "amount": "1.00"}), Provenance("trace-1"))


def test_what_another_call_wrote_at_the_same_moment_is_not_taken_for_its_own(
    dynamodb: Any, payments: EntitySchema, payment: dict[str, Any]
) -> None:
    """The same record, by a source that gives both calls one correlation id."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    tables = EntityTables(dynamodb, names.entity_table(names.ENTITY_SLOT), 30, lambda: moment)
    first, second = (Provenance("order-1", "https://i#crm", request_id) for request_id in ("r-1", "r-2"))
    assert tables.write_over(payments, "pay_1", None, Upsert(payment), first)
    assert not tables.write_over(payments, "pay_1", None, Upsert(payment), second)
