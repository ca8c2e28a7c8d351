"""Serves what the platform published under the lake's dashboards prefix."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError

from txplatform.contracts import names
from txplatform.local.gateway.request import Request
from txplatform.local.gateway.response import Response, message_response

_PATH = f"/{names.DASHBOARDS_PREFIX}/"


class Dashboards:
    """Objects of the lake bucket as pages."""

    def __init__(self, client: Callable[[str], Any], bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def serves(self, request: Request) -> bool:
        """Say whether the request is for a dashboard."""
        return request.raw_path.startswith(_PATH)

    def answer(self, request: Request) -> Response:
        """Return the object with its own content type; 404 when there is none."""
        if request.method not in ("GET", "HEAD"):
            return message_response(405, "Method Not Allowed")
        key = unquote(request.raw_path).removeprefix("/")
        try:
            found = self._client("s3").get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("NoSuchKey", "404"):
                raise
            return message_response(404, "Not Found")
        headers = (("Content-Type", found["ContentType"]), ("Cache-Control", "no-store"))
        return Response(200, headers, found["Body"].read())
