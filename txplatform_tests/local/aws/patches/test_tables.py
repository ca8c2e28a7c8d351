"""DynamoDB items, transactions and streams behave as on AWS, under threads too."""

import base64
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from txplatform.local.clients import LocalClients

KEYS = ("pk", "sk")


class Table:
    """A table with a stream and a sparse index `pending`."""

    def __init__(self, client: LocalClients, name: str) -> None:
        self.name = name
        self.dynamodb, self._streams = client("dynamodb"), client("dynamodbstreams")
        self.dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in (*KEYS, "pending")],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "pending",
                    "KeySchema": [
                        {"AttributeName": "pending", "KeyType": "HASH"},
                        {"AttributeName": "sk", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        self.stream = self.dynamodb.describe_table(TableName=name)["Table"]["LatestStreamArn"]

    def key(self, sk: str) -> dict[str, Any]:
        return {"pk": {"S": "p"}, "sk": {"S": sk}}

    def put(self, sk: str, **attributes: dict[str, Any]) -> None:
        self.dynamodb.put_item(TableName=self.name, Item={**self.key(sk), **attributes})

    def update(self, sk: str, expression: str, **values: dict[str, Any]) -> None:
        given = {f":{name}": value for name, value in values.items()}
        options: dict[str, Any] = {"ExpressionAttributeValues": given} if given else {}
        self.dynamodb.update_item(TableName=self.name, Key=self.key(sk), UpdateExpression=expression, **options)

    def get(self, sk: str) -> dict[str, Any] | None:
        return self.dynamodb.get_item(TableName=self.name, Key=self.key(sk)).get("Item")

    def pending(self) -> list[str]:
        found = self.dynamodb.query(
            TableName=self.name,
            IndexName="pending",
            KeyConditionExpression="pending = :p",
            ExpressionAttributeValues={":p": {"S": "yes"}},
        )
        return [item["sk"]["S"] for item in found["Items"]]

    def iterator(self, **options: Any) -> str:
        shards = self._streams.describe_stream(StreamArn=self.stream)["StreamDescription"]["Shards"]
        options = options or {"ShardIteratorType": "TRIM_HORIZON"}
        return self._streams.get_shard_iterator(StreamArn=self.stream, ShardId=shards[0]["ShardId"], **options)[
            "ShardIterator"
        ]

    def records(self, iterator: str | None = None) -> list[dict[str, Any]]:
        records: list[dict[str, Any]] = []
        following = iterator or self.iterator()
        while True:
            page = self._streams.get_records(ShardIterator=following)
            if not page["Records"]:
                return records
            records += page["Records"]
            following = page["NextShardIterator"]


@pytest.fixture
def table(client: LocalClients, name: str) -> Table:
    return Table(client, name)


def test_an_upsert_is_one_insert_with_the_whole_item(table: Table) -> None:
    table.update("a", "SET amount = :a", a={"N": "1"})
    (record,) = table.records()
    assert record["eventName"] == "INSERT"
    assert record["dynamodb"]["NewImage"] == {**table.key("a"), "amount": {"N": "1"}}
    assert "OldImage" not in record["dynamodb"]


def test_a_write_that_changes_nothing_is_not_in_the_stream(table: Table) -> None:
    table.put("a", amount={"N": "1"})
    table.put("a", amount={"N": "1.0"})
    table.update("a", "SET amount = :a", a={"N": "1"})
    assert [record["eventName"] for record in table.records()] == ["INSERT"]


def test_an_update_shows_both_images_and_a_delete_the_old_one(table: Table) -> None:
    table.put("a", amount={"N": "1"})
    table.update("a", "SET amount = :a", a={"N": "2"})
    table.dynamodb.delete_item(TableName=table.name, Key=table.key("a"))
    _, modified, removed = (record["dynamodb"] for record in table.records())
    assert (modified["OldImage"]["amount"], modified["NewImage"]["amount"]) == ({"N": "1"}, {"N": "2"})
    assert removed["OldImage"]["amount"] == {"N": "2"}
    assert "NewImage" not in removed


def test_a_failed_upsert_leaves_nothing_behind(table: Table) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        table.update("a", "SET amount = missing + :a", a={"N": "1"})
    assert table.get("a") is None
    assert table.records() == []


def test_sequence_numbers_are_unique_and_rise_under_concurrent_writers(table: Table) -> None:
    def write(writer: int) -> None:
        for number in range(100):
            table.update(f"{writer}", "SET amount = :a", a={"N": str(number)})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in table.records()]
    assert len(numbers) == 800
    assert numbers == sorted(set(numbers))


def test_an_iterator_can_be_used_again_and_started_from_a_sequence_number(table: Table) -> None:
    for name in ("a", "b", "c"):
        table.put(name)
    iterator = table.iterator()
    first = table.records(iterator)
    assert first == table.records(iterator)
    number = first[0]["dynamodb"]["SequenceNumber"]
    after = table.iterator(ShardIteratorType="AFTER_SEQUENCE_NUMBER", SequenceNumber=number)
    at = table.iterator(ShardIteratorType="AT_SEQUENCE_NUMBER", SequenceNumber=number)
    assert (table.records(after), table.records(at)) == (first[1:], first)
    assert table.records(table.iterator(ShardIteratorType="LATEST")) == []


def test_binary_values_survive_the_stream(table: Table) -> None:
    table.put("a", photo={"B": b"\x00\xff"})
    (record,) = table.records()
    image = record["dynamodb"]["NewImage"]["photo"]["B"]
    assert image in (b"\x00\xff", base64.b64encode(b"\x00\xff"))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("12.30", "12.3"),
        ("1E+2", "100"),
        ("-0.00", "0"),
        ("0.1000", "0.1"),
        ("9" * 38, "9" * 38),
        ("1e-20", f"0.{'0' * 19}1"),
    ],
)
def test_numbers_are_read_back_in_canonical_form(table: Table, written: str, read: str) -> None:
    table.put("a", amount={"N": written}, several={"NS": [written]})
    item = table.get("a")
    assert item is not None
    assert (item["amount"], item["several"]) == ({"N": read}, {"NS": [read]})


def test_more_than_38_digits_are_refused(table: Table) -> None:
    with pytest.raises(ClientError, match="38 significant digits"):
        table.put("a", amount={"N": "1" * 39})
    with pytest.raises(ClientError, match="38 significant digits"):
        table.update("a", "SET amount = :a", a={"N": "1" * 39})


def test_the_sparse_index_follows_every_kind_of_write(table: Table) -> None:
    for name in ("b", "a"):
        table.put(name, pending={"S": "yes"})
    assert table.pending() == ["a", "b"]
    table.update("a", "REMOVE pending")
    table.update("c", "SET pending = :p", p={"S": "yes"})
    table.put("d", pending={"S": "no"})
    assert table.pending() == ["b", "c"]
    table.dynamodb.delete_item(TableName=table.name, Key=table.key("b"))
    table.put("c", pending={"S": "no"})
    assert table.pending() == []


def test_pages_of_a_scan_hold_every_item_once_while_others_write(table: Table) -> None:
    for number in range(50):
        table.put(f"k{number:03}")
    seen: list[str] = []
    options: dict[str, Any] = {}
    while True:
        page = table.dynamodb.scan(TableName=table.name, Limit=7, ConsistentRead=True, **options)
        seen += [item["sk"]["S"] for item in page["Items"]]
        table.put(f"a{len(seen):03}")  # sorts before what is left
        if "LastEvaluatedKey" not in page:
            break
        options = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    assert seen == [f"k{number:03}" for number in range(50)]


def test_a_transaction_writes_all_or_nothing(table: Table) -> None:
    table.put("taken", amount={"N": "1"})
    new = {"Put": {"TableName": table.name, "Item": table.key("new")}}
    guarded = {
        "Put": {
            "TableName": table.name,
            "Item": table.key("taken"),
            "ConditionExpression": "attribute_not_exists(pk)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }
    with pytest.raises(table.dynamodb.exceptions.TransactionCanceledException) as caught:
        table.dynamodb.transact_write_items(TransactItems=[new, guarded])
    reasons = caught.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"]
    assert reasons[1]["Item"]["amount"] == {"N": "1"}
    assert table.get("new") is None

    broken = {
        "Update": {
            "TableName": table.name,
            "Key": table.key("taken"),
            "UpdateExpression": "SET amount = nothing + amount",
        }
    }
    with pytest.raises(ClientError):
        table.dynamodb.transact_write_items(TransactItems=[new, broken])
    assert table.get("new") is None
    assert len(table.records()) == 1

    table.dynamodb.transact_write_items(TransactItems=[new])
    assert table.get("new") is not None


def test_concurrent_transactions_do_not_disturb_each_other(table: Table) -> None:
    def transact(writer: int) -> None:
        for number in range(12):
            table.dynamodb.transact_write_items(
                TransactItems=[
                    {"Put": {"TableName": table.name, "Item": table.key(f"{writer}-{number}-{side}")}} for side in "ab"
                ]
            )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(transact, range(8)))
    assert table.dynamodb.scan(TableName=table.name)["Count"] == 8 * 12 * 2
    assert len(table.records()) == 8 * 12 * 2


def test_a_repeated_transaction_token_changes_nothing(table: Table, name: str) -> None:
    add = {
        "Update": {
            "TableName": table.name,
            "Key": table.key("sum"),
            "UpdateExpression": "ADD amount :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
    }
    for _ in range(2):
        table.dynamodb.transact_write_items(TransactItems=[add], ClientRequestToken=name)
    item = table.get("sum")
    assert item is not None
    assert item["amount"] == {"N": "1"}
    with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
        table.dynamodb.transact_write_items(
            TransactItems=[{"Put": {"TableName": table.name, "Item": table.key("x")}}], ClientRequestToken=name
        )


def test_a_batch_write_has_25_items_at_most(client: LocalClients, name: str) -> None:
    table = Table(client, name)
    puts = [{"PutRequest": {"Item": table.key(str(number))}} for number in range(26)]
    table.dynamodb.batch_write_item(RequestItems={name: puts[:25]})
    with pytest.raises(ClientError, match="Member must have length less than or equal to 25"):
        table.dynamodb.batch_write_item(RequestItems={name: puts})
    other = Table(client, f"{name}-other")
    with pytest.raises(ClientError, match="Too many items requested"):
        table.dynamodb.batch_write_item(RequestItems={name: puts[:13], other.name: puts[13:]})


def test_one_batch_writes_equal_items_into_two_tables(client: LocalClients) -> None:
    tables = [Table(client, f"equal-items-{number}") for number in range(2)]
    request = {"PutRequest": {"Item": tables[0].key("a")}}
    client("dynamodb").batch_write_item(RequestItems={table.name: [request] for table in tables})
    assert [table.get("a") for table in tables] == [tables[0].key("a")] * 2
    with pytest.raises(ClientError, match="contains duplicates"):
        client("dynamodb").batch_write_item(RequestItems={tables[0].name: [request, request]})
