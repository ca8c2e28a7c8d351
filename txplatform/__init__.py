"""Transactions from source systems to dashboards, exact to the last digit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["query"]


def query(sql: str) -> "pd.DataFrame":
    """Run SQL on the platform's Athena, as configured by the environment; decimals come back as Decimal."""
    from txplatform.aws import AwsClients
    from txplatform.settings import Settings
    from txplatform.warehouse.athena import Athena

    return Athena(AwsClients(Settings.from_env())).query(sql)
