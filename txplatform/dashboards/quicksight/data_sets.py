"""The data set over a mart: its columns with types, descriptions and folders, and who may see what of it."""

from collections.abc import Mapping
from typing import Any

from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.dashboards.quicksight.model import Kind, Resource
from txplatform.dashboards.quicksight.security import restrictions
from txplatform.dashboards.quicksight.target import DATA_SOURCE, Target, data_set_id
from txplatform.warehouse.marts.model import Mart, MartColumn

_TABLE = "mart"  # the id of the one table, physical and logical
_TYPES = {"bigint": "INTEGER", "date": "DATETIME", "timestamp(6)": "DATETIME", "boolean": "BIT"}


def data_source(target: Target) -> Resource:
    """Athena, in the platform's workgroup."""
    request = {
        "Name": f"{names.PREFIX} on Athena",
        "Type": "ATHENA",
        "DataSourceParameters": {"AthenaParameters": {"WorkGroup": names.WORKGROUP}},
        "Permissions": target.permissions("datasource"),
    }
    return Resource(Kind.DATA_SOURCE, DATA_SOURCE, request)


def data_set(contracts: Mapping[str, Contract], mart: Mart, target: Target) -> Resource:
    """The data set over a mart, a copy in SPICE or asked of Athena each time, as the contract of its entity says."""
    relational = {
        "DataSourceArn": target.arn("datasource", DATA_SOURCE),
        "Catalog": "AwsDataCatalog",
        "Schema": names.DATABASE,
        "Name": mart.name,
        "InputColumns": [_input(column) for column in mart.columns],
    }
    transforms = [
        *(_described(column) for column in mart.columns),
        {"ProjectOperation": {"ProjectedColumns": [column.name for column in mart.columns]}},
    ]
    request = {
        "Name": mart.name,
        "ImportMode": "SPICE" if contracts[mart.entity].dashboard_import == "spice" else "DIRECT_QUERY",
        "PhysicalTableMap": {_TABLE: {"RelationalTable": relational}},
        "LogicalTableMap": {
            _TABLE: {"Alias": mart.name, "Source": {"PhysicalTableId": _TABLE}, "DataTransforms": transforms}
        },
        "FieldFolders": {
            name: {"description": description, "columns": list(columns)}
            for name, description, columns in (
                ("Dimensions", "What figures are grouped and filtered by.", mart.dimensions),
                ("Measures", "Figures of the grain; calculated fields add them up.", mart.measures),
            )
            if columns
        },
        "Permissions": target.permissions("dataset"),
        **restrictions(mart, contracts, target),
    }
    return Resource(Kind.DATA_SET, data_set_id(mart.name), request)


def _input(column: MartColumn) -> dict[str, Any]:
    if column.trino_type.startswith("decimal"):
        return {"Name": column.name, "Type": "DECIMAL", "SubType": "FIXED"}
    return {"Name": column.name, "Type": _TYPES.get(column.trino_type, "STRING")}


def _described(column: MartColumn) -> dict[str, Any]:
    tag = {"ColumnDescription": {"Text": column.description}}
    return {"TagColumnOperation": {"ColumnName": column.name, "Tags": [tag]}}
