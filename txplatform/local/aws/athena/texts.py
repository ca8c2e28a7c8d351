"""Functions on texts, where DuckDB's mean something else than Trino's.

https://trino.io/docs/current/functions/string.html, https://trino.io/docs/current/functions/regexp.html,
https://trino.io/docs/current/functions/json.html.
"""

import json
import re

from sqlglot import exp

from txplatform.local.aws.athena import characters
from txplatform.local.aws.athena.coercions import is_opaque, is_text, kind, rule, typed
from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.rewriting import call, each, refuse

_JODA = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S", "SSS": "%g", "EEE": "%a"}
_LONGEST = 2**31 - 1
_TRIMS = {"LEADING": "ltrim", "TRAILING": "rtrim"}


def _text(value: exp.Expr) -> exp.Expr:
    return value if is_opaque(value) or is_text(value) else typed(value, rule("required", kind(value), "VARCHAR"))


def characters_of(tree: exp.Expr) -> exp.Expr:
    """Cases, order, padding and white space go by code points."""

    def trimmed(node: exp.Trim) -> exp.Expr:
        of = node.expression if node.args.get("expression") else exp.Literal.string(characters.WHITE_SPACE)
        return call(_TRIMS.get(node.text("position").upper(), "trim"), node.this, of)

    def padded(node: exp.Pad) -> exp.Expr:
        if not node.args.get("fill_pattern"):
            raise StatementError("FUNCTION_NOT_FOUND", "line 1:1: Unexpected parameters for function lpad or rpad")
        name = "athena_lpad" if node.args.get("is_left") else "athena_rpad"
        return call(name, node.this, node.expression, node.args["fill_pattern"])

    def replaced(node: exp.Replace) -> exp.Expr | None:
        node.set("replacement", node.args.get("replacement") or exp.Literal.string(""))
        if node.expression.is_string and node.expression.name:
            return None  # DuckDB's own is the same; a macro writes its arguments several times, at each depth again
        return call("athena_replace", node.this, node.expression, node.args["replacement"])

    tree = each(tree, exp.Trim, trimmed)
    tree = each(tree, exp.Pad, padded)
    tree = each(tree, exp.Replace, replaced)
    tree = each(tree, exp.Upper, lambda node: call("athena_upper", node.this))
    tree = each(tree, exp.Lower, lambda node: call("athena_lower", node.this))
    tree = each(tree, exp.Length, lambda node: call("length", _text(node.this)))
    return each(tree, exp.Reverse, lambda node: call("athena_reverse", _text(node.this)))


def patterns(tree: exp.Expr) -> exp.Expr:
    """Regular expressions are Java's; an escape character of LIKE escapes %, _ and itself alone."""

    def extracted(node: exp.RegexpExtract) -> exp.Expr:
        group = node.args.get("group") or exp.Literal.number(0)
        return call("athena_regexp_extract", node.this, node.expression, group)

    def replaced(node: exp.RegexpReplace) -> exp.Expr:
        replacement = node.args.get("replacement") or exp.Literal.string("")
        return call("athena_regexp_replace", node.this, node.expression, replacement)

    def escaped(node: exp.Escape) -> None:
        pattern, escape = node.this.expression, node.expression
        if not (pattern.is_string and escape.is_string):
            raise refuse("LIKE with a computed pattern and ESCAPE")
        if len(escape.name) != 1:
            raise StatementError("INVALID_FUNCTION_ARGUMENT", "line 1:1: Escape string must be a single character")
        mark = re.escape(escape.name)
        if not re.fullmatch(f"(?:[^{mark}]|{mark}[%_{mark}])*", pattern.name, re.DOTALL):
            raise StatementError(
                "INVALID_FUNCTION_ARGUMENT",
                "line 1:1: Escape character must be followed by '%', '_' or the escape character itself",
            )

    tree = each(tree, exp.Escape, escaped)
    tree = each(tree, exp.RegexpLike, lambda node: call("athena_regexp_like", node.this, node.expression))
    tree = each(tree, exp.RegexpReplace, replaced)
    return each(tree, exp.RegexpExtract, extracted)


def others(tree: exp.Expr) -> exp.Expr:
    """No such part of a text, or scalar of a document, is null in Trino; a part before the first is an error."""

    def part(node: exp.SplitPart) -> exp.Expr:
        return call("athena_split_part", node.this, node.args["delimiter"], node.args["part_index"])

    def formatted(node: exp.Anonymous) -> exp.Expr | None:
        if node.name.lower() != "format_datetime":
            return None
        return call("strftime", node.expressions[0], exp.Literal.string(_strftime(node.expressions[1])))

    def cut(node: exp.Substring) -> exp.Expr | None:
        length = node.args.get("length") or exp.Literal.number(_LONGEST)
        if _is_positive(node.args["start"]) and _is_positive(length):
            return None  # as DuckDB has it
        return call("athena_substring", node.this, node.args["start"], length)

    def scalar(node: exp.JSONExtractScalar) -> exp.Expr:
        path = node.expression
        steps = path.expressions[1:] if isinstance(path, exp.JSONPath) else [path]
        if not all(isinstance(step, exp.JSONPathKey | exp.JSONPathSubscript) for step in steps):
            raise refuse("such a JSON path")
        return call("athena_json_scalar", node.this, exp.Literal.string(json.dumps([step.this for step in steps])))

    tree = each(tree, exp.Substring, cut)
    tree = each(tree, exp.JSONExtractScalar, scalar)
    tree = each(tree, exp.Split, lambda node: call("athena_split", node.this, node.expression))
    tree = each(tree, exp.SplitPart, part)
    return each(tree, exp.Anonymous, formatted)


def _is_positive(number: exp.Expr) -> bool:
    return number.is_int and not number.is_string and int(number.to_py()) > 0


def _strftime(pattern: exp.Expr) -> str:
    if not pattern.is_string:
        raise refuse("a computed date pattern")
    made = re.sub(r"([A-Za-z])\1*", lambda found: _JODA.get(found[0], "\0"), pattern.name.replace("%", "%%"))
    if "\0" in made or "'" in made:
        raise refuse(f"the date pattern {pattern.name!r}")
    return made


ALL = (characters_of, patterns, others)
