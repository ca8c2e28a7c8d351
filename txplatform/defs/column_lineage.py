"""Which column of an asset comes unchanged from which column of the assets before it.

In the lake it follows from the contract: a column keeps its name from both lanes' tables to the view. A mart is a
statement written by hand, in which a column counts as unchanged if it is a column of the view, selected by its name
alone, whose name the statement gives to no other expression.
"""

import re
from collections.abc import Iterable, Sequence

import dagster as dg

from txplatform.contracts.model import Contract
from txplatform.contracts.render.columns import SNAPSHOT, system_columns
from txplatform.contracts.render.views import view_columns
from txplatform.defs.keys import EntityKeys
from txplatform.warehouse.views import Mart

_LITERAL = re.compile(r"'(?:[^']|'')*'")
_SELECT = re.compile(r"\s*SELECT\b", re.IGNORECASE)
_PARENTHESIS_COMMA_OR_FROM = re.compile(r"[(),]|\bFROM\b", re.IGNORECASE)
_ALIAS = re.compile(r"\bAS\s+(\w+)", re.IGNORECASE)


def snapshot_lineage(contract: Contract) -> dict[str, dg.TableColumnLineage]:
    """Metadata of the snapshot: each column from both lanes' tables."""
    keys = EntityKeys.of(contract.name)
    columns = [*(field.name for field in contract.fields), *(column.name for column in system_columns(SNAPSHOT))]
    return _lineage({column: [keys.files, keys.changes] for column in columns})


def view_lineage(contract: Contract) -> dict[str, dg.TableColumnLineage]:
    """Metadata of the current view: each column from the snapshot and from the rows that are not folded yet."""
    keys = EntityKeys.of(contract.name)
    return _lineage({column.name: [keys.snapshot, keys.files, keys.changes] for column in view_columns(contract)})


def mart_lineage(contract: Contract, mart: Mart) -> dict[str, dg.TableColumnLineage]:
    """Metadata of a mart: the columns that it takes from the current view as they are.

    Of a child entity it names all columns: those of the parent's key, and those inside of the array.
    """
    view = EntityKeys.of(contract.name).view
    if mart.columns:
        deps = {column.name: [dg.TableColumnDep(view, column.origin)] for column in mart.columns}
        return {"dagster/column_lineage": dg.TableColumnLineage(deps)}
    known = {column.name for column in view_columns(contract)}
    return _lineage({column: [view] for column in selected_unchanged(mart.sql) if column in known})


def selected_unchanged(sql: str) -> list[str]:
    """The names that a SELECT selects bare and gives to no other expression, in the order of the statement.

    A statement that begins otherwise, with WITH for instance, yields none.
    """
    text = _LITERAL.sub("''", sql)
    aliases = {alias.lower() for alias in _ALIAS.findall(text)}
    return [item for item in _select_list(text) if re.fullmatch(r"\w+", item) and item.lower() not in aliases]


def _select_list(sql: str) -> Iterable[str]:
    """The items of the outermost select list of a statement without literals."""
    begin = _SELECT.match(sql)
    if begin is None:
        return
    start, depth = begin.end(), 0
    for token in _PARENTHESIS_COMMA_OR_FROM.finditer(sql, start):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if depth == 0 and token[0] not in "()":
            yield sql[start : token.start()].strip()
            start = token.end()
            if token[0] != ",":
                return


def _lineage(origins: dict[str, Sequence[dg.AssetKey]]) -> dict[str, dg.TableColumnLineage]:
    """The metadata entry of a lineage: each column from the column of the same name of the given assets."""
    deps = {column: [dg.TableColumnDep(key, column) for key in keys] for column, keys in origins.items()}
    return {"dagster/column_lineage": dg.TableColumnLineage(deps)}
