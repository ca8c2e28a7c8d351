"""A day as an argument of a command."""

from datetime import date, datetime
from typing import Any

import click


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
