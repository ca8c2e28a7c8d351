"""Several states of a record in one second reach the lake as the source's last one: by the API and by files."""

import random
from collections.abc import Iterator
from datetime import date
from itertools import permutations
from typing import Any

import pytest

from lambdas.data_api.adapters import EntityTables
from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.provenance import Provenance
from lambdas.shared.schema import EntitySchema
from txplatform.contracts import names
from txplatform.contracts.render.registry import registry_document
from txplatform_tests.lake_stand import Stand, csv_of, payment
from txplatform_tests.store_stand import Store

STATES = ("authorised", "captured", "settled", "refunded")
ORDERS = {f"pay_{number}": order for number, order in enumerate(permutations(STATES))}
ENDS = dict.fromkeys(ORDERS, "refunded")
SHORT = {f"pay_{number}": order for number, order in enumerate(permutations(STATES[1:]))}
DAYS = (date(2026, 1, 1), date(2026, 1, 2))


@pytest.fixture
def store(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    yield Store(stand, monkeypatch)
    stand.clients.client("dynamodb").delete_table(TableName=names.entity_table(stand.contract.name))


class Streamed:
    """DynamoDB as the data API calls it, with a stream that the store delivers."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._dynamodb: Any = store.stand.clients.client("dynamodb")

    def get_item(self, **arguments: Any) -> Any:
        return self._dynamodb.get_item(**arguments)

    def put_item(self, **arguments: Any) -> Any:
        answer = self._dynamodb.put_item(**arguments)
        self._store.record_put(arguments["Item"], answer.get("Attributes"))
        return answer


def states(stand: Stand) -> dict[str, str]:
    return {row["payment_id"]: row["status"] for row in stand.view("payment_id, status")}


def test_every_order_of_a_burst_twice_is_its_last_state_in_store_stream_and_lake(store: Store) -> None:
    stand = store.stand
    schema = EntitySchema.parse(loads(dumps(registry_document(stand.contract))))
    tables = EntityTables(Streamed(store), names.entity_table(names.ENTITY_SLOT), 30)
    arrivals = {key: order * 2 for key, order in SHORT.items()}
    turns = [key for key, order in arrivals.items() for _ in order]
    random.Random(3).shuffle(turns)
    left = {key: iter(order) for key, order in arrivals.items()}
    for number, key in enumerate(turns):
        record = payment(key, status=next(left[key]))
        tables.upsert(schema, key, record, Provenance("trace-1"))
        if number == len(turns) // 2:
            store.deliver()
            stand.fold()
    store.deliver()
    assert states(stand) == dict.fromkeys(SHORT, "refunded")
    assert store.parity().equal


def test_every_order_of_a_burst_twice_is_its_last_state_in_files(stand: Stand) -> None:
    """Each state of a record is in a file of its own and once more in that file; the files are of two days."""
    for turn in range(len(STATES)):
        rows = [payment(key, status=order[turn]) for key, order in ORDERS.items()]
        stand.put_file(DAYS[turn % 2], f"{turn}.csv", csv_of(rows + rows[::-1]))
        stand.ingest_files(DAYS[turn % 2])
        if turn == 1:
            stand.fold()
    assert states(stand) == ENDS
    stand.ingest_files(*DAYS)
    stand.fold()
    assert states(stand) == ENDS


def test_a_day_delivered_again_with_an_earlier_state_is_what_counts(stand: Stand) -> None:
    """A delivery replaces its day as ever: the source takes back what it said, whatever the ranks."""
    stand.put_file(DAYS[0], "a.csv", csv_of([payment("pay_1", status="settled")]))
    stand.ingest_files(DAYS[0])
    stand.fold()
    stand.put_file(DAYS[0], "a.csv", csv_of([payment("pay_1", status="captured")]))
    stand.ingest_files(DAYS[0])
    assert states(stand) == {"pay_1": "captured"}
