"""UNLOAD: the rows of a query as files, Parquet, JSON lines or delimited text.

https://docs.aws.amazon.com/athena/latest/ug/unload.html
"""

import re
from typing import Any

import duckdb

from txplatform.local.aws.athena import clauses, row_texts
from txplatform.local.aws.athena.clauses import Value
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.hive_files import Encode, Folder, parquet_file
from txplatform.local.aws.athena.queries import Queries, Selected
from txplatform.local.aws.athena.rewriting import refuse
from txplatform.local.aws.athena.selected import require_names
from txplatform.local.aws.athena.written import Written

_TO = re.compile(r"\s*to\s*'(?P<location>[^']+)'\s*with\s*(?P<properties>\(.+\))", re.IGNORECASE | re.DOTALL)
_PROPERTIES = ("format", "compression", "field_delimiter", "partitioned_by")
_ROWS_AT_ONCE = 200_000


class Unloader:
    """Runs them."""

    def __init__(self, queries: Queries, s3: Any) -> None:
        self._queries, self._s3 = queries, s3

    def run(self, sql: str, database: str, cursor: duckdb.DuckDBPyConnection) -> Written:
        """Write the files; raise StatementError."""
        query, rest = clauses.bracketed(sql[len("unload") :].lstrip())
        found = _TO.fullmatch(rest)
        if found is None:
            raise StatementError(
                "SYNTAX_ERROR", "line 1:1: mismatched input. Expecting: UNLOAD (query) TO '…' WITH (…)"
            )
        given = clauses.properties(clauses.bracketed(found["properties"])[0])
        if unknown := sorted(set(given) - set(_PROPERTIES)):
            raise StatementError("INVALID_TABLE_PROPERTY", f"line 1:1: UNLOAD property '{unknown[0]}' does not exist")
        selected = self._queries.selected(query, database, cursor)
        require_names(selected.columns)
        selected.require_storable()
        by = given.get("partitioned_by", [])
        names = [name for name, _ in selected.columns]
        if not isinstance(by, list) or (by and names[-len(by) :] != by) or len(by) == len(names):
            reason = f"Partition keys must be the last columns of the query: {by}"
            raise StatementError("HIVE_COLUMN_ORDER_MISMATCH", reason)
        encode = _encoder(given, selected, by)
        folder = Folder(self._s3, found["location"])
        folder.require_empty()
        rows = selected.placed([(name, selected.duck[at], at) for at, name in enumerate(names)])
        reader = cursor.execute(rows.sql("duckdb")).to_arrow_reader(_ROWS_AT_ONCE)
        files = folder.write(reader, by, encode)
        return Written(sum(file.rows for file in files), tuple(file.location for file in files))


def _encoder(given: dict[str, Value], selected: Selected, by: list[str]) -> Encode:
    form, codec = str(given.get("format", "")).upper(), str(given.get("compression", "GZIP"))
    if "field_delimiter" in given and form != "TEXTFILE":
        raise StatementError("INVALID_TABLE_PROPERTY", "line 1:1: field_delimiter is of the format TEXTFILE alone")
    kinds = [kind for name, kind in selected.columns if name not in by]
    match form:
        case "PARQUET":
            return parquet_file(codec)
        case "JSON":
            return row_texts.json_lines(kinds, codec)
        case "TEXTFILE":
            return row_texts.delimited(kinds, codec, str(given.get("field_delimiter", "\x01")))
        case _:
            raise refuse(f"UNLOAD in the format {form!r}")
