"""Columns that a table has and * leaves out: "$path", and "$file_size" and "$file_modified_time" of tables of Hive's.

https://docs.aws.amazon.com/athena/latest/ug/querying-hidden-columns.html,
https://trino.io/docs/current/connector/hive.html#metadata-columns
"""

from sqlglot import exp

from txplatform.local.aws.athena.rewriting import refuse

PATH = "$path"
FILENAME = "filename"  # DuckDB's name of it
OF_FILES = ("$file_size", "$file_modified_time")


def wanted(table: exp.Table) -> tuple[str, ...]:
    """Return the hidden columns that the query of a table names, and keep them out of its *."""
    select = table.parent_select
    if not isinstance(select, exp.Select):
        return ()
    named = {column.name.lower() for column in select.find_all(exp.Column) if column.name.startswith("$")}
    names = tuple(name for name in (PATH, *OF_FILES) if name in named)
    for item in select.expressions if names else ():
        star = item.this if isinstance(item, exp.Column) else item
        if isinstance(star, exp.Star) and not star.args.get("except_"):
            star.set("except_", [exp.to_identifier(name, quoted=True) for name in names])
    return names


def of_iceberg(scan: exp.Expr, names: tuple[str, ...]) -> exp.Select:
    """Return the query of all columns of a scan, and of those hidden ones that are wanted."""
    if set(names) - {PATH}:
        raise refuse(f"the column {names[-1]} of an Iceberg table")
    hidden = [exp.alias_(exp.column(FILENAME), PATH, quoted=True)] if names else []
    return exp.select("*", *hidden).from_(exp.Table(this=scan))
