"""Tables of an entity on a local AWS."""

import gzip
import json
import threading
import uuid
from dataclasses import replace
from decimal import Decimal

import pytest

from txplatform.contracts import names
from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.contracts.render.columns import PROVENANCE
from txplatform.errors import LakeError
from txplatform.lake.catalog import Lake
from txplatform.lake.preparation import prepare
from txplatform_tests.ingest.nested_files import as_changes
from txplatform_tests.lake_stand import Stand, payment, stand_settings
from txplatform_tests.lambdas.nested import purchase
from txplatform_tests.samples.nested import purchases


def test_racing_runs_create_the_tables_once(stand: Stand) -> None:
    errors: list[Exception] = []

    def ensure(lake: Lake) -> None:
        try:
            lake.ensure(stand.contract)
        except Exception as error:  # noqa: BLE001 # handed to the test's thread
            errors.append(error)

    threads = [threading.Thread(target=ensure, args=(stand.with_settings().lake,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    stand.lake.ensure(stand.contract)
    spec = stand.lake.table(names.snapshot_table(stand.contract.name)).spec()
    assert [field.name for field in spec.fields] == ["created_at_day"]


def test_table_gains_the_contracts_new_columns(stand: Stand) -> None:
    stand.put_changes("a", [(1, payment("p1"), False)])
    stand.ingest_changes()
    tip = Field("tip", FieldType.DECIMAL, "Tip", precision=18, scale=2)
    grown: Contract = replace(stand.contract, version="1.10.0", fields=(*stand.contract.fields, tip))
    stand.contract = grown
    stand.put_changes("b", [(2, payment("p2", tip="0.50"), False)])
    assert stand.ingest_changes().schema["tip"] == "decimal(18,2)"
    assert stand.view("payment_id, tip") == [
        {"payment_id": "p1", "tip": None},
        {"payment_id": "p2", "tip": Decimal("0.50")},
    ]


def test_table_gains_what_its_objects_have_gained_at_any_depth(credentials: None) -> None:
    shop = Stand(replace(purchases(), name=f"purchases_{uuid.uuid4().hex[:8]}"), stand_settings())
    shop.put_raw_changes("a.jsonl", as_changes(shop.contract, [purchase(purchase_id="a")]))
    shop.ingest_changes()
    shop.fold()
    shop.contract = replace(shop.contract, version="1.1.0", fields=tuple(map(_grown, shop.contract.fields)))
    line = {"sku": "C", "amount": "1.0000", "weight": "0.500"}
    record = purchase(purchase_id="b", line_items=[line], shipping={"carrier": "x", "address": {"weight": "1.000"}})
    shop.put_raw_changes("b.jsonl", as_changes(shop.contract, [record], first=2))
    assert shop.ingest_changes().refused == 0
    asked = 'purchase_id, transform(line_items, e -> e.weight) AS lines, (shipping)."address"."weight" AS parcel'
    expected = [("a", "[null, null]", None), ("b", "[0.500]", Decimal("1.000"))]
    assert [tuple(row.values()) for row in shop.view(asked)] == expected
    shop.fold()
    assert [tuple(row.values()) for row in shop.view(asked)] == expected, "in the snapshot too"


def _grown(field: Field) -> Field:
    """The objects of lines and addresses with one member more."""
    weight = Field("weight", FieldType.DECIMAL, "Weight", precision=9, scale=3)
    if field.name == "address" or (field.name == "element" and field.fields):
        return replace(field, fields=(*field.fields, weight))
    if field.element is not None:
        return replace(field, element=_grown(field.element))
    return replace(field, fields=tuple(map(_grown, field.fields)))


def test_tables_from_before_rows_said_who_wrote_them_gain_the_columns(stand: Stand) -> None:
    stand.lake.ensure(stand.contract)
    tables = [make(stand.contract.name) for make in (names.files_table, names.changes_table, names.snapshot_table)]
    for name in tables:
        with stand.lake.table(name).update_schema() as update:
            for column in PROVENANCE:
                update.delete_column(column)
    later = stand.with_settings()
    later.put_changes("a", [(1, payment("p1"), False)])
    line = later.envelope(2, payment("p2")) | {"written_by": "https://i#crm", "request_id": "r-1"}
    later.put_raw_changes("b.jsonl.gz", gzip.compress(json.dumps(line).encode(), mtime=0))
    later.ingest_changes()
    later.fold()
    for name in tables:
        assert not any(later.lake.table(name).schema().find_field(column).required for column in PROVENANCE)
    assert later.view("payment_id") == [{"payment_id": "p1"}, {"payment_id": "p2"}]
    rows = later.rows(names.snapshot_table(stand.contract.name)).to_pylist()
    assert {row["payment_id"]: row["_written_by"] for row in rows} == {"p1": None, "p2": "https://i#crm"}


def test_a_changed_type_stops_ingestion_with_the_columns_name(stand: Stand) -> None:
    stand.lake.ensure(stand.contract)
    fields = tuple(replace(item, scale=4) if item.name == "amount" else item for item in stand.contract.fields)
    changed = replace(stand.contract, version="2.0.0", fields=fields)
    wanted = (
        r"version 2\.0\.0: column amount is decimal\(18,2\), the contract needs decimal\(18,4\)\. Remedy: give each"
    )
    with pytest.raises(LakeError, match=wanted):
        prepare(changed, stand.lake, names.changes_table(stand.contract.name))


def test_unknown_table_is_a_lake_error(stand: Stand) -> None:
    with pytest.raises(LakeError, match="does not exist"):
        stand.lake.table("nobody_files")
