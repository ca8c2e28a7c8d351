"""The records to which the page goes down: the newest of each day, bounded, with what is personal masked."""

from datetime import date, timedelta

from txplatform.contracts.loader import load_contracts
from txplatform.dashboards.html.records import newest_statement, records_of
from txplatform_tests.warehouse.books import Books, payment

CONTRACTS = load_contracts()
DAY = date(2026, 11, 2)


def test_the_newest_records_of_each_day_are_shown_with_persons_masked() -> None:
    books = Books()
    for number in range(40):
        at = f"2026-11-{1 + number % 2:02d} {number // 2:02d}:15:00"
        books.add("payments", payment(number, f"{number}.50", customer_id=f"customer-{number}", created_at=at))
    sql = newest_statement(CONTRACTS["payments"], CONTRACTS, [DAY - timedelta(days=n) for n in range(60)])
    found = records_of(books.arrow(sql))
    assert (found.counts, found.since) == ({"2026-11-02": 20, "2026-11-01": 20}, "2026-11-01")
    assert len(found.rows) == 20, "600 of 60 days"
    first = dict(zip(("day", *found.columns), found.rows[0], strict=True))
    assert (first["day"], first["payment_id"], first["amount"]) == ("2026-11-02", "pi_39", "39.50")
    assert first["customer_id"] == "••••39"
    assert first["created_at"] == "2026-11-02 19:15:00"


def test_what_identifies_persons_is_masked_in_every_entity() -> None:
    statements = {name: newest_statement(contract, CONTRACTS, [DAY]) for name, contract in CONTRACTS.items()}
    masked = {name: sql.count("concat('••••'") for name, sql in statements.items()}
    assert {name: count for name, count in masked.items() if count} == {"customers": 2, "payments": 1}
    for hidden in ("email", "birth_date", "card_last4", "trader", "account_holder"):
        assert not [name for name, sql in statements.items() if f'"{hidden}"' in sql]


def test_only_the_latest_days_have_records() -> None:
    days = [DAY - timedelta(days=n) for n in range(200)]
    sql = newest_statement(CONTRACTS["trades"], CONTRACTS, days)
    assert "shown_day >= DATE '2026-09-04'" in sql
    assert """WHERE "executed_at" >= TIMESTAMP '2026-09-02 00:00:00'""" in sql, "what Athena prunes partitions by"
    assert "shown_place <= 10" in sql
    assert "shown_place <= 25" in newest_statement(CONTRACTS["trades"], CONTRACTS, days[:3])
