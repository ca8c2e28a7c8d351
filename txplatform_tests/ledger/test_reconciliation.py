"""Reconciliation of a local ledger table with a local bucket."""

from datetime import UTC, date, datetime, timedelta

import pytest

from txplatform.clock import utc_now
from txplatform.contracts import names, retention
from txplatform.contracts.names import Lane
from txplatform.ledger import LandedObject, ListedThrough, reconciliation
from txplatform.ledger.file_folders import folder_prefix
from txplatform.ledger.rows import item_key
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


def test_a_change_that_the_ledger_has_forgotten_is_not_entered_again(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    (item,) = stand.land("a")
    stand.ledger.done([item])
    dynamodb, key = stand.clients.client("dynamodb"), item_key(item)
    row = dynamodb.get_item(TableName=names.LEDGER_TABLE, Key=key)["Item"]
    forgotten = datetime.fromtimestamp(int(row[names.LEDGER_EXPIRY_ATTRIBUTE].get("N", "")), UTC)
    still_listed = item.landed_at + retention.CHANGE_OBJECTS
    assert forgotten > still_listed
    dynamodb.delete_item(TableName=names.LEDGER_TABLE, Key=key)
    monkeypatch.setattr(reconciliation, "utc_now", lambda: forgotten)
    assert stand.ledger.reconcile(Lane.CHANGES, stand.contract.name) == 0
    monkeypatch.setattr(reconciliation, "utc_now", lambda: still_listed - timedelta(hours=1))
    assert stand.ledger.reconcile(Lane.CHANGES, stand.contract.name) == 1


def test_a_change_that_is_done_late_and_a_file_keep_their_rows(stand: Stand) -> None:
    (late,) = stand.land("a")
    old = late.landed_at - timedelta(days=400)
    done = retention.ledger_row_expires(Lane.CHANGES, old, utc_now())
    assert done
    assert done > utc_now() + timedelta(days=6)
    stand.put_file(DAY, "a.csv", "x")
    (file,) = stand.ledger.pending(Lane.FILES, stand.contract.name)
    stand.ledger.done([file])
    row = stand.clients.client("dynamodb").get_item(TableName=names.LEDGER_TABLE, Key=item_key(file))["Item"]
    assert names.LEDGER_EXPIRY_ATTRIBUTE not in row


def _put(stand: Stand, *days: date) -> None:
    prefix = names.lane_prefix(Lane.FILES, stand.contract.name)
    for day in days:
        stand.clients.client("s3").put_object(Bucket=BUCKET, Key=f"{prefix}dt={day}/a.csv", Body=b"x")


def test_other_days_are_all_but_the_hot_ones(stand: Stand) -> None:
    hot = (DAY, DAY + timedelta(days=2))
    others = [date(1999, 1, 1), DAY - timedelta(days=1), DAY + timedelta(days=3), date(2999, 1, 1)]
    _put(stand, *others, *hot, DAY + timedelta(days=1))
    entity = stand.contract.name
    for day in (others[0], hot[0]):
        key = f"{folder_prefix(Lane.FILES, entity, 'source=stripe')}dt={day}/a.csv"
        stand.clients.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"x")
    assert stand.ledger.reconcile_others(Lane.FILES, entity, hot, lambda _: None) == len(others) + 1
    found = stand.ledger.pending(Lane.FILES, entity)
    assert sorted(item.dt for item in found) == sorted([others[0], *others])
    assert sum("/source=stripe/" in item.object_key for item in found) == 1
    assert stand.ledger.reconcile_others(Lane.FILES, entity, hot, lambda _: None) == 0


@pytest.mark.parametrize("reached", [1, 3])
def test_a_listing_that_was_interrupted_goes_on_where_it_was(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, reached: int
) -> None:
    monkeypatch.setattr(reconciliation, "_KEPT_EVERY", 1)
    days = [date(2026, 1, 1), date(2026, 1, 2), date(2026, 3, 3), date(2026, 3, 4)]
    _put(stand, *days)
    hot = (date(2026, 2, 1), date(2026, 2, 3))
    area, current = stand.ledger.landing_area, stand.ledger.landing_area.current
    asked: list[date] = []

    def spied(item: LandedObject) -> LandedObject | None:
        if len(asked) == reached:
            raise KeyboardInterrupt
        asked.append(item.dt)
        return current(item)

    seen: list[ListedThrough] = []
    with monkeypatch.context() as interrupted:
        interrupted.setattr(area, "current", spied)
        with pytest.raises(KeyboardInterrupt):
            stand.ledger.reconcile_others(Lane.FILES, stand.contract.name, hot, seen.append)
    assert [(item.day, item.objects) for item in seen] == [(day, n + 1) for n, day in enumerate(days[:reached])]
    listed: list[date | None] = []
    between = area.between
    monkeypatch.setattr(area, "between", lambda *asked: listed.append(asked[3]) or between(*asked))
    added = stand.ledger.reconcile_others(Lane.FILES, stand.contract.name, hot, seen.append)
    assert added == len(days) - reached
    assert listed[0] == days[reached - 1] + timedelta(days=1)
    assert stand.ledger.reconcile_others(Lane.FILES, stand.contract.name, hot, seen.append) == 0
    assert listed[-2] is None  # the next one begins anew
