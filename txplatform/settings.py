"""The platform's configuration: built once, at the composition root, from a mapping passed in.

It is the only reader of the environment; nothing below a composition root looks at `os.environ`.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from txplatform.contracts.names import DASHBOARDS_PREFIX
from txplatform.errors import ConfigurationError

# The required variables besides AWS_REGION, each with the output of the data-plane stack that is its value.
STACK_OUTPUTS = {
    "TXP_LAKE_BUCKET": "LakeBucket",
    "TXP_ALERTS_TOPIC_ARN": "AlertsTopicArn",
    "TXP_API_URL": "ApiUrl",
}


def _required(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "")
    if not value:
        source = f"the output {STACK_OUTPUTS[name]}" if name in STACK_OUTPUTS else "the region"
        raise ConfigurationError(
            f"{name} is not set. Remedy: set it to {source} of the data-plane stack, "
            f"or, with the local stack running, load its settings: set -a; . .txplatform/env"
        )
    return value


def _seconds(env: Mapping[str, str], name: str, default: int) -> timedelta:
    text = env.get(name, str(default))
    if not text.isdigit():
        raise ConfigurationError(f"{name}={text!r} is not a whole number of seconds. Remedy: set it to e.g. {default}")
    return timedelta(seconds=int(text))


def contracts_directory(env: Mapping[str, str] | None = None) -> Path | None:
    """Where the contracts are, None for the shipped ones. Needs no other setting: definitions load without AWS."""
    directory = (os.environ if env is None else env).get("TXP_CONTRACTS_DIR")
    return Path(directory) if directory else None


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the platform's AWS resources are, and the few durations an operator may choose.

    `dashboards_url` is where the published pages are served; where nothing serves them, their place in the bucket.
    `commit_allowance` is the longest a commit to the lake may take; the watermark of a view trails by it.
    `parity_grace` is the age below which a record counts as still in flight when parity is checked.
    """

    region: str
    endpoint_url: str | None
    lake_bucket: str
    alerts_topic_arn: str
    api_url: str
    dashboards_url: str
    contracts_dir: Path | None
    commit_allowance: timedelta
    parity_grace: timedelta

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings from `env`, by default the process's environment; raise ConfigurationError."""
        env = os.environ if env is None else env
        region, lake_bucket = _required(env, "AWS_REGION"), _required(env, "TXP_LAKE_BUCKET")
        return cls(
            region=region,
            endpoint_url=env.get("AWS_ENDPOINT_URL") or None,
            lake_bucket=lake_bucket,
            alerts_topic_arn=_required(env, "TXP_ALERTS_TOPIC_ARN"),
            api_url=_required(env, "TXP_API_URL"),
            dashboards_url=env.get("TXP_DASHBOARDS_URL") or f"s3://{lake_bucket}/{DASHBOARDS_PREFIX}",
            contracts_dir=contracts_directory(env),
            commit_allowance=_seconds(env, "TXP_COMMIT_ALLOWANCE_SECONDS", 900),
            parity_grace=_seconds(env, "TXP_PARITY_GRACE_SECONDS", 60),
        )
