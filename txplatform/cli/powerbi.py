"""`txplatform powerbi`: writes the Power BI project of the marts."""

from pathlib import Path

import click

from txplatform.cli.row_rules_option import row_rules_option
from txplatform.contracts.loader import load_contracts
from txplatform.settings import REGION, contracts_directory
from txplatform.wording import counted

_DEFAULT_OUT = Path("powerbi")


@click.group()
def powerbi() -> None:
    """Write dashboards of Power BI as code.

    A project (PBIP) has a semantic model with a table for each mart and a measure for each figure of the dictionary,
    and a report with a page for each entity. It is opened with Power BI Desktop, or published from Git.
    """


@powerbi.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=_DEFAULT_OUT,
    show_default=True,
    help="Folder of the project: a new one, an empty one, or that of an earlier export.",
)
@click.option(
    "--region",
    envvar=REGION.variable,
    show_envvar=True,
    required=True,
    help="Region of the data-plane stack: the first value of the project's parameter Region.",
)
@click.option(
    "--directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=None,
    help="Folder of the contract files; by default TXP_CONTRACTS_DIR, else the shipped contracts.",
)
@row_rules_option
def export(out: Path, region: str, directory: Path | None, row_rules: Path | None) -> None:
    """Write the project of all contracts and their marts. Needs no AWS.

    The same contracts give the same files, so a second export changes nothing, and one after a change of a contract
    shows it in the difference of Git. Files that were changed since they were exported are refused, and no others are
    written then. Example:

    \b
      txplatform powerbi export --region eu-central-1 --out powerbi
    """
    from txplatform.cli.progress import progress_bar
    from txplatform.dashboards.powerbi.export import export_project
    from txplatform.dashboards.row_rules import read_row_rules

    contracts = load_contracts(directory or contracts_directory())
    rules = read_row_rules(row_rules, contracts)
    with progress_bar("Power BI") as progress:
        exported = export_project(contracts, region, out, progress, rules)
    parts = (
        counted(exported.tables, "table"),
        counted(exported.measures, "measure"),
        counted(exported.pages, "page"),
        f"{counted(exported.changed, 'file')} changed",
    )
    click.echo(f"{out}: {', '.join(parts)}")
    if exported.approximate:
        click.echo(f"held with 15 digits, as Power BI has no exact type for them: {', '.join(exported.approximate)}")
