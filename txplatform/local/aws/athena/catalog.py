"""What Athena sees of Glue: read straight from moto in this process, written through Glue's API with its checks."""

from dataclasses import dataclass
from typing import Any

from moto.glue.exceptions import EntityNotFoundException
from moto.glue.models import GlueBackend, glue_backends

from txplatform.local.aws.athena import hive_tables
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.glue_tables import GlueTables
from txplatform.local.aws.athena.hive_tables import HiveTable
from txplatform.local.aws.athena.view_codec import CATALOG, View, decode_view, is_view
from txplatform.local.environment import ACCOUNT, REGION


@dataclass(frozen=True, slots=True)
class IcebergTable:
    """An Iceberg table as of one commit, whose metadata file never changes."""

    database: str
    name: str
    metadata_location: str


class Catalog:
    """Glue's databases and tables. Reading costs microseconds, so every statement reads afresh."""

    def __init__(self, glue: Any, s3: Any) -> None:
        self._glue = glue
        self.s3 = s3

    @property
    def _backend(self) -> GlueBackend:
        return glue_backends[ACCOUNT][REGION]

    def databases(self) -> list[str]:
        return sorted(database.name for database in self._backend.get_databases())

    def require_database(self, database: str) -> None:
        if database not in self.databases():
            raise StatementError("SCHEMA_NOT_FOUND", f"line 1:1: Schema '{database}' does not exist")

    def tables(self, database: str) -> list[dict[str, Any]]:
        """Return the Glue tables of a database, views included, by name."""
        self.require_database(database)
        tables = [table.as_dict() for table in self._backend.get_tables(database, "")]
        return sorted(tables, key=lambda table: table["Name"])

    def describe(self, database: str, name: str, place: str = "line 1:1") -> dict[str, Any]:
        """Return one Glue table; raise StatementError where it is missing."""
        self.require_database(database)
        try:
            return self._backend.get_table(database, name).as_dict()
        except EntityNotFoundException as error:
            raise StatementError(
                "TABLE_NOT_FOUND", f"{place}: Table '{CATALOG}.{database}.{name}' does not exist"
            ) from error

    def resolve(self, database: str, name: str, place: str) -> IcebergTable | HiveTable | View:
        """Return what a name in a statement stands for, as of now."""
        table = self.describe(database, name, place)
        if is_view(table):
            return decode_view(table)
        parameters = table.get("Parameters", {})
        if parameters.get("table_type", "").upper() != "ICEBERG":
            keyed = GlueTables(self._glue).partitions((database, name)) if table.get("PartitionKeys") else []
            return hive_tables.from_glue(table, keyed)
        return IcebergTable(database, name, parameters["metadata_location"])

    def partitions(self, database: str, name: str) -> list[list[str]]:
        """Return the values of each partition of a table of Hive's, in their order."""
        return sorted(part["Values"] for part in GlueTables(self._glue).partitions((database, name)))

    def put_view(self, database: str, table_input: dict[str, Any], replace: bool) -> None:
        """Create a view, or replace one; a table in its place is never replaced."""
        self.require_database(database)
        name = table_input["Name"]
        try:
            self._glue.create_table(DatabaseName=database, TableInput=table_input)
        except self._glue.exceptions.AlreadyExistsException as error:
            existing = self.describe(database, name)
            if not replace or not is_view(existing):
                kind = "View" if is_view(existing) else "Table"
                raise StatementError(
                    "ALREADY_EXISTS", f"line 1:1: {kind} already exists: '{CATALOG}.{database}.{name}'"
                ) from error
            self._glue.update_table(DatabaseName=database, TableInput=table_input)

    def drop_view(self, database: str, name: str, if_exists: bool) -> None:
        names = {table["Name"]: table for table in self.tables(database)}
        if name not in names:
            if if_exists:
                return
            raise StatementError("VIEW_NOT_FOUND", f"line 1:1: View '{CATALOG}.{database}.{name}' does not exist")
        if not is_view(names[name]):
            raise StatementError("NOT_SUPPORTED", f"line 1:1: '{database}.{name}' is a table, not a view")
        self._glue.delete_table(DatabaseName=database, Name=name)
