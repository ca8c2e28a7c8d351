"""Each type of partition field under each transform: an entity folds, moves and shows over 200 partitions."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from txplatform.contracts import names
from txplatform_tests.lake_stand import Stand, payment

PARTITIONS = 200  # a MERGE writes to 100
FIRST_DAY = date(2024, 1, 1)


def value(field: str, unit: str, number: int) -> str:
    """A value in partition `number`, at its very end."""
    if unit == "day":
        day = date.fromordinal(FIRST_DAY.toordinal() + number)
    elif unit == "month":
        day = date(1990 + number // 12, number % 12 + 1, 28)
    else:
        day = date(1700 + number, 12, 31)
    return day.isoformat() if field == "settled_on" else f"{day}T23:59:59.999999Z"


def place(field: str, text: str) -> Any:
    return date.fromisoformat(text) if field == "settled_on" else datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("field", "unit"),
    [
        ("created_at", "day"),
        ("settled_on", "month"),
        *(
            pytest.param(field, unit, marks=pytest.mark.long)
            for field, unit in [
                ("created_at", "month"),
                ("created_at", "year"),
                ("settled_on", "day"),
                ("settled_on", "year"),
            ]
        ),
    ],
)
def test_an_entity_folds_moves_and_shows(stand: Stand, field: str, unit: Any) -> None:
    stand.contract = replace(stand.contract, partition_field=field, partition_transform=unit)
    values = [value(field, unit, number) for number in range(PARTITIONS)]
    records = [payment(f"p{number:03d}", **{field: text}) for number, text in enumerate(values)]
    stand.put_changes("a", [(number, record, False) for number, record in enumerate(records, 1)])
    stand.ingest_changes()
    stand.fold()

    moved = payment("p000", "7.00", 1, **{field: values[-1]})
    stand.put_changes("b", [(1001, records[0], True), (1002, moved, False), (1003, records[1], True)])
    stand.ingest_changes()
    expected = [(f"p{number:03d}", place(field, text)) for number, text in enumerate([values[-1], *values[1:]])]
    del expected[1]
    stand.fold()
    assert [(row["payment_id"], row[field]) for row in stand.view(f"payment_id, {field}")] == expected

    table = stand.lake.table(names.snapshot_table(stand.contract.name))
    assert len({str(task.file.partition) for task in table.scan().plan_files()}) == PARTITIONS
    day = stand.athena.arrow(
        f'SELECT payment_id FROM "{stand.contract.name}" WHERE {field} = {literal(field, values[-1])} ORDER BY 1'
    )
    assert day["payment_id"].to_pylist() == ["p000", f"p{PARTITIONS - 1}"]


def literal(field: str, text: str) -> str:
    return f"DATE '{text}'" if field == "settled_on" else f"TIMESTAMP '{text[:10]} {text[11:26]}'"
