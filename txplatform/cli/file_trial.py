"""Validates files of this machine as the files lane would, without AWS."""

from pathlib import Path

from txplatform.contracts.model import Contract
from txplatform.lake.file_outcomes import FileOutcome, RefusedRow, outcome_of


def tried(contract: Contract, path: Path) -> FileOutcome:
    """What the lane would make of a file."""
    from txplatform.ingest.batch import FileRejected
    from txplatform.ingest.object_gate import gate_object
    from txplatform.ingest.readers import read_file

    good, refused = 0, list[RefusedRow]()
    with path.open("rb") as content:
        for outcome in gate_object(contract, str(path), path.name, content, read_file):
            if isinstance(outcome, FileRejected):
                reason = {"field": "", "rule": outcome.rule, "message": outcome.message}
                return outcome_of(0, [RefusedRow(0, [reason])])
            _, gated = outcome
            good += gated.good.height
            refused += (RefusedRow(row, why) for row, why in gated.refused.select("row", "reasons").iter_rows())
    return outcome_of(good, refused)
