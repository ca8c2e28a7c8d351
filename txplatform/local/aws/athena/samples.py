"""What of a statement needs to be put otherwise before it is looked at: samples of all rows, ALL of VALUES, rows.

https://trino.io/docs/current/sql/select.html#tablesample, …/functions/comparison.html#quantified-comparison-predicates
"""

from sqlglot import exp

from txplatform.local.aws.athena.rewriting import refuse

_QUANTIFIERS: dict[str, type[exp.Expr]] = {"all": exp.All, "any": exp.Any, "some": exp.Any}


def whole(tree: exp.Expr) -> exp.Expr:
    """Take all rows where the sample is of 100 percent; any other one is another one each time."""
    for sample in list(tree.find_all(exp.TableSample)):
        percent = sample.args.get("percent")
        if sample.text("method").upper() not in ("BERNOULLI", "SYSTEM") or percent is None or percent.name != "100":
            raise refuse(f"{sample.sql('trino').strip()[:60]}: a sample of other than 100 percent")
        sample.pop()
    return tree


def quantified(tree: exp.Expr) -> exp.Expr:
    """Let ALL, ANY and SOME of VALUES be those of a query."""
    for node in list(tree.find_all(exp.Anonymous, exp.Any)):
        made = exp.Any if isinstance(node, exp.Any) else _QUANTIFIERS.get(node.name.lower())
        values = node.this if isinstance(node, exp.Any) else node.expressions[0] if node.expressions else None
        values = values.unnest() if isinstance(values, exp.Expr) else None
        if made is not None and isinstance(values, exp.Values):
            alias = exp.TableAlias(this=exp.to_identifier("_values"), columns=[exp.to_identifier("_value")])
            table = exp.Values(expressions=[row.copy() for row in values.expressions], alias=alias)
            node.replace(made(this=exp.select(exp.column("_value")).from_(table)))
    return tree


def spread(tree: exp.Expr) -> exp.Expr:
    """Let a row among VALUES have a column for each of its fields."""
    for values in tree.find_all(exp.Values):
        for row in values.expressions:
            inner = row.expressions[0].unnest() if len(row.expressions) == 1 else None
            if isinstance(inner, exp.Struct) and not any(isinstance(of, exp.PropertyEQ) for of in inner.expressions):
                row.set("expressions", [of.copy() for of in inner.expressions])
    return tree


ALL = (whole, quantified, spread)
