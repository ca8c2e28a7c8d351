"""What an object holds: one file, or the files of a zip, each in the format that its content shows."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

import polars as pl

from txplatform.contracts.model import FileRules
from txplatform.ingest.batch import RawBatch, RejectedError
from txplatform.ingest.readers.archive import is_workbook, members, opened
from txplatform.ingest.readers.encodings import in_utf8
from txplatform.ingest.readers.formats import Format, format_of

MEMBER_ROWS = 1_000_000_000
"""Of the second and each later file of a zip, rows are numbered from so many times its place on: 2000000017 is row 17
of the third one."""

_TEXT = (Format.CSV, Format.JSON)


@dataclass(frozen=True, slots=True)
class Part:
    """A file: text is in UTF-8, packed or not."""

    content: BinaryIO
    format: Format


def read_parts(
    name: str, content: BinaryIO, rules: FileRules, read: Callable[[Part], Iterable[RawBatch]]
) -> Iterator[RawBatch]:
    """The batches of each file in an object; raise RejectedError, also after some, where one of them is refused."""
    found = format_of(name, content, rules.encoding)
    if found is not Format.ZIP:
        yield from read(_part(content, found, rules))
        return
    with opened(content) as archive:
        if is_workbook(archive):
            yield from read(Part(content, Format.XLSX))
            return
        place = 0
        for member, stream in members(archive):
            try:
                yield from _numbered(read(_member(member, stream, rules)), place * MEMBER_ROWS)
            except RejectedError as error:
                problem = f"member {place + 1} of the zip archive: {error.outcome.message}"
                raise RejectedError(error.outcome.rule, problem) from error
            place += 1
        if not place:
            raise RejectedError("file.empty", "the zip archive holds no file")


def _part(content: BinaryIO, found: Format, rules: FileRules) -> Part:
    return Part(in_utf8(content, rules.encoding) if found in _TEXT else content, found)


def _member(name: str, content: BinaryIO, rules: FileRules) -> Part:
    found = format_of(name, content, rules.encoding)
    if found not in _TEXT:
        raise RejectedError("file.nested", f"it is a {found.name} file: deliver that as it is")
    return _part(content, found, rules)


def _numbered(batches: Iterable[RawBatch], first: int) -> Iterator[RawBatch]:
    for batch in batches:
        if not first:
            yield batch
            continue
        broken = batch.broken.with_columns(pl.col("row") + first)
        yield replace(batch, rows=batch.rows + first, broken=broken)
