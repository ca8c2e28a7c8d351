"""Settings are read from the environment by the one table of variables, and every mistake names the remedy."""

from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from txplatform.errors import ConfigurationError
from txplatform.settings import SETTINGS, Setting, Settings

REQUIRED = {
    "AWS_REGION": "eu-west-1",
    "TXP_LAKE_BUCKET": "lake",
    "TXP_ALERTS_TOPIC_ARN": "arn:aws:sns:eu-west-1:123456789012:alerts",
    "TXP_API_URL": "https://api.example.org",
}
OPTIONAL = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
    "TXP_TOKEN_URL": "https://pool.example.org/oauth2/token",
    "TXP_FURTHER_ISSUERS": '[{"issuer": "https://id.example.org"}]',
    "TXP_DASHBOARDS_URL": "https://dashboards.example.org",
    "TXP_CONTRACTS_DIR": "contracts",
    "TXP_CHANGES_STAY_SECONDS": "90",
    "TXP_PARITY_GRACE_SECONDS": "0",
    "TXP_SOURCE_URL": "https://example.org/txplatform/blob/main",
    "TXP_DAGSTER_URL": "http://127.0.0.1:9/dagster",
}


def test_the_table_has_every_variable_and_its_meaning() -> None:
    assert {setting.variable for setting in SETTINGS} == {*REQUIRED, *OPTIONAL}
    assert len(SETTINGS) == len(fields(Settings))
    assert {setting.variable for setting in SETTINGS if setting.required} == set(REQUIRED)
    assert all(setting.meaning.endswith(".") for setting in SETTINGS)


def test_every_variable_of_the_table_is_read() -> None:
    read: set[str] = set()

    class Recorded(dict[str, str]):
        def get(self, key: str, default: str | None = None) -> str | None:
            read.add(key)
            return super().get(key, default)

    Settings.from_env(Recorded(REQUIRED))
    assert read == {setting.variable for setting in SETTINGS}


def test_defaults_are_those_of_the_table() -> None:
    settings = Settings.from_env(REQUIRED)
    assert settings.endpoint_url is None
    assert settings.dashboards_url == "s3://lake/dashboards"
    assert settings.contracts_dir is None
    assert settings.changes_stay == timedelta(minutes=5)
    assert settings.parity_grace == timedelta(minutes=1)
    assert settings.source_url is None
    assert settings.dagster_url == "http://127.0.0.1:3000"


def test_values_replace_defaults() -> None:
    settings = Settings.from_env(REQUIRED | OPTIONAL)
    assert settings.endpoint_url == "http://127.0.0.1:4566"
    assert settings.dashboards_url == "https://dashboards.example.org"
    assert settings.contracts_dir == Path("contracts")
    assert settings.changes_stay == timedelta(seconds=90)
    assert settings.parity_grace == timedelta(0)
    assert settings.source_url == "https://example.org/txplatform/blob/main"


def test_an_empty_value_counts_as_not_set() -> None:
    assert Settings.from_env(REQUIRED | dict.fromkeys(OPTIONAL, "")) == Settings.from_env(REQUIRED)


@pytest.mark.parametrize("setting", [setting for setting in SETTINGS if setting.required], ids=lambda s: s.variable)
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_value_is_named_with_the_remedy(setting: Setting, value: str | None) -> None:
    env = {**REQUIRED, setting.variable: value or ""}
    if value is None:
        del env[setting.variable]
    with pytest.raises(ConfigurationError, match=rf"^{setting.variable} is not set\. Remedy: set it to the "):
        Settings.from_env(env)


@pytest.mark.parametrize("setting", [setting for setting in SETTINGS if setting.unit], ids=lambda s: s.variable)
@pytest.mark.parametrize("value", ["-1", "1.5", "an hour", "²"])
def test_a_duration_is_a_whole_number_of_seconds(setting: Setting, value: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^{setting.variable}={value!r} is not a whole number of seconds"):
        Settings.from_env({**REQUIRED, setting.variable: value})
