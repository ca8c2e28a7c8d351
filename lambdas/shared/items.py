"""How a canonical record lies in DynamoDB, and how it comes back digit for digit.

Business fields lie under their own names: decimals and integers as N, booleans as BOOL, objects and maps as M, arrays
as L, the rest as S; a JSON value is its text. Beside them: `pk` (the record key), `_version` (sorts as text),
`_written_at`, who wrote it in which call (see `provenance`), and on tombstones `_deleted` and `_expires_at` (TTL).
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from lambdas.shared.canonical import canonical_value
from lambdas.shared.errors import DecodeError, InvalidJsonError, Violation
from lambdas.shared.former_names import under_present_names
from lambdas.shared.jsonio import loads
from lambdas.shared.nested import canonical_nested
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

_TAGS = {"integer": "N", "decimal": "N", "boolean": "BOOL", "object": "M", "map": "M", "array": "L"}  # all others: S
SYSTEM = frozenset((KEY, VERSION, WRITTEN_AT, TRACE_ID, WRITTEN_BY, REQUEST_ID, DELETED, EXPIRES_AT))


def encode_value(rule: FieldRule, value: Any) -> dict[str, Any]:
    """The attribute value of one canonical value."""
    tag = _TAGS.get(rule.type, "S")
    if tag == "S" or tag == "N":
        return {tag: str(value)}
    return {tag: value if tag == "BOOL" else _encode_inner(rule, value)}


def _encode_inner(rule: FieldRule, value: Any) -> Any:
    element = rule.element
    if element is None:
        return {name: encode_value(rule.fields[name], inner) for name, inner in value.items()}
    if rule.type == "map":
        return {name: encode_value(element, inner) for name, inner in value.items()}
    return [encode_value(element, inner) for inner in value]


def encode_record(schema: EntitySchema, record: Record) -> dict[str, dict[str, Any]]:
    """The business attributes of a canonical record."""
    return {name: encode_value(schema.fields[name], value) for name, value in record.items()}


def decode_record(schema: EntitySchema, item: Attributes) -> dict[str, Any]:
    """The canonical record of an item or stream image, of a tombstone its identity; raise DecodeError.

    An item of an older contract may have a field under its former name, or lack one that has a backfill.
    """
    if is_tombstone(item):
        return decode_identity(schema, item)
    item = under_present_names(schema, item)
    unknown = unknown_attributes(schema, item)
    if unknown:
        raise DecodeError(f"{schema.entity} {schema.version} has no field {unknown[0]!r}")
    record: dict[str, Any] = {name: _decode(rule, item[name]) for name, rule in schema.scalars.items() if name in item}
    for name, rule in schema.nested.items():
        if name in item:
            record[name] = _decode_nested(rule, item[name])
    return {**schema.backfills, **record} if schema.backfills else record


def decode_identity(schema: EntitySchema, item: Attributes) -> dict[str, Scalar]:
    """Key and, where known, partition field: all that a deleted record needs, whatever else the item holds."""
    names = (*schema.key, schema.partition_field)
    return {name: _decode(schema.fields[name], item[name]) for name in names if name in item}


def unknown_attributes(schema: EntitySchema, item: Attributes) -> list[str]:
    """The attributes that are neither fields of the contract nor system attributes, sorted."""
    return sorted(item.keys() - schema.fields.keys() - SYSTEM)


def is_tombstone(item: Attributes) -> bool:
    return bool(item.get(DELETED, {}).get("BOOL"))


def _decode_nested(rule: FieldRule, attribute: Mapping[str, Any]) -> Any:
    found: list[Violation] = []
    value = canonical_nested(rule, _given(rule, attribute, rule.name), found)
    if found:
        raise DecodeError(f"attribute {found[0].field!r} breaks the rule {found[0].rule!r}")
    return value


def _given(rule: FieldRule, attribute: Mapping[str, Any], place: str) -> Any:
    """The value of an attribute as `jsonio` would have parsed it."""
    stored = _stored(rule, attribute, place)
    if rule.type == "json":
        try:
            return loads(stored)
        except InvalidJsonError as error:
            raise DecodeError(f"attribute {place!r} is not the text of a JSON value") from error
    if rule.type == "array" and rule.element is not None:
        return [_given(rule.element, inner, f"{place}[{position}]") for position, inner in enumerate(stored)]
    if rule.type == "map" and rule.element is not None:
        return {name: _given(rule.element, inner, f"{place}[]") for name, inner in stored.items()}
    if rule.type == "object":
        unknown = stored.keys() - rule.fields.keys()
        if unknown:
            raise DecodeError(f"attribute {place!r} has no member {min(unknown)!r}")
        return {name: _given(rule.fields[name], inner, f"{place}.{name}") for name, inner in stored.items()}
    return stored


def _stored(rule: FieldRule, attribute: Mapping[str, Any], place: str) -> Any:
    tag = _TAGS.get(rule.type, "S")
    if tag not in attribute:
        raise DecodeError(f"attribute {place!r} is not of DynamoDB type {tag}")
    try:
        return Decimal(attribute[tag]) if tag == "N" else attribute[tag]
    except InvalidOperation as error:
        raise DecodeError(f"attribute {place!r} is not a number") from error


def _decode(rule: FieldRule, attribute: Mapping[str, Any]) -> Scalar:
    value = canonical_value(rule, _stored(rule, attribute, rule.name))
    if isinstance(value, Violation):
        raise DecodeError(f"attribute {rule.name!r} breaks the rule {value.rule!r}")
    return value
