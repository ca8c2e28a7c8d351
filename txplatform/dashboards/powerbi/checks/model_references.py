"""Whether what a semantic model names exists: in relationships, hierarchies, roles, expressions of DAX and M."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from txplatform.dashboards.powerbi.checks.grammar import Object, unquoted

_OF_TABLE = re.compile(r"'((?:[^']|'')+)'(?:\[((?:[^\]]|\]\])+)\])?")
_COLUMN = re.compile(r"('(?:[^']|'')+'|[^.']+)\.('(?:[^']|'')+'|[^.']+)")
_PARAMETERS = re.compile(r"\b(?:Dsn|Catalog|Database|RangeStart|RangeEnd)\b(?!\()")


@dataclass(frozen=True, slots=True)
class Model:
    """A model as its files have it. `columns` and `measures` are by table."""

    objects: Sequence[Object]
    columns: dict[str, set[str]]
    measures: dict[str, set[str]]

    @classmethod
    def of(cls, objects: Sequence[Object]) -> "Model":
        def named(kind: str) -> dict[str, set[str]]:
            return {
                item.name: {part.name for part in item.children if part.type == kind}
                for item in objects
                if item.type == "table"
            }

        return cls(objects, named("column"), named("measure"))

    def of_type(self, kind: str) -> list[Object]:
        """The objects of a type at the top of files."""
        return [item for item in self.objects if item.type == kind]


def model_violations(model: Model) -> Iterator[str]:
    """What does not exist or is there twice."""
    yield from _twice("table", [item.name for item in model.of_type("table")])
    yield from _twice("measure", [name for names in model.measures.values() for name in names])
    for item in model.of_type("table"):
        parts = [part.name for part in item.children if part.type in ("column", "measure", "hierarchy")]
        yield from (f"table '{item.name}': {line}" for line in _twice("column, measure or hierarchy", parts))
        yield from (f"table '{item.name}': {line}" for line in _of_table(model, item))
    for item in model.of_type("relationship"):
        for end in ("fromColumn", "toColumn"):
            found = _COLUMN.fullmatch(item.properties.get(end, ""))
            if not found or unquoted(found[2]) not in model.columns.get(unquoted(found[1]), set()):
                yield f"relationship '{item.name}': {end} is no column of a table"
    for role in model.of_type("role"):
        unknown = {part.name for part in role.children} - set(model.columns)
        yield from (f"role '{role.name}': there is no table '{name}'" for name in sorted(unknown))
        yield from (f"role '{role.name}': {line}" for part in role.children for line in _unknown(model, part.value))
    listed = {(item.ref, item.name) for item in model.of_type("ref")}
    there = {(item.type, item.name) for item in model.objects if item.type in ("table", "role")}
    yield from (f"model: {kind} '{name}' is not there and listed" for kind, name in sorted(listed ^ there))


def _of_table(model: Model, table: Object) -> Iterator[str]:
    expressions = {item.name for item in model.of_type("expression")}
    columns = model.columns[table.name]
    partitions = [part for part in table.children if part.type == "partition"]
    if len(partitions) != 1:
        yield f"has {len(partitions)} partitions"
    policy = any(part.type == "refreshPolicy" for part in table.children)
    for part in table.children:
        for level in part.children:
            if level.properties.get("column") not in columns:
                yield f"level '{level.name}' of '{part.name}' is no column"
        source = part.properties.get("source", "") or part.properties.get("sourceExpression", "")
        if part.value == "m" or part.type == "refreshPolicy":
            used = set(_PARAMETERS.findall(source))
            yield from (f"there is no expression '{name}'" for name in sorted(used - expressions))
            if ({"RangeStart", "RangeEnd"} <= used) is not policy:
                yield "is refreshed in parts without a policy and a source by RangeStart and RangeEnd"
        elif part.type in ("measure", "column", "partition"):
            yield from (f"'{part.name}': {line}" for line in _unknown(model, f"{part.value} {source}"))


def _unknown(model: Model, expression: str) -> Iterator[str]:
    if expression.count("(") != expression.count(")"):
        yield "has parentheses without their other half"
    for table, column in _OF_TABLE.findall(expression):
        name = table.replace("''", "'")
        if name not in model.columns or (column and column.replace("]]", "]") not in model.columns[name]):
            yield f"there is no '{name}'[{column}]"


def _twice(kind: str, names: Sequence[str]) -> Iterator[str]:
    """Names differ in more than the case of their characters: Power BI takes these for the same."""
    counts = Counter(name.casefold() for name in names)
    yield from (f"two have the name '{name}' of a {kind}" for name, count in sorted(counts.items()) if count > 1)
