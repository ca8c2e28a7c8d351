"""The options by which commands choose quarantined rows, read into one filter."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

import click

from txplatform.cli.days import Day
from txplatform.contracts.names import Lane

_OPTIONS = (
    click.option("--rule", "rules", multiple=True, help="Refused by this rule, such as enum; may be repeated."),
    click.option("--field", "fields", multiple=True, help="Refused for this field; may be repeated."),
    click.option("--lane", type=click.Choice([lane.value for lane in Lane]), help="Refused by this lane only."),
    click.option("--from", "first", type=Day(), help="Of this day or a later one: of the file, or of ingestion."),
    click.option("--to", "last", type=Day(), help="Of this day or an earlier one."),
    click.option("--origin", help="From an object whose URI holds this text, such as the name of a file."),
    click.option("--id", "ids", multiple=True, help="The row with this quarantine_id; may be repeated."),
)


def filtered(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options, and call it with the filter that they make as `chosen`."""

    @wraps(command)
    def wrapper(
        rules: tuple[str, ...],
        fields: tuple[str, ...],
        lane: str | None,
        first: date | None,
        last: date | None,
        origin: str | None,
        ids: tuple[str, ...],
        **arguments: Any,
    ) -> None:
        from txplatform.lake.quarantine_filter import QuarantineFilter

        chosen = QuarantineFilter(
            rules=frozenset(rules),
            fields=frozenset(fields),
            lane=Lane(lane) if lane else None,
            first=first,
            last=last,
            origin=origin,
            ids=frozenset(ids),
        )
        command(chosen=chosen, **arguments)

    decorated: Callable[..., None] = wrapper
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated
