"""Gates a file by the version of its contract that it was written for, and brings its rows to the present one."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from txplatform.contracts.model import Contract
from txplatform.ingest.batch import FileRejected
from txplatform.ingest.lifting import lifted
from txplatform.ingest.mapping.file_mapping import FileMapping
from txplatform.ingest.object_gate import Outcome, Read, gate_object
from txplatform.lake.declared_version import one_version, version_in_content
from txplatform.lake.former_contracts import FormerContracts

_MAPPED = "the file of a source system is mapped to the present contract: it names no other version of it"


def gate_as_written(
    versions: FormerContracts,
    uri: str,
    name: str,
    content: BinaryIO,
    read: Read,
    declared: Iterable[str | None],
    mapping: FileMapping | FileRejected | None = None,
) -> Iterator[Outcome]:
    """What `gate_object` yields of a file, whose version is the `declared` one, or that which its content names.

    Raise ContractTooOldError for a version that is newer than the present one.
    """
    version = one_version([*declared, version_in_content(content)])
    written_for = version if isinstance(version, FileRejected) else versions.of(version)
    if mapping is not None and written_for is not versions.present:
        written_for = FileRejected("file.contract_version", _MAPPED)
    if isinstance(written_for, FileRejected):
        return iter([written_for])
    outcomes = gate_object(written_for, uri, name, content, read, mapping)
    return outcomes if written_for is versions.present else _lifted(versions.present, written_for, outcomes)


def _lifted(contract: Contract, former: Contract, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    for outcome in outcomes:
        yield outcome if isinstance(outcome, FileRejected) else (outcome[0], lifted(contract, former, outcome[1]))
