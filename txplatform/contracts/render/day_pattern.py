"""Renders exactly the days of the calendar as a pattern, for readers of a document that know no formats.

Of a field with bounds, the pattern has the years between them; a bound within its year is for the functions to check.
"""

from calendar import isleap

from txplatform.contracts.render.digit_ranges import digits_between, digits_pattern

_YEAR = "(?:[0-9]{3}[1-9]|[0-9]{2}[1-9][0-9]|[0-9][1-9][0-9]{2}|[1-9][0-9]{3})"
_FOURTH = "(?:0[48]|[2468][048]|[13579][26])"
_LEAP_YEAR = f"(?:[0-9]{{2}}{_FOURTH}|{_FOURTH}00)"  # of the hundreds every fourth
_MONTH_AND_DAY = "(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
_FIRST, _LAST = "0001", "9999"


def day_pattern(earliest: str | None, latest: str | None) -> str:
    """Return the pattern of the days in the years of two bounds, which are canonical texts of days or moments."""
    if earliest is None and latest is None:
        return f"(?:{_YEAR}-{_MONTH_AND_DAY}|{_LEAP_YEAR}-02-29)"
    first, last = (earliest or _FIRST)[:4], (latest or _LAST)[:4]
    years = "|".join(digits_pattern(digits) for digits in digits_between(first, last))
    leap_years = _leap_years(int(first), int(last))
    return f"(?:(?:{years})-{_MONTH_AND_DAY}" + (f"|(?:{leap_years})-02-29)" if leap_years else ")")


def _leap_years(first: int, last: int) -> str:
    """The leap years between two, by hundreds that have the same ones."""
    hundreds: dict[str, list[str]] = {}
    for hundred in range(first // 100, last // 100 + 1):
        years = range(max(first, hundred * 100), min(last, hundred * 100 + 99) + 1)
        ends = "|".join(f"{year % 100:02}" for year in years if isleap(year))
        if ends:
            hundreds.setdefault(ends, []).append(f"{hundred:02}")
    return "|".join(f"(?:{'|'.join(starts)})(?:{ends})" for ends, starts in hundreds.items())
