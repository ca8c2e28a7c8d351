"""What a processor's ledger does beside plain charges and refunds: the double entry and the marts stay right."""

from collections.abc import Iterator

import pytest

from txplatform_tests.warehouse.books import Books, entry, payment, payout, refund


@pytest.fixture
def books() -> Iterator[Books]:
    made = Books()
    yield made
    made.close()


def figures(books: Books, mart: str, *names: str) -> list[str]:
    [row] = books.rows(f"SELECT * FROM {mart}")
    return [f"{row[name].normalize():f}" for name in names]


@pytest.fixture
def partly_captured(books: Books) -> Books:
    """100 authorised and 70 captured: the ledger has all of it, and a refund of what was not captured."""
    books.add("payments", payment(1, "70.00", fee="3.20"))
    books.add("refunds", refund(1, "30.00"))
    books.add(
        "balance_transactions",
        entry(1, "charge", "ch_1", "100.00", "3.20"),
        entry(2, "partial_capture_reversal", "re_1", "-30.00", "-0.87", type="refund"),
    )
    return books


def test_a_partial_capture_is_no_refund(partly_captured: Books) -> None:
    assert partly_captured.unequal() == []
    names = ("captured", "refunded", "fees", "net")
    assert figures(partly_captured, "balance_transactions_daily", *names) == ["70", "0", "2.33", "67.67"]
    assert figures(partly_captured, "payments_net_revenue", *names) == ["70", "0", "2.33", "67.67"]


def test_what_was_not_captured_belongs_to_its_charge(partly_captured: Books) -> None:
    partly_captured.change("UPDATE payments SET amount = 71")
    assert partly_captured.unequal() == [("payments", "ch_1", "different")]


def test_several_captures_are_one_payment(books: Books) -> None:
    books.add("payments", payment(1, "50.00"))
    books.add("balance_transactions", entry(1, "charge", "ch_1", "20.00"), entry(2, "charge", "ch_1", "30.00"))
    assert books.unequal() == []


def test_an_authorisation_that_was_released_is_no_refund(books: Books) -> None:
    books.add("payments", payment(1, "9.00", "failed"), payment(3, "20.00"))
    books.add("refunds", refund(1, "9.00"))
    books.add("balance_transactions", entry(1, "charge", "ch_3", "20.00"))
    assert books.unequal() == []
    assert figures(books, "payments_net_revenue", "captured", "refunded", "net") == ["20", "0", "20"]
    books.add("balance_transactions", entry(2, "refund", "re_1", "-9.00"))
    assert books.unequal() == [("refunds", "re_1", "different")], "money came back that was never taken"


def test_a_debit_that_bounced_took_and_returned_its_amount(books: Books) -> None:
    books.add("payments", payment(1, "10.00", "failed", fee="0.80"))
    books.add(
        "balance_transactions",
        entry(1, "charge", "ch_1", "10.00", "0.80", type="payment"),
        entry(2, "charge_failure", "ch_1", "-10.00", "4.00", type="payment_failure_refund"),
    )
    assert books.unequal() == []


def test_a_payment_that_is_there_twice_is_found(books: Books) -> None:
    books.add("payments", payment(1, "10.00"), payment(9, "10.00", charge_id="ch_1"))
    books.add("balance_transactions", entry(1, "charge", "ch_1", "10.00"))
    assert books.unequal() == [("payments", "ch_1", "different")]


def test_what_came_back_from_a_bank_leaves_with_the_next_payout(books: Books) -> None:
    books.add("payments", payment(1, "12.00"))
    books.add("payouts", payout(1, "5.00", "failed"), payout(2, "12.00"))
    books.add(
        "balance_transactions",
        entry(1, "charge", "ch_1", "12.00", payout_id="po_1"),
        entry(2, "risk_reserved_funds", None, "-7.00", payout_id="po_1"),
        entry(3, "payout", "po_1", "-5.00", payout_id="po_1"),
        entry(4, "payout_reversal", "po_1", "5.00", payout_id="po_2"),
        entry(5, "risk_reserved_funds", None, "7.00", payout_id="po_2"),
        entry(6, "payout", "po_2", "-12.00", payout_id="po_2"),
    )
    assert books.unequal() == []
    names = ("captured", "other", "paid_out", "due")
    assert figures(books, "balance_transactions_daily", *names) == ["12", "0", "12", "0"]


def test_a_payout_that_is_reversed_is_a_payout_of_its_own(books: Books) -> None:
    books.add("payouts", payout(1, "5.00"), payout(2, "-5.00"))
    books.add(
        "balance_transactions",
        entry(1, "payout", "po_1", "-5.00", payout_id="po_1"),
        entry(2, "payout_reversal", "po_2", "5.00", payout_id="po_2"),
    )
    assert books.unequal() == []


@pytest.mark.parametrize("category", ["fee", "network_cost"])
def test_a_fee_with_an_entry_of_its_own_is_a_fee(books: Books, category: str) -> None:
    books.add("balance_transactions", entry(1, category, None, "-1.50"))
    assert figures(books, "balance_transactions_daily", "fees", "other", "net") == ["1.5", "0", "-1.5"]
    assert figures(books, "payments_net_revenue", "fees", "net") == ["1.5", "-1.5"]


def test_entries_of_a_category_that_is_not_known_count_as_other(books: Books) -> None:
    books.add("balance_transactions", entry(1, "some_day_new", "xx_1", "-2.00", "0.10"))
    assert books.unequal() == []
    assert figures(books, "balance_transactions_daily", "other", "fees", "due") == ["-2", "0.1", "-2.1"]


def test_a_yen_has_no_decimals_and_a_dinar_three(books: Books) -> None:
    books.add("payments", payment(1, "1099", currency="JPY"))
    books.add(
        "balance_transactions",
        entry(1, "charge", "ch_1", "1099", "40", currency="JPY"),
        entry(2, "topup", "tu_1", "1.234", "0.036", currency="KWD"),
    )
    rows = books.rows("SELECT currency, due FROM balance_transactions_daily ORDER BY currency")
    assert [(row["currency"], str(row["due"])) for row in rows] == [("JPY", "1059.000"), ("KWD", "1.198")]
    assert books.unequal() == []
