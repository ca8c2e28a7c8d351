"""A day delivered again without a row keeps its rows, as one whose files are gone, until somebody says delete."""

import gzip
import json
from datetime import date
from decimal import Decimal

import pytest

from txplatform.contracts.names import Lane
from txplatform_tests.lake_stand import Stand, csv_of, payment

DAY, NEXT = date(2026, 1, 1), date(2026, 1, 2)
HEADER = csv_of([payment("p1")]).partition("\n")[0]
WITHOUT_A_ROW = {
    "header.csv": f"{HEADER}\n".encode(),
    "cut_after_the_header.csv": HEADER.encode(),
    "zipped.csv.gz": gzip.compress(f"{HEADER}\n".encode()),
    "array.json": b"[]",
}


def amounts(stand: Stand) -> dict[str, Decimal]:
    return {row["payment_id"]: row["amount"] for row in stand.view("payment_id, amount")}


@pytest.mark.parametrize("name", WITHOUT_A_ROW)
def test_a_delivery_without_a_row_deletes_nothing_by_itself(stand: Stand, name: str) -> None:
    good = csv_of([payment("p1", "1.00"), payment("p2", "2.00")])
    record = json.dumps(payment("p1", "1.00"))
    forms = {
        "json": f"[{record},{record.replace('p1', 'p2')}]".encode(),
        "csv": good.encode(),
        "csv.gz": gzip.compress(good.encode()),
    }
    stand.put_file(DAY, name, forms[name.partition(".")[2]])
    stand.ingest_files(DAY)
    state = amounts(stand)
    assert set(state) == {"p1", "p2"}

    stand.put_file(DAY, name, WITHOUT_A_ROW[name])
    stand.put_file(NEXT, "a.csv", csv_of([payment("p9", "9.00")]))
    report = stand.ingest_files(DAY, NEXT)

    assert report.emptied == {DAY: 2}
    assert [(day.day, day.rows, day.tombstones) for day in report.days] == [(NEXT, 1, 0)]
    assert amounts(stand) == state | {"p9": Decimal("9.00")}
    (left,) = stand.ledger.pending(Lane.FILES, stand.contract.name)
    assert (left.dt, left.attempts) == (DAY, 1)
    assert f"{DAY} (2 rows). They stay as they are." in (left.reason or "")

    report = stand.ingest_files(DAY, delete_emptied=True)

    assert report.days[0].tombstones == 2
    assert amounts(stand) == {"p9": Decimal("9.00")}
    assert stand.ledger.pending(Lane.FILES, stand.contract.name) == []
    assert stand.ingest_files(DAY).emptied == {}, "without a live row there is nothing to guard"


def test_rows_in_another_file_of_the_day_and_refused_ones_make_it_a_delivery(stand: Stand) -> None:
    stand.put_file(DAY, "a.csv", csv_of([payment("p1", "1.00")]))
    stand.ingest_files(DAY)
    stand.put_file(DAY, "a.csv", f"{HEADER}\n")
    stand.put_file(DAY, "b.csv", csv_of([payment("p2", "2.00")]))

    report = stand.ingest_files(DAY)

    assert (report.emptied, amounts(stand)) == ({}, {"p2": Decimal("2.00")})
    stand.put_file(DAY, "b.csv", csv_of([payment("p2", "no number")]))
    report = stand.ingest_files(DAY)
    assert (report.emptied, report.refused, report.days[0].tombstones) == ({}, 1, 1)
    assert amounts(stand) == {"p2": Decimal("2.00")}
