"""The error tree of the platform. It imports no other module of the platform, so every package may raise from it.

    PlatformError
    ├── ConfigurationError      a setting is missing or malformed            terminal
    ├── ContractError           a contract file cannot be used               terminal
    ├── ContractTooOldError     a change was made under a newer contract     retryable
    ├── LakeError               a table does not exist or does not fit       terminal
    │   ├── CommitConflictError other writers committed first, too often     retryable
    │   ├── BatchSupersededError a later batch was committed meanwhile        retryable
    │   ├── DaysEmptiedError    days with live rows hold too few in RAW now  terminal
    │   └── ErrorBudgetError    too many rows of a file or day are refused   terminal
    ├── FileDropError           a file cannot be put into its RAW folder     terminal
    ├── InventoryError          a report of S3 Inventory cannot be read      terminal
    ├── AwsUnavailableError     a request did not reach AWS                  retryable
    ├── QueueError              a queue is missing or refused a call         terminal
    ├── InvocationError         the function cdc failed or was not called    retryable
    ├── QueryError              Athena refused or failed a statement         terminal
    ├── QueryTimeoutError       Athena did not finish in time                retryable
    ├── QuickSightError         QuickSight refused or failed something      terminal
    ├── ParityError             the comparison itself could not run          retryable
    └── OrchestratorError       Dagster refused a request or did not answer  retryable

Each class has a stable `code` and says whether the same call may succeed later (`retryable`). Its docstring is one line
that says what happened, then what its attributes hold, and the remedy where there is one for all cases:
docs/reference/errors.md is rendered from this module.
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
    """A setting is missing or malformed.

    Remedy: set the variable that the message names to the value that it asks for.
    """

    code = "configuration"


class ContractError(PlatformError):
    """A contract file cannot be used.

    `path`, `line` and `field` are the place, None where it is the whole file; `problem` is what is wrong there.
    Remedy: the message names the one of the case, which is also the attribute `remedy`.
    """

    code = "contract"

    def __init__(self, path: Path | str, field: str | None, problem: str, remedy: str, line: int | None = None) -> None:
        self.path = Path(path)
        self.line = line
        self.field = field
        self.problem = problem
        self.remedy = remedy
        place = f"{path}" if line is None else f"{path}:{line}"
        where = f"{place}: field '{field}'" if field else place
        super().__init__(f"{where}: {problem}. Remedy: {remedy}.")


class ContractTooOldError(PlatformError):
    """Changes were made under a newer contract than this process has; they wait until it has that one.

    `entity` has contract `version` here, and the changes have the version `needed`.
    Remedy: deploy the newer contract, and restart Dagster's code location.
    """

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
    """A table of the lake does not exist, does not fit its contract, or could not be written.

    Remedy: correct the contract or the table so that they fit, then redrive what was abandoned.
    """

    code = "lake"


class CommitConflictError(LakeError):
    """Other writers committed to a table first, more often than a commit is tried again.

    Remedy: none is needed, Dagster repeats the step; if it goes on, look for another writer of the table.
    """

    code = "commit_conflict"
    retryable = True


class BatchSupersededError(LakeError):
    """The table holds a later batch of the lane already, so this one was not committed and nothing was marked done.

    Remedy: none is needed, another run has taken the objects over; if it goes on, the ledger was reset to an older
    state while this machine's clock is behind.
    """

    code = "batch_superseded"
    retryable = True


class DaysEmptiedError(LakeError):
    """Days that have live rows have no row in RAW now, or less than the contract's share; their rows stay as they are.

    `rows` is the number of live rows of each such day in `table`.
    Remedy: put the files back, or materialise the days with `empty_days: delete` to delete their rows.
    """

    code = "days_emptied"

    def __init__(self, table: str, rows: Mapping[date, int]) -> None:
        self.table = table
        self.rows = rows
        days = [f"{day} ({count} rows)" for day, count in sorted(rows.items())]
        more = f" and {len(days) - _MOST_NAMED} more" if len(days) > _MOST_NAMED else ""
        super().__init__(
            f"{table}: RAW holds no row, or too few, of days that have live rows: {', '.join(days[:_MOST_NAMED])}"
            f"{more}. They "
            'stay as they are. Remedy: put the files back, or materialise the days with empty_days "delete" to delete '
            "their rows."
        )


class ErrorBudgetError(LakeError):
    """More rows of a file or of a day were refused than the contract's error budget bears; nothing of it is committed.

    `excess` says what was counted, by the URI of the file or by the day, in `table`.
    Remedy: deliver it again without the faults, or correct the contract or its budget, then redrive what was abandoned.
    """

    code = "error_budget"

    def __init__(self, table: str, excess: Mapping[str, str]) -> None:
        self.table = table
        self.excess = excess
        shown = [f"{place}: {counted}" for place, counted in sorted(excess.items())]
        more = f"; and {len(shown) - _MOST_NAMED} more" if len(shown) > _MOST_NAMED else ""
        super().__init__(
            f"{table}: too many rows are refused: {'; '.join(shown[:_MOST_NAMED])}{more}. Nothing of that is "
            "committed. Remedy: deliver it again without the faults, or correct the contract or its errorBudget, and "
            "redrive it."
        )


class FileDropError(PlatformError):
    """A file of this machine cannot be put into the RAW folder of a day.

    `path` is the file, `problem` what stands against it.
    Remedy: the message names the one of the case, which is also the attribute `remedy`.
    """

    code = "file_drop"

    def __init__(self, path: Path, problem: str, remedy: str) -> None:
        self.path = path
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{path}: {problem}. Remedy: {remedy}")


class InventoryError(PlatformError):
    """A report of S3 Inventory cannot be read; the landing area is listed instead.

    `location` is the report or its data file, `problem` what is wrong with it.
    Remedy: let the bucket's inventory write gzipped CSV or Parquet with size, last modification and ETag, as in the
    template.
    """

    code = "inventory"

    def __init__(self, location: str, problem: str) -> None:
        self.location = location
        self.problem = problem
        super().__init__(f"{location}: {problem}")


class AwsUnavailableError(PlatformError):
    """A request did not reach AWS: nothing answers at the endpoint, or there are no credentials.

    Remedy: check endpoint, network, region and credentials.
    """

    code = "aws_unavailable"
    retryable = True


class QueueError(PlatformError):
    """A queue of the platform does not exist, or SQS refused a call on it.

    Remedy: the message names the queue and SQS's own words; check its name, the region and the permissions.
    """

    code = "queue"


class InvocationError(PlatformError):
    """The function `cdc` failed on what a command sent it, or could not be called.

    Remedy: the message has the function's own; its log has the rest.
    """

    code = "invocation"
    retryable = True


class QueryError(PlatformError):
    """Athena refused a statement, or failed to run it.

    `query_id` finds the statement in Athena's console; it is None where Athena did not accept the statement.
    Remedy: correct the statement by Athena's message.
    """

    code = "query"

    def __init__(self, message: str, query_id: str | None = None) -> None:
        self.query_id = query_id
        super().__init__(message)


class QueryTimeoutError(PlatformError):
    """A statement did not finish within the time that its caller allows; it was stopped.

    Remedy: none is needed where it is tried again; if it goes on, look for the statement in Athena's console.
    """

    code = "query_timeout"
    retryable = True


class QuickSightError(PlatformError):
    """A request does not fit QuickSight's model, was refused, or what it began failed.

    `answer` is the code with which QuickSight refused it, empty where it did not.
    Remedy: the message says what QuickSight answered; `txplatform quicksight diff` shows what is not deployed.
    """

    code = "quicksight"

    def __init__(self, message: str, answer: str = "") -> None:
        self.answer = answer
        super().__init__(message)


class ParityError(PlatformError):
    """DynamoDB and the lake could not be compared.

    Remedy: the message names the view or the table that could not be read, and why.
    """

    code = "parity"
    retryable = True


class OrchestratorError(PlatformError):
    """Dagster's webserver refused a request, did not answer it, or a run did not end in time.

    Remedy: the message names the job or the run and what Dagster said; its own log has the rest.
    """

    code = "orchestrator"
    retryable = True
