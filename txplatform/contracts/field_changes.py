"""Says what a field no longer allows that its published rules did, at any depth of it.

Patterns are not compared, because of two regular expressions nobody can say in general which allows more. A time that
had no bound may be given one that leaves the times of real records as they are, see docs/decisions/bounds-of-times.md.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from txplatform.contracts.model import Field, FieldType

Document = Mapping[str, Any]
Change = tuple[str, str, str]
"""Where something changed, what was allowed, and how to allow it again."""

_PLAUSIBLE = ("1980-01-01T00:00:00.000000Z", "2099-12-31")  # numbers in a wrong unit are times beyond: 1970, 2612


def narrowed(field: Field, rules: Document, schema: Document, place: str) -> Iterator[Change]:
    """Yield what a field at `place` no longer allows; `rules` and `schema` are its published ones."""
    if field.type != rules["type"]:
        yield place, f"was of type {rules['type']}, not {field.type}", "keep the type, and add a field of another name"
        return
    for problem, change in _narrowed_value(field, rules, schema):
        yield place, problem, change
    if field.element is not None:
        inner = schema["items" if field.type is FieldType.ARRAY else "additionalProperties"]
        yield from narrowed(field.element, rules["element"], inner, f"{place}[]")
    if field.fields:
        yield from _narrowed_members(field, rules["fields"], schema["properties"], place)


def _narrowed_members(field: Field, published: list[Document], schemas: Document, place: str) -> Iterator[Change]:
    members = {member.name: member for member in field.fields}
    former = [rules["name"] for rules in published]
    for rules in published:
        name = rules["name"]
        if name in members:
            yield from narrowed(members[name], rules, schemas[name], f"{place}.{name}")
        else:
            remedy = "keep the member; make it optional and describe its end"
            yield f"{place}.{name}", "is published, and stored records hold it", remedy
    for name, member in members.items():
        if name not in former and member.required:
            yield f"{place}.{name}", "is new and required", "leave out 'required': stored objects lack it"
    if set(former) <= members.keys() and former != list(members)[: len(former)]:
        yield place, f"had its members in the order {', '.join(former)}", "keep the order, with new members at the end"


def _narrowed_value(field: Field, rules: Document, schema: Document) -> Iterator[tuple[str, str]]:
    if field.required and not rules["required"] and field.evolution.backfill is None:
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
    if field.max_items is not None and field.max_items < rules["max_items"]:
        yield f"allowed {rules['max_items']} values", "keep how many there may be, or raise it"
    least, most = (_bound(name, rules, schema) for name in ("minimum", "maximum"))
    if field.minimum is not None and (least is None or field.minimum > least):
        yield "allowed smaller numbers", "keep or lower 'minimum'"
    if field.maximum is not None and (most is None or field.maximum < most):
        yield "allowed greater numbers", "keep or raise 'maximum'"
    earliest, latest = rules.get("earliest", _PLAUSIBLE[0]), rules.get("latest", _PLAUSIBLE[1])
    if field.earliest is not None and field.earliest > earliest:
        yield "allowed earlier times", f"keep 'minimum', or lower it to {earliest}"
    if field.latest is not None and field.latest < latest:
        yield "allowed later times", f"keep 'maximum', or raise it to {latest}"


def _bound(name: str, rules: Document, schema: Document) -> Decimal | None:
    """Return a published bound; the schema of an integer has one even where its contract has not."""
    bound = rules.get(name, schema.get(name))
    return None if bound is None else Decimal(bound)
