"""`txplatform up`: the local AWS in the foreground."""

import time
from pathlib import Path

import click

from txplatform.cli.folder import directory_option
from txplatform.cli.interrupts import ignore_signals, interrupt_on_signals
from txplatform.local.state import DEFAULT_STATE_DIR

_CHECK_SECONDS = 1.0


@click.command()
@click.option(
    "--state-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_STATE_DIR,
    show_default=True,
    help="Where the stack keeps its env file and logs.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the API; 0 takes a free one.")
@directory_option
def up(state_dir: Path, port: int, directory: Path | None) -> None:
    """Start the local AWS with the deployed data plane and run until Ctrl-C.

    Contracts of a folder of your own need the template that `make synth` writes there.
    """
    from txplatform.local_platform import start_platform  # here, so that --help works without the extra `local`

    interrupt_on_signals()
    try:
        with start_platform(state_dir, port, click.echo, directory) as stack:
            click.echo()
            for name, value in stack.environment.items():
                click.echo(f"  {name}={value}")
            click.echo(f"\nLoad these with:  set -a; . {stack.state.env_file}; set +a\nCtrl-C stops everything.")
            try:
                while True:
                    time.sleep(_CHECK_SECONDS)
                    stack.check()
            finally:
                ignore_signals()
    except KeyboardInterrupt:
        click.echo("Stopped")
