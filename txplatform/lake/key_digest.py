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
    digests = _digests([rows.select(_text(name, rows.schema[name])).to_series() for name in key])
    halves = np.ndarray((rows.height, 2), dtype=">i8", buffer=digests).astype(np.int64)
    return rows.with_columns(pl.Series(KEY_HIGH, halves[:, 0]), pl.Series(KEY_LOW, halves[:, 1]))


def _digests(texts: Sequence[pl.Series]) -> bytes:
    """The digests of keys, one after the other: of each text its length, a colon and the text."""
    sizes = [text.str.len_bytes() for text in texts]
    sized = [
        part for text, size in zip(texts, sizes, strict=True) for part in (size.cast(pl.String), pl.lit(":"), text)
    ]
    begun = hashlib.blake2b(digest_size=_BYTES)
    if sizes[0].min() == sizes[0].max():  # as of most identifiers: then all begin with the same
        begun.update(f"{sizes[0].min()}:".encode())
        sized = sized[2:]
    keys: list[bytes] = pl.select(pl.concat_str(sized).cast(pl.Binary)).to_series().to_list()
    digests = list[bytes]()
    for key in keys:
        hasher = begun.copy()  # takes two thirds of the time of a new one
        hasher.update(key)
        digests.append(hasher.digest())
    return b"".join(digests)


def _text(name: str, kind: pl.DataType) -> pl.Expr:
    """A key column as the text that its value has in the data API."""
    column = pl.col(name)
    return moment_text(column) if isinstance(kind, pl.Datetime) else column.cast(pl.String)
