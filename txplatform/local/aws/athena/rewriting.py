"""The moves of every rewrite: replace nodes of a kind, call a function, refuse what cannot be corrected."""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from txplatform.local.aws.athena.errors import StatementError


def call(name: str, *arguments: exp.Expr) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=list(arguments))


def keep_type(expression: exp.Expr, like: exp.Expr) -> exp.Expr:
    """Cast to the type of another expression, which is not evaluated."""
    return call("cast_to_type", expression.copy(), like.copy())


def each(tree: exp.Expr, kind: Any, correct: Callable[[Any], exp.Expr | None]) -> exp.Expr:
    """Replace every node of a kind by what `correct` makes of it, innermost first; None leaves it."""
    for node in reversed(_found(tree, kind)):
        replacement = correct(node)
        if replacement is None:
            continue
        replacement.meta.update(node.meta)
        if node is tree:
            tree = replacement
        else:
            node.replace(replacement)
    return tree


def _found(tree: exp.Expr, kind: Any) -> list[Any]:
    """Return the nodes of a kind, each before what is in it: sqlglot's generators are slow, and rewrites many."""
    found, waiting = [], [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, kind):
            found.append(node)
        for value in node.args.values():
            if isinstance(value, list):
                waiting.extend(item for item in value if isinstance(item, exp.Expr))
            elif isinstance(value, exp.Expr):
                waiting.append(value)
    return found


def refuse(what: str) -> StatementError:
    return StatementError("NOT_SUPPORTED", f"{what} is not supported locally")
