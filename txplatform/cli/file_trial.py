"""Validates files of this machine as the files lane would, without AWS."""

from pathlib import Path

from txplatform.contracts.model import Contract
from txplatform.lake.file_outcomes import FileOutcome, RefusedRow, outcome_of


def tried(contract: Contract, path: Path) -> FileOutcome:
    """What the lane would make of a file."""
    from txplatform.ingest.batch import FileRejected
    from txplatform.ingest.object_gate import gate_object
    from txplatform.ingest.readers import read_file

    found = gate_object(contract, str(path), path.name, path.read_bytes(), read_file)
    if isinstance(found, FileRejected):
        reason = {"field": "", "rule": found.rule, "message": found.message}
        return outcome_of(0, [RefusedRow(0, [reason])])
    _, gated = found
    rows = gated.refused.select("row", "reasons").iter_rows()
    return outcome_of(gated.good.height, [RefusedRow(row, reasons) for row, reasons in rows])
