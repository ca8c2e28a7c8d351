"""Checks expressions of source systems before any payload meets them: JMESPath, of functions that cost what they read.

An expression that begins with `$` reads the whole payload, one that begins with `^` the item of the step before in
`over`; any other reads the item. The functions left out read numbers as floats, or take longer than their input.
https://jmespath.org/specification.html
"""

import warnings
from collections.abc import Iterator
from typing import Any, cast

from jmespath.exceptions import JMESPathError
from jmespath.parser import Parser

MAX_CHARACTERS = 1000
MAX_PARTS = 100
# Name -> least and greatest number of arguments. `items` is of JMESPath Community: a list of [name, value].
FUNCTIONS: dict[str, tuple[int, int]] = {
    "contains": (2, 2),
    "ends_with": (2, 2),
    "items": (1, 1),
    "join": (2, 2),
    "keys": (1, 1),
    "length": (1, 1),
    "map": (2, 2),
    "merge": (1, 10),
    "not_null": (1, 10),
    "reverse": (1, 1),
    "starts_with": (2, 2),
    "to_array": (1, 1),
    "type": (1, 1),
    "values": (1, 1),
}
_ROOTS = ("$", "^")


def problem_of(expression: str) -> str | None:
    """Return why an expression cannot be used, or None where it can."""
    if len(expression) > MAX_CHARACTERS:
        return f"has {len(expression)} characters, {MAX_CHARACTERS} at most"
    inner = expression
    if expression.startswith(_ROOTS):
        if expression in _ROOTS:
            return None
        if expression[1] not in ".[":
            return f"has '{expression[1]}' after '{expression[0]}', where '.' or '[' is expected"
        inner = expression[1:].removeprefix(".")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            parsed = cast("Any", Parser().parse(inner)).parsed
    except JMESPathError as error:
        return f"is no JMESPath ({' '.join(str(error).split())})"
    except PendingDeprecationWarning:
        return "holds `…` that is no JSON; write a text as '…'"
    except RecursionError:
        return "is nested too deeply"
    parts = list(_parts(parsed))
    if len(parts) > MAX_PARTS:
        return f"has {len(parts)} parts, {MAX_PARTS} at most"
    return next((problem for part in parts if (problem := _problem_of_part(part))), None)


def _parts(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every node of the syntax tree; children may also be the numbers of a slice."""
    if isinstance(node, dict):
        yield cast("dict[str, Any]", node)
        for child in cast("Any", node).get("children", ()):
            yield from _parts(child)


def _problem_of_part(part: dict[str, Any]) -> str | None:
    if part["type"] == "literal" and _holds_float(part["value"]):
        return "holds a number with a point, which JMESPath reads as a float; write it as a text"
    if part["type"] == "subexpression" and part["children"][0]["type"] == "not_expression":
        return "reads a name of what '!' gives, which has no names; write !(a.b) for !a.b of an expression a"
    if part["type"] == "function_expression":
        name, given = part["value"], len(part["children"])
        if name not in FUNCTIONS:
            return f"calls {name}(), which is not one of: {', '.join(FUNCTIONS)}"
        least, most = FUNCTIONS[name]
        if not least <= given <= most:
            return f"calls {name}() with {given} arguments, not {least if least == most else f'{least} to {most}'}"
    return None


def _holds_float(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_float, cast("dict[str, Any]", value).values()))
    return any(map(_holds_float, cast("list[Any]", value))) if isinstance(value, list) else isinstance(value, float)
