"""Checks that contracts declare: their queries on a real view, what they warn of, and that they only read."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import dagster as dg
import pytest

from txplatform.clock import utc_now
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.quality import Bound, Quality, Reference, SqlCheck
from txplatform.definitions import compose
from txplatform.defs.quality.checks import number_of, quality_checks
from txplatform.defs.resources import PlatformResource
from txplatform.errors import QueryError
from txplatform.lake.volume import UnusualDay, unusual_days
from txplatform.warehouse.quality_statements import sql_check
from txplatform_tests.defs.graph import reviewed
from txplatform_tests.lake_stand import Stand, payment


def _bound(operator: str, *numbers: str) -> Bound:
    return Bound(operator, tuple(map(Decimal, numbers)))


@pytest.mark.parametrize(
    ("bound", "holding", "broken"),
    [
        (_bound("mustBe", "1"), "1.0", "1.01"),
        (_bound("mustNotBe", "1"), "2", "1"),
        (_bound("mustBeGreaterThan", "1"), "1.1", "1"),
        (_bound("mustBeGreaterOrEqualTo", "1"), "1", "0.9"),
        (_bound("mustBeLessThan", "1"), "0.9", "1"),
        (_bound("mustBeLessOrEqualTo", "1"), "1", "1.1"),
        (_bound("mustBeBetween", "1", "2"), "2", "2.1"),
        (_bound("mustNotBeBetween", "1", "2"), "2.1", "1"),
    ],
    ids=lambda value: value.operator if isinstance(value, Bound) else "",
)
def test_a_number_is_held_against_a_bound(bound: Bound, holding: str, broken: str) -> None:
    assert bound.holds(Decimal(holding))
    assert not bound.holds(Decimal(broken))


def test_a_query_yields_one_number_or_is_no_check() -> None:
    assert number_of([{"a": 3}], "n") == 3
    assert number_of([{"a": Decimal("0.10")}], "n") == Decimal("0.10")
    assert number_of([{"a": None}], "n") is None
    wrong: list[list[dict[str, Any]]] = [[], [{"a": True}], [{"a": 1}, {"a": 2}], [{"a": 1, "b": 2}], [{"a": "text"}]]
    for rows in wrong:
        with pytest.raises(QueryError, match="the SQL check n does not yield one number"):
            number_of(rows, "n")


def test_declared_checks_run_on_the_view_and_warn_or_fail(stand: Stand) -> None:
    entity = stand.contract.name
    checks = (
        SqlCheck("few", "SELECT count(*) FROM {object} -- all", (_bound("mustBeLessThan", "3"),), "Few.", "error"),
        SqlCheck("none", "SELECT max(amount) FROM ${table}", (_bound("mustBe", "0"),), "", "warning"),
    )
    contract = replace(
        stand.contract,
        quality=Quality(sql_checks=checks, references=(Reference("order_reference", entity, "payment_id"),)),
    )
    now = utc_now().isoformat().replace("+00:00", "Z")
    stand.put_changes(
        "one",
        [
            (1, payment("p1", created_at=now, order_reference="p2"), False),
            (2, payment("p2", created_at=now, order_reference="p9"), False),
        ],
    )
    stand.ingest_changes()
    stand.view()
    platform = PlatformResource.with_variables({"AWS_REGION": stand.settings.region, **stand.environment})
    defs = quality_checks(contract, [entity])
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.Definitions(asset_checks=defs, resources={"platform": platform})
        job = dg.define_asset_job("checks", dg.AssetSelection.checks(*defs))
        resolved = dg.Definitions.merge(result, dg.Definitions(jobs=[job])).resolve_job_def("checks")
        found = {
            item.check_name: item
            for item in resolved.execute_in_process(instance=instance).get_asset_check_evaluations()
        }

    assert {name: item.passed for name, item in found.items()} == {
        "quality_few": True,
        "quality_none": False,
        "references_order_reference": False,
    }
    assert found["quality_none"].severity is dg.AssetCheckSeverity.WARN
    assert found["quality_none"].metadata["measured"].value == "12.30"
    counts = {name: found["references_order_reference"].metadata[name].value for name in ("checked", "absent")}
    assert counts == {"checked": 2, "absent": 1}


def test_a_query_is_a_part_of_another_one() -> None:
    contract = load_contracts()["balance_transactions"]
    (check,) = contract.quality.sql_checks

    sql = sql_check(contract, check)

    assert sql.startswith("SELECT * FROM (\nSELECT count(*)")
    assert 'FROM "balance_transactions"' in sql
    assert sql.endswith("LIMIT 2")


def test_the_sensor_evaluates_the_declared_checks_and_a_reference_needs_its_entity() -> None:
    payments = load_contracts()["payments"]
    assert quality_checks(payments, ["payments"]) == []
    assert [
        check.check_key.name for check in quality_checks(payments, ["payments", "customers"]) for check in [check]
    ] == ["references_customer_id"]
    sensor = next(item for item in reviewed().sensors or [] if item.name == "quality_sensor")
    assert sensor.asset_selection is not None
    keys = sensor.asset_selection.resolve_checks(reviewed().resolve_asset_graph())
    assert {(key.asset_key.to_user_string(), key.name) for key in keys} == {("payments", "references_customer_id")}
    assert compose({"payments": payments}, PlatformResource())


def test_a_declared_check_is_evaluated_once_an_hour() -> None:
    definitions, cursor, requested = reviewed(), None, list[int]()
    selection = dg.AssetSelection.checks(dg.AssetCheckKey(dg.AssetKey("payments"), "references_customer_id"))
    with dg.DagsterInstance.ephemeral() as instance:
        for minutes in range(0, 130, 10):
            moment = datetime.fromisoformat("2026-11-20T12:00:10Z") + timedelta(minutes=minutes)
            result = dg.evaluate_automation_conditions(
                definitions, instance, selection, evaluation_time=moment, cursor=cursor
            )
            cursor = result.cursor
            requested += [minutes] * result.total_requested
    assert requested == [20, 80]


DAYS = [date(2026, 1, day) for day in range(1, 10)]


@pytest.mark.parametrize(
    ("rows", "unusual"),
    [
        ([100, 100, 10], []),
        ([100, 100, 100, 50, 200], []),
        ([100, 100, 100, 49], [UnusualDay(DAYS[3], 49, 100.0)]),
        ([100, 100, 100, 201], [UnusualDay(DAYS[3], 201, 100.0)]),
        ([0, 0, 0, 1], [UnusualDay(DAYS[3], 1, 0.0)]),
        ([1, 1, 100, 100, 100, 100, 100, 100, 10], [UnusualDay(DAYS[8], 10, 100.0)]),
    ],
    ids=range(6),
)
def test_the_last_day_is_held_against_the_median_before_it(rows: list[int], unusual: list[UnusualDay]) -> None:
    held = dict(zip(DAYS, rows, strict=False))
    assert unusual_days(held, [max(held)]) == unusual
    assert unusual_days(held, [date(2027, 1, 1)]) == []
