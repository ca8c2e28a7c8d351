"""Checks what fields within fields mean for the whole entity, and makes the field that keeps unknown ones."""

from collections.abc import Iterator, Mapping

from txplatform.contracts import names
from txplatform.contracts.model import REST, Field, FieldType
from txplatform.contracts.section import Section

MAX_NESTED_FIELDS = 200


def nested_fields(field: Field) -> Iterator[Field]:
    """Yield every field within a field, at any depth."""
    for inner in field.fields if field.element is None else (field.element,):
        yield inner
        yield from nested_fields(inner)


def check_nested(source: Section, fields: tuple[Field, ...], sources: Mapping[str, Section]) -> None:
    """Raise ContractError for a child entity whose view could not have its name, and for too many nested fields."""
    taken: dict[str, str] = dict.fromkeys(names.OF_EVERY_ENTITY, "a table or view of every entity")
    for field in fields:
        if field.child is None:
            continue
        if field.child in taken:
            problem = f"'child' is '{field.child}', which names {taken[field.child]}"
            raise sources[field.name].error(problem, "name the child otherwise")
        taken[field.child] = f"the child entity of '{field.name}'"
    count = sum(1 for field in fields for _ in nested_fields(field))
    if count > MAX_NESTED_FIELDS:
        problem = f"the entity has {count} fields within others"
        raise source.error(problem, f"use at most {MAX_NESTED_FIELDS}, and physicalType json for the rest")


def rest_field(sources: Mapping[str, Section]) -> Field:
    """Return the field that keeps what a source sends beyond the contract; nobody has said that it is not personal."""
    if REST in sources:
        problem = "has the name of the field that keeps unknown fields"
        raise sources[REST].error(problem, "rename it, or set 'unknownFields' to refuse or ignore")
    return Field(REST, FieldType.JSON, "What the source sent beyond the contract, by name.", personal=True)
