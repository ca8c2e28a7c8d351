"""Records with nested fields in every form in which they come to the lake."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from lambdas.cdc.core import Change, render_line
from lambdas.shared.items import encode_record
from lambdas.shared.jsonio import dumps
from lambdas.shared.validation import check_upsert
from txplatform.contracts.model import REST, Contract, Field, FieldType
from txplatform.contracts.render.arrow import business_schema
from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.row_gate import Gated, validate_rows
from txplatform_tests.contracts.strategies import typed_record
from txplatform_tests.ingest.whole import read_changes, read_file
from txplatform_tests.lambdas.nested import schema_of

Records = Sequence[dict[str, Any]]


def gated(contract: Contract, name: str, data: bytes | str) -> Gated:
    """What the lake makes of a file."""
    batch = read_file(name, data.encode() if isinstance(data, str) else data, contract)
    assert isinstance(batch, RawBatch), batch
    return validate_rows(contract, batch)


def reasons(found: Gated) -> list[list[tuple[str, str]]]:
    """Field and rule of every reason, by refused row."""
    return [[(reason["field"], reason["rule"]) for reason in row] for row in found.refused["reasons"]]


def lake_values(found: Gated) -> list[dict[str, Any]]:
    """The good rows, with maps as dictionaries."""
    return [{name: _plain(value) for name, value in row.items()} for row in found.good.to_dicts()]


def as_lines(_: Contract, records: Records) -> bytes:
    return "\n".join(dumps(record) for record in records).encode()


def as_array(_: Contract, records: Records) -> bytes:
    return f"[{', '.join(dumps(record, ascii_only=False) for record in records)}]".encode()


def as_csv(contract: Contract, records: Records) -> bytes:
    """Cells of JSON text where a value is nested."""
    columns = [field.name for field in contract.fields]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for record in records:
        writer.writerow([_cell(field, record.get(field.name)) for field in contract.fields])
    return out.getvalue().encode()


def as_parquet(contract: Contract, records: Records) -> bytes:
    """Columns of structs, lists and maps; JSON values as their texts."""
    rows = [typed_record(contract, record) for record in records]
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=business_schema(contract)), out)
    return out.getvalue()


def as_changes(contract: Contract, records: Records, first: int = 1) -> bytes:
    """The lines that the function `cdc` writes for the items of these records."""
    schema = schema_of(contract)
    lines: list[str] = []
    for number, record in enumerate(records, first):
        checked = check_upsert(schema, record)
        assert not checked.violations, checked.violations
        item = encode_record(schema, checked.record)
        lines.append(render_line(schema, 1, Change(contract.name, str(number), "insert", MOMENT, item)).text)
    return "\n".join(lines).encode()


def gated_changes(contract: Contract, data: bytes) -> Gated:
    """What the lake makes of change lines."""
    batch = read_changes(data, contract)
    assert not isinstance(batch, FileRejected)
    return validate_rows(contract, batch)


MOMENT = datetime(2026, 11, 1, tzinfo=UTC)


def without_rest(record: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != REST}


def _cell(field: Field, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, list | dict) or field.type is FieldType.JSON:
        return dumps(value, ascii_only=False)
    return json.dumps(value) if isinstance(value, bool) else value


def _plain(value: Any) -> Any:
    return value.to_list() if isinstance(value, pl.Series) else value
