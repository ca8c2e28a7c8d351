"""The double entry: books that add up are equal in every part, and each single error in them is found, to the digit."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from txplatform.warehouse.double_entry import GRACE, MART, STATEMENT, Discrepancy
from txplatform_tests.warehouse.books import AT, Books, dispute, entry, payment, payout, refund
from txplatform_tests.warehouse.test_plans import NESTED_LOOPS

DAY = date(2026, 11, 2)


@pytest.fixture
def books() -> Iterator[Books]:
    """Books that add up: 100 captured, 25.05 refunded, 10 disputed, 18.03 of fees; 46.92 paid out."""
    made = Books()
    made.add(
        "payments",
        payment(1, "50.05", fee="1.01"),
        payment(2, "30.00"),
        payment(3, "19.95", "refunded"),
        payment(4, "7.00", "failed"),
        payment(5, "9.00", "authorised"),
        payment(6, "12.34", charge_id=None),  # of a source without a ledger
    )
    made.add(
        "refunds",
        refund(1, "5.10"),
        refund(3, "19.95"),
        refund(2, "4.00", "failed"),
        refund(5, "2.00", "requires_action"),
    )
    made.add("disputes", dispute(1, "10.00", "lost"), dispute(2, "10.00", "won"), dispute(3, "3.00", "inquiry"))
    made.add("payouts", payout(1, "46.92"), payout(2, "5.00", "failed"))
    made.add(
        "balance_transactions",
        entry(1, "charge", "ch_1", "50.05", "1.01", payout_id="po_1"),
        entry(2, "charge", "ch_2", "30.00", "1.01", payout_id="po_1"),
        entry(3, "charge", "ch_3", "19.95", "1.01", payout_id="po_1"),
        entry(4, "refund", "re_1", "-5.10", payout_id="po_1"),
        entry(5, "refund", "re_3", "-19.95", payout_id="po_1"),
        entry(6, "refund", "re_2", "-4.00", payout_id="po_1"),
        entry(7, "refund_failure", "re_2", "4.00", payout_id="po_1"),
        entry(8, "dispute", "dp_1", "-10.00", "15.00", payout_id="po_1"),
        entry(9, "dispute", "dp_2", "-10.00", "15.00", payout_id="po_1"),
        entry(10, "dispute_reversal", "dp_2", "10.00", "-15.00", payout_id="po_1"),
        entry(11, "payout", "po_1", "-46.92", payout_id="po_1"),
        entry(12, "payout", "po_2", "-5.00", payout_id="po_2"),
        entry(13, "payout_reversal", "po_2", "5.00", payout_id="po_2", created_at="2026-11-03 09:00:00"),
        entry(14, "topup", "tu_1", "100.00", created_at="2026-11-03 09:00:00"),
        entry(15, "charge", "ch_7", "20.00", "1.00", created_at="2026-11-03 09:00:00"),
    )
    made.add("payments", payment(7, "20.00"))
    yield made
    made.close()


def test_books_that_add_up_are_equal_in_every_part(books: Books) -> None:
    found = books.double_entry()
    assert found.discrepancies == ()
    parts = {row["part"]: row["n"] for row in books.rows(f"SELECT part, count(*) AS n FROM {MART} GROUP BY part")}
    assert parts == {
        "payments": 4, "refunds": 3, "disputes": 2, "payouts": 2, "fees": 1, "net": 15, "settlements": 1,
    }  # fmt: skip
    assert found.compared == sum(parts.values())


def test_it_is_made_of_hash_joins_alone(books: Books) -> None:
    [plan] = books.rows(f"EXPLAIN {STATEMENT}")
    assert "HASH_JOIN" in plan["explain_value"]
    assert not NESTED_LOOPS.search(plan["explain_value"])


def test_what_is_due_is_what_was_not_paid_out(books: Books) -> None:
    first, second = books.rows("SELECT * FROM balance_transactions_daily ORDER BY day")
    names = ("captured", "refunded", "disputed", "fees", "other", "net", "paid_out", "due")
    assert [str(first[name]) for name in names] == [
        "100.000", "25.050", "10.000", "18.030", "0.000", "46.920", "51.920", "-5.000",
    ]  # fmt: skip
    assert [str(second[name]) for name in names] == [
        "20.000", "0.000", "0.000", "1.000", "100.000", "119.000", "-5.000", "119.000",
    ]  # fmt: skip


ERRORS: dict[str, tuple[str, list[tuple[str, str, str]], Decimal]] = {
    "a refund is missing": (
        "DELETE FROM refunds WHERE refund_id = 're_1'", [("refunds", "re_1", "no_object")], Decimal("-5.1")
    ),
    "the entry of a refund is missing": (
        "DELETE FROM balance_transactions WHERE transaction_id = 'txn_4'",
        [("refunds", "re_1", "no_entry"), ("settlements", "po_1", "different")],
        Decimal("5.1") + Decimal("5.1"),
    ),
    "a fee is wrong in its line": (
        "UPDATE balance_transactions SET fee = 1.011 WHERE transaction_id = 'txn_2'",
        [("net", "txn_2", "different")],
        Decimal("0.001"),
    ),
    "a fee is wrong with its net": (
        "UPDATE balance_transactions SET fee = 1.011, net = 28.989 WHERE transaction_id = 'txn_2'",
        [("settlements", "po_1", "different")],
        Decimal("-0.001"),
    ),
    "a fee is not that of the payment": (
        "UPDATE payments SET fee = 1.0101 WHERE payment_id = 'pi_1'",
        [("fees", "ch_1", "different")],
        Decimal("-0.0001"),
    ),
    "a payout is in the ledger twice": (
        "INSERT INTO balance_transactions SELECT * REPLACE ('txn_99' AS transaction_id) "
        "FROM balance_transactions WHERE transaction_id = 'txn_11'",
        [("payouts", "po_1", "different")],
        Decimal("-46.92"),
    ),
    "a payout is there twice": (
        "INSERT INTO payouts SELECT * REPLACE ('po_9' AS payout_id) FROM payouts WHERE payout_id = 'po_1'",
        [("payouts", "po_9", "no_entry")],
        Decimal("46.92"),
    ),
    "a payment has another amount": (
        "UPDATE payments SET amount = 30.01 WHERE payment_id = 'pi_2'",
        [("payments", "ch_2", "different")],
        Decimal("-0.01"),
    ),
    "a payment is not known as captured": (
        "UPDATE payments SET status = 'authorised' WHERE payment_id = 'pi_2'",
        [("payments", "ch_2", "different")],
        Decimal("30"),
    ),
    "a dispute that was lost is taken for won": (
        "UPDATE disputes SET status = 'won' WHERE dispute_id = 'dp_1'",
        [("disputes", "dp_1", "different")],
        Decimal("-10"),
    ),
    "an entry names nothing": (
        "UPDATE balance_transactions SET source_id = NULL WHERE transaction_id = 'txn_15'",
        [("payments", "ch_7", "no_entry"), ("payments", None, "no_object")],  # type: ignore[list-item]
        Decimal(0),
    ),
    "an entry left with a payout that is unknown": (
        "UPDATE balance_transactions SET payout_id = 'po_8' WHERE transaction_id = 'txn_15'",
        [("settlements", "po_8", "no_object")],
        Decimal("19"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("sql", "unequal", "difference"), ERRORS.values(), ids=ERRORS)
def test_each_error_is_found_where_it_is(
    books: Books, sql: str, unequal: list[tuple[str, str, str]], difference: Decimal
) -> None:
    books.change(sql)

    assert books.unequal() == unequal
    found = books.double_entry().discrepancies
    assert sum(item.sources for item in found) == len(unequal)
    assert sum(item.difference for item in found) == difference


def test_a_discrepancy_names_day_currency_and_amounts(books: Books) -> None:
    books.change("UPDATE refunds SET amount = 5.2 WHERE refund_id = 're_1'")
    books.change("UPDATE refunds SET amount = 19.85 WHERE refund_id = 're_3'")
    [found] = books.double_entry().discrepancies
    sums = (Decimal("-25.0500"), Decimal("-25.0500"), Decimal(0))
    assert found == Discrepancy(DAY, "EUR", "refunds", 2, *sums), "two that cancel out are still two that differ"


def test_what_was_converted_is_compared_by_its_presence(books: Books) -> None:
    books.change("UPDATE payments SET currency = 'CHF', amount = 31.20 WHERE payment_id = 'pi_2'")
    found = books.double_entry()
    assert (found.discrepancies, found.converted) == ((), 1)
    books.change("UPDATE payments SET status = 'failed' WHERE payment_id = 'pi_2'")
    assert books.unequal() == [("payments", "ch_2", "different")], "nothing was captured, and the ledger has money"


def test_an_entry_in_a_second_currency_is_no_conversion(books: Books) -> None:
    books.add("balance_transactions", entry(20, "charge", "ch_2", "9.00", currency="USD"))
    [found] = books.double_entry().discrepancies
    assert (found.part, found.currency, found.difference) == ("payments", "USD", Decimal("9.0000"))
    assert books.unequal() == [("payments", "ch_2", "no_object")]


def test_a_refund_that_is_open_may_be_in_the_ledger_or_not(books: Books) -> None:
    books.add("balance_transactions", entry(20, "refund", "re_5", "-2.00"))
    assert books.unequal() == []
    books.change("UPDATE balance_transactions SET amount = -1, net = -1 WHERE transaction_id = 'txn_20'")
    assert books.unequal() == [("refunds", "re_5", "different")]


def test_the_last_two_days_are_not_overdue(books: Books) -> None:
    books.change("DELETE FROM refunds WHERE refund_id = 're_1'")
    found = books.double_entry()
    assert found.overdue(DAY + timedelta(days=1)) == ()
    assert found.overdue(DAY + GRACE) == found.discrepancies


def test_a_hundred_thousand_of_the_greatest_amounts_add_up(books: Books) -> None:
    greatest = "999999999999999.999"
    books.change(
        "INSERT INTO balance_transactions (transaction_id, source_id, reporting_category, amount, fee, net, currency, "
        f"created_at) SELECT 'big_' || i, 'tu_' || i, 'topup', {greatest}, 0, {greatest}, 'JPY', TIMESTAMP '{AT}' "
        "FROM range(100000) AS numbers(i)"
    )
    assert books.double_entry().discrepancies == ()
    [row] = books.rows("SELECT due FROM balance_transactions_daily WHERE currency = 'JPY'")
    assert row["due"] == Decimal(greatest) * 100_000
