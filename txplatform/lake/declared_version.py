"""Which version of its contract a landed file says that it was written for.

The object says so in its metadata, `contract-version: 1.2.0`, or a Parquet file in its own, under the same name.
"""

from collections.abc import Mapping
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

VERSION_KEY = "contract-version"
_PARQUET = b"PAR1"


def version_in_metadata(metadata: Mapping[str, str]) -> str | None:
    """The version that an object's metadata names, whose names may come in any case; None where there is none."""
    return {name.lower(): value for name, value in metadata.items()}.get(VERSION_KEY)


def version_in_content(content: BinaryIO) -> str | None:
    """The version that a Parquet file names; None of any other file. The content is left at its beginning."""
    is_parquet = content.read(len(_PARQUET)) == _PARQUET
    content.seek(0)
    if not is_parquet:
        return None
    try:
        file: Any = pq.ParquetFile(content)
        held: Mapping[bytes, bytes] = file.metadata.metadata or {}
        named = held.get(VERSION_KEY.encode())
    except (pa.ArrowException, OSError):  # the reader says what is wrong with it
        return None
    finally:
        content.seek(0)
    return None if named is None else named.decode(errors="replace")
