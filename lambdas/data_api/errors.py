"""What the data API answers when it does not do as asked. `lambdas.data_api.problem` maps each to an HTTP status.

FunctionError
└── RequestError
    ├── TokenExpiredError       the token has expired since the authorizer's answer was cached
    ├── InsufficientScopeError  personal fields are asked for, or would be lost, without their scope
    ├── MalformedRequestError   a parameter or the body's form cannot be read
    ├── InvalidQueryError       a list cannot be asked for like this; carries all reasons and the indexes
    ├── NoSuchRouteError        the API has no such route
    ├── NotFoundError           there is no live record under the key
    ├── AlreadyExistsError      a record is to be created under a key in use
    ├── StaleVersionError       what is stored is newer, or a deletion as new
    ├── VersionConflictError    another record of the same version is stored
    ├── PartitionImmutableError the partition field of a record never changes while it lives
    ├── TooManyOperationsError  a batch holds more than the limit
    ├── BodyTooLargeError       a body is, or becomes by inflation, larger than the limit
    ├── UnsupportedMediaTypeError a body is of another media type or content encoding
    ├── PreconditionFailedError what is stored is not what the request expects
    ├── PreconditionRequiredError the contract demands If-Match or If-None-Match
    ├── IdempotencyKeyReusedError the idempotency key came before, with another request
    └── IdempotencyKeyInUseError the request with this idempotency key is under way
"""

from collections.abc import Iterable, Mapping, Sequence

from lambdas.shared.errors import FunctionError, Violation
from lambdas.shared.schema import Index


class RequestError(FunctionError):
    """Base of what a client can correct. `headers` are those that its answer needs."""

    code = "request"

    def __init__(self, message: str, headers: Mapping[str, str] | None = None) -> None:
        self.headers = dict(headers or {})
        super().__init__(message)


class TokenExpiredError(RequestError):
    code = "token_expired"


class InsufficientScopeError(RequestError):
    code = "insufficient_scope"


class MalformedRequestError(RequestError):
    code = "malformed_request"


class InvalidQueryError(RequestError):
    """A list cannot be asked for like this. `indexes` are what the entity can be queried by."""

    code = "invalid_query"

    def __init__(self, violations: Sequence[Violation], indexes: Iterable[Index]) -> None:
        self.violations = tuple(violations)
        self.indexes = tuple(indexes)
        listed = ", ".join(f"{index.field} (sorted by {index.sorted_by})" for index in self.indexes)
        broken = "; ".join(f"{item.field}: {item.message}" for item in self.violations)
        super().__init__(f"{broken}. Records can be looked up by {listed or 'their keys alone'}")


class NoSuchRouteError(RequestError):
    code = "no_such_route"


class NotFoundError(RequestError):
    code = "not_found"


class AlreadyExistsError(RequestError):
    code = "already_exists"


class StaleVersionError(RequestError):
    code = "stale_version"


class VersionConflictError(RequestError):
    code = "version_conflict"


class PartitionImmutableError(RequestError):
    code = "partition_immutable"


class TooManyOperationsError(RequestError):
    code = "too_many_operations"


class BodyTooLargeError(RequestError):
    code = "body_too_large"


class UnsupportedMediaTypeError(RequestError):
    code = "unsupported_media_type"


class PreconditionFailedError(RequestError):
    code = "precondition_failed"


class PreconditionRequiredError(RequestError):
    code = "precondition_required"


class IdempotencyKeyReusedError(RequestError):
    code = "idempotency_key_reused"


class IdempotencyKeyInUseError(RequestError):
    code = "idempotency_key_in_use"
    retryable = True
