"""Renders what the OpenAPI document says of a record: the schema of the registry, and what only the functions check.

docs/reference/documents.md lists where the API and this schema still differ.
"""

from collections.abc import Iterable
from typing import Any

from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.contracts.render.registry import json_schema

_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z"
_DAY = "(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}"


def record_schema(contract: Contract) -> dict[str, Any]:
    """Render the schema of a record in canonical form."""
    record = json_schema(contract)
    for keyword in ("$schema", "$id"):
        del record[keyword]
    record["properties"] = {
        field.name: record["properties"][field.name] | _type(field) | _role(contract, field)
        for field in contract.fields
    }
    example = {field.name: field.example for field in contract.fields if field.example is not None}
    return record | ({"examples": [example]} if example else {})


def patch_schema(record: dict[str, Any]) -> dict[str, Any]:
    """Render the schema of a merge patch from that of the record: fields to set, and null for those to remove."""
    required = set(record["required"])
    properties = {
        name: schema if name in required else {"anyOf": [schema, {"type": "null"}]}
        for name, schema in record["properties"].items()
    }
    return {
        "type": "object",
        "description": "Fields to set, and null for those to remove (RFC 7396). The result must satisfy the contract.",
        "properties": properties,
        "additionalProperties": False,
    }


def partial_update_schema(record: dict[str, Any], identifying: Iterable[str]) -> dict[str, Any]:
    """Render the schema of a patch in a batch, which names its record by these fields."""
    return patch_schema(record) | {
        "description": f"Needs {', '.join(identifying)}, and fields to set, or null for those to remove. They are "
        "merged into what is stored under the rules of versions.",
        "required": list(identifying),
    }


def _type(field: Field) -> dict[str, Any]:
    match field.type:
        case FieldType.DATE:
            return {"format": "date", "pattern": f"^{_DAY}$"}
        case FieldType.TIMESTAMP:
            return {"format": "date-time", "pattern": f"^{_DAY}T{_CLOCK}$"}
        case FieldType.DECIMAL:
            bounds = {"x-minimum": field.minimum, "x-maximum": field.maximum}
            return {name: f"{bound:f}" for name, bound in bounds.items() if bound is not None}
        case _:
            return {}


def _role(contract: Contract, field: Field) -> dict[str, Any]:
    """Render what holds of a field as a part of the key, or as the version."""
    if field.name in contract.key and field.type is FieldType.STRING:
        return {"minLength": max(1, field.min_length or 0)}
    if field.name == contract.version_field and field.type is FieldType.INTEGER:
        return {"minimum": max(0, int(field.minimum or 0))}
    return {}
