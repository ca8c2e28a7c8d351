"""Renders the pandera schema that validates typed rows of the lake.

The names of its checks are the names of the rules, as reasons show them; the check `nested` stands for all rules inside
of a nested field, and `record.<name>` for a rule over several fields, at the one at which it is reported. It expects
exact types, because casting, with reasons, comes before, and never coerces. A null passes every check except `required`
and that a field must be there.

The functions validate by the registry's JSON Schema instead, to the same effect: docs/concepts/two-engines.md. These
checks see typed values and let unknown columns pass, which are refused before them; the sizes of keys and records are
checked in ingest/limits.py.
"""

from collections.abc import Callable

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData

from txplatform.contracts.model import NESTED, Contract, Field, FieldType
from txplatform.contracts.render.membership import is_one_of
from txplatform.contracts.render.polars_types import entries, polars_type
from txplatform.contracts.render.record_rules import rule_conditions
from txplatform.contracts.time_bounds import time_of

NESTED_RULE = "nested"
MAX_NAME = 255  # characters of a name in a map, as in the functions

Condition = Callable[[pl.Expr], pl.Expr]


def pandera_schema(contract: Contract) -> pa.DataFrameSchema:
    """Return a schema of one column a field. Other columns may be there.

    Validate what `screened` makes of a DataFrame (not a LazyFrame), with `lazy=True` to get every violation.
    """
    return pa.DataFrameSchema(
        {
            field.name: pa.Column(
                pl.Boolean() if has_inside(field) else polars_type(field),
                checks=[*_checks(field), *_rule_checks(contract, field)],
                nullable=True,
            )
            for field in contract.fields
        },
        name=contract.name,
    )


def screened(contract: Contract, rows: pl.DataFrame) -> pl.DataFrame:
    """Return typed rows in which whether all rules inside hold takes the place of each nested value.

    pandera writes the values of its failure cases as texts, which nested ones have none of.
    """
    nested = [field for field in contract.fields if has_inside(field)]
    return rows.with_columns(inside_holds(field, pl.col(field.name)).alias(field.name) for field in nested)


def conditions(field: Field) -> dict[str, Condition]:
    """Return the rules of a field, each with what has to hold; null, which only `required` refuses, stays null."""
    found: dict[str, Condition] = {}
    if field.required:
        found["required"] = lambda value: value.is_not_null()
    if field.enum:
        found["enum"] = lambda value: is_one_of(value, field.enum)
    if field.pattern is not None:
        found["pattern"] = lambda value: value.str.contains(f"^(?:{field.pattern})$")
    if field.min_length is not None:
        found["min_length"] = lambda value: value.str.len_chars() >= field.min_length
    if field.max_length is not None:
        found["max_length"] = lambda value: value.str.len_chars() <= field.max_length
    if field.minimum is not None:
        found["minimum"] = lambda value: value >= pl.lit(field.minimum)
    if field.maximum is not None:
        found["maximum"] = lambda value: value <= pl.lit(field.maximum)
    if field.earliest is not None:
        earliest = time_of(field.type, field.earliest)
        found["minimum"] = lambda value: value >= pl.lit(earliest)
    if field.latest is not None:
        latest = time_of(field.type, field.latest)
        found["maximum"] = lambda value: value <= pl.lit(latest)
    return found


def inside_holds(field: Field, value: pl.Expr) -> pl.Expr:
    """Say whether all rules inside of a nested value hold: those of members and elements, and how many there may be.

    Of null it says null.
    """
    if field.type is FieldType.OBJECT:
        members = [_holds(member, value.struct.field(member.name)) for member in field.fields]
        return pl.when(value.is_not_null()).then(pl.all_horizontal(members))
    assert field.element is not None
    items, element, named = value, pl.element(), pl.lit(value=True)
    if field.type is FieldType.MAP:
        items, element = entries(field, value), pl.element().struct.field("value")
        named = pl.element().struct.field("key").str.len_chars().is_between(1, MAX_NAME)
    present = items.list.eval(named & element.is_not_null() & _holds(field.element, element)).list.all()
    return present if field.max_items is None else present & (items.list.len() <= field.max_items)


def _holds(field: Field, value: pl.Expr) -> pl.Expr:
    rules = [condition(value) for condition in conditions(field).values()]
    if has_inside(field):
        rules.append(inside_holds(field, value))
    rules = [rule.fill_null(value.is_null()) for rule in rules]
    return pl.all_horizontal(rules) if rules else pl.lit(value=True)


def has_inside(field: Field) -> bool:
    """Say whether a field's values have values inside that rules hold for."""
    return field.type in NESTED and field.type is not FieldType.JSON


def _checks(field: Field) -> list[pa.Check]:
    checks = [_check(rule, condition) for rule, condition in conditions(field).items()]
    return [*checks, _check(NESTED_RULE, lambda holds: holds)] if has_inside(field) else checks


def _rule_checks(contract: Contract, field: Field) -> list[pa.Check]:
    """The rules over several fields that are reported at this one; a nested field is in none of them but as there."""
    found = rule_conditions(contract, field.name)
    return [_check(rule, lambda _, holds=holds: holds) for rule, holds in found.items()]


def _check(rule: str, condition: Condition) -> pa.Check:
    def check(data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(condition(pl.col(data.key)))

    return pa.Check(check, name=rule, error=rule)
