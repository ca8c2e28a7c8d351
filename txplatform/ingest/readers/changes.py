"""Change files of the `cdc` Lambda to rows: canonical records with order key, time, tombstone mark and origin.

A line that carries `undecodable` is a change whose item did not fit its contract: it is refused with that reason.
One that carries `previous` is of a record which has left that key and partition value: besides its own row, refused or
not, it gives a tombstone there, so that each row of a record says alone what is where it lies.
"""

from collections.abc import Iterator
from typing import BinaryIO

import polars as pl

from txplatform.contracts.compatibility import version_order
from txplatform.contracts.model import NESTED, Contract, FieldType
from txplatform.contracts.patterns import VERSION
from txplatform.contracts.render.columns import (
    DELETED,
    OCCURRED_AT,
    ORDER_KEY,
    REQUEST_ID,
    TRACE_ID,
    TRACE_ID_PATTERN,
    WRITTEN_BY,
    WRITTEN_BY_PATTERN,
)
from txplatform.errors import ContractTooOldError
from txplatform.ingest.batch import RawBatch
from txplatform.ingest.readers.json_lines import read_objects
from txplatform.ingest.readers.present_fields import names_then_and_now, with_present_fields
from txplatform.ingest.readers.text import broken_lines, text_blocks, without_blanks

_ENVELOPE = {"order_key": ORDER_KEY, "occurred_at": OCCURRED_AT, "deleted": DELETED}
_PROVENANCE = {
    "trace_id": (TRACE_ID, TRACE_ID_PATTERN),
    "written_by": (WRITTEN_BY, WRITTEN_BY_PATTERN),
    "request_id": (REQUEST_ID, TRACE_ID_PATTERN),
}
_INSTANT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$"
_VERSION = f"^{VERSION.pattern}$"


def read_changes(content: BinaryIO, contract: Contract) -> Iterator[RawBatch]:
    """Read a file of changes. The frames hold the contract's fields and `_order_key`, `_occurred_at`, `_deleted`.

    They also say who made each change, null where the line has nothing acceptable, as an older line has. A line that
    carries `previous` is in its batch twice: the tombstones are the last rows.

    Raise ContractTooOldError for changes made under a newer contract: fields that this one lacks would be lost. Raise
    RejectedError where the file cannot be read to its end.
    """
    for block in text_blocks(content):
        yield _batch(block.lines(), contract)


def _batch(lines: pl.DataFrame, contract: Contract) -> RawBatch:
    record = pl.Struct(dict.fromkeys(names_then_and_now(contract.fields), pl.String))
    identity = contract.placed_by
    texts = dict.fromkeys(("entity", "schema_version", *_ENVELOPE, *_PROVENANCE, "undecodable"), pl.String())
    schema = {**texts, "record": record, "previous": pl.Struct(dict.fromkeys(identity, pl.String))}
    frame, good, broken = read_objects(without_blanks(lines), schema)
    _check_version(frame["schema_version"], contract)
    placed = _holds(
        frame,
        (pl.col("entity") == contract.name)
        & pl.col("order_key").str.contains(r"^1\|")
        & pl.col("occurred_at").str.contains(_INSTANT)
        & (pl.col("previous").is_null() | pl.all_horizontal(pl.col("previous").struct.field(*identity).is_not_null())),
    )
    sound = placed & _holds(frame, pl.col("record").is_not_null() & pl.col("deleted").is_in(["true", "false"]))
    reason = pl.when(frame["entity"] == contract.name).then(frame["undecodable"])
    unsound = good.select("row", "text", reason.alias("reason")).filter(~sound)
    has_reason = unsound["reason"].is_not_null()
    unrecognised = broken_lines(
        unsound.filter(~has_reason), "row.envelope", f"the line is not a change of {contract.name}"
    )
    undecodable = broken_lines(unsound.filter(has_reason), "row.undecodable", "").with_columns(
        unsound.filter(has_reason)["reason"].alias("message")
    )
    left = placed & (sound | frame["undecodable"].is_not_null()) & frame["previous"].is_not_null()
    nested = [field for field in contract.fields if field.type in NESTED and field.type is not FieldType.JSON]
    inner = [  # of a JSON field the text is in the record
        good.filter(sound)["quoted"].str.json_path_match(f"$.record.{name}").alias(name)
        for name in names_then_and_now(nested)
    ]
    changes = frame.filter(sound).select(pl.col("record").struct.unnest(), *_envelope(pl.col("deleted") == "true"))
    changes = with_present_fields(contract, changes.with_columns(inner))
    tombstones = frame.filter(left).select(pl.col("previous").struct.unnest(), *_envelope(pl.lit(value=True)))
    lines = pl.concat([good.filter(sound), good.filter(left)])
    return RawBatch(
        pl.concat([changes, tombstones], how="diagonal"),
        lines["row"],
        lines["text"],
        pl.concat([broken, undecodable, unrecognised]),
        canonical=True,
    )


def _holds(frame: pl.DataFrame, condition: pl.Expr) -> pl.Series:
    return frame.select(condition.fill_null(value=False).alias("holds")).to_series()


def _envelope(deleted: pl.Expr) -> list[pl.Expr]:
    """The system columns of a line's row."""
    return [
        pl.col("order_key").alias(ORDER_KEY),
        pl.col("occurred_at")
        .str.to_datetime("%Y-%m-%dT%H:%M:%S%.6fZ", time_unit="us", time_zone="UTC")
        .alias(OCCURRED_AT),
        deleted.alias(DELETED),
        *(
            pl.when(pl.col(key).str.contains(f"^(?:{pattern})$")).then(key).alias(column)
            for key, (column, pattern) in _PROVENANCE.items()
        ),
    ]


def _check_version(written: pl.Series, contract: Contract) -> None:
    versions = written.unique().drop_nulls()
    newest = max(versions.filter(versions.str.contains(_VERSION)), key=version_order, default=contract.version)
    if version_order(newest) > version_order(contract.version):
        raise ContractTooOldError(contract.name, contract.version, newest)
