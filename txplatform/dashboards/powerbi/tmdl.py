"""Writes a semantic model in TMDL, a file for each table and role.

https://learn.microsoft.com/analysis-services/tmdl/tmdl-overview: levels are tabs; the text of an expression over
several lines is one level deeper than the properties of its object.
"""

from collections.abc import Iterator, Mapping

from txplatform.dashboards.powerbi.identifiers import described, lineage_tag, tmdl_name
from txplatform.dashboards.powerbi.model import Role, SemanticModel, Table
from txplatform.dashboards.powerbi.tmdl_table import table_lines

_COMPATIBILITY_LEVEL = 1600  # of Power BI's models with refresh policies, and later than those of TMDL
_CULTURE = "en-US"


def tmdl_files(model: SemanticModel) -> Mapping[str, str]:
    """The files of the folder `definition`, by their path in it."""
    return {
        "database.tmdl": _text(["database", f"\tcompatibilityLevel: {_COMPATIBILITY_LEVEL}"]),
        "model.tmdl": _text(_model(model)),
        "expressions.tmdl": _text(_expressions(model)),
        "relationships.tmdl": _text(_relationships(model)),
        **{f"tables/{table.name}.tmdl": table_text(table) for table in model.tables},
        **{f"roles/{role.name}.tmdl": _text(_role(role)) for role in model.roles},
    }


def table_text(table: Table) -> str:
    """The file of a table."""
    return _text(table_lines(table))


def _text(lines: list[str] | Iterator[str]) -> str:
    return "\n".join(lines) + "\n"


def _model(model: SemanticModel) -> Iterator[str]:
    yield from ("model Model", f"\tculture: {_CULTURE}", "\tdefaultPowerBIDataSourceVersion: powerBI_V3")
    yield from ("\tdiscourageImplicitMeasures", f"\tsourceQueryCulture: {_CULTURE}", "")
    yield from ("\tannotation __PBI_TimeIntelligenceEnabled = 0", "")
    yield from (f"ref table {tmdl_name(table.name)}" for table in model.tables)
    yield ""
    yield from (f"ref role {tmdl_name(role.name)}" for role in model.roles)


def _expressions(model: SemanticModel) -> Iterator[str]:
    for name, expression in model.expressions.items():
        yield from (f"expression {tmdl_name(name)} = {expression}", f"\tlineageTag: {lineage_tag('expression', name)}")
        yield ""


def _relationships(model: SemanticModel) -> Iterator[str]:
    for relationship in model.relationships:
        yield f"relationship {lineage_tag('relationship', *relationship.many)}"
        yield f"\tfromColumn: {'.'.join(map(tmdl_name, relationship.many))}"
        yield from (f"\ttoColumn: {'.'.join(map(tmdl_name, relationship.one))}", "")


def _role(role: Role) -> Iterator[str]:
    yield from (*described(role.description), f"role {tmdl_name(role.name)}", "\tmodelPermission: read")
    for table, condition in role.conditions.items():
        yield from ("", f"\ttablePermission {tmdl_name(table)} = {condition}")
