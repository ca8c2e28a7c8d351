"""An entity's life under two versions of its contract: added, widened, renamed, backfilled and deprecated fields."""

import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any
from unittest.mock import Mock

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from txplatform.contracts import names
from txplatform.contracts.model import Contract, Evolution, Field, FieldType
from txplatform.contracts.names import REGISTRY_TABLE
from txplatform.contracts.render.registry import publish
from txplatform.errors import ContractTooOldError, QueryError
from txplatform.lake import evolved_view
from txplatform.lake.declared_version import VERSION_KEY
from txplatform.warehouse.marts.files import marts
from txplatform.warehouse.views import refresh_mart
from txplatform_tests.lake_stand import BUCKET, csv_of, payment
from txplatform_tests.parity.stores import Store

DAY, NEXT_DAY = date(2026, 1, 1), date(2026, 1, 2)
WIDE = "123456789012345678.90"
TIP = Field("tip", FieldType.DECIMAL, "Tip.", required=True, precision=9, scale=2, evolution=Evolution(backfill="0.5"))


def second_version(contract: Contract) -> Contract:
    """Version 2: `amount` wider, `method` as `paid_with`, `channel` deprecated, `tip` new, required and backfilled."""
    changes: dict[str, dict[str, Any]] = {
        "amount": {"precision": 20},
        "method": {"name": "paid_with", "evolution": Evolution(former_names=("method",))},
        "channel": {"evolution": Evolution(deprecated="Use order_reference.")},
    }
    fields = [replace(field, **changes.get(field.name, {})) for field in contract.fields]
    return replace(contract, version="2.0.0", fields=(*fields, TIP))


@pytest.fixture
def store(credentials: None) -> Iterator[Store]:
    found = Store.of("payments")
    assert isinstance(found, Store)
    with suppress(found.dynamodb.exceptions.ResourceInUseException):  # others share the stand
        found.dynamodb.create_table(
            TableName=REGISTRY_TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("entity", "item")],
            KeySchema=[{"AttributeName": "entity", "KeyType": "HASH"}, {"AttributeName": "item", "KeyType": "RANGE"}],
        )
    yield found
    found.dynamodb.delete_table(TableName=REGISTRY_TABLE)
    found.dynamodb.delete_table(TableName=found.table)


def drop(store: Store, day: date, name: str, body: bytes | str, version: str | None = None, folder: str = "") -> None:
    """Drop a file that names a version in its object's metadata, or by its folder."""
    metadata = {} if version is None else {VERSION_KEY: version}
    key = f"{names.lane_prefix(names.Lane.FILES, store.contract.name)}{folder}dt={day}/{name}"
    data = body.encode() if isinstance(body, str) else body
    store.clients.client("s3").put_object(Bucket=BUCKET, Key=key, Body=data, Metadata=metadata)
    store.ledger.reconcile(names.Lane.FILES, store.contract.name, [day])


def present(key: str, amount: str = "12.30", **fields: Any) -> dict[str, Any]:
    """A payment as version 2 has it."""
    record = payment(key, amount, **fields)
    return {"paid_with" if name == "method" else name: value for name, value in record.items()}


def parquet_of(records: list[Mapping[str, Any]], version: str) -> bytes:
    table = pa.Table.from_pylist(records).replace_schema_metadata({VERSION_KEY: version})
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def queried(store: Store, columns: str) -> list[str]:
    """The keys in the current view as it is now, read with these columns, of which the key is the first."""
    rows = store.athena.arrow(f'SELECT {columns} FROM "{store.contract.name}" ORDER BY 1').to_pylist()
    return [row["payment_id"] for row in rows]


def test_a_view_that_was_not_replaced_with_its_tables_is_left_to_the_next_process(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    store.put_changes("a", [(1, payment("c1"), False)])
    store.ingest_changes()
    assert store.view("payment_id, method")
    [mart] = marts(store.contract)
    refresh_mart(mart, store.athena, store.ledger, [store.contract])
    figures = f'SELECT {{}}, records FROM "{mart.name}"'
    assert store.athena.arrow(figures.format("method")).to_pylist() == [{"method": "card", "records": 1}]
    store.contract = second_version(store.contract)
    with monkeypatch.context() as patch:
        patch.setattr(evolved_view, "refresh_view", Mock(side_effect=QueryError("Athena is down")))
        store.lake.ensure(store.contract)
    assert f"the view {store.contract.name} was not replaced" in caplog.text
    with pytest.raises(QueryError):
        queried(store, "payment_id, method")
    for _ in range(2):
        store.with_settings().lake.ensure(store.contract)
        assert queried(store, "payment_id, paid_with") == ["c1"]
        assert store.athena.arrow(figures.format("paid_with")).to_pylist() == [{"paid_with": "card", "records": 1}]


def test_rows_of_two_versions_are_one_state(store: Store) -> None:
    first = store.contract
    publish(store.dynamodb, first)
    old = [payment("c1"), payment("c2")]
    for record in old:
        store.put(record)
    store.put_changes("a", [(1, old[0], False)])
    store.ingest_changes()
    store.put_file(DAY, "old.csv", csv_of([payment("f1")]))
    store.ingest_files(DAY)
    store.fold()
    assert len(store.view("payment_id, amount, method")) == 2
    store.put_changes("b", [(2, old[1], False)])  # as version 1 wrote it, and taken in by version 2

    store.contract = second_version(first)
    publish(store.dynamodb, store.contract)
    new = present("c3", WIDE, tip="2.00")
    store.put(new)
    store.put_changes("c", [(3, new, False)])
    report = store.ingest_changes()
    assert (report.refused, report.schema["amount"]) == (0, "decimal(20,2)")
    assert "method" not in report.schema
    assert queried(store, "payment_id, amount, paid_with, tip") == ["c1", "c2", "c3", "f1"], "before any refresh"
    drop(
        store,
        DAY,
        "new.csv",
        csv_of([present("f2", WIDE, tip="3.00", channel="web"), present("f3", tip="", channel="")]),
    )
    drop(store, NEXT_DAY, "by_metadata.csv", csv_of([payment("f4"), payment("f5", WIDE)]), first.version)
    drop(store, NEXT_DAY, "by_content.parquet", parquet_of([payment("f6")], first.version))
    drop(store, NEXT_DAY, "by_folder.csv", csv_of([payment("f10")]), folder=f"{names.VERSION_FOLDER}{first.version}/")
    drop(store, NEXT_DAY, "two.csv", csv_of([payment("f11")]), "2.0.0", f"{names.VERSION_FOLDER}{first.version}/")
    drop(store, NEXT_DAY, "never.csv", csv_of([payment("f7")]), "1.0.99")
    drop(store, NEXT_DAY, "odd.csv", csv_of([payment("f8")]), "latest")
    reports = store.ingest_files(DAY, NEXT_DAY)
    assert [(day.rows, day.refused) for day in reports.days] == [(3, 0), (3, 4)]
    assert [day.deprecated for day in reports.days] == [{"channel": 1}, {}]
    reasons = [(row["source"].partition("?")[0].rpartition("/")[2], row["reasons"][0]) for row in store.quarantine()]
    assert {(name, reason["field"], reason["rule"]) for name, reason in reasons} == {
        ("by_metadata.csv", "amount", "precision"),
        ("two.csv", "", "file.contract_version"),
        ("never.csv", "", "file.contract_version"),
        ("odd.csv", "", "file.contract_version"),
    }
    expected = {
        **dict.fromkeys(("c1", "c2", "f1", "f10", "f3", "f4", "f6"), ("12.30", "card", "0.50")),
        "c3": (WIDE, "card", "2.00"),
        "f2": (WIDE, "card", "3.00"),
    }
    for folded in (False, True):
        if folded:
            store.fold()
        rows = store.view("payment_id, amount, paid_with, tip")
        assert {row.pop("payment_id"): tuple(map(str, row.values())) for row in rows} == expected
    parity = store.check()
    assert (parity.equal, parity.checked, parity.days) == (True, 3, 2)
    before = store.with_settings()
    before.contract = first
    before.put_file(NEXT_DAY, "by_an_older_process.csv", csv_of([payment("f9")]))
    with pytest.raises(ContractTooOldError, match=r"contract 2\.0\.0"):
        before.ingest_files(NEXT_DAY)
    columns = {field.name for field in store.lake.table(names.files_table(first.name)).schema().fields}
    assert "method" not in columns, "an older process does not bring a former name back"
