"""The one DuckDB instance: extensions loaded once, caches kept, a cursor for each statement."""

import threading
from importlib import resources
from urllib.parse import urlsplit

import duckdb

from txplatform.local.aws.athena import functions
from txplatform.local.errors import LocalStackError

_EXTENSIONS = ("avro", "httpfs", "iceberg")  # in the order in which they need each other
_SETTINGS = (
    "SET GLOBAL TimeZone = 'UTC'",
    "SET GLOBAL autoinstall_known_extensions = false",
    "SET GLOBAL autoload_known_extensions = false",
    "SET GLOBAL memory_limit = '8GB'",
    "SET GLOBAL temp_directory = ''",  # nothing is left behind on disk
    # Iceberg never changes a file once written, so what was read of one may be kept.
    "SET GLOBAL enable_http_metadata_cache = true",
)
_LOCKS = (  # last: no statement reaches the files of this machine, whatever else lets it pass
    "SET GLOBAL disabled_filesystems = 'LocalFileSystem'",
    "SET GLOBAL lock_configuration = true",
)


class Duck:
    """DuckDB reading from the S3 at `endpoint`; loaded on the first cursor. Safe to share between threads."""

    def __init__(self, endpoint: str, access_key_id: str, secret_access_key: str, region: str) -> None:
        self._secret = (
            f"CREATE SECRET (TYPE s3, KEY_ID '{access_key_id}', SECRET '{secret_access_key}', REGION '{region}', "
            f"ENDPOINT '{urlsplit(endpoint).netloc}', URL_STYLE 'path', USE_SSL false)"
        )
        self._opening = threading.Lock()
        self._instance: duckdb.DuckDBPyConnection | None = None

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a connection of its own to the instance; close it after the statement."""
        with self._opening:
            if self._instance is None:
                self._instance = self._open()
            return self._instance.cursor()

    def _open(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(":memory:")
        for extension in _EXTENSIONS:
            connection.execute(f"LOAD '{_extension_path(extension)}'")
        for statement in (*_SETTINGS, self._secret):
            connection.execute(statement)
        functions.register(connection)
        for statement in _LOCKS:
            connection.execute(statement)
        return connection


def _extension_path(name: str) -> str:
    package = f"duckdb_extension_{name}"
    try:
        path = resources.files(package) / "extensions" / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"
    except ModuleNotFoundError as error:
        raise LocalStackError(f"{package} is missing. Remedy: pip install {package}=={duckdb.__version__}") from error
    if not path.is_file():
        raise LocalStackError(f"{package} is not for DuckDB {duckdb.__version__}. Remedy: install the same version")
    return str(path)
