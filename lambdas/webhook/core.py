"""What `webhook` reads of a request and how it answers, without AWS."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

from lambdas.shared import correlation
from lambdas.shared.errors import FunctionError, MalformedEventError
from lambdas.shared.jsonio import dumps
from lambdas.shared.message_text import escaped
from lambdas.webhook.errors import (
    BodyTooLargeError,
    MethodNotAllowedError,
    UnreadableBodyError,
    UnverifiedError,
    WebhookError,
)

METHOD = "POST"
MAX_BODY_BYTES = 262_144

# Of no JSON text: https://www.rfc-editor.org/rfc/rfc8259#section-2
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Post:
    """One request. `body` is as it was signed."""

    system: str
    headers: Mapping[str, Any]
    body: bytes


def read_system(event: Mapping[str, Any]) -> str:
    """The source system that a request is addressed to; raise MalformedEventError for what is no HTTP API event."""
    try:
        return str(event["pathParameters"]["system"])
    except (KeyError, TypeError) as error:
        raise MalformedEventError("the event is no request for a source system") from error


def read_post(event: Mapping[str, Any], system: str) -> Post:
    """The request; raise MethodNotAllowedError, BodyTooLargeError, UnreadableBodyError."""
    method = event["requestContext"]["http"]["method"]
    if method != METHOD:
        raise MethodNotAllowedError(f"a webhook is a {METHOD}")
    body = _raw_body(event)
    if len(body) > MAX_BODY_BYTES:
        raise BodyTooLargeError(f"a body holds at most {MAX_BODY_BYTES} bytes")
    headers = event.get("headers")
    return Post(system, cast("Mapping[str, Any]", headers) if isinstance(headers, dict) else {}, body)


def message_text(body: bytes) -> str:
    """The body as the text of a message; raise UnreadableBodyError for one that cannot be JSON.

    Two characters that JSON allows and SQS does not are escaped, which is the same JSON.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise UnreadableBodyError("the body is not UTF-8 text") from error
    if not text.strip() or _CONTROL.search(text):
        raise UnreadableBodyError("the body is empty, or holds characters that no JSON text has")
    return escaped(text)


def accepted(correlation_id: str) -> dict[str, Any]:
    """The answer once SQS has taken the message."""
    return {"statusCode": int(HTTPStatus.ACCEPTED), "headers": {correlation.HEADER: correlation_id}}


def refused(error: FunctionError, correlation_id: str) -> dict[str, Any]:
    """The answer to a request that was not taken, as an RFC 9457 problem document."""
    status = error.status if isinstance(error, WebhookError) else HTTPStatus.SERVICE_UNAVAILABLE
    code = error.reason.value if isinstance(error, UnverifiedError) else error.code
    headers = {"content-type": "application/problem+json", correlation.HEADER: correlation_id}
    if error.retryable:
        headers["retry-after"] = "30"
    if isinstance(error, MethodNotAllowedError):
        headers["allow"] = METHOD
    body = {"type": f"urn:txplatform:problem:{code}", "title": status.phrase, "status": int(status), "code": code}
    return {"statusCode": int(status), "headers": headers, "body": dumps(body)}


def _raw_body(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    try:
        return base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()
    except ValueError as error:
        raise UnreadableBodyError("the body cannot be decoded") from error
