"""Values without a form for columns: the row engine evaluates each distinct input of theirs once."""

import json
from decimal import Decimal
from typing import Any, cast

import polars as pl

from txplatform.ingest.mapping.inputs import assembled
from txplatform.ingest.mapping.mapped import POSITION
from txplatform.ingest.mapping.plans import Computed
from txplatform.ingest.mapping.row_engine import Evaluate, RowEngine
from txplatform.ingest.mapping.vectors import MARK


def with_computed(engine: RowEngine, item: Computed, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the tokens that the row engine gives for each distinct input."""
    names = [f"{item.name} {place}" for place in range(len(item.vectors))]
    inputs = frame.select(
        POSITION,  # the inputs may all be constants
        *(vector.text.alias(name) for name, vector in zip(names, item.vectors, strict=True)),
        pl.all_horizontal([vector.sound for vector in item.vectors] or [pl.lit(value=True)]).alias("sound"),
    )
    distinct = inputs.filter("sound").select(names).unique()
    evaluate = engine.evaluator(item.value)
    found = [_token(evaluate, item, row) for row in distinct.iter_rows()]
    results = distinct.with_columns(
        pl.Series(item.name, [token for token, _ in found], dtype=pl.String),
        pl.Series(f"{item.name} sound", [sound for _, sound in found], dtype=pl.Boolean),
    )
    joined = inputs.join(results, on=names, how="left", nulls_equal=True, maintain_order="left")
    return frame.with_columns(joined[item.name], joined[f"{item.name} sound"].fill_null(value=False) & inputs["sound"])


def _token(evaluate: Evaluate, item: Computed, row: tuple[str | None, ...]) -> tuple[str | None, bool]:
    """The token of what the row engine makes of one input, and whether it has one."""
    scopes = assembled(item.inputs, [_value(token) for token in row])
    try:
        value = evaluate(scopes[""], scopes["$"], scopes["^"])
    except ValueError:
        return None, False
    if value is None or isinstance(value, str):
        return value, value is None or value[:1] not in ("[", "{", MARK)
    if isinstance(value, bool):
        return f"{MARK}{'true' if value else 'false'}", True
    if isinstance(value, list | dict):
        return ("[…]" if isinstance(value, list) else "{…}") if value else "[]", True
    return f"{MARK}{value:f}" if isinstance(value, Decimal) else f"{MARK}{value}", True


def _value(token: str | None) -> Any:
    """What a token stands for."""
    if token is None or token[:1] not in ("[", "{", MARK):
        return token
    return _scalar(token) if token[:1] == MARK else _unmarked(json.loads(token, strict=False))


def _scalar(token: str) -> int | bool | Decimal:
    return json.loads(token.removeprefix(MARK), parse_float=Decimal)


def _unmarked(value: Any) -> Any:
    if isinstance(value, str):
        return _scalar(value) if value.startswith(MARK) else value
    if isinstance(value, dict):
        return {name: _unmarked(inner) for name, inner in cast("dict[str, Any]", value).items()}
    return [_unmarked(inner) for inner in cast("list[Any]", value)] if isinstance(value, list) else value
