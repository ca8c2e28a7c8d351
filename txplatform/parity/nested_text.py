"""One text for every nested value, written by Athena for a column of the lake and here for an attribute of DynamoDB.

It is the JSON of the value in its canonical form: members in the order of the contract, without those that are absent,
names of a map sorted, decimals, days and moments as texts. Of the characters of a text only quote and backslash are
escaped, which every engine can do. So the text tells one value from every other, and `parsed` makes a change record's
value of it.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from txplatform.contracts.model import Field, FieldType
from txplatform.warehouse.statements import quoted

Write = Callable[[Mapping[str, Any]], str]
WriteOf = Callable[[Field], Write]


def nested_sql(field: Field, value: str, depth: int = 0) -> str:
    """The text of an expression of a field's type; null stays null."""
    match field.type:
        case FieldType.OBJECT:
            members = (_member_sql(member, f"({value}).{quoted(member.name)}", depth) for member in field.fields)
            joined = " || ".join(members)
            return f"CASE WHEN {value} IS NOT NULL THEN '{{' || substr({joined}, 2) || '}}' END"
        case FieldType.ARRAY:
            item = nested_sql(_element(field), f"e{depth}", depth + 1)
            return f"'[' || array_join(transform({value}, e{depth} -> coalesce({item}, 'null')), ',') || ']'"
        case FieldType.MAP:
            key = f"e{depth}"
            item = nested_sql(_element(field), f"element_at({value}, {key})", depth + 1)
            entry = f"{_text_sql(key)} || ':' || coalesce({item}, 'null')"
            return f"'{{' || array_join(transform(array_sort(map_keys({value})), {key} -> {entry}), ',') || '}}'"
        case FieldType.STRING | FieldType.JSON:
            return _text_sql(value)
        case FieldType.TIMESTAMP:
            return f"'\"' || replace(CAST({value} AS varchar), ' ', 'T') || 'Z\"'"
        case FieldType.DECIMAL | FieldType.DATE:
            return f"'\"' || CAST({value} AS varchar) || '\"'"
        case FieldType.INTEGER | FieldType.BOOLEAN:
            return f"CAST({value} AS varchar)"


def nested_writer(field: Field, scalar: WriteOf) -> Write:
    """What writes the text of an attribute, by the writers of scalars; KeyError or TypeError if it has another type."""
    match field.type:
        case FieldType.OBJECT:
            return _object_writer([(member.name, nested_writer(member, scalar)) for member in field.fields])
        case FieldType.ARRAY:
            item = nested_writer(_element(field), scalar)
            return lambda attribute: f"[{','.join([item(inner) for inner in attribute['L']])}]"
        case FieldType.MAP:
            return _map_writer(nested_writer(_element(field), scalar))
        case FieldType.STRING | FieldType.JSON:
            return lambda attribute: _text(attribute["S"])
        case FieldType.TIMESTAMP:
            write = scalar(field)
            return lambda attribute: f'"{write(attribute).replace(" ", "T")}Z"'
        case FieldType.DECIMAL | FieldType.DATE:
            write = scalar(field)
            return lambda attribute: f'"{write(attribute)}"'
        case FieldType.INTEGER | FieldType.BOOLEAN:
            return scalar(field)


def parsed(text: str) -> Any:
    """The value that such a text stands for, as a change record carries it."""
    return json.loads(text, strict=False)


def fits(field: Field, value: Any) -> bool:
    """Whether no decimal of a `parsed` value has more digits after the point than its contract."""
    match field.type:
        case FieldType.OBJECT:
            return all(fits(member, value[member.name]) for member in field.fields if member.name in value)
        case FieldType.ARRAY:
            return all(fits(_element(field), item) for item in value)
        case FieldType.MAP:
            return all(fits(_element(field), item) for item in value.values())
        case FieldType.DECIMAL:
            return len(value.partition(".")[2]) <= (field.scale or 0)
        case _:
            return True


def _object_writer(members: list[tuple[str, Write]]) -> Write:
    known = {name for name, _ in members}

    def write(attribute: Mapping[str, Any]) -> str:
        held = attribute["M"]
        if not held.keys() <= known:
            raise KeyError("an object has a member that its contract does not know")
        written = [f'"{name}":{member(held[name])}' for name, member in members if name in held]
        return f"{{{','.join(written)}}}"

    return write


def _map_writer(value: Write) -> Write:
    def write(attribute: Mapping[str, Any]) -> str:
        return f"{{{','.join([f'{_text(name)}:{value(item)}' for name, item in sorted(attribute['M'].items())])}}}"

    return write


def _member_sql(member: Field, value: str, depth: int) -> str:
    return f"coalesce(',\"{member.name}\":' || {nested_sql(member, value, depth)}, '')"


def _text_sql(value: str) -> str:
    return f"'\"' || replace(replace({value}, '\\', '\\\\'), '\"', '\\\"') || '\"'"


def _text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _element(field: Field) -> Field:
    assert field.element is not None
    return field.element
