"""The entity's Iceberg tables in Glue: opened, created and widened here, and nowhere else."""

import threading

from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.exceptions import NoSuchTableError, TableAlreadyExistsError
from pyiceberg.partitioning import PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Table

from txplatform.aws import AwsClients
from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.render import iceberg

# Retries are ours: pyiceberg's own would commit a batch again without looking whether it is there (lake/commit.py).
_PROPERTIES = {
    "format-version": "2",
    "write.parquet.compression-codec": "zstd",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
    "commit.manifest-merge.enabled": "true",
    "commit.retry.num-retries": "0",
}


class Lake:
    """The tables of all entities in one Glue database, below one S3 prefix."""

    def __init__(self, clients: AwsClients) -> None:
        self.clients = clients
        self._ensured: set[tuple[str, str]] = set()
        self._lock = threading.Lock()
        self._opened: GlueCatalog | None = None

    @property
    def _catalog(self) -> GlueCatalog:
        with self._lock:
            if self._opened is None:
                settings = self.clients.settings
                properties = {"glue.region": settings.region, "s3.region": settings.region}
                if settings.endpoint_url:
                    properties |= {"glue.endpoint": settings.endpoint_url, "s3.endpoint": settings.endpoint_url}
                self._opened = GlueCatalog("glue", **properties)
            return self._opened

    def table(self, name: str) -> Table:
        """Open a table at its present state, by its name in the database."""
        return self._catalog.load_table((names.DATABASE, name))

    def ensure(self, contract: Contract) -> None:
        """Create the entity's four tables, or add new columns to them; safe to run twice and at the same time."""
        wanted = (contract.name, contract.version)
        if wanted in self._ensured:
            return
        entity = contract.name
        for name, schema, spec in (
            (names.files_table(entity), iceberg.files_schema(contract), iceberg.files_partition_spec(contract)),
            (names.changes_table(entity), iceberg.changes_schema(contract), iceberg.changes_partition_spec(contract)),
            (
                names.snapshot_table(entity),
                iceberg.snapshot_schema(contract),
                iceberg.snapshot_partition_spec(contract),
            ),
            (
                names.quarantine_table(entity),
                iceberg.quarantine_schema(contract),
                iceberg.quarantine_partition_spec(contract),
            ),
        ):
            self._ensure_table(name, schema, spec)
        self._ensured.add(wanted)

    def _ensure_table(self, name: str, schema: Schema, spec: PartitionSpec) -> None:
        try:
            table = self.table(name)
        except NoSuchTableError:
            location = f"s3://{self.clients.settings.lake_bucket}/{names.WAREHOUSE_PREFIX}/{name}"
            try:
                self._catalog.create_table(
                    (names.DATABASE, name), schema, location=location, partition_spec=spec, properties=_PROPERTIES
                )
                return
            except TableAlreadyExistsError:  # another run was faster
                table = self.table(name)
        if set(schema.column_names) - set(table.schema().column_names):
            with table.update_schema() as update:
                update.union_by_name(schema)
