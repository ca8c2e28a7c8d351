"""Landed objects out of S3: opened several at a time, named with the version that was read, and gated in order."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import polars as pl

from txplatform.contracts.model import Contract
from txplatform.ingest.batch import FileRejected
from txplatform.ingest.mapping.file_mappings import FileMappings
from txplatform.ingest.object_gate import Outcome, Read
from txplatform.ingest.row_gate import REFUSED_SCHEMA
from txplatform.lake.catalog import Lake
from txplatform.lake.content import Content, open_content
from txplatform.lake.former_contracts import FormerContracts
from txplatform.lake.written_for import gate_as_written
from txplatform.ledger import LandedObject

_PARALLEL = 8


@dataclass(frozen=True, slots=True)
class GatedObject:
    """A landed object and what comes of it, batch by batch; a rejection comes last and takes back all before it."""

    item: LandedObject
    outcomes: Iterator[Outcome]


def gate_objects(
    contract: Contract, lake: Lake, objects: Sequence[LandedObject], read: Read, mappings: FileMappings | None = None
) -> Iterator[GatedObject]:
    """Read and validate each object, in order; the outcomes of one have to be taken before the next is asked for.

    An object is read in the version that it names; if it names none, in the current one, which it names then. With
    `mappings`, one of a source system is mapped by its own. No more than a few objects are opened ahead, and of a large
    one no more than a part is held.

    A file that names an older version of the contract is validated by that, and its rows are brought to the present
    one.
    """
    versions = FormerContracts(lambda: lake.clients, contract)
    opening = partial(open_content, lake.clients.client("s3"))
    waiting = iter(objects)
    opened: deque[Future[tuple[LandedObject, Content | None]]] = deque()
    with ThreadPoolExecutor(_PARALLEL) as threads:
        while True:
            while len(opened) < _PARALLEL and (item := next(waiting, None)) is not None:
                opened.append(threads.submit(opening, item))
            if not opened:
                return
            item, content = opened.popleft().result()
            if content is None:
                gone = FileRejected("file.gone", "the object was removed before it was read")
                yield GatedObject(item, iter([gone]))
                continue
            mapping = mappings.of(contract, item.system) if mappings else None
            with content:
                named = [item.folder_version, item.contract_version]
                outcomes = gate_as_written(versions, item.uri, item.object_key, content, read, named, mapping)
                yield GatedObject(item, outcomes)


def refused_object(item: LandedObject, rejected: FileRejected) -> pl.DataFrame:
    """The one row, numbered 0, of an object that is refused as a whole; its payload stays in S3 under its version."""
    reasons = [{"field": "", "rule": rejected.rule, "message": rejected.message}]
    return pl.DataFrame({"row": [0], "payload": [item.uri], "reasons": [reasons]}, schema=REFUSED_SCHEMA)
