"""The commands of `txplatform`, as click has them."""

import inspect
from collections.abc import Iterator

import click

from txplatform.cli.main import main
from txplatform_tests.docs.references.page import Page, code, table

_INTRODUCTION = """# Command line

This page is generated from the commands themselves; `txplatform <command> --help` says the same.
Commands that reach AWS read the [settings](settings.md) from the environment.
"""


def cli_page() -> Page:
    """Render every command with its arguments and options."""
    parts, missing = [_INTRODUCTION], list[str]()
    for path, command in _commands(main, ("txplatform",)):
        name = " ".join(path)
        context = click.Context(command, info_name=name)
        parts.append(f"{'#' * len(path)} {name}\n")
        text = inspect.cleandoc(command.help or "")
        if not text:
            missing.append(name)
        usage = " ".join(command.collect_usage_pieces(context))
        parts.append(f"{text}\n\n```text\n{name} {usage}\n```\n")
        options = [item for item in command.params if isinstance(item, click.Option) and not item.hidden]
        missing += [f"{name} {item.opts[0]}" for item in options if not item.help]
        if options:
            rows = [(code(", ".join(item.opts)), item.help or "", _default(item)) for item in options]
            parts.append(table(("option", "meaning", "default"), rows) + "\n")
    return Page("\n".join(parts), tuple(missing))


def _commands(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    if len(path) > 1:
        yield path, command
    context = click.Context(command)
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        assert child is not None
        yield from _commands(child, (*path, name))


def _default(option: click.Option) -> str:
    if option.is_flag or not isinstance(option.default, str | int):
        return str(option.default) if option.show_default and not option.is_flag else ""
    return code(str(option.default))
