"""What the data API answers when it does not do as asked. `lambdas.data_api.problem` maps each to an HTTP status.

FunctionError
└── RequestError
    ├── MalformedRequestError   a parameter or the body's form cannot be read
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

from collections.abc import Mapping

from lambdas.shared.errors import FunctionError


class RequestError(FunctionError):
    """Base of what a client can correct. `headers` are those that its answer needs."""

    code = "request"

    def __init__(self, message: str, headers: Mapping[str, str] | None = None) -> None:
        self.headers = dict(headers or {})
        super().__init__(message)


class MalformedRequestError(RequestError):
    code = "malformed_request"


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
