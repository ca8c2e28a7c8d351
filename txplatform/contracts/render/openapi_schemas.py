"""Renders the schemas of an entity: its record as it is sent, answered, listed and patched, and batches of it."""

from typing import Any

from txplatform.contracts.model import Contract
from txplatform.contracts.render.openapi_answers import TEXT, reference
from txplatform.contracts.render.openapi_lists import listed_schema
from txplatform.contracts.render.openapi_record import (
    answered_schema,
    partial_update_schema,
    patch_schema,
    record_schema,
    sent_schema,
)

MAX_BATCH_OPERATIONS = 100


def entity_schemas(contract: Contract) -> dict[str, Any]:
    """Render the schemas by the names under which the routes refer to them."""
    record = record_schema(contract)
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
        "maxItems": MAX_BATCH_OPERATIONS,
        "items": {
            "oneOf": [
                _batch_operation("upsert", reference(contract.name)),
                _batch_operation("patch", partial_update_schema(record, identifying)),
                _batch_operation("delete", deletion),
            ],
        },
    }
    batch = {
        "type": "object",
        "description": f"Up to {MAX_BATCH_OPERATIONS} operations, carried out in order.",
        "properties": {"operations": operations},
        "required": ["operations"],
    }
    return {
        contract.name: sent_schema(contract, record),
        f"{contract.name}_answered": answered_schema(contract, record),
        f"{contract.name}_listed": listed_schema(record),
        f"{contract.name}_patch": patch_schema(record),
        f"{contract.name}_batch": batch,
    }


def _batch_operation(op: str, record: dict[str, Any]) -> dict[str, Any]:
    correlation_id = {**TEXT, "description": "Correlation id of this record; without one, that of the request."}
    return {
        "type": "object",
        "properties": {"op": {"const": op}, "record": record, "correlation_id": correlation_id},
        "required": ["op", "record"],
    }
