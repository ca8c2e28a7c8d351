"""FETCH FIRST … WITH TIES: https://trino.io/docs/current/sql/select.html#limit-or-fetch-first-clause."""

from sqlglot import exp

from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.rewriting import refuse


def fetched(tree: exp.Expr) -> exp.Expr:
    """Keep the rows whose rank is one of the first, and so those that are equal to the last of them."""
    for fetch in list(tree.find_all(exp.Fetch)):
        options, select = fetch.args.get("limit_options"), fetch.parent
        if options is None or not options.args.get("with_ties"):
            continue
        order = select.args.get("order") if select is not None else None
        if order is None or select is None:
            reason = "line 1:1: FETCH FIRST WITH TIES clause requires ORDER BY"
            raise StatementError("MISSING_ORDER_BY", reason)
        count = fetch.args.get("count") or exp.Literal.number(1)
        distinct = select.args.get("distinct") or select.args.get("offset")
        if not isinstance(select, exp.Select) or distinct or not count.is_int:
            raise refuse("WITH TIES beside UNION, DISTINCT or OFFSET, or of a computed count")
        items = [exp.Ordered(**{**item.copy().args, "this": _meant(item.this, select)}) for item in order.expressions]
        rank = exp.Window(this=exp.Rank(), order=exp.Order(expressions=items))
        select.set("qualify", exp.Qualify(this=exp.LTE(this=rank, expression=count.copy())))
        select.set("limit", None)
    return tree


def _meant(by: exp.Expr, select: exp.Select) -> exp.Expr:
    """Return what ORDER BY means by the number or the name of a column that is selected."""
    if by.is_int and not any(item.is_star for item in select.expressions):
        return select.expressions[int(by.name) - 1].unalias().copy()
    if by.is_int:
        raise refuse("WITH TIES by the number of a column of *")
    if isinstance(by, exp.Column) and not by.table:
        named = (item for item in select.expressions if isinstance(item, exp.Alias) and item.alias == by.name)
        return next((item.this.copy() for item in named), by.copy())
    return by.copy()


ALL = (fetched,)
