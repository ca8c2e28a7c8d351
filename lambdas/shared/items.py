"""How a canonical record lies in DynamoDB, and how it comes back digit for digit.

Business fields lie under their own names: decimals and integers as N, booleans as BOOL, the rest as S. Beside them:
`pk` (the record key), `_version` (sorts as text), `_written_at`, who wrote it in which call (see `provenance`), and on
tombstones `_deleted` and `_expires_at` (TTL).
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from lambdas.shared.canonical import canonical_value
from lambdas.shared.errors import DecodeError, Violation
from lambdas.shared.schema import EntitySchema, FieldRule, Record, Scalar

KEY = "pk"
VERSION = "_version"
WRITTEN_AT = "_written_at"
TRACE_ID = "_trace_id"
WRITTEN_BY = "_written_by"
REQUEST_ID = "_request_id"
DELETED = "_deleted"
EXPIRES_AT = "_expires_at"

Attributes = Mapping[str, Mapping[str, Any]]

_TAGS = {"integer": "N", "decimal": "N", "boolean": "BOOL"}
SYSTEM = frozenset((KEY, VERSION, WRITTEN_AT, TRACE_ID, WRITTEN_BY, REQUEST_ID, DELETED, EXPIRES_AT))


def encode_value(rule: FieldRule, value: Scalar) -> dict[str, Any]:
    """The attribute value of one canonical value."""
    tag = _TAGS.get(rule.type, "S")
    return {tag: value if tag == "BOOL" else str(value)}


def encode_record(schema: EntitySchema, record: Record) -> dict[str, dict[str, Any]]:
    """The business attributes of a canonical record."""
    return {name: encode_value(schema.fields[name], value) for name, value in record.items()}


def decode_record(schema: EntitySchema, item: Attributes) -> dict[str, Scalar]:
    """The canonical record of an item or stream image, of a tombstone its identity; raise DecodeError."""
    if is_tombstone(item):
        return decode_identity(schema, item)
    unknown = unknown_attributes(schema, item)
    if unknown:
        raise DecodeError(f"{schema.entity} {schema.version} has no field {unknown[0]!r}")
    return {name: _decode(rule, item[name]) for name, rule in schema.fields.items() if name in item}


def decode_identity(schema: EntitySchema, item: Attributes) -> dict[str, Scalar]:
    """Key and, where known, partition field: all that a deleted record needs, whatever else the item holds."""
    names = (*schema.key, schema.partition_field)
    return {name: _decode(schema.fields[name], item[name]) for name in names if name in item}


def unknown_attributes(schema: EntitySchema, item: Attributes) -> list[str]:
    """The attributes that are neither fields of the contract nor system attributes, sorted."""
    return sorted(item.keys() - schema.fields.keys() - SYSTEM)


def is_tombstone(item: Attributes) -> bool:
    return bool(item.get(DELETED, {}).get("BOOL"))


def _decode(rule: FieldRule, attribute: Mapping[str, Any]) -> Scalar:
    tag = _TAGS.get(rule.type, "S")
    if tag not in attribute:
        raise DecodeError(f"attribute {rule.name!r} is not of DynamoDB type {tag}")
    try:
        stored = Decimal(attribute[tag]) if tag == "N" else attribute[tag]
    except InvalidOperation as error:
        raise DecodeError(f"attribute {rule.name!r} is not a number") from error
    value = canonical_value(rule, stored)
    if isinstance(value, Violation):
        raise DecodeError(f"attribute {rule.name!r} breaks the rule {value.rule!r}")
    return value
