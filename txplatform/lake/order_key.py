"""The order key of file rows: `0|<record version or day>|<landing time>|<row>`. It sorts as text; the greatest wins.

Change records bring theirs, `1|<generation>|<sequence number>`, so the operational store outranks files.
"""

import polars as pl

from txplatform.contracts.model import Contract, FieldType
from txplatform.contracts.render.columns import DAY, ORDER_KEY, ROW

LANDED_AT = "_landed_at"
_TIMESTAMP = "%Y-%m-%dT%H:%M:%S%.6fZ"
_MAX = 2**63 - 1


def file_order_key(contract: Contract) -> pl.Expr:
    """The order key of a typed row that also has `dt`, `_landed_at` (unique an object) and `_row`."""
    version = pl.coalesce(_version(contract), pl.col(DAY).dt.to_string("%Y-%m-%d"))
    landed_at = pl.col(LANDED_AT).dt.strftime(_TIMESTAMP)
    row = pl.col(ROW).cast(pl.String).str.zfill(12)
    return pl.concat_str(pl.lit("0"), version, landed_at, row, separator="|").alias(ORDER_KEY)


def _version(contract: Contract) -> pl.Expr:
    """The version field as a text that sorts as its value does."""
    column = pl.col(contract.version_field)
    kind = contract[contract.version_field].type
    if kind is FieldType.TIMESTAMP:
        return column.dt.strftime(_TIMESTAMP)
    if kind is FieldType.DATE:
        return column.dt.to_string("%Y-%m-%d")
    shifted = pl.when(column < 0).then(column + _MAX + 1).otherwise(column)  # negative numbers sort below the others
    half = pl.when(column < 0).then(pl.lit("0")).otherwise(pl.lit("1"))
    return half + shifted.cast(pl.String).str.zfill(19)
