"""The option for the folder of the contract files, for commands that need no stack or start one."""

from pathlib import Path
from typing import Any

import click

from txplatform.settings import CONTRACTS_DIR, contracts_directory


def _chosen(_: click.Context, __: click.Parameter, folder: Path | None) -> Path | None:
    return folder or contracts_directory()


directory_option: Any = click.option(
    "--directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    callback=_chosen,
    help=f"Folder of the contract files; by default {CONTRACTS_DIR.variable}, else the shipped contracts.",
)
