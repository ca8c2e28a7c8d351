"""The option `--row-rules` of commands that make dashboards."""

from collections.abc import Callable
from pathlib import Path

import click


def row_rules_option(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option; its value is the path of the file."""
    return click.option(
        "--row-rules",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        default=None,
        help="CSV file of entity, principal and value: who sees which rows of entities whose contract has rowSecurity. "
        "Without a value, all rows. Whom no line names sees none.",
    )(command)
