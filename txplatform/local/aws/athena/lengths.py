"""How long the texts of a column may be: varchar(n) of a table over files, which DuckDB does not tell from varchar.

It is found where a query of one such table selects a column as it is; what is computed is a varchar of any length.
"""

from typing import Any

from sqlglot import exp

LENGTHS = "lengths"  # of a table's columns in their order: (name, its longest text, or 0 for any)


def of_columns(tree: exp.Expr) -> dict[int, str]:
    """Return the types varchar(n) of a query's columns, by their positions."""
    source: Any = tree.args.get("from_") if isinstance(tree, exp.Select) and not tree.args.get("joins") else None
    known: list[tuple[str, int]] = source.this.meta.get(LENGTHS) or [] if source else []
    if not any(length for _, length in known):
        return {}
    lengths, found = dict(known), list[int]()
    for item in tree.expressions:
        if isinstance(item, exp.Star) and not item.args.get("except_"):
            found += [length for _, length in known]
        else:
            column = item.unalias()
            found.append(lengths.get(column.name.lower(), 0) if isinstance(column, exp.Column) else 0)
    return {at: f"varchar({length})" for at, length in enumerate(found) if length}
