"""A request as the gateway sees it, and the events of payload format 2.0 made of it.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
As live HTTP APIs do, `rawPath` and the path parameters are percent-decoded once.
"""

import base64
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

from txplatform.local.environment import ACCOUNT, REGION
from txplatform.local.gateway.routes import Route


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; `raw_path` and `query` are undecoded, header names in lower case, `request_id` is its own."""

    method: str
    raw_path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    source_ip: str = "127.0.0.1"
    protocol: str = "HTTP/1.1"
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()), compare=False)

    @classmethod
    def from_wsgi(cls, environ: Mapping[str, Any]) -> "Request":
        """Read a request from a WSGI environment."""
        headers = {
            name.removeprefix("HTTP_").replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_") or name in ("CONTENT_TYPE", "CONTENT_LENGTH")
        }
        return cls(
            method=environ["REQUEST_METHOD"],
            raw_path=environ["REQUEST_URI"].partition("?")[0],
            query=environ.get("QUERY_STRING", ""),
            headers=headers,
            body=environ["wsgi.input"].read(),
            source_ip=environ.get("REMOTE_ADDR", ""),
            protocol=environ.get("SERVER_PROTOCOL", "HTTP/1.1"),
        )

    def value_of(self, source: str, route: Route, api_id: str) -> str | None:
        """Return the value of an authorizer's identity source such as `$request.header.Authorization`."""
        kind, _, name = source.removeprefix("$").partition(".")
        if kind == "context":
            return {"routeKey": route.key, "httpMethod": self.method, "apiId": api_id, "stage": "$default"}.get(name)
        place, _, name = name.partition(".")
        if place == "header":
            return self.headers.get(name.lower())
        return dict(parse_qsl(self.query)).get(name) if place == "querystring" else None


def integration_event(
    request: Request, route: Route, parameters: Mapping[str, str], api_id: str, granted: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return the event of a Lambda integration; `granted` is the context that the authorizer passed on."""
    event = _common(request, route, parameters, api_id)
    if granted is not None:
        event["requestContext"]["authorizer"] = {"lambda": dict(granted)}
    if request.body:
        try:
            event["body"], event["isBase64Encoded"] = request.body.decode(), False
        except UnicodeDecodeError:
            event["body"], event["isBase64Encoded"] = base64.b64encode(request.body).decode(), True
    else:
        event["isBase64Encoded"] = False
    return event


def authorizer_event(
    request: Request, route: Route, parameters: Mapping[str, str], api_id: str, identities: tuple[str, ...]
) -> dict[str, Any]:
    """Return the event of a Lambda authorizer of format 2.0."""
    arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api_id}/$default/{request.method}{unquote(request.raw_path)}"
    return _common(request, route, parameters, api_id) | {
        "type": "REQUEST",
        "routeArn": arn,
        "identitySource": list(identities),
    }


def _common(request: Request, route: Route, parameters: Mapping[str, str], api_id: str) -> dict[str, Any]:
    path = unquote(request.raw_path)
    now = time.time()
    headers = {name: value for name, value in request.headers.items() if name != "cookie"}
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": path,
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": api_id,
            "domainName": request.headers.get("host", ""),
            "domainPrefix": api_id,
            "http": {
                "method": request.method,
                "path": path,
                "protocol": request.protocol,
                "sourceIp": request.source_ip,
                "userAgent": request.headers.get("user-agent", ""),
            },
            "requestId": request.request_id,
            "routeKey": route.key,
            "stage": "$default",
            "time": datetime.fromtimestamp(now, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(now * 1000),
        },
    }
    if "cookie" in request.headers:
        event["cookies"] = [part.strip() for part in request.headers["cookie"].split(";")]
    if request.query:
        query: dict[str, list[str]] = {}
        for name, value in parse_qsl(request.query, keep_blank_values=True):
            query.setdefault(name, []).append(value)
        event["queryStringParameters"] = {name: ",".join(values) for name, values in query.items()}
    if parameters:
        event["pathParameters"] = dict(parameters)
    return event
