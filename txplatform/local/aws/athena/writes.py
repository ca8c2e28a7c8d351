"""Statements that write, by their first words."""

from dataclasses import dataclass

import duckdb

from txplatform.local.aws.athena import dialect
from txplatform.local.aws.athena.alter_table import AlterTable
from txplatform.local.aws.athena.insert import Inserter
from txplatform.local.aws.athena.maintenance import Maintenance
from txplatform.local.aws.athena.merge import Merger
from txplatform.local.aws.athena.partition_statements import PartitionStatements
from txplatform.local.aws.athena.row_changes import merge_of
from txplatform.local.aws.athena.table_statements import TableStatements
from txplatform.local.aws.athena.unload import Unloader
from txplatform.local.aws.athena.written import Written

KINDS = frozenset(
    ("INSERT", "DELETE", "UPDATE", "MERGE", "UNLOAD", "OPTIMIZE", "VACUUM", "CREATE_TABLE", "CREATE_TABLE_AS_SELECT",
     "DROP_TABLE", "ALTER_TABLE", "CREATE_DATABASE", "DROP_DATABASE", "MSCK_REPAIR")
)  # fmt: skip

OF_HIVE = frozenset(("CREATE_TABLE", "ALTER_TABLE"))  # whose texts have the escapes of Hive
WITHOUT_ROWS = KINDS - {"INSERT", "DELETE", "UPDATE", "MERGE", "UNLOAD", "CREATE_TABLE_AS_SELECT"}


@dataclass(frozen=True, slots=True)
class Writes:
    """Runs them. KINDS are the SubstatementTypes of what it runs."""

    tables: TableStatements
    inserter: Inserter
    unloader: Unloader
    merger: Merger
    maintenance: Maintenance
    partitions: PartitionStatements
    alter: AlterTable

    def run(self, kind: str, sql: str, database: str, cursor: duckdb.DuckDBPyConnection, folder: str) -> Written:
        """Run a statement of a kind; a table made from a query without a location goes to `folder`."""
        match kind:
            case "INSERT":
                return self.inserter.run(sql, database, cursor)
            case "UNLOAD":
                return self.unloader.run(sql, database, cursor)
            case "CREATE_TABLE":
                return self.tables.create(sql, database, cursor)
            case "CREATE_TABLE_AS_SELECT":
                return self.tables.create_as(sql, database, cursor, folder)
            case "MERGE" | "DELETE" | "UPDATE":
                tree = dialect.parse(sql) if kind == "MERGE" else merge_of(sql)
                return Written(self.merger.run(tree, sql, database, cursor))
            case "DROP_TABLE":
                self.tables.drop(sql, database)
            case "CREATE_DATABASE" | "DROP_DATABASE":
                self.tables.of_database(sql)
            case "MSCK_REPAIR":
                return Written(0, lines=tuple(self.partitions.repair(sql, database)))
            case "ALTER_TABLE":
                self.alter.run(sql, database, cursor)
            case _:
                self.maintenance.run(sql, database, cursor)
        return Written(0)
