"""Types by Hive's names, as DDL and Glue have them, and DuckDB's for the same values.

https://docs.aws.amazon.com/athena/latest/ug/data-types.html and, for Iceberg,
https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-supported-data-types.html.
"""

from sqlglot import exp
from sqlglot.errors import ParseError

from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.rewriting import refuse

_Type = exp.DataType.Type
_SCALARS = {
    _Type.BOOLEAN: "BOOLEAN", _Type.TINYINT: "TINYINT", _Type.SMALLINT: "SMALLINT", _Type.INT: "INTEGER",
    _Type.BIGINT: "BIGINT", _Type.FLOAT: "FLOAT", _Type.DOUBLE: "DOUBLE", _Type.TEXT: "VARCHAR",
    _Type.VARCHAR: "VARCHAR", _Type.BINARY: "BLOB", _Type.DATE: "DATE", _Type.TIMESTAMP: "TIMESTAMP",
}  # fmt: skip
_NOT_OF_ICEBERG = (_Type.TINYINT, _Type.SMALLINT, _Type.VARCHAR)


def parse(text: str) -> exp.DataType:
    """Read a type; raise StatementError for one that is unknown."""
    try:
        return exp.DataType.build(text, dialect="hive")
    except (ParseError, ValueError) as error:
        raise StatementError("TYPE_NOT_FOUND", f"line 1:1: Unknown type: {text}") from error


def to_duckdb(kind: exp.DataType, of_iceberg: bool = False) -> str:
    """Return DuckDB's type of the same values; raise StatementError for one that it, or Iceberg, lacks."""
    match kind.this:
        case _Type.ARRAY:
            return f"{to_duckdb(kind.expressions[0], of_iceberg)}[]"
        case _Type.MAP:
            return f"MAP({', '.join(to_duckdb(part, of_iceberg) for part in kind.expressions)})"
        case _Type.STRUCT if all(isinstance(field, exp.ColumnDef) and field.kind for field in kind.expressions):
            return f"STRUCT({', '.join(_field(field, of_iceberg) for field in kind.expressions)})"
        case _Type.DECIMAL:
            digits = [parameter.name for parameter in kind.expressions] or ["10"]
            return f"DECIMAL({digits[0]},{digits[1] if len(digits) > 1 else 0})"
    if kind.this not in _SCALARS or (of_iceberg and kind.this in _NOT_OF_ICEBERG):
        raise refuse(f"a column of the type {kind.sql('hive').lower()}")
    return _SCALARS[kind.this]


def _field(field: exp.ColumnDef, of_iceberg: bool) -> str:
    assert field.kind is not None
    return f'"{field.name.lower()}" {to_duckdb(field.kind, of_iceberg)}'
