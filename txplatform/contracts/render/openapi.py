"""Renders the OpenAPI 3.1 document of the data API.

Every entity has the same routes; the schema of its record comes from its contract.
"""

from collections.abc import Mapping
from typing import Any

from txplatform.contracts.model import Contract
from txplatform.contracts.names import API_VERSION, RESOURCE_SERVER, read_scope, write_scope
from txplatform.contracts.render.openapi_lists import (
    list_description,
    list_parameters,
    listed_schema,
    page_schema,
)
from txplatform.contracts.render.openapi_security import security_schemes
from txplatform.contracts.render.registry import json_schema

MAX_BATCH_OPERATIONS = 100

_JSON = "application/json"
_PROBLEM = "application/problem+json"


def openapi_document(contracts: Mapping[str, Contract], server_url: str, token_url: str = "") -> dict[str, Any]:
    """Render the document of all entities' routes under `server_url`; every reference in it is local.

    `token_url` is the token endpoint of the user pool, where the document is to name one.
    """
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for contract in contracts.values():
        paths |= _paths(contract)
        schemas |= _schemas(contract)
    schemes = security_schemes(contracts, token_url)
    for operation in (item for path in paths.values() for method, item in path.items() if method != "parameters"):
        operation["security"] = [dict.fromkeys([scheme], operation["security"]) for scheme in schemes]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "txplatform data API",
            "version": API_VERSION,
            "description": "Create, read, replace, delete and list the records of every entity, one by one or in "
            "batches. Decimals travel as texts with all their digits, timestamps in UTC with microseconds.",
        },
        "servers": [{"url": server_url.rstrip("/")}],
        "tags": [{"name": item.name, "description": item.description} for item in contracts.values()],
        "paths": paths,
        "components": {
            "schemas": {**schemas, **_SHARED_SCHEMAS},
            "responses": _SHARED_RESPONSES,
            "securitySchemes": schemes,
        },
    }


def _paths(contract: Contract) -> dict[str, Any]:
    base = f"/{API_VERSION}/{contract.name}"
    record = _ref(contract.name)
    key = {
        "name": "key",
        "in": "path",
        "required": True,
        "schema": {"type": "string"},
        "description": f"The record key: {' and '.join(contract.key)}"
        + (", joined with #" if len(contract.key) > 1 else "")
        + ". Inside a value %, #, / and ? are percent-escaped; the whole key is escaped once more in the URL.",
    }
    version = {
        "name": "version",
        "in": "query",
        "schema": {"type": "string"},
        "description": f"The deletion's own {contract.version_field}; without it the stored version counts.",
    }
    batch = _ref(f"{contract.name}_batch")
    return {
        base: {
            "post": _operation(
                contract,
                "create",
                "Create a record",
                body=record,
                ok={"200": _ok("The same record was stored before", record), "201": _ok("Created", record)},
                faults="409 422",
            ),
            "get": _operation(
                contract,
                "list",
                "List records",
                list_parameters(contract),
                ok={"200": _ok("A page of records", page_schema(_ref(f"{contract.name}_listed")))},
                description=list_description(contract),
            ),
        },
        f"{base}/{{key}}": {
            "parameters": [key],
            "get": _operation(contract, "get", "Read a record", ok={"200": _ok("The record", record)}, faults="404"),
            "put": _operation(
                contract,
                "replace",
                "Create or replace a record",
                body=record,
                ok={"200": _ok("Replaced, or already the same", record), "201": _ok("Created", record)},
                faults="409 422",
                description=f"Refused when the stored {contract.version_field} is newer (`stale_version`), or the same "
                f"with other content (`version_conflict`). {contract.partition_field} never changes while the record "
                "lives.",
            ),
            "delete": _operation(
                contract,
                "delete",
                "Delete a record",
                [version],
                ok={"204": {"description": "Gone"}},
                faults="404 409 422",
                description=f"With a version it holds also before the record arrives, and is refused (`stale_version`) "
                f"when the stored {contract.version_field} is newer. Afterwards the key may come back, with a newer "
                f"{contract.version_field} and any {contract.partition_field}.",
            ),
        },
        f"{base}/batch": {
            "post": _operation(
                contract,
                "batch",
                "Write and delete many records",
                body=batch,
                ok={"200": _ok("What became of each operation", _ref("BatchResult"))},
                faults="413",
                description="One bad record never blocks the others; repeating a batch changes nothing.",
            )
        },
    }


def _operation(
    contract: Contract,
    verb: str,
    summary: str,
    parameters: list[dict[str, Any]] | None = None,
    *,
    ok: dict[str, Any],
    body: dict[str, Any] | None = None,
    faults: str = "",
    description: str = "",
) -> dict[str, Any]:
    reads = verb in ("get", "list")
    scope = read_scope(contract.name) if reads else write_scope(contract.name)
    statuses = sorted({"400", "401", "403", "503", *faults.split()})
    operation: dict[str, Any] = {
        "operationId": f"{verb}_{contract.name}",
        "tags": [contract.name],
        "summary": summary,
        "security": [f"{RESOURCE_SERVER}/{scope}"],
        "responses": {**ok, **{status: {"$ref": f"#/components/responses/{status}"} for status in statuses}},
    }
    if description:
        operation["description"] = description
    if parameters:
        operation["parameters"] = parameters
    if body:
        operation["requestBody"] = {"required": True, "content": {_JSON: {"schema": body}}}
    return operation


def _schemas(contract: Contract) -> dict[str, Any]:
    record = json_schema(contract)
    for keyword in ("$schema", "$id"):
        del record[keyword]
    example = {item.name: item.example for item in contract.fields if item.example is not None}
    if example:
        record["examples"] = [example]
    identifying = dict.fromkeys((*contract.key, contract.version_field))
    deletion = {
        "type": "object",
        "description": f"Needs {', '.join(identifying)}; {contract.partition_field} places a deletion that comes "
        "before its record. Other fields are ignored.",
        "properties": {name: record["properties"][name] for name in (*identifying, contract.partition_field)},
        "required": list(identifying),
    }
    operations = {
        "type": "array",
        "minItems": 1,
        "maxItems": MAX_BATCH_OPERATIONS,
        "items": {
            "oneOf": [_batch_operation("upsert", _ref(contract.name)), _batch_operation("delete", deletion)],
        },
    }
    batch = {
        "type": "object",
        "description": f"Up to {MAX_BATCH_OPERATIONS} operations, carried out in order.",
        "properties": {"operations": operations},
        "required": ["operations"],
    }
    return {contract.name: record, f"{contract.name}_listed": listed_schema(record), f"{contract.name}_batch": batch}


def _batch_operation(op: str, record: dict[str, Any]) -> dict[str, Any]:
    correlation_id = {**_TEXT, "description": "Correlation id of this record; without one, that of the request."}
    return {
        "type": "object",
        "properties": {"op": {"const": op}, "record": record, "correlation_id": correlation_id},
        "required": ["op", "record"],
    }


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _ok(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {_JSON: {"schema": schema}}}


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {_PROBLEM: {"schema": _ref("Problem")}}}


_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_FURTHER = {**_COUNT, "description": "How many violations there are beside those in `errors`."}
_BATCH_STATUSES = ("written", "deleted", "unchanged", "superseded", "rejected")
_SHARED_SCHEMAS: dict[str, Any] = {
    "Violation": {
        "type": "object",
        "description": "One broken rule. The message never repeats a personal value.",
        "properties": {"field": _TEXT, "rule": _TEXT, "message": _TEXT},
        "required": ["field", "rule", "message"],
    },
    "Problem": {
        "type": "object",
        "description": "Why a request was refused (RFC 9457), with what it violates.",
        "properties": {
            "type": _TEXT,
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "code": {**_TEXT, "description": "Stable name of the error."},
            "errors": {"type": "array", "items": _ref("Violation")},
            "indexes": {
                "type": "array",
                "description": "Of a list that was refused: what the entity can be queried by.",
                "items": {
                    "type": "object",
                    "properties": {"field": _TEXT, "sorted_by": _TEXT},
                    "required": ["field", "sorted_by"],
                },
            },
            "further_errors": _FURTHER,
        },
        "required": ["title", "status", "code"],
    },
    "BatchResult": {
        "type": "object",
        "description": "One result an operation, in order, and their counts. `unchanged`: the same is stored. "
        "`superseded`: something newer is stored or deleted.",
        "properties": {
            "results": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "index": _COUNT,
                        "key": {"type": ["string", "null"]},
                        "status": {"enum": list(_BATCH_STATUSES)},
                        "errors": {"type": "array", "items": _ref("Violation")},
                        "further_errors": _FURTHER,
                    },
                    "required": ["index", "status"],
                },
            },
            **dict.fromkeys(_BATCH_STATUSES, _COUNT),
        },
        "required": ["results", *_BATCH_STATUSES],
    },
}
_SHARED_RESPONSES: dict[str, Any] = {
    "400": _problem("The request cannot be read"),
    "401": {"description": "No token was sent"},
    "403": {"description": "The token does not allow this"},
    "404": _problem("There is no such record"),
    "409": _problem("Another version of the record stands in the way"),
    "413": _problem("The batch holds too many operations"),
    "422": _problem("The record violates its contract"),
    "503": _problem("A service behind the API did not answer; the same request may succeed later"),
}
