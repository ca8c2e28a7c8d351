"""The ledger table on a local AWS."""

from datetime import UTC, date, datetime, timedelta

import pytest

from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.landed import LandedObject
from txplatform.ledger import MAX_ATTEMPTS
from txplatform_tests.lake_stand import BUCKET, CREDENTIALS, Stand

DAY = date(2026, 11, 1)
NOW = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch) -> Stand:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    return Stand.of("payments")


def land(stand: Stand, *object_names: str) -> list[LandedObject]:
    for name in object_names:
        stand.put_raw_changes(name, name.encode(), DAY)
    return stand.ledger.pending(Lane.CHANGES, stand.contract.name)


def test_batch_keeps_its_composition_until_done(stand: Stand) -> None:
    ledger, entity = stand.ledger, stand.contract.name
    land(stand, "a", "b", "c")
    (batch,) = ledger.claim(Lane.CHANGES, entity, limit=2)
    assert [item.object_key[-1] for item in batch.objects] == ["a", "b"]
    assert {item.batch_id for item in batch.objects} == {batch.batch_id}
    land(stand, "d")
    assert ledger.claim(Lane.CHANGES, entity) == [batch]
    ledger.done(batch.objects[:1])  # killed half-way through
    assert ledger.claim(Lane.CHANGES, entity) == [batch]
    ledger.done(batch.objects)
    (following,) = ledger.claim(Lane.CHANGES, entity)
    assert [item.object_key[-1] for item in following.objects] == ["c", "d"]
    assert following.batch_id > batch.batch_id
    ledger.done(following.objects)
    assert ledger.claim(Lane.CHANGES, entity) == []
    assert ledger.pending(Lane.CHANGES, [entity]) == []


def test_stale_claimer_gets_the_open_batch_not_one_of_its_own(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    land(stand, "a", "b")
    other = stand.with_settings()
    real, overtaken = stand.ledger._open, []

    def open_late(*arguments: object) -> bool:
        if not overtaken:
            (batch,) = other.ledger.claim(Lane.CHANGES, stand.contract.name)
            other.ledger.done(batch.objects)
            overtaken.append(batch)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(stand.ledger, "_open", open_late)
    assert stand.ledger.claim(Lane.CHANGES, stand.contract.name) == []
    assert overtaken


def test_failures_back_off_then_stop(stand: Stand) -> None:
    ledger, entity = stand.ledger, stand.contract.name
    (item,) = land(stand, "a")
    waits = []
    for attempt in range(1, MAX_ATTEMPTS):
        assert ledger.failed([item], "broken", NOW) == []
        (item,) = ledger.pending(Lane.CHANGES, entity)
        assert item.attempts == attempt
        assert item.retry_at is not None
        waits.append(item.retry_at - NOW)
        assert ledger.pending(Lane.CHANGES, entity, NOW) == []
        assert ledger.claim(Lane.CHANGES, entity, now=NOW) == []
        assert ledger.pending(Lane.CHANGES, entity, item.retry_at) == [item]
    assert waits == sorted(set(waits))
    assert [given_up.attempts for given_up in ledger.failed([item], "broken", NOW)] == [MAX_ATTEMPTS]
    assert ledger.pending(Lane.CHANGES, entity) == []


def test_refused_and_done_objects_are_not_revived(stand: Stand) -> None:
    first, second = land(stand, "a", "b")
    stand.ledger.refuse([first], "no such day")
    stand.ledger.done([second])
    stand.ledger.failed([first, second], "late news")
    assert stand.ledger.pending(Lane.CHANGES, stand.contract.name) == []
    row = stand.clients.client("dynamodb").get_item(
        TableName=names.LEDGER_TABLE,
        Key={"pk": {"S": f"changes#{stand.contract.name}"}, "sk": {"S": first.sort_key}},
    )["Item"]
    assert (row["state"]["S"], row["reason"]["S"]) == ("FAILED", "no such day")


def test_large_batches_are_read_and_marked_in_pages(stand: Stand) -> None:
    s3 = stand.clients.client("s3")
    prefix = f"{names.lane_prefix(Lane.CHANGES, stand.contract.name)}dt={DAY}/"
    for number in range(120):
        s3.put_object(Bucket=BUCKET, Key=f"{prefix}{number:03d}", Body=b"x")
    assert stand.ledger.reconcile(Lane.CHANGES, stand.contract.name, [DAY]) == 120
    (batch,) = stand.ledger.claim(Lane.CHANGES, stand.contract.name)
    assert len(batch.objects) == 120
    stand.ledger.done(batch.objects)
    assert stand.ledger.pending(Lane.CHANGES, stand.contract.name) == []


def test_reconciliation_adds_what_is_missing_and_nothing_twice(stand: Stand) -> None:
    land(stand, "a")
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


def test_watermark_only_moves_forward(stand: Stand) -> None:
    ledger, entity = stand.ledger, stand.contract.name
    assert ledger.watermark(entity) is None
    ledger.set_watermark(entity, NOW)
    ledger.set_watermark(entity, NOW - timedelta(microseconds=1))
    assert ledger.watermark(entity) == NOW
    ledger.set_watermark(entity, NOW + timedelta(microseconds=1))
    assert ledger.watermark(entity) == NOW + timedelta(microseconds=1)
