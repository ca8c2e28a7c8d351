"""Whatever a client sends, it gets an answer that is its own fault or a good one, and never a server error."""

import base64
import gzip
import json
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.data_api.handler import handler
from txplatform_tests.contracts.strategies import records
from txplatform_tests.lambdas.conftest import CONTEXT, CONTRACTS
from txplatform_tests.lambdas.data_api.conftest import NEWER, Reply

_ROUTES = st.sampled_from(
    ["POST", "POST batch", "GET {key}", "PUT {key}", "PATCH {key}", "DELETE {key}"],
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
_RECORDS = records(CONTRACTS["payments"])
_DOCUMENTS = (
    _JSON
    | _RECORDS
    | st.builds(lambda record: {"operations": [{"op": "upsert", "record": record}, {"op": "delete"}]}, _RECORDS)
    | st.builds(
        lambda name, value: {name: value, "updated_at": NEWER}, st.sampled_from([*CONTRACTS["payments"].key]), _JSON
    )
)
_BODIES = _DOCUMENTS.map(json.dumps) | st.text(max_size=50)
_TAGS = st.sampled_from(["*", '"a"', 'W/"a", "b"', "a", ""]) | st.text(max_size=20)
_HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "if-match": _TAGS,
        "if-none-match": _TAGS,
        "idempotency-key": st.sampled_from(["key-1", "key-2", ""]) | st.text(max_size=20),
        "content-type": st.sampled_from(["application/json", "application/merge-patch+json"]) | st.text(max_size=20),
        "content-encoding": st.sampled_from(["gzip", "identity", "br"]),
    },
)
_QUERIES = st.none() | st.dictionaries(st.just("version") | st.text(max_size=10), st.text(max_size=30), max_size=2)
_KEYS = st.just("pay_1") | st.text(max_size=30) | st.just("x" * 3_000)


def _coded(body: str, how: str) -> dict[str, Any]:
    content = body.encode()
    if how == "plain":
        return {"body": body}
    return {
        "body": base64.b64encode(gzip.compress(content) if how == "gzip" else content).decode(),
        "isBase64Encoded": True,
    }


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_request_is_a_server_error(
    data: st.DataObject, call: Callable[..., Reply], event: Callable[[str], Any], payment: dict[str, Any]
) -> None:
    call("PUT", "/v1/payments/pay_1", payment)
    method, _, rest = data.draw(_ROUTES).partition(" ")
    made = event("http_api")
    made |= {
        "routeKey": f"{method} /v1/payments" + (f"/{rest}" if rest else ""),
        "pathParameters": {"key": data.draw(_KEYS)} if rest == "{key}" else None,
        "queryStringParameters": data.draw(_QUERIES),
        **_coded(data.draw(_BODIES), data.draw(st.sampled_from(["plain", "base64", "gzip"]))),
    }
    made["headers"] |= data.draw(_HEADERS)
    answer = Reply(handler(made, CONTEXT))
    assert 200 <= answer.status < 500
    if answer.status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.body["status"] == answer.status
