"""The platform as a Dagster resource: settings, clients and stores, made on first use and kept by the process.

Sensors tick every few seconds in one long-lived process; what they need is therefore made once a set of settings,
not once a tick. Imports happen where a thing is made, so that loading definitions stays cheap.
"""

from functools import cache
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import Field

from txplatform.settings import Settings

if TYPE_CHECKING:
    from txplatform.alerts import Alerts
    from txplatform.aws import AwsClients
    from txplatform.lake.catalog import Lake
    from txplatform.ledger import Ledger
    from txplatform.warehouse.athena import Athena


class PlatformResource(dg.ConfigurableResource):
    """Gives assets, checks and sensors the platform's stores."""

    environment: dict[str, str] = Field(
        default_factory=dict,
        description="Settings to use instead of the process's environment; empty in every deployment",
    )

    @property
    def settings(self) -> Settings:
        """The settings; raise ConfigurationError where one is missing."""
        return Settings.from_env(self.environment or None)

    @property
    def clients(self) -> "AwsClients":
        """AWS clients."""
        return _clients(self.settings)

    @property
    def alerts(self) -> "Alerts":
        """Alerts to the operators."""
        return _alerts(self.settings)

    @property
    def ledger(self) -> "Ledger":
        """What has landed and is pending."""
        return _ledger(self.settings)

    @property
    def lake(self) -> "Lake":
        """The Iceberg tables in Glue."""
        return _lake(self.settings)

    @property
    def athena(self) -> "Athena":
        """SQL over the lake."""
        return _athena(self.settings)


@cache
def _clients(settings: Settings) -> "AwsClients":
    from txplatform.aws import AwsClients

    return AwsClients(settings)


@cache
def _alerts(settings: Settings) -> "Alerts":
    from txplatform.alerts import Alerts

    return Alerts(_clients(settings), settings.alerts_topic_arn)


@cache
def _ledger(settings: Settings) -> "Ledger":
    from txplatform.ledger import Ledger

    return Ledger(_clients(settings), settings.lake_bucket)


@cache
def _lake(settings: Settings) -> "Lake":
    from txplatform.lake.catalog import Lake

    return Lake(_clients(settings), settings.lake_bucket, settings.commit_allowance)


@cache
def _athena(settings: Settings) -> "Athena":
    from txplatform.warehouse.athena import Athena

    return Athena(_clients(settings))
