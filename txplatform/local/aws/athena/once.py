"""Arguments that macros would write several times are written once: else nested calls grow with a power of their depth.

DuckDB has no let; a lambda over an array of one element is one. Only what is dear itself is worth it.
"""

import re

from sqlglot import exp

from txplatform.local.aws.athena import macros, macros_of_arrays, macros_of_moments, quotients
from txplatform.local.aws.athena.rewriting import call, each

_NAME = "_once"
_HEAVY = ("athena_divide", "athena_modulo", "athena_average", "list_transform")
_MACRO = re.compile(r"\s*(?P<name>\w+)\((?P<parameters>[^)]*)\) AS(?P<body>.*)", re.DOTALL)


def _repeating() -> frozenset[str]:
    """Return the macros that write an argument several times, or have another macro do so."""
    found: set[str] = set()
    for macro in (*quotients.ALL, *macros_of_moments.ALL, *macros.ALL, *macros_of_arrays.ALL):
        parts = _MACRO.fullmatch(macro)
        assert parts is not None
        body, names = parts["body"], re.findall(r"\w+", parts["parameters"])
        times = max((len(re.findall(rf"(?<!\.)\b{name}\b", body)) for name in names), default=0)
        if times > 1 or found & set(re.findall(r"athena_\w+", body)):
            found.add(parts["name"])
    return frozenset(found)


_REPEATING = _repeating()


def _is_costly(argument: exp.Expr) -> bool:
    """Say whether an argument is not to be written again: a lambda costs more than two macros one in the other."""
    return any(
        isinstance(node, exp.Query | exp.Window)
        or (isinstance(node, exp.Anonymous) and (node.name in _HEAVY or _has_two(node)))
        for node in argument.walk()
    )


def _has_two(macro: exp.Anonymous) -> bool:
    """Say whether a macro that repeats its arguments has another such one in them."""
    return macro.name in _REPEATING and any(
        inner.name in _REPEATING for given in macro.expressions for inner in given.find_all(exp.Anonymous)
    )


def arguments(tree: exp.Expr) -> exp.Expr:
    """Let a lambda have the arguments of a macro where one of them is costly."""

    def correct(node: exp.Anonymous) -> exp.Expr | None:
        if node.name not in _REPEATING or not any(map(_is_costly, node.expressions)):
            return None
        fields, values = [], []
        for position, value in enumerate(node.expressions):
            if not _is_costly(value) and value.find(exp.Column, exp.Identifier) is None:
                values.append(value.copy())
                continue
            name = f"a{position}"
            fields.append(exp.PropertyEQ(this=exp.to_identifier(name), expression=value.copy()))
            values.append(call("struct_extract", exp.to_identifier(_NAME), exp.Literal.string(name)))
        body = exp.Lambda(this=call(node.name, *values), expressions=[exp.to_identifier(_NAME)])
        given = exp.Array(expressions=[call("struct_pack", *fields)])
        return call("list_extract", call("list_transform", given, body), exp.Literal.number(1))

    return each(tree, exp.Anonymous, correct)


ALL = (arguments,)
