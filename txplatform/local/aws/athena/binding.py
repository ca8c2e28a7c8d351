"""Names of tables and views in a statement become what DuckDB can read; every table at one commit a statement."""

import re
from functools import lru_cache

from sqlglot import exp

from txplatform.local.aws.athena import (
    dialect,
    hidden_columns,
    hive_tables,
    iceberg_metadata,
    information_schema,
    instants,
    looks,
    metadata_tables,
    scanned,
    zones,
)
from txplatform.local.aws.athena.catalog import Catalog, IcebergTable
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.hive_tables import HiveTable
from txplatform.local.aws.athena.lengths import LENGTHS
from txplatform.local.aws.athena.precisions import MILLISECONDS
from txplatform.local.aws.athena.rewriting import refuse
from txplatform.local.aws.athena.view_codec import CATALOG, View

MAXIMUM_DEPTH = 20
_REMEMBERED = 256  # views
_PLACE = re.compile("\0([0-9]+)\0")


class Binder:
    """Binds one statement. A table named twice is read at the same commit both times."""

    def __init__(self, catalog: Catalog, sql: str) -> None:
        self._catalog = catalog
        self._sql = sql
        self._resolved: dict[tuple[str, str], IcebergTable | HiveTable | View] = {}

    def bind(self, tree: exp.Expr, database: str) -> exp.Expr:
        """Replace the tables of `tree`, in place; bare names are in `database`."""
        for table in list(tree.find_all(exp.Table)):
            if _is_name_of_table(table):
                _rename(table, self._source(table, database))
        return tree

    def resolve(self, table: exp.Table, database: str) -> IcebergTable | HiveTable | View:
        """Return what a table node names, read from Glue once a statement."""
        if table.catalog.lower() not in ("", CATALOG):
            place = dialect.place(self._sql, table.catalog)
            raise StatementError("CATALOG_NOT_FOUND", f"{place}: Catalog '{table.catalog}' does not exist")
        key = ((table.db or database).lower(), table.name.lower())
        if key not in self._resolved:
            self._resolved[key] = self._catalog.resolve(*key, dialect.place(self._sql, table.name))
        return self._resolved[key]

    def pin(self, key: tuple[str, str], table: IcebergTable) -> None:
        """Read a table at this commit wherever the statement names it."""
        self._resolved[key] = table

    def _source(self, table: exp.Table, database: str, depth: int = 0) -> exp.Expr:
        """Return what to read for a table's name: a scan, or a view's query, as DuckDB's text."""
        if table.db.lower() == information_schema.NAME and table.catalog.lower() in ("", CATALOG):
            place = dialect.place(self._sql, table.name)
            return information_schema.scan(self._catalog, table.name.lower(), place)
        name, _, of_metadata = table.name.partition("$")
        if of_metadata:
            table.set("this", exp.to_identifier(name, quoted=True))
        found = self.resolve(table, database)
        version = table.args.get("version")
        if of_metadata:
            return self._metadata(table, found, of_metadata.lower())
        hidden = hidden_columns.wanted(table)
        if isinstance(found, IcebergTable):  # as a query, or DuckDB's virtual columns were in sight
            scanned.add_iceberg(self._catalog.s3, found.metadata_location)
            return hidden_columns.of_iceberg(self._scan(found, version), hidden).subquery()
        if version:
            raise StatementError("NOT_SUPPORTED", "line 1:1: Time travel is supported on Iceberg tables alone")
        if isinstance(found, HiveTable):
            self._mark(table, found, depth)
            return hive_tables.scan(found, self._catalog.s3, hidden)
        if depth == MAXIMUM_DEPTH:
            raise StatementError("VIEW_IS_RECURSIVE", "line 1:1: View nesting is too deep, or recursive")
        text, tables = _translated(found)
        texts = _PLACE.split(text)
        for position in range(1, len(texts), 2):
            inner = self._source(tables[int(texts[position])], found.database, depth + 1)
            texts[position] = inner.sql("duckdb")
        return exp.Var(this=f"({''.join(texts)})")

    def _mark(self, table: exp.Table, found: HiveTable, depth: int) -> None:
        """Note that a table's timestamps have three digits; raise StatementError where a view would hide that."""
        if found.has_timestamps and depth:
            raise refuse(f"a view of {found.name}, which has a timestamp and is not Iceberg's,")
        table.meta[MILLISECONDS] = True
        table.meta[LENGTHS] = [(name, found.lengths.get(name, 0)) for name, _ in (*found.columns, *found.keys)]

    def _metadata(self, table: exp.Table, found: IcebergTable | HiveTable | View, kind: str) -> exp.Expr:
        if not isinstance(found, IcebergTable):
            raise StatementError("TABLE_NOT_FOUND", f"line 1:1: Table '{table.name}${kind}' does not exist")
        table.meta[MILLISECONDS] = True
        return metadata_tables.scan(
            self._catalog.s3, iceberg_metadata.read(self._catalog.s3, found.metadata_location), kind
        )

    def _scan(self, table: IcebergTable, version: exp.Version | None) -> exp.Anonymous:
        """Read a table at its commit, or at a version or time before it."""
        if version is None or str(version.this).upper() == "VERSION":
            return scan(table, version)
        metadata = iceberg_metadata.read(self._catalog.s3, table.metadata_location)
        at = instants.milliseconds(version.expression)
        snapshot = iceberg_metadata.snapshot_as_of(metadata, at, f'"{table.database}"."{table.name}"')
        return scan(table, exp.Version(this="VERSION", kind="AS OF", expression=exp.Literal.number(snapshot)))


@lru_cache(maxsize=_REMEMBERED)
def _translated(view: View) -> tuple[str, tuple[exp.Table, ...]]:
    """Return DuckDB's text of a view's query, with places for its tables, and the tables as the view names them.

    Translating takes longer than many a query, and the text of a view stays while the tables under it change.
    """
    body = dialect.parse(view.sql)
    looks.refuse_hidden(body)
    if any(look.zone != zones.UTC for look in looks.of_columns(body)):
        raise refuse("a view with a column of another time zone")
    tables: list[exp.Table] = []
    for table in list(body.find_all(exp.Table)):
        if _is_name_of_table(table):
            tables.append(table.copy())
            _rename(table, exp.Var(this=f"\0{len(tables) - 1}\0"))
    assert isinstance(body, exp.Query)
    columns = [exp.column(name, quoted=True) for name, _ in view.columns]
    selected = exp.select(*columns).from_(body.subquery("_view", copy=False), copy=False)
    return dialect.to_duckdb(selected), tuple(tables)


def scan(table: IcebergTable, version: exp.Version | None = None) -> exp.Anonymous:
    """Return the table function that reads a table at its commit, or at a version before it."""
    expressions: list[exp.Expr] = [exp.Literal.string(table.metadata_location)]
    if version is not None:
        expressions.append(_snapshot(version))
    return exp.Anonymous(this="iceberg_scan", expressions=expressions)


def _rename(table: exp.Table, to: exp.Expr) -> None:
    """Put something in the place of a table's name; it keeps its alias, or its name as such."""
    if not table.alias:
        table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
    table.set("this", to)
    for part in ("version", "db", "catalog"):
        table.set(part, None)


def _snapshot(version: exp.Version) -> exp.Expr:
    return exp.PropertyEQ(this=exp.to_identifier("snapshot_from_id"), expression=version.expression.copy())


def _aliases(clause: exp.With) -> set[str]:
    return {common.alias.lower() for common in clause.expressions}


def _is_name_of_table(table: exp.Table) -> bool:
    """Say whether a table node names a table or view of the catalog; raise StatementError for a table function."""
    if not isinstance(table.this, exp.Identifier):
        raise StatementError("FUNCTION_NOT_FOUND", f"line 1:1: Table function {table.name} not registered")
    return not _is_common_table(table)


def _is_common_table(table: exp.Table) -> bool:
    """Say whether the name is that of a common table expression in sight."""
    if table.db:
        return False
    inside: exp.Expr = table
    while inside.parent is not None:
        outer = inside.parent
        clause = outer.args.get("with_")
        if isinstance(outer, exp.With):
            for common in outer.expressions:
                if common is inside and not outer.recursive:
                    break
                if common.alias.lower() == table.name.lower():
                    return True
        elif clause is not None and inside is not clause and table.name.lower() in _aliases(clause):
            return True
        inside = outer
    return False
