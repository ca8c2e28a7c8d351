"""Reads where the values of a record come from, and checks that they make a record of its entity."""

from collections.abc import Mapping
from typing import Any, cast

from txplatform.contracts.keys.source import VALUE
from txplatform.contracts.mapping.expressions import problem_of
from txplatform.contracts.mapping.model import Operation, ValueMapping
from txplatform.contracts.mapping.transforms import read_transforms
from txplatform.contracts.model import Contract
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
        needed |= {field.name for field in contract.fields if field.required and field.alignment.default is None}
    missing = [name for name in known if name in needed and name not in values]
    if missing:
        problem = f"'{source.name_of('fields')}' lacks {', '.join(missing)}, which a record of {contract.name} needs"
        raise source.error(problem, "map them, with {constant: …} where the source does not say")
    return {name: _read_field(source, name, value) for name, value in values.items()}


def _read_field(source: Section, name: str, value: Any) -> ValueMapping:
    where = f"{source.name_of('fields')}.{name}"
    if isinstance(value, str):
        return ValueMapping((checked(source.named(name), where, value),))
    if not isinstance(value, dict):
        raise source.named(name).error(f"'{where}' is neither an expression nor a mapping", "write e.g. {from: id}")
    return read_value(Section(source.path, name, cast("Mapping[Any, Any]", value), VALUE, where))


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
        return read_value(source.section("operation", VALUE))
    match source.optional_text("operation"):
        case None:
            return "upsert"
        case "upsert" | "patch" | "delete" as operation:
            return operation
        case text:
            problem = f"'{source.name_of('operation')}' is '{text}'"
            raise source.error(problem, "use upsert, patch or delete, or a mapping whose value is upsert or delete")
