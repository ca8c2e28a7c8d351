"""A mart as plain values: its statement, and what its columns are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MartColumn:
    """A column of a mart, its type in SQL (Trino), and the column of the current view that it comes from, if one."""

    name: str
    trino_type: str
    description: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Mart:
    """A dashboard-ready view over the current view of an entity, and over those of the further entities it `reads`.

    A row is one value of `grain`. `dimensions` are what figures are grouped and filtered by, `measures` the figures,
    by their names in the dictionary; a column of `masked` shows personal or pseudonymous values in part. Views that a
    contract describes have none of these. `columns` are known of those that a contract or a header describes. Of one
    with a day in `table_by` the rows lie in a table, which a refresh brings up to date, and the view shows these. One
    `of_tables` reads the entity's tables of files and of changes instead of its current view.
    """

    name: str
    entity: str
    description: str
    sql: str
    reads: tuple[str, ...] = ()
    columns: tuple[MartColumn, ...] = ()
    grain: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    table_by: str = ""
    of_tables: bool = False
