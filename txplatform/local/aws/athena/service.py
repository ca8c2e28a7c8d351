"""Athena's API: the operations on queries, the catalog and work groups; all others are refused by their names."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from txplatform.local.aws.athena import requests, workgroups
from txplatform.local.aws.athena.errors import RequestError
from txplatform.local.aws.athena.execution import Execution
from txplatform.local.aws.athena.executions import Executions
from txplatform.local.aws.athena.metadata import Metadata, require_catalog
from txplatform.local.aws.athena.named_queries import NamedQueries
from txplatform.local.aws.athena.names import unquote
from txplatform.local.aws.athena.pages import bounds, next_token, page
from txplatform.local.aws.athena.statements import bare, kind_of
from txplatform.local.aws.athena.view_codec import CATALOG

TARGET_PREFIX = "AmazonAthena."
PAGE = 1000
DEFAULT_REUSE_MINUTES, MOST_REUSE_MINUTES = 60, 10_080

NO_OUTPUT = (
    "No output location provided. An output location is required either through the Workgroup result "
    "configuration setting or as an API input."
)


class AthenaService:
    """Answers Athena's requests about queries. `output_of` gives (location, enforced) of a workgroup."""

    def __init__(
        self, executions: Executions, metadata: Metadata, output_of: Callable[[str], tuple[str | None, bool]]
    ) -> None:
        self._executions = executions
        self._output_of = output_of
        self._prepared = executions.prepared
        self._operations: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "StartQueryExecution": self._start,
            "GetQueryExecution": self._get,
            "BatchGetQueryExecution": self._batch_get,
            "ListQueryExecutions": self._list,
            "StopQueryExecution": self._stop,
            "GetQueryResults": self._results,
            "GetQueryRuntimeStatistics": self._runtime,
            **metadata.operations,
            **executions.prepared.operations,
            **NamedQueries().operations,
            **workgroups.OPERATIONS,
        }

    def handles(self, environ: dict[str, Any]) -> bool:
        """Say whether a WSGI request is one that this service answers."""
        return environ.get("HTTP_X_AMZ_TARGET", "").startswith(TARGET_PREFIX)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        status = "200 OK"
        try:
            operation = environ["HTTP_X_AMZ_TARGET"].removeprefix(TARGET_PREFIX)
            answer = self._answer(operation, environ["wsgi.input"].read(length))
        except RequestError as error:
            status = "400 Bad Request"
            answer = {"__type": error.kind, "Message": str(error), "AthenaErrorCode": "INVALID_INPUT"}
        body = json.dumps(answer, separators=(",", ":")).encode()
        start_response(status, [("Content-Type", "application/x-amz-json-1.1"), ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, operation: str, body: bytes) -> dict[str, Any]:
        if operation not in self._operations:
            raise RequestError(f"The operation {operation[:80]} is not supported locally")
        try:
            request = json.loads(body or b"{}")
        except ValueError as error:
            raise RequestError("The request is no JSON object") from error
        requests.check(operation, request)
        return self._operations[operation](request)

    def _start(self, request: dict[str, Any]) -> dict[str, Any]:
        workgroup = request.get("WorkGroup") or "primary"
        output, enforced = self._output_of(workgroup)
        asked = request.get("ResultConfiguration", {}).get("OutputLocation")
        output = output if enforced and output else asked or output
        if not output:
            raise RequestError(NO_OUTPUT)
        context = request.get("QueryExecutionContext", {})
        require_catalog(context.get("Catalog") or CATALOG)
        sql, values = request["QueryString"], request.get("ExecutionParameters", [])
        runs = self._prepared.resolved(bare(sql), values, workgroup)
        kind, subkind = kind_of(runs[0])
        execution = Execution(
            sql=sql,
            runs=runs,
            parameters=values,
            database=unquote(context.get("Database") or "default"),
            catalog=context.get("Catalog") or CATALOG,
            workgroup=workgroup,
            output=output,
            kind=kind,
            subkind=subkind,
            token=request.get("ClientRequestToken"),
            reuse_minutes=_reuse_minutes(request),
        )
        return {"QueryExecutionId": self._executions.start(execution)}

    def _get(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"QueryExecution": self._executions.get(request["QueryExecutionId"]).describe()}

    def _batch_get(self, request: dict[str, Any]) -> dict[str, Any]:
        found, missing = [], []
        for execution_id in request["QueryExecutionIds"]:
            try:
                found.append(self._executions.get(execution_id).describe())
            except RequestError as error:
                missing.append({"QueryExecutionId": execution_id, "ErrorMessage": str(error)})
        return {"QueryExecutions": found, "UnprocessedQueryExecutionIds": missing}

    def _runtime(self, request: dict[str, Any]) -> dict[str, Any]:
        execution = self._executions.get(request["QueryExecutionId"])
        rows: dict[str, int] = {}
        if execution.outcome is not None:
            rows = {"InputBytes": execution.outcome.scanned, "OutputRows": execution.row_count}
        return {"QueryRuntimeStatistics": {"Timeline": execution.timeline(), "Rows": rows}}

    def _list(self, request: dict[str, Any]) -> dict[str, Any]:
        workgroup = request.get("WorkGroup") or "primary"
        workgroups.require(workgroup)
        return page("QueryExecutionIds", self._executions.ids(workgroup), request)

    def _stop(self, request: dict[str, Any]) -> dict[str, Any]:
        self._executions.stop(request["QueryExecutionId"])
        return {}

    def _results(self, request: dict[str, Any]) -> dict[str, Any]:
        execution = self._executions.get(request["QueryExecutionId"])
        if execution.outcome is None:
            reason = f"Query did not finish successfully. Final query state: {execution.state}"
            raise RequestError(reason if execution.completed else f"Query has not yet finished. {execution.state}")
        result, header = execution.outcome.result, execution.outcome.header
        total = (execution.row_count if header else result.rows.num_rows) + header
        first, last = bounds(request, total, PAGE)
        rows: list[list[str | None]] = []
        if header and first == 0:
            rows.append([column.name for column in result.columns])
        start = max(first - header, 0)
        part = self._executions.rows(execution, start, max(last - header, start))
        rows.extend(list(row) for row in zip(*(column.to_pylist() for column in part.columns), strict=True))
        return {
            "UpdateCount": execution.outcome.update_count,
            "ResultSet": {
                "Rows": [{"Data": [{} if value is None else {"VarCharValue": value} for value in row]} for row in rows],
                "ResultSetMetadata": {"ColumnInfo": [column.describe() for column in result.columns]},
            },
            **next_token(last, total),
        }


def _reuse_minutes(request: dict[str, Any]) -> int | None:
    """Return the age up to which an earlier result will do, None where none will; raise RequestError."""
    given = request.get("ResultReuseConfiguration", {}).get("ResultReuseByAgeConfiguration", {})
    minutes = given.get("MaxAgeInMinutes", DEFAULT_REUSE_MINUTES)
    if not 0 <= minutes <= MOST_REUSE_MINUTES:
        raise RequestError(f"MaxAgeInMinutes must be from 0 to {MOST_REUSE_MINUTES}, and is {minutes}")
    return minutes if given.get("Enabled") else None
