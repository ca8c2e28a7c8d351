"""Batches on a local ledger table: their composition, who gets them, and what follows an outage."""

from datetime import UTC, date, datetime, timedelta

import pytest

from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.ledger import MAX_ATTEMPTS
from txplatform_tests.lake_stand import BUCKET, Stand

DAY = date(2026, 11, 1)
NOW = datetime(2100, 1, 1, tzinfo=UTC)


def test_batch_keeps_its_composition_until_done(stand: Stand) -> None:
    ledger, entity = stand.ledger, stand.contract.name
    stand.land("a", "b", "c")
    batch = ledger.claim(Lane.CHANGES, entity, limit=2)
    assert [item.object_key[-1] for item in batch.objects] == ["a", "b"]
    assert {item.batch_id for item in batch.objects} == {batch.batch_id}
    stand.land("d")
    assert ledger.claim(Lane.CHANGES, entity) == batch
    ledger.done(batch.objects[:1])  # killed half-way through
    assert ledger.claim(Lane.CHANGES, entity) == batch
    ledger.done(batch.objects)
    following = ledger.claim(Lane.CHANGES, entity)
    assert [item.object_key[-1] for item in following.objects] == ["c", "d"]
    assert following.batch_id > batch.batch_id
    ledger.done(following.objects)
    assert ledger.claim(Lane.CHANGES, entity) is None
    assert ledger.pending(Lane.CHANGES, [entity]) == []


def test_stale_claimer_gets_the_open_batch_not_one_of_its_own(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    stand.land("a", "b")
    other = stand.with_settings()
    real, overtaken = stand.ledger._open, []

    def open_late(*arguments: object) -> bool:
        if not overtaken:
            batch = other.ledger.claim(Lane.CHANGES, stand.contract.name)
            other.ledger.done(batch.objects)
            overtaken.append(batch)
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(stand.ledger, "_open", open_late)
    assert stand.ledger.claim(Lane.CHANGES, stand.contract.name) is None
    assert overtaken


def test_a_claim_reads_no_more_of_the_backlog_than_it_takes(stand: Stand) -> None:
    ledger, read = stand.ledger, []
    stand.land(*(f"{number:02d}" for number in range(30)))
    count = lambda parsed, **_: read.append(len(parsed["Items"]))  # noqa: E731
    stand.clients.client("dynamodb").meta.events.register("after-call.dynamodb.Query", count)
    batch = ledger.claim(Lane.CHANGES, stand.contract.name, limit=10)
    assert (len(batch.objects), sum(read)) == (10, 10)


def test_large_batches_are_read_and_marked_in_pages(stand: Stand) -> None:
    s3 = stand.clients.client("s3")
    prefix = f"{names.lane_prefix(Lane.CHANGES, stand.contract.name)}dt={DAY}/"
    for number in range(120):
        s3.put_object(Bucket=BUCKET, Key=f"{prefix}{number:03d}", Body=b"x")
    assert stand.ledger.reconcile(Lane.CHANGES, stand.contract.name, [DAY]) == 120
    batch = stand.ledger.claim(Lane.CHANGES, stand.contract.name)
    assert len(batch.objects) == 120
    stand.ledger.done(batch.objects)
    assert stand.ledger.pending(Lane.CHANGES, stand.contract.name) == []


def test_objects_that_fail_for_ever_hold_up_no_other_and_come_one_at_a_time(stand: Stand) -> None:
    ledger, entity, now = stand.ledger, stand.contract.name, NOW

    def claimed() -> list[str]:
        claimable = {item.sort_key for item in ledger.claimable(Lane.CHANGES, entity, now)}
        batch = ledger.claim(Lane.CHANGES, entity, now=now)
        objects = batch.objects if batch else ()
        assert claimable == {item.sort_key for item in objects}
        return [item.object_key[-1] for item in objects]

    def fail() -> None:
        batch = ledger.claim(Lane.CHANGES, entity, now=now)
        ledger.failed(ledger.attempt(batch.objects, now), "outage", now=now)

    stand.land("a", "b")
    fail()
    stand.land("c")
    for attempt in range(1, MAX_ATTEMPTS):
        if attempt > 1:
            fail()
        assert claimed() == []  # the open batch backs off
        now += timedelta(minutes=5)
        assert claimed() == ["a", "b"]
    fail()
    assert claimed() == ["c"]
    batch = ledger.claim(Lane.CHANGES, entity, now=now)
    ledger.done(batch.objects)
    assert claimed() == []
    now += timedelta(minutes=5)
    assert claimed() == ["a"]
    fail()
    assert claimed() == ["b"]
    stand.land("d")
    assert claimed() == ["d"]


def test_what_an_outage_left_stuck_is_claimed_in_halves(stand: Stand) -> None:
    ledger, entity, now = stand.ledger, stand.contract.name, NOW
    stand.land(*"abcdefgh")
    for _ in range(MAX_ATTEMPTS):
        batch = ledger.claim(Lane.CHANGES, entity, now=now)
        ledger.failed(ledger.attempt(batch.objects, now), "outage", now=now)
        now += timedelta(minutes=5)
    sizes: list[int] = []
    while batch := ledger.claim(Lane.CHANGES, entity, now=now):
        ledger.done(batch.objects)
        sizes.append(len(batch.objects))
    assert sizes == [4, 2, 1, 1]
