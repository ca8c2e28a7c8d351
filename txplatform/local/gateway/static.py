"""Serves objects of buckets as files over HTTP, each under its own key as the path."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError

from txplatform.local.clients import error_code
from txplatform.local.gateway.request import Request
from txplatform.local.gateway.response import Response, message_response


class StaticFiles:
    """The objects under some prefixes; `buckets` maps each prefix, without slashes around it, to its bucket."""

    def __init__(self, client: Callable[[str], Any], buckets: Mapping[str, str]) -> None:
        self._client = client
        self._buckets = buckets

    def serves(self, request: Request) -> bool:
        """Say whether the request is for an object under one of the prefixes."""
        return self._bucket(request) is not None

    def answer(self, request: Request) -> Response:
        """Return the object with its own content type; 404 when there is no such object."""
        if request.method not in ("GET", "HEAD"):
            return message_response(405, "Method Not Allowed")
        key = unquote(request.raw_path).removeprefix("/")
        try:
            found = self._client("s3").get_object(Bucket=self._bucket(request), Key=key)
        except ClientError as error:
            if error_code(error) not in ("NoSuchKey", "404"):
                raise
            return message_response(404, "Not Found")
        headers = (("Content-Type", found["ContentType"]), ("Cache-Control", "no-store"))
        return Response(200, headers, found["Body"].read())

    def _bucket(self, request: Request) -> str | None:
        path = request.raw_path
        return next((bucket for prefix, bucket in self._buckets.items() if path.startswith(f"/{prefix}/")), None)
