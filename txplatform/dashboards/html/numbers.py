"""Formats numbers and times for a dashboard."""

from datetime import datetime, timedelta


def grouped(value: int) -> str:
    """Thousands separated by commas."""
    return f"{value:,}"


def instant(moment: datetime) -> str:
    """A UTC time to the second."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def age(moment: datetime, now: datetime) -> str:
    """How long ago, in the largest fitting unit; clocks that disagree slightly read as now."""
    elapsed = now - moment
    if elapsed < timedelta(seconds=1):
        return "just now"
    seconds = int(elapsed.total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"


def as_of_text(moment: datetime) -> str:
    """Of which moment figures are."""
    return f"as of {moment:%Y-%m-%d %H:%M} UTC"
