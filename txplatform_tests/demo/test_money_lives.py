"""The money of the demo's Stripe payments adds up: in the ledger, and in what its objects say."""

from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.demo.generator import generate
from txplatform.demo.messages import KEYS
from txplatform_tests.warehouse.books import Books

ENTITIES = ("payments", "refunds", "disputes", "payouts", "balance_transactions")


@pytest.fixture(scope="module", params=[600, 3000])
def records(request: pytest.FixtureRequest) -> dict[str, list[dict[str, Any]]]:
    """The newest version of each record that Stripe sends."""
    now = datetime(2026, 11, 23, 1, tzinfo=UTC)
    sent = generate(load_contracts(), now, seed=1, messages=request.param, days=6).messages
    newest: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for message in sent:
        if message.system == "stripe" and message.record is not None:
            for entity, record in ((message.entity, message.record), *message.further):
                [key] = KEYS[entity]
                held = newest[entity].get(record[key])
                if held is None or held["updated_at"] < record["updated_at"]:
                    newest[entity][record[key]] = record
    return {entity: list(newest[entity].values()) for entity in ENTITIES}


def test_nothing_differs_and_all_of_it_is_compared(records: dict[str, list[dict[str, Any]]]) -> None:
    books = Books()
    for entity, rows in records.items():
        books.add(entity, *rows)
    found = books.double_entry()
    captured = [row for row in records["payments"] if row["status"] == "captured"]
    assert found.discrepancies == ()
    assert found.compared >= len(captured) + len(records["balance_transactions"])
    due = books.rows("SELECT sum(net - paid_out) AS due FROM balance_transactions_daily")[0]["due"]
    assert due == sum((row["net"] for row in records["balance_transactions"]), Decimal(0))
    books.close()


def test_each_kind_of_movement_is_there(records: dict[str, list[dict[str, Any]]]) -> None:
    assert {entity for entity, rows in records.items() if rows} == set(ENTITIES)
