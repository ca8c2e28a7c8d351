"""Prepared statements: kept by name in a workgroup, and executed with literals.

https://docs.aws.amazon.com/athena/latest/ug/querying-with-prepared-statements.html
"""

import re
import threading
import time
from collections.abc import Callable
from typing import Any

from txplatform.local.aws.athena import workgroups
from txplatform.local.aws.athena.errors import RequestError
from txplatform.local.aws.athena.pages import page

MOST = 1000  # in a workgroup
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_@:]{0,255}")
_EXECUTE = re.compile(r"\s*execute\s+(?P<name>[\w@:]+)(?:\s+using\s+(?P<values>.+))?\s*", re.IGNORECASE | re.DOTALL)
_PREPARE = re.compile(r"\s*prepare\s+(?P<name>[\w@:]+)\s+from\s+(?P<sql>.+)", re.IGNORECASE | re.DOTALL)
_DEALLOCATE = re.compile(r"\s*deallocate\s+prepare\s+(?P<name>[\w@:]+)\s*", re.IGNORECASE)
_VALUE = re.compile(r"\s*((?:'(?:[^']|'')*'|[^',])+?)\s*(?:,|\Z)")


class ResourceNotFoundError(RequestError):
    """There is no prepared statement of that name."""

    kind = "ResourceNotFoundException"


class PreparedStatements:
    """Those of all workgroups; safe to share between threads."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], dict[str, Any]] = {}
        self._lock = threading.Lock()
        self.operations: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "CreatePreparedStatement": self._create,
            "UpdatePreparedStatement": self._update,
            "GetPreparedStatement": lambda request: {"PreparedStatement": self._get(request)},
            "DeletePreparedStatement": self._delete,
            "ListPreparedStatements": self._list,
            "BatchGetPreparedStatement": self._batch_get,
        }

    def resolved(self, sql: str, values: list[str], workgroup: str) -> tuple[str, list[str]]:
        """Return what an EXECUTE runs and its literals; any other statement is returned as it is."""
        found = _EXECUTE.fullmatch(sql)
        if found is None:
            return sql, values
        if found["values"] and values:
            raise RequestError("EXECUTE … USING takes no execution parameters beside its own")
        kept = self._get({"StatementName": found["name"], "WorkGroup": workgroup})
        return kept["QueryStatement"], _VALUE.findall(found["values"] or "") or values

    def run(self, sql: str, workgroup: str) -> bool:
        """Run a PREPARE or DEALLOCATE; return whether it was one."""
        made, gone = _PREPARE.fullmatch(sql), _DEALLOCATE.fullmatch(sql)
        if made:
            self._create({"StatementName": made["name"], "WorkGroup": workgroup, "QueryStatement": made["sql"]})
        elif gone:
            self._delete({"StatementName": gone["name"], "WorkGroup": workgroup})
        return bool(made or gone)

    def _create(self, request: dict[str, Any]) -> dict[str, Any]:
        key = _key(request)
        with self._lock:
            if key in self._kept:
                raise RequestError(f"PreparedStatement {key[1]} already exists in WorkGroup {key[0]}")
            if sum(workgroup == key[0] for workgroup, _ in self._kept) >= MOST:
                raise RequestError(f"A WorkGroup has at most {MOST} prepared statements")
            self._kept[key] = _statement(request)
        return {}

    def _update(self, request: dict[str, Any]) -> dict[str, Any]:
        self._get(request)
        self._kept[_key(request)] = _statement(request)
        return {}

    def _get(self, request: dict[str, Any]) -> dict[str, Any]:
        key = _key(request)
        if key not in self._kept:
            raise ResourceNotFoundError(f"PreparedStatement {key[1]} was not found in WorkGroup {key[0]}")
        return self._kept[key]

    def _batch_get(self, request: dict[str, Any]) -> dict[str, Any]:
        found, missing = [], []
        for name in request["PreparedStatementNames"]:
            try:
                found.append(self._get({"WorkGroup": request["WorkGroup"], "StatementName": name}))
            except RequestError as error:
                missing.append({"StatementName": name, "ErrorCode": error.kind, "ErrorMessage": str(error)})
        return {"PreparedStatements": found, "UnprocessedPreparedStatementNames": missing}

    def _delete(self, request: dict[str, Any]) -> dict[str, Any]:
        self._get(request)
        self._kept.pop(_key(request), None)
        return {}

    def _list(self, request: dict[str, Any]) -> dict[str, Any]:
        workgroups.require(request["WorkGroup"])
        found = [kept for (workgroup, _), kept in sorted(self._kept.items()) if workgroup == request["WorkGroup"]]
        listed = [{name: kept[name] for name in ("StatementName", "LastModifiedTime")} for kept in found]
        return page("PreparedStatements", listed, request)


def _key(request: dict[str, Any]) -> tuple[str, str]:
    workgroups.require(request["WorkGroup"])
    if not _NAME.fullmatch(request["StatementName"]):
        raise RequestError(f"{request['StatementName'][:80]!r} is no name of a prepared statement")
    return request["WorkGroup"], request["StatementName"]


def _statement(request: dict[str, Any]) -> dict[str, Any]:
    return {
        "StatementName": request["StatementName"],
        "QueryStatement": request["QueryStatement"],
        "WorkGroupName": request["WorkGroup"],
        "Description": request.get("Description") or "",
        "LastModifiedTime": time.time(),
    }
