"""A table's list of snapshots stays short, and a transaction looks at its metadata without copying it each time."""

from datetime import UTC, date, datetime

import polars as pl
import pyarrow as pa
import pytest
from pyiceberg.table import Transaction
from pyiceberg.table.update import RemoveSnapshotsUpdate

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.contracts.render.arrow import lake_schema
from txplatform.contracts.render.columns import DAY, EPOCH, KEY_HIGH, KEY_LOW, UNCOMMITTED
from txplatform.lake import tables
from txplatform.lake.commit import append_once, replace_days
from txplatform.lake.day_files import DayFiles
from txplatform.lake.epochs import close_epoch, in_open_epoch
from txplatform_tests.lake_stand import Stand, csv_of, payment


@pytest.fixture(autouse=True)
def few_snapshots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "SNAPSHOTS_KEPT", 4)


@pytest.fixture
def name(stand: Stand) -> str:
    stand.lake.ensure(stand.contract)
    return names.changes_table(stand.contract.name)


def rows(stand: Stand, key: str, lane: Lane = Lane.CHANGES) -> pa.Table:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    row = {
        "payment_id": key, "_order_key": "1|", "_deleted": True, "_occurred_at": moment, "_ingested_at": utc_now(),
        "_source": "s3://", "_row": 1, "_batch_id": key, EPOCH: UNCOMMITTED, KEY_HIGH: 0, KEY_LOW: 0,
        DAY: date(2026, 1, 2),
    }  # fmt: skip
    return pa.Table.from_pylist([row], schema=lake_schema(stand.contract, lane))


def append(stand: Stand, name: str, key: str) -> None:
    append_once(stand.lake, name, rows(stand, key), key, in_open_epoch)


def test_a_table_keeps_its_newest_snapshots_and_all_of_its_rows(stand: Stand, name: str) -> None:
    keys = [f"k{number}" for number in range(7)]
    for key in keys:
        append(stand, name, key)
    metadata = stand.lake.table(name).metadata
    assert [item.sequence_number for item in metadata.snapshots] == [4, 5, 6, 7]
    assert len(metadata.snapshot_log) == 4
    assert sorted(stand.rows(name)["payment_id"].to_pylist()) == keys


def test_a_snapshot_that_a_tag_names_stays(stand: Stand, name: str) -> None:
    append(stand, name, "a")
    table = stand.lake.table(name)
    snapshot = table.metadata.snapshots[0].snapshot_id
    table.manage_snapshots().create_tag(snapshot, "audit").commit()
    for number in range(5):
        append(stand, name, f"k{number}")
    kept = [item.snapshot_id for item in stand.lake.table(name).metadata.snapshots]
    assert snapshot in kept
    assert len(kept) == 5


def test_a_commit_whose_surplus_was_expired_by_another_process_is_tried_again(stand: Stand, name: str) -> None:
    """VACUUM expires snapshots without adding one, so the requirement on the latest snapshot holds."""
    for number in range(4):
        append(stand, name, f"k{number}")
    racing = stand.lake.table(name)
    oldest = racing.metadata.snapshots[0].snapshot_id
    elsewhere = stand.lake.table(name).transaction()
    elsewhere._apply((RemoveSnapshotsUpdate(snapshot_ids=[oldest]),))
    elsewhere.commit_transaction()
    with pytest.MonkeyPatch.context() as patch:
        loaded = iter([racing, stand.lake.table(name)])
        patch.setattr(stand.lake, "table", lambda _: next(loaded))
        append(stand, name, "late")
    assert "late" in stand.rows(name)["payment_id"].to_pylist()
    assert len(stand.lake.table(name).metadata.snapshots) == 4


def test_days_are_read_again_if_the_snapshot_that_replaced_them_has_expired(stand: Stand) -> None:
    stand.lake.ensure(stand.contract)
    name = names.files_table(stand.contract.name)
    day, other = date(2026, 1, 1), date(2026, 1, 2)
    base = stand.lake.table(name)
    files = DayFiles(stand.contract, base, "p2", utc_now())
    files.of(other).add(pl.DataFrame(rows(stand, "p2", Lane.FILES)))
    written = files.written()
    stand.put_file(day, "a.csv", csv_of([payment("p1")]))
    stand.ingest_files(day)
    for _ in range(5):
        close_epoch(stand.lake, stand.contract)
    assert replace_days(stand.lake, base, name, written, [other]) is None
    recent = stand.lake.table(name)
    close_epoch(stand.lake, stand.contract)
    assert replace_days(stand.lake, recent, name, written, [other]) is not None


def test_metadata_is_worked_out_once_for_each_change(stand: Stand, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    append(stand, name, "a")
    made: list[int] = []
    slow = Transaction.table_metadata.fget
    assert slow

    def counted(transaction: Transaction) -> object:
        made.append(len(transaction._updates))
        return slow(transaction)

    monkeypatch.setattr(Transaction, "table_metadata", property(counted))
    append(stand, name, "b")
    assert 0 < len(made) <= 4  # about twenty otherwise
    assert sorted(set(made)) == sorted(made)
