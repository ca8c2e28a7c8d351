"""Aligns a source's record with its contract: names, epochs and values. What it cannot align it leaves as it is.

Per field: another name (`aliases`, dotted for nested ones), then numbers since 1970 (`epoch`), then whole values
(`values`, before and after folding by `case`), then a `default` where the field is absent. Validation checks
the result. What is null under another name counts as absent, with the objects that then hold nothing. The file lane
aligns columns by the same rules: docs/concepts/two-engines.md.
"""

from decimal import Decimal
from typing import Any, cast

from lambdas.shared.epochs import PER_SECOND, epoch_text
from lambdas.shared.schema import EntitySchema, FieldRule

_UNITS = {"seconds": "s", "milliseconds": "ms"}
_LATEST_EXPONENT = 18


def align(schema: EntitySchema, record: dict[str, Any], *, partial: bool = False) -> dict[str, Any]:
    """A new record under the contract's names and values; the given one is not changed.

    A partial one holds what changed: a null says that the field is removed, under another name too, and no default
    fills what it does not name.
    """
    aligned = dict(record)
    # No alias is the name of a field, or lies within one: without other names there is nothing to look for.
    if not aligned.keys() <= schema.fields.keys():
        _rename(schema, aligned, partial=partial)
    for rule in schema.aligned:
        value = aligned.get(rule.name)
        if value is not None:
            aligned[rule.name] = _respell(rule, value)
        elif rule.default is not None and not partial:
            aligned[rule.name] = _typed(rule, rule.default)
    return aligned


def _rename(schema: EntitySchema, aligned: dict[str, Any], *, partial: bool) -> None:
    """Move what stands under other names to the fields that have no value."""
    for name, rule in schema.fields.items():
        for path in rule.aliases:
            if aligned.get(name) is None or _at(aligned, path) is None:
                removed = partial and _is_null(aligned, path)
                value = _take(aligned, path)
                if value is not None:
                    aligned[name] = value
                elif removed:
                    aligned.setdefault(name, None)


def _at(record: Any, path: tuple[str, ...]) -> Any:
    """The value at a path; None where there is none."""
    if not path:
        return record
    return _at(cast("dict[str, Any]", record).get(path[0]), path[1:]) if isinstance(record, dict) else None


def _is_null(record: dict[str, Any], path: tuple[str, ...]) -> bool:
    """Whether the value at a path is null, or an object on the way to it."""
    if path[0] not in record or record[path[0]] is None:
        return path[0] in record
    inner = record[path[0]]
    return len(path) > 1 and isinstance(inner, dict) and _is_null(cast("dict[str, Any]", inner), path[1:])


def _take(record: dict[str, Any], path: tuple[str, ...]) -> Any:
    """Remove and return the value at a path, None where there is none; objects that hold nothing go with it."""
    head, rest = path[0], path[1:]
    if not rest or record.get(head) is None:
        return record.pop(head, None)
    if not isinstance(record[head], dict):
        return None
    inner = cast("dict[str, Any]", dict(record[head]))
    value = _take(inner, rest)
    if inner:
        record[head] = inner
    else:
        del record[head]
    return value


def _respell(rule: FieldRule, value: Any) -> Any:
    words = rule.values
    if isinstance(value, str):
        if words and value in words:
            return _typed(rule, words[value])
        if not rule.case:
            return value
        value = value.upper() if rule.case == "upper" else value.lower()
        return _typed(rule, words[value]) if words and value in words else value
    if rule.epoch and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return epoch_text(value, *PER_SECOND[_UNITS[rule.epoch]]) or value
    text = _text(value)
    return _typed(rule, words[text]) if words and text is not None and text in words else value


def _text(value: Any) -> str | None:
    """What a boolean or a whole number is written as; None for what has no text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) < 10**_LATEST_EXPONENT:
        return str(value)
    return None


def _typed(rule: FieldRule, text: str) -> Any:
    if rule.type == "boolean" and text in ("true", "false"):
        return text == "true"
    if rule.type == "integer" and text.removeprefix("-").isdecimal():
        return int(text)
    return text
