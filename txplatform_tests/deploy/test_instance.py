"""Production's instance of Dagster, loaded as Dagster loads it: on PostgreSQL, with tokens instead of passwords."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import psycopg2
import pytest
import yaml

from infra import instance
from txplatform.orchestrator import database
from txplatform_tests.deploy import postgres

USER = "dagster"


@pytest.fixture(scope="module")
def variables() -> Iterator[dict[str, str]]:
    """A server with the administrator and the role of tokens that RDS has, and the variables that lead to it."""
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql, or your system's package of it")
    with postgres.server() as server:
        address = {"host": "127.0.0.1", "port": server.port, "user": postgres.ADMINISTRATOR}
        connection = psycopg2.connect(**address, dbname="postgres", sslmode="require")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("CREATE ROLE rds_iam")
            cursor.execute("CREATE DATABASE dagster")
        connection.close()
        yield {
            "AWS_ACCESS_KEY_ID": "a",
            "AWS_SECRET_ACCESS_KEY": "b",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_REGION": "eu-west-1",
            "DAGSTER_CODE_HOST": "code.txplatform.internal",
            "DAGSTER_CODE_PORT": "4000",
            "DAGSTER_LOGS_BUCKET": "logs",
            "DAGSTER_POSTGRES_DB": "dagster",
            "DAGSTER_POSTGRES_HOST": "127.0.0.1",
            "DAGSTER_POSTGRES_PORT": str(server.port),
            "DAGSTER_POSTGRES_USER": USER,
            "DAGSTER_RUN_TASK_DEFINITION": "txplatform-run",
        }


@pytest.fixture
def prepared(variables: dict[str, str]) -> dict[str, str]:
    """The database with its user, prepared twice as two code servers do."""
    administrator = {"DAGSTER_ADMINISTRATOR": postgres.ADMINISTRATOR, "DAGSTER_ADMINISTRATOR_PASSWORD": "p"}
    for _ in range(2):
        database.prepare(variables | administrator)
    return variables


@pytest.fixture
def production(
    prepared: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dg.DagsterInstance]:
    for name, value in prepared.items():
        monkeypatch.setenv(name, value)
    instance.main(str(tmp_path / "dagster.yaml"))
    with dg.DagsterInstance.from_config(str(tmp_path)) as loaded:
        yield loaded


def test_runs_events_and_ticks_are_in_postgresql(production: dg.DagsterInstance, variables: dict[str, str]) -> None:
    @dg.job
    def nothing() -> None:
        pass

    run = production.create_run_for_job(nothing)
    production.report_engine_event("an event", run)
    production.report_run_canceled(run)
    assert [record.run_id for record in production.get_runs()] == [run.run_id]
    assert len(production.all_logs(run.run_id)) >= 2
    with (
        psycopg2.connect(
            host="127.0.0.1", port=variables["DAGSTER_POSTGRES_PORT"], user=USER, dbname="dagster", sslmode="require"
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT tableowner, count(*) FROM pg_tables WHERE schemaname = 'public' GROUP BY 1")
        ((owner, tables),) = cursor.fetchall()
        cursor.execute("SELECT count(*) FROM event_logs")
        (events,) = cursor.fetchone() or (0,)
    assert owner == USER
    assert tables > 10
    assert events >= 2
    storages = (production.run_storage, production.event_log_storage, production.schedule_storage)
    assert [type(storage).__module__.split(".")[0] for storage in storages] == ["dagster_postgres"] * 3


def test_runs_are_tasks_and_their_logs_are_in_s3(
    production: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dagster_aws.ecs import launcher
    from dagster_aws.s3.compute_log_manager import S3ComputeLogManager

    clients: list[str] = []

    def described(service: str, **_: Any) -> SimpleNamespace:
        clients.append(service)
        task = {"taskDefinitionArn": "arn:run:7", "containerDefinitions": [{"name": "run"}]}
        return SimpleNamespace(describe_task_definition=lambda **_: {"taskDefinition": task})

    monkeypatch.setattr(launcher.boto3, "client", described)
    started_by = production.run_launcher
    assert isinstance(started_by, launcher.EcsRunLauncher)
    assert started_by.task_definition == "arn:run:7"
    assert started_by.secrets_tags == []
    assert clients == ["ecs", "secretsmanager", "logs"]
    assert isinstance(production.compute_log_manager, S3ComputeLogManager)
    assert production.compute_log_manager.upload_interval == 60


def test_a_start_of_twenty_minutes_is_not_taken_for_dead(production: dg.DagsterInstance) -> None:
    assert production.run_monitoring_enabled
    assert production.run_monitoring_start_timeout_seconds >= 20 * 60 + 5 * 60
    assert production.run_retries_enabled
    assert production.run_retries_max_retries == 2
    assert production.run_retries_retry_on_asset_or_op_failure is False


def test_what_both_instances_share_stands_once(production: dg.DagsterInstance, tmp_path: Path) -> None:
    shared, own = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in (instance.SHARED, instance.PRODUCTION))
    assert own.keys() & shared.keys() == {"run_monitoring", "code_servers"}
    queue = production.get_concurrency_config().run_queue_config
    assert queue is not None
    assert queue.max_concurrent_runs == shared["concurrency"]["runs"]["max_concurrent_runs"]
    assert production.freshness_enabled
