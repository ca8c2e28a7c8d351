"""Checks what a contract changes once it is published: it must read everything that was stored under former ones.

The module compares a contract with a published registry document. Where that is kept, and what happens next, is the
caller's matter. Patterns are not compared, because of two regular expressions nobody can say in general which allows
more.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from txplatform.contracts.mapping.model import SourceSystem
from txplatform.contracts.model import Contract, Field
from txplatform.errors import ContractError

Document = Mapping[str, Any]


def check_order(current: Document, contract: Contract | SourceSystem) -> None:
    """Raise ContractError where a contract or source system is older than the one now published."""
    if version_order(contract.version) < version_order(current["version"]):
        problem = f"version {contract.version} is older than the published {current['version']}"
        raise ContractError(contract.path, None, problem, "publish a greater version, or go back with --rollback")


def check_successor(published: Document, contract: Contract, remedy: str | None = None) -> None:
    """Raise ContractError where `contract` could not read what a published one stored, whichever is the older.

    `remedy` is what to do instead when the contract cannot be changed.
    """
    for field, problem, change in _unread(published, contract):
        raise ContractError(contract.path, field, problem, remedy or change)


def _unread(published: Document, contract: Contract) -> Iterator[tuple[str | None, str, str]]:
    """Yield what could not be read: the field, if it is one, the problem, and the change that corrects it."""
    for role, former, present in (
        ("primary key", ", ".join(published["key"]), ", ".join(contract.key)),
        ("partition field", published["partition_field"], contract.partition_field),
        ("partition transform", published["partition_transform"], contract.partition_transform),
        ("version field", published["version_field"], contract.version_field),
    ):
        if present != former:
            yield None, f"the {role} was {former}, not {present}", f"keep the {role}, or start another entity"
    fields = {field.name: field for field in contract.fields}
    for name, rules in published["fields"].items():
        if name not in fields:
            yield (
                name,
                f"is published in version {published['version']}, and stored records hold it",
                "keep the field; make it optional and describe its end",
            )
            continue
        for problem, change in _narrowed(fields[name], rules, published["json_schema"]["properties"][name]):
            yield name, problem, change
    for name, field in fields.items():
        if name not in published["fields"] and field.required:
            yield name, "is new and required", "leave out 'required': stored records lack it"


def version_order(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, by which versions sort."""
    return tuple(map(int, version.split(".")))


def _narrowed(field: Field, rules: Document, schema: Document) -> Iterator[tuple[str, str]]:
    """Yield what the field no longer allows that its published rules did, each with its remedy."""
    if field.type != rules["type"]:
        yield f"was of type {rules['type']}, not {field.type}", "keep the type, and add a field of another name"
        return
    if field.required and not rules["required"]:
        yield "was optional", "leave out 'required': stored records may lack it"
    if field.scale != rules.get("scale"):
        yield f"had scale {rules['scale']}", "keep it: columns of the lake can gain digits before the point only"
    elif (field.precision or 0) < rules.get("precision", 0):
        yield f"had precision {rules['precision']}", "keep it or widen it"
    gone = set(schema.get("enum", ())) - set(field.enum)
    if field.enum and (gone or "enum" not in schema):
        listed = f" such as '{min(gone)}'" if gone else ""
        yield f"allowed other values{listed}", "keep every value that was allowed"
    if (field.min_length or 0) > schema.get("minLength", 0):
        yield "allowed shorter texts", "keep or lower 'minLength'"
    if field.max_length is not None and field.max_length < schema.get("maxLength", field.max_length + 1):
        yield "allowed longer texts", "keep or raise 'maxLength'"
    least, most = (_bound(name, rules, schema) for name in ("minimum", "maximum"))
    if field.minimum is not None and (least is None or field.minimum > least):
        yield "allowed smaller numbers", "keep or lower 'minimum'"
    if field.maximum is not None and (most is None or field.maximum < most):
        yield "allowed greater numbers", "keep or raise 'maximum'"


def _bound(name: str, rules: Document, schema: Document) -> Decimal | None:
    """Return a published bound; the schema of an integer has one even where its contract has not."""
    bound = rules.get(name, schema.get(name))
    return None if bound is None else Decimal(bound)
