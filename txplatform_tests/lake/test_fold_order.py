"""The order of a fold's steps: what counts as folded before the MERGE would be in no snapshot and read by no view."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.errors import QueryError
from txplatform.lake import fold as fold_module
from txplatform.ledger import Folded
from txplatform.warehouse.athena import QueryResult
from txplatform.warehouse.statements import LookUp

PAYMENTS = load_contracts()["payments"]
BEFORE = Folded(1, datetime(2026, 1, 1, tzinfo=UTC))


class Recorder:
    """Lake, Athena and ledger in one, which note what a fold does."""

    def __init__(self, error: Exception | None = None) -> None:
        self.steps: list[str] = []
        self._error = error

    def ensure(self, _: object) -> None: ...

    def close(self, _lake: object, _contract: object) -> int:
        self.steps.append("close")
        return 2

    def arrow(self, _: str) -> pa.Table:
        return pa.table({"value": pa.array([], pa.date32())})

    def execute(self, sql: str) -> QueryResult:
        if self._error:
            raise self._error
        self.steps.append(sql.partition(" ")[0])
        return QueryResult("q1", ())

    def folded(self, _: str) -> Folded:
        return BEFORE

    def set_folded(self, _: str, folded: Folded) -> None:
        assert folded.epoch == 2
        self.steps.append("folded")


def run(recorder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fold_module, "close_epoch", recorder.close)
    monkeypatch.setattr(fold_module, "_look_up", lambda *_: LookUp.NOTHING)
    fold_module.fold(PAYMENTS, recorder, recorder, recorder)


def test_an_epoch_is_closed_then_merged_then_counts_as_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder()
    run(recorder, monkeypatch)
    assert recorder.steps == ["close", "MERGE", "folded"]


def test_nothing_counts_as_folded_when_the_merge_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(QueryError("no"))
    with pytest.raises(QueryError):
        run(recorder, monkeypatch)
    assert recorder.steps == ["close"]
