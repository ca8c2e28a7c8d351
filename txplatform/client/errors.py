"""What the client raises: one class a kind of answer, each with the problem document that the API sent.

    DataApiError
    ├── InvalidRequestError         the API cannot use the request as it is          terminal
    │   ├── InvalidRecordError      the record violates its contract                 terminal
    │   └── IdempotencyKeyReusedError the key came before, with another request      terminal
    ├── UnauthorizedError           the token is refused or does not reach           terminal
    ├── NotFoundError               there is no such record, entity or route         terminal
    ├── ConflictError               what is stored excludes the write                terminal
    │   ├── AlreadyExistsError      a record lives under the key already             terminal
    │   ├── StaleVersionError       what is stored is newer                          terminal
    │   ├── VersionConflictError    another record of the version is stored          terminal
    │   └── PartitionImmutableError the partition field of a record never changes    terminal
    ├── PreconditionFailedError     If-Match or If-None-Match does not hold          terminal
    ├── PreconditionRequiredError   the contract demands a precondition              terminal
    ├── ThrottledError              too many requests                                retryable
    ├── UnavailableError            the API did not answer in time                   retryable
    └── UnexpectedAnswerError       the answer is not one that the API documents     terminal

A retryable error is raised after the client's own retries, when its attempts or its time have ended.
"""

from dataclasses import dataclass
from typing import ClassVar

from txplatform.errors import PlatformError

__all__ = [
    "AlreadyExistsError",
    "ConflictError",
    "DataApiError",
    "IdempotencyKeyReusedError",
    "InvalidRecordError",
    "InvalidRequestError",
    "NotFoundError",
    "PartitionImmutableError",
    "PreconditionFailedError",
    "PreconditionRequiredError",
    "Problem",
    "StaleVersionError",
    "ThrottledError",
    "UnauthorizedError",
    "UnavailableError",
    "UnexpectedAnswerError",
    "VersionConflictError",
    "Violation",
]


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule of a record. `field` is empty when the rule concerns the whole record."""

    field: str
    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What the API said: a problem document of RFC 9457, or as much of one as there was.

    `status` is 0 where no answer came; `code` is the API's own and stable. There are `further_violations` where more
    rules are broken than an answer shows.
    """

    status: int
    code: str
    detail: str
    violations: tuple[Violation, ...] = ()
    further_violations: int = 0
    correlation_id: str = ""


class DataApiError(PlatformError):
    """The data API did not do as asked.

    `problem` is what it answered. Remedy: the message names the one of the case.
    """

    code: ClassVar[str] = "data_api"

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        called = f" (correlation id {problem.correlation_id})" if problem.correlation_id else ""
        super().__init__(f"{problem.status or 'no answer'} {problem.code}: {problem.detail}{called}")

    @property
    def status(self) -> int:
        """The HTTP status, 0 where no answer came."""
        return self.problem.status

    @property
    def detail(self) -> str:
        """The API's sentence about this case."""
        return self.problem.detail

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Every broken rule, where rules were broken."""
        return self.problem.violations

    @property
    def correlation_id(self) -> str:
        """The id under which the logs hold this call; empty where none is known."""
        return self.problem.correlation_id


class InvalidRequestError(DataApiError):
    """The API cannot use the request: a parameter, the body's form or its size.

    Remedy: correct what the message names.
    """

    code = "invalid_request"


class InvalidRecordError(InvalidRequestError):
    """The record violates its contract.

    `violations` are its broken rules. Remedy: correct the record.
    """

    code = "invalid_record"


class IdempotencyKeyReusedError(InvalidRequestError):
    """The idempotency key came before, with another request; nothing was done.

    Remedy: choose a key for each request, or leave it to the client.
    """

    code = "idempotency_key_reused"


class UnauthorizedError(DataApiError):
    """The token endpoint refused the credentials, or the API the token that it gave.

    Remedy: check client id, secret and scopes; a scope is needed for each entity, to read and to write.
    """

    code = "unauthorized"


class NotFoundError(DataApiError):
    """There is no live record under the key, no such entity, or no such route.

    Remedy: check key and entity.
    """

    code = "not_found"


class ConflictError(DataApiError):
    """What is stored excludes the write.

    Remedy: read the record, and decide what is to be written over it.
    """

    code = "conflict"


class AlreadyExistsError(ConflictError):
    """A record lives under the key already.

    Remedy: replace it.
    """

    code = "already_exists"


class StaleVersionError(ConflictError):
    """What is stored is newer, or a deletion as new.

    Remedy: none is needed where the newest is to win; it is stored already.
    """

    code = "stale_version"


class VersionConflictError(ConflictError):
    """Another record of the same version is stored.

    Remedy: send the record with a greater version.
    """

    code = "version_conflict"


class PartitionImmutableError(ConflictError):
    """The partition field of a record never changes while it lives.

    Remedy: delete the record, then create it with a greater version.
    """

    code = "partition_immutable"


class PreconditionFailedError(DataApiError):
    """The record is not, or no longer, the one that If-Match or If-None-Match names; nothing was written.

    Remedy: read the record again, and decide anew.
    """

    code = "precondition_failed"


class PreconditionRequiredError(DataApiError):
    """The contract of the entity demands a precondition for this write.

    Remedy: read the record, and send its ETag as `if_match`.
    """

    code = "precondition_required"


class ThrottledError(DataApiError):
    """The API takes fewer requests than were sent, for longer than the client waits.

    Remedy: send fewer at a time.
    """

    code = "throttled"
    retryable = True


class UnavailableError(DataApiError):
    """The API, or the token endpoint, did not answer in time, however often it was asked.

    Remedy: try again later; repeating a write that was taken changes nothing.
    """

    code = "api_unavailable"
    retryable = True


class UnexpectedAnswerError(DataApiError):
    """The answer is not one that the API documents, or cannot be read.

    Remedy: check that the address is the API's; its log has the rest, under the correlation id.
    """

    code = "unexpected_answer"
