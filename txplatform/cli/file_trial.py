"""Validates files of this machine as the files lane would, without AWS but for an older version of the contract."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from txplatform.contracts.mapping.loader import load_systems
from txplatform.contracts.model import Contract
from txplatform.lake.file_outcomes import OTHER_ENTITIES, FileOutcome, RefusedRow, outcome_of
from txplatform.settings import Settings

if TYPE_CHECKING:
    from txplatform.ingest.mapping.file_mappings import FileMappings
    from txplatform.lake.file_drops import FileDrop
    from txplatform.lake.former_contracts import FormerContracts


def mappings_of(contracts: Mapping[str, Contract], directory: Path | None) -> "FileMappings":
    """The source systems beside the contracts of a directory, by default the shipped ones."""
    from txplatform.ingest.mapping.file_mappings import FileMappings

    return FileMappings(load_systems(contracts, directory).values(), contracts)


def published_versions(contract: Contract) -> "FormerContracts":
    """The versions of the contract in the schema registry that the settings name, which is asked when one is needed."""
    from txplatform.aws import AwsClients
    from txplatform.lake.former_contracts import FormerContracts

    return FormerContracts(lambda: AwsClients(Settings.from_env()), contract)


def tried(contract: Contract, drop: "FileDrop", mappings: "FileMappings", versions: "FormerContracts") -> FileOutcome:
    """What the lane would make of a file of a source system, or of one in the contract's form.

    What the mapping ignores, and records of other entities, are neither accepted nor refused, and counted.
    """
    from txplatform.ingest.batch import FileRejected
    from txplatform.ingest.deprecated_fields import count_deprecated
    from txplatform.ingest.readers import read_file
    from txplatform.ingest.unique_keys import with_unique_keys
    from txplatform.ingest.unknown_names import add_counts
    from txplatform.lake.error_budget import Counts, over_budget
    from txplatform.lake.written_for import gate_as_written

    mapping = mappings.of(contract, drop.system)
    good, refused, passed_over, unknown = 0, list[RefusedRow](), Counter[str](), Counter[str]()
    deprecated = Counter[str]()
    with drop.path.open("rb") as content:
        name, declared = drop.path.name, [drop.contract_version]
        outcomes = gate_as_written(versions, str(drop.path), name, content, read_file, declared, mapping)
        for outcome in with_unique_keys(contract, outcomes) if contract.quality.unique_keys else outcomes:
            if isinstance(outcome, FileRejected):
                reason = {"field": "", "rule": outcome.rule, "message": outcome.message}
                return outcome_of(0, [RefusedRow(0, [reason])])
            raw, gated = outcome
            add_counts(unknown, raw.unknown)
            deprecated.update(count_deprecated(contract, gated.good))
            good += gated.good.height
            if gated.tally is not None:
                passed_over.update(gated.tally.ignored)
                passed_over[OTHER_ENTITIES] += gated.tally.others
            refused += (RefusedRow(row, why) for row, why in gated.refused.select("row", "reasons").iter_rows())
    outcome = outcome_of(good, refused, +passed_over, unknown, deprecated)
    too_many = over_budget(Counts(good, len(refused), Counter(outcome.reasons)), contract.quality.file_limit)
    if too_many is None:
        return outcome
    reason = {"field": "", "rule": too_many.rule, "message": too_many.message}
    return outcome_of(0, [RefusedRow(0, [reason]), *refused], +passed_over, unknown)
