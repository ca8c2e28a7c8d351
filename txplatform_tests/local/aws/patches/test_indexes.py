"""Queries of secondary indexes answer as on AWS: bounds, order, pages, and writes that an index could not hold."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from txplatform.local.clients import LocalClients


class Indexed:
    """A table keyed by `pk` with the indexes `by-day` (of texts, by a text) and `by-size` (of numbers, by a number)."""

    def __init__(self, client: LocalClients, name: str) -> None:
        self.name = name
        self.dynamodb = client("dynamodb")
        types = {"pk": "S", "owner": "S", "day": "S", "size": "N", "rank": "N"}
        self.dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": kind} for key, kind in types.items()],
            GlobalSecondaryIndexes=[_index("by-day", "owner", "day"), _index("by-size", "size", "rank")],
            BillingMode="PAY_PER_REQUEST",
        )

    def put(self, key: str, **attributes: dict[str, Any]) -> None:
        self.dynamodb.put_item(TableName=self.name, Item={"pk": {"S": key}, **attributes})

    def update(self, key: str, expression: str, **values: dict[str, Any]) -> None:
        self.dynamodb.update_item(
            TableName=self.name,
            Key={"pk": {"S": key}},
            UpdateExpression=expression,
            ExpressionAttributeNames={"#day": "day"} if "#day" in expression else {"#owner": "owner"},
            **({"ExpressionAttributeValues": {f":{name}": value for name, value in values.items()}} if values else {}),
        )

    def pages(self, condition: str, index: str = "by-day", **options: Any) -> Iterator[list[str]]:
        """The keys on each page. `condition` goes on after the partition key, of which the value is `a`."""
        values = options.pop("values", {})
        names = {"#p": "owner", "#s": "day"} if index == "by-day" else {"#p": "size", "#s": "rank"}
        values[":p"] = {"S": "a"} if index == "by-day" else {"N": "1.0"}
        while True:
            page = self.dynamodb.query(
                TableName=self.name,
                IndexName=index,
                KeyConditionExpression=f"#p = :p{condition}",
                ExpressionAttributeNames={name: text for name, text in names.items() if name in f"#p{condition}"},
                ExpressionAttributeValues=values,
                **options,
            )
            yield [item["pk"]["S"] for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                return
            options["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def found(self, condition: str, index: str = "by-day", **options: Any) -> list[str]:
        return [key for page in self.pages(condition, index, **options) for key in page]


def _index(name: str, partition_key: str, sort_key: str) -> dict[str, Any]:
    return {
        "IndexName": name,
        "KeySchema": [
            {"AttributeName": partition_key, "KeyType": "HASH"},
            {"AttributeName": sort_key, "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": "ALL"},
    }


@pytest.fixture
def table(client: LocalClients, name: str) -> Indexed:
    """Items 3, 1, 2, 5, 4 of owner `a`, days of the same number; two of day 3; and what is in no index."""
    made = Indexed(client, name)
    for number in (3, 1, 2, 5, 4):
        made.put(f"i{number}", owner={"S": "a"}, day={"S": f"d{number}"})
    made.put("i3-twin", owner={"S": "a"}, day={"S": "d3"})
    made.put("other", owner={"S": "b"}, day={"S": "d1"})
    made.put("without-day", owner={"S": "a"})
    made.put("without-owner", day={"S": "d1"})
    return made


ALL = ["i1", "i2", "i3", "i3-twin", "i4", "i5"]


@pytest.mark.parametrize(
    ("condition", "values", "expected"),
    [
        ("", {}, ALL),
        (" AND #s = :x", {":x": "d3"}, ["i3", "i3-twin"]),
        (" AND #s < :x", {":x": "d3"}, ["i1", "i2"]),
        (" AND #s <= :x", {":x": "d3"}, ["i1", "i2", "i3", "i3-twin"]),
        (" AND #s > :x", {":x": "d3"}, ["i4", "i5"]),
        (" AND #s >= :x", {":x": "d3"}, ["i3", "i3-twin", "i4", "i5"]),
        (" AND #s BETWEEN :x AND :y", {":x": "d2", ":y": "d3"}, ["i2", "i3", "i3-twin"]),
        (" AND #s BETWEEN :x AND :y", {":x": "d21", ":y": "d22"}, []),
        (" AND begins_with(#s, :x)", {":x": "d"}, ALL),
        (" AND begins_with(#s, :x)", {":x": "d4"}, ["i4"]),
    ],
)
@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("limit", [1, 2, 100])
def test_bounds_order_and_pages(
    table: Indexed, condition: str, values: dict[str, str], expected: list[str], forward: bool, limit: int
) -> None:
    given = {name: {"S": text} for name, text in values.items()}
    pages = list(table.pages(condition, values=given, ScanIndexForward=forward, Limit=limit))
    assert [key for page in pages for key in page] == (expected if forward else expected[::-1])
    assert all(len(page) <= limit for page in pages)


def test_bounds_that_exclude_each_other_are_refused(table: Indexed) -> None:
    bounds = {":x": {"S": "d3"}, ":y": {"S": "d2"}}
    with pytest.raises(ClientError, match="BETWEEN operator requires upper bound"):
        table.found(" AND #s BETWEEN :x AND :y", values=bounds)


def test_numbers_sort_as_numbers(table: Indexed) -> None:
    for rank in ("10", "9", "-1", "1e1", "0.5"):
        table.put(f"r{rank}", size={"N": "1"}, rank={"N": rank})
    assert table.found("", "by-size", Limit=2) == ["r-1", "r0.5", "r9", "r10", "r1e1"]
    assert table.found(" AND #s >= :x", "by-size", values={":x": {"N": "9.0"}}) == ["r9", "r10", "r1e1"]


def test_an_index_follows_every_write(table: Indexed) -> None:
    assert table.found("") == ALL
    table.update("i1", "SET #day = :d", d={"S": "d9"})
    table.update("i2", "REMOVE #owner")
    table.update("i0", "SET #owner = :o", o={"S": "a"})
    table.put("i4", owner={"S": "b"}, day={"S": "d4"})
    table.dynamodb.delete_item(TableName=table.name, Key={"pk": {"S": "i5"}})
    assert table.found("") == ["i3", "i3-twin", "i1"]


def test_a_page_begins_after_an_item_that_is_gone(table: Indexed) -> None:
    pages = table.pages("", Limit=3)
    assert next(pages) == ["i1", "i2", "i3"]
    table.dynamodb.delete_item(TableName=table.name, Key={"pk": {"S": "i3"}})
    table.put("i0", owner={"S": "a"}, day={"S": "d0"})
    assert [key for page in pages for key in page] == ["i3-twin", "i4", "i5"]


def test_a_filter_reads_as_many_items_as_the_limit_says(table: Indexed) -> None:
    pages = list(
        table.pages(
            "", Limit=2, FilterExpression="attribute_not_exists(absent) AND pk <> :x", values={":x": {"S": "i2"}}
        )
    )
    assert pages == [["i1"], ["i3", "i3-twin"], ["i4", "i5"]]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"N": "1"}, "Type mismatch for Index Key day Expected: S Actual: N IndexName: by-day"),
        ({"BOOL": True}, "Type mismatch for Index Key day"),
        ({"S": ""}, "empty string value"),
        ({"S": "x" * 1025}, "has exceeded the size limit of 1024 bytes"),
    ],
)
def test_what_an_index_could_not_hold_is_not_written(table: Indexed, value: dict[str, Any], problem: str) -> None:
    with pytest.raises(ClientError, match=problem):
        table.put("new", day=value)
    with pytest.raises(ClientError, match=r"ValidationException"):
        table.update("i1", "SET #day = :d", d=value)
    assert table.found("") == ALL


def test_a_partition_key_of_an_index_has_2048_bytes_at_most(table: Indexed) -> None:
    table.put("long", owner={"S": "x" * 2048})
    with pytest.raises(ClientError, match="maximum size limit of2048 bytes"):
        table.put("longer", owner={"S": "x" * 2049})
