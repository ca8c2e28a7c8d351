"""What payload format 2.0 makes of a function's answer."""

import json
from typing import Any

import pytest

from txplatform.local.functions import Outcome
from txplatform.local.gateway.response import integration_response


@pytest.mark.parametrize(
    ("payload", "status", "content_type", "body"),
    [
        ({"statusCode": 201, "headers": {"Content-Type": "a/b"}, "body": "x"}, 201, "a/b", b"x"),
        ({"statusCode": 200, "body": "x"}, 200, "text/plain;charset=UTF-8", b"x"),
        ({"statusCode": "204"}, 204, None, b""),
        ({"statusCode": 200, "body": "/wA=", "isBase64Encoded": True}, 200, "text/plain;charset=UTF-8", b"\xff\x00"),
        ({"hello": 1}, 200, "application/json", b'{"hello": 1}'),
        ("text", 200, "application/json", b'"text"'),
    ],
)
def test_answers(payload: Any, status: int, content_type: str | None, body: bytes) -> None:
    response = integration_response(Outcome(payload))
    headers = {name.lower(): value for name, value in response.headers}
    assert (response.status, headers.get("content-type"), response.body) == (status, content_type, body)


@pytest.mark.parametrize(
    "payload",
    [
        {"statusCode": "two hundred"},
        {"statusCode": None},
        {"statusCode": 42},
        {"statusCode": 200, "body": "a", "isBase64Encoded": True},
        {"statusCode": 200, "headers": ["a"]},
        {"statusCode": 200, "headers": {"a": "b\r\nc: d"}},
        {"statusCode": 200, "cookies": 7},
    ],
)
def test_a_malformed_answer_is_a_500(payload: Any) -> None:
    response = integration_response(Outcome(payload))
    assert response.status_line == "500 Internal Server Error"
    assert json.loads(response.body) == {"message": "Internal Server Error"}


def test_cookies_and_header_values_of_other_types() -> None:
    answer = {"statusCode": 200, "headers": {"X-Count": 3, "X-Flag": True}, "cookies": ["a=1", "b=2"]}
    headers = integration_response(Outcome(answer)).headers
    assert headers == (("x-count", "3"), ("x-flag", "true"), ("set-cookie", "a=1"), ("set-cookie", "b=2"))


def test_a_failed_function_is_a_500_without_details() -> None:
    response = integration_response(Outcome(error={"errorType": "E", "errorMessage": "secret"}))
    assert response.status_line == "500 Internal Server Error"
    assert json.loads(response.body) == {"message": "Internal Server Error"}
