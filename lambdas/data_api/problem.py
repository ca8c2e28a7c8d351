"""Answers, and the one table that turns errors into RFC 9457 problem documents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from lambdas.data_api.audit import FAILED, REFUSED
from lambdas.data_api.errors import (
    AlreadyExistsError,
    BodyTooLargeError,
    IdempotencyKeyInUseError,
    IdempotencyKeyReusedError,
    InsufficientScopeError,
    InvalidQueryError,
    MalformedRequestError,
    NoSuchRouteError,
    NotFoundError,
    PartitionImmutableError,
    PreconditionFailedError,
    PreconditionRequiredError,
    RequestError,
    StaleVersionError,
    TokenExpiredError,
    TooManyOperationsError,
    UnsupportedMediaTypeError,
    VersionConflictError,
)
from lambdas.data_api.violations import Shown
from lambdas.shared.errors import (
    DecodeError,
    DependencyError,
    FunctionError,
    InvalidJsonError,
    InvalidRecordError,
    ItemTooLargeError,
    UnknownEntityError,
)
from lambdas.shared.jsonio import dumps

STATUS: Mapping[type[FunctionError], HTTPStatus] = {
    InvalidJsonError: HTTPStatus.BAD_REQUEST,
    MalformedRequestError: HTTPStatus.BAD_REQUEST,
    InvalidQueryError: HTTPStatus.BAD_REQUEST,
    TokenExpiredError: HTTPStatus.UNAUTHORIZED,
    InsufficientScopeError: HTTPStatus.FORBIDDEN,
    NoSuchRouteError: HTTPStatus.NOT_FOUND,
    UnknownEntityError: HTTPStatus.NOT_FOUND,
    NotFoundError: HTTPStatus.NOT_FOUND,
    AlreadyExistsError: HTTPStatus.CONFLICT,
    StaleVersionError: HTTPStatus.CONFLICT,
    VersionConflictError: HTTPStatus.CONFLICT,
    PartitionImmutableError: HTTPStatus.CONFLICT,
    TooManyOperationsError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    BodyTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UnsupportedMediaTypeError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    PreconditionFailedError: HTTPStatus.PRECONDITION_FAILED,
    PreconditionRequiredError: HTTPStatus.PRECONDITION_REQUIRED,
    IdempotencyKeyReusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    IdempotencyKeyInUseError: HTTPStatus.CONFLICT,
    DecodeError: HTTPStatus.CONFLICT,  # with what is stored: asking again changes nothing, so it is no 5xx
    InvalidRecordError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ItemTooLargeError: HTTPStatus.UNPROCESSABLE_ENTITY,
    DependencyError: HTTPStatus.SERVICE_UNAVAILABLE,
    FunctionError: HTTPStatus.INTERNAL_SERVER_ERROR,
}

_CHALLENGES = {  # https://www.rfc-editor.org/rfc/rfc6750#section-3.1
    HTTPStatus.UNAUTHORIZED: "invalid_token",
    HTTPStatus.FORBIDDEN: "insufficient_scope",
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A body that is JSON already."""

    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; a body of None is no body. One that shows a record holds it whole until it is masked.

    `outcome` is what came of a write, as the audit log says it.
    """

    status: HTTPStatus
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    shows_record: bool = False
    outcome: str = ""

    @property
    def code(self) -> str:
        """The code of a problem."""
        return self.body["code"] if self.outcome in (REFUSED, FAILED) else ""

    def as_payload(self) -> dict[str, Any]:
        """The answer in API Gateway's payload format 2.0."""
        payload: dict[str, Any] = {"statusCode": int(self.status), "headers": dict(self.headers)}
        if self.body is not None:
            payload["headers"] = {"content-type": "application/json", **self.headers}
            payload["body"] = self.body.text if isinstance(self.body, Rendered) else dumps(self.body)
        return payload


def status_of(error: FunctionError) -> HTTPStatus:
    """The status of the error's nearest class in the table."""
    return next(STATUS[cls] for cls in type(error).__mro__ if cls in STATUS)


def problem(error: FunctionError) -> Answer:
    """The problem document of an error. Server errors say no more than their code."""
    status = status_of(error)
    shown = "the server could not answer" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else str(error)
    violations = error.violations if isinstance(error, InvalidRecordError | InvalidQueryError) else ()
    body: dict[str, Any] = {
        "type": f"urn:txplatform:problem:{error.code}",
        "title": status.phrase,
        "status": int(status),
        "code": error.code,
        "detail": shown,
        **Shown().of_record(violations),
    }
    if isinstance(error, InvalidQueryError):
        body["indexes"] = [{"field": index.field, "sorted_by": index.sorted_by} for index in error.indexes]
    headers = {"content-type": "application/problem+json"}
    if status in _CHALLENGES:
        headers["www-authenticate"] = f'Bearer error="{_CHALLENGES[status]}"'
    if error.retryable:
        headers["retry-after"] = "1"
    if isinstance(error, RequestError):
        headers |= error.headers
    outcome = FAILED if status >= HTTPStatus.INTERNAL_SERVER_ERROR else REFUSED
    return Answer(status, body, headers, outcome=outcome)
