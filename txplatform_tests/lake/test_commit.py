"""Commits under races, lost answers and delays, on a local AWS."""

import io
import json
import threading
from datetime import UTC, date, datetime

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
from txplatform.contracts.render.columns import UNCOMMITTED
from txplatform.errors import BatchSupersededError, CommitConflictError
from txplatform.lake import commit
from txplatform.lake.commit import append_once
from txplatform.lake.epochs import in_open_epoch
from txplatform_tests.lake_stand import Stand, csv_of, payment

DAY = date(2026, 1, 1)


def batch(stand: Stand, key: str) -> pa.Table:
    schema = lake_schema(stand.contract, Lane.CHANGES)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    row = {
        "payment_id": key, "_order_key": "1|", "_deleted": True, "_occurred_at": moment, "_ingested_at": utc_now(),
        "_source": "s3://", "_row": 1, "_batch_id": key, "_key_high": 1, "_key_low": 1, "_epoch": UNCOMMITTED,
    }  # fmt: skip
    return pa.Table.from_pylist([row], schema=schema)


def test_a_batch_that_is_raced_for_is_there_once(stand: Stand) -> None:
    stand.lake.ensure(stand.contract)
    name = names.changes_table(stand.contract.name)
    start, outcomes = threading.Barrier(3), []

    def write(lake: commit.Lake) -> None:
        start.wait()
        outcomes.append(append_once(lake, name, batch(stand, "b"), "b", in_open_epoch).repeated)

    threads = [threading.Thread(target=write, args=(stand.with_settings().lake,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stand.rows(name)["payment_id"].to_pylist() == ["b"]
    assert sorted(outcomes) == [False, True, True]


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
    monkeypatch.setattr(commit, "pause", lambda _: None)
    return lost


def test_answer_lost_after_the_commit_counts_as_committed(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    stand.lake.ensure(stand.contract)
    name = names.changes_table(stand.contract.name)
    append_once(stand.lake, name, batch(stand, "a"), "a", in_open_epoch)
    lost = lose_answers(stand, monkeypatch)
    assert append_once(stand.lake, name, batch(stand, "b"), "b", in_open_epoch).repeated
    append_once(stand.lake, name, batch(stand, "c"), "c", in_open_epoch)
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
    monkeypatch.setattr(commit, "pause", lambda _: None)
    assert not append_once(stand.lake, name, batch(stand, "b"), "b", in_open_epoch).repeated
    assert stand.rows(name).num_rows == 1


def test_a_batch_whose_snapshot_expired_is_found_all_the_same(stand: Stand) -> None:
    stand.lake.ensure(stand.contract)
    name = names.changes_table(stand.contract.name)
    append_once(stand.lake, name, batch(stand, "a"), "a", in_open_epoch)
    with stand.lake.table(name).transaction() as transaction, transaction.update_snapshot().fast_append():
        pass
    first = stand.lake.table(name).metadata.snapshots[0].snapshot_id
    stand.lake.table(name).maintenance.expire_snapshots().by_id(first).commit()
    resumed = append_once(stand.lake, name, batch(stand, "a"), "a", in_open_epoch)
    assert (resumed.repeated, resumed.snapshot_id) == (True, None)
    assert stand.rows(name).num_rows == 1


def test_a_batch_that_another_has_followed_is_not_committed(stand: Stand) -> None:
    stand.lake.ensure(stand.contract)
    name = names.changes_table(stand.contract.name)
    append_once(stand.lake, name, batch(stand, "b2"), "b2", in_open_epoch)
    with pytest.raises(BatchSupersededError):
        append_once(stand.lake, name, batch(stand, "b1"), "b1", in_open_epoch)
    assert stand.rows(name)["payment_id"].to_pylist() == ["b2"]


def test_rows_enter_the_epoch_that_is_open_when_they_are_committed(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fold that closes the epoch while a commit is on its way makes the commit begin again."""
    stand.put_file(DAY, "a.csv", csv_of([payment("p1")]))
    stand.put_changes("a", [(1, payment("p2"), False)])
    fold_before_commits(stand, monkeypatch)
    stand.ingest_files(DAY)
    stand.ingest_changes()
    assert stand.rows(names.files_table(stand.contract.name))["_epoch"].to_pylist() == [2]
    assert stand.rows(names.changes_table(stand.contract.name))["_epoch"].to_pylist() == [3]
    stand.fold()
    assert [row["payment_id"] for row in stand.view("payment_id")] == ["p1", "p2"]


def fold_before_commits(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a fold happen while the first commit to each of the tables of both lanes is on its way."""
    real, folded = Table._do_commit, list[str]()

    def commit_late(table: Table, *arguments: object, **options: object) -> None:
        name = table.name()[-1]
        if name.endswith(("_files", "_changes")) and name not in folded and "_folding" not in folded:
            folded.extend((name, "_folding"))
            stand.fold()
            folded.remove("_folding")
        real(table, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Table, "_do_commit", commit_late)


def test_days_are_read_again_when_what_happened_since_has_expired(stand: Stand) -> None:
    """Whether one of the commits in between replaced a day cannot be known."""
    stand.put_file(DAY, "a.csv", csv_of([payment("p1")]))
    stand.ingest_files(DAY)
    name = names.files_table(stand.contract.name)
    base = stand.lake.table(name)
    assert not commit._replaced_since(base, stand.lake.table(name), [DAY])
    stand.fold()
    assert not commit._replaced_since(base, stand.lake.table(name), [DAY])
    marker = stand.lake.table(name).metadata.current_snapshot_id
    stand.fold()
    stand.lake.table(name).maintenance.expire_snapshots().by_id(marker).commit()
    assert commit._replaced_since(base, stand.lake.table(name), [DAY])


def test_endless_conflict_is_retryable(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise CommitFailedException("lost")

    stand.lake.ensure(stand.contract)
    monkeypatch.setattr(Table, "_do_commit", refuse)
    monkeypatch.setattr(commit, "MAX_ATTEMPTS", 2)
    with pytest.raises(CommitConflictError) as raised:
        append_once(stand.lake, names.changes_table(stand.contract.name), batch(stand, "b"), "b", in_open_epoch)
    assert raised.value.retryable


def test_empty_batch_commits_nothing(stand: Stand) -> None:
    stand.lake.ensure(stand.contract)
    name = names.changes_table(stand.contract.name)
    assert append_once(stand.lake, name, batch(stand, "b")[:0], "b", in_open_epoch).snapshot_id is None
    assert stand.lake.table(name).current_snapshot() is None
