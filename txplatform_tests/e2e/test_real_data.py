"""Data that nobody here made up arrives in Athena exactly: every row, every digit, whatever is repeated or shuffled."""

import gzip
import random
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from txplatform.client import Operation
from txplatform.contracts.loader import ENTITIES, load_contracts
from txplatform_tests.e2e import real_data as real
from txplatform_tests.e2e.backfills import dagster
from txplatform_tests.e2e.flow import Platform, twice_and_shuffled

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.timeout(900),
]


_DAYS = None if real.USED == "complete" else 100  # more than one MERGE writes to
_PAYMENTS = (
    "SELECT count(*) AS payments, sum(amount) AS value, sum(items_count) AS items, "
    "count(DISTINCT CAST(created_at AS date)) AS days, count(DISTINCT customer_id) AS customers "
    "FROM payments WHERE merchant_id = 'cdnow'"
)


def _csv(purchases: list[real.Purchase]) -> bytes:
    lines = [real.CSV_HEADER, *(purchase.as_csv() for purchase in purchases)]
    return gzip.compress("\n".join(lines).encode() + b"\n", mtime=0)


def _drop(platform: Platform, deliveries: Iterable[tuple[date, list[real.Purchase]]]) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda item: platform.drop("payments", item[0], "cdnow.csv.gz", _csv(item[1])), deliveries))


def _sums(purchases: list[real.Purchase]) -> dict[str, Any]:
    return {
        "payments": len(purchases),
        "value": sum((purchase.dollars for purchase in purchases), Decimal(0)),
        "items": sum(purchase.items for purchase in purchases),
        "days": len({purchase.day for purchase in purchases}),
        "customers": len({purchase.customer for purchase in purchases}),
    }


@pytest.fixture(autouse=True, params=[real.USED])
def _data() -> None:
    """Put into each test's name whether its data is complete or the sample."""


@pytest.fixture
def old_contracts(tmp_path: Path) -> Path:
    """The shipped contracts, with days of payments that begin where the purchases do."""
    folder = tmp_path / "contracts"
    shutil.copytree(ENTITIES, folder)
    text = (folder / "payments.yaml").read_text(encoding="utf-8")
    first_day = f'"{load_contracts()["payments"].files_from}"'
    assert first_day in text
    (folder / "payments.yaml").write_text(text.replace(first_day, '"1997-01-01"'), encoding="utf-8")
    return folder


def test_backfill_of_every_day_then_doubled_shuffled_corrected_and_deleted(
    platform: Platform, old_contracts: Path, tmp_path: Path
) -> None:
    days = dict(islice(real.purchases_by_day().items(), _DAYS))
    purchases = [purchase for day in days.values() for purchase in day]
    chance = random.Random(11)
    again = list(days)[: len(days) // 5]  # one stretch, which a backfill takes in one run
    chance.shuffle(again)
    later = {day: real.corrected(days[day], chance) for day in again}
    final = [purchase for day, delivered in days.items() for purchase in later.get(day, delivered)]
    repeated = sum(len(days[day]) for day in again)
    assert len(purchases) - len(final) > repeated // 100
    assert sum(purchase.version for purchase in final) > repeated // 40

    environment = {**platform.environment, "TXP_CONTRACTS_DIR": str(old_contracts)}
    with dagster(tmp_path, environment) as backfills:
        backfills.stop_sensor("raw_files_sensor")
        backfills.stop_sensor("fold_sensor")
        _drop(platform, days.items())
        assert backfills.backfill("payments_files", list(map(str, days)), 600) == "COMPLETED_SUCCESS"
        platform.fold("payments")
        assert platform.one(_PAYMENTS) == _sums(purchases)

        _drop(platform, ((day, twice_and_shuffled(later[day], seed=day.toordinal())) for day in again))
        assert backfills.backfill("payments_files", sorted(map(str, again)), 600) == "COMPLETED_SUCCESS"
    platform.fold("payments")
    assert platform.one(_PAYMENTS) == _sums(final)


def _trade_messages() -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each trade with what follows it: 5% are corrected, 2% are deleted."""
    chance = random.Random(7)
    for trade in real.kraken_trades():
        later: list[dict[str, Any]] = []
        draw = chance.random()
        if draw < 0.05:
            price = format(Decimal(trade["price"]) + Decimal("0.01"), "f")
            notional = format(Decimal(price) * Decimal(trade["quantity"]), "f")
            moment = trade["updated_at"] + 1
            later.append({**trade, "price": price, "notional": notional, "updated_at": moment})
        elif draw < 0.07:
            gone = {name: trade[name] for name in ("venue", "trade_id")} | {"updated_at": trade["updated_at"] + 2}
            later.append({"op": "delete", "record": gone})
        yield trade, later


def _state(trades: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "trades": len(trades),
        "quantity": sum((Decimal(trade["quantity"]) for trade in trades), Decimal(0)),
        "notional": sum((Decimal(trade["notional"]) for trade in trades), Decimal(0)),
        "price": sum((Decimal(trade["price"]) for trade in trades), Decimal(0)),
    }


_TRADES = (
    "SELECT count(*) AS trades, sum(quantity) AS quantity, sum(notional) AS notional, sum(price) AS price "
    "FROM trades WHERE venue = 'kraken' AND symbol = 'XBT/USDT'"
)


def test_trades_through_the_queue_then_doubled_shuffled_corrected_and_deleted(platform: Platform) -> None:
    story = list(_trade_messages())
    platform.send("trades", [trade for trade, _ in story])
    report = platform.drain("trades")
    assert report.checked >= len(story)
    assert platform.one(_TRADES) == _state([trade for trade, _ in story])

    everything = [message for trade, later in story for message in (trade, *later)]
    assert len(everything) > 1.05 * len(story)
    platform.send("trades", twice_and_shuffled(everything, seed=3))
    report = platform.drain("trades", timeout=240)
    assert (report.missing, report.extra, report.different, report.in_flight) == (0, 0, 0, 0)
    final = [later[-1] if later else trade for trade, later in story if not (later and later[-1].get("op") == "delete")]
    assert platform.one(_TRADES) == _state(final)

    platform.fold("trades")  # which changes nothing
    assert platform.one(_TRADES) == _state(final)


def test_accounts_through_the_api_then_doubled_shuffled_changed_and_deleted(platform: Platform) -> None:
    accounts = real.salesforce_accounts()
    customers = platform.api.entity("customers")
    for account in accounts:
        assert customers.create(account).created
    platform.drain("customers")
    keys = ", ".join(f"'{account['customer_id']}'" for account in accounts)
    sql = (
        "SELECT count(*) AS customers, sum(balance) AS balance, "
        "array_join(array_agg(city ORDER BY city), '|') AS cities "
        f"FROM customers WHERE customer_id IN ({keys})"
    )
    assert platform.one(sql) == {
        "customers": len(accounts),
        "balance": sum((Decimal(account["balance"]) for account in accounts), Decimal(0)),
        "cities": "|".join(sorted(account["city"] for account in accounts)),
    }

    changed = {**accounts[0], "balance": "99999999999999.99", "updated_at": "2026-02-01T00:00:00Z"}
    gone = {"customer_id": accounts[1]["customer_id"], "updated_at": "2026-02-02T00:00:00Z"}
    operations = [Operation("upsert", record) for record in (*accounts, changed)]
    operations.append(Operation("delete", gone))
    for operation in twice_and_shuffled(operations, seed=5):
        (result,) = customers.batch([operation])
        assert not result.rejected
    report = platform.drain("customers")
    assert report.equal
    kept = [changed, *accounts[2:]]
    assert platform.one(sql)["balance"] == sum(Decimal(account["balance"]) for account in kept)
    assert platform.one(sql)["customers"] == len(kept)


def test_the_parity_check_of_dagster_is_green(platform: Platform) -> None:
    for entity in ("payments", "trades", "customers"):
        assert platform.drain(entity).samples == ()
        result = platform.materialize(f"{entity}_snapshot", entity)
        (evaluation,) = [check for check in result.get_asset_check_evaluations() if check.check_name == "parity"]
        assert evaluation.passed
