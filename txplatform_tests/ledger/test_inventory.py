"""Reconciliation by reports of S3 Inventory, on a bucket of its own."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from txplatform.contracts.names import Lane, lane_prefix
from txplatform.errors import InventoryError
from txplatform.ledger.rows import LandedObject
from txplatform_tests.lake_stand import Stand
from txplatform_tests.ledger.inventory_reports import COLUMNS, csv_file, listed, parquet_file, put_report

NOW = datetime(2100, 1, 1, tzinfo=UTC)
VERSIONED = (*COLUMNS[:2], "VersionId", "IsLatest", "IsDeleteMarker", *COLUMNS[2:])


@pytest.fixture
def lake(stand: Stand) -> Stand:
    """The stand with a bucket of its own, in which nothing but the test has landed."""
    bucket = f"inventoried-{uuid.uuid4().hex[:8]}"
    s3 = stand.clients.client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return stand.with_settings(lake_bucket=bucket)


def _put(stand: Stand, name: str, body: bytes = b"x", lane: Lane = Lane.FILES) -> str:
    key = lane_prefix(lane, stand.contract.name) + name
    stand.clients.client("s3").put_object(Bucket=stand.settings.lake_bucket, Key=key, Body=body)
    return key


def _listed(stand: Stand, *keys: str, modified_at: datetime | None = None) -> list[dict[str, Any]]:
    return listed(stand.clients, stand.settings.lake_bucket, *keys, modified_at=modified_at)


def _report(stand: Stand, *arguments: Any, **options: Any) -> None:
    put_report(stand.clients, stand.settings.lake_bucket, *arguments, **options)


def _reconciled(stand: Stand, lane: Lane = Lane.FILES) -> int:
    report = stand.ledger.inventory.latest(lane, NOW)
    assert report is not None
    return stand.ledger.reconcile_inventory(report, [stand.contract.name])[stand.contract.name]


def _pending(stand: Stand, lane: Lane = Lane.FILES) -> list[LandedObject]:
    return stand.ledger.pending(lane, stand.contract.name)


@pytest.mark.parametrize("kind", ["CSV", "Parquet"])
def test_what_the_ledger_lacks_is_added_once_in_its_present_version(lake: Stand, kind: str) -> None:
    odd = [
        "dt=2026-01-02/a b+c%2F#?é.csv",
        "dt=2025-03-01/a.csv",
        'dt=2026-01-02/b,"c".csv',
        "source=stripe/dt=2026-01-02/a.csv",
        "contract-version=1.2.0/dt=2026-01-02/a.csv",
    ]
    left_out = [
        "dt=2026-01-02/_SUCCESS",
        "dt=2026-01-02/deeper/a.csv",
        "dt=2026-02-30/a.csv",
        "a.csv",
        "source=No/dt=2026-01-02/a.csv",
        "contract-version=1/dt=2026-01-02/a.csv",
    ]
    rows = _listed(lake, *(_put(lake, name) for name in (*odd, *left_out)))
    rows += _listed(lake, _put(lake, "dt=2026-01-02/a", lane=Lane.CHANGES))
    write = csv_file if kind == "CSV" else parquet_file
    _report(lake, Lane.FILES, NOW, write(rows[:2]), write(rows[2:]), kind=kind)
    overwritten = _put(lake, odd[0], b"newer")
    assert _reconciled(lake) == len(odd)
    prefix = lane_prefix(Lane.FILES, lake.contract.name)
    found = {item.object_key.removeprefix(prefix): item for item in _pending(lake)}
    assert found.keys() == set(odd)
    current = lake.clients.client("s3").head_object(Bucket=lake.settings.lake_bucket, Key=overwritten)
    assert found[odd[0]].version_id == current["VersionId"]
    assert _reconciled(lake) == 0
    assert lake.ledger.reconcile(Lane.FILES, lake.contract.name) == 0
    assert _pending(lake, Lane.CHANGES) == []


def test_what_a_report_says_of_former_versions_and_of_what_is_gone_is_left_out(lake: Stand) -> None:
    names = ("dt=2026-01-02/former", "dt=2026-01-02/deleted", "dt=2026-01-02/gone", "dt=2026-01-02/a")
    rows = _listed(lake, *(_put(lake, name) for name in names))
    of_versions = [("v1", "false", "false"), ("v2", "true", "true"), ("v3", "true", "false"), ("v4", "true", "false")]
    for row, values in zip(rows, of_versions, strict=True):
        row |= dict(zip(("VersionId", "IsLatest", "IsDeleteMarker"), values, strict=True))
    lake.clients.client("s3").delete_object(Bucket=lake.settings.lake_bucket, Key=rows[2]["Key"])
    _report(lake, Lane.FILES, NOW, csv_file(rows, VERSIONED), columns=VERSIONED)
    assert _reconciled(lake) == 1
    (item,) = _pending(lake)
    assert item.object_key == rows[3]["Key"]
    typed = [
        row | {"IsLatest": row["IsLatest"] == "true", "IsDeleteMarker": row["IsDeleteMarker"] == "true"} for row in rows
    ]
    _report(lake, Lane.FILES, NOW + timedelta(minutes=1), parquet_file(typed), kind="Parquet")
    assert _reconciled(lake) == 0


def test_only_what_has_changed_since_the_report_before_is_compared(lake: Stand) -> None:
    _report(lake, Lane.FILES, NOW - timedelta(days=1), csv_file([]))
    assert _reconciled(lake) == 0
    old = _listed(lake, _put(lake, "dt=2026-01-01/old"), modified_at=NOW - timedelta(days=4))
    recent = _listed(lake, _put(lake, "dt=2026-01-01/recent"), modified_at=NOW - timedelta(days=2, hours=23))
    _report(lake, Lane.FILES, NOW, csv_file(old + recent))
    assert _reconciled(lake) == 1
    (item,) = _pending(lake)
    assert item.object_key == recent[0]["Key"]


def test_an_entity_that_is_new_has_everything_compared(lake: Stand) -> None:
    _report(lake, Lane.FILES, NOW - timedelta(days=1), csv_file([]))
    report = lake.ledger.inventory.latest(Lane.FILES, NOW)
    assert report is not None
    lake.ledger.reconcile_inventory(report, ["another"])
    rows = _listed(lake, _put(lake, "dt=2026-01-01/old"), modified_at=NOW - timedelta(days=400))
    _report(lake, Lane.FILES, NOW, csv_file(rows))
    assert _reconciled(lake) == 1


def test_the_latest_report_that_is_whole_counts_and_none_that_is_old(lake: Stand) -> None:
    assert lake.ledger.inventory.latest(Lane.FILES, NOW) is None
    whole = NOW - timedelta(hours=30)
    _report(lake, Lane.FILES, whole, csv_file([]))
    _report(lake, Lane.FILES, NOW - timedelta(hours=6), csv_file([]), complete=False)
    _report(lake, Lane.FILES, NOW - timedelta(hours=5), csv_file([]), checksum="0" * 32)
    report = lake.ledger.inventory.latest(Lane.FILES, NOW)
    assert report is not None
    assert report.made_at == whole
    assert lake.ledger.inventory.latest(Lane.FILES, whole + timedelta(days=3, seconds=1)) is None
    assert lake.ledger.inventory.latest(Lane.CHANGES, NOW) is None


def test_a_report_that_was_interrupted_is_compared_again(lake: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = _listed(lake, *(_put(lake, f"dt=2026-01-0{number}/a") for number in (1, 2)))
    _report(lake, Lane.FILES, NOW, csv_file(rows))
    current = lake.ledger.landing_area.current

    def killed(item: LandedObject) -> LandedObject | None:
        if item.dt.day == 2:
            raise KeyboardInterrupt
        return current(item)

    with monkeypatch.context() as interrupted:
        interrupted.setattr(lake.ledger.landing_area, "current", killed)
        with pytest.raises(KeyboardInterrupt):
            _reconciled(lake)
    assert _reconciled(lake) == 1
    assert len(_pending(lake)) == 2


def _cut(body: bytes) -> bytes:
    return body[: len(body) // 2]


@pytest.mark.parametrize(
    ("kind", "columns", "damage"),
    [
        ("ORC", COLUMNS, bytes),
        ("CSV", COLUMNS[:-1], bytes),
        ("CSV", COLUMNS, _cut),
        ("CSV", (*COLUMNS, "StorageClass"), bytes),
        ("Parquet", COLUMNS, _cut),
        ("Parquet", COLUMNS, lambda _: b""),
    ],
)
def test_a_report_that_cannot_be_read_is_an_error_that_names_it(
    lake: Stand, kind: str, columns: tuple[str, ...], damage: Callable[[bytes], bytes]
) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [dict(zip(COLUMNS, ("b", "raw/x", 1, moment, "e"), strict=True))] * 1000
    body = damage(parquet_file(rows) if kind == "Parquet" else csv_file(rows))
    _report(lake, Lane.FILES, NOW, body, kind=kind, columns=columns)
    with pytest.raises(InventoryError, match="s3://inventoried-"):
        _reconciled(lake)
