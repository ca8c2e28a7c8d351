"""A semantic model of Power BI as plain values, as far as marts need one."""

from collections.abc import Mapping
from dataclasses import dataclass

from txplatform.dashboards.powerbi.types import ColumnType


@dataclass(frozen=True, slots=True)
class Column:
    """A column. One with an `expression` (DAX) is calculated; every other comes from `source`, its name there."""

    name: str
    type: ColumnType
    description: str
    source: str = ""
    expression: str = ""
    hidden: bool = False
    key: bool = False


@dataclass(frozen=True, slots=True)
class ModelMeasure:
    """A measure in DAX. `title` is what visuals call it: `name` says the mart too, and is unique in the model."""

    name: str
    title: str
    expression: str
    description: str
    format: str


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Columns of a table, the coarsest first."""

    name: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a mart, with a `source` in M, or a calculated one, with a source in DAX.

    `range_column` is the date or time by which it is refreshed in parts.
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    source: str
    measures: tuple[ModelMeasure, ...] = ()
    hierarchies: tuple[Hierarchy, ...] = ()
    calculated: bool = False
    range_column: str = ""


@dataclass(frozen=True, slots=True)
class Relationship:
    """Each row of the first column's table belongs to one of the second's. A column is a table and its name."""

    many: tuple[str, str]
    one: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Role:
    """Who has it sees the rows that meet the condition (DAX) of their table in `conditions`; of other tables, all."""

    name: str
    description: str
    conditions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SemanticModel:
    """All of a model. `expressions` are shared ones in M, by name."""

    tables: tuple[Table, ...]
    relationships: tuple[Relationship, ...]
    roles: tuple[Role, ...]
    expressions: dict[str, str]
