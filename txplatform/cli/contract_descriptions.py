"""Describes a contract or a source system for people, in lines of text."""

from collections.abc import Iterator

from txplatform.contracts.mapping.model import SourceSystem, ValueMapping
from txplatform.contracts.model import Contract, Field


def describe_contract(contract: Contract) -> Iterator[str]:
    """Yield a line for each field, with its type and rules."""
    width = max(len(field.name) for field in contract.fields)
    for field in contract.fields:
        yield f"  {field.name:<{width}}  {', '.join(_traits(contract, field))}"
        yield from _inner(field, 2)


def describe_system(system: SourceSystem) -> Iterator[str]:
    """Yield the rules of a source system: what it ignores, and for each record where its fields come from."""
    yield f"match      {system.match or 'every payload of its queue'}"
    yield f"envelopes  {', '.join(system.envelopes) or 'none'}"
    for rule in system.ignore:
        yield f"ignore     {rule.reason}: {rule.when}"
    for rule in system.refuse:
        yield f"refuse     {rule.reason}: {rule.when}"
    for record in system.records:
        operation = record.operation if isinstance(record.operation, str) else _shown(record.operation)
        yield f"\n{record.name}: {operation} {record.entity}"
        yield f"  when {record.when or 'always'}"
        if record.over:
            yield f"  over {' | '.join(record.over)}"
        width = max(len(name) for name in record.fields)
        for name, value in record.fields.items():
            yield f"  {name:<{width}}  {_shown(value)}"
            yield from _members(value, 2)


def _members(value: ValueMapping, depth: int) -> Iterator[str]:
    width = max((len(name) for name in value.members), default=0)
    for name, member in value.members.items():
        yield f"{'  ' * depth}{name:<{width}}  {_shown(member)}"
        yield from _members(member, depth + 1)


def _shown(value: ValueMapping) -> str:
    steps = [step.name for step in value.transforms]
    return " → ".join([" or ".join(value.sources) if value.sources else repr(value.constant), *steps])


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
    return traits
