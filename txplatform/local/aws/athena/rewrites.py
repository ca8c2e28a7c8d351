"""Where sqlglot's translation from Trino to DuckDB changes the meaning: each function corrects one kind of expression.

They all take the whole tree, change it in place and return it. What cannot be corrected is refused.
"""

from sqlglot import exp

from txplatform.local.aws.athena import (
    aggregates,
    alternatives,
    arrays,
    casts,
    chars,
    coercions,
    compared_rows,
    concatenation,
    intervals,
    json_casts,
    library,
    literals,
    moments,
    not_numbers,
    once,
    operands,
    precisions,
    selected,
    texts,
    ties,
    type_texts,
    unnesting,
    windows,
    zoned,
)

_NAMED = (exp.Alias, exp.Aliases, exp.Column)


def names(tree: exp.Expr) -> exp.Expr:
    """Columns without a name get one that no statement can write; three-part columns lose their schema.

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
                item
                if isinstance(item, _NAMED) or item.is_star
                else exp.alias_(item, _name(item) or f"{selected.UNNAMED}{position}", quoted=True)
                for position, item in enumerate(select.expressions)
            ],
        )
    return tree


def _name(item: exp.Expr) -> str:
    """Return the name that a field has as a column."""
    return item.expression.name if isinstance(item, exp.Dot) else ""


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
    *literals.ALL,
    *chars.ALL,
    *json_casts.ALL,
    *intervals.ALL,
    *zoned.ALL,
    *precisions.ALL,
    *ties.ALL,
    *selected.ALL,
    names,
    operands.mark_grouped,
    *library.ALL,
    *compared_rows.ALL,
    *coercions.ALL,
    *alternatives.ALL,
    *windows.ALL,
    *concatenation.ALL,
    *type_texts.ALL,
    *not_numbers.ALL,
    *moments.ALL,
    *aggregates.ALL,
    *arrays.ALL,
    casts.casts,
    arrays.unnamed,
    *texts.ALL,
    *unnesting.ALL,
    *once.ALL,
)
