"""Runs the `txplatform` command as `python -m txplatform`."""

from txplatform.cli.main import main

main(prog_name="txplatform")
