"""The business day of a moment, and the day that it is now, as SQL.

Views hold UTC times without a zone. The moments at which a zone changes its clock are written into the statement, in a
text with those of each year: every engine answers alike, by the time zone database of the machine that renders it.
"""

from txplatform.contracts.business_day import BusinessDay
from txplatform.warehouse.clock_changes import FIRST_YEAR, LAST_YEAR, Change, changes_of, offset_at

NOW = "CAST(current_timestamp AT TIME ZONE 'UTC' AS timestamp(6))"
_WIDTH = len("MM-dd HH:mm:ss")
_NEVER = "99-99 99:99:99"  # is after every moment of a year


def today(days: BusinessDay) -> str:
    """The business day that it is when a query runs."""
    return day_of(NOW, days)


def day_of(moment: str, days: BusinessDay) -> str:
    """The business day of an expression that is a timestamp of UTC."""
    changes = changes_of(days.time_zone)
    years = [[change for change in changes if change.year == year] for year in range(FIRST_YEAR, LAST_YEAR + 1)]
    offsets = _offsets(years, offset_at(FIRST_YEAR, days.time_zone))
    place = f"greatest({FIRST_YEAR}, least({LAST_YEAR}, year({moment}))) - {FIRST_YEAR}"
    shown = [_shifted(moment, place, [year[column] for year in offsets], days) for column in range(len(offsets[0]))]
    *earlier, last = shown
    whens = [
        f"WHEN substr(CAST({moment} AS varchar), 6, {_WIDTH}) < "
        f"substr('{_texts(years, number)}', ({place}) * {_WIDTH} + 1, {_WIDTH}) THEN {value}"
        for number, value in enumerate(earlier)
    ]
    return f"CASE {' '.join(whens)} ELSE {last} END" if whens else last


def _offsets(years: list[list[Change]], first: int) -> list[list[int]]:
    """For each year the offset before its first change and after each; those that a year lacks repeat its last."""
    most = max(map(len, years))
    found: list[list[int]] = []
    for year in years:
        column = [first, *(change.offset for change in year)]
        first = column[-1]
        found.append(column + [first] * (most + 1 - len(column)))
    return found


def _texts(years: list[list[Change]], number: int) -> str:
    return "".join(year[number].moment if number < len(year) else _NEVER for year in years)


def _shifted(moment: str, place: str, offsets: list[int], days: BusinessDay) -> str:
    """The date of the moment's wall clock, whose offset depends on the year where it is not the same in all."""
    distinct = sorted(set(offsets))
    dates = [_date(moment, offset + days.shift_seconds) for offset in distinct]
    if len(distinct) == 1:
        return dates[0]
    digits = "".join(chr(ord("a") + distinct.index(offset)) for offset in offsets)
    whens = " ".join(f"WHEN '{chr(ord('a') + number)}' THEN {value}" for number, value in enumerate(dates))
    return f"CASE substr('{digits}', {place} + 1, 1) {whens} END"


def _date(moment: str, seconds: int) -> str:
    if not seconds:
        return f"CAST({moment} AS date)"
    return f"CAST({moment} {'+' if seconds > 0 else '-'} INTERVAL '{abs(seconds)}' SECOND AS date)"
