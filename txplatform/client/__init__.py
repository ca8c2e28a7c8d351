"""A client of the data API for Python programs: synchronous, typed, exact, and safe to repeat.

It needs `urllib3` and the contracts alone: no AWS, no Dagster, no data library.
"""

from txplatform.client.api import DataApi, Records, StoredRecord
from txplatform.client.batches import BatchResult, Operation
from txplatform.client.errors import (
    AlreadyExistsError,
    ConflictError,
    DataApiError,
    IdempotencyKeyReusedError,
    InvalidRecordError,
    InvalidRequestError,
    NotFoundError,
    PartitionImmutableError,
    PreconditionFailedError,
    PreconditionRequiredError,
    Problem,
    StaleVersionError,
    ThrottledError,
    UnauthorizedError,
    UnavailableError,
    UnexpectedAnswerError,
    VersionConflictError,
    Violation,
)
from txplatform.client.listing import RecordList, Undecodable
from txplatform.client.timing import Clock, Retries
from txplatform.client.tokens import ClientCredentials
from txplatform.client.values import Key, Record

__all__ = [
    "AlreadyExistsError",
    "BatchResult",
    "ClientCredentials",
    "Clock",
    "ConflictError",
    "DataApi",
    "DataApiError",
    "IdempotencyKeyReusedError",
    "InvalidRecordError",
    "InvalidRequestError",
    "Key",
    "NotFoundError",
    "Operation",
    "PartitionImmutableError",
    "PreconditionFailedError",
    "PreconditionRequiredError",
    "Problem",
    "Record",
    "RecordList",
    "Records",
    "Retries",
    "StaleVersionError",
    "StoredRecord",
    "ThrottledError",
    "UnauthorizedError",
    "UnavailableError",
    "Undecodable",
    "UnexpectedAnswerError",
    "VersionConflictError",
    "Violation",
]
