"""What a MERGE changes, worked out by DuckDB: target rows by file and position, and the rows to be written.

Only the columns of the target that ON and the conditions need are read at first. What the written rows keep of the
target is read afterwards, for the matched rows alone.
"""

from collections.abc import Iterable

import duckdb
import pyarrow as pa
from pyiceberg.table import Table
from sqlglot import exp

from txplatform.local.aws.athena import dialect

TARGET = "_target"  # a temporary table without rows, of the types of the target
MATCHES = "_matches"
FILE, POSITION = "_merge_file", "_merge_position"  # of a target row
_SOURCE_ROW, _CLAUSE = "_merge_source_row", "_merge_clause"  # the first clause that applies to it, by its number
_FILE_NAME, _ROW_NUMBER = "filename", "file_row_number"  # DuckDB's virtual columns
_ROWS_AT_ONCE = 500_000


class Matches:
    """The matches of one MERGE, in the temporary table MATCHES; its source is a temporary table already.

    `scan` reads the target at one commit, `files` are those of it that can hold a match.
    """

    def __init__(
        self, tree: exp.Merge, table: Table, scan: exp.Expr, files: list[str], cursor: duckdb.DuckDBPyConnection
    ) -> None:
        self._tree, self._scan, self._cursor = tree, scan, cursor
        self._target, self._source = tree.this.alias_or_name, tree.args["using"].alias_or_name
        self._columns = [field.name for field in table.schema().fields]
        self._order = [table.schema().find_column_name(field.source_id) or "" for field in table.spec().fields]
        self._whens = list(enumerate(tree.args["whens"].expressions))
        self._of_source = {row[0].lower() for row in cursor.execute(f"DESCRIBE {self._using().name}").fetchall()}
        conditions = [when.args.get("condition") for _, when in self._whens if when.args.get("matched")]
        self._read = self._needed((tree.args["on"], *(condition for condition in conditions if condition)))
        self._find(files)

    def repeated(self) -> bool:
        """Say whether a clause applies to one target row by two source rows."""
        changed = f"SELECT 1 FROM {MATCHES} WHERE {_CLAUSE} IS NOT NULL"  # noqa: S608
        return bool(self._all(f"{changed} GROUP BY {FILE}, {POSITION} HAVING count(*) > 1 LIMIT 1"))

    def gone(self) -> pa.Table:
        """Return file and position of every target row that is updated or deleted, in that order."""
        changed = f"SELECT {FILE}, {POSITION} FROM {MATCHES} WHERE {_CLAUSE} IS NOT NULL"  # noqa: S608
        return self._cursor.execute(f"{changed} ORDER BY 1, 2").to_arrow_table()

    def deleted(self) -> int:
        """Return the number of target rows that are deleted, not updated."""
        deleting = [number for number, when in self._whens if not isinstance(when.args["then"], exp.Update)]
        chosen = exp.select("*").from_(MATCHES).where(_column(_CLAUSE).isin(*deleting) if deleting else exp.false())
        return int(str(self._all(f"SELECT count(*) FROM ({dialect.to_duckdb(chosen)})")[0][0]))  # noqa: S608

    def rows(self) -> pa.RecordBatchReader:
        """Return the updated and inserted rows in the types of TARGET, ordered by its partition's columns."""
        of_clauses = [self._written(number, when) for number, when in self._whens]
        union: exp.Query = exp.select("*").from_(TARGET)
        for rows in of_clauses:
            union = exp.union(union, rows, distinct=False) if rows is not None else union
        ordered = exp.select("*").from_(union.subquery("_rows"))
        ordered = ordered.order_by(*(_column(name) for name in self._order)) if self._order else ordered
        return self._cursor.execute(dialect.to_duckdb(ordered)).to_arrow_reader(_ROWS_AT_ONCE)

    def _find(self, files: list[str]) -> None:
        joined = (
            exp.select(
                *(_column(name, self._target) for name in (FILE, POSITION, *self._read)),
                exp.alias_(_column("rowid", self._source), _SOURCE_ROW),
                exp.alias_(self._clause(matched=True), _CLAUSE),
            )
            .from_(self._rows_of_target(self._read, files))
            .join(self._using(), on=self._tree.args["on"].copy())
        )
        self._cursor.execute(f"CREATE OR REPLACE TEMP TABLE {MATCHES} AS {dialect.to_duckdb(joined)}")

    def _written(self, number: int, when: exp.When) -> exp.Select | None:
        then = when.args["then"]
        if isinstance(then, exp.Insert):
            values = {
                name.name.lower(): value
                for name, value in zip(then.this.expressions, then.expression.expressions, strict=True)
            }
            unmatched = (
                exp.select("*", "rowid")
                .from_(self._using().this.copy())
                .where(_column("rowid").isin(query=exp.select(_SOURCE_ROW).from_(MATCHES)).not_())
            )
            rows = exp.select().from_(unmatched.subquery(self._source)).where(self._clause(matched=False).eq(number))
            return rows.select(
                *(exp.alias_(values.get(name, exp.null()).copy(), name, quoted=True) for name in self._columns)
            )
        if not isinstance(then, exp.Update):
            return None
        assigned = {assignment.this.name.lower(): assignment.expression for assignment in then.expressions}
        values = {name: assigned.get(name, _column(name, self._target)) for name in self._columns}
        kept = [name for name in self._needed(values.values()) if name not in self._read]
        rows = (
            exp.select(*(exp.alias_(value.copy(), name, quoted=True) for name, value in values.items()))
            .from_(self._matched(kept))
            .join(self._using(), on=_column("rowid", self._source).eq(_column(_SOURCE_ROW, self._target)))
        )
        return rows.where(_column(_CLAUSE, self._target).eq(number))

    def _matched(self, kept: list[str]) -> exp.Expr:
        """The matches as the target's rows, with columns that were not needed to find them."""
        matches = exp.to_table(MATCHES)
        if not kept:
            return _aliased(matches, self._target)
        found = self._all(f"SELECT DISTINCT {FILE} FROM {MATCHES} WHERE {_CLAUSE} IS NOT NULL")  # noqa: S608
        rows = self._rows_of_target(kept, [str(file) for (file,) in found])
        joined = exp.select(f"{MATCHES}.*", *(_column(name, self._target) for name in kept)).from_(matches)
        same = [_column(name, MATCHES).eq(_column(name, self._target)) for name in (FILE, POSITION)]
        return joined.join(rows, on=exp.and_(*same)).subquery(self._target)

    def _rows_of_target(self, columns: list[str], files: list[str]) -> exp.Expr:
        place = (exp.alias_(_column(_FILE_NAME), FILE), exp.alias_(_column(_ROW_NUMBER), POSITION))
        rows = exp.select(*place, *(_column(name) for name in columns)).from_(exp.Table(this=self._scan.copy()))
        within = _column(_FILE_NAME).isin(*files) if files else exp.false()
        return rows.where(within).subquery(self._target)

    def _clause(self, matched: bool) -> exp.Expr:
        """The number of the first clause whose condition holds, null if there is none."""
        case = exp.Case()
        for number, when in self._whens:
            if bool(when.args.get("matched")) == matched:
                condition = when.args.get("condition")
                case = case.when(condition.copy() if condition else exp.true(), exp.Literal.number(number))
        return case if case.args.get("ifs") else exp.cast(exp.null(), "integer")

    def _needed(self, expressions: Iterable[exp.Expr]) -> list[str]:
        """The target's columns that expressions name, with its alias or without."""
        named: set[str] = set()
        for expression in expressions:
            for column in expression.find_all(exp.Column):
                name = column.name.lower()
                if column.table.lower() == self._target.lower() or (not column.table and name not in self._of_source):
                    named.add(name)
        return [name for name in self._columns if name.lower() in named]

    def _using(self) -> exp.Table:
        return self._tree.args["using"].copy()

    def _all(self, sql: str) -> list[tuple[object, ...]]:
        return self._cursor.execute(sql).fetchall()


def _column(name: str, table: str | None = None) -> exp.Column:
    return exp.column(name, table=table, quoted=name != "rowid")


def _aliased(table: exp.Table, alias: str) -> exp.Table:
    table.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
    return table
