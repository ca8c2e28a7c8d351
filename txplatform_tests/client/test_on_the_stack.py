"""The client against the running platform, with tokens of its token endpoint."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from txplatform.client import (
    AlreadyExistsError,
    ClientCredentials,
    DataApi,
    IdempotencyKeyReusedError,
    InvalidRecordError,
    InvalidRequestError,
    NotFoundError,
    Operation,
    PreconditionFailedError,
    Records,
    StaleVersionError,
    UnauthorizedError,
    VersionConflictError,
)
from txplatform.contracts.loader import load_contracts
from txplatform.local.stack import LocalStack

CONTRACTS = load_contracts()
LATER, LATEST = (f"2026-11-02T{hour}:00:00.000000Z" for hour in (10, 11))

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


def test_lists_are_looked_up_by_the_indexes_of_the_contract(payments: Records, connect: Connect) -> None:
    customer = f"cus-{uuid.uuid4().hex[:12]}"
    for day in range(1, 6):
        payments.replace(payment(customer_id=customer, created_at=f"2026-04-0{day}T00:00:00Z"))
    since = datetime(2026, 4, 2, tzinfo=UTC)
    query = {"customer_id": customer, "created_at.gte": since}
    days = [record["created_at"].day for record in payments.list(query, order="desc", page_size=2)]
    assert days == [5, 4, 3, 2]
    assert {tuple(record) for record in payments.list(query, fields=["amount"])} == {("amount",)}
    with pytest.raises(InvalidRequestError) as caught:
        list(payments.list({"amount": "1.00"}))
    assert [(item.field, item.rule) for item in caught.value.violations] == [("amount", "not_indexed")]

    email = f"{customer}+é@example.com"
    contract = CONTRACTS["customers"]
    example = {field.name: field.example for field in contract.fields}
    typed = connect().entity("customers", contract)
    typed.replace({**example, "customer_id": customer, "email": email})
    assert [record["customer_id"] for record in typed.list({"email": email})] == [customer]
    untyped = connect().entity("customers")
    assert [record["customer_id"] for record in untyped.list(personal={"email": email})] == [customer]


def test_writes_under_a_precondition(payments: Records) -> None:
    record = payment(amount="1.00")
    key = record["payment_id"]
    first = payments.replace(record, if_none_match="*")
    assert first.created
    assert first.etag == payments.get(key).etag
    with pytest.raises(PreconditionFailedError):
        payments.replace({**record, "updated_at": LATER}, if_none_match="*")
    second = payments.patch(key, {"amount": "2.00", "updated_at": LATER}, if_match=first.etag)
    assert (second.record["amount"], second.created) == (Decimal("2.00"), False)
    assert second.etag != first.etag
    with pytest.raises(PreconditionFailedError):
        payments.patch(key, {"amount": "3.00", "updated_at": LATEST}, if_match=first.etag)
    with pytest.raises(PreconditionFailedError):
        payments.delete(key, if_match=first.etag)
    assert payments.get_if_changed(key, str(second.etag)) is None
    changed = payments.get_if_changed(key, str(first.etag))
    assert changed is not None
    assert changed.etag == second.etag
    payments.delete(key, if_match=second.etag)


def test_an_idempotency_key_has_its_effect_once(payments: Records) -> None:
    record, repeated = payment(), str(uuid.uuid4())
    first = payments.create(record, idempotency_key=repeated)
    again = payments.create(record, idempotency_key=repeated)
    assert (again.record, again.created, again.etag) == (first.record, True, first.etag)
    with pytest.raises(IdempotencyKeyReusedError):
        payments.create(payment(), idempotency_key=repeated)
    payments.delete(record["payment_id"], idempotency_key=f"{repeated}-gone")
    payments.delete(record["payment_id"], idempotency_key=f"{repeated}-gone")
    with pytest.raises(NotFoundError):
        payments.delete(record["payment_id"])


def test_each_operation_of_a_batch_says_what_it_did(payments: Records) -> None:
    record = payment()
    newer = {**record, "updated_at": LATER}
    operations = [Operation("upsert", item) for item in (newer, newer, record)]
    assert [result.status for result in payments.batch(operations)] == ["written", "unchanged", "superseded"]
    (rejected,) = payments.upsert_all([{**record, **{f"unknown_{number}": 1 for number in range(300)}}])
    assert len(rejected.violations) + rejected.further_violations == 300
    assert rejected.further_violations > 0


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
