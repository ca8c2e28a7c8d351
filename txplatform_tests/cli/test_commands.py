"""The command line as a whole: its commands, their help, and what they import."""

import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from txplatform.cli.main import _COMMANDS, main
from txplatform.cli.progress import progress_bar


@pytest.mark.parametrize("name", sorted(_COMMANDS))
def test_every_command_exists_and_has_its_help(name: str) -> None:
    module, _, attribute = _COMMANDS[name].partition(":")
    command = getattr(import_module(module), attribute)
    assert isinstance(command, click.Command)
    assert command.name == name
    assert command.get_short_help_str()


def _commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            subcommand = command.get_command(context, name)
            assert subcommand is not None
            yield from _commands(subcommand, f"{path} {name}")


def test_every_command_and_every_option_has_help() -> None:
    commands = dict(_commands(main, "txplatform"))
    assert {"txplatform contracts publish", "txplatform ledger redrive", "txplatform up"} <= set(commands)
    for path, command in commands.items():
        assert command.help, path
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{path} {parameter.opts}"


def test_an_unknown_command_is_refused() -> None:
    result = CliRunner().invoke(main, ["unknown"])
    assert result.exit_code == 2
    assert "No such command 'unknown'" in result.output


def test_a_platform_error_is_one_line_without_a_traceback() -> None:
    result = CliRunner().invoke(main, ["query", "SELECT 1"])
    assert result.exit_code == 1
    assert result.output.startswith("Error: AWS_REGION is not set. Remedy:")
    assert isinstance(result.exception, SystemExit)


def test_a_command_says_nothing_of_what_its_libraries_warn_of(tmp_path: Path) -> None:
    file = tmp_path / "2026-03-04.csv"
    file.touch()
    program = "from txplatform.cli.main import main; main()"
    command = [sys.executable, "-c", program, "ingest", str(file), "--entity", "payments", "--dry-run"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "")
    assert "file.empty" in done.stdout


def test_progress_is_for_terminals(capfd: pytest.CaptureFixture[str]) -> None:
    with progress_bar("payments") as show:
        show("messages", 1, 2)
    assert capfd.readouterr() == ("", "")


def test_a_command_pays_for_its_own_libraries_only() -> None:
    program = (
        "import sys; from click.testing import CliRunner; from txplatform.cli.main import main\n"
        "result = CliRunner().invoke(main, ['contracts', 'check']); assert result.exit_code == 0, result.output\n"
        "heavy = {'moto', 'boto3', 'dagster', 'pandas', 'polars', 'pyarrow', 'duckdb'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
