"""A day, and a moment of the past, as arguments of a command."""

from datetime import UTC, date, datetime
from typing import Any

import click

from txplatform.clock import utc_now


class Day(click.ParamType):
    """A day of the calendar, in UTC, written 2026-11-27."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 # a day has no zone
        except ValueError:
            self.fail(f"'{value}' is no day. Remedy: write it as 2026-11-27", param)


class PastMoment(click.ParamType):
    """A moment that has been, written 2026-11-27T14:30:00Z, with another offset, or without one in UTC."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"'{value}' is no moment. Remedy: write it as 2026-11-27T14:30:00Z", param)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if moment > utc_now():
            self.fail(f"'{value}' has not been yet. Remedy: name a moment of the past", param)
        return moment
