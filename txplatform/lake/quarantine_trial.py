"""Validates quarantined rows again, by today's contract, and changes nothing.

A change is validated by its payload, which is the whole line. A row of a file is validated in its file, which has the
header and the other lines, and only as long as the day's folder holds the version of the file that it came from.
"""

import io
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.ingest.batch import FileRejected
from txplatform.ingest.mapping.file_mappings import FileMappings
from txplatform.ingest.object_gate import Outcome, gate_object
from txplatform.ingest.readers import read_changes, read_file
from txplatform.lake.catalog import Lake
from txplatform.lake.quarantined_rows import QuarantinedRow
from txplatform.lake.reading import gate_objects
from txplatform.ledger import LandedObject, LandingArea

_DAMAGED = "row.encoding"  # the payload is not what arrived: bytes of it were replaced


@dataclass(slots=True)
class Trial:
    """What today's contract makes of rows: those that pass, why others do not, and those whose file is gone.

    `refused` counts the violations that rows have now under `field:rule`; `objects` are the files of `passing` rows.
    """

    passing: list[QuarantinedRow] = field(default_factory=list[QuarantinedRow])
    refused_rows: int = 0
    refused: Counter[str] = field(default_factory=Counter[str])
    gone: list[QuarantinedRow] = field(default_factory=list[QuarantinedRow])
    objects: list[LandedObject] = field(default_factory=list[LandedObject])

    def add(self, other: "Trial") -> None:
        """Add what another trial found."""
        self.passing += other.passing
        self.refused_rows += other.refused_rows
        self.refused += other.refused
        self.gone += other.gone
        self.objects += other.objects


def try_changes(contract: Contract, rows: Iterable[QuarantinedRow]) -> Trial:
    """Validate rows of the changes lane, which must have their payloads.

    Raise ContractTooOldError for a change of a newer contract than this one.
    """
    trial = Trial()
    read: list[QuarantinedRow] = []
    for row in rows:
        if row.payload is None or any(reason["rule"] == _DAMAGED for reason in row.reasons):
            trial.refused_rows += 1
            trial.refused[f":{_DAMAGED}"] += 1
        else:
            read.append(row)
    if not read:
        return trial
    content = io.BytesIO("\n".join(row.payload or "" for row in read).encode())
    outcomes = gate_object(contract, "quarantine", "", content, lambda _name, data, known: read_changes(data, known))
    refused, rejected = _refused(outcomes)
    if rejected is not None:
        trial.refused_rows += len(read)
        trial.refused[f":{rejected.rule}"] += len(read)
        return trial
    for line, row in enumerate(read, 1):
        _count(trial, row, refused.get(line))
    return trial


def try_files(
    contract: Contract,
    lake: Lake,
    landing_area: LandingArea,
    rows: Sequence[QuarantinedRow],
    mappings: FileMappings | None = None,
) -> Trial:
    """Validate rows of the files lane in the files of their days; those of source systems are mapped by `mappings`."""
    trial = Trial()
    of_object = defaultdict[str, list[QuarantinedRow]](list)
    for row in rows:
        of_object[row.object_key].append(row)
    days = sorted({row.day for row in rows})
    listed = [item for item in landing_area.objects(Lane.FILES, contract.name, days) if item.object_key in of_object]
    for found in gate_objects(contract, lake, listed, read_file, mappings or FileMappings()):
        own = of_object.pop(found.item.object_key)
        trial.gone += [row for row in own if row.source != found.item.uri]
        refused, rejected = _refused(found.outcomes)
        whole = None if rejected is None else [{"field": "", "rule": rejected.rule}]
        before = len(trial.passing)
        for row in own:
            if row.source == found.item.uri:
                _count(trial, row, whole or refused.get(row.row))
        if len(trial.passing) > before:
            trial.objects.append(found.item)
    trial.gone += [row for own in of_object.values() for row in own]
    return trial


def _refused(outcomes: Iterable[Outcome]) -> tuple[dict[int, list[dict[str, str]]], FileRejected | None]:
    """The reasons of refused rows by their line, and why the whole is refused, if it is."""
    refused = dict[int, list[dict[str, str]]]()
    for outcome in outcomes:
        if isinstance(outcome, FileRejected):
            return {}, outcome
        refused.update(outcome[1].refused.select("row", "reasons").iter_rows())
    return refused, None


def _count(trial: Trial, row: QuarantinedRow, reasons: Collection[Mapping[str, str]] | None) -> None:
    if reasons is None:
        trial.passing.append(row)
        return
    trial.refused_rows += 1
    trial.refused.update(f"{reason['field']}:{reason['rule']}" for reason in reasons)
