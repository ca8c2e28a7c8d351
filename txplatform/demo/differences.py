"""Compares what the demo found with what its input alone says it must find."""

from collections.abc import Mapping

from txplatform.dashboards.html.data import DashboardData
from txplatform.demo.expected import MONEY, Expected
from txplatform.demo.queues import RefusedMessage
from txplatform.demo.system_counts import SystemCounts
from txplatform.parity.report import ParityReport
from txplatform.warehouse.double_entry import DoubleEntry


def differences(
    expected: Expected, data: DashboardData, money: Mapping[str, object], refused: tuple[RefusedMessage, ...]
) -> list[str]:
    """Compare the lake with what the input alone says it must contain; name every difference."""
    found: list[str] = []
    for item in data.health:
        if item.entity not in expected.records:
            continue
        dead = sum(1 for message in refused if message.owner == item.entity)
        checks = (
            ("records", item.rows, expected.records[item.entity]),
            (f"sum of {MONEY[item.entity]}", money[item.entity], expected.money[item.entity]),
            ("refused messages", dead, expected.refused_messages.get(item.entity, 0)),
            ("rows in quarantine", item.refused_rows, expected.refused_rows.get(item.entity, 0)),
        )
        found += [f"{item.entity}: {what} {got}, expected {want}" for what, got, want in checks if got != want]
    return found


def system_differences(
    expected: Expected, counts: Mapping[str, SystemCounts], refused: tuple[RefusedMessage, ...]
) -> list[str]:
    """Compare what became of each source system's messages with what the input alone says; name every difference."""
    found: list[str] = []
    for system, got in counts.items():
        want = expected.systems.get(system, SystemCounts())
        dead = sum(1 for message in refused if message.owner == system)
        checks = (
            ("accepted messages", got.accepted, want.accepted),
            ("ignored messages", got.ignored, want.ignored),
            ("refused messages", got.refused, want.refused),
            ("dead letters", dead, want.refused),
        )
        found += [f"{system}: {what} {has}, expected {wants}" for what, has, wants in checks if has != wants]
    return found


def double_entry_differences(books: DoubleEntry) -> list[str]:
    """Name each sum of a day by which the ledger differs from payments, refunds, disputes and payouts."""
    return [
        f"double entry: {item.part} of {item.day} in {item.currency} differ by {item.difference}"
        for item in books.discrepancies
    ]


def parity_difference(report: ParityReport) -> str:
    """Name what differs between an entity's table and the lake, the first few records of it."""
    first = ", ".join(f"{item.kind} {item.key} {item.field or ''}".strip() for item in report.samples[:3])
    differences = report.differences or f"{report.in_flight} in flight"
    return f"{report.entity}: {differences} of {report.checked} records; first: {first}"
