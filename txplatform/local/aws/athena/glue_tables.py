"""Tables, partitions and databases put into Glue and taken out of it, as Hive's statements ask for."""

from collections.abc import Mapping
from typing import Any

from txplatform.local.aws.athena import glue_inputs
from txplatform.local.aws.athena.errors import StatementError

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

    def delete(self, database: str, name: str) -> None:
        """Take a table out of Glue; its files stay."""
        self._glue.delete_table(DatabaseName=database, Name=name)

    def add_partitions(self, key: tuple[str, str], folders: Mapping[tuple[str, ...], str]) -> None:
        """Add partitions, by their values, at their locations; those that are there already stay as they are."""
        inputs = [glue_inputs.partition(values, folder) for values, folder in folders.items()]
        for first in range(0, len(inputs), _AT_ONCE):
            part = inputs[first : first + _AT_ONCE]
            self._glue.batch_create_partition(DatabaseName=key[0], TableName=key[1], PartitionInputList=part)

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
