"""Writes a table in TMDL: its refresh policy, measures, columns, hierarchies and its one partition."""

from collections.abc import Iterator

from txplatform.dashboards.powerbi.identifiers import described, lineage_tag, tmdl_name
from txplatform.dashboards.powerbi.model import Column, Hierarchy, ModelMeasure, Table

# Ten years are kept, and the last three months are loaded again by a refresh that applies the policy.
# https://learn.microsoft.com/power-bi/connect-data/incremental-refresh-xmla
_POLICY = {
    "policyType": "basic",
    "rollingWindowGranularity": "year",
    "rollingWindowPeriods": "10",
    "incrementalGranularity": "month",
    "incrementalPeriods": "3",
}


def table_lines(table: Table) -> Iterator[str]:
    """The lines of the file."""
    yield from (*described(table.description), f"table {tmdl_name(table.name)}")
    yield f"\tlineageTag: {lineage_tag('table', table.name)}"
    if any(column.key and column.type.data_type == "dateTime" for column in table.columns):
        yield "\tdataCategory: Time"
    yield ""
    if table.range_column:
        yield "\trefreshPolicy"
        yield from (f"\t\t{key}: {value}" for key, value in _POLICY.items())
        yield from ("\t\tsourceExpression =", *_deeper(table.source, 4), "")
    for measure in table.measures:
        yield from _measure(table, measure)
    for column in table.columns:
        yield from _column(table, column)
    for hierarchy in table.hierarchies:
        yield from _hierarchy(table, hierarchy)
    yield f"\tpartition {tmdl_name(table.name)} = {'calculated' if table.calculated else 'm'}"
    yield from ("\t\tmode: import", "\t\tsource =", *_deeper(table.source, 4))


def _measure(table: Table, measure: ModelMeasure) -> Iterator[str]:
    yield from (*described(measure.description, "\t"), f"\tmeasure {tmdl_name(measure.name)} = {measure.expression}")
    yield from (
        f"\t\tformatString: {measure.format}",
        f"\t\tlineageTag: {lineage_tag(table.name, 'measure', measure.name)}",
    )
    yield ""


def _column(table: Table, column: Column) -> Iterator[str]:
    declared = f" = {column.expression}" if column.expression else ""
    yield from (*described(column.description, "\t"), f"\tcolumn {tmdl_name(column.name)}{declared}")
    yield f"\t\tdataType: {column.type.data_type}"
    yield from (f"\t\t{flag}" for flag, holds in (("isHidden", column.hidden), ("isKey", column.key)) if holds)
    if column.type.format:
        yield f"\t\tformatString: {column.type.format}"
    yield from (f"\t\tlineageTag: {lineage_tag(table.name, 'column', column.name)}", "\t\tsummarizeBy: none")
    if column.source:
        yield f"\t\tsourceColumn: {column.source}"
    yield ""


def _hierarchy(table: Table, hierarchy: Hierarchy) -> Iterator[str]:
    yield f"\thierarchy {tmdl_name(hierarchy.name)}"
    yield from (f"\t\tlineageTag: {lineage_tag(table.name, 'hierarchy', hierarchy.name)}", "")
    for level in hierarchy.levels:
        yield from (f"\t\tlevel {tmdl_name(level)}", f"\t\t\tcolumn: {tmdl_name(level)}", "")


def _deeper(expression: str, levels: int) -> Iterator[str]:
    yield from ("\t" * levels + line for line in expression.splitlines())
