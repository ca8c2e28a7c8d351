"""Reads the indexes of a contract: the fields by which the data API looks records up.

Each becomes a global secondary index of the entity's table. DynamoDB refuses every write of an item whose value does
not suit the key of an index, so what could not be stored is refused here.
"""

import re

from txplatform.contracts.keys.entity import INDEX
from txplatform.contracts.model import NESTED, Field, FieldType, Index
from txplatform.contracts.names import LIST_PARAMETERS
from txplatform.contracts.section import Section

MAX_INDEXES = 20  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
_MAX_HASH_BYTES = 2048
_MAX_CHARACTER_BYTES = 4


def read_indexes(custom: Section, fields: tuple[Field, ...]) -> tuple[Index, ...]:
    """Read the custom property `indexes`; raise ContractError."""
    by_name = {field.name: field for field in fields}
    indexes: list[Index] = []
    for source in custom.sections("indexes", INDEX):
        source.check_keys()
        index = Index(_field(source, by_name).name, _sorted_by(source, by_name).name)
        if any(index.field == other.field for other in indexes):
            raise source.error(f"'{index.field}' has two indexes", "declare one a field, sorted by one time")
        if index.field == index.sorted_by:
            raise source.error(f"'{index.field}' is indexed by itself", "sort by another field")
        indexes.append(index)
    if len(indexes) > MAX_INDEXES:
        problem = f"'{custom.name_of('indexes')}' holds {len(indexes)} indexes, and a table can have {MAX_INDEXES}"
        raise custom.error(problem, "keep those that are asked for most")
    return tuple(indexes)


def _named(source: Section, key: str, fields: dict[str, Field]) -> Field:
    name = source.text(key)
    if name not in fields:
        raise source.error(
            f"'{source.name_of(key)}' names '{name}', which is not a field", "name a field of the entity"
        )
    return fields[name]


def _field(source: Section, fields: dict[str, Field]) -> Field:
    field = _named(source, "field", fields)
    source = source.named(field.name)
    if field.name in LIST_PARAMETERS:
        raise source.error("is indexed, and its name is a parameter of every list", "rename the field")
    if field.type is FieldType.BOOLEAN:
        raise source.error("is indexed, and DynamoDB cannot index a boolean", "use a string with validValues")
    if field.type in NESTED:
        raise source.error(f"is indexed, and is of the type {field.type}", "index a field with one plain value")
    if field.type is FieldType.STRING:
        _check_text(source, field)
    return field


def _check_text(source: Section, field: Field) -> None:
    """Refuse a text that may be empty, or longer than the key of an index."""
    may_be_empty = not field.min_length and (field.pattern is None or re.fullmatch(field.pattern, "") is not None)
    if field.enum:
        size = max(len(value.encode()) for value in field.enum)
    elif may_be_empty or not field.max_length:
        raise source.error("is an indexed text without both lengths", "set minLength: 1 and a maxLength")
    else:
        size = field.max_length * _MAX_CHARACTER_BYTES
    if size > _MAX_HASH_BYTES:
        problem = f"is indexed and may take {size} bytes, DynamoDB allows {_MAX_HASH_BYTES}"
        raise source.error(problem, "lower its maxLength")


def _sorted_by(source: Section, fields: dict[str, Field]) -> Field:
    field = _named(source, "sortedBy", fields)
    source = source.named(field.name)
    if field.type not in (FieldType.TIMESTAMP, FieldType.DATE):
        raise source.error(f"a {field.type} cannot sort an index", "sort by a timestamp or date")
    if not field.required:
        raise source.error("sorts an index and is optional: records without it would be missing", "set required: true")
    if field.personal:
        raise source.error("sorts an index and is personal: its bounds appear in URLs", "sort by another time")
    return field
