"""How the operational table is read."""

from collections.abc import Iterator
from typing import Any

from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.parity.store import read_store


class DynamoDB:
    """A table of one item, on two pages."""

    def __init__(self) -> None:
        self.scans: list[dict[str, Any]] = []

    def client(self, service: str) -> "DynamoDB":
        assert service == "dynamodb"
        return self

    def get_paginator(self, operation: str) -> "DynamoDB":
        assert operation == "scan"
        return self

    def paginate(self, **arguments: Any) -> Iterator[dict[str, Any]]:
        self.scans.append(arguments)
        yield {"Items": []}
        yield {"Items": [{"payment_id": {"S": "p1"}, "_written_at": {"S": "2026-01-01T00:00:00.000000Z"}}]}


def test_the_table_is_scanned_consistently_and_to_its_end() -> None:
    """An eventually consistent scan may lack a record that is older than the grace period: a difference that is not."""
    table = DynamoDB()
    assert read_store(load_contracts()["payments"], table)["payment_id"].to_list() == ["p1"]  # type: ignore[arg-type]
    assert table.scans == [{"TableName": names.entity_table("payments"), "ConsistentRead": True}]
