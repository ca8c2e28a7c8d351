"""The canonical text of a moment. Apart from `canonical`, so that a function that only writes times stays light."""

from datetime import UTC, datetime


def timestamp_text(moment: datetime) -> str:
    """`YYYY-MM-DDTHH:MM:SS.ffffffZ` of an aware datetime."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
