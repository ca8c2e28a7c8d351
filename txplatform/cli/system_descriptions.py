"""Describes a source system for people, in lines of text."""

from collections.abc import Iterator

from txplatform.contracts.mapping.model import SourceSystem, ValueMapping


def describe_system(system: SourceSystem) -> Iterator[str]:
    """Yield the rules of a source system: what it ignores, and for each record where its fields come from."""
    yield f"match      {system.match or 'every payload of its queue'}"
    yield f"envelopes  {', '.join(system.envelopes) or 'none'}"
    for rule in system.ignore:
        yield f"ignore     {rule.reason}: {rule.when}"
    for rule in system.refuse:
        yield f"refuse     {rule.reason}: {rule.when}"
    for layout in system.layouts:
        columns = ", ".join(layout.columns) or "as its header says"
        constants = "".join(f", {name} = {value}" for name, value in layout.constants.items())
        yield f"layout     {' or '.join(layout.names)}: {columns}{constants}"
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
