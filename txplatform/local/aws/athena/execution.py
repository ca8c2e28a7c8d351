"""One query execution: what was asked, how it goes, and what Athena tells about it.

https://docs.aws.amazon.com/athena/latest/APIReference/API_QueryExecution.html
"""

import math
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import duckdb

from txplatform.local.aws.athena.engine import Outcome

_USER_ERROR = 2
_ENGINE = "Athena engine version 3"


@dataclass
class Execution:
    """One StartQueryExecution. `output` is an S3 prefix until the result is written, then the result object."""

    sql: str
    runs: tuple[str, list[str]]  # the statement and its literals: those of a prepared one, if `sql` executes it
    parameters: list[str]
    database: str
    catalog: str
    workgroup: str
    output: str
    kind: str
    subkind: str
    token: str | None = None
    reuse_minutes: int | None = None  # the age up to which the result of an earlier execution will do
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: str = "QUEUED"
    error: str | None = None
    outcome: Outcome | None = None
    row_count: int = 0  # of a query
    manifest: str | None = None  # the object that lists the files written
    reused: bool = False
    submitted: float = field(default_factory=time.time)
    started: float = 0.0
    completed: float = 0.0
    cursor: duckdb.DuckDBPyConnection | None = None
    stopped: bool = False

    @property
    def request(self) -> tuple[object, ...]:
        """What a second request with the same token, or for the same result, must ask for, too."""
        return self.sql, self.parameters, self.database, self.catalog, self.workgroup

    def describe(self) -> dict[str, Any]:
        """Return Athena's QueryExecution."""
        reuse: dict[str, Any] = {"Enabled": self.reuse_minutes is not None}
        if self.reuse_minutes is not None:
            reuse["MaxAgeInMinutes"] = self.reuse_minutes
        return {
            "QueryExecutionId": self.id,
            "Query": self.sql,
            "StatementType": self.kind,
            "SubstatementType": self.subkind,
            "ResultConfiguration": {"OutputLocation": self.output},
            "ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": reuse},
            "QueryExecutionContext": {"Database": self.database, "Catalog": self.catalog},
            "Status": self._status(),
            "Statistics": {
                **self.timeline(),
                "DataScannedInBytes": self.outcome.scanned if self.outcome and not self.reused else 0,
                "ResultReuseInformation": {"ReusedPreviousResult": self.reused},
                **({"DataManifestLocation": self.manifest} if self.manifest else {}),
            },
            "WorkGroup": self.workgroup,
            "EngineVersion": {"SelectedEngineVersion": _ENGINE, "EffectiveEngineVersion": _ENGINE},
            **({"ExecutionParameters": self.parameters} if self.parameters else {}),
        }

    def timeline(self) -> dict[str, int]:
        """Return the milliseconds begun: in the queue, at work, and in all."""
        end = self.completed or time.time()
        spans = {
            "EngineExecutionTimeInMillis": end - self.started if self.started else 0.0,
            "TotalExecutionTimeInMillis": end - self.submitted,
            "QueryQueueTimeInMillis": (self.started or end) - self.submitted,
        }
        return {name: math.ceil(seconds * 1000) for name, seconds in spans.items()}

    def _status(self) -> dict[str, Any]:
        status: dict[str, Any] = {"State": self.state, "SubmissionDateTime": self.submitted}
        if self.completed:
            status["CompletionDateTime"] = self.completed
        if self.error is not None:
            status["StateChangeReason"] = self.error
        if self.state == "FAILED":
            status["AthenaError"] = {
                "ErrorCategory": _USER_ERROR,
                "ErrorType": 1006,
                "Retryable": False,
                "ErrorMessage": self.error,
            }
        return status
