"""A table of records with nested fields is loaded, folded and repaired without its stream, exact to the character."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from lambdas.shared.validation import check_upsert
from txplatform.parity.repair import Repair
from txplatform_tests.lake_stand import Stand, stand_settings
from txplatform_tests.lambdas.nested import SCHEMA, purchase
from txplatform_tests.samples.nested import purchases
from txplatform_tests.store_stand import Store

HOSTILE = '\x00\x1f\n\u2028"\\,é😀'
NOTHING: dict[str, Any] = dict.fromkeys(("line_items", "shipping", "attributes", "fees", "tags", "notes", "payload"))
EMPTY: dict[str, Any] = {name: [] if name in ("line_items", "tags", "notes") else {} for name in NOTHING}


def records(name: str) -> list[dict[str, Any]]:
    """Canonical records with hostile texts and long numbers, with what is empty, and with nothing."""
    hostile = {
        "payload": {HOSTILE: [HOSTILE, None, Decimal(f"{'1' * 38}.{'2' * 29}3")]},
        "attributes": {HOSTILE: HOSTILE, "a": ""},
        "tags": ["", "null", "]", "a,b", HOSTILE],
        "beyond": {"a": [1, {"b": Decimal("1.10")}]},
    }
    many: list[dict[str, Any]] = [hostile, EMPTY | {"shipping": {"carrier": "", "address": {}}}, NOTHING]
    given = [purchase(purchase_id=f"{name}{place}", **changes) for place, changes in enumerate(many)]
    return [dict(check_upsert(SCHEMA, record).record) for record in given]


@pytest.mark.long
def test_nested_records_come_back_without_their_stream(credentials: None, monkeypatch: pytest.MonkeyPatch) -> None:
    stand = Stand(replace(purchases(), name=f"purchases_{uuid4().hex[:8]}"), stand_settings())
    store = Store(stand, monkeypatch)
    store.fill(records("loaded"))
    assert store.bootstrap().items == 3
    assert store.parity().equal
    stand.fold()
    store.fill(records("missing"))
    store.fill([records("loaded")[1] | {"purchase_id": "loaded0"}])
    lost = store.parity()
    assert (lost.missing, lost.different) == (3, 1)
    repair = Repair(stand.contract, stand.clients, stand.lake, stand.ledger, stand.athena, stand.topic, timedelta(0))
    assert repair.run().written == 4
    stand.fold()
    assert store.parity().equal, "from the snapshot"
    (row,) = stand.athena.arrow(
        f"SELECT element_at(tags, 5) AS tag, rest, element_at(attributes, 'a') AS empty "
        f"FROM {stand.contract.name} WHERE purchase_id = 'missing0'"
    ).to_pylist()
    assert row == {"tag": HOSTILE, "rest": '{"beyond":{"a":[1,{"b":1.1}]}}', "empty": ""}
