"""What every record must keep to, whatever its contract says: the same rules as in the functions.

Keys are not empty, versions not negative, and a record fits an item of the operational store with its key. Change
records come from there.
"""

import polars as pl

from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.ingest.record_size import LONGEST_SCALAR, MAX_RECORD_BYTES, rows_beyond, too_large_records
from txplatform.ingest.rules import VIOLATIONS_SCHEMA

MAX_KEY_BYTES = 2048
_ESCAPED = r"[%#/?]"  # in a key, by two more characters each
_LONGEST_ESCAPED = 3


def beyond_limits(contract: Contract, texts: pl.DataFrame, typed: pl.DataFrame) -> pl.DataFrame:
    """The violations of rows by these rules (VIOLATIONS_SCHEMA)."""
    version = contract[contract.version_field]
    empty = "a key must not be empty"
    found = [_rows(_places(typed[name] == ""), name, "min_length", empty) for name in _text_keys(contract)]
    if version.type is FieldType.INTEGER:
        negative = _places(typed[version.name] < 0)
        found.append(_rows(negative, version.name, "minimum", "a version must not be negative"))
    message = f"the key must not exceed {MAX_KEY_BYTES} bytes"
    found.append(_rows(_too_long_keys(contract, typed), "", "key_too_long", message))
    message = f"the record must not exceed {MAX_RECORD_BYTES} bytes"
    found.append(_rows(too_large_records(contract, texts, typed), "", "record_too_large", message))
    return pl.concat([pl.DataFrame(schema=VIOLATIONS_SCHEMA), *(rows for rows in found if rows is not None)])


def _places(broken: pl.Series) -> pl.Series:
    return broken.fill_null(value=False).arg_true()


def _rows(places: pl.Series, field: str, rule: str, message: str) -> pl.DataFrame | None:
    """The violations at these positions; None without any, as of most batches."""
    if places.is_empty():
        return None
    reason = (pl.lit(field).alias("field"), pl.lit(rule).alias("rule"), pl.lit(message).alias("message"))
    return places.alias("position").to_frame().select("position", *reason).match_to_schema(VIOLATIONS_SCHEMA)


def _text_keys(contract: Contract) -> list[str]:
    return [field.name for field in contract.key_fields if field.type is FieldType.STRING]


def _too_long_keys(contract: Contract, typed: pl.DataFrame) -> pl.Series:
    """The positions of rows whose key is too long. Those that could, by the bytes of its texts, are measured."""
    separators = len(contract.key) - 1
    most = [
        pl.col(field.name).str.len_bytes() * _LONGEST_ESCAPED
        if field.type is FieldType.STRING
        else pl.lit(LONGEST_SCALAR)
        for field in contract.key_fields
    ]
    places = rows_beyond(typed, most, MAX_KEY_BYTES - separators)
    length = pl.sum_horizontal(map(_key_bytes, contract.key_fields)) + separators
    whole = pl.all_horizontal(pl.col(contract.key).is_not_null())
    return places.filter(typed[places].select((length > MAX_KEY_BYTES) & whole).to_series()) if len(places) else places


def _key_bytes(field: Field) -> pl.Expr:
    text = _text(field)
    return text.str.len_bytes() + 2 * text.str.count_matches(_ESCAPED)


def _text(field: Field) -> pl.Expr:
    """The canonical text of a scalar."""
    if field.type is FieldType.TIMESTAMP:
        return pl.col(field.name).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
    return pl.col(field.name).cast(pl.String)
