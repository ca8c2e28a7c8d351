"""Renders what the OpenAPI document says of a record: the schema of the registry, and what only the functions check.

docs/reference/documents.md lists where the API and this schema still differ.
"""

from collections.abc import Iterable
from typing import Any

from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.contracts.names import personal_scope
from txplatform.contracts.render.day_pattern import day_pattern
from txplatform.contracts.render.decimal_range import bounded_decimal_pattern
from txplatform.contracts.render.registry import json_schema

RECORD_RULES = "x-record-rules"  # what JSON Schema cannot say of several fields together

_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z"


def record_schema(contract: Contract) -> dict[str, Any]:
    """Render the schema of a record in canonical form."""
    record = json_schema(contract)
    for keyword in ("$schema", "$id"):
        del record[keyword]
    record["properties"] = {
        field.name: _detailed(record["properties"][field.name], field) | _role(contract, field)
        for field in contract.fields
    }
    example = _examples(contract.fields)
    return record | ({"examples": [example]} if example else {})


def sent_schema(contract: Contract, record: dict[str, Any]) -> dict[str, Any]:
    """Render the schema of a record in a request, which the rules over several fields concern; not what was stored."""
    rules = {rule.name: f"{rule.subject} {rule.text}" for rule in contract.quality.rules}
    if not rules:
        return record
    description = f"{record['description']} Over several fields: {'; '.join(rules.values())}."
    return {**record, "description": description, RECORD_RULES: rules}


def answered_schema(contract: Contract, record: dict[str, Any]) -> dict[str, Any]:
    """Render the schema of a record in an answer from that of the record: personal fields may be left out."""
    required = [name for name in record["required"] if not contract[name].personal]
    description = f"{record['description']} Without the scope `{personal_scope(contract.name)}` no personal field."
    return {**record, "description": description, "required": required, "additionalProperties": False}


def words_of_personal_scope(contract: Contract) -> str:
    """Say what a whole record must say of personal fields that the token does not show."""
    if not any(field.personal for field in contract.fields):
        return ""
    return (
        f" Without the scope `{personal_scope(contract.name)}`, a record that leaves out a personal field is refused "
        "where that would erase it (`insufficient_scope`): null removes one."
    )


def patch_schema(record: dict[str, Any]) -> dict[str, Any]:
    """Render the schema of a merge patch from that of the record: fields to set, and null for those to remove."""
    return {
        "type": "object",
        "description": "Fields to set, and null for those to remove (RFC 7396). The result must satisfy the contract.",
        "properties": _changes(record),
        "additionalProperties": record["additionalProperties"],
    }


def _changes(record: dict[str, Any]) -> dict[str, Any]:
    """Render what a merge patch may say of each member of an object. Arrays are replaced whole."""
    required = set(record["required"])
    return {
        name: _change(schema) if name in required else {"anyOf": [_change(schema), {"type": "null"}]}
        for name, schema in record["properties"].items()
    }


def _change(schema: dict[str, Any]) -> dict[str, Any]:
    if "properties" in schema:
        changes = {keyword: value for keyword, value in schema.items() if keyword != "required"}
        return {**changes, "properties": _changes(schema)}
    if schema.get("type") == "object":
        return {**schema, "additionalProperties": {"anyOf": [schema["additionalProperties"], {"type": "null"}]}}
    return schema


def partial_update_schema(record: dict[str, Any], identifying: Iterable[str]) -> dict[str, Any]:
    """Render the schema of a patch in a batch, which names its record by these fields."""
    return patch_schema(record) | {
        "description": f"Needs {', '.join(identifying)}, and fields to set, or null for those to remove. They are "
        "merged into what is stored under the rules of versions.",
        "required": list(identifying),
    }


def _detailed(schema: dict[str, Any], field: Field) -> dict[str, Any]:
    """Render the schema of a field, with what only the functions check of it and of what is in it."""
    inner: dict[str, Any] = {}
    if field.fields:
        inner["properties"] = {item.name: _detailed(schema["properties"][item.name], item) for item in field.fields}
    if field.element is not None:
        keyword = "items" if field.type is FieldType.ARRAY else "additionalProperties"
        inner[keyword] = _detailed(schema[keyword], field.element)
    return schema | inner | _type(field) | _classification(field) | _deprecation(schema, field)


def _examples(fields: Iterable[Field]) -> dict[str, Any]:
    """Render an object of the examples that fields have, or what is in them has."""
    examples = {field.name: _example(field) for field in fields}
    return {name: example for name, example in examples.items() if example is not None}


def _example(field: Field) -> Any:
    if field.type is FieldType.OBJECT:
        return _examples(field.fields) or None
    if field.type is FieldType.ARRAY and field.element is not None:
        element = _example(field.element)
        return None if element is None else [element]
    return field.example


def _type(field: Field) -> dict[str, Any]:
    day = day_pattern(field.earliest, field.latest)
    match field.type:
        case FieldType.DATE:
            return {"format": "date", "pattern": f"^{day}$", **_time_bounds(field)}
        case FieldType.TIMESTAMP:
            return {"format": "date-time", "pattern": f"^{day}T{_CLOCK}$", **_time_bounds(field)}
        case FieldType.DECIMAL:
            bounds = {"x-minimum": field.minimum, "x-maximum": field.maximum}  # for people; the pattern says the same
            given = {name: f"{bound:f}" for name, bound in bounds.items() if bound is not None}
            return {"pattern": bounded_decimal_pattern(field), **given}
        case _:
            return {}


def _time_bounds(field: Field) -> dict[str, Any]:
    """Render the bounds of a time, of which JSON Schema knows none; the pattern has their years."""
    bounds = {"x-minimum": field.earliest, "x-maximum": field.latest}
    return {name: bound for name, bound in bounds.items() if bound is not None}


def _classification(field: Field) -> dict[str, Any]:
    return {"x-personal": True} if field.personal else {}


def _deprecation(schema: dict[str, Any], field: Field) -> dict[str, Any]:
    reason = field.evolution.deprecated
    if reason is None:
        return {}
    return {"deprecated": True, "description": f"{schema.get('description', '')} Deprecated: {reason}".strip()}


def _role(contract: Contract, field: Field) -> dict[str, Any]:
    """Render what holds of a field as a part of the key, or as the version."""
    if field.name in contract.key and field.type is FieldType.STRING:
        return {"minLength": max(1, field.min_length or 0)}
    if field.name == contract.version_field and field.type is FieldType.INTEGER:
        return {"minimum": max(0, int(field.minimum or 0))}
    return {}
