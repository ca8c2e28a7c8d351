"""The check of the double entry: what it reports, how severe it is, and when it raises an alert."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import dagster as dg
import pytest

from txplatform.clock import utc_now
from txplatform.contracts.loader import load_contracts
from txplatform.definitions import compose
from txplatform.defs.marts import checks
from txplatform.defs.marts.checks import DOUBLE_ENTRY
from txplatform.defs.resources import PlatformResource
from txplatform.warehouse.double_entry import GRACE, MART, Discrepancy, DoubleEntry
from txplatform_tests.defs.bench import Bench

KEY = dg.AssetCheckKey(dg.AssetKey(MART), DOUBLE_ENTRY)
OVERDUE, RECENT = GRACE, GRACE - timedelta(days=1)


def discrepancy(age: timedelta, sources: int = 1, part: str = "refunds") -> Discrepancy:
    sums = (Decimal("-25.0500"), Decimal("-25.1500"), Decimal("0.1000"))
    return Discrepancy(utc_now().date() - age, "EUR", part, sources, *sums)


@pytest.fixture
def check(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dg.AssetCheckEvaluation]:
    """Evaluate the check over these discrepancies."""

    def evaluate(*found: Discrepancy) -> dg.AssetCheckEvaluation:
        monkeypatch.setattr(checks, "read_double_entry", lambda _: DoubleEntry(30, 2, found))
        result = dg.materialize(
            [bench.repository.asset_checks_defs_by_key[KEY]],
            instance=bench.instance,
            selection=dg.AssetSelection.checks(KEY),
        )
        assert result.success, "it blocks nothing"
        [evaluation] = result.get_asset_check_evaluations()
        return evaluation

    return evaluate


def test_books_that_add_up_pass_and_say_how_much_was_compared(check: Callable[..., Any], bench: Bench) -> None:
    evaluation = check()
    assert evaluation.passed
    values = {name: entry.value for name, entry in evaluation.metadata.items() if name != "discrepancies"}
    assert values == {"compared": 30, "compared_by_presence": 2, "differing": 0}
    assert bench.alerts() == []


def test_a_difference_of_the_last_two_days_is_a_warning_alone(check: Callable[..., Any], bench: Bench) -> None:
    evaluation = check(discrepancy(RECENT))
    assert (evaluation.passed, evaluation.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert bench.alerts() == []


def test_a_difference_of_an_earlier_day_is_an_error_with_its_amounts_and_one_alert(
    check: Callable[..., Any], bench: Bench
) -> None:
    found = discrepancy(OVERDUE, 2)
    evaluation = check(discrepancy(RECENT), found)
    assert (evaluation.passed, evaluation.severity) == (False, dg.AssetCheckSeverity.ERROR)
    _, row = evaluation.metadata["discrepancies"].value.records
    assert row.data == {
        "day": str(found.day),
        "currency": "EUR",
        "part": "refunds",
        "sources": "2",
        "in_ledger": "-25.0500",
        "expected": "-25.1500",
        "difference": "0.1000",
    }
    assert evaluation.metadata["differing"].value == 3
    (alert,) = bench.alerts()
    assert alert.startswith("balance_transactions: 1 sum of a day does not add up")
    assert f"{found.day} EUR refunds: 2 differ, by 0.1000 in sum" in alert


def test_while_it_is_red_what_is_new_or_larger_is_alerted_again(check: Callable[..., Any], bench: Bench) -> None:
    check(discrepancy(OVERDUE, 2))
    assert len(bench.alerts()) == 1
    check(discrepancy(OVERDUE, 2))
    check(discrepancy(OVERDUE, 1))
    assert bench.alerts() == []
    check(discrepancy(OVERDUE, 1), discrepancy(OVERDUE, 1, "payouts"))
    assert len(bench.alerts()) == 1


def test_the_check_and_its_mart_need_every_entity_that_they_compare() -> None:
    contracts = load_contracts()
    graph = compose(contracts, PlatformResource()).get_repository_def().asset_graph
    parents = {key.to_user_string() for key in graph.get(dg.AssetKey(MART)).parent_keys}
    assert parents == {"balance_transactions", "payments", "refunds", "disputes", "payouts"}
    assert KEY in graph.asset_check_keys
    without = {name: contract for name, contract in contracts.items() if name != "disputes"}
    graph = compose(without, PlatformResource()).get_repository_def().asset_graph
    assert dg.AssetKey(MART) not in graph.get_all_asset_keys()
    assert KEY not in graph.asset_check_keys
