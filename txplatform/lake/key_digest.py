"""The digest of a row's key: 128 bits of BLAKE2b in two integers, by which the current view joins.

Joining ten million rows by a text key costs several times what the rest of a query does, most of it to read the texts;
two integers are read in no time. Two keys with the same digest do not occur: among a billion keys the chance is one in
10^21.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
import polars as pl

from txplatform.contracts.render.columns import KEY_HIGH, KEY_LOW
from txplatform.lake.moment_text import moment_text

_BYTES = 16


def with_key_digest(rows: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """The rows with the digest of their key columns, whatever digest they had."""
    texts = [_text(name, rows.schema[name]) for name in key]
    sized = [part for text in texts for part in (text.str.len_bytes().cast(pl.String), pl.lit(":"), text)]
    keys: list[bytes] = rows.select(pl.concat_str(sized).cast(pl.Binary)).to_series().to_list()
    digests = b"".join([hashlib.blake2b(key, digest_size=_BYTES).digest() for key in keys])
    halves = np.ndarray((len(keys), 2), dtype=">i8", buffer=digests).astype(np.int64)
    return rows.with_columns(pl.Series(KEY_HIGH, halves[:, 0]), pl.Series(KEY_LOW, halves[:, 1]))


def _text(name: str, kind: pl.DataType) -> pl.Expr:
    """A key column as the text that its value has in the data API."""
    column = pl.col(name)
    return moment_text(column) if isinstance(kind, pl.Datetime) else column.cast(pl.String)
