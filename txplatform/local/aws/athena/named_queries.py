"""Named queries: kept by their ids, listed by work group.

https://docs.aws.amazon.com/athena/latest/APIReference/API_NamedQuery.html
"""

import threading
import uuid
from collections.abc import Callable
from typing import Any

from txplatform.local.aws.athena import workgroups
from txplatform.local.aws.athena.errors import RequestError
from txplatform.local.aws.athena.pages import page

_GIVEN = ("Name", "Description", "Database", "QueryString")


class NamedQueries:
    """Those of all work groups; safe to share between threads."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Any]] = {}
        self._tokens: dict[str, str] = {}
        self._lock = threading.Lock()
        self.operations: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "CreateNamedQuery": self._create,
            "UpdateNamedQuery": self._update,
            "GetNamedQuery": lambda request: {"NamedQuery": self._get(request["NamedQueryId"])},
            "BatchGetNamedQuery": self._batch_get,
            "DeleteNamedQuery": self._delete,
            "ListNamedQueries": self._list,
        }

    def _create(self, request: dict[str, Any]) -> dict[str, Any]:
        workgroup = request.get("WorkGroup") or "primary"
        workgroups.require(workgroup)
        token = request.get("ClientRequestToken") or str(uuid.uuid4())
        with self._lock:
            made = self._tokens.setdefault(token, str(uuid.uuid4()))
            given = {name: request[name] for name in _GIVEN if name in request}
            wanted = {**given, "NamedQueryId": made, "WorkGroup": workgroup}
            if self._kept.setdefault(made, wanted) != wanted:
                raise RequestError("Idempotent parameters do not match")
        return {"NamedQueryId": made}

    def _update(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            known = self._get(request["NamedQueryId"])
            given = {name: request[name] for name in ("Name", "Description", "QueryString") if name in request}
            self._kept[known["NamedQueryId"]] = {**known, **given}
        return {}

    def _get(self, identifier: str) -> dict[str, Any]:
        if identifier not in self._kept:
            raise RequestError(f"NamedQuery {identifier} was not found")
        return self._kept[identifier]

    def _batch_get(self, request: dict[str, Any]) -> dict[str, Any]:
        wanted = request["NamedQueryIds"]
        found = [self._kept[identifier] for identifier in wanted if identifier in self._kept]
        missing = [
            {"NamedQueryId": of, "ErrorCode": RequestError.kind, "ErrorMessage": f"NamedQuery {of} was not found"}
            for of in wanted
            if of not in self._kept
        ]
        return {"NamedQueries": found, "UnprocessedNamedQueryIds": missing}

    def _delete(self, request: dict[str, Any]) -> dict[str, Any]:
        self._kept.pop(self._get(request["NamedQueryId"])["NamedQueryId"], None)
        return {}

    def _list(self, request: dict[str, Any]) -> dict[str, Any]:
        workgroup = request.get("WorkGroup") or "primary"
        workgroups.require(workgroup)
        ids = [identifier for identifier, query in self._kept.items() if query["WorkGroup"] == workgroup]
        return page("NamedQueryIds", ids, request)
