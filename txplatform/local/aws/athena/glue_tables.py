"""Tables, partitions and databases put into Glue and taken out of it, as Hive's statements ask for."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from txplatform.local.aws.athena import glue_inputs
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.serdes import Serde

_INPUTS = (  # of what Glue tells of a table, those that it takes
    *("Name", "Description", "Owner", "Retention", "StorageDescriptor", "PartitionKeys", "TableType", "Parameters"),
    *("ViewOriginalText", "ViewExpandedText"),
)
_AT_ONCE = 100  # partitions in one request of Glue


class GlueTables:
    """Changes Glue through its API, with its checks."""

    def __init__(self, glue: Any) -> None:
        self._glue = glue

    def create(self, database: str, table_input: dict[str, Any]) -> None:
        try:
            self._glue.create_table(DatabaseName=database, TableInput=table_input)
        except self._glue.exceptions.AlreadyExistsException as error:
            raise already_exists((database, table_input["Name"])) from error

    def change(self, key: tuple[str, str], put: Callable[[dict[str, Any]], None]) -> None:
        """Put a table as `put` has changed it, unless somebody else did in the meantime; raise StatementError then."""
        table = self._glue.get_table(DatabaseName=key[0], Name=key[1])["Table"]
        version = table.get("VersionId")
        wanted = {name: value for name, value in table.items() if name in _INPUTS}
        put(wanted)
        given = {"VersionId": version} if version else {}
        try:
            self._glue.update_table(DatabaseName=key[0], TableInput=wanted, **given)
        except self._glue.exceptions.ConcurrentModificationException as error:
            raise StatementError(
                "CONCURRENT_MODIFICATION", f"line 1:1: {'.'.join(key)} was changed meanwhile"
            ) from error

    def delete(self, database: str, name: str) -> None:
        """Take a table out of Glue; its files stay."""
        self._glue.delete_table(DatabaseName=database, Name=name)

    def add_partitions(self, key: tuple[str, str], folders: Mapping[tuple[str, ...], str], serde: Serde) -> None:
        """Add partitions, by their values, at their locations; those that are there already stay as they are."""
        inputs = [glue_inputs.partition(values, folder, serde) for values, folder in folders.items()]
        for first in range(0, len(inputs), _AT_ONCE):
            part = inputs[first : first + _AT_ONCE]
            self._glue.batch_create_partition(DatabaseName=key[0], TableName=key[1], PartitionInputList=part)

    def drop_partitions(self, key: tuple[str, str], wanted: Iterable[tuple[str, ...]]) -> None:
        """Take partitions, by their values, out of Glue; their files stay."""
        inputs = [{"Values": list(values)} for values in wanted]
        for first in range(0, len(inputs), _AT_ONCE):
            part = inputs[first : first + _AT_ONCE]
            self._glue.batch_delete_partition(DatabaseName=key[0], TableName=key[1], PartitionsToDelete=part)

    def partitions(self, key: tuple[str, str]) -> list[dict[str, Any]]:
        pages = self._glue.get_paginator("get_partitions").paginate(DatabaseName=key[0], TableName=key[1])
        return [partition for page in pages for partition in page["Partitions"]]

    def create_database(self, name: str, only_new: bool) -> None:
        try:
            self._glue.create_database(DatabaseInput={"Name": name})
        except self._glue.exceptions.AlreadyExistsException as error:
            if not only_new:
                raise StatementError("SCHEMA_ALREADY_EXISTS", f"line 1:1: Schema '{name}' already exists") from error

    def drop_database(self, name: str) -> None:
        """Take a database out of Glue, with all tables in it."""
        self._glue.delete_database(Name=name)


def already_exists(key: tuple[str, str]) -> StatementError:
    """Return the failure of a statement that makes a table whose name is taken."""
    name = f"awsdatacatalog.{'.'.join(key)}"
    return StatementError("TABLE_ALREADY_EXISTS", f"line 1:1: Destination table '{name}' already exists")
