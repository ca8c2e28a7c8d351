"""The digest of a row's key: 128 bits of BLAKE3 in two integers, by which the current view joins.

Joining ten million rows by a text key costs several times what the rest of a query does, most of it to read the texts;
two integers are read in no time. Two keys with the same digest do not occur: among a billion keys the chance is one in
10^21, and no source can make such a pair on purpose.
"""

from binascii import unhexlify
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import polars_hash as plh

from txplatform.contracts.render.columns import KEY_HIGH, KEY_LOW
from txplatform.lake.moment_text import moment_text

_WORDS = 4  # of 64 bits, of which the first two are kept
_OLDEST = pl.CompatLevel.oldest()  # has texts one after the other


def with_key_digest(rows: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """The rows with the digest of their key columns, whatever digest they had."""
    texts = rows.select(_text(name, rows.schema[name]) for name in key)
    digits: Any = texts.select(_whole(key).alias("key")).select(plh.col("key").chash.blake3()).to_series()
    digests = unhexlify(digits.to_arrow(compat_level=_OLDEST).buffers()[2] or b"")
    words = np.frombuffer(digests, ">i8").reshape(rows.height, _WORDS).astype(np.int64)
    return rows.with_columns(pl.Series(KEY_HIGH, words[:, 0]), pl.Series(KEY_LOW, words[:, 1]))


def _whole(key: Sequence[str]) -> pl.Expr:
    """The text of a key. That of several columns has before each its length and a colon, so that no two are alike."""
    if len(key) == 1:
        return pl.col(key[0])
    sized = ((pl.col(name).str.len_bytes().cast(pl.String), pl.lit(":"), pl.col(name)) for name in key)
    return pl.concat_str(part for column in sized for part in column)


def _text(name: str, kind: pl.DataType) -> pl.Expr:
    """A key column as the text that its value has in the data API."""
    column = pl.col(name)
    return moment_text(column) if isinstance(kind, pl.Datetime) else column.cast(pl.String)
