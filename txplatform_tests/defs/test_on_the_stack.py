"""Sensor, run and ledger on the local stack: a dropped file becomes a partition, views are proven and shown."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import dagster as dg
import pytest

from txplatform.aws import AwsClients
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.names import Lane, lane_prefix
from txplatform.definitions import compose
from txplatform.defs.current.checks import latest_parity
from txplatform.defs.resources import PlatformResource
from txplatform_tests.dashboards.fabricated import figures_in
from txplatform_tests.defs.bench import Bench, materializations

pytestmark = pytest.mark.e2e

DAY = date(2021, 3, 14)


@pytest.fixture
def live(aws: AwsClients, stack_env: dict[str, str]) -> Iterator[Bench]:
    platform = PlatformResource.with_variables(stack_env)
    repository = compose(load_contracts(), platform).get_repository_def()
    with dg.DagsterInstance.ephemeral() as instance:
        yield Bench(platform, repository, instance, queue_url="")


def _drop(aws: AwsClients, name: str, records: list[dict[str, Any]]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(records[0]))
    writer.writeheader()
    writer.writerows(records)
    key = f"{lane_prefix(Lane.FILES, 'customers')}dt={DAY}/{name}"
    aws.client("s3").put_object(Bucket=aws.settings.lake_bucket, Key=key, Body=text.getvalue().encode())


def test_a_dropped_file_becomes_a_partition_and_its_bad_row_is_reported(
    live: Bench, aws: AwsClients, wait_until: Callable[..., Any]
) -> None:
    example = {field.name: field.example for field in load_contracts()["customers"].fields}
    good = [{**example, "customer_id": f"stack-{place}"} for place in range(3)]
    _drop(aws, "customers.csv", [*good, {**example, "customer_id": "stack-bad", "balance": "1.005"}])
    wait_until(
        lambda: [item for item in live.platform.ledger.pending(Lane.FILES, "customers") if item.dt == DAY],
        message="the file in the ledger",
    )

    requests = [request for request in live.tick("raw_files_sensor").run_requests or () if _covers(request, DAY)]
    assert [request.job_name for request in requests] == ["ingest_customers_files"]
    job = live.repository.get_job("ingest_customers_files")
    result = job.execute_in_process(
        instance=live.instance, partition_key=requests[0].partition_key, tags=requests[0].tags
    )

    assert result.success
    events = {(event.asset_key.to_user_string(), event.partition): event.metadata for event in materializations(result)}
    day = events["customers_files", DAY.isoformat()]
    assert day["dagster/partition_row_count"].value == 3
    assert day["pandera/rows_refused"].value == 1
    types = {column.name: column.type for column in day["dagster/column_schema"].value.columns}
    assert types["balance"] == "decimal(18,2)"
    (reason,) = events["customers_quarantine", None]["reasons"].value.records
    assert reason.data["field"] == "balance"
    assert [item for item in live.platform.ledger.pending(Lane.FILES, "customers") if item.dt == DAY] == []


@pytest.mark.long
def test_an_entity_is_refreshed_without_a_fold_then_folded_and_the_page_published(live: Bench, aws: AwsClients) -> None:
    events: dict[str, Any] = {}

    def run(job: str) -> None:
        result = live.repository.get_job(job).execute_in_process(instance=live.instance)
        assert result.success
        events.update({event.asset_key.to_user_string(): event.metadata for event in materializations(result)})

    for entity in load_contracts():
        run(f"refresh_{entity}")
        assert events[entity]["sql"].value.startswith("```sql")
    assert latest_parity(live.instance, load_contracts()).keys() == load_contracts().keys()
    assert "payments_snapshot" not in events
    for entity in load_contracts():
        run(f"fold_{entity}")
        assert events[f"{entity}_snapshot"]["athena_query_id"].value
        (counted,) = live.platform.athena.arrow(f"SELECT count(*) AS n FROM {entity}_snapshot")["n"].to_pylist()
        rows = events[f"{entity}_snapshot"].get("dagster/row_count")
        assert (rows.value if rows else 0) == counted
    run("publish_dashboard")
    assert events["dashboard"]["dashboard"].value == f"{aws.settings.dashboards_url}/dashboard.html"
    page = aws.client("s3").get_object(Bucket=aws.settings.lake_bucket, Key="dashboards/dashboard.html")["Body"].read()
    assert all(entity.encode() in page for entity in load_contracts())
    figures = figures_in(page.decode())
    assert {item["name"] for item in figures} == load_contracts().keys()
    assert [mart["problem"] for item in figures for mart in item["marts"] if mart["problem"]] == []
    assert [item["records"]["problem"] for item in figures if item["records"]["problem"]] == []
    [customers] = [item for item in figures if item["name"] == "customers"]
    assert {row[1][:4] for row in customers["records"]["rows"]} == {"••••"}


def _covers(request: dg.RunRequest, day: date) -> bool:
    first = request.partition_key or request.tags["dagster/asset_partition_range_start"]
    last = request.partition_key or request.tags["dagster/asset_partition_range_end"]
    return first <= day.isoformat() <= last
