"""What the data API answers when it does not do as asked. `lambdas.data_api.problem` maps each to an HTTP status.

FunctionError
└── RequestError
    ├── TokenExpiredError       the token has expired since the authorizer's answer was cached
    ├── MalformedRequestError   a parameter or the body's form cannot be read
    ├── NoSuchRouteError        the API has no such route
    ├── NotFoundError           there is no live record under the key
    ├── AlreadyExistsError      a record is to be created under a key in use
    ├── StaleVersionError       what is stored is newer, or a deletion as new
    ├── VersionConflictError    another record of the same version is stored
    ├── PartitionImmutableError the partition field of a record never changes while it lives
    └── TooManyOperationsError  a batch holds more than the limit
"""

from lambdas.shared.errors import FunctionError


class RequestError(FunctionError):
    """Base of what a client can correct."""

    code = "request"


class TokenExpiredError(RequestError):
    code = "token_expired"


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
