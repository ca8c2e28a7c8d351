"""Renders what the OpenAPI document says of a list: the parameters that the indexes allow, and a page."""

from dataclasses import replace
from typing import Any

from txplatform.contracts.model import Contract, Field
from txplatform.contracts.names import personal_scope, query_header
from txplatform.contracts.render.openapi_record import record_schema

MAX_PAGE_SIZE = 100
DEFAULT_PAGE_SIZE = 50

_BOUNDS = {"gte": "at or after", "gt": "after", "lte": "at or before", "lt": "before"}


def list_description(contract: Contract) -> str:
    """Say what can be asked for."""
    if not contract.indexes:
        return "All records, in no particular order."
    listed = "; ".join(f"by `{index.field}`, sorted by `{index.sorted_by}`" for index in contract.indexes)
    return (
        f"All records, in no particular order, or those that one index looks up: {listed}. Bounds and `order` go with "
        "such a field, and with one at a time. Lists are eventually consistent: a write may be missing for about a "
        "second. Anything else is refused with `invalid_query`, which names every reason and what is indexed."
    )


def list_parameters(contract: Contract) -> list[dict[str, Any]]:
    """Render the parameters of the list route."""
    properties = record_schema(contract)["properties"]
    parameters = [
        _parameter(
            "limit",
            {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": DEFAULT_PAGE_SIZE},
            "Most records a page may hold. It may hold fewer, also none, and still have a `next`.",
        ),
        _parameter("cursor", {"type": "string"}, "`next` of the page before; of this list, it serves no other."),
        _parameter(
            "fields",
            {"type": "array", "items": {"enum": list(properties)}, "minItems": 1},
            "Names of the fields to show, with commas between them; all that the token shows by default.",
        )
        | {"style": "form", "explode": False},
    ]
    parameters += [_lookup(contract.name, contract[index.field], properties[index.field]) for index in contract.indexes]
    any_time = replace(contract, fields=tuple(replace(field, earliest=None, latest=None) for field in contract.fields))
    times = record_schema(any_time)["properties"]
    for name in dict.fromkeys(index.sorted_by for index in contract.indexes):
        sorts = " or ".join(f"`{index.field}`" for index in contract.indexes if index.sorted_by == name)
        for operator, words in _BOUNDS.items():
            description = f"Records whose `{name}` is {words} this; with {sorts}."
            parameters.append(_parameter(f"{name}.{operator}", schema_of_value(times[name]), description))
    if contract.indexes:
        description = "Whether the earliest record comes first, or the latest; with a field that is indexed."
        parameters.append(_parameter("order", {"enum": ["asc", "desc"], "default": "asc"}, description))
    return parameters


def page_schema(record: dict[str, Any]) -> dict[str, Any]:
    """Render a page of records of this schema."""
    return {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": record},
            "next": {
                "type": ["string", "null"],
                "description": "The cursor of the next page; null on the last one. The list may change meanwhile: a "
                "record that nothing touches is on exactly one page.",
            },
            "undecodable": {
                "type": "array",
                "description": "Stored items that do not fit the contract, as one that was written past the API; "
                "absent where there are none.",
                "items": {
                    "type": "object",
                    "properties": {"key": {"type": "string"}, "reason": {"type": "string"}},
                    "required": ["key", "reason"],
                },
            },
        },
        "required": ["items", "next"],
    }


def listed_schema(record: dict[str, Any]) -> dict[str, Any]:
    """Render the schema of a record in a list from that of the record: it has the fields that were asked for."""
    return {keyword: value for keyword, value in record.items() if keyword != "required"}


def schema_of_value(schema: dict[str, Any]) -> dict[str, Any]:
    """Render the schema of a parameter from that of the field whose values it takes."""
    return {keyword: value for keyword, value in schema.items() if keyword != "description"}


def _lookup(entity: str, field: Field, schema: dict[str, Any]) -> dict[str, Any]:
    """Render the parameter of an indexed field. That of a personal one is a header, which stays out of logs."""
    if not field.personal:
        return _parameter(field.name, schema_of_value(schema), schema["description"])
    description = (
        f"{schema['description']} Percent-encoded UTF-8, in a header because URLs are logged. Needs the scope "
        f"`{personal_scope(entity)}`."
    )
    return _parameter(query_header(field.name), {"type": "string"}, description) | {"in": "header"}


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": description}
