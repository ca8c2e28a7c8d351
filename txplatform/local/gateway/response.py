"""An HTTP response, and the one that a Lambda integration's answer stands for."""

import base64
import json
import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from txplatform.local.functions import Outcome

logger = logging.getLogger(__name__)

_PHRASES = {status.value: status.phrase for status in HTTPStatus}


@dataclass(frozen=True, slots=True)
class Response:
    """Status, headers in order, and body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def status_line(self) -> str:
        """Status code and phrase, as WSGI wants them."""
        return f"{self.status} {_PHRASES.get(self.status, 'Unknown')}"


def json_response(status: int, document: Any, *headers: tuple[str, str]) -> Response:
    """Return a JSON response."""
    return Response(status, (("Content-Type", "application/json"), *headers), json.dumps(document).encode())


def message_response(status: int, message: str) -> Response:
    """Return one of API Gateway's own answers."""
    return json_response(status, {"message": message})


def integration_response(outcome: Outcome) -> Response:
    """Return the response that payload format 2.0 makes of a function's answer."""
    if outcome.error:
        return message_response(500, "Internal Server Error")
    answer = outcome.payload
    if not isinstance(answer, dict) or "statusCode" not in answer:
        return json_response(200, answer)
    try:
        return _proxied(answer)
    except (ValueError, TypeError, AttributeError):  # not of the format; its fields may be of any type
        logger.exception("malformed answer of an integration")
        return message_response(500, "Internal Server Error")


def _proxied(answer: dict[str, Any]) -> Response:
    headers = {str(name).lower(): _header_text(value) for name, value in (answer.get("headers") or {}).items()}
    body = answer.get("body")
    text = body if isinstance(body, str) else "" if body is None else json.dumps(body)
    content = base64.b64decode(text) if answer.get("isBase64Encoded") else text.encode()
    if content:
        headers.setdefault("content-type", "text/plain;charset=UTF-8")
    cookies = tuple(("set-cookie", cookie) for cookie in answer.get("cookies") or ())
    status = int(answer["statusCode"])
    if not 100 <= status <= 599:
        raise ValueError(f"status {status}")
    if any("\n" in text or "\r" in text for header in (*headers.items(), *cookies) for text in header):
        raise ValueError("a header of several lines")
    return Response(status, (*headers.items(), *cookies), content)


def _header_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
