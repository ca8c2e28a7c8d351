"""The platform's configuration: built once, at the composition root, from a mapping passed in.

It is the only reader of the environment; nothing below a composition root looks at `os.environ`. `SETTINGS` lists
every variable once, with its default, unit and meaning: `Settings.from_env` reads by it, and docs/reference/settings.md
is rendered from it.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from txplatform.contracts.names import CONTRACTS_VARIABLE, DASHBOARDS_PREFIX
from txplatform.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Setting:
    """A variable of the environment. An empty value counts as not set.

    `default` is its value when it is not set, which may hold another variable in braces; without one it is `required`,
    or means what `unset` says. `output` is the output of the data-plane stack that is its value.
    """

    variable: str
    meaning: str
    default: str = ""
    unit: Literal["", "seconds"] = ""
    unset: str = ""
    output: str = ""

    @property
    def required(self) -> bool:
        """Whether the platform cannot do without a value."""
        return not (self.default or self.unset)

    def text(self, env: Mapping[str, str]) -> str:
        """Return the value or the default, empty where there is neither; raise ConfigurationError if required."""
        value = env.get(self.variable) or self.default.format_map(env)
        if not value and self.required:
            source = f"the output {self.output}" if self.output else "the region"
            raise ConfigurationError(
                f"{self.variable} is not set. Remedy: set it to {source} of the data-plane stack, "
                f"or, with the local stack running, load its settings: set -a; . .txplatform/env; set +a"
            )
        return value

    def duration(self, env: Mapping[str, str]) -> timedelta:
        """Return the value as a duration; raise ConfigurationError when it is not a whole number of seconds."""
        text = self.text(env)
        if not text.isdecimal():
            raise ConfigurationError(
                f"{self.variable}={text!r} is not a whole number of seconds. Remedy: set it to e.g. {self.default}"
            )
        return timedelta(seconds=int(text))


REGION = Setting("AWS_REGION", "Region of the data-plane stack.")
ENDPOINT_URL = Setting(
    "AWS_ENDPOINT_URL",
    "Address at which every AWS service is called; `.txplatform/env` sets it to that of the local AWS.",
    unset="the endpoints of AWS",
)
LAKE_BUCKET = Setting("TXP_LAKE_BUCKET", "Name of the bucket that holds the lake.", output="LakeBucket")
ALERTS_TOPIC_ARN = Setting(
    "TXP_ALERTS_TOPIC_ARN", "ARN of the SNS topic that alerts are sent to.", output="AlertsTopicArn"
)
API_URL = Setting("TXP_API_URL", "Base address of the data API, which the API reference shows.", output="ApiUrl")
TOKEN_URL = Setting(
    "TXP_TOKEN_URL",
    "Address of the user pool's token endpoint, which the API's OpenAPI document names.",
    unset="the document names no token endpoint",
    output="TokenUrl",
)
FURTHER_ISSUERS = Setting(
    "TXP_FURTHER_ISSUERS",
    "The issuers besides the user pool whose tokens the API takes, which its OpenAPI document names: a JSON list.",
    default="[]",
    output="FurtherIssuersInUse",
)
DASHBOARDS_URL = Setting(
    "TXP_DASHBOARDS_URL",
    "Address at which `dashboards/` of the lake bucket is served; links lead there.",
    default=f"s3://{{{LAKE_BUCKET.variable}}}/{DASHBOARDS_PREFIX}",
)
CONTRACTS_DIR = Setting(
    CONTRACTS_VARIABLE,
    "Folder of the contract files, with the source systems in its folder `sources` and the template in `templates`.",
    unset="the contracts of the package",
)
CHANGES_STAY = Setting(
    "TXP_CHANGES_STAY_SECONDS",
    "The longest time that a run of the changes lane stays while changes keep landing; with 0 it ends after what is "
    "pending.",
    default="300",
    unit="seconds",
)
PARITY_GRACE = Setting(
    "TXP_PARITY_GRACE_SECONDS",
    "The longest that a change may take into the lake: a key that differs for longer counts as a difference of parity.",
    default="60",
    unit="seconds",
)
SOURCE_URL = Setting(
    "TXP_SOURCE_URL",
    "Address of this repository's root at the deployed commit, e.g. `https://example.org/txplatform/blob/<commit>`; "
    "Dagster's code references lead there.",
    unset="files on the machine that loads the definitions",
)
DAGSTER_URL = Setting(
    "TXP_DAGSTER_URL",
    "Address of Dagster's webserver, which `txplatform backfill` asks to launch runs, and to which the links of the "
    "dashboard page lead.",
    default="http://127.0.0.1:3000",
)

SETTINGS = (
    REGION,
    ENDPOINT_URL,
    LAKE_BUCKET,
    ALERTS_TOPIC_ARN,
    API_URL,
    TOKEN_URL,
    FURTHER_ISSUERS,
    DASHBOARDS_URL,
    CONTRACTS_DIR,
    CHANGES_STAY,
    PARITY_GRACE,
    SOURCE_URL,
    DAGSTER_URL,
)

# The variables that are outputs of the data-plane stack, each with its output.
STACK_OUTPUTS = {setting.variable: setting.output for setting in SETTINGS if setting.output}


def contracts_directory(env: Mapping[str, str] | None = None) -> Path | None:
    """Where the contracts are, None for the shipped ones. Needs no other setting: definitions load without AWS."""
    directory = CONTRACTS_DIR.text(os.environ if env is None else env)
    return Path(directory) if directory else None


def source_url(env: Mapping[str, str] | None = None) -> str | None:
    """Where the source code is shown, None for files. Needs no other setting: definitions load without AWS."""
    return SOURCE_URL.text(os.environ if env is None else env) or None


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the platform's AWS resources are, and the few durations that an operator may choose: see `SETTINGS`."""

    region: str
    endpoint_url: str | None
    lake_bucket: str
    alerts_topic_arn: str
    api_url: str
    token_url: str
    further_issuers: str
    dashboards_url: str
    contracts_dir: Path | None
    changes_stay: timedelta
    parity_grace: timedelta
    source_url: str | None
    dagster_url: str

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings from `env`, by default the process's environment; raise ConfigurationError."""
        env = os.environ if env is None else env
        return cls(
            region=REGION.text(env),
            endpoint_url=ENDPOINT_URL.text(env) or None,
            lake_bucket=LAKE_BUCKET.text(env),
            alerts_topic_arn=ALERTS_TOPIC_ARN.text(env),
            api_url=API_URL.text(env),
            token_url=TOKEN_URL.text(env),
            further_issuers=FURTHER_ISSUERS.text(env),
            dashboards_url=DASHBOARDS_URL.text(env),
            contracts_dir=contracts_directory(env),
            changes_stay=CHANGES_STAY.duration(env),
            parity_grace=PARITY_GRACE.duration(env),
            source_url=source_url(env),
            dagster_url=DAGSTER_URL.text(env),
        )
