"""Where a table's rows come from: the Amazon Athena connector, in M, with parameters for what a deployment chooses.

The connector takes the name of an ODBC data source (DSN), which has region and workgroup, so these two choose it:
`txplatform-<region>-<workgroup>`.
https://learn.microsoft.com/power-query/connectors/amazon-athena and
https://docs.aws.amazon.com/athena/latest/ug/connect-with-odbc-and-power-bi.html
"""

from collections.abc import Mapping, Sequence

from txplatform.contracts.names import DATABASE, PREFIX, WORKGROUP
from txplatform.dashboards.powerbi.identifiers import m_text
from txplatform.dashboards.powerbi.model import Column

# By these two names Power BI knows what a refresh in parts is to load. In Desktop, everything: contracts bound times.
# https://learn.microsoft.com/power-bi/connect-data/incremental-refresh-configure
_RANGE = {"RangeStart": "#datetime(1980, 1, 1, 0, 0, 0)", "RangeEnd": "#datetime(2100, 1, 1, 0, 0, 0)"}
_CATALOG = "AwsDataCatalog"


def parameters(region: str) -> Mapping[str, str]:
    """The shared expressions: the parameters, and the data source that they choose."""
    chosen = {"Region": region, "Workgroup": WORKGROUP, "Catalog": _CATALOG, "Database": DATABASE}
    return {
        **{name: _parameter(m_text(value), "Text") for name, value in chosen.items()},
        **{name: _parameter(value, "DateTime") for name, value in _RANGE.items()},
        "Dsn": f'{m_text(f"{PREFIX}-")} & Region & "-" & Workgroup',
    }


def view_source(view: str, columns: Sequence[Column], range_column: str = "") -> str:
    """The rows of a view from RangeStart on and before RangeEnd, or all; the columns in their types."""
    steps = {
        "Catalogs": "AmazonAthena.Databases(Dsn, null, [])",
        "Schemas": "Catalogs{[Name = Catalog]}[Data]",
        "Views": "Schemas{[Name = Database]}[Data]",
        "View": f"Views{{[Name = {m_text(view)}]}}[Data]",
        "Selected": f"Table.SelectColumns(View, {{{', '.join(m_text(column.source) for column in columns)}}})",
    }
    rows = "Selected"
    if range_column:
        [ranged] = [column for column in columns if column.name == range_column]
        start, end = ("Date.From(RangeStart)", "Date.From(RangeEnd)") if _is_date(ranged) else tuple(_RANGE)
        steps["Ranged"] = f"Table.SelectRows(Selected, each [{range_column}] >= {start} and [{range_column}] < {end})"
        rows = "Ranged"
    types = ", ".join(f"{{{m_text(column.source)}, {column.type.m_type}}}" for column in columns)
    steps["Typed"] = f'Table.TransformColumnTypes({rows}, {{{types}}}, "en-US")'
    lines = ",\n".join(f"    {name} = {step}" for name, step in steps.items())
    return f"let\n{lines}\nin\n    Typed"


def _is_date(column: Column) -> bool:
    return column.type.m_type == "type date"


def _parameter(value: str, kind: str) -> str:
    return f'{value} meta [IsParameterQuery=true, Type="{kind}", IsParameterQueryRequired=true]'
