"""Query executions: their life from QUEUED to an end, and what Athena tells about them."""

import logging
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace

import duckdb
import pyarrow as pa

from txplatform.local.aws.athena.engine import Engine, Outcome
from txplatform.local.aws.athena.errors import QueryError, RequestError, StatementStoppedError
from txplatform.local.aws.athena.execution import Execution
from txplatform.local.aws.athena.prepared import PreparedStatements
from txplatform.local.aws.athena.result_rows import ResultRows, ResultStore
from txplatform.local.aws.athena.results import of_texts

RUNNING_AT_ONCE = 4
KEPT = 2000  # executions; older ones are forgotten
_STOP_SECONDS = 0.1

_log = logging.getLogger(__name__)


class Executions:
    """All executions of the process, each on a thread of its own, a few at once."""

    def __init__(self, engine: Engine, results: ResultStore) -> None:
        self._engine = engine
        self._results = results
        self._known: dict[str, Execution] = {}
        self._tokens: dict[str, Execution] = {}
        self._rows = ResultRows(results)
        self.prepared = PreparedStatements()
        self._turns = threading.Semaphore(RUNNING_AT_ONCE)
        self._lock = threading.Lock()

    def start(self, execution: Execution) -> str:
        """Start an execution, or find the one already started with its request token; return the id."""
        with self._lock:
            if execution.token in self._tokens:
                known = self._tokens[execution.token]
                if known.request != execution.request:
                    raise RequestError("Idempotent parameters do not match")
                return known.id
            self._known[execution.id] = execution
            if execution.token:
                self._tokens[execution.token] = execution
            for old in list(self._known)[:-KEPT]:
                forgotten = self._known.pop(old)
                self._tokens.pop(forgotten.token or "", None)
                if all(known.output != forgotten.output for known in self._known.values()):
                    self._rows.forget(forgotten.output)
        threading.Thread(target=self._run, args=(execution,), name=f"query-{execution.id}", daemon=True).start()
        return execution.id

    def rows(self, execution: Execution, first: int, last: int) -> pa.Table:
        """Return the rows from `first` to before `last` of a finished execution, as a table of strings."""
        assert execution.outcome is not None
        result = execution.outcome.result
        if not execution.outcome.header:
            return result.rows.slice(first, last - first)
        return self._rows.read(execution.output, len(result.columns), first, last)

    def get(self, execution_id: str) -> Execution:
        execution = self._known.get(execution_id)
        if execution is None:
            raise RequestError(f"QueryExecution {execution_id} was not found")
        return execution

    def ids(self, workgroup: str) -> list[str]:
        """Return the ids of a workgroup, newest first."""
        return [known.id for known in reversed(list(self._known.values())) if known.workgroup == workgroup]

    def stop(self, execution_id: str) -> None:
        execution = self.get(execution_id)
        execution.stopped = True
        threading.Thread(target=_interrupt, args=(execution,), name=f"stop-{execution.id}", daemon=True).start()

    def _run(self, execution: Execution) -> None:
        with self._turns:
            execution.started = time.time()
            try:
                self._finish(execution)
            except StatementStoppedError as error:
                self._end(execution, "CANCELLED", str(error))
            except QueryError as error:
                self._end(execution, "CANCELLED" if execution.stopped else "FAILED", str(error))
            finally:
                if not execution.completed:  # a defect of this service: the thread's traceback goes to the log
                    fault = str(sys.exception())
                    _log.error("query %s: %s", execution.id, execution.sql)
                    self._end(execution, "FAILED", f"GENERIC_INTERNAL_ERROR: {fault}")

    def _finish(self, execution: Execution) -> None:
        def keep(cursor: duckdb.DuckDBPyConnection) -> None:
            execution.cursor = cursor

        if execution.stopped:
            raise StatementStoppedError
        execution.state = "RUNNING"
        if earlier := self._reusable(execution):
            execution.outcome, execution.row_count, execution.output = (
                earlier.outcome,
                earlier.row_count,
                earlier.output,
            )
            execution.reused = True
            self._end(execution, "SUCCEEDED", None)
            return
        folder = f"{execution.output.rstrip('/')}/tables/{execution.id}"
        if self.prepared.run(execution.runs[0], execution.workgroup):
            outcome = Outcome(of_texts((), []))
        else:
            outcome = self._engine.run(*execution.runs, execution.database, folder, keep)
        self._put(execution, outcome)
        if outcome.header:
            result = outcome.result
            execution.row_count = result.rows.num_rows
            outcome = replace(outcome, result=replace(result, rows=result.rows.slice(0, 0)))
        execution.outcome = outcome
        self._end(execution, "SUCCEEDED", None)

    def _reusable(self, execution: Execution) -> Execution | None:
        """Return the newest execution of the same query whose result is young enough, if it may be reused at all.

        https://docs.aws.amazon.com/athena/latest/ug/reusing-query-results.html
        """
        if execution.reuse_minutes is None or execution.subkind != "SELECT":
            return None
        oldest = time.time() - 60 * execution.reuse_minutes
        for known in reversed(list(self._known.values())):
            same = known is not execution and known.request == execution.request and not known.reused
            if same and known.state == "SUCCEEDED" and known.completed >= oldest:
                return known
        return None

    def _put(self, execution: Execution, outcome: Outcome) -> None:
        """Write the result object, or the data manifest of a statement that wrote files itself."""
        location = f"{execution.output.rstrip('/')}/{execution.id}"
        if outcome.files is None:
            location += ".csv" if outcome.header else ".txt"
            if outcome.header:
                self._rows.write(location, outcome.result)
            else:
                self._results.put(location, _lines(outcome))
        else:
            if execution.subkind == "CREATE_TABLE_AS_SELECT":
                location = f"{execution.output.rstrip('/')}/tables/{execution.id}"
            execution.manifest = f"{location}-manifest.csv"
            self._results.put(execution.manifest, "".join(f"{file}\n" for file in outcome.files).encode())
        execution.output = location

    def _end(self, execution: Execution, state: str, error: str | None) -> None:
        execution.cursor = None
        execution.completed = time.time()
        execution.error = error
        execution.state = state


def _interrupt(execution: Execution) -> None:
    """Interrupt a statement until it has ended: DuckDB forgets what comes before it begins to execute."""
    while not execution.completed:
        if execution.cursor is not None:
            with suppress(duckdb.ConnectionException):  # it is closed: its end is being written down
                execution.cursor.interrupt()
        time.sleep(_STOP_SECONDS)


def _lines(outcome: Outcome) -> bytes:
    rows = zip(*(column.to_pylist() for column in outcome.result.rows.columns), strict=True)
    return "".join("\t".join(value or "" for value in row) + "\n" for row in rows).encode()
