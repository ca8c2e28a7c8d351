"""Reads what a source system sends: a message, or a file record by record, as the files lane reads its refused ones."""

import io
import re
from typing import Any

import click

from txplatform.cli.mapping_trial import Trial

_FILE = re.compile(r"\.(?:[ct]sv|jsonl|ndjson|parq|parquet|orc|avro|xlsx|zip|gz|bz2|xz|zst|lz4)$", re.IGNORECASE)


def read_payload(trial: Trial, name: str, data: bytes) -> dict[str, Any]:
    """Return what the content of a file of this name yields: of a file of records, or of one message.

    Raises UnicodeDecodeError for a message that no queue takes.
    """
    return _read_records(trial, name, data) if _FILE.search(name) else trial.read(data.decode())


def _read_records(trial: Trial, name: str, data: bytes) -> dict[str, Any]:
    """Return what all records of the file yield together, each part with the `row` that it comes from."""
    import polars as pl

    from txplatform.ingest.batch import RejectedError
    from txplatform.ingest.mapping.inputs import names_in
    from txplatform.ingest.mapping.payloads import payload_texts, read_payloads, without_unusable

    result = {**trial.read(""), "records": [], "refused": [], "ignored": []}  # with what it says of the system
    try:
        batches = list(read_payloads(name, io.BytesIO(data), trial.system.files, trial.system.layouts))
    except RejectedError as error:
        outcome = error.outcome
        raise click.ClickException(f"the file cannot be read: {outcome.rule}: {outcome.message}") from error
    names = frozenset(names_in(trial.system))
    for raw in (without_unusable(batch, names) for batch in batches):
        for row, _, rule, message in raw.broken.iter_rows():
            reason = {
                "record": "",
                "entity": "",
                "field": "",
                "payload": 0,
                "pointer": "",
                "rule": rule,
                "message": message,
            }
            result["refused"].append({**reason, "row": row})
        positions = pl.int_range(raw.rows.len(), dtype=pl.UInt32, eager=True)
        for row, text in zip(raw.rows, payload_texts(raw, positions), strict=True):
            read = trial.read(text)
            for part in ("records", "refused"):
                result[part] += [{**item, "row": row} for item in read[part]]
            result["ignored"] += read["ignored"]
    return result
