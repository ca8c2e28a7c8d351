"""What the flows report about a run: counts, reasons and where the rows went. Plain values, safe to show in a UI."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from txplatform.ingest.tally import Tally
from txplatform.ledger import Folded, HeldDay


@dataclass(frozen=True, slots=True)
class DayReport:
    """One day of files. `reasons` counts violations under `field:rule`; `objects` are S3 URIs with their version.

    `held` is what the day's table rows must add up to: its live rows, those among them that stayed too. `ignored` are
    the S3 URIs of objects that were not read because their names say that they are no files. `mapped` counts the
    records of the day's files of source systems, None without such files. `over_budget` are the S3 URIs of files that
    the error budget refused as a whole. `unknown` counts the rows with a value under each name that the contract does
    not know, where it does not refuse them, and `deprecated` the accepted rows with a value in each deprecated field.
    """

    day: date
    rows: int
    refused: int
    tombstones: int
    reasons: Mapping[str, int]
    objects: tuple[str, ...]
    held: HeldDay
    ignored: tuple[str, ...] = ()
    mapped: Tally | None = None
    over_budget: tuple[str, ...] = ()
    unknown: Mapping[str, int] = field(default_factory=dict[str, int])
    deprecated: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class FilesReport:
    """One run of the files lane. `schema` maps each column of the table to its type.

    `emptied` names the days that were left as they are, with their live rows: their files hold no row any more, or too
    few. `over_budget` says what was counted of files (by URI) and days of which nothing was committed.
    """

    entity: str
    table: str
    days: tuple[DayReport, ...]
    snapshot_ids: tuple[int, ...]
    schema: Mapping[str, str]
    emptied: Mapping[date, int]
    over_budget: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def rows(self) -> int:
        return sum(day.rows for day in self.days)

    @property
    def refused(self) -> int:
        return sum(day.refused for day in self.days)


@dataclass(frozen=True, slots=True)
class ChangesReport:
    """One run of the changes lane. `lag` is the age of the oldest change when it was committed, None without changes.

    `repeated` counts batches that an earlier, interrupted run had committed already.
    """

    entity: str
    table: str
    rows: int
    refused: int
    reasons: Mapping[str, int]
    objects: tuple[str, ...]
    batch_ids: tuple[str, ...]
    repeated: int
    snapshot_ids: tuple[int, ...]
    schema: Mapping[str, str]
    lag: timedelta | None


@dataclass(frozen=True, slots=True)
class FoldReport:
    """One fold: the query of its MERGE, the last one if there were several, and what was folded before and after."""

    entity: str
    table: str
    query_id: str
    previous: Folded | None
    folded: Folded
