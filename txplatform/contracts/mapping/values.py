"""Reads where the values of a record come from, and checks that they make a record of its entity."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from txplatform.contracts.keys.source import VALUE
from txplatform.contracts.mapping.expressions import problem_of
from txplatform.contracts.mapping.model import Operation, Transform, ValueMapping
from txplatform.contracts.mapping.transforms import read_transforms
from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.contracts.section import Section

MAX_SOURCES = 16  # of one value


def read_expression(source: Section, key: str) -> str | None:
    """Return the expression under `key`, or None where the key is absent; raise ContractError."""
    text = source.optional_text(key)
    return None if text is None else checked(source, source.name_of(key), text)


def checked(source: Section, where: str, expression: str) -> str:
    """Return an expression that can be used; raise ContractError for any other."""
    problem = problem_of(expression)
    if problem:
        raise source.error(f"the expression '{where}' {problem}", "correct the expression")
    return expression


def read_fields(source: Section, contract: Contract, operation: Operation | ValueMapping) -> dict[str, ValueMapping]:
    """Read the values of a record's fields; raise ContractError where they make none."""
    values = source.named_values("fields")
    known = {field.name: field for field in contract.fields}
    for name in values:
        if name not in known:
            problem = f"'{source.name_of('fields')}.{name}' is no field of {contract.name}"
            raise source.named(name).error(problem, f"use one of: {', '.join(known)}")
    needed = {*contract.key, contract.version_field}
    if operation not in ("delete", "patch"):
        needed |= {field.name for field in contract.fields if field.required and field.filler is None}
    missing = [name for name in known if name in needed and name not in values]
    if missing:
        problem = f"'{source.name_of('fields')}' lacks {', '.join(missing)}, which a record of {contract.name} needs"
        raise source.error(problem, "map them, with {constant: …} where the source does not say")
    return {name: _read_field(source, known[name], name, value, operation) for name, value in values.items()}


def _read_field(
    source: Section, field: Field, place: str, value: Any, operation: Operation | ValueMapping
) -> ValueMapping:
    """Read the value of a field, which is at a place of the record."""
    source = source.named(place)
    where = f"{source.name_of('fields')}.{field.name}"
    if isinstance(value, str):
        return ValueMapping((checked(source, where, value),))
    if not isinstance(value, dict):
        raise source.error(f"'{where}' is neither an expression nor a mapping", "write e.g. {from: id}")
    section = Section(source.path, place, cast("Mapping[Any, Any]", value), VALUE, where)
    mapping = read_value(section)
    _check_words(section, field, mapping)
    if not section.has("fields"):
        return mapping
    return replace(mapping, members=_read_members(section, field, place, operation))


def _check_words(source: Section, field: Field, mapping: ValueMapping) -> None:
    """Refuse words that the file itself has, and the contract's enum has not."""
    match mapping.transforms:
        case () if mapping.constant is not None:
            key, words = "constant", [str(mapping.constant)]
        case (*_, Transform("enum", {"values": translated, **rest})):
            key, words = "transforms", [*translated.values(), *rest.values()]
        case _:
            return
    folded = field.alignment.case is not None
    known = {word.casefold() if folded else word for word in (*field.enum, *field.alignment.values)}
    strange = [word for word in words if field.enum and (word.casefold() if folded else word) not in known]
    if strange:
        problem = f"'{source.name_of(key)}' makes it '{strange[0]}', which the contract does not allow"
        raise source.error(problem, f"use one of: {', '.join(field.enum)}")


def _read_members(
    source: Section, field: Field, place: str, operation: Operation | ValueMapping
) -> dict[str, ValueMapping]:
    of = field.element if field.type is FieldType.ARRAY and field.element is not None else field
    key = source.name_of("fields")
    if of.type is not FieldType.OBJECT:
        raise source.error(f"'{key}' on a {field.type}", "use it for objects, and for arrays of objects")
    if not source.has("from"):
        raise source.error(f"'{key}' is there without '{source.name_of('from')}'", "write from: '@' for the item")
    values = source.named_values("fields")
    known = {member.name: member for member in of.fields}
    for name in values:
        if name not in known:
            raise source.error(f"'{key}.{name}' is no member of {place}", f"use one of: {', '.join(known)}")
    merges = operation == "patch" and of is field  # into the object that is stored
    missing = [name for name, member in known.items() if member.required and name not in values and not merges]
    if missing or not values:
        problem = f"'{key}' lacks {', '.join(missing) or 'every member'}, which {place} needs"
        raise source.error(problem, "map them, with {constant: …} where the source does not say")
    inside = f"{place}[]" if of is not field else place
    return {
        name: _read_field(source, known[name], f"{inside}.{name}", value, operation) for name, value in values.items()
    }


def read_value(source: Section) -> ValueMapping:
    """Read a mapping of `from` or `constant`, and transforms; raise ContractError."""
    source.check_keys()
    sources = source.text_or_texts("from")
    constant = source.scalar("constant")
    where = source.name_of("from")
    if bool(sources) == (constant is not None):
        raise source.error(f"'{where}' and 'constant' are both there, or neither", "keep one of the two")
    if len(sources) > MAX_SOURCES:
        raise source.error(f"'{where}' lists {len(sources)} expressions", f"use at most {MAX_SOURCES}")
    for expression in sources:
        checked(source, where, expression)
    return ValueMapping(sources, constant, read_transforms(source))


def read_operation(source: Section) -> Operation | ValueMapping:
    """Read what becomes of the records: a constant, or a value; raise ContractError."""
    if source.is_mapping("operation"):
        section = source.section("operation", VALUE)
        if section.has("fields"):
            raise section.error(f"'{section.name_of('fields')}' makes no operation", "leave it out")
        return read_value(section)
    match source.optional_text("operation"):
        case None:
            return "upsert"
        case "upsert" | "patch" | "delete" as operation:
            return operation
        case text:
            problem = f"'{source.name_of('operation')}' is '{text}'"
            raise source.error(problem, "use upsert, patch or delete, or a mapping whose value is upsert or delete")
