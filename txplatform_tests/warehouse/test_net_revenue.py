"""Net revenue by day, currency and merchant: what was captured less what was given back, lost or kept by processors."""

from collections.abc import Iterator

import pytest

from txplatform_tests.warehouse.books import Books, dispute, entry, payment, refund

NEXT = "2026-11-03 10:00:00"


@pytest.fixture
def books() -> Iterator[Books]:
    made = Books()
    yield made
    made.close()


def revenue(books: Books) -> dict[tuple[str, str, str], list[str]]:
    names = ("captured", "refunded", "disputed", "won", "fees", "net")
    return {
        (f"{row['day']:%d}", row["currency"], row["merchant"]): [f"{row[name].normalize():f}" for name in names]
        for row in books.rows("SELECT * FROM payments_net_revenue")
    }


def test_each_movement_counts_on_its_day_for_the_merchant_of_its_payment(books: Books) -> None:
    books.add("payments", payment(1, "50.05"), payment(2, "30.00"), payment(3, "8.00", currency="CHF"))
    books.add("payments", payment(5, "9.00", "authorised"), payment(7, "7.00", "failed"))
    books.add("refunds", refund(1, "5.10", created_at=NEXT), refund(2, "4.00", "failed"))
    books.add("disputes", dispute(1, "10.00", "lost"), dispute(2, "2.00", "won"), dispute(3, "1.00", "inquiry"))
    books.add(
        "balance_transactions",
        entry(1, "charge", "ch_1", "50.05", "1.011"),
        entry(2, "dispute", "dp_1", "-10.00", "15.00", created_at=NEXT),
        entry(3, "fee", None, "0", "0.5"),
    )
    assert revenue(books) == {
        ("02", "EUR", "mer_1"): ["50.05", "0", "10", "0", "1.011", "39.039"],
        ("02", "EUR", "mer_0"): ["30", "0", "0", "2", "0", "30"],
        ("02", "CHF", "mer_1"): ["8", "0", "0", "0", "0", "8"],
        ("03", "EUR", "mer_1"): ["0", "5.1", "0", "0", "15", "-20.1"],
        ("02", "EUR", "unattributed"): ["0", "0", "0", "0", "0.5", "-0.5"],
    }


def test_a_fee_is_that_of_the_ledger_where_it_has_the_charge_else_that_of_the_payment(books: Books) -> None:
    books.add("payments", payment(1, "10.00", fee="0.2501"), payment(3, "10.00", fee="0.3", charge_id=None))
    assert revenue(books)["02", "EUR", "mer_1"][4:] == ["0.5501", "19.4499"]
    books.add("balance_transactions", entry(1, "charge", "ch_1", "10.00", "0.25"))
    assert revenue(books)["02", "EUR", "mer_1"][4:] == ["0.55", "19.45"]


def test_a_payment_that_only_says_it_was_refunded_was_refunded_in_full_and_once(books: Books) -> None:
    books.add("payments", payment(1, "10.00", "refunded"), payment(3, "20.00", "refunded"))
    books.add("refunds", refund(3, "15.00"), refund(9, "5.00", payment_id="pi_3"))
    assert revenue(books)["02", "EUR", "mer_1"] == ["30", "30", "0", "0", "0", "0"]
