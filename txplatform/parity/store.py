"""Reads an entity's DynamoDB table as typed rows, tombstones included."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pyarrow as pa

from txplatform.aws import AwsClients
from txplatform.clock import parse_timestamp
from txplatform.contracts import names
from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.contracts.render.arrow import business_schema
from txplatform.errors import ParityError

WRITTEN_AT = "_written_at"
DELETED = "_deleted"

_DECODE: dict[FieldType, Callable[[Any], Any]] = {
    FieldType.STRING: lambda attribute: attribute["S"],
    FieldType.INTEGER: lambda attribute: int(attribute["N"]),
    FieldType.DECIMAL: lambda attribute: Decimal(attribute["N"]),
    FieldType.BOOLEAN: lambda attribute: attribute["BOOL"],
    FieldType.DATE: lambda attribute: date.fromisoformat(attribute["S"]),
    FieldType.TIMESTAMP: lambda attribute: parse_timestamp(attribute["S"]),
}


def read_store(contract: Contract, clients: AwsClients) -> pl.DataFrame:
    """Scan the table, strongly consistent: the business columns, `_written_at` (UTC) and `_deleted`.

    Raise ParityError for an item that the data API cannot have written.
    """
    pages = clients.client("dynamodb").get_paginator("scan")
    items: list[dict[str, Any]] = []
    for page in pages.paginate(TableName=names.entity_table(contract.name), ConsistentRead=True):
        items.extend(page["Items"])
    unrecognised = sum(WRITTEN_AT not in item for item in items)
    if unrecognised:
        raise ParityError(f"table {names.entity_table(contract.name)}: {unrecognised} items have no {WRITTEN_AT}")
    schema = business_schema(contract)
    arrays = [_column(items, field, schema.field(field.name).type) for field in contract.fields]
    written_at = pa.array([parse_timestamp(item[WRITTEN_AT]["S"]) for item in items], pa.timestamp("us", "UTC"))
    deleted = pa.array([item.get(DELETED, {}).get("BOOL", False) for item in items], pa.bool_())
    columns = [*arrays, written_at, deleted]
    table = pa.Table.from_arrays(columns, names=[*(field.name for field in contract.fields), WRITTEN_AT, DELETED])
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _column(items: list[dict[str, Any]], field: Field, kind: pa.DataType) -> pa.Array:
    decode = _DECODE[field.type]
    return pa.array([decode(item[field.name]) if field.name in item else None for item in items], kind)
