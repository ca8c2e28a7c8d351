"""The files lane among objects that are no files by their names, and files of odd names."""

from datetime import date

import pytest

from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.ledger.rows import LandedObject
from txplatform_tests.lake_stand import BUCKET, Stand, csv_of, payment

DAY = date(2026, 1, 1)
NO_FILES = ("_SUCCESS", ".part-0.csv.crc", ".DS_Store", "_part-1.csv", "", "_temporary/0/part-0.csv")


def _put(stand: Stand, *relative: str) -> None:
    folder = f"{names.lane_prefix(Lane.FILES, stand.contract.name)}dt={DAY}/"
    for name in relative:
        stand.clients.client("s3").put_object(Bucket=BUCKET, Key=folder + name, Body=b"")


def _keys(stand: Stand) -> list[str]:
    return sorted(row["payment_id"] for row in stand.view("payment_id"))


def test_a_key_that_an_overwrite_of_spark_left_out_is_deleted(stand: Stand) -> None:
    _put(stand, *NO_FILES)
    stand.put_file(DAY, "part-0.csv", csv_of([payment("p1"), payment("p2")]))
    (item,) = stand.ledger.pending(Lane.FILES, stand.contract.name)
    assert item.object_key.endswith("part-0.csv")
    stand.ingest_files(DAY)
    assert _keys(stand) == ["p1", "p2"]
    stand.put_file(DAY, "part-0.csv", csv_of([payment("p1")]))
    (report,) = stand.ingest_files(DAY).days
    assert (report.rows, report.refused, report.tombstones) == (1, 0, 1)
    assert _keys(stand) == ["p1"]
    assert stand.alerts() == []
    day = f"s3://{BUCKET}/{names.lane_prefix(Lane.FILES, stand.contract.name)}dt={DAY}/"
    assert sorted(uri.removeprefix(day) for uri in report.ignored) == sorted(NO_FILES[:4])


def test_a_marker_that_was_pending_before_markers_were_ignored_is_done(stand: Stand) -> None:
    _put(stand, "_SUCCESS")
    stand.put_file(DAY, "a.csv", csv_of([payment("p1")]))
    area = stand.ledger.landing_area
    marker: list[LandedObject] = []
    list(area.objects(Lane.FILES, stand.contract.name, [DAY], marker))
    assert stand.ledger._enter(area.current(marker[0]))
    stand.ingest_files(DAY)
    assert stand.ledger.pending(Lane.FILES, stand.contract.name) == []


@pytest.mark.parametrize("name", ["a#b?c.csv", "a b+c%2F.csv", "ü;=&.CSV", "a.b.csv"])
def test_a_file_is_read_by_what_its_name_ends_in_whatever_stands_before(stand: Stand, name: str) -> None:
    stand.put_file(DAY, name, csv_of([payment("p1")]))
    (report,) = stand.ingest_files(DAY).days
    assert (report.rows, report.refused) == (1, 0)
    assert stand.ledger.pending(Lane.FILES, stand.contract.name) == []
