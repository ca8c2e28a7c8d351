"""Landed objects out of S3: downloaded several at a time, named with the version that was read, and gated in order."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import polars as pl
from botocore.exceptions import ClientError

from txplatform.contracts.model import Contract
from txplatform.ingest.batch import FileRejected, RawBatch
from txplatform.ingest.mapping.file_mappings import FileMappings
from txplatform.ingest.object_gate import Read, gate_object
from txplatform.ingest.row_gate import REFUSED_SCHEMA, Gated
from txplatform.lake.catalog import Lake
from txplatform.ledger import LandedObject
from txplatform.ledger.landing_area import is_missing

_PARALLEL = 8


@dataclass(frozen=True, slots=True)
class GatedObject:
    """A landed object as it was read. `rows` is None where it is refused as a whole; `refused` has REFUSED_SCHEMA."""

    item: LandedObject
    rows: tuple[RawBatch, Gated] | None
    refused: pl.DataFrame


def gate_objects(
    contract: Contract, lake: Lake, objects: Sequence[LandedObject], read: Read, mappings: FileMappings | None = None
) -> Iterator[GatedObject]:
    """Read and validate each object, in order. An object is read in the version that it names; if it
    names none, in the current one, which it names then. With `mappings`, one of a source system is mapped by its own.
    """
    s3 = lake.clients.client("s3")
    with ThreadPoolExecutor(_PARALLEL) as threads:
        for item, content in threads.map(partial(_download, s3), objects):
            if content is None:
                outcome = FileRejected("file.gone", "the object was removed before it was read")
            else:
                mapping = mappings.of(contract, item.system) if mappings else None
                outcome = gate_object(contract, item.uri, item.object_key, content, read, mapping)
            if isinstance(outcome, FileRejected):
                yield GatedObject(item, None, _refused_object(item, outcome))
            else:
                yield GatedObject(item, outcome, outcome[1].refused)


def _refused_object(item: LandedObject, rejected: FileRejected) -> pl.DataFrame:
    """The one row, numbered 0, of an object that is refused as a whole; its payload stays in S3 under its version."""
    reasons = [{"field": "", "rule": rejected.rule, "message": rejected.message}]
    return pl.DataFrame({"row": [0], "payload": [item.uri], "reasons": [reasons]}, schema=REFUSED_SCHEMA)


def _download(s3: Any, item: LandedObject) -> tuple[LandedObject, bytes | None]:
    """The object with its version, and its content; None where it is gone."""
    version = {} if item.version_id in ("", "null") else {"VersionId": item.version_id}
    try:
        answer = s3.get_object(Bucket=item.bucket, Key=item.object_key, **version)
    except ClientError as error:
        if not is_missing(error):
            raise
        return item, None
    return replace(item, version_id=answer.get("VersionId", "null")), answer["Body"].read()
