"""Columns and properties of an Iceberg table changed in one commit; each raises CommitFailedException in a race."""

from collections.abc import Collection, Mapping
from typing import Any

import pyarrow as pa
from pyiceberg.exceptions import ValidationError
from pyiceberg.io.pyarrow import _pyarrow_to_schema_without_ids
from pyiceberg.table import Table
from pyiceberg.types import (
    BinaryType,
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    PrimitiveType,
    StringType,
    TimestampType,
)
from sqlglot import exp

from txplatform.local.aws.athena import hive_types
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.names import unquote
from txplatform.local.aws.athena.rewriting import refuse

_Type = exp.DataType.Type
_PRIMITIVE: dict[_Type, PrimitiveType] = {
    _Type.BOOLEAN: BooleanType(), _Type.INT: IntegerType(), _Type.BIGINT: LongType(), _Type.FLOAT: FloatType(),
    _Type.DOUBLE: DoubleType(), _Type.TEXT: StringType(), _Type.DATE: DateType(), _Type.TIMESTAMP: TimestampType(),
    _Type.BINARY: BinaryType(),
}  # fmt: skip


def add(table: Table, columns: pa.Schema) -> None:
    """Add columns; raise StatementError for one that is there."""
    _one_attempt(table)
    with table.update_schema() as update:
        for field in _pyarrow_to_schema_without_ids(columns).fields:
            if field.name in table.schema().column_names:
                raise StatementError("COLUMN_ALREADY_EXISTS", f"line 1:1: Column '{field.name}' already exists")
            update.add_column(field.name, field.field_type, field.doc)


def replace(table: Table, columns: pa.Schema) -> None:
    """Drop the columns that are not given, and add those that are new."""
    _one_attempt(table)
    known = {field.name for field in table.schema().fields}
    with table.update_schema() as update:
        for name in known - set(columns.names):
            update.delete_column(name)
        for field in _pyarrow_to_schema_without_ids(columns).fields:
            if field.name not in known:
                update.add_column(field.name, field.field_type, field.doc)


def drop(table: Table, given: Mapping[str, str]) -> None:
    """Drop a column; raise StatementError for one that is not there, or by which the table is partitioned."""
    name = _known(table, given["column"])
    if any(table.schema().find_column_name(field.source_id) == name for field in table.spec().fields):
        raise StatementError("NOT_SUPPORTED", f"line 1:1: Cannot drop partition field: {name}")
    _one_attempt(table)
    with table.update_schema() as update:
        update.delete_column(name)


def change(table: Table, given: Mapping[str, str]) -> None:
    """Give a column another name, a wider type, a comment or a place; raise StatementError for a narrower type."""
    name, new, wanted = _known(table, given["column"]), unquote(given["new"]), _primitive(given["type"])
    _one_attempt(table)
    with table.update_schema() as update:
        try:
            update.update_column(name, field_type=wanted, doc=given["comment"])
        except ValidationError as error:
            raise StatementError("TYPE_MISMATCH", f"line 1:1: Cannot change column '{name}': {error}") from error
        if given["first"]:
            update.move_first(name)
        if given["after"]:
            update.move_after(name, _known(table, given["after"]))
        if new != name:
            update.rename_column(name, new)


def set_properties(table: Table, wanted: Mapping[str, str], gone: Collection[str]) -> None:
    """Set some table properties and remove others."""
    _one_attempt(table)
    transaction = table.transaction()
    transaction.set_properties(dict(wanted)).remove_properties(*gone).commit_transaction()


def _primitive(text: str) -> PrimitiveType:
    kind: Any = hive_types.parse(text)
    if kind.this == _Type.DECIMAL and len(kind.expressions) == 2:
        return DecimalType(*(int(parameter.name) for parameter in kind.expressions))
    if kind.this not in _PRIMITIVE:
        raise refuse(f"CHANGE COLUMN to the type {text[:40]}")
    return _PRIMITIVE[kind.this]


def _known(table: Table, name: str) -> str:
    plain = unquote(name)
    if plain not in table.schema().column_names:
        raise StatementError("COLUMN_NOT_FOUND", f"line 1:1: Column '{plain}' does not exist")
    return plain


def _one_attempt(table: Table) -> None:
    """Leave trying again after a lost race to the caller, who reads the table anew."""
    table.metadata.properties["commit.retry.num-retries"] = "0"
