"""Describes a contract for people, in lines of text."""

from collections.abc import Iterator

from txplatform.contracts.model import Contract, Field


def describe_contract(contract: Contract) -> Iterator[str]:
    """Yield a line for each field, with its type and rules, then one for each rule over several fields."""
    width = max(len(field.name) for field in contract.fields)
    for field in contract.fields:
        yield f"  {field.name:<{width}}  {', '.join(_traits(contract, field))}"
        yield from _inner(field, 2)
    for rule in contract.quality.rules:
        yield f"  {rule.rule}: {rule.subject} {rule.text}"


def _inner(field: Field, depth: int) -> Iterator[str]:
    """Yield a line for each field within another."""
    of = field.element if field.element is not None and field.element.fields else field
    width = max((len(member.name) for member in of.fields), default=0)
    for member in of.fields:
        traits = [_kind(member), *(["required"] if member.required else []), *(["personal"] if member.personal else [])]
        yield f"{'  ' * depth}{member.name:<{width}}  {', '.join(traits)}"
        yield from _inner(member, depth + 1)


def _kind(field: Field) -> str:
    if field.precision is not None:
        return f"decimal({field.precision},{field.scale})"
    return field.type.value if field.element is None else f"{field.type.value} of {_kind(field.element)}"


def _traits(contract: Contract, field: Field) -> list[str]:
    roles = {
        "key": field.name in contract.key,
        "partition": field.name == contract.partition_field,
        "version": field.name == contract.version_field,
        "breaks ties": any(field.name == item.field for item in contract.tie_breakers),
        "required": field.required,
        "personal": field.personal,
    }
    traits = [_kind(field), *(role for role, applies in roles.items() if applies)]
    if field.enum:
        traits.append(f"one of {' '.join(field.enum)}")
    return [*traits, *_history(field)]


def _history(field: Field) -> Iterator[str]:
    """Yield what the field has to do with former versions of its contract."""
    evolution = field.evolution
    if evolution.former_names:
        yield f"formerly {' '.join(evolution.former_names)}"
    if evolution.backfill is not None:
        yield f"{evolution.backfill} where a record lacks it"
    if evolution.deprecated is not None:
        yield f"deprecated: {evolution.deprecated}"
