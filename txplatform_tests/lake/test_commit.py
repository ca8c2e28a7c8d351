"""Commits under races, lost answers and delays, on a local AWS."""

import io
import json
import threading
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HeadersDict
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.table import Table

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.contracts.render.arrow import lake_schema
from txplatform.errors import CommitConflictError
from txplatform.lake import changes, commit, day_replacement, fold
from txplatform.lake.commit import append_once
from txplatform_tests.lake_stand import Stand, csv_of, payment

DAY = date(2026, 1, 1)


def batch(stand: Stand, key: str) -> pa.Table:
    schema = lake_schema(stand.contract, Lane.CHANGES)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    row = {
        "payment_id": key, "_order_key": "1|", "_deleted": True, "_occurred_at": moment, "_ingested_at": utc_now(),
        "_source": "s3://", "_row": 1, "_batch_id": key,
    }  # fmt: skip
    return pa.Table.from_pylist([row], schema=schema)


def test_racing_batches_are_there_once_each(stand: Stand) -> None:
    stand.lake.ensure(stand.contract)
    name = names.changes_table(stand.contract.name)
    start, outcomes = threading.Barrier(3), []

    def write(lake: commit.Lake) -> None:
        start.wait()
        outcomes.extend(append_once(lake, name, batch(stand, f"b{n}"), f"b{n}", utc_now()).repeated for n in range(3))

    threads = [threading.Thread(target=write, args=(stand.with_settings().lake,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(stand.rows(name)["payment_id"].to_pylist()) == ["b0", "b1", "b2"]
    assert sorted(outcomes) == [False] * 3 + [True] * 6


def lose_answers(stand: Stand, monkeypatch: pytest.MonkeyPatch, count: int = 1) -> list[str]:
    """Let Glue carry out the next commits of the stand, but their answers be lost on the way."""
    lost: list[str] = []

    def send_and_lose_the_answer(request: AWSPreparedRequest, **_: object) -> None:
        if len(lost) < count:
            lost.append(request.url)
            assert URLLib3Session().send(request).status_code == 200
            raise ReadTimeoutError(endpoint_url=request.url)

    for client in stand.clients._clients.values():
        client.meta.events.register("before-send.glue.UpdateTable", send_and_lose_the_answer)
    monkeypatch.setattr(commit, "_pause", lambda _: None)
    return lost


def test_answer_lost_after_the_commit_counts_as_committed(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    stand.lake.ensure(stand.contract)
    name = names.changes_table(stand.contract.name)
    append_once(stand.lake, name, batch(stand, "a"), "a", utc_now())
    lost = lose_answers(stand, monkeypatch)
    assert append_once(stand.lake, name, batch(stand, "b"), "b", utc_now()).repeated
    append_once(stand.lake, name, batch(stand, "c"), "c", utc_now())
    assert len(lost) == 1
    assert sorted(stand.rows(name)["payment_id"].to_pylist()) == ["a", "b", "c"]


def test_days_and_refused_rows_survive_a_lost_answer(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    stand.put_file(DAY, "a.csv", csv_of([payment("p1"), payment("p2", "x")]))
    stand.ingest_files(DAY)
    stand.put_file(DAY, "a.csv", csv_of([payment("p3"), payment("p2", "x"), payment("p4", "y")]))
    lost = lose_answers(stand, monkeypatch, count=2)
    assert stand.ingest_files(DAY).rows == 1
    assert len(lost) == 2
    assert [row["payment_id"] for row in stand.view("payment_id")] == ["p3"]
    assert len(stand.quarantine()) == 2


@pytest.mark.parametrize(("status", "code"), [(503, "ServiceUnavailable"), (400, "ThrottlingException")])
def test_an_answer_that_decides_nothing_is_followed_by_another_attempt(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, status: int, code: str
) -> None:
    stand.lake.ensure(stand.contract)
    name = names.changes_table(stand.contract.name)
    answers: list[AWSResponse] = []

    def refuse_once(request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
        if answers:
            return None
        answers.append(AWSResponse(request.url, status, HeadersDict(), io.BytesIO()))
        answers[0]._content = json.dumps({"__type": code}).encode()
        return answers[0]

    for client in stand.clients._clients.values():
        client.meta.events.register("before-send.glue.UpdateTable", refuse_once)
    monkeypatch.setattr(commit, "_pause", lambda _: None)
    assert not append_once(stand.lake, name, batch(stand, "b"), "b", utc_now()).repeated
    assert stand.rows(name).num_rows == 1


def test_a_batch_that_came_too_late_is_appended_again(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fold that began while the commit was on its way must not pass over the rows."""
    stand.put_changes("a", [(1, payment("p1"), False)])
    stand.ingest_changes()
    stand.fold()
    stand.put_changes("b", [(2, payment("p2"), False)])
    delay_commits(stand, monkeypatch, names.changes_table(stand.contract.name))
    report = stand.ingest_changes()
    assert (report.rows, report.repeated) == (1, 0)
    stand.fold()
    assert [row["payment_id"] for row in stand.view("payment_id")] == ["p1", "p2"]
    rows = stand.rows(names.changes_table(stand.contract.name)).to_pylist()
    twice = sorted(row["_batch_id"] for row in rows if row["payment_id"] == "p2")
    assert twice == [report.batch_ids[0], f"{report.batch_ids[0]}+1"]


def test_days_that_came_too_late_are_replaced_again(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    stand.put_file(DAY, "a.csv", csv_of([payment("p1")]))
    stand.ingest_files(DAY)
    stand.fold()
    stand.put_file(DAY, "a.csv", csv_of([payment("p2")]))
    delay_commits(stand, monkeypatch, names.files_table(stand.contract.name))
    assert stand.ingest_files(DAY).rows == 1
    stand.fold()
    assert [row["payment_id"] for row in stand.view("payment_id")] == ["p2"]
    assert stand.rows(names.files_table(stand.contract.name)).num_rows == 2


def delay_commits(stand: Stand, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let the next commit to a table take longer than the allowance, with a fold in the meantime."""
    real, delayed = Table._do_commit, list[Table]()

    def commit_late(table: Table, *arguments: object, **options: object) -> None:
        if table.name()[-1] == name and not delayed:
            delayed.append(table)
            later = timedelta(seconds=1) + stand.settings.commit_allowance
            for module in (commit, day_replacement, fold, changes):
                monkeypatch.setattr(module, "utc_now", lambda: utc_now() + later)
            stand.fold()
        real(table, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Table, "_do_commit", commit_late)


def test_a_batch_found_long_after_it_was_read_is_appended_again(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the interrupted run committed it in time cannot be known."""
    stand.lake.ensure(stand.contract)
    name = names.changes_table(stand.contract.name)
    read_at = utc_now()
    append_once(stand.lake, name, batch(stand, "b"), "b", read_at)
    later = stand.settings.commit_allowance
    monkeypatch.setattr(commit, "utc_now", lambda: utc_now() + later)
    resumed = append_once(stand.lake, name, batch(stand, "b"), "b", utc_now() + later)
    assert (resumed.rows, resumed.repeated) == (1, False)
    rows = sorted(stand.rows(name).to_pylist(), key=lambda row: row["_batch_id"])
    assert [row["_batch_id"] for row in rows] == ["b", "b+1"]
    assert rows[1]["_ingested_at"] >= read_at + later
    assert append_once(stand.lake, name, batch(stand, "b"), "b", utc_now() + later).repeated


def test_endless_conflict_is_retryable(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise CommitFailedException("lost")

    stand.lake.ensure(stand.contract)
    monkeypatch.setattr(Table, "_do_commit", refuse)
    monkeypatch.setattr(commit, "MAX_ATTEMPTS", 2)
    with pytest.raises(CommitConflictError) as raised:
        append_once(stand.lake, names.changes_table(stand.contract.name), batch(stand, "b"), "b", utc_now())
    assert raised.value.retryable


def test_empty_batch_commits_nothing(stand: Stand) -> None:
    stand.lake.ensure(stand.contract)
    name = names.changes_table(stand.contract.name)
    assert append_once(stand.lake, name, batch(stand, "b")[:0], "b", utc_now()).snapshot_id is None
    assert stand.lake.table(name).current_snapshot() is None
