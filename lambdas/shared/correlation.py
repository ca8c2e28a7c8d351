"""The correlation id: one short text that follows a record from its source to the lake, and stands in logs and alerts.

It comes from outside, so it is bounded and of harmless characters. One that is not is replaced, never refused: an id
serves people who search, and no record may fail because of it.
"""

import re
from collections.abc import Mapping
from typing import Any, cast
from uuid import uuid4

HEADER = "x-correlation-id"
MESSAGE_ATTRIBUTE = "correlation_id"
MAX_LENGTH = 128

# Nothing that HTTP, SQL, HTML, a shell or a spreadsheet would read as more than text. Neither `@` nor `/`: no e-mail
# address, no link.
_ID = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._:+=~-]{{0,{MAX_LENGTH - 1}}}")
# https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
_XRAY_ROOT = re.compile(r"(?:.*;)?Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;.*)?")
# https://www.w3.org/TR/trace-context/#traceparent-header
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")


def accepted(value: object) -> str | None:
    """The value if it may serve as a correlation id, else None."""
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def of_message(record: Mapping[str, Any]) -> str:
    """The id of a message in an SQS event.

    It is that of the attribute `correlation_id`, else the trace id of AWS's `AWSTraceHeader`, else the message's id.
    """
    attribute = _mapping(_mapping(record.get("messageAttributes")).get(MESSAGE_ATTRIBUTE))
    return (
        accepted(attribute.get("stringValue"))
        or _first_group(_XRAY_ROOT, _mapping(record.get("attributes")).get("AWSTraceHeader"))
        or accepted(record.get("messageId"))
        or new()
    )


def of_request(event: Mapping[str, Any]) -> str:
    """The id of an HTTP API event.

    It is that of the header `x-correlation-id`, else the trace id of `traceparent`, else the gateway's request id,
    which its access log holds too. The gateway writes the names of headers in lower case.
    """
    headers = _mapping(event.get("headers"))
    return (
        accepted(headers.get(HEADER))
        or _first_group(_TRACEPARENT, headers.get("traceparent"))
        or accepted(_mapping(event.get("requestContext")).get("requestId"))
        or new()
    )


def new() -> str:
    """An id where none is given."""
    return str(uuid4())


def _first_group(pattern: re.Pattern[str], value: object) -> str | None:
    match = pattern.fullmatch(value) if isinstance(value, str) else None
    return match[1] if match else None


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
