"""Where sqlglot's translation from Trino to DuckDB changes the meaning: each function corrects one kind of expression.

They all take the whole tree, change it in place and return it. What cannot be corrected is refused.
"""

import json
import re

from sqlglot import exp

from txplatform.local.aws.athena import casts, coercions, library, moments
from txplatform.local.aws.athena.rewriting import call, each, keep_type, refuse

_JODA = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S", "SSS": "%g", "EEE": "%a"}
_NAMED = (exp.Alias, exp.Aliases, exp.Column, exp.Dot)
_LONGEST = 2**31 - 1


def averages(tree: exp.Expr) -> exp.Expr:
    """avg(decimal) is a decimal in Trino; FILTER and OVER apply to each of its parts."""

    def correct(node: exp.Avg) -> exp.Expr | None:
        outer: exp.Expr = node
        while isinstance(outer.parent, exp.Filter | exp.Window) and outer.arg_key == "this":
            outer = outer.parent

        def part(kind: type[exp.Expr]) -> exp.Expr:
            whole = outer.copy()
            inner = whole.find(exp.Avg)
            assert inner is not None
            made = kind(this=inner.this.copy())
            if inner is whole:
                return made
            inner.replace(made)
            return whole

        average = call("athena_average", part(exp.Sum), part(exp.Count), part(exp.AnyValue))
        if outer is node:
            return average
        outer.replace(average)
        return None

    if isinstance(tree, exp.Avg):
        return correct(tree) or tree
    return each(tree, exp.Avg, correct)


def texts(tree: exp.Expr) -> exp.Expr:
    """Functions on strings: no match and no such part are null in Trino, empty in DuckDB."""

    def extracted(node: exp.RegexpExtract) -> exp.Expr:
        group = node.args.get("group") or exp.Literal.number(0)
        return call("athena_regexp_extract", node.this, node.expression, group)

    def part(node: exp.SplitPart) -> exp.Expr:
        return call("athena_split_part", node.this, node.args["delimiter"], node.args["part_index"])

    def formatted(node: exp.Anonymous) -> exp.Expr | None:
        if node.name.lower() != "format_datetime":
            return None
        return call("strftime", node.expressions[0], exp.Literal.string(_strftime(node.expressions[1])))

    def cut(node: exp.Substring) -> exp.Expr:
        length = node.args.get("length") or exp.Literal.number(_LONGEST)
        return call("athena_substring", node.this, node.args["start"], length)

    def replaced(node: exp.RegexpReplace) -> None:
        replacement = node.args.get("replacement") or exp.Literal.string("")
        if not replacement.is_string or "\\" in replacement.name or "${" in replacement.name:
            raise refuse(f"the replacement {replacement.sql('trino')}")
        node.set("replacement", exp.Literal.string(re.sub(r"\$(\d)", r"\\\1", replacement.name)))

    def scalar(node: exp.JSONExtractScalar) -> exp.Expr:
        path = node.expression
        steps = path.expressions[1:] if isinstance(path, exp.JSONPath) else [path]
        if not all(isinstance(step, exp.JSONPathKey | exp.JSONPathSubscript) for step in steps):
            raise refuse("such a JSON path")
        return call("athena_json_scalar", node.this, exp.Literal.string(json.dumps([step.this for step in steps])))

    tree = each(tree, exp.Substring, cut)
    tree = each(tree, exp.RegexpReplace, replaced)
    tree = each(tree, exp.JSONExtractScalar, scalar)
    tree = each(tree, exp.RegexpExtract, extracted)
    tree = each(tree, exp.SplitPart, part)
    return each(tree, exp.Anonymous, formatted)


def _strftime(pattern: exp.Expr) -> str:
    if not pattern.is_string:
        raise refuse("a computed date pattern")
    made = re.sub(r"([A-Za-z])\1*", lambda found: _JODA.get(found[0], "\0"), pattern.name.replace("%", "%%"))
    if "\0" in made or "'" in made:
        raise refuse(f"the date pattern {pattern.name!r}")
    return made


def unnesting(tree: exp.Expr) -> exp.Expr:
    """UNNEST of rows gives a column for each field; every one must be named."""

    def correct(node: exp.Unnest) -> exp.Expr | None:
        alias = node.args.get("alias")
        columns = alias.columns if alias else []
        arrays, ordinality = node.expressions, node.args.get("offset")
        if len(arrays) == 1 and len(columns) > 1:
            depth = exp.PropertyEQ(this=exp.to_identifier("max_depth"), expression=exp.Literal.number(2))
            unnested = exp.select(call("unnest", arrays[0].copy(), depth))
            if ordinality and alias:
                unnested = unnested.select(call("generate_subscripts", arrays[0].copy(), exp.Literal.number(1)))
                alias.append("columns", ordinality)
            return exp.Lateral(this=unnested.subquery(copy=False), alias=alias)
        node.set("expressions", [call("athena_scalars", array.copy()) for array in arrays])
        return None

    return each(tree, exp.Unnest, correct)


def extremes(tree: exp.Expr) -> exp.Expr:
    """max_by and min_by may give null: that of the row found."""
    tree = each(tree, exp.ArgMax, lambda node: call("arg_max_null", node.this, node.expression))
    return each(tree, exp.ArgMin, lambda node: call("arg_min_null", node.this, node.expression))


def percentiles(tree: exp.Expr) -> exp.Expr:
    """approx_percentile keeps the type of its argument."""

    def correct(node: exp.ApproxQuantile) -> exp.Expr:
        sample = exp.AnyValue(this=node.this.copy())
        whole = exp.ApproxQuantile(this=exp.cast(node.this.copy(), "double"), quantile=node.args["quantile"].copy())
        return keep_type(whole, sample)

    return each(tree, exp.ApproxQuantile, correct)


def names(tree: exp.Expr) -> exp.Expr:
    """Columns without a name are called _col0, _col1, … by their position; three-part columns lose their schema.

    What is no schema is a column with fields, after the name of its table or without it.
    """
    tables = {table.alias_or_name.lower() for table in tree.find_all(exp.Table, exp.Subquery, exp.CTE)}
    tables |= {alias.name.lower() for alias in tree.find_all(exp.TableAlias)}
    for column in list(tree.find_all(exp.Column)):
        if column.args.get("db"):
            column = _of_table(column, tables)
        column.set("db", None)
        column.set("catalog", None)
    for select in tree.find_all(exp.Select):
        if isinstance(select.parent, exp.Lateral | exp.Exists | exp.In) or select.find_ancestor(exp.Lateral):
            continue
        select.set(
            "expressions",
            [
                item if isinstance(item, _NAMED) or item.is_star else exp.alias_(item, f"_col{position}")
                for position, item in enumerate(select.expressions)
            ],
        )
    return tree


def _of_table(column: exp.Column, tables: set[str]) -> exp.Column:
    """Return the column itself, in whose place a chain of its fields stands if its name has some."""
    parts = column.parts
    if parts[-2].name.lower() in tables:
        return column
    first = 1 if parts[0].name.lower() in tables else 0
    made = exp.Column(this=parts[first].copy(), table=parts[0].copy() if first else None)
    chain: exp.Expr = made
    for part in parts[first + 1 :]:
        chain = exp.Dot(this=chain, expression=part.copy())
    column.replace(chain)
    return made


ALL = (
    names,
    *library.ALL,
    *coercions.ALL,
    *moments.ALL,
    averages,
    percentiles,
    extremes,
    casts.casts,
    texts,
    unnesting,
)
