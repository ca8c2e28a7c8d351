"""The `txplatform` command. Each subcommand is imported when it is called: none pays for another's libraries."""

import warnings
from importlib import import_module

import click

from txplatform.errors import PlatformError
from txplatform.local.errors import LocalStackError

_COMMANDS = {
    "backfill": "txplatform.cli.backfill:backfill",
    "bootstrap": "txplatform.cli.bootstrap:bootstrap",
    "changes": "txplatform.cli.changes:changes",
    "contracts": "txplatform.cli.contracts:contracts",
    "demo": "txplatform.cli.demo:demo",
    "dlq": "txplatform.cli.dlq:dlq",
    "ingest": "txplatform.cli.ingest:ingest",
    "ledger": "txplatform.cli.ledger:ledger",
    "maintain": "txplatform.cli.maintenance:maintain",
    "parity": "txplatform.cli.parity:parity",
    "powerbi": "txplatform.cli.powerbi:powerbi",
    "quarantine": "txplatform.cli.quarantine:quarantine",
    "query": "txplatform.cli.query:query",
    "quicksight": "txplatform.cli.quicksight:quicksight",
    "sources": "txplatform.cli.sources:sources",
    "up": "txplatform.cli.local:up",
}


class LazyGroup(click.Group):
    """A group that imports a command when it is called and ends every platform error in one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        return getattr(import_module(module), name)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (PlatformError, LocalStackError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=LazyGroup)
@click.version_option(package_name="txplatform")
def main() -> None:
    """Transactional records from source systems to dashboards, on AWS or on an AWS that runs on this machine.

    `demo` and `up` start that local AWS and need no settings. Commands that call AWS read the platform's settings from
    the environment (AWS_REGION and the variables TXP_…). Those of a running local AWS are loaded with:

    \b
      set -a; . .txplatform/env; set +a
    """
    # pandera, on the typeguard that jsii pins; it concerns annotations that no command uses.
    warnings.filterwarnings("ignore", "Using typeguard < 3", UserWarning)
