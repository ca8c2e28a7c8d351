"""The body of a request as text: of which media type it may be, how it may be coded, and how large it may become."""

import base64
import binascii
import re
import zlib
from collections.abc import Mapping
from typing import Any

from lambdas.data_api.errors import BodyTooLargeError, MalformedRequestError, UnsupportedMediaTypeError

MAX_BODY_BYTES = 6_291_456  # a synchronous Lambda call takes 6 MB, and no body may be more after inflation

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
_MEDIA_TYPES = {"POST": JSON, "PUT": JSON, "PATCH": MERGE_PATCH}
_CHARSET = re.compile(r'charset="?utf-?8"?', re.IGNORECASE)
_GZIP = 16 + zlib.MAX_WBITS  # zlib reads gzip's header and checksum


def read_body(event: Mapping[str, Any], method: str, headers: Mapping[str, str]) -> str:
    """The text of the body; raise UnsupportedMediaTypeError, BodyTooLargeError, MalformedRequestError.

    A request that names no media type is taken as JSON.
    """
    expected = _MEDIA_TYPES.get(method)
    if expected is None:
        return ""
    _check_media_type(headers.get("content-type", ""), expected)
    coding = headers.get("content-encoding", "").strip().lower()
    if coding not in ("", "identity", "gzip"):
        raise UnsupportedMediaTypeError("the content encoding must be gzip or none", {"accept-encoding": "gzip"})
    content = _content(event)
    if coding == "gzip":
        content = _inflated(content)
    if len(content) > MAX_BODY_BYTES:
        raise BodyTooLargeError(f"a body holds at most {MAX_BODY_BYTES} bytes")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise MalformedRequestError("the body is not UTF-8 text") from error


def _check_media_type(content_type: str, expected: str) -> None:
    media_type, *parameters = (part.strip() for part in content_type.split(";"))
    known = media_type.lower() in ("", expected)
    if not known or not all(_CHARSET.fullmatch(part) for part in parameters if part):
        accept = "accept-patch" if expected == MERGE_PATCH else "accept"
        raise UnsupportedMediaTypeError(f"the content type must be {expected} in UTF-8", {accept: expected})


def _content(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    try:
        return base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()
    except (binascii.Error, ValueError) as error:
        raise MalformedRequestError("the body cannot be decoded") from error


def _inflated(content: bytes) -> bytes:
    """Inflate one member of gzip, and no further than a body may be large."""
    inflating = zlib.decompressobj(_GZIP)
    try:
        inflated = inflating.decompress(content, MAX_BODY_BYTES + 1)
    except zlib.error as error:
        raise MalformedRequestError("the body is not gzip") from error
    if len(inflated) > MAX_BODY_BYTES:
        raise BodyTooLargeError(f"a body holds at most {MAX_BODY_BYTES} bytes")
    if not inflating.eof or inflating.unused_data:
        raise MalformedRequestError("the body is not one whole member of gzip")
    return inflated
