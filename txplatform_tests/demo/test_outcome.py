"""The outcome of the demo: any difference between the lake and the expectation is named, and the summary shows it."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from rich.console import Console

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.names import Lane
from txplatform.demo.backlog import Backlog
from txplatform.demo.differences import differences, double_entry_differences, system_differences
from txplatform.demo.expected import MONEY, Expected
from txplatform.demo.generator import generate
from txplatform.demo.queues import RefusedMessage
from txplatform.demo.scenario import Outcome
from txplatform.demo.summary import print_summary
from txplatform.demo.system_counts import SystemCounts
from txplatform.ledger import LandedObject
from txplatform.parity.report import ParityReport
from txplatform.warehouse.double_entry import Discrepancy, DoubleEntry
from txplatform_tests.dashboards.fabricated import dashboard_data

DATA = dashboard_data()
MONIES = {entity: Decimal("10.00") for entity in MONEY}
EXPECTED = Expected(
    records={item.entity: item.rows for item in DATA.health},
    money=MONIES,
    refused_messages={"payments": 1},
    refused_rows={item.entity: item.refused_rows for item in DATA.health},
    systems={"salesforce": SystemCounts(5), "stripe": SystemCounts(7, 2, 1)},
)
ADDS_UP = DoubleEntry(1312, 0, ())
LANDED = LandedObject(
    Lane.FILES, "payments", "lake", "", "v1", "etag", 1, datetime(2026, 11, 23, tzinfo=UTC), date(2026, 11, 20)
)
REFUSED = (
    RefusedMessage("payments", ("amount: type", "status: enum")),
    RefusedMessage("stripe", ("amount: currency",)),
)


def test_the_expected_outcome_has_no_differences() -> None:
    assert differences(EXPECTED, DATA, MONIES, REFUSED) == []


def test_every_difference_is_named() -> None:
    money = MONIES | {"trades": Decimal("10.01")}
    other = replace(DATA, health=(replace(DATA.health[0], rows=1, refused_rows=0), *DATA.health[1:]))
    assert differences(EXPECTED, other, money, ()) == [
        "customers: records 1, expected 1234",
        "customers: rows in quarantine 0, expected 3",
        "payments: refused messages 0, expected 1",
        "trades: sum of notional 10.01, expected 10.00",
    ]


def test_every_difference_of_a_source_system_is_named() -> None:
    assert system_differences(EXPECTED, EXPECTED.systems, REFUSED) == []
    counted = {"kraken": SystemCounts(1), "salesforce": SystemCounts(4, 1), "stripe": SystemCounts(7, 2, 2)}
    assert system_differences(EXPECTED, counted, REFUSED[:1]) == [
        "kraken: accepted messages 1, expected 0",
        "salesforce: accepted messages 4, expected 5",
        "salesforce: ignored messages 1, expected 0",
        "stripe: refused messages 2, expected 1",
        "stripe: dead letters 0, expected 1",
    ]


def printed(problems: tuple[str, ...], books: DoubleEntry = ADDS_UP) -> str:
    parity = {item.entity: ParityReport(item.entity, 812) for item in DATA.health}
    workload = generate(load_contracts(), datetime(2026, 11, 23, tzinfo=UTC), seed=1, messages=50, days=5)
    console = Console(file=io.StringIO(), width=140)
    outcome = Outcome(DATA, parity, books, REFUSED, EXPECTED.systems, problems, 61.2)
    print_summary(console, workload, outcome, {"Dagster": "http://127.0.0.1:3"})
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_summary_shows_rows_reasons_and_links() -> None:
    text = printed(())
    for expected in (
        "1,234",
        "payments · amount: type",
        "stripe · amount: currency",
        "payments · currency: required",
        "http://127.0.0.1:3",
        "equal",
    ):
        assert expected in text
    assert "accounted for, to the last digit, after 61 s" in text
    assert "Double entry of the ledger: 1,312 sums compared, all add up" in text
    [row] = [line.split() for line in text.splitlines() if line.startswith("stripe ") and "·" not in line]
    assert row[2:] == ["7", "2", "1"]


def test_what_does_not_add_up_is_named() -> None:
    sums = (Decimal("-25.0500"), Decimal("-25.1500"), Decimal("0.1000"))
    books = DoubleEntry(1312, 0, (Discrepancy(date(2026, 11, 20), "EUR", "refunds", 2, *sums),))
    assert double_entry_differences(books) == ["double entry: refunds of 2026-11-20 in EUR differ by 0.1000"]
    assert "1,312 sums compared, 2 differ" in printed((), books)


def test_the_summary_shows_problems_instead_of_success() -> None:
    text = printed(("payments: records 1, expected 2",))
    assert "✗ payments: records 1, expected 2" in text
    assert "accounted for" not in text


def test_what_is_stuck_is_named() -> None:
    files = tuple(
        replace(LANDED, object_key=f"raw/payments/dt=2026-11-20/{index}.csv", attempts=index) for index in range(7)
    )
    sentences = Backlog(messages=3, files=files, changes=()).sentences()
    assert sentences[0] == "still in the inbound queues: 3 messages"
    found = "not in the lake: 7 objects of the files lane: raw/payments/dt=2026-11-20/0.csv (0 attempts), "
    assert sentences[1].startswith(found)
    assert "/1.csv (1 attempt), " in sentences[1]
    assert sentences[1].endswith("and 2 more")
    assert Backlog(0, (), ()).empty
