"""The ledger table on a local AWS."""

from datetime import UTC, date, datetime, timedelta

import pytest

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.landed import LandedObject
from txplatform.ledger import MAX_ATTEMPTS, UNFINISHED
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


def test_attempts_are_counted_before_the_work_and_back_off(stand: Stand) -> None:
    ledger, entity = stand.ledger, stand.contract.name
    (item,) = land(stand, "a")
    waits = []
    for attempt in range(1, 10):
        assert ledger.attempt([item], NOW)[0].attempts == attempt
        (item,) = ledger.pending(Lane.CHANGES, entity)
        assert (item.attempts, item.reason) == (attempt, UNFINISHED)
        assert item.retry_at is not None
        waits.append(item.retry_at - NOW)
        assert ledger.pending(Lane.CHANGES, entity, NOW) == []
        assert ledger.claim(Lane.CHANGES, entity, now=NOW) == []
        assert ledger.pending(Lane.CHANGES, entity, item.retry_at) == [item]
    assert waits == [timedelta(seconds=seconds) for seconds in (5, 10, 20, 40, 80, 160, 300, 300, 300)]


def test_what_may_pass_is_tried_for_ever_what_cannot_is_given_up_and_can_be_redriven(stand: Stand) -> None:
    ledger, entity = stand.ledger, stand.contract.name
    passing, lasting, refused = land(stand, "a", "b", "c")
    ledger.refuse([refused], "no such day")
    for attempt in range(1, MAX_ATTEMPTS + 1):
        (passing,) = ledger.attempt([passing], NOW)
        (passing,) = ledger.failed([passing], "outage", now=NOW + timedelta(hours=1))
        (lasting,) = ledger.attempt([lasting], NOW)
        (lasting,) = ledger.failed([lasting], "defect", terminal=True, now=NOW)
        assert (passing.terminal_attempts, lasting.terminal_attempts) == (0, attempt)
    assert ledger.pending(Lane.CHANGES, entity) == [passing, lasting]
    ledger.refuse([lasting], "defect")
    (waiting,) = ledger.pending(Lane.CHANGES, entity)
    assert (waiting.reason, waiting.retry_at) == ("outage", NOW + timedelta(hours=1, seconds=80))
    assert [(item.object_key[-1], item.reason) for item in ledger.given_up(Lane.CHANGES, entity)] == [
        ("b", "defect"),
        ("c", "no such day"),
    ]
    assert ledger.redrive(Lane.CHANGES, entity) == 2
    assert ledger.redrive(Lane.CHANGES, entity) == 0
    revived = ledger.pending(Lane.CHANGES, entity, utc_now())
    assert [(item.object_key[-1], item.attempts, item.reason) for item in revived] == [("b", 0, None), ("c", 0, None)]
    assert {item.terminal_attempts for item in revived} == {0}


def test_an_error_that_may_pass_starts_the_count_of_those_that_cannot_anew(stand: Stand) -> None:
    (item,) = land(stand, "a")
    counts: list[int] = []
    for terminal in (True, True, False, True):
        (item,) = stand.ledger.attempt([item], NOW)
        (item,) = stand.ledger.failed([item], "why", terminal=terminal, now=NOW)
        counts.append(item.terminal_attempts)
    assert counts == [1, 2, 0, 1]
    (item,) = stand.ledger.attempt([item], NOW)  # killed
    assert (item.attempts, item.terminal_attempts) == (5, 1)
    assert stand.ledger.pending(Lane.CHANGES, stand.contract.name) == [item]


def test_what_was_given_up_is_found_by_day(stand: Stand) -> None:
    days = [date(2026, 1, number) for number in (9, 10, 11)]
    for day in days:
        stand.put_raw_changes("a", b"x", day)
    given_up = stand.ledger.pending(Lane.CHANGES, stand.contract.name)
    stand.put_raw_changes("waiting", b"x", days[1])
    stand.ledger.refuse(given_up, "does not fit")
    for first, last in ((days[1], days[1]), (days[0], days[1]), (days[1], days[2])):
        found = stand.ledger.given_up_between(Lane.CHANGES, stand.contract.name, first, last)
        assert [item.dt for item in found] == [day for day in days if first <= day <= last]


def test_a_claim_reads_no_more_of_the_backlog_than_it_takes(stand: Stand) -> None:
    ledger, read = stand.ledger, []
    land(stand, *(f"{number:02d}" for number in range(30)))
    count = lambda parsed, **_: read.append(len(parsed["Items"]))  # noqa: E731
    stand.clients.client("dynamodb").meta.events.register("after-call.dynamodb.Query", count)
    (batch,) = ledger.claim(Lane.CHANGES, stand.contract.name, limit=10)
    assert (len(batch.objects), sum(read)) == (10, 10)


def test_an_object_with_a_long_key_is_a_row_as_any_other(stand: Stand) -> None:
    prefix = f"{names.lane_prefix(Lane.CHANGES, stand.contract.name)}dt={DAY}/"
    long = [letter * (1024 - len(prefix) - 1) + ending for letter in "az" for ending in "12"]
    for name in (*long, "m"):
        stand.clients.client("s3").put_object(Bucket=BUCKET, Key=prefix + name, Body=b"x")
    assert stand.ledger.reconcile(Lane.CHANGES, stand.contract.name, [DAY]) == 5
    assert stand.ledger.reconcile(Lane.CHANGES, stand.contract.name, [DAY]) == 0
    (batch,) = stand.ledger.claim(Lane.CHANGES, stand.contract.name)
    assert sorted(item.object_key.removeprefix(prefix) for item in batch.objects) == sorted((*long, "m"))
    assert all(len(item.sort_key.encode()) <= 1024 for item in batch.objects)
    stand.ledger.done(batch.objects)
    assert stand.ledger.pending(Lane.CHANGES, stand.contract.name) == []


def test_refused_and_done_objects_are_not_revived(stand: Stand) -> None:
    first, second = land(stand, "a", "b")
    stand.ledger.refuse([first], "no such day")
    stand.ledger.done([second])
    assert stand.ledger.failed([first, second], "late news") == []
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


def test_reconciliation_finds_a_version_with_the_content_of_an_older_one(stand: Stand) -> None:
    key = f"{names.lane_prefix(Lane.CHANGES, stand.contract.name)}dt={DAY}/a"
    for body in (b"A", b"B"):
        stand.put_raw_changes("a", body, DAY)
    current = stand.clients.client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"A")["VersionId"]
    assert stand.ledger.reconcile(Lane.CHANGES, stand.contract.name, [DAY]) == 1
    assert stand.ledger.reconcile(Lane.CHANGES, stand.contract.name, [DAY]) == 0
    assert current in {item.version_id for item in stand.ledger.pending(Lane.CHANGES, stand.contract.name)}


def test_watermark_only_moves_forward(stand: Stand) -> None:
    ledger, entity = stand.ledger, stand.contract.name
    assert ledger.watermark(entity) is None
    ledger.set_watermark(entity, NOW)
    ledger.set_watermark(entity, NOW - timedelta(microseconds=1))
    assert ledger.watermark(entity) == NOW
    ledger.set_watermark(entity, NOW + timedelta(microseconds=1))
    assert ledger.watermark(entity) == NOW + timedelta(microseconds=1)


def test_objects_that_fail_for_ever_hold_up_no_other_and_come_one_at_a_time(stand: Stand) -> None:
    ledger, entity, now = stand.ledger, stand.contract.name, NOW

    def claimed() -> list[str]:
        told = {item.sort_key for item in ledger.claimable(Lane.CHANGES, entity, now)}
        objects = [item for batch in ledger.claim(Lane.CHANGES, entity, now=now) for item in batch.objects]
        assert told == {item.sort_key for item in objects}
        return [item.object_key[-1] for item in objects]

    def fail() -> None:
        (batch,) = ledger.claim(Lane.CHANGES, entity, now=now)
        ledger.failed(ledger.attempt(batch.objects, now), "outage", now=now)

    land(stand, "a", "b")
    fail()
    land(stand, "c")
    for attempt in range(1, MAX_ATTEMPTS):
        if attempt > 1:
            fail()
        assert claimed() == []  # the open batch backs off
        now += timedelta(minutes=5)
        assert claimed() == ["a", "b"]
    fail()
    assert claimed() == ["c"]
    (batch,) = ledger.claim(Lane.CHANGES, entity, now=now)
    ledger.done(batch.objects)
    assert claimed() == []
    now += timedelta(minutes=5)
    assert claimed() == ["a"]
    fail()
    assert claimed() == ["b"]
    land(stand, "d")
    assert claimed() == ["d"]


def test_what_an_outage_left_stuck_is_claimed_in_halves(stand: Stand) -> None:
    ledger, entity, now = stand.ledger, stand.contract.name, NOW
    land(stand, *"abcdefgh")
    for _ in range(MAX_ATTEMPTS):
        (batch,) = ledger.claim(Lane.CHANGES, entity, now=now)
        ledger.failed(ledger.attempt(batch.objects, now), "outage", now=now)
        now += timedelta(minutes=5)
    sizes: list[int] = []
    while batches := ledger.claim(Lane.CHANGES, entity, now=now):
        ledger.done(batches[0].objects)
        sizes.append(len(batches[0].objects))
    assert sizes == [4, 2, 1, 1]
