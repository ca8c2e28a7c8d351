"""A customer with personal fields, and what a client sees of it that lacks their scope."""

import json
from collections.abc import Callable
from typing import Any

from lambdas.data_api.preconditions import entity_tag
from txplatform_tests.lambdas.conftest import SCHEMAS
from txplatform_tests.lambdas.data_api.conftest import OLDER, SAME, Reply

LATEST = "2025-01-01T00:00:00.000000Z"
PERSONAL = SCHEMAS["customers"].personal
CUSTOMER: dict[str, Any] = {
    "customer_id": "cus_1",
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "phone": "+44 20 7946 0000",
    "postal_code": "SW1Y 4JH",
    "birth_date": "1815-12-10",
    "country": "GB",
    "segment": "consumer",
    "status": "active",
    "balance": "10.00",
    "marketing_opt_in": True,
    "created_at": OLDER,
    "updated_at": SAME,
}
MASKED = {name: value for name, value in CUSTOMER.items() if name not in PERSONAL}
SECRETS = [str(CUSTOMER[name]) for name in PERSONAL if name in CUSTOMER]
PATH, AT = "/v1/customers", "/v1/customers/cus_1"
READER, WRITER, BOTH = ("read",), ("write",), ("read", "write")
Call = Callable[..., Reply]


def shows_nothing(reply: Reply) -> bool:
    text = json.dumps([reply.body, reply.headers], ensure_ascii=False)
    return not any(secret in text for secret in SECRETS)


def assert_masked(reply: Reply, record: dict[str, Any]) -> None:
    assert reply.body == record
    assert reply.headers["masked-fields"] == ", ".join(PERSONAL)
    assert reply.headers["etag"] == entity_tag(record)
    assert shows_nothing(reply)
