"""What each engine makes of one record: its canonical values, and field and rule of every reason."""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from lambdas.shared.alignment import align
from lambdas.shared.json_value import Json
from lambdas.shared.jsonio import loads
from lambdas.shared.nested import plain
from lambdas.shared.schema import EntitySchema
from lambdas.shared.validation import check_upsert
from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.ingest.batch import FileRejected
from txplatform.ingest.row_gate import validate_rows
from txplatform_tests.ingest.whole import read_file

Outcome = Mapping[str, Any] | Sequence[str]
"""The canonical values of a record that passes, or `field: rule` of all reasons, sorted."""


def by_the_functions(schema: EntitySchema, line: str) -> Outcome:
    """The outcome of one record as JSON text."""
    checked = check_upsert(schema, align(schema, loads(line)))
    if checked.violations:
        return sorted(f"{item.field}: {item.rule}" for item in checked.violations)
    return {name: _plain(value) for name, value in checked.record.items()}


def by_the_lake(contract: Contract, name: str, content: bytes | pl.DataFrame) -> dict[int, Outcome]:
    """The outcomes of a file by the number of the row, in its order; none where the types of its columns refuse it."""
    if isinstance(content, pl.DataFrame):
        out = io.BytesIO()
        content.write_parquet(out)
        content = out.getvalue()
    batch = read_file(name, content, contract)
    if isinstance(batch, FileRejected):
        assert batch.rule == "file.column_type", batch
        return {}
    gated = validate_rows(contract, batch)
    good = {
        row: {field.name: canonical(field, values[field.name]) for field in contract.fields}
        for row, values in zip(gated.rows, gated.good.to_dicts(), strict=True)
    }
    found: dict[int, Outcome] = {
        row: {name: value for name, value in values.items() if value is not None} for row, values in good.items()
    }
    for row, reasons in gated.refused.select("row", "reasons").iter_rows():
        found[row] = sorted(f"{reason['field']}: {reason['rule']}" for reason in reasons)
    return dict(sorted(found.items()))


def canonical(field: Field, value: Any) -> Any:
    """A typed value of the lake in the form in which the functions have it."""
    match field.type, value:
        case _, None:
            return None
        case FieldType.DECIMAL, Decimal():
            return format(value, "f").removeprefix("-") if not value else format(value, "f")
        case FieldType.DATE, date():
            return value.isoformat()
        case FieldType.TIMESTAMP, datetime():
            return value.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
        case FieldType.OBJECT, _:
            members = {member.name: canonical(member, value[member.name]) for member in field.fields}
            return {name: item for name, item in members.items() if item is not None}
        case FieldType.ARRAY, _:
            assert field.element is not None
            return [canonical(field.element, item) for item in value]
        case FieldType.MAP, _:
            assert field.element is not None
            entries = value.items() if isinstance(value, Mapping) else [(item["key"], item["value"]) for item in value]
            return {name: canonical(field.element, item) for name, item in entries}
        case _:
            return value


def _plain(value: Any) -> Any:
    return value.text if isinstance(value, Json) else plain(value, json_texts=True)
