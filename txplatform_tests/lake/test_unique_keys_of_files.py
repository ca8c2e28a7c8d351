"""Keys that are unique in a file, up to the tables: a repeated one is quarantined until the file is corrected."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from txplatform.contracts.quality import Quality
from txplatform_tests.lake_stand import Stand, csv_of, payment

DAY = date(2026, 1, 1)


def amounts(stand: Stand) -> list[tuple[str, Decimal]]:
    rows = stand.rows(f"{stand.contract.name}_files").to_pylist()
    return sorted((row["payment_id"], row["amount"]) for row in rows if not row["_deleted"])


def test_a_repeated_key_of_a_file_is_quarantined_until_the_file_is_corrected(stand: Stand) -> None:
    stand = Stand(replace(stand.contract, quality=Quality(unique_keys=True)), stand.settings)
    stand.put_file(DAY, "a.csv", csv_of([payment("a", "1.00"), payment("b", "2.00"), payment("a", "3.00", minute=5)]))
    stand.put_file(DAY, "b.csv", csv_of([payment("b", "4.00", minute=9)]))  # unique in its own file
    [day] = stand.ingest_files(DAY).days
    assert (day.rows, day.refused, day.reasons) == (3, 1, {"payment_id:row.duplicate_key": 1})
    [refused] = stand.quarantine()
    assert (refused["row"], refused["reasons"][0]["message"]) == (4, "has the key of line 2 of the file")
    assert amounts(stand) == [("a", Decimal("1.00")), ("b", Decimal("2.00")), ("b", Decimal("4.00"))]

    stand.put_file(DAY, "a.csv", csv_of([payment("a", "3.00", minute=5), payment("b", "2.00")]))
    [day] = stand.ingest_files(DAY).days
    assert (day.rows, day.refused, stand.quarantine()) == (3, 0, [])
    assert amounts(stand) == [("a", Decimal("3.00")), ("b", Decimal("2.00")), ("b", Decimal("4.00"))]
