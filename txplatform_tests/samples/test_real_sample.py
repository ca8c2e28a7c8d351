"""The shipped sample holds what makes real data hard, so that tests on it are worth their time."""

import random
from collections import Counter

from txplatform_tests.e2e import real_data as real


def test_purchases_cover_many_days_and_some_repeat_another() -> None:
    days = real.purchases_by_day(real.SAMPLE)
    assert (max(days) - min(days)).days + 1 == len(days) == 180  # one stretch, which a backfill takes in one run
    same = Counter((item.customer, item.day, item.items, item.dollars) for bought in days.values() for item in bought)
    assert sum(times - 1 for times in same.values()) == 49
    keys = [item.as_csv().partition(",")[0] for bought in days.values() for item in bought]
    assert len(keys) == len(set(keys)) == 635


def test_some_purchases_are_corrected_later_and_some_are_gone() -> None:
    bought = [item for day in real.purchases_by_day(real.SAMPLE).values() for item in day]
    later = real.corrected(bought, random.Random(11))
    assert len(later) < len(bought)
    assert any(item.version for item in later)


def test_trades_keep_the_digits_of_their_publisher() -> None:
    trades = real.kraken_trades(real.SAMPLE)
    assert len({trade["trade_id"] for trade in trades}) == len(trades) == 250
    assert {trade["side"] for trade in trades} == {"b", "s"}
    text = (real.SAMPLE / "kraken_trades.json").read_text()
    assert all(f'"{trade["price"]}", "{trade["quantity"]}", {trade["executed_at"]}' in text for trade in trades)


def test_accounts() -> None:
    assert [account["city"] for account in real.salesforce_accounts(real.SAMPLE)] == [
        "Belmont",
        "San Francisco",
        "New York",
    ]
