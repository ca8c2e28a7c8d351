"""The options by which commands choose dead letters, read into one filter."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

import click

from txplatform.clock import utc_now
from txplatform.dead_letters.filters import Between, Filter
from txplatform.dead_letters.message import Kind

_AGO = re.compile(r"([0-9]{1,6})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Moment(click.ParamType):
    """A day or a moment in ISO 8601, in UTC unless it says otherwise, or how long ago: 30m, 12h, 3d."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        ago = _AGO.fullmatch(value)
        try:
            if ago is not None:
                return utc_now() - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
            moment = datetime.fromisoformat(value)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"'{value}' is no moment. Remedy: write 2026-11-27, 2026-11-27T08:30:00Z, 30m, 12h or 3d", param)


_OPTIONS = (
    click.option("--rule", "rules", multiple=True, help="Refused by this rule, such as enum; may be repeated."),
    click.option(
        "--field", "fields", multiple=True, help="Refused for this field or something in it; may be repeated."
    ),
    click.option("--entity", "entities", multiple=True, help="Refused as a record of this entity; may be repeated."),
    click.option(
        "--kind",
        "kinds",
        multiple=True,
        type=click.Choice([kind.value for kind in Kind]),
        help="Refused with reasons, undelivered (moved by SQS), or unreadable (as undelivered, and no JSON).",
    ),
    click.option(
        "--id", "ids", multiple=True, help="This message id, id of origin or correlation id; may be repeated."
    ),
    click.option("--since", type=Moment(), help="Refused at this moment or later: ISO 8601, or 30m, 12h, 3d ago."),
    click.option("--until", type=Moment(), help="Refused before this moment."),
    click.option("--sent-since", type=Moment(), help="Sent by the source at this moment or later."),
    click.option("--sent-until", type=Moment(), help="Sent by the source before this moment."),
)


def filtered(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options, and call it with the filter that they make as `chosen`."""

    @wraps(command)
    def wrapper(
        rules: tuple[str, ...],
        fields: tuple[str, ...],
        entities: tuple[str, ...],
        kinds: tuple[str, ...],
        ids: tuple[str, ...],
        since: datetime | None,
        until: datetime | None,
        sent_since: datetime | None,
        sent_until: datetime | None,
        **arguments: Any,
    ) -> None:
        chosen = Filter(
            rules=frozenset(rules),
            fields=frozenset(fields),
            entities=frozenset(entities),
            kinds=frozenset(map(Kind, kinds)),
            ids=frozenset(ids),
            set_aside=Between(since, until),
            sent=Between(sent_since, sent_until),
        )
        command(chosen=chosen, **arguments)

    decorated: Callable[..., None] = wrapper
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated
