"""Errors of the platform at Dagster's boundary."""

import dagster as dg
import pytest

from txplatform.defs.failures import MAX_RETRIES, translated
from txplatform.errors import CommitConflictError, QueryError


def test_a_retryable_error_asks_for_another_attempt() -> None:
    with pytest.raises(dg.RetryRequested) as caught, translated():
        raise CommitConflictError("payments_changes changed three times")
    assert caught.value.max_retries == MAX_RETRIES
    assert isinstance(caught.value.__cause__, CommitConflictError)


def test_a_terminal_error_fails_at_once_and_says_why() -> None:
    with pytest.raises(dg.Failure) as caught, translated():
        raise QueryError("COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved")
    assert "COLUMN_NOT_FOUND" in (caught.value.description or "")
    assert caught.value.metadata["code"].value == "query"
    assert not caught.value.allow_retries


def test_what_the_ledger_tries_again_fails_the_step() -> None:
    with pytest.raises(dg.Failure) as caught, translated(retries=False):
        raise CommitConflictError("payments_changes changed three times")
    assert caught.value.metadata["code"].value == "commit_conflict"


def test_a_defect_keeps_its_own_traceback() -> None:
    with pytest.raises(ZeroDivisionError), translated():
        _ = 1 // 0


def test_a_step_is_run_again_after_a_retryable_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("txplatform.defs.failures.RETRY_AFTER_SECONDS", 0.0)
    attempts: list[int] = []

    @dg.asset
    def flaky() -> None:
        attempts.append(1)
        with translated():
            if len(attempts) < 3:
                raise CommitConflictError("payments_changes changed meanwhile")

    with dg.DagsterInstance.ephemeral() as instance:
        assert dg.materialize([flaky], instance=instance).success
    assert len(attempts) == 3
