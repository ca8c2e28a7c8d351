"""Makes a contract of a registry document again: what a former version of it said of records.

What only people read is not in the document, nor which parts of an object are personal: such a contract is there to
validate and type what was written for it.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from txplatform.contracts.model import Alignment, Contract, Evolution, Field, FieldType

Document = Mapping[str, Any]


def former_contract(contract: Contract, document: Document) -> Contract:
    """Return the contract as the document, of a former version, had it. The file it came from is not known any more."""
    schemas = document["json_schema"]["properties"]
    fields = tuple(_field(name, rules, schemas[name]) for name, rules in document["fields"].items())
    return replace(
        contract,
        version=document["version"],
        fields=fields,
        key=tuple(document["key"]),
        partition_field=document["partition_field"],
        partition_transform=document["partition_transform"],
        version_field=document["version_field"],
        unknown_fields=document.get("unknown_fields", "refuse"),
        indexes=(),
        tie_breakers=(),
    )


def _field(name: str, rules: Document, schema: Document) -> Field:
    kind, element = FieldType(rules["type"]), rules.get("element")
    pattern = schema.get("pattern") if kind is FieldType.STRING else None
    inner = schema.get("items") if kind is FieldType.ARRAY else schema.get("additionalProperties")
    former, backfill = tuple(rules.get("former_names", ())), rules.get("backfill")
    aliases = tuple(alias for alias in rules.get("aliases", ()) if alias not in former)
    return Field(
        name=name,
        type=kind,
        description=schema.get("description", ""),
        required=rules["required"],
        precision=rules.get("precision"),
        scale=rules.get("scale"),
        enum=tuple(schema.get("enum", ())),
        pattern=None if pattern is None else pattern.removeprefix("^(?:").removesuffix(")$"),
        min_length=schema.get("minLength"),
        max_length=schema.get("maxLength"),
        minimum=_bound(rules, "minimum"),
        maximum=_bound(rules, "maximum"),
        earliest=rules.get("earliest"),
        latest=rules.get("latest"),
        fields=tuple(
            _field(item["name"], item, schema["properties"][item["name"]]) for item in rules.get("fields", ())
        ),
        element=None if element is None else _field("element", element, inner or {}),
        max_items=rules.get("max_items"),
        personal=rules.get("personal", False),
        alignment=_alignment(rules, aliases),
        evolution=Evolution(former, None if backfill is None else _text(backfill)),
    )


def _alignment(rules: Document, aliases: tuple[str, ...]) -> Alignment:
    return Alignment(
        aliases=aliases,
        values=rules.get("values", {}),
        case=rules.get("case"),
        epoch=rules.get("epoch"),
        default=rules.get("default"),
    )


def _bound(rules: Document, name: str) -> Decimal | None:
    return Decimal(rules[name]) if name in rules else None


def _text(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
