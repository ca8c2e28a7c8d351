"""Lists as a client pages through them."""

from collections.abc import Callable
from typing import Any

from txplatform_tests.lambdas.data_api.conftest import Reply

Call = Callable[..., Reply]
PATH = "/v1/payments"


def day(number: int) -> str:
    return f"2024-01-{number:02}T00:00:00.000000Z"


def pages(call: Call, query: dict[str, str]) -> list[dict[str, Any]]:
    """All pages of a list."""
    found: list[dict[str, Any]] = []
    while True:
        reply = call("GET", PATH, query=query)
        assert reply.status == 200, reply.body
        found.append(reply.body)
        if reply.body["next"] is None:
            return found
        query = {**query, "cursor": reply.body["next"]}


def keys(call: Call, query: dict[str, str]) -> list[str]:
    return [record["payment_id"] for page in pages(call, query) for record in page["items"]]
