"""The access log of the stage: the deployed format with what is known of a request, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest

from txplatform.local.functions import Outcome
from txplatform.local.gateway.access_log import AccessLog
from txplatform.local.gateway.application import Gateway
from txplatform.local.gateway.request import Request
from txplatform.local.gateway.routes import Api, AuthorizerSettings, Route

FORMAT = json.dumps(
    {
        "requestId": "$context.requestId",
        "route": "$context.routeKey",
        "status": "$context.status",
        "bytes": "$context.responseLength",
        "client": "$context.authorizer.client_id",
        "error": "$context.error.responseType",
    }
)
ROUTE = Route(
    "GET /v1/payments/{key}", "GET", ("v1", "payments", "{key}"), "api", AuthorizerSettings("a", "auth", (), 0)
)


class Served:
    """A gateway whose authorizer lets a token through that says so; `events` are those of the API's function."""

    def __init__(self, path: Path, line_format: str | None) -> None:
        self._path = path
        self.events: list[Any] = []
        nothing: Any = type("Nothing", (), {"serves": lambda *_: False})()
        log = AccessLog(line_format, path)
        self._gateway = Gateway(Api("api", (ROUTE,)), self._invoke, None, nothing, nothing, None, log)

    def get(self, path: str, token: str = "good") -> Request:
        request = Request("GET", path, "secret=1", {"authorization": token})
        self._gateway.answer(request)
        return request

    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self._path.read_text().splitlines()]

    def _invoke(self, arn: str, event: Any) -> Outcome:
        if arn == "auth":
            granted = event["headers"]["authorization"] == "good"
            return Outcome({"isAuthorized": granted, "context": {"client_id": "crm"}})
        self.events.append(event)
        return Outcome({"statusCode": 200, "body": "{}"})


def test_each_request_has_its_line_with_what_is_known_of_it(tmp_path: Path) -> None:
    served = Served(tmp_path / "access.log", FORMAT)
    good, denied = served.get("/v1/payments/jane%40example.com"), served.get("/v1/payments/a", "bad")
    unknown = served.get("/v1/nothing")
    assert [event["requestContext"]["requestId"] for event in served.events] == [good.request_id]
    expected = {"route": ROUTE.key, "status": "200", "bytes": "2", "client": "crm", "error": "-"}
    assert served.lines()[0] == {"requestId": good.request_id, **expected}
    assert [(line["requestId"], line["route"], line["status"], line["client"]) for line in served.lines()[1:]] == [
        (denied.request_id, ROUTE.key, "403", "-"),
        (unknown.request_id, "-", "404", "-"),
    ]


def test_a_stage_without_a_format_has_no_log(tmp_path: Path) -> None:
    served = Served(tmp_path / "access.log", None)
    served.get("/v1/payments/a")
    with pytest.raises(FileNotFoundError):
        served.lines()
