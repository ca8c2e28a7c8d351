"""Which objects of TMDL may stand where, and which properties they must and may have, as far as a project uses them.

TMDL's properties are those of the Tabular Object Model:
https://learn.microsoft.com/dotnet/api/microsoft.analysisservices.tabular, a class for each object.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from txplatform.dashboards.powerbi.checks.grammar import Object


@dataclass(frozen=True, slots=True)
class Syntax:
    """The properties that an object must have, those that it may have, and the objects within it."""

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    within: frozenset[str] = frozenset()


def _syntax(required: str = "", optional: str = "", within: str = "") -> Syntax:
    return Syntax(frozenset(required.split()), frozenset(optional.split()), frozenset(within.split()))


_OF_MODEL = "culture defaultPowerBIDataSourceVersion"
_OF_POLICY = "policyType rollingWindowGranularity rollingWindowPeriods incrementalGranularity incrementalPeriods"
_SYNTAX = {
    "annotation": _syntax(),
    "column": _syntax("dataType", "formatString isHidden isKey lineageTag sourceColumn summarizeBy"),
    "database": _syntax("compatibilityLevel"),
    "expression": _syntax("", "lineageTag"),
    "hierarchy": _syntax("", "lineageTag", "level"),
    "level": _syntax("column"),
    "measure": _syntax("", "formatString lineageTag"),
    "model": _syntax(_OF_MODEL, "discourageImplicitMeasures sourceQueryCulture", "annotation"),
    "partition": _syntax("mode source"),
    "ref": _syntax(),
    "refreshPolicy": _syntax(f"{_OF_POLICY} sourceExpression"),
    "relationship": _syntax("fromColumn toColumn"),
    "role": _syntax("modelPermission", "", "tablePermission"),
    "table": _syntax("", "dataCategory lineageTag", "column hierarchy measure partition refreshPolicy"),
    "tablePermission": _syntax(),
}
_TOP = frozenset(("database", "expression", "model", "ref", "relationship", "role", "table"))
_VALUES = {
    "dataType": {"boolean", "dateTime", "decimal", "double", "int64", "string"},
    "summarizeBy": {"none"},
    "mode": {"import"},
    "modelPermission": {"read"},
    "policyType": {"basic"},
    "rollingWindowGranularity": {"day", "month", "quarter", "year"},
    "incrementalGranularity": {"day", "month", "quarter", "year"},
}
_WITH_VALUE = {"annotation", "expression", "measure", "partition", "tablePermission"}
_NAMELESS = {"database", "refreshPolicy"}


def syntax_violations(path: str, objects: Sequence[Object]) -> Iterator[str]:
    """What is not allowed in a file, with its line."""
    for item, problem in _violations(objects, _TOP):
        yield f"{path}:{item.line}: {item.type} '{item.name}' {problem}"


def _violations(objects: Sequence[Object], allowed: frozenset[str]) -> Iterator[tuple[Object, str]]:
    for item in objects:
        if item.type not in allowed:
            yield item, "must not stand here"
            continue
        syntax = _SYNTAX[item.type]
        missing, extra = (
            syntax.required - set(item.properties),
            set(item.properties) - syntax.required - syntax.optional,
        )
        if missing or extra:
            yield item, f"lacks {sorted(missing)}, or has the unknown {sorted(extra)}"
        for name, value in item.properties.items():
            if value not in _VALUES.get(name, {value}):
                yield item, f"has the {name} '{value}', of which there is none"
        if bool(item.name) is (item.type in _NAMELESS) or (item.type in _WITH_VALUE and not item.value):
            yield item, "has no name, or one too many, or no expression"
        if item.type == "column" and bool(item.value) is ("sourceColumn" in item.properties):
            yield item, "must have either an expression or a sourceColumn"
        yield from _violations(item.children, syntax.within)
