"""Validates files of this machine as the files lane would, without AWS."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from txplatform.contracts.mapping.loader import load_systems
from txplatform.contracts.model import Contract
from txplatform.lake.file_outcomes import OTHER_ENTITIES, FileOutcome, RefusedRow, outcome_of

if TYPE_CHECKING:
    from txplatform.ingest.mapping.file_mappings import FileMappings


def mappings_of(contracts: Mapping[str, Contract], directory: Path | None) -> "FileMappings":
    """The source systems beside the contracts of a directory, by default the shipped ones."""
    from txplatform.ingest.mapping.file_mappings import FileMappings

    return FileMappings(load_systems(contracts, directory).values(), contracts)


def tried(contract: Contract, path: Path, system: str | None, mappings: "FileMappings") -> FileOutcome:
    """What the lane would make of a file of a source system, or where that is None of one in the contract's form.

    What the mapping ignores, and records of other entities, are neither accepted nor refused, and counted.
    """
    from txplatform.ingest.batch import FileRejected
    from txplatform.ingest.object_gate import gate_object
    from txplatform.ingest.readers import read_file
    from txplatform.ingest.unique_keys import with_unique_keys
    from txplatform.ingest.unknown_names import add_counts
    from txplatform.lake.error_budget import Counts, over_budget

    mapping = mappings.of(contract, system)
    good, refused, passed_over, unknown = 0, list[RefusedRow](), Counter[str](), Counter[str]()
    with path.open("rb") as content:
        outcomes = gate_object(contract, str(path), path.name, content, read_file, mapping)
        for outcome in with_unique_keys(contract, outcomes) if contract.quality.unique_keys else outcomes:
            if isinstance(outcome, FileRejected):
                reason = {"field": "", "rule": outcome.rule, "message": outcome.message}
                return outcome_of(0, [RefusedRow(0, [reason])])
            raw, gated = outcome
            add_counts(unknown, raw.unknown)
            good += gated.good.height
            if gated.tally is not None:
                passed_over.update(gated.tally.ignored)
                passed_over[OTHER_ENTITIES] += gated.tally.others
            refused += (RefusedRow(row, why) for row, why in gated.refused.select("row", "reasons").iter_rows())
    outcome = outcome_of(good, refused, +passed_over, unknown)
    too_many = over_budget(Counts(good, len(refused), Counter(outcome.reasons)), contract.quality.file_limit)
    if too_many is None:
        return outcome
    reason = {"field": "", "rule": too_many.rule, "message": too_many.message}
    return outcome_of(0, [RefusedRow(0, [reason]), *refused], +passed_over, unknown)
