"""Casts as Trino does them: which texts it takes, how it rounds, and the types whose defaults or texts differ."""

import re

from sqlglot import exp

from txplatform.local.aws.athena import json_casts, type_names
from txplatform.local.aws.athena.cast_texts import MOMENT_OF_DAY, TEXTS
from txplatform.local.aws.athena.kinds import NULL
from txplatform.local.aws.athena.known_kinds import known_kind
from txplatform.local.aws.athena.nested_casts import nested
from txplatform.local.aws.athena.operands import kind as kind_of
from txplatform.local.aws.athena.operands import rule, unless_refused
from txplatform.local.aws.athena.rewriting import call, each, refuse

_MICROSECONDS, _MILLISECONDS = 6, 3


def casts(tree: exp.Expr) -> exp.Expr:
    """Types whose defaults or texts differ: decimal, timestamp(p), varchar(n)."""

    def correct(node: exp.Cast) -> exp.Expr | None:
        if json_casts.is_json(node.this) and node.to.this != exp.DataType.Type.JSON:
            return json_casts.from_json(node)
        if node.to.args.get("nested"):
            if not isinstance(node.this, exp.Null):
                return nested(node, lambda part: correct(part) or part)
            _complete(node.to)
            return None
        wanted = known_kind(exp.Cast(this=exp.null(), to=node.to))
        if wanted is not None:
            node.set("this", unless_refused(node.this, rule("castable", kind_of(node.this), wanted)).copy())
        kind, parameters = node.to.this, [int(parameter.name) for parameter in node.to.expressions if parameter.name]
        if kind == exp.DataType.Type.DECIMAL and len(parameters) < 2:
            node.set("to", exp.DataType.build(f"decimal({parameters[0] if parameters else 38}, 0)"))
        elif kind in (exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPTZ):
            return _timestamp(node, parameters)
        elif kind in (exp.DataType.Type.VARCHAR, exp.DataType.Type.TEXT):
            text = node.this.copy() if node.this.is_string else call("athena_varchar", node.this.copy())
            if not parameters:
                return text
            strict = exp.Boolean(this=not isinstance(node, exp.TryCast))
            return call("athena_short", node.this.copy(), exp.Literal.number(parameters[0]), strict)
        elif kind == exp.DataType.Type.JSON:
            return json_casts.to_json(node)
        elif kind == exp.DataType.Type.TIME:
            return _time(node, parameters)
        elif not type_names.is_exact(node.to):
            raise refuse(f"a cast to {node.to.sql('trino')}")
        _check_text(node)
        return None

    return each(tree, (exp.Cast, exp.TryCast), correct)


def _complete(nested: exp.DataType) -> None:
    """Give the scalars inside of a nested type the parameters that DuckDB needs to have the same type."""
    for inner in list(nested.find_all(exp.DataType)):
        parameters = [parameter.name for parameter in inner.expressions]
        if inner.this == exp.DataType.Type.DECIMAL and len(parameters) < 2:
            inner.set(
                "expressions", exp.DataType.build(f"decimal({parameters[0] if parameters else 38}, 0)").expressions
            )
        elif inner.this in (exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPTZ):
            inner.set("expressions", [])
        elif not type_names.is_exact(inner):
            raise refuse(f"a cast to {nested.sql('trino')}")


def _check_text(node: exp.Cast) -> None:
    """Let a cast take no text that Trino would not take, and round a double half up on its way to an integer."""
    if isinstance(node.this, exp.Null):
        return
    kind = node.to.this
    name = "integer" if kind in exp.DataType.INTEGER_TYPES else str(kind.value).lower()
    if name in ("integer", "float"):
        node.set("this", call("athena_whole" if name == "integer" else "athena_near", node.this.copy()))
    if name in TEXTS:
        wanted = exp.Literal.string(node.to.sql("trino").lower())
        strict = exp.Boolean(this=not isinstance(node, exp.TryCast))
        node.set("this", call("athena_literal", node.this.copy(), exp.Literal.string(TEXTS[name]), wanted, strict))


def _time(node: exp.Cast, parameters: list[int]) -> exp.Expr | None:
    precision = parameters[0] if parameters else _MILLISECONDS
    own = kind_of(node.this).name
    if precision > _MICROSECONDS or own not in ("VARCHAR", "TIMESTAMP", "TIME", NULL):
        raise refuse(f"a cast to {node.to.sql('trino')}")
    if own == "TIME" or (precision not in (_MILLISECONDS, _MICROSECONDS) and not node.this.is_string):
        raise refuse(f"a cast to {node.to.sql('trino')}")
    node.to.set("expressions", [])
    _check_text(node)
    return None


def _timestamp(node: exp.Cast, parameters: list[int]) -> exp.Expr | None:
    precision = parameters[0] if parameters else _MILLISECONDS
    if node.this.is_string and precision <= _MICROSECONDS:  # a literal, of the precision it is written with
        precision = _MICROSECONDS
    if precision not in (_MILLISECONDS, _MICROSECONDS):
        raise refuse(f"a cast to {node.to.sql('trino')}")
    node.to.set("expressions", [])
    zoned = node.this.is_string and re.fullmatch(rf"{MOMENT_OF_DAY}\s*[A-Za-z+-].*", node.this.name)
    if zoned and not re.fullmatch(TEXTS["timestamptz"], node.this.name):
        raise refuse(f"the zone of {node.this.sql('trino')}")
    _check_text(node)
    if precision == _MICROSECONDS:
        return None
    return call("athena_milliseconds", node.copy())
