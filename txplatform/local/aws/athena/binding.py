"""Names of tables and views in a statement become what DuckDB can read; every table at one commit a statement."""

from functools import lru_cache

from sqlglot import exp

from txplatform.local.aws.athena import dialect
from txplatform.local.aws.athena.catalog import Catalog, IcebergTable
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.view_codec import View

MAXIMUM_DEPTH = 20
_REMEMBERED = 256  # views
_TABLE_PARTS = ("joins", "laterals", "pivots", "sample")


class Binder:
    """Binds one statement. A table named twice is read at the same commit both times."""

    def __init__(self, catalog: Catalog, sql: str) -> None:
        self._catalog = catalog
        self._sql = sql
        self._resolved: dict[tuple[str, str], IcebergTable | View] = {}

    def bind(self, tree: exp.Expr, database: str, depth: int = 0) -> exp.Expr:
        """Replace the tables of `tree`, in place; bare names are in `database`."""
        if depth > MAXIMUM_DEPTH:
            raise StatementError("VIEW_IS_RECURSIVE", "line 1:1: View nesting is too deep, or recursive")
        for table in list(tree.find_all(exp.Table)):
            if not isinstance(table.this, exp.Identifier):
                raise StatementError("FUNCTION_NOT_FOUND", f"line 1:1: Table function {table.name} not registered")
            if _is_common_table(table):
                continue
            found = self.resolve(table, database)
            if isinstance(found, View):
                self._put_view(table, found, depth)
            else:
                _put_scan(table, found)
        return tree

    def resolve(self, table: exp.Table, database: str) -> IcebergTable | View:
        """Return what a table node names, read from Glue once a statement."""
        key = ((table.db or database).lower(), table.name.lower())
        if key not in self._resolved:
            self._resolved[key] = self._catalog.resolve(*key, dialect.place(self._sql, table.name))
        return self._resolved[key]

    def pin(self, key: tuple[str, str], table: IcebergTable) -> None:
        """Read a table at this commit wherever the statement names it."""
        self._resolved[key] = table

    def _put_view(self, table: exp.Table, view: View, depth: int) -> None:
        if table.args.get("version"):
            raise StatementError("NOT_SUPPORTED", "line 1:1: Time travel on a view is not supported")
        body = self.bind(_body(view.sql).copy(), view.database, depth + 1)
        assert isinstance(body, exp.Query)
        columns = [exp.column(name, quoted=True) for name, _ in view.columns]
        selected = exp.select(*columns).from_(body.subquery("_view", copy=False), copy=False)
        alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(table.name))
        subquery = exp.Subquery(this=selected, alias=alias)
        for part in _TABLE_PARTS:
            if table.args.get(part):
                subquery.set(part, table.args[part])
        table.replace(subquery)


@lru_cache(maxsize=_REMEMBERED)
def _body(sql: str) -> exp.Expr:
    """Return the parsed text of a view, which stays the same while the tables under it change."""
    return dialect.parse(sql)


def scan(table: IcebergTable) -> exp.Anonymous:
    """Return the table function that reads a table at its commit."""
    return exp.Anonymous(this="iceberg_scan", expressions=[exp.Literal.string(table.metadata_location)])


def _put_scan(table: exp.Table, found: IcebergTable) -> None:
    function = scan(found)
    version = table.args.get("version")
    if version is not None:
        function.append("expressions", _snapshot(version))
        table.set("version", None)
    if not table.alias:
        table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
    table.set("this", function)
    table.set("db", None)
    table.set("catalog", None)


def _snapshot(version: exp.Version) -> exp.Expr:
    if str(version.this).upper() != "VERSION":  # DuckDB reads a time before the first snapshot as an empty table
        raise StatementError("NOT_SUPPORTED", "line 1:1: FOR TIMESTAMP AS OF is not supported locally")
    return exp.PropertyEQ(this=exp.to_identifier("snapshot_from_id"), expression=version.expression.copy())


def _aliases(clause: exp.With) -> set[str]:
    return {common.alias.lower() for common in clause.expressions}


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
