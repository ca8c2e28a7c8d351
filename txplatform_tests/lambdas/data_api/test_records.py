"""The routes over a store that records what it was asked for, and when."""

import threading
import time
from typing import Any

from lambdas.data_api.adapters import EntityTables
from lambdas.data_api.audit import Entry
from lambdas.data_api.batch import WORKERS
from lambdas.data_api.core import Request
from lambdas.data_api.idempotency import Receipts
from lambdas.data_api.outcomes import Outcome
from lambdas.data_api.records import Records
from lambdas.shared.jsonio import dumps
from lambdas.shared.provenance import Provenance
from lambdas.shared.registry import CurrentSchema, SchemaRegistry
from lambdas.shared.schema import EntitySchema, Record
from txplatform.contracts import names

LATER = "2024-01-01T00:00:00.000000Z"


def tables(client: Any) -> EntityTables:
    return EntityTables(client, names.entity_table(names.ENTITY_SLOT), 30)


class Ordered(EntityTables):
    """A store that keeps the order of writes; the first one of key `a` waits for the one of key `b`."""

    def __init__(self) -> None:
        self.amounts: list[str] = []
        self._b_is_written = threading.Event()

    def upsert(self, schema: EntitySchema, key: str, record: Record, provenance: Provenance) -> Outcome:
        if key == "b":
            self._b_is_written.set()
        elif record["amount"] == "0.00":
            assert self._b_is_written.wait(30), "different keys are written side by side"
        self.amounts.append(f"{key} {record['amount']}")
        return Outcome.REPLACED


def test_one_key_s_operations_keep_their_order_and_keys_do_not_wait(dynamodb: Any, payment: dict[str, Any]) -> None:
    """In parallel, all other operations on `a` would be done before the one on `b`, which is submitted last."""
    several = 4 * WORKERS
    records = [payment | {"payment_id": "a", "amount": f"{index}.00"} for index in range(several)]
    records.append(payment | {"payment_id": "b"})
    body = dumps({"operations": [{"op": "upsert", "record": record} for record in records]})
    store = Ordered()

    current = CurrentSchema(SchemaRegistry(dynamodb, names.REGISTRY_TABLE), "payments")
    receipts = Receipts(dynamodb, names.IDEMPOTENCY_TABLE, time.time)
    audit, permissions = Entry(Provenance("trace-1")), frozenset(["payments.personal"])
    Records(store, receipts).answer(
        current, Request("POST batch", "payments", "", {}, body, audit, permissions=permissions)
    )

    assert [amount for amount in store.amounts if amount.startswith("a")] == [f"a {n}.00" for n in range(several)]


def test_a_deletion_keeps_the_partition_that_is_stored(
    dynamodb: Any, payment: dict[str, Any], payments: EntitySchema
) -> None:
    store = tables(dynamodb)
    store.upsert(payments, "pay_1", payment, Provenance("trace-1"))
    identity = {"payment_id": "pay_1", "created_at": LATER}
    assert store.soft_delete(payments, "pay_1", identity, LATER, Provenance("trace-2")) is Outcome.DELETED
    deleted = store.read(payments, "pay_1")
    assert deleted is not None
    assert deleted.record == {"payment_id": "pay_1", "created_at": payment["created_at"]}


def test_a_read_sees_every_write_before_it(dynamodb: Any, payments: EntitySchema) -> None:
    class Recorder:
        asked: dict[str, Any]

        def get_item(self, **arguments: Any) -> Any:
            self.asked = arguments
            return dynamodb.get_item(**arguments)

    recorder = Recorder()
    assert tables(recorder).read(payments, "none") is None
    assert recorder.asked["ConsistentRead"] is True
