"""Landed objects out of S3: opened several at a time, named with the version that was read, and gated in order."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import polars as pl

from txplatform.contracts.model import Contract
from txplatform.ingest.batch import FileRejected
from txplatform.ingest.lifting import lifted
from txplatform.ingest.mapping.file_mappings import FileMappings
from txplatform.ingest.object_gate import Outcome, Read, gate_object
from txplatform.ingest.row_gate import REFUSED_SCHEMA
from txplatform.lake.catalog import Lake
from txplatform.lake.content import Content, open_content
from txplatform.lake.declared_version import version_in_content
from txplatform.lake.former_contracts import FormerContracts
from txplatform.ledger import LandedObject

_PARALLEL = 8
_MAPPED = "the file of a source system is mapped to the present contract: it names no other version of it"


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
    versions = FormerContracts(lake.clients, contract)
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
                written_for = versions.of(item.contract_version or version_in_content(content))
                if mapping is not None and written_for is not contract:
                    written_for = FileRejected("file.contract_version", _MAPPED)
                if isinstance(written_for, FileRejected):
                    yield GatedObject(item, iter([written_for]))
                    continue
                outcomes = gate_object(written_for, item.uri, item.object_key, content, read, mapping)
                yield GatedObject(
                    item, outcomes if written_for is contract else _lifted(contract, written_for, outcomes)
                )


def _lifted(contract: Contract, former: Contract, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    for outcome in outcomes:
        yield outcome if isinstance(outcome, FileRejected) else (outcome[0], lifted(contract, former, outcome[1]))


def refused_object(item: LandedObject, rejected: FileRejected) -> pl.DataFrame:
    """The one row, numbered 0, of an object that is refused as a whole; its payload stays in S3 under its version."""
    reasons = [{"field": "", "rule": rejected.rule, "message": rejected.message}]
    return pl.DataFrame({"row": [0], "payload": [item.uri], "reasons": [reasons]}, schema=REFUSED_SCHEMA)
