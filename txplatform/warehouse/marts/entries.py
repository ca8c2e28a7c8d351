"""Reads the entries of the dictionary into measures; what is wrong is a ContractError with file, entry and remedy."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from txplatform.errors import ContractError
from txplatform.warehouse.marts.measures import Count, Figure, Form, Measure, Ratio, Sum, Total

_NO_SCALE, _GREATEST_SCALE = -1, 37
UNITS = ("records", "currency", "quantity", "share", "price")

_EXPRESSION = re.compile(r"(count|sum|ratio|total|figure)(?:\((\w+)(?:, (\w+))?\))?")
_ARGUMENTS = {"count": 0, "sum": 1, "ratio": 2, "total": 0, "figure": 0}
_FORMAT = re.compile(r"#,##0(\.0+)?( %)?")
_MEASURE = {"title", "description", "unit", "format", "expression", "where", "scale"}


def read_texts(path: Path, place: str, entry: Any, keys: set[str]) -> dict[str, Any]:
    entries = cast("dict[str, Any]", entry) if isinstance(entry, dict) else {}
    required = keys - {"where", "scale"}
    if not required <= set(entries) <= keys or not all(isinstance(entries[key], str) for key in required):
        problem = f"holds {', '.join(map(str, entries)) or 'nothing'}"
        raise ContractError(path, place, problem, f"write texts under {', '.join(sorted(required))}, and no other key")
    return entries


def read_measure(path: Path, place: str, name: str, entry: Any) -> Measure:
    texts = read_texts(path, place, entry, _MEASURE)
    if texts["unit"] not in UNITS:
        raise ContractError(path, place, f"'unit' is '{texts['unit']}'", f"use one of: {', '.join(UNITS)}")
    if not _FORMAT.fullmatch(texts["format"]):
        raise ContractError(path, place, f"'format' is '{texts['format']}'", "write it as '#,##0.00' or '#,##0.0 %'")
    form = _form(path, place, texts)
    return Measure(name, texts["title"], texts["description"], texts["unit"], texts["format"], form)


def _form(path: Path, place: str, texts: dict[str, Any]) -> Form:
    found = _EXPRESSION.fullmatch(texts["expression"])
    arguments = [item for item in found.groups()[1:] if item] if found else []
    if found is None or len(arguments) != _ARGUMENTS[found[1]]:
        remedy = "write count, sum(field), ratio(measure, measure), total or figure"
        raise ContractError(path, place, f"'expression' is '{texts['expression']}'", remedy)
    where, scale = texts.get("where", {}), texts.get("scale", _NO_SCALE)
    conditional = found[1] in ("count", "sum")
    scaled = isinstance(scale, int) and 0 <= scale <= _GREATEST_SCALE
    if ("where" in texts and not conditional) or scaled is conditional or (conditional and "scale" in texts):
        problem = f"'where' or 'scale' does not go with '{found[1]}'"
        raise ContractError(path, place, problem, "give 'where' to count and sum alone, 'scale' to all others")
    match found[1]:
        case "count":
            return Count(_condition(path, place, where))
        case "sum":
            return Sum(arguments[0], _condition(path, place, where))
        case "ratio":
            return Ratio(arguments[0], arguments[1], scale)
        case "total":
            return Total(scale)
        case _:
            return Figure(scale)


def _condition(path: Path, place: str, where: Any) -> Mapping[str, tuple[str, ...]]:
    entries = cast("dict[str, Any]", where) if isinstance(where, dict) else {"": None}
    lists = {field: cast("list[Any]", values) for field, values in entries.items() if isinstance(values, list)}
    if len(lists) != len(entries) or not all(
        values and all(isinstance(v, str) for v in values) for values in lists.values()
    ):
        raise ContractError(path, place, "'where' is no mapping of fields to lists of texts", "write {status: [paid]}")
    return {field: tuple(values) for field, values in lists.items()}
