"""Commits under races, on a local AWS."""

import threading
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.table import Table

from txplatform.clock import utc_now
from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.contracts.render.arrow import lake_schema
from txplatform.errors import CommitConflictError
from txplatform.lake import commit
from txplatform.lake.commit import append_once
from txplatform_tests.lake_stand import Stand


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


def test_answer_lost_after_the_commit_counts_as_committed(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    stand.lake.ensure(stand.contract)
    name = names.changes_table(stand.contract.name)
    real = Table.append

    def append_and_lose_the_answer(table: Table, *arguments: object, **options: object) -> None:
        real(table, *arguments, **options)  # type: ignore[arg-type]
        raise CommitFailedException("retried after a timeout, refused by version")

    monkeypatch.setattr(Table, "append", append_and_lose_the_answer)
    assert append_once(stand.lake, name, batch(stand, "b"), "b", utc_now()).repeated
    assert stand.rows(name).num_rows == 1


def test_endless_conflict_is_retryable(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise CommitFailedException("lost")

    stand.lake.ensure(stand.contract)
    monkeypatch.setattr(Table, "append", refuse)
    monkeypatch.setattr(commit, "MAX_ATTEMPTS", 2)
    with pytest.raises(CommitConflictError) as raised:
        append_once(stand.lake, names.changes_table(stand.contract.name), batch(stand, "b"), "b", utc_now())
    assert raised.value.retryable


def test_empty_batch_commits_nothing(stand: Stand) -> None:
    stand.lake.ensure(stand.contract)
    name = names.changes_table(stand.contract.name)
    assert append_once(stand.lake, name, batch(stand, "b")[:0], "b", utc_now()).snapshot_id is None
    assert stand.lake.table(name).current_snapshot() is None
