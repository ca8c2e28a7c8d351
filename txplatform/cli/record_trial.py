"""Reads a CSV or Parquet file of a source system record by record, as the files lane reads its refused ones."""

import io
from typing import Any

import click

from txplatform.cli.mapping_trial import Trial

ENDINGS = (".csv", ".tsv", ".parquet", ".csv.gz", ".tsv.gz")


def read_records(trial: Trial, name: str, data: bytes) -> dict[str, Any]:
    """Return what all records of the file yield together, each part with the `row` that it comes from."""
    import polars as pl

    from txplatform.ingest.batch import RejectedError
    from txplatform.ingest.mapping.payloads import payload_texts, read_payloads

    result = {**trial.read(""), "records": [], "refused": [], "ignored": []}  # with what it says of the system
    try:
        batches = list(read_payloads(name, io.BytesIO(data), trial.system.files))
    except RejectedError as error:
        outcome = error.outcome
        raise click.ClickException(f"the file cannot be read: {outcome.rule}: {outcome.message}") from error
    for raw in batches:
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
