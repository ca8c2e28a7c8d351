"""How long a run of the changes lane stays, on a clock of its own; and that a kill in between loses nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from txplatform.contracts import names
from txplatform.lake import changes, changes_lane
from txplatform.lake.changes_lane import IDLE_SECONDS, LONGEST_REST_SECONDS, PACE_SECONDS, ingest_while_landing
from txplatform.lake.commit import Commit, append_once
from txplatform_tests.lake_stand import Stand, payment

MINUTE = timedelta(minutes=1)


@dataclass
class Clock:
    """Passes only while somebody sleeps, and lets things happen at their moments."""

    now: float = 0.0
    events: dict[float, Callable[[], None]] = field(default_factory=dict)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        for moment in sorted(moment for moment in self.events if moment <= self.now):
            self.events.pop(moment)()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(changes_lane, "time", clock)
    return clock


def _rows(stand: Stand, longest: timedelta) -> list[int]:
    reports = ingest_while_landing(stand.contract, stand.lake, stand.ledger, stand.topic, longest)
    return [report.rows for report in reports]


def test_a_run_takes_what_lands_while_it_stays_and_ends_when_nothing_does(stand: Stand, clock: Clock) -> None:
    put = stand.put_changes
    put("a", [(1, payment("p1"), False)])
    clock.events = {
        0.5: lambda: put("b", [(2, payment("p2"), False)]),
        1.5: lambda: put("c", [(3, payment("p3"), False), (4, payment("p1"), True)]),
        15.0: lambda: put("d", [(5, payment("p4"), False)]),
    }
    assert _rows(stand, MINUTE) == [1, 3, 1]  # b and c are committed together
    assert 15 + IDLE_SECONDS <= clock.now <= 15 + IDLE_SECONDS + PACE_SECONDS
    assert [row["payment_id"] for row in stand.view("payment_id")] == ["p2", "p3", "p4"]


def test_a_run_ends_after_its_time_and_the_next_one_takes_the_rest(stand: Stand, clock: Clock) -> None:
    def land() -> None:
        number = int(clock.now * 10)
        stand.put_changes(f"o{number}", [(number, payment(f"p{number}"), False)])
        clock.events[clock.now + 3] = land

    clock.events = {0.0: land}
    clock.sleep(0)
    taken = sum(_rows(stand, timedelta(seconds=9)))
    assert 9 <= clock.now <= 9 + PACE_SECONDS
    clock.events = {}
    stand.put_changes("last", [(9999, payment("last"), False)])
    assert _rows(stand, timedelta(0)) == [stand.rows(names.changes_table(stand.contract.name)).num_rows - taken]
    assert _rows(stand, timedelta(0)) == []


@pytest.mark.parametrize(
    ("commit_seconds", "rest_seconds"), [(0.5, PACE_SECONDS - 0.5), (4.0, 4.0), (60.0, LONGEST_REST_SECONDS)]
)
def test_what_lands_during_a_commit_waits_for_the_next_one_and_no_longer_than_the_longest_rest(
    stand: Stand, clock: Clock, monkeypatch: pytest.MonkeyPatch, commit_seconds: float, rest_seconds: float
) -> None:
    begun: list[float] = []

    def slow(*arguments: Any) -> Commit:
        begun.append(clock.now)
        clock.sleep(commit_seconds)
        return append_once(*arguments)

    monkeypatch.setattr(changes, "append_once", slow)
    stand.put_changes("a", [(1, payment("p1"), False)])
    clock.events = {0.1: lambda: stand.put_changes("b", [(2, payment("p2"), False)])}
    assert _rows(stand, 2 * MINUTE) == [1, 1]
    assert begun == [0.0, commit_seconds + rest_seconds]


def test_a_run_that_is_killed_between_two_batches_loses_nothing(stand: Stand, clock: Clock) -> None:
    class KilledError(BaseException):
        pass

    def kill() -> None:
        stand.put_changes("b", [(2, payment("p2"), False)])
        raise KilledError

    stand.put_changes("a", [(1, payment("p1"), False)])
    clock.events = {1.0: kill}
    with pytest.raises(KilledError):
        _rows(stand, MINUTE)
    assert _rows(stand, timedelta(0)) == [1]
    assert [row["payment_id"] for row in stand.view("payment_id")] == ["p1", "p2"]
