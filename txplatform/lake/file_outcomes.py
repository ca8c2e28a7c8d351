"""What became of a file in the lake: its live rows in the files table, and what of it is in quarantine, by reason."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pyiceberg.expressions import And, EqualTo

from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform.contracts.render.columns import DAY, DELETED, LANE, SOURCE
from txplatform.lake.catalog import Lake
from txplatform.ledger import LandedObject

OTHER_ENTITIES = "other_entities"
_MOST_ROWS = 1000  # whose reasons are kept; all of them are counted


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A refused line of a file with its reasons, each of `field`, `rule` and `message`; 0 is the file as a whole."""

    row: int
    reasons: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """Rows of a file that are in the lake and rows that are not, and the first of these in the order of the file.

    `reasons` counts violations under `field:rule`. Where a mapping has read the file here, `passed_over` counts the
    payloads that are neither: by the reason for which they are ignored, and as OTHER_ENTITIES; `unknown` the rows that
    have a value under each name that the contract does not know; and `deprecated` those with one in each deprecated
    field.
    """

    accepted: int
    refused: int
    reasons: Mapping[str, int]
    rows: Sequence[RefusedRow]
    passed_over: Mapping[str, int] = field(default_factory=dict[str, int])
    unknown: Mapping[str, int] = field(default_factory=dict[str, int])
    deprecated: Mapping[str, int] = field(default_factory=dict[str, int])


def file_outcome(lake: Lake, item: LandedObject) -> FileOutcome:
    """Read it from the tables; raises what the catalog raises."""
    of_day: Any = EqualTo(DAY, item.dt.isoformat())  # pyright: ignore[reportCallIssue]
    live: Any = And(of_day, EqualTo(SOURCE, item.uri), EqualTo(DELETED, False))  # pyright: ignore[reportCallIssue]
    accepted = lake.table(names.files_table(item.entity)).scan(row_filter=live).count()
    lane: Any = EqualTo(LANE, str(Lane.FILES))  # pyright: ignore[reportCallIssue]
    where: Any = And(of_day, lane, EqualTo("source", item.uri))  # pyright: ignore[reportCallIssue]
    table = lake.table(names.quarantine_table(item.entity))
    found = table.scan(row_filter=where, selected_fields=("row", "reasons")).to_arrow().to_pylist()
    refused = [RefusedRow(row["row"], row["reasons"]) for row in found]
    return outcome_of(accepted, sorted(refused, key=lambda row: row.row))


def outcome_of(
    accepted: int,
    refused: Sequence[RefusedRow],
    passed_over: Mapping[str, int] | None = None,
    unknown: Mapping[str, int] | None = None,
    deprecated: Mapping[str, int] | None = None,
) -> FileOutcome:
    """The outcome of a file with these refused rows, in order."""
    reasons = Counter(f"{reason['field']}:{reason['rule']}" for row in refused for reason in row.reasons)
    ordered = dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))
    counts = (passed_over or {}, unknown or {}, deprecated or {})
    return FileOutcome(accepted, len(refused), ordered, refused[:_MOST_ROWS], *counts)
