"""Renders the OpenAPI 3.1 document of the data API.

Every entity has the same routes; the schema of its record comes from its contract.
"""

from collections.abc import Mapping
from typing import Any

from txplatform.contracts.model import Contract
from txplatform.contracts.names import API_VERSION, read_scope, schema_path, write_scope
from txplatform.contracts.render.openapi_answers import (
    HEADERS,
    RESPONSES,
    SCHEMAS,
    answers_of,
    bodiless,
    ok,
    reference,
)
from txplatform.contracts.render.openapi_documents import document_routes
from txplatform.contracts.render.openapi_headers import CORRELATION_ID, IDEMPOTENCY_KEY, PRECONDITIONS
from txplatform.contracts.render.openapi_lists import list_description, list_parameters, page_schema, schema_of_value
from txplatform.contracts.render.openapi_record import record_schema, words_of_personal_scope
from txplatform.contracts.render.openapi_schemas import entity_schemas
from txplatform.contracts.render.openapi_security import token_schemes

_JSON = "application/json"
_MERGE_PATCH = "application/merge-patch+json"
_REPLAYED = "Idempotency-Replayed"
_BODY = "413 415 422"  # the statuses of routes that take a record
_KEY_VALUE = "(?:[^%#/?]|%(?:25|23|2F|3F))+"
_KEY_LENGTH = {"minLength": 1, "maxLength": 2048}  # bytes of a partition key, and so no more characters


def openapi_document(
    contracts: Mapping[str, Contract], server_url: str, token_url: str = "", further_issuers: str = "[]"
) -> dict[str, Any]:
    """Render the document of all entities' routes under `server_url`; every reference in it is local.

    `token_url` is the token endpoint of the user pool, where the document is to name one; `further_issuers` those
    besides the pool, as the authorizer is configured with them. Raises ConfigurationError where they cannot be read.
    """
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for contract in contracts.values():
        paths |= _paths(contract)
        schemas |= entity_schemas(contract)
    schemes = token_schemes(contracts, token_url, further_issuers)
    for operation in (item for path in paths.values() for method, item in path.items() if method != "parameters"):
        permission = operation["security"]
        operation["security"] = [option for scheme in schemes for option in scheme.requirements(permission)]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "txplatform data API",
            "version": API_VERSION,
            "description": "Create, read, replace, patch, delete and list the records of every entity, one by one or "
            "in batches. Decimals travel as texts with all their digits, timestamps in UTC with microseconds.",
        },
        "servers": [{"url": server_url.rstrip("/") or "/"}],
        "tags": [{"name": item.name, "description": item.description} for item in contracts.values()],
        "paths": {**paths, **document_routes()},
        "components": {
            "schemas": {**schemas, **SCHEMAS},
            "responses": RESPONSES,
            "headers": HEADERS,
            "securitySchemes": {scheme.name: scheme.document for scheme in schemes},
        },
    }


def _paths(contract: Contract) -> dict[str, Any]:
    base = f"/{API_VERSION}/{contract.name}"
    record, batch = reference(contract.name), reference(f"{contract.name}_batch")
    answered = reference(f"{contract.name}_answered")
    shows = ("ETag", "Masked-Fields") if any(field.personal for field in contract.fields) else ("ETag",)
    guard = " 428" if contract.precondition_required else ""
    key = {
        "name": "key",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "pattern": f"^{'#'.join([_KEY_VALUE] * len(contract.key))}$", **_KEY_LENGTH},
        "description": f"The record key: {' and '.join(contract.key)}"
        + (", joined with #" if len(contract.key) > 1 else "")
        + ". Inside a value %, #, / and ? are percent-escaped; the whole key is escaped once more in the URL.",
    }
    version = {
        "name": "version",
        "in": "query",
        "schema": schema_of_value(record_schema(contract)["properties"][contract.version_field]),
        "description": f"The deletion's own {contract.version_field}; without it the stored version counts.",
    }
    written = {
        "200": ok("The same is stored", answered, *shows, _REPLAYED),
        "201": ok("Created", answered, *shows, "Location", _REPLAYED),
    }
    replaced = written | {"200": ok("Replaced, or already the same", answered, *shows, _REPLAYED)}
    return {
        base: {
            "post": _operation(
                contract,
                "create",
                "Create a record",
                [IDEMPOTENCY_KEY],
                body=record,
                answers=written,
                faults=_BODY + " 409",
            ),
            "get": _operation(
                contract,
                "list",
                "List records",
                list_parameters(contract),
                answers={"200": ok("A page of records", page_schema(reference(f"{contract.name}_listed")), *shows[1:])},
                description=list_description(contract),
            ),
        },
        f"{base}/{{key}}": {
            "parameters": [key],
            "get": _operation(
                contract,
                "get",
                "Read a record",
                PRECONDITIONS,
                answers={"200": ok("The record", answered, *shows)},
                faults="304 404 409 412",
            ),
            "put": _operation(
                contract,
                "replace",
                "Create or replace a record",
                [*PRECONDITIONS, IDEMPOTENCY_KEY],
                body=record,
                answers=replaced,
                faults=_BODY + " 409 412" + guard,
                description=f"Refused when the stored {contract.version_field} is newer (`stale_version`), or the same "
                f"with other content (`version_conflict`). {_ties(contract)}{contract.partition_field} never changes "
                "while the record lives." + words_of_personal_scope(contract),
            ),
            "patch": _operation(
                contract,
                "patch",
                "Change fields of a record",
                [*PRECONDITIONS, IDEMPOTENCY_KEY],
                body=reference(f"{contract.name}_patch"),
                media_type=_MERGE_PATCH,
                answers={"200": replaced["200"]},
                faults=_BODY + " 404 409 412" + guard,
                description=f"Another version of the record: {contract.version_field} must be newer, as for a "
                "replacement. An older one, all changes of which are stored, changes nothing and is answered with the "
                "record.",
            ),
            "delete": _operation(
                contract,
                "delete",
                "Delete a record",
                [version, *PRECONDITIONS, IDEMPOTENCY_KEY],
                answers={"204": bodiless("Gone", _REPLAYED)},
                faults="404 409 412 422" + guard,
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
                answers={"200": ok("What became of each operation", reference("BatchResult"), _REPLAYED)},
                faults=_BODY + " 409",
                description="One bad record never blocks the others; repeating a batch changes nothing. A patch that "
                "finds no record is `not_found`, and may succeed once the record is stored."
                + words_of_personal_scope(contract),
            )
        },
        schema_path(contract.name): {
            "get": _operation(
                contract,
                "schema",
                "Read the JSON Schema of a record",
                PRECONDITIONS,
                answers={"200": ok("The schema", {"type": "object"}, "ETag", media_type="application/schema+json")},
                faults="304 404 412",
            )
        },
    }


def _ties(contract: Contract) -> str:
    """Say what orders records of one version, where anything does."""
    if not contract.tie_breakers:
        return ""
    fields = ", then by ".join(
        f"{item.field} ({' < '.join(item.ranks)})" if item.ranks else item.field for item in contract.tie_breakers
    )
    return f"Records of one {contract.version_field} are ordered by {fields}. "


def _operation(
    contract: Contract,
    verb: str,
    summary: str,
    parameters: list[dict[str, Any]] | None = None,
    *,
    answers: dict[str, Any],
    body: dict[str, Any] | None = None,
    media_type: str = _JSON,
    faults: str = "",
    description: str = "",
) -> dict[str, Any]:
    reads = verb in ("get", "list", "schema")
    scope = read_scope(contract.name) if reads else write_scope(contract.name)
    operation: dict[str, Any] = {
        "operationId": f"{verb}_{contract.name}",
        "tags": [contract.name],
        "summary": summary,
        "security": scope,  # of which openapi_document makes requirements
        "parameters": [*(parameters or ()), CORRELATION_ID],
        "responses": {**answers, **answers_of(faults)},
    }
    if description:
        operation["description"] = description
    if body:
        operation["requestBody"] = {"required": True, "content": {media_type: {"schema": body}}}
    return operation
