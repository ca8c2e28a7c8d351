"""Quarantined rows on the screen and as JSON; values that may be personal are masked."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from txplatform.cli.printable import printable
from txplatform.clock import timestamp_text
from txplatform.contracts.model import Contract
from txplatform.dead_letters.masking import shown_payload
from txplatform.wording import counted

if TYPE_CHECKING:
    from txplatform.lake.quarantined_rows import QuarantinedRow

_Group = tuple[str, str, str]  # lane, rule, field


@dataclass(slots=True)
class Summary:
    """Rows counted by lane, rule and field, with the days that they are of. A row counts under each of its reasons."""

    rows: int = 0
    groups: dict[_Group, list[Any]] = field(default_factory=dict[_Group, list[Any]])

    def add(self, rows: Iterable["QuarantinedRow"]) -> None:
        """Count more rows."""
        for row in rows:
            self.rows += 1
            for rule, name in {(reason["rule"], reason["field"]) for reason in row.reasons}:
                group = self.groups.setdefault((row.lane.value, rule, name), [0, row.day, row.day])
                group[0] += 1
                group[1], group[2] = min(group[1], row.day), max(group[2], row.day)

    def lines(self, entity: str) -> Iterator[str]:
        """A line for the table, and one for each lane, rule and field, the most frequent first."""
        yield f"{entity}_quarantine: {counted(self.rows, 'row')}"
        for (lane, rule, name), (count, first, last) in self._ordered():
            span = f"{first}" if first == last else f"{first} to {last}"
            yield printable(f"  {count:>7,}  {lane:<7}  {rule:<20}  {name or '-':<18}  {span}")

    def document(self) -> dict[str, Any]:
        """Counts as JSON-able values."""
        reasons = [
            {"lane": lane, "rule": rule, "field": name, "rows": count, "first_day": str(first), "last_day": str(last)}
            for (lane, rule, name), (count, first, last) in self._ordered()
        ]
        return {"rows": self.rows, "reasons": reasons}

    def _ordered(self) -> list[tuple[_Group, list[Any]]]:
        return sorted(self.groups.items(), key=lambda item: (-item[1][0], item[0]))


def row_line(row: "QuarantinedRow") -> str:
    """One row: its id, its place, what it broke."""
    rules = ", ".join(dict.fromkeys(f"{reason['field'] or 'row'}:{reason['rule']}" for reason in row.reasons))
    return printable(f"{row.quarantine_id[:16]}  {row.day}  {row.object_key}:{row.row}  {rules}")


def whole_lines(row: "QuarantinedRow", contract: Contract, *, personal: bool) -> Iterator[str]:
    """All of one row."""
    yield printable(f"quarantine_id  {row.quarantine_id}")
    yield printable(f"origin         {row.source}, line {row.row}")
    yield printable(f"refused at     {timestamp_text(row.quarantined_at)} by lane {row.lane.value}, day {row.day}")
    if row.trace_id:
        yield printable(f"correlation id {row.trace_id}")
    for reason in row.reasons:
        yield printable(f"  {reason['field'] or 'the whole row'}: {reason['rule']}: {reason['message']}")
    yield printable(shown_payload(row.payload or "", contract, personal=personal))


def row_document(row: "QuarantinedRow", contract: Contract, *, personal: bool) -> dict[str, Any]:
    """All of one row as JSON-able values; with `personal`, the payload is the text as it came."""
    payload = row.payload or ""
    return {
        "quarantine_id": row.quarantine_id,
        "lane": row.lane.value,
        "day": str(row.day),
        "source": row.source,
        "row": row.row,
        "reasons": [dict(reason) for reason in row.reasons],
        "quarantined_at": timestamp_text(row.quarantined_at),
        "trace_id": row.trace_id,
        "payload": payload if personal else shown_payload(payload, contract, personal=False),
    }
