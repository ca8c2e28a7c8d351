"""`txplatform query`: runs one SQL statement on Athena and prints the result as a table or as CSV."""

import sys
from datetime import datetime

import click

import txplatform
from txplatform.cli.days import PastMoment
from txplatform.wording import counted


@click.command()
@click.argument("sql")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV instead of a table.")
@click.option("--as-of", type=PastMoment(), help="Ask for the state at this moment, e.g. 2026-11-27T14:30:00Z.")
def query(sql: str, as_csv: bool, as_of: datetime | None) -> None:
    """Run one SQL statement on Athena.

    Decimals are printed with all their digits, timestamps in UTC. Example:

    \b
      txplatform query "SELECT currency, sum(amount) AS value FROM payments GROUP BY currency"

    With --as-of, current views, child views and marts in the statement are what they were at that moment: exact for
    the operational store, to the second, and for files as far as their days hold now what they held then.
    """
    frame = txplatform.query(sql, as_of=as_of)
    if as_csv:
        frame.to_csv(sys.stdout, index=False)
    else:
        click.echo(" ".join(frame.columns) if frame.empty else frame.to_string(index=False))
        click.echo(f"({counted(len(frame), 'row')})")
