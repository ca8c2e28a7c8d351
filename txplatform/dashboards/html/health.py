"""How an entity is: its rows, its freshness, what is in quarantine of it, and its parity."""

from datetime import UTC, datetime
from typing import Any, Protocol

from txplatform.contracts import names
from txplatform.contracts.model import Contract
from txplatform.dashboards.html.data import EntityHealth, ParityLine, Refusals
from txplatform.dashboards.html.grain import Athena

_ROWS = """
SELECT count(*) AS records, count(*) FILTER (WHERE _order_key LIKE '0|%') AS file_records,
  max(_occurred_at) AS newest_record_at
FROM "{view}"
"""
_ARRIVAL = """
SELECT max(_ingested_at) AS newest_arrival_at
FROM (SELECT _ingested_at FROM "{files}" UNION ALL SELECT _ingested_at FROM "{changes}") arrivals
"""
_REFUSED = 'SELECT count(*) AS refused FROM "{table}"'
_REASONS = """
SELECT r.field AS field, r.rule AS rule, count(*) AS refused
FROM "{table}" CROSS JOIN UNNEST(reasons) AS r (field, rule, message)
GROUP BY r.field, r.rule
"""


class Ledger(Protocol):
    """What has landed and is not in the lake yet."""

    def pending(self, lane: names.Lane, entity: str, /) -> Any: ...


class ParityOutcome(Protocol):
    """Counts of one comparison between the operational table and the lake."""

    @property
    def checked(self) -> int: ...
    @property
    def in_flight(self) -> int: ...
    @property
    def equal(self) -> bool: ...
    @property
    def differences(self) -> str: ...
    @property
    def verified_through(self) -> datetime | None: ...


def health_of(athena: Athena, ledger: Ledger, outcome: ParityOutcome | None, contract: Contract) -> EntityHealth:
    """Ask for the state of an entity; raise QueryError."""
    [row] = _rows(athena, _ROWS.format(view=contract.name))
    files, changes = names.files_table(contract.name), names.changes_table(contract.name)
    [arrival] = _rows(athena, _ARRIVAL.format(files=files, changes=changes))
    [quarantine] = _rows(athena, _REFUSED.format(table=names.quarantine_table(contract.name)))
    return EntityHealth(
        entity=contract.name,
        title=contract.title,
        rows=row["records"],
        file_rows=row["file_records"],
        newest_record_at=_utc(row["newest_record_at"]),
        newest_arrival_at=_utc(arrival["newest_arrival_at"]),
        pending_objects=sum(len(ledger.pending(lane, contract.name)) for lane in names.Lane),
        refused_rows=quarantine["refused"],
        parity=None if outcome is None else _parity_line(outcome),
    )


def refusals_of(athena: Athena, entity: str) -> list[Refusals]:
    """How often each rule refused a row; raise QueryError."""
    rows = _rows(athena, _REASONS.format(table=names.quarantine_table(entity)))
    return [Refusals(entity, row["field"] or "", row["rule"], row["refused"]) for row in rows]


def _rows(athena: Athena, sql: str) -> list[dict[str, Any]]:
    return athena.arrow(sql).to_pylist()


def _utc(moment: datetime | None) -> datetime | None:
    """Views hold UTC times without a zone, because a view of Athena cannot hold zoned ones."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def _parity_line(outcome: ParityOutcome) -> ParityLine:
    return ParityLine(
        checked=outcome.checked,
        in_flight=outcome.in_flight,
        equal=outcome.equal,
        differences=outcome.differences,
        verified_through=outcome.verified_through,
    )
