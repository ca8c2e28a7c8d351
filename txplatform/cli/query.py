"""`txplatform query`: one SQL statement on Athena, printed as a table or as CSV."""

import sys

import click

import txplatform


@click.command()
@click.argument("sql")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV instead of a table.")
def query(sql: str, as_csv: bool) -> None:
    """Run SQL on Athena; decimals are printed with all their digits."""
    frame = txplatform.query(sql)
    if as_csv:
        frame.to_csv(sys.stdout, index=False)
    else:
        click.echo(frame.to_string(index=False))
        click.echo(f"({len(frame)} rows)")
