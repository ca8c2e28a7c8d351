"""Renders the polars types of fields."""

import polars as pl

from txplatform.contracts.model import Field, FieldType

_SCALARS: dict[FieldType, pl.DataType] = {
    FieldType.STRING: pl.String(),
    FieldType.INTEGER: pl.Int64(),
    FieldType.BOOLEAN: pl.Boolean(),
    FieldType.DATE: pl.Date(),
    FieldType.TIMESTAMP: pl.Datetime("us", "UTC"),
    FieldType.JSON: pl.String(),
}


def polars_type(field: Field) -> pl.DataType:
    """Return the polars type that holds every value of a field exactly."""
    match field.type:
        case FieldType.DECIMAL:
            return pl.Decimal(field.precision, field.scale or 0)
        case FieldType.OBJECT:
            return pl.Struct({member.name: polars_type(member) for member in field.fields})
        case FieldType.ARRAY:
            assert field.element is not None
            return pl.List(polars_type(field.element))
        case FieldType.MAP:
            assert field.element is not None
            return pl.Map(pl.String(), polars_type(field.element))
        case _:
            return _SCALARS[field.type]


def entries(field: Field, value: pl.Expr) -> pl.Expr:
    """Return the entries of a map as a list of structs of `key` and `value`."""
    assert field.element is not None
    return value.cast(pl.List(pl.Struct({"key": pl.String(), "value": polars_type(field.element)})))
