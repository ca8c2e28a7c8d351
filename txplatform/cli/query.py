"""`txplatform query`: runs one SQL statement on Athena and prints the result as a table or as CSV."""

import sys

import click

import txplatform
from txplatform.wording import counted


@click.command()
@click.argument("sql")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV instead of a table.")
def query(sql: str, as_csv: bool) -> None:
    """Run one SQL statement on Athena.

    Decimals are printed with all their digits, timestamps in UTC. Example:

    \b
      txplatform query "SELECT currency, sum(amount) AS value FROM payments GROUP BY currency"
    """
    frame = txplatform.query(sql)
    if as_csv:
        frame.to_csv(sys.stdout, index=False)
    else:
        click.echo(" ".join(frame.columns) if frame.empty else frame.to_string(index=False))
        click.echo(f"({counted(len(frame), 'row')})")
