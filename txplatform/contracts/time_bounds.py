"""Reads the bounds of a date or timestamp: `minimum` and `maximum` among its options, in canonical form.

Texts of one form sort as the times that they stand for, so both engines compare the same texts or their values.
"""

import re
from datetime import UTC, date, datetime

from txplatform.contracts.model import FieldType
from txplatform.contracts.section import Section

_TIMESTAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_time_bounds(options: Section, kind: FieldType) -> tuple[str | None, str | None]:
    """The earliest and the latest time that a field may have, None without a bound; raise ContractError."""
    if kind not in (FieldType.DATE, FieldType.TIMESTAMP):
        return None, None
    earliest, latest = (_bound(options, key, kind) for key in ("minimum", "maximum"))
    if earliest is not None and latest is not None and earliest > latest:
        raise options.error("no value can satisfy 'minimum' and 'maximum'", "swap or widen them")
    return earliest, latest


def time_of(kind: FieldType, text: str) -> date | datetime:
    """The date or timestamp that a canonical text stands for."""
    return date.fromisoformat(text) if kind is FieldType.DATE else datetime.fromisoformat(text)


def _bound(options: Section, key: str, kind: FieldType) -> str | None:
    text = options.optional_text(key)
    if text is None:
        return None
    form, example = (_DATE, "2020-01-31") if kind is FieldType.DATE else (_TIMESTAMP, "2020-01-31T00:00:00Z")
    try:
        if not form.fullmatch(text):
            raise ValueError("it has another form")
        time = time_of(kind, text)
    except ValueError as error:
        problem = f"'{options.name_of(key)}' is '{text}', and the field a {kind}"
        raise options.error(problem, f"write it in quotes as {example}") from error
    if isinstance(time, datetime):
        return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return time.isoformat()
