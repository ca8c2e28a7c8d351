"""Reconciliation of a local ledger table with a local bucket."""

from datetime import UTC, date, datetime

from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform_tests.lake_stand import BUCKET, Stand

DAY = date(2026, 11, 1)
NOW = datetime(2100, 1, 1, tzinfo=UTC)


def test_reconciliation_adds_what_is_missing_and_nothing_twice(stand: Stand) -> None:
    stand.land("a")
    assert stand.ledger.reconcile(Lane.CHANGES, stand.contract.name, [DAY]) == 0
    prefix = f"{names.lane_prefix(Lane.CHANGES, stand.contract.name)}dt={DAY}/"
    for name in ("a", "nested/x", ""):
        stand.clients.client("s3").put_object(Bucket=BUCKET, Key=prefix + name, Body=b"new")
    assert stand.ledger.reconcile(Lane.CHANGES, stand.contract.name, [DAY]) == 1
    versions = [item.version_id for item in stand.ledger.pending(Lane.CHANGES, stand.contract.name)]
    assert len(set(versions)) == 2


def test_reconciliation_without_days_lists_all_there_are(stand: Stand) -> None:
    prefix = names.lane_prefix(Lane.FILES, stand.contract.name)
    days = ["1997-01-01", "2026-02-30", "2026-11-02", "latest"]
    for day in days:
        stand.clients.client("s3").put_object(Bucket=BUCKET, Key=f"{prefix}dt={day}/a.csv", Body=b"x")
    assert stand.ledger.reconcile(Lane.FILES, stand.contract.name) == 2
    assert [item.dt.isoformat() for item in stand.ledger.pending(Lane.FILES, stand.contract.name)] == [days[0], days[2]]
    assert stand.ledger.reconcile(Lane.FILES, stand.contract.name) == 0


def test_reconciliation_finds_a_version_with_the_content_of_an_older_one(stand: Stand) -> None:
    key = f"{names.lane_prefix(Lane.CHANGES, stand.contract.name)}dt={DAY}/a"
    for body in (b"A", b"B"):
        stand.put_raw_changes("a", body, DAY)
    current = stand.clients.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"A")["VersionId"]
    assert stand.ledger.reconcile(Lane.CHANGES, stand.contract.name, [DAY]) == 1
    assert stand.ledger.reconcile(Lane.CHANGES, stand.contract.name, [DAY]) == 0
    assert current in {item.version_id for item in stand.ledger.pending(Lane.CHANGES, stand.contract.name)}
