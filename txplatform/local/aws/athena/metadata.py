"""Athena's API over Glue's catalog: its databases, tables and columns, by which clients browse.

https://docs.aws.amazon.com/athena/latest/APIReference/API_GetTableMetadata.html and its siblings.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from txplatform.local.aws.athena import serdes
from txplatform.local.aws.athena.catalog import Catalog
from txplatform.local.aws.athena.columns import current_columns, keys
from txplatform.local.aws.athena.errors import MetadataError, RequestError, StatementError
from txplatform.local.aws.athena.pages import page
from txplatform.local.aws.athena.view_codec import CATALOG

_CATALOG = "AwsDataCatalog"  # as Athena writes it
_SUMMARY = {"CatalogName": _CATALOG, "Type": "GLUE"}


class Metadata:
    """Answers requests about the one data catalog there is."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.operations: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "ListDataCatalogs": lambda request: page("DataCatalogsSummary", [_SUMMARY], request),
            "GetDataCatalog": self._data_catalog,
            "ListDatabases": self._databases,
            "GetDatabase": self._database,
            "ListTableMetadata": self._tables,
            "GetTableMetadata": self._table,
        }

    def _data_catalog(self, request: dict[str, Any]) -> dict[str, Any]:
        require_catalog(request["Name"])
        return {"DataCatalog": {"Name": _CATALOG, "Type": "GLUE", "Parameters": {}}}

    def _databases(self, request: dict[str, Any]) -> dict[str, Any]:
        require_catalog(request["CatalogName"])
        return page("DatabaseList", [{"Name": name} for name in self._catalog.databases()], request)

    def _database(self, request: dict[str, Any]) -> dict[str, Any]:
        require_catalog(request["CatalogName"])
        name = request["DatabaseName"].lower()
        _found(self._catalog.require_database, name)
        return {"Database": {"Name": name}}

    def _tables(self, request: dict[str, Any]) -> dict[str, Any]:
        require_catalog(request["CatalogName"])
        try:
            wanted = re.compile(request.get("Expression") or ".*")
        except re.error as error:
            raise RequestError(f"Expression is no regular expression: {error}") from error
        tables = _found(self._catalog.tables, request["DatabaseName"].lower())
        return page("TableMetadataList", [_described(t) for t in tables if wanted.fullmatch(t["Name"])], request)

    def _table(self, request: dict[str, Any]) -> dict[str, Any]:
        require_catalog(request["CatalogName"])
        names = request["DatabaseName"].lower(), request["TableName"].lower()
        return {"TableMetadata": _described(_found(self._catalog.describe, *names))}


def require_catalog(name: str) -> None:
    """Raise RequestError for any catalog but Glue's."""
    if name.lower() != CATALOG:
        raise RequestError(f"Catalog {name} is not found. Remedy: name {_CATALOG}")


def _found(read: Callable[..., Any], *names: str) -> Any:
    try:
        return read(*names)
    except StatementError as error:
        service = (
            f"Service: AmazonDataCatalog; Status Code: 400; Error Code: EntityNotFoundException; Request ID: {uuid4()}"
        )
        raise MetadataError(f"Entity {'.'.join(names)} not found ({service}; Proxy: null)") from error


def _described(table: dict[str, Any]) -> dict[str, Any]:
    created = table.get("CreateTime")
    moment = created.timestamp() if isinstance(created, datetime) else created
    return {
        "Name": table["Name"],
        **({} if moment is None else {"CreateTime": moment}),
        "TableType": table.get("TableType") or "EXTERNAL_TABLE",
        "Columns": [_column(*column) for column in current_columns(table)],
        "PartitionKeys": [_column(*key) for key in keys(table)],
        "Parameters": {
            key: _squashed(str(value)) for key, value in {**_stored(table), **(table.get("Parameters") or {})}.items()
        },
    }


def _column(name: str, kind: str, comment: str) -> dict[str, str]:
    return {"Name": name, "Type": kind, **({"Comment": comment} if comment else {})}


def _stored(table: dict[str, Any]) -> dict[str, str]:
    """Return what Athena tells of a table's files among its parameters."""
    descriptor = table.get("StorageDescriptor") or {}
    serde = serdes.of_glue(descriptor)
    given = {
        "inputformat": serde.input_format,
        "location": descriptor.get("Location") or "",
        "outputformat": serde.output_format,
        **{f"serde.param.{name}": value for name, value in serde.parameters.items()},
        "serde.serialization.lib": serde.library,
    }
    return {name: value for name, value in given.items() if value}


def _squashed(text: str) -> str:
    """Athena's API writes every run of white space between words as one space."""
    return re.sub(r"(?<=\S)\s+(?=\S)", " ", text)
