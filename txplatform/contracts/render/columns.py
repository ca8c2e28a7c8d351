"""Names the system columns once: what the lake adds to an entity's fields. It imports nothing heavy."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from txplatform.contracts.model import FieldType
from txplatform.contracts.names import Lane

ORDER_KEY = "_order_key"
DELETED = "_deleted"
OCCURRED_AT = "_occurred_at"
INGESTED_AT = "_ingested_at"
SOURCE = "_source"
ROW = "_row"
BATCH_ID = "_batch_id"
TRACE_ID = "_trace_id"
WRITTEN_BY = "_written_by"
REQUEST_ID = "_request_id"
EPOCH = "_epoch"
KEY_HIGH = "_key_high"
KEY_LOW = "_key_low"
# The functions accept the same (lambdas/shared/correlation.py, caller.py).
TRACE_ID_PATTERN = "[A-Za-z0-9][A-Za-z0-9._:+=~-]{0,127}"  # of request ids too
_IDENTIFIER_PATTERN = "[A-Za-z0-9%._~:/@+=,-]{1,256}"
WRITTEN_BY_PATTERN = f"{_IDENTIFIER_PATTERN}#{_IDENTIFIER_PATTERN}"
DAY = "dt"
LANE = "lane"

# What the column EPOCH holds of rows outside of any epoch.
UNCOMMITTED = -1  # its commit replaces it by the open epoch
OUTRANKED = 0  # a newer row of the key was there before: neither a fold nor the current view reads it

REASON_FIELDS = ("field", "rule", "message")

# What an item, a change line and a row say of their write, in the order of the columns.
PROVENANCE = (TRACE_ID, WRITTEN_BY, REQUEST_ID)

LakeTable = Lane | Literal["snapshot"]
SNAPSHOT: Literal["snapshot"] = "snapshot"


@dataclass(frozen=True, slots=True)
class SystemColumn:
    """A column that the platform fills. It is null in no row, unless it is not `required`."""

    name: str
    type: FieldType
    description: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class QuarantineColumn:
    """A column of a quarantine table; `type` None means a list of reasons (structs of REASON_FIELDS)."""

    name: str
    type: FieldType | None
    description: str
    required: bool = True


_COMMON = (
    SystemColumn(ORDER_KEY, FieldType.STRING, "Sorts the versions of a key: the greatest is its state"),
    SystemColumn(DELETED, FieldType.BOOLEAN, "True for a tombstone"),
    SystemColumn(OCCURRED_AT, FieldType.TIMESTAMP, "When the change happened at its source, UTC"),
    SystemColumn(INGESTED_AT, FieldType.TIMESTAMP, "When the row was read for its commit, UTC"),
    SystemColumn(SOURCE, FieldType.STRING, "S3 URI of the object the row came from"),
    SystemColumn(ROW, FieldType.INTEGER, "Line of the row in that object, from 1"),
    SystemColumn(BATCH_ID, FieldType.STRING, "Batch that committed the row"),
    SystemColumn(KEY_HIGH, FieldType.INTEGER, "Upper half of the 128-bit digest of the key"),
    SystemColumn(KEY_LOW, FieldType.INTEGER, "Lower half of the 128-bit digest of the key"),
)
_PROVENANCE = (
    SystemColumn(
        TRACE_ID, FieldType.STRING, "Correlation id of the message or request that wrote the change", required=False
    ),
    SystemColumn(
        WRITTEN_BY, FieldType.STRING, "Who wrote the change: issuer, #, client, each percent-encoded", required=False
    ),
    SystemColumn(REQUEST_ID, FieldType.STRING, "Request id of the call that wrote the change", required=False),
)
_EPOCH = SystemColumn(
    EPOCH,
    FieldType.INTEGER,
    "Fold epoch in which the row was committed; 0 or less if a newer row of its key had come before it",
)
_SYSTEM_COLUMNS: Mapping[LakeTable, tuple[SystemColumn, ...]] = {
    Lane.FILES: (
        *_COMMON,
        SystemColumn(DAY, FieldType.DATE, "Day of the file the row came from"),
        *_PROVENANCE,
        _EPOCH,
    ),
    Lane.CHANGES: (*_COMMON, *_PROVENANCE, _EPOCH),
    SNAPSHOT: (*_COMMON, *_PROVENANCE),
}

QUARANTINE_COLUMNS = (
    QuarantineColumn("quarantine_id", FieldType.STRING, "SHA-256 of source and row: the same refusal, the same id"),
    QuarantineColumn(LANE, FieldType.STRING, "files or changes"),
    QuarantineColumn(DAY, FieldType.DATE, "Day of the file, or of ingestion for changes"),
    QuarantineColumn("source", FieldType.STRING, "S3 URI of the object, with its version"),
    QuarantineColumn("row", FieldType.INTEGER, "Line of the row in that object, from 1"),
    QuarantineColumn("payload", FieldType.STRING, "The row as it arrived"),
    QuarantineColumn("reasons", None, "Every rule that the row violates"),
    QuarantineColumn("batch_id", FieldType.STRING, "Batch that refused the row"),
    QuarantineColumn("quarantined_at", FieldType.TIMESTAMP, "When the row was refused, UTC"),
    QuarantineColumn("trace_id", FieldType.STRING, "Correlation id of a refused change, if it has one", required=False),
)


def system_columns(table: LakeTable) -> tuple[SystemColumn, ...]:
    """Return the columns that follow the business columns of a lake table, in order."""
    return _SYSTEM_COLUMNS[table]
