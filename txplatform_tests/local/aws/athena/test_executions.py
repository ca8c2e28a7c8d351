"""What is kept of executions: their rows within bounds, the rest until they are forgotten."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from txplatform.local.aws.athena import executions, result_rows
from txplatform.local.aws.athena.engine import Outcome
from txplatform.local.aws.athena.errors import RequestError
from txplatform.local.aws.athena.executions import Execution, Executions
from txplatform.local.aws.athena.results import Column, of_texts

ROWS: list[list[str | None]] = [["a", None], ["", 'q"\n,'], ["c", "d"]]


class Engine:
    def run(self, *_: Any) -> Outcome:
        return Outcome(of_texts((Column("x", "varchar"), Column("y", "varchar")), ROWS), header=True)


class Store:
    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def put(self, location: str, body: bytes) -> None:
        self._kept[location] = body

    def get(self, location: str, start: int, end: int) -> bytes:
        return self._kept[location][start:end]


def execution(**options: Any) -> Execution:
    return Execution("SELECT 1", ("SELECT 1", []), [], "db", "c", "primary", "s3://b/r/", "DML", "SELECT", **options)


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


def test_rows_are_read_back_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_rows, "RETAINED_BYTES", 1)
    monkeypatch.setattr(result_rows, "BLOCK", 2)
    rows = result_rows.ResultRows(Store())
    columns = (Column("x", "varchar"), Column("y", "varchar"))
    for location in ("one", "two"):
        rows.write(location, of_texts(columns, ROWS))
    for location, first, last in (("one", 0, 3), ("two", 1, 2), ("one", 2, 3), ("two", 0, 2), ("one", 1, 3)):
        read = rows.read(location, 2, first, last)
        assert [list(row.values()) for row in read.to_pylist()] == ROWS[first:last]
        assert len(rows._blocks) == 1
    rows.forget("one")
    assert list(rows._places) == ["two"]
    with pytest.raises(RequestError, match="no longer known"):
        rows.read("one", 2, 0, 1)


def test_a_result_without_rows_has_none(run: Callable[..., Executions]) -> None:
    rows = result_rows.ResultRows(Store())
    rows.write("none", of_texts((Column("x", "varchar"),), []))
    assert rows.read("none", 1, 0, 0).num_rows == 0


def test_the_rows_of_an_execution_are_in_its_object_alone(run: Callable[..., Executions]) -> None:
    known = run(first := execution())
    assert first.outcome is not None
    assert first.outcome.result.rows.num_rows == 0
    assert [list(row.values()) for row in known.rows(first, 1, 3).to_pylist()] == ROWS[1:]


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
