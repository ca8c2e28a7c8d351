"""Views of child entities: a row for each object of an array, with its parent's key, exact and masked."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from txplatform.contracts.model import Field, FieldType
from txplatform.warehouse.child_views import child_views
from txplatform.warehouse.views import refresh_mart, refresh_view
from txplatform_tests.ingest.nested_files import as_changes
from txplatform_tests.lake_stand import Stand, stand_settings
from txplatform_tests.lambdas.nested import PLACED, purchase
from txplatform_tests.samples.nested import purchases

ONE = Field("element", FieldType.OBJECT, "", required=True, fields=(Field("placed_at", FieldType.STRING, "When"),))
SCANS = Field("scans", FieldType.ARRAY, "Scans", element=ONE, max_items=9, child="scans")


@pytest.fixture
def stand(credentials: None) -> Stand:
    """A shop whose purchases have a child entity of one member more, with the name of a parent's field."""
    contract = replace(purchases(), name=f"purchases_{uuid4().hex[:8]}", fields=(*purchases().fields, SCANS))
    return Stand(contract, stand_settings())


def test_children_have_their_parents_key_and_their_place(stand: Stand) -> None:
    empty = purchase(purchase_id="b", line_items=[], notes=None)
    records = [purchase(purchase_id="a", scans=[{"placed_at": "x"}, {}]), empty]
    stand.put_raw_changes("a.jsonl", as_changes(stand.contract, records))
    assert stand.ingest_changes().refused == 0
    refresh_view(stand.contract, stand.athena, stand.ledger)
    found = {}
    for view in child_views(stand.contract):
        refresh_mart(view, stand.athena, stand.ledger)
        table = stand.athena.arrow(f'SELECT * FROM "{view.name}" ORDER BY 1, 3')
        assert table.column_names == [column.name for column in view.columns]
        found[view.name.removeprefix(f"{stand.contract.name}_")] = table.to_pylist()
    placed = datetime.fromisoformat(PLACED).astimezone(UTC)
    assert [(row["purchase_id"], row["position"], row["sku"], row["amount"]) for row in found["line_items"]] == [
        ("a", 1, "A-1", Decimal("43.3000")),
        ("a", 2, "B-2", Decimal("0.0001")),
    ]
    assert found["line_items"][0]["discount"] == "{code=VIP, amount=1.10}"
    (note,) = found["notes"]
    assert (note["placed_at"], note["written_at"], note["text"]) == (placed, placed, "••••me")
    assert [(row["position"], row["scans_placed_at"]) for row in found["scans"]] == [(1, "x"), (2, None)]


def test_every_column_says_where_it_comes_from() -> None:
    lines, notes = child_views(purchases())
    assert (lines.name, notes.name) == ("purchases_line_items", "purchases_notes")
    assert {column.name: column.origin for column in lines.columns} == {
        "purchase_id": "purchase_id",
        "placed_at": "placed_at",
        **dict.fromkeys(("position", "sku", "quantity", "amount", "discount", "ships_on", "taxes"), "line_items"),
    }
