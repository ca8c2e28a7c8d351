"""Renders the OpenAPI 3.1 document of the data API.

Every entity has the same routes; the schema of its record comes from its contract.
"""

from collections.abc import Mapping
from typing import Any

from txplatform.contracts.model import Contract
from txplatform.contracts.names import API_VERSION, RESOURCE_SERVER, read_scope, write_scope
from txplatform.contracts.render.openapi_components import (
    CONDITIONS,
    IDEMPOTENCY_KEY,
    RESPONSES,
    SCHEMAS,
    TEXT,
    ref,
)
from txplatform.contracts.render.openapi_lists import (
    list_description,
    list_parameters,
    listed_schema,
    page_schema,
)
from txplatform.contracts.render.registry import json_schema

MAX_BATCH_OPERATIONS = 100

_JSON = "application/json"
_MERGE_PATCH = "application/merge-patch+json"
_BEARER = "bearer"


def openapi_document(contracts: Mapping[str, Contract], server_url: str) -> dict[str, Any]:
    """Render the document of all entities' routes under `server_url`; every reference in it is local."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for contract in contracts.values():
        paths |= _paths(contract)
        schemas |= _schemas(contract)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "txplatform data API",
            "version": API_VERSION,
            "description": "Create, read, replace, patch, delete and list the records of every entity, one by one or "
            "in batches. Decimals travel as texts with all their digits, timestamps in UTC with microseconds.",
        },
        "servers": [{"url": server_url.rstrip("/")}],
        "tags": [{"name": item.name, "description": item.description} for item in contracts.values()],
        "paths": paths,
        "components": {
            "schemas": {**schemas, **SCHEMAS},
            "responses": RESPONSES,
            "securitySchemes": {
                _BEARER: {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "Access token of the user pool, by the client-credentials grant. "
                    f"Scopes: {RESOURCE_SERVER}/<entity>.read and {RESOURCE_SERVER}/<entity>.write.",
                }
            },
        },
    }


def _paths(contract: Contract) -> dict[str, Any]:
    base = f"/{API_VERSION}/{contract.name}"
    record = ref(contract.name)
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
    batch = ref(f"{contract.name}_batch")
    strict = " 428" if contract.precondition_required else ""
    return {
        base: {
            "post": _operation(
                contract,
                "create",
                "Create a record",
                [IDEMPOTENCY_KEY],
                body=record,
                ok={"200": _tagged("The same record was stored before", record), "201": _tagged("Created", record)},
                faults="409 413 415 422",
            ),
            "get": _operation(
                contract,
                "list",
                "List records",
                list_parameters(contract),
                ok={"200": _ok("A page of records", page_schema(ref(f"{contract.name}_listed")))},
                description=list_description(contract),
            ),
        },
        f"{base}/{{key}}": {
            "parameters": [key],
            "get": _operation(
                contract,
                "get",
                "Read a record",
                CONDITIONS,
                ok={"200": _tagged("The record", record), "304": {"description": "The state that If-None-Match names"}},
                faults="404 409 412",
            ),
            "put": _operation(
                contract,
                "replace",
                "Create or replace a record",
                [*CONDITIONS, IDEMPOTENCY_KEY],
                body=record,
                ok={"200": _tagged("Replaced, or already the same", record), "201": _tagged("Created", record)},
                faults=f"409 412 413 415 422{strict}",
                description=f"Refused when the stored {contract.version_field} is newer (`stale_version`), or the same "
                f"with other content (`version_conflict`). {contract.partition_field} never changes while the record "
                "lives. A deleted record comes back as a newer version.",
            ),
            "patch": _operation(
                contract,
                "patch",
                "Change fields of a record",
                [*CONDITIONS, IDEMPOTENCY_KEY],
                body={"type": "object", "description": "JSON merge patch (RFC 7396): null removes a field."},
                media_type=_MERGE_PATCH,
                ok={"200": _tagged("Changed, or already the same", record)},
                faults=f"404 409 412 413 415 422{strict}",
                description=f"Makes another version of the record: the patch names a newer {contract.version_field}.",
            ),
            "delete": _operation(
                contract,
                "delete",
                "Delete a record",
                [version, *CONDITIONS, IDEMPOTENCY_KEY],
                ok={"204": {"description": "Gone"}},
                faults=f"404 409 412 422{strict}",
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
                [IDEMPOTENCY_KEY],
                body=batch,
                ok={"200": _ok("What became of each operation", ref("BatchResult"))},
                faults="409 413 415 422",
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
    media_type: str = _JSON,
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
        "security": [{_BEARER: [f"{RESOURCE_SERVER}/{scope}"]}],
        "responses": {**ok, **{status: {"$ref": f"#/components/responses/{status}"} for status in statuses}},
    }
    if description:
        operation["description"] = description
    if parameters:
        operation["parameters"] = parameters
    if body:
        operation["requestBody"] = {"required": True, "content": {media_type: {"schema": body}}}
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
            "oneOf": [_batch_operation("upsert", ref(contract.name)), _batch_operation("delete", deletion)],
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
    correlation_id = {**TEXT, "description": "Correlation id of this record; without one, that of the request."}
    return {
        "type": "object",
        "properties": {"op": {"const": op}, "record": record, "correlation_id": correlation_id},
        "required": ["op", "record"],
    }


def _ok(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {_JSON: {"schema": schema}}}


def _tagged(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    tag = {"description": "The record's strong entity tag.", "schema": {"type": "string"}}
    return {**_ok(description, schema), "headers": {"ETag": tag}}
