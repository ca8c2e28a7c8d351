"""Rows in shares by the digest of their key, on local disk: each share is compared alone, in memory.

All rows of a key are in one share, and the shares are about as large as each other.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from txplatform.contracts.render.columns import KEY_HIGH

_SHARE = "_share"


class KeyShares:
    """The rows of frames of one schema, in `count` shares, which are files in a new folder."""

    def __init__(self, folder: Path, count: int, schema: pl.Schema, parts: Iterable[pl.DataFrame]) -> None:
        folder.mkdir()
        self._folder, self._schema = folder, schema
        share = (pl.col(KEY_HIGH) % count).alias(_SHARE)
        with ExitStack() as files:
            writers = dict[Any, Any]()
            for rows in parts:
                split = rows.with_columns(share).partition_by(_SHARE, as_dict=True, include_key=False)
                for (number,), part in split.items():
                    table = part.to_arrow()
                    if number not in writers:
                        writers[number] = files.enter_context(pa.ipc.new_stream(str(self._file(number)), table.schema))
                    writers[number].write_table(table)

    def read(self, number: int) -> pl.DataFrame:
        """The rows of a share, which may have none."""
        file = self._file(number)
        return pl.read_ipc_stream(file) if file.exists() else self._schema.to_frame()

    def _file(self, number: int) -> Path:
        return self._folder / f"{number}.arrow"
