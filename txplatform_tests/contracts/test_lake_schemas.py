"""Arrow and Iceberg schemas: they agree with each other, are exact, and real tables take what they describe."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyiceberg.catalog.memory import InMemoryCatalog
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.partitioning import PartitionSpec
from pyiceberg.schema import Schema

from txplatform.contracts.model import Contract, FieldType
from txplatform.contracts.names import Lane
from txplatform.contracts.render import arrow, iceberg
from txplatform.contracts.render.columns import PROVENANCE, REASON_FIELDS, SNAPSHOT, LakeTable, system_columns
from txplatform_tests.contracts.strategies import records, typed_record

_LAKE: list[tuple[LakeTable, Callable[[Contract], Schema], Callable[[Contract], PartitionSpec]]] = [
    (Lane.FILES, iceberg.files_schema, iceberg.files_partition_spec),
    (Lane.CHANGES, iceberg.changes_schema, iceberg.changes_partition_spec),
    (SNAPSHOT, iceberg.snapshot_schema, iceberg.snapshot_partition_spec),
]
_MOMENT = datetime(2026, 11, 2, 9, 15, 7, 250001, tzinfo=UTC)
_SYSTEM: dict[FieldType, Any] = {
    FieldType.STRING: "s",
    FieldType.BOOLEAN: False,
    FieldType.TIMESTAMP: _MOMENT,
    FieldType.INTEGER: 1,
    FieldType.DATE: date(2026, 11, 2),
}


def system_values(table: LakeTable) -> dict[str, Any]:
    return {column.name: _SYSTEM[column.type] for column in system_columns(table)}


@pytest.mark.parametrize(("table", "schema"), [item[:2] for item in _LAKE], ids=["files", "changes", "snapshot"])
def test_arrow_and_iceberg_agree(contract: Contract, table: LakeTable, schema: Callable[[Contract], Schema]) -> None:
    read = schema_to_pyarrow(schema(contract), include_field_ids=False).remove_metadata()
    # Read back as Arrow, Iceberg's strings are large: the one difference that both sides accept.
    large = pa.types.is_large_string
    read = pa.schema([item.with_type(pa.string()) if large(item.type) else item for item in read])

    assert read == arrow.stored(arrow.lake_schema(contract, table).empty_table()).schema


def test_field_ids_are_stable_and_apart(contract: Contract) -> None:
    for _, render, _ in _LAKE:
        ids = [field.field_id for field in render(contract).fields]
        business, system = ids[: len(contract.fields)], ids[len(contract.fields) :]
        assert business == list(range(1, len(contract.fields) + 1))
        assert system == list(range(1001, 1001 + len(system)))


def test_only_the_key_and_the_system_columns_but_the_provenance_are_required(contract: Contract) -> None:
    required = {field.name for field in arrow.lake_schema(contract, Lane.FILES) if not field.nullable}

    assert required == {*contract.key, *system_values(Lane.FILES)} - {*PROVENANCE}


def test_no_column_is_a_float(contract: Contract) -> None:
    assert [str(item) for item in arrow.business_schema(contract) if pa.types.is_floating(item.type)] == []
    for field in contract.fields:
        if field.type is FieldType.DECIMAL:
            assert arrow.arrow_type(field) == pa.decimal128(field.precision, field.scale)
            assert str(iceberg.iceberg_type(field, count(1))) == f"decimal({field.precision}, {field.scale})"


def test_partition_specs(contract: Contract) -> None:
    specs = [spec(contract) for _, _, spec in _LAKE] + [iceberg.quarantine_partition_spec(contract)]

    assert [[f"{item.transform}({item.name})" for item in spec.fields] for spec in specs] == [
        ["identity(dt)"],
        ["day(_ingested_at_day)"],
        [f"{contract.partition_transform}({contract.partition_field}_{contract.partition_transform})"],
        ["identity(lane)", "identity(dt)"],
    ]
    assert (
        specs[2].fields[0].source_id == iceberg.snapshot_schema(contract).find_field(contract.partition_field).field_id
    )


@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_every_record_survives_arrow_digit_for_digit(contract: Contract, data: st.DataObject) -> None:
    rows = [typed_record(contract, record) for record in data.draw(st.lists(records(contract), min_size=1, max_size=3))]

    assert pa.Table.from_pylist(rows, schema=arrow.business_schema(contract)).to_pylist() == rows


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[InMemoryCatalog]:
    catalog = InMemoryCatalog("test", warehouse=f"file://{tmp_path}")
    catalog.create_namespace("lake")
    yield catalog
    catalog.close()  # Python 3.13 warns of a database that is left open


@pytest.mark.parametrize(("table", "schema", "spec"), _LAKE, ids=["files", "changes", "snapshot"])
def test_a_real_table_takes_rows_and_gives_them_back(
    contract: Contract,
    catalog: InMemoryCatalog,
    table: LakeTable,
    schema: Callable[[Contract], Schema],
    spec: Callable[[Contract], PartitionSpec],
) -> None:
    example = typed_record(contract, {field.name: field.example for field in contract.fields})
    tombstone = {name: example[name] if name in contract.key else None for name in example}
    rows = [{**row, **system_values(table)} for row in (example, tombstone)]
    created = catalog.create_table("lake.rows", schema(contract), partition_spec=spec(contract))

    created.append(arrow.stored(pa.Table.from_pylist(rows, schema=arrow.lake_schema(contract, table))))

    read = catalog.load_table("lake.rows").scan().to_arrow().cast(arrow.lake_schema(contract, table)).to_pylist()
    assert sorted(read, key=str) == sorted(rows, key=str)


def test_a_real_quarantine_table_takes_rows_and_gives_them_back(contract: Contract, catalog: InMemoryCatalog) -> None:
    row = {
        "quarantine_id": "0" * 64,
        "lane": "files",
        "dt": date(2026, 11, 2),
        "source": "s3://lake/raw/x.csv?versionId=1",
        "row": 7,
        "payload": json.dumps({"amount": "x"}),
        "reasons": [dict(zip(REASON_FIELDS, ("amount", rule, "…"), strict=True)) for rule in ("type", "minimum")],
        "batch_id": "b",
        "quarantined_at": _MOMENT,
        "trace_id": None,
    }
    spec = iceberg.quarantine_partition_spec(contract)
    created = catalog.create_table("lake.refused", iceberg.quarantine_schema(contract), partition_spec=spec)

    created.append(arrow.stored(pa.Table.from_pylist([row], schema=arrow.quarantine_schema())))

    assert catalog.load_table("lake.refused").scan().to_arrow().cast(arrow.quarantine_schema()).to_pylist() == [row]


def test_a_decimal_that_does_not_fit_is_never_rounded(contract: Contract) -> None:
    field = next(item for item in contract.fields if item.type is FieldType.DECIMAL)
    too_fine = Decimal(1).scaleb(-(field.scale or 0) - 1)

    with pytest.raises(pa.ArrowInvalid):
        pa.array([too_fine], arrow.arrow_type(field))
