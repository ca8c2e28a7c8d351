"""Renders the pandera schema that validates typed rows of the lake.

The names of its checks are the names of the rules, as reasons show them. It expects exact types, because casting, with
reasons, comes before, and never coerces. A null passes every check except `required`.

The functions validate by the registry's JSON Schema instead. The names of the rules are the same, what they apply to is
not: these checks see typed values, which the casts of the file lane took from texts, and let unknown columns pass,
whereas the functions see JSON values in canonical form, refuse unknown fields and limit the size of a record.
docs/concepts/two-engines.md lists the differences.
"""

from collections.abc import Callable

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData

from txplatform.contracts.model import Contract, Field, FieldType

_SCALARS: dict[FieldType, pl.DataType] = {
    FieldType.STRING: pl.String(),
    FieldType.INTEGER: pl.Int64(),
    FieldType.BOOLEAN: pl.Boolean(),
    FieldType.DATE: pl.Date(),
    FieldType.TIMESTAMP: pl.Datetime("us", "UTC"),
}


def polars_type(field: Field) -> pl.DataType:
    """Return the polars type that holds every value of a field exactly."""
    if field.type is FieldType.DECIMAL:
        return pl.Decimal(field.precision, field.scale or 0)
    return _SCALARS[field.type]


def pandera_schema(contract: Contract) -> pa.DataFrameSchema:
    """Return a schema of one column a field. Other columns may be there.

    Validate a DataFrame (not a LazyFrame) with `lazy=True` to get every violation.
    """
    return pa.DataFrameSchema(
        {field.name: pa.Column(polars_type(field), checks=_checks(field), nullable=True) for field in contract.fields},
        name=contract.name,
    )


def screen(contract: Contract) -> pl.Expr:
    """Return whether a typed row breaks any of the checks of the pandera schema: one expression for a whole batch."""
    broken = [
        ~condition(pl.col(field.name)).fill_null(value=True)
        for field in contract.fields
        for condition in _conditions(field).values()
    ]
    return pl.any_horizontal(broken) if broken else pl.lit(value=False)


def _checks(field: Field) -> list[pa.Check]:
    return [_check(rule, condition) for rule, condition in _conditions(field).items()]


def _conditions(field: Field) -> dict[str, Callable[[pl.Expr], pl.Expr]]:
    """Return what each rule of a field requires of a value; null counts as kept."""
    conditions: dict[str, Callable[[pl.Expr], pl.Expr]] = {}
    if field.required:
        conditions["required"] = lambda value: value.is_not_null()
    if field.enum:
        conditions["enum"] = lambda value: value.is_in(field.enum)
    if field.pattern is not None:
        conditions["pattern"] = lambda value: value.str.contains(f"^(?:{field.pattern})$")
    if field.min_length is not None:
        conditions["min_length"] = lambda value: value.str.len_chars() >= field.min_length
    if field.max_length is not None:
        conditions["max_length"] = lambda value: value.str.len_chars() <= field.max_length
    if field.minimum is not None:
        conditions["minimum"] = lambda value: value >= pl.lit(field.minimum)
    if field.maximum is not None:
        conditions["maximum"] = lambda value: value <= pl.lit(field.maximum)
    return conditions


def _check(rule: str, condition: Callable[[pl.Expr], pl.Expr]) -> pa.Check:
    def check(data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(condition(pl.col(data.key)))

    return pa.Check(check, name=rule, error=rule)
