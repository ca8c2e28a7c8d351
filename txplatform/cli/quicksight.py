"""`txplatform quicksight`: the data sets, analyses and dashboards in QuickSight."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from txplatform.cli.row_rules_option import row_rules_option
from txplatform.contracts.loader import load_contracts
from txplatform.settings import Settings

if TYPE_CHECKING:
    from txplatform.dashboards.quicksight.account import Account
    from txplatform.dashboards.quicksight.deployment import Step
    from txplatform.dashboards.quicksight.model import Resource


@click.group()
def quicksight() -> None:
    """Deploy data source, data sets, analyses and dashboards in QuickSight, from contracts and marts.

    They have names that begin with txplatform. Principals are ARNs of users and groups of QuickSight.
    """


def _principals(command: Callable[..., None]) -> Callable[..., None]:
    options: Sequence[tuple[str, str, bool]] = (
        ("--personal-reader", "Sees columns that show personal values in part; without one, owners do.", False),
        ("--reader", "Sees the dashboards.", False),
        ("--owner", "May change everything.", True),
    )
    for name, text, required in options:
        command = click.option(name, metavar="ARN", multiple=True, required=required, help=f"{text} Repeatable.")(
            command
        )
    return row_rules_option(command)


@quicksight.command()
@_principals
def deploy(row_rules: Path | None, **principals: tuple[str, ...]) -> None:
    """Create what is missing, update in place what differs, delete what no contract has any more."""
    from txplatform.dashboards.quicksight.deployment import deploy as deploy_resources

    account, resources = _rendered(principals, row_rules)
    for step in deploy_resources(resources, account):
        _show(step)


@quicksight.command()
@_principals
def diff(row_rules: Path | None, **principals: tuple[str, ...]) -> None:
    """Show what deploy would do. The exit status is 1 where it would change something."""
    from txplatform.dashboards.quicksight.deployment import Change, plan

    account, resources = _rendered(principals, row_rules)
    steps = plan(resources, account)
    for step in steps:
        _show(step)
    if any(step.change is not Change.NONE for step in steps):
        raise click.exceptions.Exit(1)


@quicksight.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def destroy(yes: bool) -> None:
    """Delete all that deploy has made. No data is lost: the views stay, and deploy makes everything again."""
    from txplatform.dashboards.quicksight.deployment import destroy as destroy_resources

    if not yes:
        click.confirm("Delete the platform's data sets, analyses and dashboards in QuickSight?", abort=True)
    for step in destroy_resources(_account()):
        _show(step)


def _account() -> "Account":
    from txplatform.aws import AwsClients
    from txplatform.dashboards.quicksight.account import Account

    return Account.of(AwsClients(Settings.from_env()))


def _rendered(principals: dict[str, Any], row_rules: Path | None) -> "tuple[Account, list[Resource]]":
    from txplatform.dashboards.quicksight.resources import resources
    from txplatform.dashboards.quicksight.target import Target
    from txplatform.dashboards.row_rules import read_row_rules

    settings = Settings.from_env()
    contracts = load_contracts(settings.contracts_dir)
    rules = read_row_rules(row_rules, contracts)
    account = _account()
    target = Target(
        account.id, settings.region, principals["owner"], principals["reader"], principals["personal_reader"], rules
    )
    return account, resources(contracts, target)


def _show(step: "Step") -> None:
    click.echo(f"{step.change:<10} {step.kind:<11} {step.id}")
