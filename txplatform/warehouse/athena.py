"""Skeleton (signatures final): run SQL on Athena."""

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from txplatform.aws import AwsClients
from txplatform.contracts import names


@dataclass(frozen=True, slots=True)
class QueryResult:
    """A finished statement. `columns` are (name, Athena type) pairs, empty for statements without a result."""

    query_id: str
    columns: tuple[tuple[str, str], ...]


class Athena:
    def __init__(self, clients: AwsClients, workgroup: str = names.WORKGROUP, database: str = names.DATABASE) -> None: ...
    def execute(self, sql: str) -> QueryResult: raise NotImplementedError
    def arrow(self, sql: str) -> pa.Table: raise NotImplementedError
    def query(self, sql: str) -> pd.DataFrame:
        """Decimals as Decimal, integers as nullable Int64, timestamps as UTC microseconds, dates as datetime.date."""
        raise NotImplementedError
