"""Why the door does not take a request, and the status that each reason is answered with.

FunctionError
├── WebhookError
│   ├── NoSuchSystemError        no source system of that name posts here   404
│   ├── MethodNotAllowedError    the request is no POST                     405
│   ├── BodyTooLargeError        the body is larger than the door takes     413
│   ├── UnverifiedError          the signature does not prove the sender    401
│   └── UnreadableBodyError      a signed body that no queue can hold       400
└── DependencyError
    ├── SecretUnavailableError   the system's secret cannot be read         503
    └── QueueUnavailableError    SQS did not take the message               503
"""

from enum import StrEnum
from http import HTTPStatus
from typing import ClassVar

from lambdas.shared.errors import DependencyError, FunctionError


class Unverified(StrEnum):
    """What is wrong with a signature."""

    MISSING = "signature_missing"
    MALFORMED = "signature_malformed"
    MISMATCH = "signature_mismatch"
    TOO_OLD = "signature_too_old"
    TOO_NEW = "signature_too_new"


class WebhookError(FunctionError):
    """Base of what is wrong with a request."""

    status: ClassVar[HTTPStatus]


class NoSuchSystemError(WebhookError):
    code = "no_such_system"
    status = HTTPStatus.NOT_FOUND


class MethodNotAllowedError(WebhookError):
    code = "method_not_allowed"
    status = HTTPStatus.METHOD_NOT_ALLOWED


class BodyTooLargeError(WebhookError):
    code = "body_too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class UnverifiedError(WebhookError):
    """`reason` is what is wrong."""

    code = "unverified"
    status = HTTPStatus.UNAUTHORIZED

    def __init__(self, reason: Unverified) -> None:
        self.reason = reason
        super().__init__(reason.value)


class UnreadableBodyError(WebhookError):
    code = "unreadable_body"
    status = HTTPStatus.BAD_REQUEST


class SecretUnavailableError(DependencyError):
    code = "secret_unavailable"


class QueueUnavailableError(DependencyError):
    code = "queue_unavailable"
