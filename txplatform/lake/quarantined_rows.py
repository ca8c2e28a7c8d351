"""Reads the quarantine table of an entity, a batch of rows at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.contracts.names import Lane
from txplatform.contracts.render.columns import DAY, LANE
from txplatform.lake.catalog import Lake
from txplatform.lake.quarantine_filter import QUARANTINE_ID, QuarantineFilter

_COLUMNS = (QUARANTINE_ID, LANE, DAY, "source", "row", "reasons", "quarantined_at", "trace_id")


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A refused row. `payload` is None where it was not read; `reasons` each have `field`, `rule` and `message`."""

    quarantine_id: str
    lane: Lane
    day: date
    source: str
    row: int
    reasons: Sequence[Mapping[str, str]]
    quarantined_at: datetime
    trace_id: str | None
    payload: str | None = None

    @property
    def object_key(self) -> str:
        """The key of the object that the row came from."""
        return self.source.partition("?versionId=")[0].split("/", 3)[-1]


def quarantined(
    contract: Contract, lake: Lake, chosen: QuarantineFilter, *, payloads: bool = False
) -> Iterator[list[QuarantinedRow]]:
    """The rows that are meant, as many together as lie together in the table."""
    lake.ensure(contract)
    table = lake.table(names.quarantine_table(contract.name))
    columns = (*_COLUMNS, "payload") if payloads else _COLUMNS
    scan = table.scan(row_filter=chosen.condition, selected_fields=columns)
    for batch in scan.to_arrow_batch_reader():
        rows = [_row(found) for found in batch.to_pylist() if chosen.matches(found["source"], found["reasons"])]
        if rows:
            yield rows


def _row(found: Mapping[str, Any]) -> QuarantinedRow:
    return QuarantinedRow(
        quarantine_id=found[QUARANTINE_ID],
        lane=Lane(found[LANE]),
        day=found[DAY],
        source=found["source"],
        row=found["row"],
        reasons=found["reasons"],
        quarantined_at=found["quarantined_at"],
        trace_id=found["trace_id"],
        payload=found.get("payload"),
    )
