"""Days of nested rows delivered again: what stays and what is written once more keeps nulls and empty values apart."""

import json
import uuid
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from txplatform.contracts import names
from txplatform.lake import day_replacement
from txplatform.lake.epochs import close_epoch
from txplatform_tests.lake_stand import Stand, stand_settings
from txplatform_tests.samples.nested import purchases

DAY = date(2026, 3, 2)
ITEM = {"sku": "A-1", "quantity": 2, "amount": "1.2500", "taxes": ["0.190000"]}
SHAPES: dict[str, dict[str, Any]] = {
    "absent": {},
    "empty": {"line_items": [], "attributes": {}, "tags": [], "fees": {}},
    "full": {
        "line_items": [ITEM, {**ITEM, "taxes": [], "discount": {"code": "x", "amount": "0.50"}}],
        "shipping": {"carrier": "c", "cost": "4.90", "insured": False, "address": {"city": "Oslo", "country": "NO"}},
        "attributes": {"a": "1", "b": ""},
        "tags": ["", "t"],
        "fees": {"card": "0.30"},
    },
}


def purchase(key: str, minute: int = 5, **fields: Any) -> dict[str, Any]:
    return {
        "purchase_id": key, "status": "open", "total": "9.90", **SHAPES[key], "placed_at": "2026-03-02T09:00:00Z",
        "updated_at": f"2026-03-02T09:{minute:02d}:00Z", **fields,
    }  # fmt: skip


def lines(*records: dict[str, Any]) -> str:
    return "".join(f"{json.dumps(record)}\n" for record in records)


def nested(stand: Stand) -> dict[str, list[Any]]:
    rows = stand.rows(names.files_table(stand.contract.name)).to_pylist()
    return {row["purchase_id"]: [row[name] for name in SHAPES["full"]] for row in rows if not row["_deleted"]}


@pytest.fixture
def shop(credentials: None) -> Stand:
    return Stand(replace(purchases(), name=f"purchases_{uuid.uuid4().hex[:8]}"), stand_settings())


def test_rows_that_stay_and_rows_that_are_raised_keep_their_nested_values(shop: Stand) -> None:
    shop.put_file(DAY, "a.jsonl", lines(*map(purchase, SHAPES)))
    assert shop.ingest_files(DAY).refused == 0
    before = nested(shop)
    assert set(before) == set(SHAPES)
    assert before["absent"] == [None] * len(SHAPES["full"])
    assert None not in before["full"]

    shop.put_file(DAY, "a.jsonl", lines(*(purchase(key, status="no such") for key in SHAPES)))
    assert shop.ingest_files(DAY).refused == len(SHAPES)
    assert nested(shop) == before, "rows that stay"

    shop.put_file(DAY, "a.jsonl", lines(*(purchase(key, minute=1) for key in SHAPES)))
    assert shop.ingest_files(DAY).refused == 0
    assert nested(shop) == before, "rows that are raised above newer ones"


def test_rows_of_an_epoch_that_was_closed_meanwhile_keep_their_nested_values(
    shop: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.put_file(DAY, "a.jsonl", lines(*map(purchase, SHAPES)))
    shop.ingest_files(DAY)
    before, real = nested(shop), day_replacement.replace_refused

    def close_and_replace(*arguments: Any) -> object:
        close_epoch(shop.lake, shop.contract)
        return real(*arguments)

    monkeypatch.setattr(day_replacement, "replace_refused", close_and_replace)
    shop.ingest_files(DAY)

    assert nested(shop) == before
    rows = shop.rows(names.files_table(shop.contract.name))
    assert set(rows["_epoch"].to_pylist()) == {2}
