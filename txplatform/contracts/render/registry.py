"""Renders the registry document, which is all that the functions have of an entity, and publishes it in DynamoDB.

`json_schema` validates a record in canonical form (decimals as text with exactly `scale` digits, timestamps in UTC with
microseconds). It cannot express ranges of decimals; readers take them from `fields`.

The file lane does not read this document: it validates columns by the pandera schema of the same contract.
Both keep to the rules of docs/concepts/two-engines.md.
"""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, Protocol

from txplatform.contracts.compatibility import check_order, check_successor
from txplatform.contracts.evolution import backfill_value
from txplatform.contracts.mapping.model import SourceSystem
from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.contracts.names import REGISTRY_TABLE, entity_index
from txplatform.contracts.render.record_rules import rule_document
from txplatform.errors import ContractError

CURRENT = "schema"
CURSOR_KEY = "cursor_key"
ROLL_FORWARD = "roll forward: publish a greater version"

MAX_NAME_LENGTH = 255  # of the names in a map; the functions check the same (lambdas/shared/nested.py)
_CURSOR_KEY_BYTES = 32
_INT64 = 2**63
_DATE_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_TIMESTAMP_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$"


class DynamoDBClient(Protocol):
    """The part of boto3's DynamoDB client that publishing needs."""

    exceptions: Any

    def get_paginator(self, operation_name: Literal["query"], /) -> Any: ...
    def put_item(self, **kwargs: Any) -> Any: ...


def registry_document(contract: Contract) -> dict[str, Any]:
    """Render the document. It holds JSON values only, and keys without a value are left out."""
    skew = contract.future_skew
    document: dict[str, Any] = {
        "entity": contract.name,
        "version": contract.version,
        "key": list(contract.key),
        "partition_field": contract.partition_field,
        "partition_transform": contract.partition_transform,
        "version_field": contract.version_field,
        **({} if skew is None else {"future_skew_seconds": int(skew.total_seconds())}),
        **({"precondition_required": True} if contract.precondition_required else {}),
        **({} if contract.unknown_fields == "refuse" else {"unknown_fields": contract.unknown_fields}),
        "fields": {field.name: _field_document(field) for field in contract.fields},
        "json_schema": json_schema(contract),
    }
    if contract.tie_breakers:
        document["tie_breakers"] = [
            {"field": item.field, **({"ranks": list(item.ranks)} if item.ranks else {})}
            for item in contract.tie_breakers
        ]
    if contract.quality.rules:
        document["rules"] = [rule_document(rule) for rule in contract.quality.rules]
    if contract.indexes:
        document["indexes"] = [
            {
                "name": entity_index(index.field, index.sorted_by),
                "field": index.field,
                "sorted_by": index.sorted_by,
            }
            for index in contract.indexes
        ]
    return document


def json_schema(contract: Contract) -> dict[str, Any]:
    """Render the JSON Schema (draft 2020-12) of the canonical record."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:txplatform:{contract.name}:{contract.version}",
        "title": contract.title,
        "description": contract.description,
        "type": "object",
        **_members_schema(contract.fields),
        "additionalProperties": contract.unknown_fields != "refuse",
    }


def decimal_pattern(precision: int, scale: int) -> str:
    """Return the pattern of exactly the canonical texts of decimal(precision, scale), in which zero has no sign."""
    whole = precision - scale
    integer = f"(?:0|[1-9][0-9]{{0,{whole - 1}}})" if whole else "0"
    fraction = rf"\.[0-9]{{{scale}}}" if scale else ""
    zero = rf"0\.0{{{scale}}}" if scale else "0"
    return f"^(?!-{zero}$)-?{integer}{fraction}$"


def version_item(current: str, version: str) -> str:
    """Return the name of the registry item that keeps one version of what `current` names."""
    return f"{current}#{version}"


def publish(dynamodb_client: DynamoDBClient, contract: Contract, *, rollback: bool = False) -> None:
    """Write the document as the entity's current schema and under its version. Doing it again changes nothing.

    Raises ContractError when the same version was published with other content: a version never changes. Raises it
    too when the version is older than the current one, or could not read what any published one stored. A rollback may
    go back to an older version, if that was published before and reads all the same. The first publication of an
    entity makes the key that signs its cursors.
    """
    check_publication(dynamodb_client, contract, rollback=rollback)
    write_version(dynamodb_client, contract.name, CURRENT, contract, registry_document(contract), rollback=rollback)
    _make_cursor_key(dynamodb_client, contract.name)


def check_publication(dynamodb_client: DynamoDBClient, contract: Contract, *, rollback: bool = False) -> None:
    """Raise ContractError where the contract may not follow those that are published."""
    for name, document in published(dynamodb_client, contract.name, CURRENT):
        if name == CURRENT and not rollback:
            check_order(document, contract)
        if document["version"] == contract.version and document != registry_document(contract):
            raise _changed_version(contract, rollback=rollback)
        check_successor(document, contract, ROLL_FORWARD if rollback else None)


def write_version(
    dynamodb_client: DynamoDBClient,
    key: str,
    current: str,
    source: Contract | SourceSystem,
    document: Mapping[str, Any],
    *,
    rollback: bool,
) -> None:
    """Write the document of a file under `key` and its version, then as the current one.

    Raises ContractError when the same version was published with other content, or, for a rollback, was not published.
    """
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))

    def item(name: str) -> dict[str, dict[str, str]]:
        return {
            "entity": {"S": key},
            "item": {"S": name},
            "version": {"S": source.version},
            "document": {"S": text},
        }

    try:
        dynamodb_client.put_item(
            TableName=REGISTRY_TABLE,
            Item=item(version_item(current, source.version)),
            ConditionExpression="#document = :document" + ("" if rollback else " OR attribute_not_exists(#document)"),
            ExpressionAttributeNames={"#document": "document"},
            ExpressionAttributeValues={":document": {"S": text}},
        )
    except dynamodb_client.exceptions.ConditionalCheckFailedException as error:
        raise _changed_version(source, rollback=rollback) from error
    dynamodb_client.put_item(TableName=REGISTRY_TABLE, Item=item(current))


def _changed_version(source: Contract | SourceSystem, *, rollback: bool) -> ContractError:
    did = "was never published like this" if rollback else "was published with other content"
    problem = f"version {source.version} of '{source.name}' {did}"
    remedy = ROLL_FORWARD if rollback else "raise 'version' with every change of the file"
    return ContractError(source.path, None, problem, remedy)


def _make_cursor_key(dynamodb_client: DynamoDBClient, entity: str) -> None:
    """Write the key by which the data API signs the cursors of the entity's lists, unless there is one."""
    try:
        dynamodb_client.put_item(
            TableName=REGISTRY_TABLE,
            Item={
                "entity": {"S": entity},
                "item": {"S": CURSOR_KEY},
                "key": {"B": secrets.token_bytes(_CURSOR_KEY_BYTES)},
            },
            ConditionExpression="attribute_not_exists(entity)",
        )
    except dynamodb_client.exceptions.ConditionalCheckFailedException:
        return  # what was given out stays valid


def published(dynamodb_client: DynamoDBClient, key: str, current: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the current document under `key`, if any, then that of every version, each with the name of its item."""
    for page in dynamodb_client.get_paginator("query").paginate(
        TableName=REGISTRY_TABLE,
        KeyConditionExpression="entity = :entity AND begins_with(#item, :current)",
        ExpressionAttributeNames={"#item": "item"},
        ExpressionAttributeValues={":entity": {"S": key}, ":current": {"S": current}},
        ConsistentRead=True,
    ):
        for item in page["Items"]:
            yield item["item"]["S"], json.loads(item["document"]["S"])


def _field_document(field: Field) -> dict[str, Any]:
    alignment, evolution = field.alignment, field.evolution
    optional = {
        "precision": field.precision,
        "scale": field.scale,
        "minimum": None if field.minimum is None else f"{field.minimum:f}",
        "maximum": None if field.maximum is None else f"{field.maximum:f}",
        "earliest": field.earliest,
        "latest": field.latest,
        "aliases": list(field.names[1:]) or None,
        "former_names": list(evolution.former_names) or None,
        "backfill": backfill_value(field),
        "deprecated": True if evolution.deprecated else None,
        "values": dict(alignment.values) or None,
        "case": alignment.case,
        "epoch": alignment.epoch,
        "default": alignment.default,
        "personal": field.personal or None,
        "fields": [{"name": item.name, **_field_document(item)} for item in field.fields] or None,  # in order
        "element": None if field.element is None else _field_document(field.element),
        "max_items": field.max_items,
    }
    kept = {name: value for name, value in optional.items() if value is not None}
    return {"type": field.type.value, "required": field.required, **kept}


def _members_schema(fields: Sequence[Field]) -> dict[str, Any]:
    return {
        "properties": {field.name: _field_schema(field) for field in fields},
        "required": [field.name for field in fields if field.required],
    }


def _field_schema(field: Field) -> dict[str, Any]:
    return {**_type_schema(field), **({"description": field.description} if field.description else {})}


def _type_schema(field: Field) -> dict[str, Any]:
    match field.type:
        case FieldType.STRING:
            return _string_schema(field)
        case FieldType.INTEGER:
            return {
                "type": "integer",
                "minimum": -_INT64 if field.minimum is None else int(field.minimum),
                "maximum": _INT64 - 1 if field.maximum is None else int(field.maximum),
            }
        case FieldType.DECIMAL:
            assert field.precision is not None
            assert field.scale is not None
            return {"type": "string", "pattern": decimal_pattern(field.precision, field.scale)}
        case FieldType.BOOLEAN:
            return {"type": "boolean"}
        case FieldType.DATE:
            return {"type": "string", "pattern": _DATE_PATTERN}
        case FieldType.TIMESTAMP:
            return {"type": "string", "pattern": _TIMESTAMP_PATTERN}
        case FieldType.OBJECT:
            return {"type": "object", **_members_schema(field.fields), "additionalProperties": False}
        case FieldType.ARRAY:
            assert field.element is not None
            return {"type": "array", "items": _field_schema(field.element), "maxItems": field.max_items}
        case FieldType.MAP:
            assert field.element is not None
            return {
                "type": "object",
                "additionalProperties": _field_schema(field.element),
                "propertyNames": {"minLength": 1, "maxLength": MAX_NAME_LENGTH},
                "maxProperties": field.max_items,
            }
        case FieldType.JSON:
            return {}


def _string_schema(field: Field) -> dict[str, Any]:
    optional = {
        "enum": list(field.enum) or None,
        "pattern": f"^(?:{field.pattern})$" if field.pattern is not None else None,
        "minLength": field.min_length,
        "maxLength": field.max_length,
    }
    return {"type": "string", **{name: value for name, value in optional.items() if value is not None}}
