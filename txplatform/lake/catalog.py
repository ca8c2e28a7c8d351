"""Skeleton (signatures final): the entity's Iceberg tables in Glue."""

from pyiceberg.table import Table

from txplatform.aws import AwsClients
from txplatform.contracts.model import Contract


class Lake:
    clients: AwsClients
    def __init__(self, clients: AwsClients) -> None: ...
    def table(self, name: str) -> Table: raise NotImplementedError
    def ensure(self, contract: Contract) -> None:
        """Create the entity's four tables, or add new columns to them."""
        raise NotImplementedError
