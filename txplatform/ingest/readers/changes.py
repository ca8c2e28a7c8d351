"""Change files of the `cdc` Lambda to rows: canonical records with their order key, time and tombstone mark."""

import polars as pl

from txplatform.contracts.model import Contract
from txplatform.contracts.render.columns import DELETED, OCCURRED_AT, ORDER_KEY
from txplatform.errors import ContractTooOldError
from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.readers.json_lines import read_objects
from txplatform.ingest.readers.text import broken_lines, read_lines

_ENVELOPE = {"order_key": ORDER_KEY, "occurred_at": OCCURRED_AT, "deleted": DELETED}
_INSTANT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$"
_VERSION = r"^[0-9]+\.[0-9]+\.[0-9]+$"


def read_changes(data: bytes, contract: Contract) -> RawBatch | FileRejected:
    """Read a file of changes. The frame holds the contract's fields and `_order_key`, `_occurred_at`, `_deleted`.

    Raise ContractTooOldError for changes made under a newer contract: fields that this one lacks would be lost.
    """
    lines = read_lines(data)
    if isinstance(lines, FileRejected):
        return lines
    record = pl.Struct({field.name: pl.String for field in contract.fields})
    schema = {
        "entity": pl.String(),
        "schema_version": pl.String(),
        **dict.fromkeys(_ENVELOPE, pl.String()),
        "record": record,
    }
    frame, good, broken = read_objects(lines, schema)
    _check_version(frame["schema_version"], contract)
    sound = frame.select(
        (
            (pl.col("entity") == contract.name)
            & pl.col("record").is_not_null()
            & pl.col("order_key").str.contains(r"^1\|")
            & pl.col("occurred_at").str.contains(_INSTANT)
            & pl.col("deleted").is_in(["true", "false"])
        )
        .fill_null(value=False)
        .alias("sound")
    ).to_series()
    strangers = broken_lines(good.filter(~sound), "row.envelope", f"the line is no change of {contract.name}")
    frame, good = frame.filter(sound), good.filter(sound)
    envelope = [
        pl.col("order_key").alias(ORDER_KEY),
        pl.col("occurred_at")
        .str.to_datetime("%Y-%m-%dT%H:%M:%S%.6fZ", time_unit="us", time_zone="UTC")
        .alias(OCCURRED_AT),
        (pl.col("deleted") == "true").alias(DELETED),
    ]
    return RawBatch(
        frame.select(pl.col("record").struct.unnest(), *envelope),
        good["row"],
        good["text"],
        pl.concat([broken, strangers]),
        canonical=True,
    )


def _check_version(written: pl.Series, contract: Contract) -> None:
    versions = written.unique().drop_nulls()
    newest = max((_number(text) for text in versions.filter(versions.str.contains(_VERSION))), default=(0,))
    if newest > _number(contract.version):
        raise ContractTooOldError(contract.name, contract.version, ".".join(map(str, newest)))


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
