"""The platform as a Dagster resource: its settings as fields that the UI shows, and the stores that they lead to.

Dagster makes a new resource for every tick and every run, while sensors tick every few seconds in one long-lived
process. The stores are therefore kept by the process, one set for the same settings, and made on first use. Imports
happen where a store is made, so that loading definitions stays cheap.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import dagster as dg
from pydantic import Field

from txplatform import settings
from txplatform.settings import Settings

if TYPE_CHECKING:
    from txplatform.alerts import Alerts
    from txplatform.aws import AwsClients
    from txplatform.lake.catalog import Lake
    from txplatform.ledger import Ledger
    from txplatform.warehouse.athena import Athena

FIELDS = {
    "region": settings.REGION,
    "endpoint_url": settings.ENDPOINT_URL,
    "lake_bucket": settings.LAKE_BUCKET,
    "alerts_topic_arn": settings.ALERTS_TOPIC_ARN,
    "api_url": settings.API_URL,
    "token_url": settings.TOKEN_URL,
    "further_issuers": settings.FURTHER_ISSUERS,
    "dashboards_url": settings.DASHBOARDS_URL,
    "contracts_dir": settings.CONTRACTS_DIR,
    "changes_stay_seconds": settings.CHANGES_STAY,
    "parity_grace_seconds": settings.PARITY_GRACE,
    "source_url": settings.SOURCE_URL,
    "dagster_url": settings.DAGSTER_URL,
}


class _Stores:
    """Clients and stores under one set of settings, each made on first use."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def clients(self) -> "AwsClients":
        from txplatform.aws import AwsClients

        return AwsClients(self._settings)

    @cached_property
    def alerts(self) -> "Alerts":
        from txplatform.alerts import Alerts

        return Alerts(self.clients, self._settings.alerts_topic_arn)

    @cached_property
    def ledger(self) -> "Ledger":
        from txplatform.ledger import Ledger

        return Ledger(self.clients, self._settings.lake_bucket)

    @cached_property
    def lake(self) -> "Lake":
        from txplatform.lake.catalog import Lake

        return Lake(self.clients, self._settings.lake_bucket)

    @cached_property
    def athena(self) -> "Athena":
        from txplatform.warehouse.athena import Athena

        return Athena(self.clients)


def _text(name: str) -> Any:
    """A field that holds the text of its variable, which Settings reads, checks and gives its default."""
    item = FIELDS[name]
    unset = item.unset or item.default
    return Field(
        default=None, description=f"{item.variable}: {item.meaning}" + (f" By default {unset}." if unset else "")
    )


class PlatformResource(dg.ConfigurableResource):
    """Gives assets, checks, sensors and jobs the platform's settings and stores."""

    region: str | None = _text("region")
    endpoint_url: str | None = _text("endpoint_url")
    lake_bucket: str | None = _text("lake_bucket")
    alerts_topic_arn: str | None = _text("alerts_topic_arn")
    api_url: str | None = _text("api_url")
    token_url: str | None = _text("token_url")
    further_issuers: str | None = _text("further_issuers")
    dashboards_url: str | None = _text("dashboards_url")
    contracts_dir: str | None = _text("contracts_dir")
    changes_stay_seconds: str | None = _text("changes_stay_seconds")
    parity_grace_seconds: str | None = _text("parity_grace_seconds")
    source_url: str | None = _text("source_url")
    dagster_url: str | None = _text("dagster_url")

    _kept: ClassVar[dict[Settings, _Stores]] = {}

    @classmethod
    def with_variables(cls, values: Mapping[str, str]) -> "PlatformResource":
        """Fill each field with what `values` holds under its variable; leave those out that it does not hold."""
        return cls(**{name: values[item.variable] for name, item in FIELDS.items() if values.get(item.variable)})

    @property
    def settings(self) -> Settings:
        """The settings; raise ConfigurationError, with the remedy, where one is missing or malformed."""
        texts = {item.variable: getattr(self, name) for name, item in FIELDS.items()}
        return Settings.from_env({variable: text for variable, text in texts.items() if text})

    @property
    def clients(self) -> "AwsClients":
        """AWS clients."""
        return self._stores.clients

    @property
    def alerts(self) -> "Alerts":
        """Alerts to the operators."""
        return self._stores.alerts

    @property
    def ledger(self) -> "Ledger":
        """What has landed and is pending."""
        return self._stores.ledger

    @property
    def lake(self) -> "Lake":
        """The Iceberg tables in Glue."""
        return self._stores.lake

    @property
    def athena(self) -> "Athena":
        """SQL over the lake."""
        return self._stores.athena

    @property
    def _stores(self) -> _Stores:
        own = self.settings
        return self._kept.setdefault(own, _Stores(own))

    def athena_within(self, timeout: timedelta) -> "Athena":
        """The warehouse for statements that are stopped after this time."""
        from txplatform.warehouse.athena import Athena

        return Athena(self._stores.clients, timeout=timeout)
