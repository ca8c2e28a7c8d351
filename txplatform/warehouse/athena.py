"""Runs SQL on Athena and brings results back without loss: a decimal stays a decimal, a moment a moment."""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
from botocore.exceptions import ClientError, ParamValidationError

from txplatform.aws import AwsClients
from txplatform.contracts import names
from txplatform.errors import QueryError, QueryTimeoutError
from txplatform.warehouse.results import Column, read_csv, read_text

if TYPE_CHECKING:
    from mypy_boto3_athena import AthenaClient
    from mypy_boto3_athena.type_defs import QueryExecutionTypeDef

_FIRST_POLL_SECONDS = 0.01
_LONGEST_POLL_SECONDS = 2.0
_POLL_SHARE = 0.2  # of the time so far: so much of a query's time is lost at most
_LOCATION_REMEDY = "give the workgroup a bucket for its results, instead of results that Athena manages"

_PANDAS_TYPES: dict[pa.DataType, Any] = {
    pa.int8(): pd.Int8Dtype(),
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}


@dataclass(frozen=True, slots=True)
class QueryResult:
    """A finished statement. `columns` are (name, Athena type) pairs, empty for statements without a result."""

    query_id: str
    columns: tuple[tuple[str, str], ...]


class Athena:
    """One workgroup and database. Statements wait for their end, `timeout` at most.

    Every method raises QueryError, QueryTimeoutError or AwsUnavailableError.
    """

    def __init__(
        self,
        clients: AwsClients,
        workgroup: str = names.WORKGROUP,
        database: str = names.DATABASE,
        timeout: timedelta = timedelta(minutes=30),
    ) -> None:
        self._clients = clients
        self._workgroup = workgroup
        self._database = database
        self._timeout = timeout

    def execute(self, sql: str) -> QueryResult:
        """Run a statement to its end."""
        with self._clients.translate_errors():
            query_id, columns, _ = self._run(sql)
        return QueryResult(query_id, tuple((column.name, column.type) for column in columns))

    def arrow(self, sql: str) -> pa.Table:
        """Run a query; timestamps come back in UTC, arrays, maps and rows as Athena's text of them."""
        with self._clients.translate_errors():
            query_id, columns, location = self._run(sql)
            if not location:
                raise QueryError(f"query {query_id} has no result in S3. Remedy: {_LOCATION_REMEDY}", query_id)
            bucket, _, key = location.removeprefix("s3://").partition("/")
            body = self._clients.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return read_text(body, columns) if key.endswith(".txt") else read_csv(body, columns)

    def query(self, sql: str) -> pd.DataFrame:
        """Run a query; decimals are Decimal, integers nullable, timestamps UTC microseconds, dates datetime.date."""
        return self.arrow(sql).to_pandas(types_mapper=_PANDAS_TYPES.get, coerce_temporal_nanoseconds=False)

    def view_version(self, view: str) -> str:
        """Which version of a view the catalog holds: another one after any change, empty where the view is missing."""
        glue = self._clients.client("glue")
        with self._clients.translate_errors():
            try:
                table = glue.get_table(DatabaseName=self._database, Name=view)["Table"]
            except glue.exceptions.EntityNotFoundException:
                return ""
        return f"{table.get('VersionId', '')} {table.get('UpdateTime', table.get('CreateTime', ''))}"

    def _run(self, sql: str) -> tuple[str, list[Column], str]:
        client = self._clients.client("athena")
        try:
            query_id = client.start_query_execution(
                QueryString=sql,
                QueryExecutionContext={"Database": self._database, "Catalog": "AwsDataCatalog"},
                WorkGroup=self._workgroup,
            )["QueryExecutionId"]
        except ClientError as error:
            message = error.response.get("Error", {}).get("Message", str(error))
            raise QueryError(f"Athena refused the statement: {message}") from error
        except ParamValidationError as error:
            raise QueryError(f"Athena refused the statement: {error}") from error
        execution = self._wait(client, query_id)
        result = client.get_query_results(QueryExecutionId=query_id, MaxResults=1)["ResultSet"]
        described = result.get("ResultSetMetadata", {}).get("ColumnInfo", [])
        columns = [
            Column(info["Name"], info["Type"], info.get("Precision", 0), info.get("Scale", 0)) for info in described
        ]
        return query_id, columns, execution.get("ResultConfiguration", {}).get("OutputLocation", "")

    def _wait(self, client: "AthenaClient", query_id: str) -> "QueryExecutionTypeDef":
        started = time.monotonic()
        while True:
            execution = client.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
            status = execution.get("Status", {})
            state = status.get("State", "")
            if state == "SUCCEEDED":
                return execution
            if state in ("FAILED", "CANCELLED"):
                reason = status.get("StateChangeReason", "no reason given")
                raise QueryError(f"query {query_id} {state.lower()}: {reason}", query_id)
            waited = time.monotonic() - started
            if waited > self._timeout.total_seconds():
                client.stop_query_execution(QueryExecutionId=query_id)
                raise QueryTimeoutError(f"query {query_id} did not finish in {self._timeout}; it was stopped")
            time.sleep(min(max(_FIRST_POLL_SECONDS, waited * _POLL_SHARE), _LONGEST_POLL_SECONDS))
