"""Attempts on a local ledger table: counted, put off, abandoned, redriven."""

from datetime import UTC, date, datetime, timedelta

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.ledger import MAX_ATTEMPTS, UNFINISHED
from txplatform_tests.lake_stand import Stand

DAY = date(2026, 11, 1)
NOW = datetime(2100, 1, 1, tzinfo=UTC)


def test_attempts_are_counted_before_the_work_and_back_off(stand: Stand) -> None:
    ledger, entity = stand.ledger, stand.contract.name
    (item,) = stand.land("a")
    waits = []
    for attempt in range(1, 10):
        assert ledger.attempt([item], NOW)[0].attempts == attempt
        (item,) = ledger.pending(Lane.CHANGES, entity)
        assert (item.attempts, item.reason) == (attempt, UNFINISHED)
        assert item.retry_at is not None
        waits.append(item.retry_at - NOW)
        assert ledger.pending(Lane.CHANGES, entity, NOW) == []
        assert ledger.claim(Lane.CHANGES, entity, now=NOW) is None
        assert ledger.pending(Lane.CHANGES, entity, item.retry_at) == [item]
    assert waits == [timedelta(seconds=seconds) for seconds in (5, 10, 20, 40, 80, 160, 300, 300, 300)]


def test_retryable_failures_are_tried_for_ever_terminal_ones_are_abandoned_and_can_be_redriven(stand: Stand) -> None:
    ledger, entity = stand.ledger, stand.contract.name
    passing, lasting, refused = stand.land("a", "b", "c")
    ledger.abandon([refused], "no such day")
    for attempt in range(1, MAX_ATTEMPTS + 1):
        (passing,) = ledger.attempt([passing], NOW)
        (passing,) = ledger.failed([passing], "outage", now=NOW + timedelta(hours=1))
        (lasting,) = ledger.attempt([lasting], NOW)
        (lasting,) = ledger.failed([lasting], "defect", terminal=True, now=NOW)
        assert (passing.terminal_attempts, lasting.terminal_attempts) == (0, attempt)
    assert ledger.pending(Lane.CHANGES, entity) == [passing, lasting]
    ledger.abandon([lasting], "defect")
    (waiting,) = ledger.pending(Lane.CHANGES, entity)
    assert (waiting.reason, waiting.retry_at) == ("outage", NOW + timedelta(hours=1, seconds=80))
    assert [(item.object_key[-1], item.reason) for item in ledger.abandoned(Lane.CHANGES, entity)] == [
        ("b", "defect"),
        ("c", "no such day"),
    ]
    assert ledger.redrive(Lane.CHANGES, entity) == 2
    assert ledger.redrive(Lane.CHANGES, entity) == 0
    revived = ledger.pending(Lane.CHANGES, entity, utc_now())
    assert [(item.object_key[-1], item.attempts, item.reason) for item in revived] == [("b", 0, None), ("c", 0, None)]
    assert {item.terminal_attempts for item in revived} == {0}


def test_a_retryable_error_resets_the_count_of_terminal_ones(stand: Stand) -> None:
    (item,) = stand.land("a")
    counts: list[int] = []
    for terminal in (True, True, False, True):
        (item,) = stand.ledger.attempt([item], NOW)
        (item,) = stand.ledger.failed([item], "why", terminal=terminal, now=NOW)
        counts.append(item.terminal_attempts)
    assert counts == [1, 2, 0, 1]
    (item,) = stand.ledger.attempt([item], NOW)  # killed
    assert (item.attempts, item.terminal_attempts) == (5, 1)
    assert stand.ledger.pending(Lane.CHANGES, stand.contract.name) == [item]


def test_abandoned_and_done_objects_are_not_revived(stand: Stand) -> None:
    first, second = stand.land("a", "b")
    stand.ledger.abandon([first], "no such day")
    stand.ledger.done([second])
    assert stand.ledger.failed([first, second], "late news") == []
    assert stand.ledger.pending(Lane.CHANGES, stand.contract.name) == []
    row = stand.clients.client("dynamodb").get_item(
        TableName=names.LEDGER_TABLE,
        Key={"pk": {"S": f"changes#{stand.contract.name}"}, "sk": {"S": first.sort_key}},
    )["Item"]
    assert (row["state"]["S"], row["reason"]["S"]) == ("FAILED", "no such day")
