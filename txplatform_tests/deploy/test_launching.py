"""A run as the launcher starts it in production: which task, of which size, in whose network, within ECS's limits."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest
import yaml
from dagster._core.launcher.base import LaunchRunContext
from dagster._core.remote_origin import GrpcServerCodeLocationOrigin, RemoteRepositoryOrigin
from dagster_aws.ecs import launcher, tasks

from infra import instance

MOST_OVERRIDES = 8192  # characters: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html
CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/txplatform"
DAEMON = f"{CLUSTER.replace(':cluster/', ':task/')}/daemon"
VARIABLES = {
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_REGION": "eu-west-1",
    "DAGSTER_LOGS_BUCKET": "txplatform-dagster-logs-123456789012-ap-southeast-2",
    "DAGSTER_POSTGRES_DB": "dagster",
    "DAGSTER_POSTGRES_HOST": "txplatform-dagster.abcdefghijkl.ap-southeast-2.rds.amazonaws.com",
    "DAGSTER_POSTGRES_PORT": "5433",
    "DAGSTER_POSTGRES_USER": "dagster",
    "DAGSTER_RUN_TASK_DEFINITION": "txplatform-run",
}


class Ecs:
    """What the launcher asks of ECS and EC2; `started` is what it started."""

    def __init__(self) -> None:
        self.started: list[dict[str, Any]] = []
        members = dict.fromkeys(("cluster", "launchType", "networkConfiguration", "tags"))
        self.meta = SimpleNamespace(
            region_name="eu-west-1",
            service_model=SimpleNamespace(shape_for=lambda _: SimpleNamespace(members=members)),
        )

    def describe_task_definition(self, **_: Any) -> dict[str, Any]:
        return {"taskDefinition": {"taskDefinitionArn": "run:7", "containerDefinitions": [{"name": "run"}]}}

    def describe_tasks(self, **_: Any) -> dict[str, Any]:
        details = [{"name": "subnetId", "value": "subnet-1"}, {"name": "networkInterfaceId", "value": "eni-1"}]
        attachments = [{"type": "ElasticNetworkInterface", "details": details}]
        return {"tasks": [{"launchType": "FARGATE", "attachments": attachments}]}

    def run_task(self, **task: Any) -> dict[str, Any]:
        self.started.append(task)
        return {"tasks": [{"taskArn": f"{CLUSTER}/run", "clusterArn": CLUSTER}]}

    def NetworkInterface(self, _: str) -> SimpleNamespace:
        return SimpleNamespace(association_attribute=None, groups=[{"GroupId": "sg-daemon"}])


@pytest.fixture
def ecs(monkeypatch: pytest.MonkeyPatch) -> Ecs:
    found = Ecs()
    monkeypatch.setattr(launcher.boto3, "client", lambda *_, **__: found)
    monkeypatch.setattr(launcher.boto3, "resource", lambda *_, **__: found)
    here = tasks.CurrentEcsTaskMetadata(cluster=CLUSTER, task_arn=DAEMON)
    monkeypatch.setattr(launcher, "get_current_ecs_task_metadata", lambda: here)
    return found


@pytest.fixture
def production(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dg.DagsterInstance:
    """Production's instance with its storage on this machine: the launcher is what is tried here."""
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    config = {key: value for key, value in instance.instance_config().items() if key not in ("storage", "compute_logs")}
    (tmp_path / "dagster.yaml").write_text(yaml.safe_dump(config))
    return dg.DagsterInstance.from_config(str(tmp_path))


def launched(production: dg.DagsterInstance, ecs: Ecs, tags: dict[str, str]) -> dict[str, Any]:
    """What ECS is asked for to start a run of one of the platform's jobs."""
    from dagster._core.definitions.reconstruct import ReconstructableJob, ReconstructableRepository

    repository = ReconstructableRepository.for_module("txplatform.definitions", "defs")
    job = ReconstructableJob(repository, "reconcile")
    with production:
        run = production.create_run(
            job_name="reconcile",
            run_id=None,
            run_config={},
            resolved_op_selection=None,
            op_selection=None,
            step_keys_to_execute=None,
            status=dg.DagsterRunStatus.NOT_STARTED,
            tags=tags,
            root_run_id=None,
            parent_run_id=None,
            job_snapshot=None,
            execution_plan_snapshot=None,
            parent_job_snapshot=None,
            asset_selection=None,
            asset_check_selection=None,
            remote_job_origin=RemoteRepositoryOrigin(
                GrpcServerCodeLocationOrigin(host="code", port=4000, location_name="txplatform"), "__repository__"
            ).get_job_origin("reconcile"),
            job_code_origin=job.get_python_origin(),
            asset_graph=None,  # type: ignore[arg-type]
        )
        production.run_launcher.launch_run(LaunchRunContext(run, workspace=None))
    (started,) = ecs.started
    return started


def test_a_run_is_a_task_of_its_definition_in_the_network_of_the_daemon(
    production: dg.DagsterInstance, ecs: Ecs
) -> None:
    started = launched(production, ecs, {"txplatform/entity": "payments"})
    assert (started["taskDefinition"], started["cluster"], started["launchType"]) == ("run:7", CLUSTER, "FARGATE")
    assert started["networkConfiguration"]["awsvpcConfiguration"] == {
        "subnets": ["subnet-1"],
        "assignPublicIp": "DISABLED",
        "securityGroups": ["sg-daemon"],
    }
    assert {"key": "txplatform/entity", "value": "payments"} in started["tags"]
    (container,) = started["overrides"]["containerOverrides"]
    assert container["name"] == "run"
    assert container["command"][:3] == ["dagster", "api", "execute_run"]


def test_what_a_run_is_given_fits_what_ecs_takes(production: dg.DagsterInstance, ecs: Ecs) -> None:
    overrides = json.dumps(launched(production, ecs, {})["overrides"])
    assert len(overrides) < MOST_OVERRIDES * 0.9


def test_tags_of_a_run_choose_the_size_of_its_task(production: dg.DagsterInstance, ecs: Ecs) -> None:
    started = launched(production, ecs, {"ecs/cpu": "4096", "ecs/memory": "16384"})
    assert {key: started["overrides"][key] for key in ("cpu", "memory")} == {"cpu": "4096", "memory": "16384"}


def test_without_tags_the_definition_says_the_size(production: dg.DagsterInstance, ecs: Ecs) -> None:
    assert {"cpu", "memory"}.isdisjoint(launched(production, ecs, {})["overrides"])
