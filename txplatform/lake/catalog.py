"""The entity's Iceberg tables in Glue: where they are, how they are made, and how they grow with the contract."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.exceptions import (
    CommitFailedException,
    CommitStateUnknownException,
    NoSuchTableError,
    TableAlreadyExistsError,
)
from pyiceberg.partitioning import PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import CommitTableResponse, Table
from pyiceberg.table.update import TableRequirement, TableUpdate
from pyiceberg.typedef import Identifier

from txplatform.aws import AwsClients
from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.render import iceberg
from txplatform.errors import CommitConflictError, LakeError
from txplatform.lake.evolved_view import replace_view
from txplatform.lake.null_lists import keep_null_lists
from txplatform.lake.races import MAX_ATTEMPTS, NOT_COMMITTED, pause
from txplatform.lake.table_evolution import evolve
from txplatform.lake.tables import IcebergTable, expiring

keep_null_lists()

SMALL_BYTES = 32 * 1024**2  # a data file below that takes part in a compaction
MAX_AGE = "vacuum_max_snapshot_age_seconds"
OPTIMIZED_BYTES = "optimize_rewrite_min_data_file_size_bytes"
PROPERTIES = {
    "format-version": "2",
    "write.parquet.compression-codec": "zstd",
    # pyiceberg's own retries rebase a batch that has been committed meanwhile; commit.py retries instead.
    "commit.retry.num-retries": "0",
    "commit.manifest-merge.enabled": "true",
    "commit.manifest.min-count-to-merge": "16",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
    # What Athena's OPTIMIZE and VACUUM go by. No run takes longer than this age (run_monitoring in dagster.yaml), so
    # no file that is older belongs to a commit at work.
    MAX_AGE: str(6 * 60 * 60),
    "vacuum_max_metadata_files_to_keep": "20",
    OPTIMIZED_BYTES: str(SMALL_BYTES),
}
_THROTTLED = ("ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded")
_Rendering = tuple[Callable[[str], str], Callable[[Contract], Schema], Callable[[Contract], PartitionSpec]]
_TABLES: tuple[_Rendering, ...] = (
    (names.files_table, iceberg.files_schema, iceberg.files_partition_spec),
    (names.quarantine_table, iceberg.quarantine_schema, iceberg.quarantine_partition_spec),
    # What the current view reads comes last, so that the view is replaced at once.
    (names.changes_table, iceberg.changes_schema, iceberg.changes_partition_spec),
    (names.snapshot_table, iceberg.snapshot_schema, iceberg.snapshot_partition_spec),
)


class _Catalog(GlueCatalog):
    """Glue's tables, each commit sent once.

    A commit whose answer was lost may have been carried out. Sent again by the client it would be refused, because the
    version it replaces is gone; pyiceberg would take that for a lost race and delete the manifests of what is in the
    table.
    """

    def __init__(self, clients: AwsClients) -> None:
        settings = clients.settings
        properties = {
            "glue.skip-archive": "true",
            "s3.region": settings.region,
            "s3.connect-timeout": "5",
            "s3.request-timeout": "30",
            **({"s3.endpoint": settings.endpoint_url} if settings.endpoint_url else {}),
        }
        super().__init__("glue", clients.client("glue"), **properties)
        self._committing = GlueCatalog("glue", clients.client("glue", retries=False), **properties)

    def load_table(self, identifier: str | Identifier) -> Table:
        """The table as it is now; raise NoSuchTableError."""
        return IcebergTable.of(super().load_table(identifier))

    def commit_table(
        self, table: Table, requirements: tuple[TableRequirement, ...], updates: tuple[TableUpdate, ...]
    ) -> CommitTableResponse:
        """Commit once; raise CommitStateUnknownException if no answer came back, or one that decides nothing.

        Snapshots beyond those kept expire with it. Where another process has expired them meanwhile, the commit fails
        as one that lost a race.
        """
        expired = expiring(table.metadata, updates)
        try:
            return self._committing.commit_table(table, requirements, (*updates, *expired))
        except ValueError as error:
            if not expired or "Snapshot with snapshot id" not in str(error):
                raise
            raise CommitFailedException("snapshots were expired by another process") from error
        except BotoCoreError as error:
            raise CommitStateUnknownException(f"no answer from Glue: {type(error).__name__}") from error
        except ClientError as error:
            answer: Any = error.response
            status, code = answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]
            if status < 500 and code not in _THROTTLED:
                raise
            raise CommitStateUnknownException(f"Glue answered {status} {code}") from error


class Lake:
    """The platform's Iceberg tables, new ones in `bucket`. Safe to share between threads."""

    def __init__(self, clients: AwsClients, bucket: str) -> None:
        self.clients = clients
        self.bucket = bucket
        self._catalog = _Catalog(clients)
        self._ensured: set[tuple[str, str]] = set()

    def table(self, name: str) -> Table:
        """A table as it is now; raise LakeError if it does not exist."""
        try:
            return self._catalog.load_table((names.DATABASE, name))
        except NoSuchTableError as error:
            raise LakeError(f"table {names.DATABASE}.{name} does not exist; a first ingestion creates it") from error

    def ensure(self, contract: Contract) -> None:
        """Create the entity's four tables, or let them follow the contract, and then its current view.

        See table_evolution.py and evolved_view.py. Properties that are not set yet are set. Raise CommitConflictError
        when no attempt gets through.
        """
        if (contract.name, contract.version) in self._ensured:
            return
        for table_name, schema, spec in _TABLES:
            self._ensure(contract, table_name(contract.name), schema(contract), spec(contract))
        replace_view(contract, self)
        self._ensured.add((contract.name, contract.version))

    def columns(self, name: str) -> dict[str, str]:
        """The current columns that Glue lists for a table, name to Hive type."""
        answer: Any = self.clients.client("glue").get_table(DatabaseName=names.DATABASE, Name=name)
        listed = answer["Table"]["StorageDescriptor"]["Columns"]
        return {
            item["Name"]: item["Type"] for item in listed if item["Parameters"].get("iceberg.field.current") != "false"
        }

    def _ensure(self, contract: Contract, name: str, schema: Schema, spec: PartitionSpec) -> None:
        identifier = (names.DATABASE, name)
        location = f"s3://{self.bucket}/{names.WAREHOUSE_PREFIX}/{name}"
        try:
            table = self._catalog.load_table(identifier)
        except NoSuchTableError:
            try:
                self._catalog.create_table(identifier, schema, location, spec, properties=PROPERTIES)
            except TableAlreadyExistsError:  # another run was faster
                return
            return
        unset = {name: value for name, value in PROPERTIES.items() if name not in table.properties}
        if unset:
            with suppress(CommitFailedException):  # a writer was faster: the next process sets them
                table.transaction().set_properties(unset).commit_transaction()
        for attempt in range(MAX_ATTEMPTS):
            try:
                evolve(table, contract, schema)
            except NOT_COMMITTED:
                pause(attempt)
                table = self._catalog.load_table(identifier)
                continue
            return
        raise CommitConflictError(f"{name}: its columns could not follow the contract in {MAX_ATTEMPTS} attempts")
