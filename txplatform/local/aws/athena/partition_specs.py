"""Partitions of an Iceberg table, as statements write them: day(ts), bucket(16, id), or bucket(id, 16) in CTAS."""

import re
from collections.abc import Iterator

from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import parse_transform

from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.rewriting import refuse

_TRANSFORM = re.compile(r"(?P<kind>\w+)\(\s*(?P<one>\w+)\s*(?:,\s*(?P<other>\w+)\s*)?\)|(?P<column>\w+)")
_SUFFIXES = {"year": "year", "month": "month", "day": "day", "hour": "hour", "bucket": "bucket", "truncate": "trunc"}
_FIRST_ID = 1000  # of Iceberg's partition fields


def _read(transforms: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield name, column and width, "" for what is not there; raise StatementError for an unknown transform."""
    for text in transforms:
        found = _TRANSFORM.fullmatch(text.strip().lower())
        if found is None:
            raise refuse(f"the partition {text[:60]!r}")
        if found["column"]:
            yield "", found["column"], ""
            continue
        kind, (column, width) = found["kind"], sorted((found["one"], found["other"] or ""), key=_is_width)
        if kind not in _SUFFIXES or width.isdigit() != (kind in ("bucket", "truncate")):
            raise refuse(f"the partition {text[:60]!r}")
        yield kind, column, width


def _is_width(text: str) -> bool:
    return text.isdigit() or not text


def columns(transforms: list[str]) -> list[str]:
    """Return the columns that rows are ordered by to be written partition after partition."""
    return [column for _, column, _ in _read(transforms)]


def spec(schema: Schema, transforms: list[str]) -> PartitionSpec:
    """Return Iceberg's specification; raise StatementError where it does not go with the columns."""
    fields: list[PartitionField] = []
    for number, (kind, column, width) in enumerate(_read(transforms), _FIRST_ID):
        if column not in schema.column_names:
            raise StatementError("COLUMN_NOT_FOUND", f"line 1:1: Column '{column}' of the partition does not exist")
        transform = parse_transform(f"{kind}[{width}]" if width else kind or "identity")
        source = schema.find_field(column)
        if not transform.can_transform(source.field_type):
            raise StatementError("TYPE_MISMATCH", f"line 1:1: {kind}({column}): {column} is {source.field_type}")
        name = f"{column}_{_SUFFIXES[kind]}" if kind else column
        fields.append(PartitionField(source.field_id, number, transform, name))
    return PartitionSpec(*fields)
