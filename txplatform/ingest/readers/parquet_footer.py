"""Where the columns of a Parquet file are, as its footer says, which pyarrow has read before.

pyarrow is not asked for them: for some damaged footers it ends the process. Layout:
https://github.com/apache/parquet-format, `FileMetaData`.
"""

import io
from typing import BinaryIO, NamedTuple

from txplatform.ingest.batch import RejectedError
from txplatform.ingest.readers.thrift import CutOffError, Struct, number_of, read_struct, structs_of

_END = 8  # bytes after the footer: its length, and the name of the format
_ROW_GROUPS, _COLUMNS, _METADATA = 4, 1, 3  # of a file, of a row group, of a column
_PACKED, _PAGES, _DICTIONARY = 7, 9, 11  # of a column's metadata: its bytes, and where its pages begin


class Chunk(NamedTuple):
    """The bytes of one column of a row group."""

    begin: int
    end: int


def row_groups(content: BinaryIO) -> list[list[Chunk]]:
    """The columns of each row group; raise RejectedError where the footer cannot be read."""
    at = content.tell()
    try:
        end = content.seek(-_END, io.SEEK_END)
        length = int.from_bytes(content.read(4), "little")
        content.seek(max(0, end - length))
        footer, _ = read_struct(content.read(min(length, end)))
    except (CutOffError, OSError) as error:
        raise RejectedError("file.unreadable", "the footer of the Parquet file is damaged") from error
    finally:
        content.seek(at)
    return [[*map(_chunk, structs_of(group, _COLUMNS))] for group in structs_of(footer, _ROW_GROUPS)]


def _chunk(column: Struct) -> Chunk:
    metadata = next(structs_of(column, _METADATA), Struct())
    begin = min(filter(None, (number_of(metadata, _DICTIONARY), number_of(metadata, _PAGES))), default=0)
    return Chunk(begin, begin + number_of(metadata, _PACKED))
