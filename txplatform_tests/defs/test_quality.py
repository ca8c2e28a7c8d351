"""The quality view of an entity: its figures over a real quarantine, its plot, and when it is made."""

from datetime import date, datetime, timedelta

import dagster as dg
import pytest

from txplatform.clock import utc_now
from txplatform.definitions import compose
from txplatform.defs.quality.plot import days_plot, rules_table
from txplatform.defs.resources import PlatformResource
from txplatform_tests.defs.graph import reviewed
from txplatform_tests.lake_stand import Stand, csv_of, payment

MINUTE = timedelta(minutes=1)
NOON = datetime.fromisoformat("2026-11-20T12:00:10Z")
QUALITY = dg.AssetKey("trades_quality")
REFUSED = dg.AssetMaterialization("trades_quarantine")


def test_refused_rows_are_counted_by_day_lane_and_rule(stand: Stand) -> None:
    entity, today = stand.contract.name, utc_now().date()
    old = today - timedelta(days=60)
    records = [payment("p1", status="odd"), payment("p2", amount="1.005", status="odd"), payment("p3")]
    for day in (today, old):
        stand.put_file(day, "a.csv", csv_of(records))
    stand.ingest_files(today, old)
    stand.put_changes("one", [(1, payment("p4", status="odd"), False)])
    stand.ingest_changes()
    platform = PlatformResource.with_variables({"AWS_REGION": stand.settings.region, **stand.environment})
    job = compose({entity: stand.contract}, platform).resolve_implicit_global_asset_job_def()
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, asset_selection=[dg.AssetKey(f"{entity}_quality")])
        (event,) = result.asset_materializations_for_node(f"{entity}_quality")
    assert event.metadata["rows_refused"].value == 3
    plot = event.metadata["by_day"].value
    assert f"| {today} | files | 2 | `{'█' * 40}` |" in plot
    assert f"| {today} | changes | 1 | `{'█' * 20}` |" in plot
    assert str(old) not in plot
    rules = [record.data for record in event.metadata["by_rule"].value.records]
    assert rules == [
        {"lane": "files", "field": "status", "rule": "enum", "rows": 2},
        {"lane": "changes", "field": "status", "rule": "enum", "rows": 1},
        {"lane": "files", "field": "amount", "rule": "scale", "rows": 1},
    ]
    counted = stand.athena.arrow(
        f"SELECT refused_rows, last_refused_at FROM {entity}_quality WHERE dt = DATE '{old}' AND rule = 'enum'"
    ).to_pylist()
    assert [row["refused_rows"] for row in counted] == [2]
    assert counted[0]["last_refused_at"].date() == today


def test_a_plot_of_nothing_says_so_and_a_small_day_has_a_bar() -> None:
    assert days_plot([]).value == "nothing was refused"
    days = [{"dt": date(2026, 1, day), "lane": "files", "refused": count} for day, count in ((1, 1), (2, 1_000_000))]
    assert days_plot(days).value.splitlines()[2:] == [
        "| 2026-01-01 | files | 1 | `█` |",
        f"| 2026-01-02 | files | 1,000,000 | `{'█' * 40}` |",
    ]
    (record,) = rules_table([{"lane": "files", "field": "", "rule": "file.empty", "refused": 2}]).records
    assert record.data == {"lane": "files", "field": "(whole row)", "rule": "file.empty", "rows": 2}


@pytest.fixture
def instance() -> dg.DagsterInstance:
    return dg.DagsterInstance.ephemeral()


def test_it_is_counted_once_before_and_then_in_quarters_in_which_rows_were_refused(
    instance: dg.DagsterInstance,
) -> None:
    definitions, cursor, made = reviewed(), None, list[int]()
    for minutes in range(0, 61, 5):
        if minutes == 30:
            instance.report_runless_asset_event(REFUSED)
        result = dg.evaluate_automation_conditions(
            definitions,
            instance,
            dg.AssetSelection.assets(QUALITY),
            evaluation_time=NOON + minutes * MINUTE,
            cursor=cursor,
        )
        cursor = result.cursor
        if result.get_num_requested(QUALITY):
            made.append(minutes)
            instance.report_runless_asset_event(dg.AssetMaterialization(QUALITY))
    assert made == [15, 30]
