"""UNNEST: https://trino.io/docs/current/sql/select.html#unnest."""

from collections.abc import Sequence

from sqlglot import exp

from txplatform.local.aws.athena.operands import is_map
from txplatform.local.aws.athena.rewriting import call, each, refuse


def _columns(items: Sequence[exp.Expr], count: int) -> list[exp.Expr]:
    """Return what gives a column for each element, or for each field of rows and maps; refuse other counts."""
    depth = exp.PropertyEQ(this=exp.to_identifier("max_depth"), expression=exp.Literal.number(2))
    spread = [call("map_entries", item.copy()) if is_map(item) else item.copy() for item in items]
    width = sum(1 + is_map(item) for item in items)
    if len(items) > 1 and width != count:
        raise refuse("UNNEST of several arrays of rows, or without a name for each column")
    flat = [len(items) > 1 and not is_map(item) for item in items]
    return [
        call("unnest", call("athena_scalars", item)) if is_flat else call("unnest", item, depth.copy())
        for item, is_flat in zip(spread, flat, strict=True)
    ]


def columns(tree: exp.Expr) -> exp.Expr:
    """UNNEST of rows or maps gives a column for each field, every one of which must be named."""

    def correct(node: exp.Unnest) -> exp.Expr | None:
        alias = node.args.get("alias")
        names = alias.columns if alias else []
        items, ordinality = node.expressions, node.args.get("offset")
        if len(items) == 1 and len(names) < 2 and not is_map(items[0]):
            node.set("expressions", [call("athena_scalars", items[0].copy())])
            return None
        unnested = exp.select(*_columns(items, len(names)))
        if ordinality and alias:
            if len(items) > 1 or is_map(items[0]):
                raise refuse("WITH ORDINALITY of several arrays, or of a map")
            unnested = unnested.select(call("generate_subscripts", items[0].copy(), exp.Literal.number(1)))
            alias.append("columns", ordinality)
        return exp.Lateral(this=unnested.subquery(copy=False), alias=alias)

    return each(tree, exp.Unnest, correct)


ALL = (columns,)
