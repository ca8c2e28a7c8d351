"""What a body may be: JSON in UTF-8, plain or as gzip, and no larger after inflation than without."""

import base64
import gzip
import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.data_api import errors
from lambdas.data_api.body import MAX_BODY_BYTES, read_body
from lambdas.shared.jsonio import MAX_DEPTH, MAX_NUMBER_LENGTH
from txplatform_tests.lambdas.data_api.conftest import NEWER, Reply, item


def coded(content: bytes) -> dict[str, Any]:
    return {"body": base64.b64encode(content).decode(), "isBase64Encoded": True}


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON; charset=utf-8",
        'application/json;charset="UTF-8"',
        "",
        "application/json;",
    ],
)
def test_json_in_utf_8_is_taken(content_type: str) -> None:
    assert read_body({"body": "{}"}, "POST", {"content-type": content_type}) == "{}"


@pytest.mark.parametrize(
    "content_type", ["text/xml", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"]
)
@pytest.mark.parametrize(("method", "path"), [("POST", ""), ("POST", "/batch"), ("PUT", "/pay_1")])
def test_another_media_type_is_refused(
    call: Callable[..., Reply], payment: dict[str, Any], content_type: str, method: str, path: str
) -> None:
    answer = call(method, f"/v1/payments{path}", payment, content_type=content_type)
    assert (answer.status, answer.body["code"]) == (415, "unsupported_media_type")
    assert answer.headers["accept"] == "application/json"


def test_a_request_without_a_body_may_say_what_it_likes(call: Callable[..., Reply], payment: dict[str, Any]) -> None:
    call("PUT", "/v1/payments/pay_1", payment)
    assert call("GET", "/v1/payments/pay_1", content_type="text/xml", content_encoding="br").status == 200


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip", "zstd"])
def test_another_content_encoding_is_refused(call: Callable[..., Reply], payment: dict[str, Any], coding: str) -> None:
    answer = call("POST", "/v1/payments", payment, content_encoding=coding)
    assert (answer.status, answer.headers["accept-encoding"]) == (415, "gzip")


def test_gzip_is_inflated() -> None:
    content = json.dumps({"payer_name": "Zoë"}, ensure_ascii=False).encode()
    headers = {"content-encoding": "GZIP"}
    assert read_body(coded(gzip.compress(content)), "PUT", headers).encode() == content
    assert read_body(coded(content), "PUT", {"content-encoding": "identity"}).encode() == content


@pytest.mark.parametrize(
    "content",
    [
        b"plain",
        gzip.compress(b"{}")[:-4],
        gzip.compress(b"{}") + b"more",
        gzip.compress(b"{") + gzip.compress(b"}"),
        zlib.compress(b"{}"),
        gzip.compress(b"\xff"),
        b"",
    ],
    ids=["plain", "cut off", "more behind", "two members", "zlib", "no utf-8", "empty"],
)
def test_what_is_no_gzip_of_text_is_malformed(content: bytes) -> None:
    with pytest.raises(errors.MalformedRequestError):
        read_body(coded(content), "POST", {"content-encoding": "gzip"})


def test_a_bomb_is_inflated_no_further_than_a_body_may_be_large(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = gzip.compress(bytes(50 * MAX_BODY_BYTES))
    asked: list[int] = []
    decompressobj = zlib.decompressobj

    class Counted:
        def __init__(self, *arguments: Any) -> None:
            self._inner = decompressobj(*arguments)

        def decompress(self, content: bytes, most: int) -> bytes:
            asked.append(most)
            return self._inner.decompress(content, most)

    monkeypatch.setattr(zlib, "decompressobj", Counted)
    with pytest.raises(errors.BodyTooLargeError):
        read_body(coded(bomb), "POST", {"content-encoding": "gzip"})
    assert asked == [MAX_BODY_BYTES + 1]


def test_a_body_may_be_as_large_as_its_limit() -> None:
    content = b'"' + b"x" * (MAX_BODY_BYTES - 2) + b'"'
    assert len(read_body(coded(gzip.compress(content, 1)), "POST", {"content-encoding": "gzip"})) == MAX_BODY_BYTES
    with pytest.raises(errors.BodyTooLargeError):
        read_body({"body": "x" * (MAX_BODY_BYTES + 1)}, "POST", {})


@pytest.mark.parametrize(("method", "path"), [("POST", ""), ("POST", "/batch"), ("PUT", "/pay_1"), ("PATCH", "/pay_1")])
@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), f"more than {MAX_DEPTH} deep"),
        ('{"a":' * 50_000 + "1" + "}" * 50_000, f"more than {MAX_DEPTH} deep"),
        ("9" * (MAX_NUMBER_LENGTH + 1), f"more than {MAX_NUMBER_LENGTH} characters"),
        ("0." + "9" * 1_000_000, f"more than {MAX_NUMBER_LENGTH} characters"),
    ],
    ids=["lists", "objects", "integer", "fraction"],
)
def test_a_body_beyond_the_limits_of_json_is_refused(
    call: Callable[..., Reply], payment: dict[str, Any], dynamodb: Any, method: str, path: str, inner: str, reason: str
) -> None:
    call("PUT", "/v1/payments/pay_1", payment)
    before = item(dynamodb)
    record = json.dumps(payment | {"updated_at": NEWER})
    text = f'{record[:-1]}, "amount_minor": {inner}}}'
    body = f'{{"operations": [{{"op": "upsert", "record": {text}}}]}}' if path == "/batch" else text
    answer = call(method, f"/v1/payments{path}", body)
    assert (answer.status, answer.body["code"]) == (400, "invalid_json")
    assert reason in answer.body["detail"]
    assert item(dynamodb) == before


def test_what_nests_within_the_limits_of_json_is_a_violation_of_its_record_alone(
    call: Callable[..., Reply], payment: dict[str, Any]
) -> None:
    deep: Any = []
    for _ in range(MAX_DEPTH - 6):
        deep = [deep]
    wrong = payment | {"payment_id": "pay_2", "amount": deep}
    body = {"operations": [{"op": "upsert", "record": record} for record in (payment, wrong)]}
    answer = call("POST", "/v1/payments/batch", body)
    assert [result["status"] for result in answer.body["results"]] == ["written", "rejected"]
    assert [reason["field"] for reason in answer.body["results"][1]["errors"]] == ["amount"]
