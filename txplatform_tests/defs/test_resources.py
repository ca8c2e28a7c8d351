"""The platform's resource: what fills its fields, what a missing one says, and what a tick may make anew."""

from dataclasses import replace

import boto3
import dagster as dg
import pytest

from txplatform.contracts.loader import load_contracts
from txplatform.definitions import compose, platform_of_environment
from txplatform.defs.resources import FIELDS, PlatformResource
from txplatform.errors import ConfigurationError
from txplatform.settings import SETTINGS, Settings
from txplatform_tests.defs.bench import Bench

VALUES = {
    "AWS_REGION": "eu-central-1",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "TXP_LAKE_BUCKET": "lake",
    "TXP_ALERTS_TOPIC_ARN": "arn:aws:sns:eu-central-1:123456789012:txplatform-alerts",
    "TXP_API_URL": "http://127.0.0.1:9/v1",
    "TXP_TOKEN_URL": "http://127.0.0.1:9/oauth2/token",
    "TXP_FURTHER_ISSUERS": '[{"issuer": "https://id.example.org"}]',
    "TXP_DASHBOARDS_URL": "https://dashboards.example.org",
    "TXP_CONTRACTS_DIR": "/contracts",
    "TXP_CHANGES_STAY_SECONDS": "90",
    "TXP_PARITY_GRACE_SECONDS": "5",
    "TXP_SOURCE_URL": "https://example.org/txplatform/blob/main",
    "TXP_DAGSTER_URL": "http://127.0.0.1:9/dagster",
}


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in VALUES.items():
        monkeypatch.setenv(name, value)


def test_every_setting_is_a_field() -> None:
    assert list(FIELDS.values()) == list(SETTINGS)
    assert list(PlatformResource.model_fields) == list(FIELDS)
    assert PlatformResource.with_variables(VALUES).settings == Settings.from_env(VALUES)


def test_the_fields_name_their_variables_in_the_definitions_and_hold_their_values_in_a_run(variables: None) -> None:
    platform = platform_of_environment()
    filled = {name: getattr(platform, name).env_var_name for name in FIELDS}
    assert filled == {name: setting.variable for name, setting in FIELDS.items()}
    seen: list[Settings] = []

    @dg.asset
    def reader(platform: PlatformResource) -> None:
        seen.append(platform.settings)

    with dg.DagsterInstance.ephemeral() as instance:
        assert dg.materialize([reader], instance=instance, resources={"platform": platform}).success
    assert seen == [Settings.from_env(VALUES)]


@pytest.mark.parametrize("sensor", ["changes_sensor", "raw_files_sensor"])
def test_a_tick_makes_no_client_anew(bench: Bench, monkeypatch: pytest.MonkeyPatch, sensor: str) -> None:
    made: list[str] = []
    client = boto3.Session.client

    def counted(session: boto3.Session, service: str, **options: object) -> object:
        made.append(service)
        return client(session, service, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(boto3.Session, "client", counted)
    one_of_its_own = dict(VALUES, AWS_REGION="us-east-1", TXP_LAKE_BUCKET=f"lake-of-{sensor}")
    del one_of_its_own["AWS_ENDPOINT_URL"]  # moto answers in this process
    for name, value in one_of_its_own.items():
        monkeypatch.setenv(name, value)
    process = replace(bench, platform=platform_of_environment())
    assert "payments: nothing is pending" in (process.tick(sensor).skip_message or "")
    first = list(made)
    assert first
    for _ in range(3):
        process.tick(sensor)
    assert made == first


def test_definitions_load_without_a_setting_and_a_missing_one_is_named_where_it_is_used(bench: Bench) -> None:
    platform = platform_of_environment()
    repository = compose(load_contracts(), platform).get_repository_def()
    with pytest.raises(ConfigurationError, match=r"AWS_REGION is not set\. Remedy: "):
        replace(bench, repository=repository, platform=platform).tick("changes_sensor")
