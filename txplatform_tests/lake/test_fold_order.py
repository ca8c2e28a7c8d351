"""The order of a fold's two writes: a watermark that moves before the MERGE would hide rows that no snapshot holds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.errors import QueryError
from txplatform.lake.fold import fold
from txplatform.warehouse.athena import QueryResult

PAYMENTS = load_contracts()["payments"]
BEFORE = datetime(2026, 1, 1, tzinfo=UTC)


class Recorder:
    """Lake, Athena and ledger in one, which note what a fold does."""

    commit_allowance = timedelta(minutes=15)

    def __init__(self, error: Exception | None = None) -> None:
        self.steps: list[str] = []
        self._error = error

    def ensure(self, _: object) -> None: ...

    def arrow(self, _: str) -> pa.Table:
        return pa.table({"value": pa.array([], pa.date32())})

    def execute(self, sql: str) -> QueryResult:
        if self._error:
            raise self._error
        self.steps.append(sql.partition(" ")[0])
        return QueryResult("q1", ())

    def watermark(self, _: str) -> datetime:
        return BEFORE

    def set_watermark(self, _: str, watermark: datetime) -> None:
        assert watermark > BEFORE
        self.steps.append("watermark")


def run(recorder: Any) -> None:
    fold(PAYMENTS, recorder, recorder, recorder)


def test_the_watermark_moves_after_the_merge() -> None:
    recorder = Recorder()
    run(recorder)
    assert recorder.steps == ["MERGE", "watermark"]


def test_the_watermark_stays_when_the_merge_fails() -> None:
    recorder = Recorder(QueryError("no"))
    with pytest.raises(QueryError):
        run(recorder)
    assert recorder.steps == []
