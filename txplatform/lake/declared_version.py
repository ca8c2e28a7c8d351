"""Which version of its contract a landed file says that it was written for.

The object says so by its folder, `contract-version=1.2.0/dt=…/`, or in its metadata, `contract-version: 1.2.0`, or a
Parquet file in its own, under the same name.
"""

from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from txplatform.contracts.names import VERSION_FOLDER
from txplatform.ingest.batch import FileRejected

VERSION_KEY = VERSION_FOLDER.removesuffix("=")
_PARQUET = b"PAR1"


def version_in_metadata(metadata: Mapping[str, str]) -> str | None:
    """The version that an object's metadata names, whose names may come in any case; None where there is none."""
    return {name.lower(): value for name, value in metadata.items()}.get(VERSION_KEY)


def one_version(declared: Iterable[str | None]) -> str | FileRejected | None:
    """The version that a file names, None where it names none; or that it names two, so that no row of it counts."""
    named = {version: None for version in declared if version is not None}
    if len(named) > 1:
        problem = f"the file names two versions of its contract, {' and '.join(named)}: name one"
        return FileRejected("file.contract_version", problem)
    return next(iter(named), None)


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
