"""The client against the running platform, with tokens of its token endpoint."""

import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from txplatform.client import (
    AlreadyExistsError,
    ClientCredentials,
    DataApi,
    InvalidRecordError,
    NotFoundError,
    Operation,
    Records,
    StaleVersionError,
    UnauthorizedError,
    VersionConflictError,
)
from txplatform.contracts.loader import load_contracts
from txplatform.local.stack import LocalStack

CONTRACTS = load_contracts()
LATER = "2026-11-20T00:00:00.000000Z"

Connect = Callable[..., DataApi]


@pytest.fixture
def connect(stack: LocalStack) -> Iterator[Connect]:
    """`connect(*scopes)`: a client of the stack."""
    opened: list[DataApi] = []
    env = stack.environment

    def make(*scopes: str, secret: str = env["TXP_CLIENT_SECRET"]) -> DataApi:
        credentials = ClientCredentials(env["TXP_TOKEN_URL"], env["TXP_CLIENT_ID"], secret, scopes)
        opened.append(DataApi(env["TXP_API_URL"], credentials))
        return opened[-1]

    yield make
    for api in opened:
        api.close()


@pytest.fixture
def payments(connect: Connect) -> Records:
    return connect().entity("payments", CONTRACTS["payments"])


def payment(**changes: Any) -> dict[str, Any]:
    example = {field.name: field.example for field in CONTRACTS["payments"].fields}
    return {**example, "payment_id": f"client-{uuid.uuid4().hex[:12]}", **changes}


def test_a_record_lives_and_dies(payments: Records) -> None:
    record = payment(amount=Decimal("1234567890123456.78"))
    key = record["payment_id"]
    assert payments.create(record).created
    assert not payments.create(record).created
    stored = payments.get(key, correlation_id=key)
    assert (stored.record["amount"], stored.correlation_id) == (Decimal("1234567890123456.78"), key)
    newer = payments.replace({**stored.record, "amount": Decimal("0.10"), "updated_at": LATER})
    assert newer.record["amount"] == Decimal("0.10")
    with pytest.raises(StaleVersionError):
        payments.replace(record)
    with pytest.raises(VersionConflictError):
        payments.replace({**newer.record, "amount": Decimal("0.20")})
    with pytest.raises(AlreadyExistsError):
        payments.create({**record, "amount": "1.00"})
    payments.delete(key)
    with pytest.raises(NotFoundError) as caught:
        payments.get(key, correlation_id=f"{key}-gone")
    assert (caught.value.status, caught.value.correlation_id) == (404, f"{key}-gone")


def test_a_key_of_any_characters_and_one_of_two_fields(payments: Records, connect: Connect) -> None:
    record = payment(payment_id=f"a/b #%?é-{uuid.uuid4().hex[:6]}")
    payments.replace(record)
    assert payments.get(record["payment_id"]).record["payment_id"] == record["payment_id"]
    trades = connect().entity("trades", CONTRACTS["trades"])
    trade = {field.name: field.example for field in CONTRACTS["trades"].fields} | {"trade_id": uuid.uuid4().hex}
    trades.replace(trade)
    key = tuple(trade[name] for name in CONTRACTS["trades"].key)
    assert trades.get(key).record["trade_id"] == trade["trade_id"]
    trades.delete(key, version=LATER)


def test_violations_are_named(payments: Records) -> None:
    with pytest.raises(InvalidRecordError) as caught:
        payments.create(payment(amount="-1.005"))
    assert "amount" in {item.field for item in caught.value.violations}


def test_batches_and_pages_of_any_number(payments: Records) -> None:
    records = [payment() for _ in range(230)]
    operations = [Operation("upsert", record) for record in records]
    operations.insert(150, Operation("upsert", payment(currency="???")))
    results = list(payments.batch(operations))
    assert [result.status for result in results] == ["written"] * 150 + ["rejected"] + ["written"] * 80
    assert results[150].violations[0].field == "currency"
    listed = [record["payment_id"] for record in payments.list(page_size=100)]
    assert len(listed) == len(set(listed))
    assert {record["payment_id"] for record in records} <= set(listed)


def test_what_a_scope_does_not_name_is_refused(connect: Connect) -> None:
    reader = connect("txplatform/payments.read").entity("payments")
    with pytest.raises(UnauthorizedError):
        reader.create(payment())
    with pytest.raises(NotFoundError):
        reader.get("none")


@pytest.mark.parametrize(("scopes", "options"), [((), {"secret": "another"}), (("txplatform/none",), {})])
def test_what_the_token_endpoint_refuses(connect: Connect, scopes: tuple[str, ...], options: dict[str, str]) -> None:
    with pytest.raises(UnauthorizedError, match="token endpoint"):
        connect(*scopes, **options).entity("payments").get("none")
