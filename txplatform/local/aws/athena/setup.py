"""Puts the Athena service together for one endpoint."""

import threading
from urllib.parse import urlsplit

from pyiceberg.catalog.glue import GlueCatalog

from txplatform.local.aws.athena.alter_table import AlterTable
from txplatform.local.aws.athena.catalog import Catalog
from txplatform.local.aws.athena.duck import Duck
from txplatform.local.aws.athena.engine import Engine
from txplatform.local.aws.athena.errors import RequestError
from txplatform.local.aws.athena.executions import Executions
from txplatform.local.aws.athena.glue_tables import GlueTables
from txplatform.local.aws.athena.insert import Inserter
from txplatform.local.aws.athena.maintenance import Maintenance
from txplatform.local.aws.athena.merge import Merger
from txplatform.local.aws.athena.metadata import Metadata
from txplatform.local.aws.athena.new_tables import NewTables
from txplatform.local.aws.athena.partition_statements import PartitionStatements
from txplatform.local.aws.athena.queries import Queries
from txplatform.local.aws.athena.service import AthenaService
from txplatform.local.aws.athena.table_changes import TableChanges
from txplatform.local.aws.athena.table_statements import TableStatements
from txplatform.local.aws.athena.unload import Unloader
from txplatform.local.aws.athena.workgroups import output_of
from txplatform.local.aws.athena.writes import Writes
from txplatform.local.clients import LocalClients
from txplatform.local.environment import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY


class S3Results:
    """Result objects in the S3 of this process."""

    def __init__(self, clients: LocalClients) -> None:
        self._clients = clients

    def put(self, location: str, body: bytes) -> None:
        s3 = self._clients("s3")
        parts = urlsplit(location)
        try:
            s3.put_object(Bucket=parts.netloc, Key=parts.path.lstrip("/"), Body=body, ContentType="text/csv")
        except s3.exceptions.NoSuchBucket as error:
            raise RequestError(f"Unable to verify/create output bucket {parts.netloc}") from error

    def get(self, location: str, start: int, end: int) -> bytes:
        s3 = self._clients("s3")
        parts = urlsplit(location)
        try:
            return s3.get_object(Bucket=parts.netloc, Key=parts.path.lstrip("/"), Range=f"bytes={start}-{end - 1}")[
                "Body"
            ].read()
        except s3.exceptions.ClientError as error:
            raise RequestError(f"Could not find results at {location}") from error


class IcebergCatalog:
    """pyiceberg's Glue catalog, loaded on first use."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._loading = threading.Lock()
        self._catalog: GlueCatalog | None = None

    def __call__(self) -> GlueCatalog:
        with self._loading:
            if self._catalog is None:
                properties = {}
                for service in ("glue", "s3"):
                    properties[f"{service}.endpoint"] = self._endpoint
                    properties[f"{service}.region"] = REGION
                    properties[f"{service}.access-key-id"] = ACCESS_KEY_ID
                    properties[f"{service}.secret-access-key"] = SECRET_ACCESS_KEY
                self._catalog = GlueCatalog("local", **properties)
            return self._catalog


def create_service(endpoint: str) -> AthenaService:
    """Build the service whose S3 and Glue are at `endpoint`; nothing heavy happens before the first statement."""
    clients = LocalClients(endpoint)
    duck = Duck(endpoint, ACCESS_KEY_ID, SECRET_ACCESS_KEY, REGION)
    glue, s3, iceberg = clients("glue"), clients("s3"), IcebergCatalog(endpoint)
    catalog, tables, changes = Catalog(glue, s3), GlueTables(glue), TableChanges(iceberg)
    queries = Queries(duck, catalog)
    partitions = PartitionStatements(catalog, tables, s3)
    writes = Writes(
        TableStatements(catalog, tables, changes, NewTables(catalog, tables, queries, iceberg, s3)),
        Inserter(catalog, tables, queries, changes, s3),
        Unloader(queries, s3),
        Merger(catalog, changes),
        Maintenance(catalog, changes, s3),
        partitions,
        AlterTable(catalog, tables, changes, partitions),
    )
    engine = Engine(duck, catalog, queries, writes)
    return AthenaService(Executions(engine, S3Results(clients)), Metadata(catalog), output_of)
