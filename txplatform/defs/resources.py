"""The platform as a Dagster resource: its settings as fields that the UI shows, and the stores that they lead to.

Dagster makes a new resource for every tick and every run, while sensors tick every few seconds in one long-lived
process. The stores are therefore kept by the process, one set for the same settings, and made on first use. Imports
happen where a store is made, so that loading definitions stays cheap.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import dagster as dg
from pydantic import Field

from txplatform.settings import Settings

if TYPE_CHECKING:
    from txplatform.aws import AwsClients
    from txplatform.lake.catalog import Lake
    from txplatform.ledger import Ledger
    from txplatform.warehouse.athena import Athena

# The fields of the resource, each with the variable that holds its value.
VARIABLES = {
    "region": "AWS_REGION",
    "endpoint_url": "AWS_ENDPOINT_URL",
    "lake_bucket": "TXP_LAKE_BUCKET",
    "alerts_topic_arn": "TXP_ALERTS_TOPIC_ARN",
    "api_url": "TXP_API_URL",
    "dashboards_url": "TXP_DASHBOARDS_URL",
    "contracts_dir": "TXP_CONTRACTS_DIR",
    "commit_allowance_seconds": "TXP_COMMIT_ALLOWANCE_SECONDS",
    "parity_grace_seconds": "TXP_PARITY_GRACE_SECONDS",
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
    def ledger(self) -> "Ledger":
        from txplatform.ledger import Ledger

        return Ledger(self.clients)

    @cached_property
    def lake(self) -> "Lake":
        from txplatform.lake.catalog import Lake

        return Lake(self.clients)

    @cached_property
    def athena(self) -> "Athena":
        from txplatform.warehouse.athena import Athena

        return Athena(self.clients)


def _setting(description: str) -> Any:
    """A field that holds the text of its variable, which Settings reads, checks and gives its default."""
    return Field(default=None, description=description)


class PlatformResource(dg.ConfigurableResource):
    """Gives assets, checks, sensors and jobs the platform's settings and stores."""

    region: str | None = _setting("Region of the data-plane stack.")
    endpoint_url: str | None = _setting("Where AWS answers, if not at its own endpoints.")
    lake_bucket: str | None = _setting("Bucket of the lake: the output LakeBucket.")
    alerts_topic_arn: str | None = _setting("Topic of the alerts: the output AlertsTopicArn.")
    api_url: str | None = _setting("The data API: the output ApiUrl.")
    dashboards_url: str | None = _setting("Where the published pages are served; by default their place in the bucket.")
    contracts_dir: str | None = _setting("Folder of the contracts; by default the shipped ones.")
    commit_allowance_seconds: str | None = _setting("Longest time that a commit to the lake may take, in seconds.")
    parity_grace_seconds: str | None = _setting("Age in seconds below which a record counts as in flight.")

    _kept: ClassVar[dict[Settings, _Stores]] = {}

    @classmethod
    def with_variables(cls, values: Mapping[str, str]) -> "PlatformResource":
        """Fill each field with what `values` holds under its variable; leave those out that it does not hold."""
        return cls(**{field: values[name] for field, name in VARIABLES.items() if values.get(name)})

    @property
    def settings(self) -> Settings:
        """The settings; raise ConfigurationError, with the remedy, where one is missing or malformed."""
        texts = {name: getattr(self, field) for field, name in VARIABLES.items()}
        return Settings.from_env({name: text for name, text in texts.items() if text})

    @property
    def clients(self) -> "AwsClients":
        """AWS clients."""
        return self._stores.clients

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
        settings = self.settings
        return self._kept.setdefault(settings, _Stores(settings))
