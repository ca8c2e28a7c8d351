"""The error tree of the platform. It imports nothing of ours, so every package may raise from it.

    PlatformError
    ├── ConfigurationError      a setting is missing or malformed            terminal
    ├── ContractError           a contract file cannot be used               terminal
    ├── ContractTooOldError     a change was made under a newer contract     retryable
    ├── LakeError
    │   ├── CommitConflictError another writer won the race, too often       retryable
    │   ├── CommitTooSlowError  a commit outlived its allowance              retryable
    │   └── DaysEmptiedError    days with live rows have no files any more   terminal
    ├── AwsUnavailableError     AWS could not be asked at all                retryable
    ├── QueryError              Athena refused or failed a statement         terminal
    ├── QueryTimeoutError       Athena did not finish in time                retryable
    ├── ParityError             the comparison itself could not run          retryable
    └── OrchestratorError       Dagster refused a request or did not answer  retryable

Each class carries a stable `code` and says whether the same call may succeed later (`retryable`).
Messages name things (file, field, table, query id) and never hold a personal value.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import ClassVar

_MOST_NAMED = 20


class PlatformError(Exception):
    """Base of everything the platform raises on purpose."""

    code: ClassVar[str] = "platform_error"
    retryable: ClassVar[bool] = False


class ConfigurationError(PlatformError):
    """A setting is missing or malformed; the message names the variable and the remedy."""

    code = "configuration"


class ContractError(PlatformError):
    """A contract file cannot be used. Carries where, what and how to mend it."""

    code = "contract"

    def __init__(self, path: Path | str, field: str | None, problem: str, remedy: str) -> None:
        self.path = Path(path)
        self.field = field
        self.problem = problem
        self.remedy = remedy
        where = f"{path}: field '{field}'" if field else f"{path}"
        super().__init__(f"{where}: {problem}. Remedy: {remedy}.")


class ContractTooOldError(PlatformError):
    """Changes were made under a newer contract than this process has; they wait until it has that one."""

    code = "contract_too_old"
    retryable = True

    def __init__(self, entity: str, version: str, needed: str) -> None:
        self.entity = entity
        self.version = version
        self.needed = needed
        super().__init__(
            f"{entity}: changes of contract {needed} meet contract {version}. Remedy: deploy the newer contract"
        )


class LakeError(PlatformError):
    """A lake operation failed."""

    code = "lake"


class CommitConflictError(LakeError):
    """Other writers won the race for a table more often than we retry."""

    code = "commit_conflict"
    retryable = True


class CommitTooSlowError(LakeError):
    """A commit took longer than the watermark's allowance; nothing was committed."""

    code = "commit_too_slow"
    retryable = True


class DaysEmptiedError(LakeError):
    """Nothing is left in RAW of days that have live rows. `rows` tells how many; they stay as they are."""

    code = "days_emptied"

    def __init__(self, table: str, rows: Mapping[date, int]) -> None:
        self.table = table
        self.rows = rows
        days = [f"{day} ({count} rows)" for day, count in sorted(rows.items())]
        more = f" and {len(days) - _MOST_NAMED} more" if len(days) > _MOST_NAMED else ""
        super().__init__(
            f"{table}: nothing is left in RAW of days that have live rows: {', '.join(days[:_MOST_NAMED])}{more}. They "
            'stay as they are. Remedy: put the files back, or materialise the days with empty_days "delete" to delete '
            "their rows."
        )


class AwsUnavailableError(PlatformError):
    """AWS could not be asked: nothing answers at the endpoint, or there are no credentials to ask with."""

    code = "aws_unavailable"
    retryable = True


class QueryError(PlatformError):
    """Athena refused or failed a statement. `query_id` finds it in the console."""

    code = "query"

    def __init__(self, message: str, query_id: str | None = None) -> None:
        self.query_id = query_id
        super().__init__(message)


class QueryTimeoutError(PlatformError):
    """A statement did not finish within the time the caller allows; it was stopped."""

    code = "query_timeout"
    retryable = True


class ParityError(PlatformError):
    """The comparison of the operational store and the lake could not be carried out."""

    code = "parity"
    retryable = True


class OrchestratorError(PlatformError):
    """Dagster's webserver refused a request, did not answer it, or a run did not end in time."""

    code = "orchestrator"
    retryable = True
