"""A backfill by its runs, over a Dagster that is scripted: what is launched, joined, resumed and cancelled."""

from datetime import date, timedelta

import pytest

from txplatform.defs.files.backfill import DAYS_TAG, ID_TAG, Backfill
from txplatform.defs.keys import BACKGROUND_TAG, LANE_TAG
from txplatform.orchestrator import Launch
from txplatform_tests.defs.scripted_dagster import Dagster

FIRST = date(2026, 1, 1)
DAYS = [FIRST + timedelta(days=place) for place in range(10)]
SIZES = dict.fromkeys(DAYS, 100)


@pytest.fixture
def dagster() -> Dagster:
    return Dagster()


def _backfill(dagster: Dagster, new_id: str = "new", *, again: bool = False, last: date = DAYS[-1]) -> Backfill:
    return Backfill(dagster, "payments", FIRST, last, SIZES, new_id, again=again)  # pyright: ignore[reportArgumentType]


def _days(launch: Launch) -> list[str]:
    return launch.config["ops"]["payments_files"]["config"]["days"]


def test_days_are_launched_oldest_first_in_chunks(dagster: Dagster) -> None:
    launches = _backfill(dagster).launches(4, delete_emptied=False)
    assert [day for launch in launches for day in _days(launch)] == [str(day) for day in DAYS]
    assert [len(_days(launch)) for launch in launches] == [4, 4, 2]
    first = launches[0]
    assert (first.job, first.assets) == (None, ("payments_files",))
    assert (first.tags[LANE_TAG], first.tags[BACKGROUND_TAG]) == ("payments/files", "true")
    assert first.tags["dagster/priority"] == "-1"
    assert first.tags["dagster/asset_partition_range_end"] == "2026-01-04"
    assert first.tags[DAYS_TAG] == "payments/2026-01-01/2026-01-10"


def test_emptied_days_are_deleted_only_on_demand(dagster: Dagster) -> None:
    work = _backfill(dagster)
    for expected in (False, True):
        (launch,) = work.launches(366, delete_emptied=expected)
        assert ("empty_days" in launch.config["ops"]["payments_files"]["config"]) is expected


def test_progress_counts_days_rows_and_active_runs(dagster: Dagster) -> None:
    work = _backfill(dagster)
    work.submit(work.launches(4, delete_emptied=False))
    dagster.becomes("run-1", "STARTED", DAYS[:3])
    progress = work.follow()
    assert (progress.days, progress.done, progress.rows, progress.refused, progress.active) == (10, 3, 15, 3, 3)
    assert dagster.reads == ["run-1"]
    dagster.becomes("run-1", "SUCCESS", DAYS[3:4])
    dagster.becomes("run-2", "FAILURE", DAYS[4:5])
    dagster.becomes("run-3", "SUCCESS", DAYS[8:])
    progress = work.follow()
    assert (progress.done, progress.active, progress.failed) == (7, 0, {"run-2": "FAILURE"})
    assert work.left == DAYS[5:8]
    reads = len(dagster.reads)
    work.follow()
    assert len(dagster.reads) == reads


def test_an_active_backfill_of_the_same_days_is_joined(dagster: Dagster) -> None:
    first = _backfill(dagster, "first")
    first.submit(first.launches(5, delete_emptied=False))
    dagster.becomes("run-1", "STARTED", DAYS[:2])
    second = _backfill(dagster, "second")
    assert (second.resumed, second.backfill_id) == (True, "first")
    assert [run.run_id for run in second.active] == ["run-2", "run-1"]
    other = _backfill(dagster, "other", last=DAYS[-2])
    assert (other.resumed, other.active) == (False, [])


@pytest.mark.parametrize("status", ["CANCELED", "FAILURE"])
def test_a_backfill_that_stopped_goes_on_with_the_days_that_are_left(dagster: Dagster, status: str) -> None:
    first = _backfill(dagster, "first")
    first.submit(first.launches(5, delete_emptied=False))
    dagster.becomes("run-1", "SUCCESS", DAYS[:5])
    dagster.becomes("run-2", status, DAYS[5:7])
    second = _backfill(dagster, "second")
    assert second.left == DAYS[7:]
    (launch,) = second.launches(5, delete_emptied=False)
    assert _days(launch) == [str(day) for day in DAYS[7:]]
    second.submit([launch])
    dagster.becomes("run-3", "SUCCESS", DAYS[7:])
    progress = second.follow()
    assert (progress.done, progress.failed) == (10, {})
    assert not _backfill(dagster, "third").resumed


def test_a_command_that_died_while_it_launched_is_completed_by_the_next(dagster: Dagster) -> None:
    first = _backfill(dagster, "first")
    first.submit(first.launches(5, delete_emptied=False)[:1])
    dagster.becomes("run-1", "SUCCESS", DAYS[:5])
    second = _backfill(dagster, "second")
    assert (second.backfill_id, second.left) == ("first", DAYS[5:])


def test_a_complete_backfill_is_followed_by_a_new_one_of_all_days(dagster: Dagster) -> None:
    first = _backfill(dagster, "first")
    first.submit(first.launches(366, delete_emptied=False))
    dagster.becomes("run-1", "SUCCESS", DAYS)
    second = _backfill(dagster, "second")
    assert (second.resumed, second.backfill_id, second.left) == (False, "second", DAYS)
    (launch,) = second.launches(366, delete_emptied=False)
    assert launch.tags[ID_TAG] == "second"


def test_a_run_that_died_after_its_last_day_leaves_nothing_to_resume(dagster: Dagster) -> None:
    first = _backfill(dagster, "first")
    first.submit(first.launches(366, delete_emptied=False))
    dagster.becomes("run-1", "FAILURE", DAYS)
    second = _backfill(dagster, "second")
    assert (second.resumed, second.left) == (False, DAYS)


def test_an_unfinished_backfill_is_started_over_on_demand(dagster: Dagster) -> None:
    first = _backfill(dagster, "first")
    first.submit(first.launches(366, delete_emptied=False))
    dagster.becomes("run-1", "CANCELED", DAYS[:5])
    second = _backfill(dagster, "second", again=True)
    assert (second.resumed, second.left) == (False, DAYS)


def test_runs_that_wait_are_cancelled_before_the_one_at_work(dagster: Dagster) -> None:
    work = _backfill(dagster)
    work.submit(work.launches(4, delete_emptied=False))
    dagster.becomes("run-1", "STARTED", DAYS[:1])
    work.follow()
    work.cancel()
    assert dagster.terminated == ["run-2", "run-3", "run-1"]
