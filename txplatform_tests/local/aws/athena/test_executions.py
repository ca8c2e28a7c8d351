"""What is kept of executions: their rows within bounds, the rest until they are forgotten."""

import threading
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from txplatform.local.aws.athena import executions
from txplatform.local.aws.athena.engine import Outcome
from txplatform.local.aws.athena.errors import RequestError
from txplatform.local.aws.athena.executions import Execution, Executions
from txplatform.local.aws.athena.results import Column, of_texts

ROWS: list[list[str | None]] = [["a", None], ["", 'q"\n,'], ["c", "d"]]


class Engine:
    def run(self, *_: Any) -> Outcome:
        return Outcome(of_texts((Column("x", "varchar"), Column("y", "varchar")), ROWS), header=True)


class Store(dict[str, bytes]):
    put = dict.__setitem__
    get = dict.__getitem__  # type: ignore[assignment]


def execution(**options: Any) -> Execution:
    return Execution("SELECT 1", [], "db", "c", "primary", "s3://b/r/", "DML", "SELECT", **options)


@pytest.fixture
def run() -> Callable[[Execution], Executions]:
    known = Executions(Engine(), Store())  # type: ignore[arg-type]

    def run(started: Execution) -> Executions:
        known.start(started)
        for thread in threading.enumerate():
            if thread.name == f"query-{started.id}":
                thread.join()
        assert started.state == "SUCCEEDED"
        return known

    return run


def test_rows_no_longer_at_hand_are_read_back(run: Callable[..., Executions], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executions, "RETAINED_BYTES", 1)
    first, second = execution(), execution()
    run(first)
    known = run(second)
    assert list(known._rows) == [second.id]
    assert first.outcome is not None
    assert first.outcome.result.rows.num_rows == 0
    table: pa.Table = known.rows(first)
    assert [list(row.values()) for row in table.to_pylist()] == ROWS
    assert list(known._rows) == [first.id]


def test_a_token_is_forgotten_with_its_execution(
    run: Callable[..., Executions], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executions, "KEPT", 1)
    first = execution(token="t")
    known = run(first)
    assert known.start(execution(token="t")) == first.id
    run(execution())
    with pytest.raises(RequestError, match="was not found"):
        known.get(first.id)
    again = execution(token="t")
    assert run(again).get(again.id) is again


def test_a_token_starts_one_execution_however_many_ask(run: Callable[..., Executions]) -> None:
    known = run(execution())
    ids: list[str] = []
    threads = [threading.Thread(target=lambda: ids.append(known.start(execution(token="t")))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 16
    assert len(set(ids)) == 1
