"""Reads one ODCS property as one Field, with what is within it and every rule that concerns the field alone."""

import re
from dataclasses import replace

from txplatform.contracts.alignment import check_alignment, read_alignment
from txplatform.contracts.evolution import check_evolution, read_evolution
from txplatform.contracts.field_types import TypeOf, read_type
from txplatform.contracts.keys.field import ALIGNMENT, OPTIONS
from txplatform.contracts.keys.nested import ITEMS, MEMBER_FIELD
from txplatform.contracts.model import Field, FieldType
from txplatform.contracts.ownership import read_tags
from txplatform.contracts.patterns import FIELD_NAME
from txplatform.contracts.section import Section
from txplatform.contracts.time_bounds import read_time_bounds
from txplatform.contracts.value_rules import check_bounds, read_enum, read_example, read_pattern, read_range

RESERVED_NAMES = {
    "dt": "the day of a file in the lake",
    "pk": "the key attribute of the DynamoDB table",
}
ELEMENT = "element"
MAX_DEPTH = 4  # of objects, maps and arrays in each other
DEFAULT_MAX_ITEMS, MAX_ITEMS = 1_000, 10_000
_MOST = {FieldType.ARRAY: "maxItems", FieldType.MAP: "maxProperties"}
_CHILD = re.compile(r"[a-z][a-z0-9_]{0,31}")


def read_field(source: Section) -> Field:
    """Read one property of the schema's object; raise ContractError."""
    name = _name(source)
    source = source.named(name)
    if name in RESERVED_NAMES:
        raise source.error(f"the name is reserved for {RESERVED_NAMES[name]}", f"rename it, e.g. '{name}_value'")
    source.check_keys()
    custom = source.custom_properties(ALIGNMENT)
    field = replace(
        _read_value(source, name, source.flag("required"), 0),
        description=source.text("description"),
        alignment=read_alignment(custom),
        evolution=read_evolution(custom),
        child=custom.optional_text("child"),
        tags=read_tags(source),
    )
    check_alignment(source, field)
    check_evolution(source, field)
    _check_child(source, field)
    return field


def _read_value(source: Section, name: str, required: bool, depth: int, *, personal: bool = False) -> Field:
    """Read what values a property has, which lies in so many others.

    It is personal where it says so, or anything within it does, or what it lies in.
    """
    of = read_type(source)
    options = source.section("logicalTypeOptions", OPTIONS)
    options.check_keys([key.name for key in OPTIONS.keys if of.kind in key.types])
    earliest, latest = read_time_bounds(options, of.kind)
    is_time = of.kind in (FieldType.DATE, FieldType.TIMESTAMP)
    minimum, maximum = (None, None) if is_time else read_range(options, of.scale or 0)
    personal = personal or source.choice("classification", default="internal") == "personal"
    members, element = _read_inner(source, of, depth, personal)
    inner = members if element is None else (element,)
    field = Field(
        name=name,
        type=of.kind,
        description=source.optional_text("description") or "",
        required=required,
        precision=of.precision,
        scale=of.scale,
        enum=read_enum(source, of.kind),
        pattern=read_pattern(options),
        min_length=options.whole_number("minLength"),
        max_length=options.whole_number("maxLength"),
        minimum=minimum,
        maximum=maximum,
        earliest=earliest,
        latest=latest,
        fields=members,
        element=element,
        max_items=_max_items(options, _MOST[of.kind]) if of.kind in _MOST else None,
        personal=personal or any(item.personal for item in inner),
        example=read_example(source, of.kind),
    )
    check_bounds(source, field)
    return field


def _read_inner(source: Section, of: TypeOf, depth: int, personal: bool) -> tuple[tuple[Field, ...], Field | None]:
    """Read the members of an object, or what an array or map holds."""
    for key, kind in (("properties", FieldType.OBJECT), ("items", FieldType.ARRAY)):
        if source.has(key) and of.kind is not kind:
            raise source.error(f"'{key}' on a {of.kind}", f"leave it out, or set logicalType: {kind}")
    if (of.kind in _MOST or of.kind is FieldType.OBJECT) and depth == MAX_DEPTH:
        raise source.error(f"lies in {MAX_DEPTH} objects and arrays", "use physicalType json for what is deeper")
    match of.kind:
        case FieldType.OBJECT:
            return _read_members(source, depth + 1, personal), None
        case FieldType.ARRAY:
            if not source.has("items"):
                raise source.error(
                    "is an array without 'items'", "say what it holds, e.g. items: {logicalType: string}"
                )
            items = source.section("items", ITEMS).named(f"{source.field}[]")
            items.check_keys()
            return (), _read_value(items, ELEMENT, True, depth + 1, personal=personal)
        case FieldType.MAP:
            assert of.values is not None
            kind, precision, scale, _ = of.values
            return (), Field(ELEMENT, kind, "", True, precision, scale, personal=personal)
        case _:
            return (), None


def _read_members(source: Section, depth: int, personal: bool) -> tuple[Field, ...]:
    members: dict[str, Field] = {}
    for section in source.sections("properties", MEMBER_FIELD):
        name = _name(section)
        section = section.named(f"{source.field}.{name}")
        section.check_keys()
        if name in members:
            raise section.error("is defined twice", "remove one of the two")
        section.text("description")
        members[name] = _read_value(section, name, section.flag("required"), depth, personal=personal)
    if not members:
        raise source.error("is an object without 'properties'", "list its members, or use physicalType json")
    return tuple(members.values())


def _name(source: Section) -> str:
    name = source.text("name")
    source = source.named(name)
    if name.startswith("_"):
        raise source.error("names that begin with '_' are the platform's own columns", "drop the underscore")
    if not FIELD_NAME.fullmatch(name):
        raise source.error("is not a valid field name", "use a-z, 0-9 and '_', starting with a-z")
    return name


def _max_items(options: Section, key: str) -> int:
    given = options.whole_number(key)
    if given is None:
        return DEFAULT_MAX_ITEMS
    if not 0 < given <= MAX_ITEMS:
        raise options.error(f"'{key}' is {given}", f"allow 1 to {MAX_ITEMS}")
    return given


def _check_child(source: Section, field: Field) -> None:
    if field.child is None:
        return
    if field.element is None or field.element.type is not FieldType.OBJECT or field.type is not FieldType.ARRAY:
        raise source.error("has 'child', and is no array of objects", "leave it out, or list objects as 'items'")
    if not _CHILD.fullmatch(field.child):
        problem = f"'child' is '{field.child}'"
        raise source.error(problem, "use up to 32 characters a-z, 0-9 and '_', the first of them a-z")
