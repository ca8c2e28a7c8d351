"""Transactions from source systems to dashboards, exact to the last digit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

__all__ = ["query"]


def query(sql: str, as_of: "datetime | None" = None) -> "pd.DataFrame":
    """Run SQL on the platform's Athena, as configured by the environment; decimals come back as Decimal.

    With `as_of`, a moment with a zone, current views, child views and marts in the statement are what they were then.
    Raise QueryError for a statement that cannot be asked, or fails.
    """
    from txplatform.aws import AwsClients
    from txplatform.settings import Settings
    from txplatform.warehouse.athena import Athena

    settings = Settings.from_env()
    if as_of is not None:
        from txplatform.contracts.loader import load_contracts
        from txplatform.warehouse.as_of import as_of as past

        sql = past(sql, as_of, load_contracts(settings.contracts_dir))
    return Athena(AwsClients(settings)).query(sql)
