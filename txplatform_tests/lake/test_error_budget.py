"""The error budget: over it nothing of a file or of a day is committed, and a better delivery corrects it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from txplatform.contracts.names import Lane
from txplatform.contracts.quality import Limit, Quality
from txplatform.lake.error_budget import Counts
from txplatform_tests.lake_stand import Stand, csv_of, payment

DAY, NEXT = date(2026, 1, 1), date(2026, 1, 2)
BAD = "no number"


def with_quality(stand: Stand, **quality: object) -> Stand:
    return Stand(replace(stand.contract, quality=Quality(**quality)), stand.settings)  # pyright: ignore[reportArgumentType]


def payments(*amounts: str, first: int = 1) -> str:
    return csv_of([payment(f"p{place}", amount) for place, amount in enumerate(amounts, start=first)])


def keys(stand: Stand) -> dict[str, Decimal]:
    rows = stand.rows(f"{stand.contract.name}_files").to_pylist()
    return {row["payment_id"]: row["amount"] for row in rows if not row["_deleted"]}


@pytest.mark.parametrize(
    ("limit", "refused", "records", "exceeded"),
    [
        (Limit(), 9, 9, False),
        (Limit(rows=0), 0, 0, False),
        (Limit(rows=2), 2, 9, False),
        (Limit(rows=2), 3, 9, True),
        (Limit(ratio=Decimal("0.1")), 1, 10, False),
        (Limit(ratio=Decimal("0.1")), 2, 10, True),
        (Limit(ratio=Decimal(0)), 0, 0, False),
        (Limit(rows=100, ratio=Decimal("0.1")), 2, 10, True),
        (Limit(rows=1, ratio=Decimal(1)), 2, 10, True),
    ],
    ids=range(9),
)
def test_more_than_a_limit_is_too_much(limit: Limit, refused: int, records: int, exceeded: bool) -> None:
    assert limit.exceeded(refused, records) is exceeded
    assert (Counts(records - refused, refused).excess(limit) is not None) is exceeded


def test_a_file_over_its_budget_fails_alone_and_keeps_its_former_rows(stand: Stand) -> None:
    stand = with_quality(stand, file_limit=Limit(ratio=Decimal("0.5")))
    stand.put_file(DAY, "a.csv", payments("1.00", "2.00", "3.00"))
    stand.ingest_files(DAY)
    stand.put_file(DAY, "a.csv", payments("9.00", BAD, BAD))
    stand.put_file(DAY, "b.csv", payments("4.00", first=4))
    stand.alerts()

    report = stand.ingest_files(DAY)

    former = {f"p{n}": Decimal(f"{n}.00") for n in (1, 2, 3)}
    assert keys(stand) == former | {"p4": Decimal("4.00")}
    ((place, counted),) = report.over_budget.items()
    assert place.endswith("a.csv")
    assert counted == ("2 of 3 rows are refused, and the error budget bears 50% of the rows; most for amount:type (2)")
    assert [day.over_budget for day in report.days] == [(place,)]
    (failed,) = stand.ledger.pending(Lane.FILES, stand.contract.name)
    assert (failed.attempts, failed.terminal_attempts, failed.location) == (1, 1, place)
    assert "ErrorBudgetError" in (failed.reason or "")
    assert counted in (failed.reason or "")
    (row,) = stand.quarantine()
    assert (row["row"], row["reasons"][0]["rule"]) == (0, "file.error_budget")
    assert stand.alerts() == [f"{stand.contract.name}: 1 row refused (files)"]

    stand.put_file(DAY, "a.csv", payments("9.00", "8.00", BAD))
    assert stand.ingest_files(DAY).over_budget == {}
    assert keys(stand) == {"p1": Decimal("9.00"), "p2": Decimal("8.00"), "p3": Decimal("3.00"), "p4": Decimal("4.00")}
    assert stand.ledger.pending(Lane.FILES, stand.contract.name) == []


def test_of_a_day_over_its_budget_nothing_is_committed_while_others_go_on(stand: Stand) -> None:
    stand = with_quality(stand, day_limit=Limit(rows=1))
    stand.put_file(DAY, "a.csv", payments("1.00", "2.00"))
    stand.ingest_files(DAY)
    stand.put_file(DAY, "a.csv", payments(BAD, first=1))
    stand.put_file(DAY, "b.csv", payments(BAD, "5.00", first=4))
    stand.put_file(NEXT, "c.csv", payments("9.00", BAD, first=8))
    stand.alerts()

    report = stand.ingest_files(DAY, NEXT)

    assert keys(stand) == {"p1": Decimal("1.00"), "p2": Decimal("2.00"), "p8": Decimal("9.00")}
    assert list(report.over_budget) == [str(DAY)]
    assert [day.day for day in report.days] == [NEXT]
    assert {row["row"] for row in stand.quarantine()} == {3}, "what is refused of the day is not committed either"
    assert {item.dt for item in stand.ledger.pending(Lane.FILES, stand.contract.name)} == {DAY}
    assert stand.alerts() == [f"{stand.contract.name}: 1 row refused (files)"]

    wider = with_quality(stand, day_limit=Limit(rows=2))
    assert wider.ingest_files(DAY).over_budget == {}
    assert keys(stand) == {"p1": Decimal("1.00"), "p5": Decimal("5.00"), "p8": Decimal("9.00")}
    assert stand.ledger.pending(Lane.FILES, stand.contract.name) == []


def test_a_day_that_comes_again_with_less_than_its_share_is_held_back_like_an_emptied_one(stand: Stand) -> None:
    stand = with_quality(stand, least_redelivery=Decimal("0.5"))
    stand.put_file(DAY, "a.csv", payments("1.00", "2.00", "3.00", "4.00"))
    stand.ingest_files(DAY)
    stand.put_file(DAY, "a.csv", payments("9.00"))

    report = stand.ingest_files(DAY)

    assert (report.emptied, len(keys(stand))) == ({DAY: 4}, 4)
    (left,) = stand.ledger.pending(Lane.FILES, stand.contract.name)
    assert "DaysEmptiedError" in (left.reason or "")
    stand.put_file(DAY, "a.csv", payments("9.00", BAD))
    assert stand.ingest_files(DAY).emptied == {}, "a refused row was delivered all the same"
    assert set(keys(stand)) == {"p1", "p2"}
    stand.put_file(DAY, "a.csv", payments("7.00", first=7))
    assert [day.day for day in stand.ingest_files(DAY, delete_emptied=True).days] == [DAY]
    assert set(keys(stand)) == {"p7"}
