"""The table properties that OPTIMIZE and VACUUM heed: Athena's names, which it keeps in the Iceberg metadata.

https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-creating-tables.html#querying-iceberg-table-properties
"""

from pyiceberg.table import Table

from txplatform.local.aws.athena.errors import StatementError

TARGET_BYTES = "write_target_data_file_size_bytes"
SMALLEST_BYTES = "optimize_rewrite_min_data_file_size_bytes"
LARGEST_BYTES = "optimize_rewrite_max_data_file_size_bytes"
DATA_FILES = "optimize_rewrite_data_file_threshold"
DELETE_FILES = "optimize_rewrite_delete_file_threshold"
SNAPSHOT_AGE_SECONDS = "vacuum_max_snapshot_age_seconds"
SNAPSHOTS = "vacuum_min_snapshots_to_keep"
METADATA_FILES = "vacuum_max_metadata_files_to_keep"

_DEFAULTS = {
    TARGET_BYTES: 512 * 2**20,
    DATA_FILES: 5,
    DELETE_FILES: 2,
    SNAPSHOT_AGE_SECONDS: 432_000,
    SNAPSHOTS: 1,
    METADATA_FILES: 100,
}
_SHARES_OF_TARGET = {SMALLEST_BYTES: 0.75, LARGEST_BYTES: 1.8}
KNOWN = frozenset((*_DEFAULTS, *_SHARES_OF_TARGET))


def number(table: Table, name: str) -> int:
    """Return a property of the table or its default; raise StatementError if it is no whole number."""
    text = table.properties.get(name)
    if text is not None:
        return parse(name, text)
    if name in _SHARES_OF_TARGET:
        return int(_SHARES_OF_TARGET[name] * number(table, TARGET_BYTES))
    return _DEFAULTS[name]


def parse(name: str, text: str) -> int:
    """Return the value of a property; raise StatementError for one that Athena does not take."""
    if name not in KNOWN:
        raise StatementError("INVALID_TABLE_PROPERTY", f"Unsupported table property key: {name}")
    if not text.isascii() or not text.isdigit():
        raise StatementError("INVALID_TABLE_PROPERTY", f"table property {name} is no whole number: {text}")
    return int(text)
