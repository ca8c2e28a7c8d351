"""Athena's API: the operations on query executions. All other operations of Athena are moto's."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from txplatform.local.aws.athena.engine import kind_of
from txplatform.local.aws.athena.errors import RequestError
from txplatform.local.aws.athena.executions import Execution, Executions

TARGET_PREFIX = "AmazonAthena."
PAGE = 1000

NO_OUTPUT = (
    "No output location provided. An output location is required either through the Workgroup result "
    "configuration setting or as an API input."
)


class AthenaService:
    """Answers Athena's requests about queries. `output_of` gives (location, enforced) of a workgroup."""

    def __init__(self, executions: Executions, output_of: Callable[[str], tuple[str | None, bool]]) -> None:
        self._executions = executions
        self._output_of = output_of
        self._operations: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "StartQueryExecution": self._start,
            "GetQueryExecution": self._get,
            "BatchGetQueryExecution": self._batch_get,
            "ListQueryExecutions": self._list,
            "StopQueryExecution": self._stop,
            "GetQueryResults": self._results,
        }

    def handles(self, environ: dict[str, Any]) -> bool:
        """Say whether a WSGI request is one that this service answers."""
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        return target.startswith(TARGET_PREFIX) and target[len(TARGET_PREFIX) :] in self._operations

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        request = json.loads(environ["wsgi.input"].read(length) or b"{}")
        operation = self._operations[environ["HTTP_X_AMZ_TARGET"][len(TARGET_PREFIX) :]]
        status = "200 OK"
        try:
            answer = operation(request)
        except RequestError as error:
            status = "400 Bad Request"
            answer = {
                "__type": "InvalidRequestException",
                "Message": str(error),
                "AthenaErrorCode": "INVALID_INPUT",
            }
        body = json.dumps(answer).encode()
        start_response(status, [("Content-Type", "application/x-amz-json-1.1"), ("Content-Length", str(len(body)))])
        return [body]

    def _start(self, request: dict[str, Any]) -> dict[str, Any]:
        workgroup = request.get("WorkGroup") or "primary"
        output, enforced = self._output_of(workgroup)
        asked = request.get("ResultConfiguration", {}).get("OutputLocation")
        output = output if enforced and output else asked or output
        if not output:
            raise RequestError(NO_OUTPUT)
        context = request.get("QueryExecutionContext", {})
        execution = Execution(
            sql=request["QueryString"],
            parameters=request.get("ExecutionParameters", []),
            database=context.get("Database", "default").lower(),
            catalog=context.get("Catalog", "awsdatacatalog"),
            workgroup=workgroup,
            output=output,
            kind=kind_of(request["QueryString"]),
            token=request.get("ClientRequestToken"),
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

    def _list(self, request: dict[str, Any]) -> dict[str, Any]:
        first, size = int(request.get("NextToken") or 0), request.get("MaxResults", 50)
        ids = self._executions.ids(request.get("WorkGroup") or "primary")
        return {"QueryExecutionIds": ids[first : first + size], **_next(first + size, len(ids))}

    def _stop(self, request: dict[str, Any]) -> dict[str, Any]:
        self._executions.stop(request["QueryExecutionId"])
        return {}

    def _results(self, request: dict[str, Any]) -> dict[str, Any]:
        execution = self._executions.get(request["QueryExecutionId"])
        if execution.outcome is None:
            reason = f"Query did not finish successfully. Final query state: {execution.state}"
            raise RequestError(reason if execution.completed else f"Query has not yet finished. {execution.state}")
        result, header = execution.outcome.result, execution.outcome.header
        first, size = int(request.get("NextToken") or 0), min(request.get("MaxResults", PAGE), PAGE)
        found = self._executions.rows(execution)
        total = found.num_rows + header
        rows: list[list[str | None]] = []
        if header and first == 0:
            rows.append([column.name for column in result.columns])
        start = max(first - header, 0)
        page = found.slice(start, size - len(rows))
        rows.extend(list(row) for row in zip(*(column.to_pylist() for column in page.columns), strict=True))
        return {
            "UpdateCount": execution.outcome.update_count,
            "ResultSet": {
                "Rows": [{"Data": [{} if value is None else {"VarCharValue": value} for value in row]} for row in rows],
                "ResultSetMetadata": {"ColumnInfo": [column.describe() for column in result.columns]},
            },
            **_next(first + size, total),
        }


def _next(position: int, total: int) -> dict[str, str]:
    return {"NextToken": str(position)} if position < total else {}
