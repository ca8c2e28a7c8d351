"""Which column of an asset comes unchanged from which column of the assets before it.

In the lake it follows from the contract: a column keeps its name from both lanes' tables to the view. A mart is a
statement written by hand, in which a column counts as unchanged if it is a column of the view, selected by its name
alone, whose name the statement gives to no other expression than `coalesce` of columns of that name. A mart of several
entities reads each column by the name of its entity, so the column comes from those whose `entity.column` stands in the
statement.
"""

import re
from collections.abc import Sequence

import dagster as dg

from txplatform.contracts.model import Contract
from txplatform.contracts.render.columns import SNAPSHOT, system_columns
from txplatform.contracts.render.views import view_columns
from txplatform.defs.keys import EntityKeys
from txplatform.warehouse.marts.model import Mart
from txplatform.warehouse.marts.select_list import select_list, without_literals

_SAME_NAME = re.compile(r"\bcoalesce\(\w+\.(\w+), \w+\.\1\)\s+AS\s+\1\b", re.IGNORECASE)
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


def mart_lineage(read: Sequence[Contract], mart: Mart) -> dict[str, dg.TableColumnLineage]:
    """Metadata of a mart: the columns that it takes as they are from the current views of the entities it reads.

    Of a child entity it names all columns, those of the parent's key and those inside of the array; of a history, which
    reads the tables of both lanes, the fields.
    """
    if any(column.origin for column in mart.columns):
        keys = EntityKeys.of(mart.entity)
        origins = [keys.files, keys.changes] if mart.of_tables else [keys.view]
        deps = {
            column.name: [dg.TableColumnDep(key, column.origin) for key in origins]
            for column in mart.columns
            if column.origin
        }
        return {"dagster/column_lineage": dg.TableColumnLineage(deps)}
    origins = {
        column: [EntityKeys.of(contract.name).view for contract in read if _is_from(contract, column, mart)]
        for column in selected_unchanged(mart.sql)
    }
    return _lineage({column: keys for column, keys in origins.items() if keys})


def _is_from(contract: Contract, column: str, mart: Mart) -> bool:
    if all(column != known.name for known in view_columns(contract)):
        return False
    return not mart.reads or re.search(rf"\b{contract.name}\.{column}\b", mart.sql) is not None


def selected_unchanged(sql: str) -> list[str]:
    """The names that a query selects bare and gives to no other expression, in the order of the statement."""
    text = _SAME_NAME.sub(r"\1", without_literals(sql))
    aliases = {alias.lower() for alias in _ALIAS.findall(text)}
    return [item for item in select_list(text) if re.fullmatch(r"\w+", item) and item.lower() not in aliases]


def _lineage(origins: dict[str, Sequence[dg.AssetKey]]) -> dict[str, dg.TableColumnLineage]:
    """The metadata entry of a lineage: each column from the column of the same name of the given assets."""
    deps = {column: [dg.TableColumnDep(key, column) for key in keys] for column, keys in origins.items()}
    return {"dagster/column_lineage": dg.TableColumnLineage(deps)}
