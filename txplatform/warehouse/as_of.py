"""Queries of the past: a statement over current views and marts, asked of the state at a former moment.

Each view in the statement is replaced by what it was then: the current view of an entity by the versions of its history
that were the state, a mart or child view by its own statement over these. The rest of the text stays as it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import traverse_scope

from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.render.columns import INGESTED_AT, OCCURRED_AT, ORDER_KEY
from txplatform.errors import QueryError
from txplatform.warehouse.business_days import NOW
from txplatform.warehouse.child_views import child_views
from txplatform.warehouse.history import DELETION, history_columns, history_view
from txplatform.warehouse.marts.files import marts
from txplatform.warehouse.marts.model import Mart
from txplatform.warehouse.statements import quoted

_CATALOG = "awsdatacatalog"
_SHOWN_AS = {ORDER_KEY: "order_key", OCCURRED_AT: "valid_from", INGESTED_AT: "ingested_at"}


def as_of(sql: str, moment: datetime, contracts: Mapping[str, Contract]) -> str:
    """The query over the state at a moment, which has a zone; raise QueryError for what has no past."""
    if moment.tzinfo is None:
        raise QueryError(f"{moment} has no time zone. Remedy: name one, e.g. {moment}+00:00")
    at = f"TIMESTAMP '{moment.astimezone(UTC).replace(tzinfo=None).isoformat(' ', 'microseconds')}'"
    views = {contract.name: _state(contract, at) for contract in contracts.values()}
    tables = _tables(sql)
    named = {table.name for table in tables} - views.keys()
    made = (mart for mart in (_made_of_views(contracts) if named else ()) if mart.name in named)
    return _replaced(sql, tables, views | {mart.name: _past(mart, views, at) for mart in made})


def _made_of_views(contracts: Mapping[str, Contract]) -> Iterator[Mart]:
    for contract in contracts.values():
        yield from child_views(contract)
        yield from marts(contract, contracts)


def _past(mart: Mart, views: Mapping[str, str], at: str) -> str:
    """The statement of a mart or child view as of a moment, which is the present one to it too."""
    sql = mart.sql.replace(NOW, at)
    try:
        return _replaced(sql, _tables(sql), views)
    except QueryError as error:
        raise QueryError(f"{mart.name}: {error}") from error


def _state(contract: Contract, at: str) -> str:
    """The rows of the current view as of a moment."""
    history = history_columns(contract)
    fields = ", ".join(quoted(field.name) for field in contract.fields)
    system = ", ".join(f"{quoted(history[column])} AS {quoted(name)}" for name, column in _SHOWN_AS.items())
    begin, end, operation = (quoted(history[column]) for column in ("valid_from", "valid_to", "operation"))
    return (
        f"SELECT {fields}, {system} FROM ({history_view(contract).sql}) "
        f"WHERE {begin} <= {at} AND ({end} IS NULL OR {end} > {at}) AND {operation} <> '{DELETION}'"
    )


def _replaced(sql: str, tables: Sequence[exp.Table], views: Mapping[str, str]) -> str:
    """The statement with each view among its tables in parentheses, named as before."""
    for table in sorted(tables, key=_span, reverse=True):
        begin, end = _span(table)
        name = table.name
        place = (table.catalog or _CATALOG, table.db or names.DATABASE)
        whole = sql[:begin].rstrip().upper().endswith("TABLE")
        if name not in views or place != (_CATALOG, names.DATABASE) or table.args.get("version") or whole:
            raise QueryError(
                f"'{sql[begin:end]}' has no past that a query could ask for. Remedy: name current views, child views "
                f"and marts, such as {', '.join(list(views)[:3])}, without TABLE or FOR TIMESTAMP AS OF"
            )
        alias = "" if table.alias else f" AS {quoted(name)}"
        sql = f"{sql[:begin]}({views[name]}\n){alias}{sql[end:]}"
    return sql


def _tables(sql: str) -> list[exp.Table]:
    """What a query reads, without the common tables that it names itself, by names in lower case.

    Raise QueryError for other statements.
    """
    try:
        tree = sqlglot.parse_one(sql, read="athena")
    except SqlglotError as error:
        raise QueryError(f"the statement could not be read: {error}. Remedy: correct it") from error
    if not isinstance(tree, exp.Query):
        raise QueryError("only a query has a past. Remedy: begin with SELECT or WITH")
    for identifier in tree.find_all(exp.Identifier):
        identifier.set("this", identifier.name.lower())  # names of common tables too are the same in any case
    scopes: Any = traverse_scope(tree)
    found = (source for scope in scopes for source in scope.sources.values() if isinstance(source, exp.Table))
    return list({_span(table): table for table in found}.values())


def _span(table: exp.Table) -> tuple[int, int]:
    """Where the name of a table begins and ends in the text, its database and catalog included."""
    parts: Any = table.parts
    return parts[0].meta["start"], parts[-1].meta["end"] + 1
