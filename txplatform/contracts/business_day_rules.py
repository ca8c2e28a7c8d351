"""Reads when an entity's business days begin: `businessDay` among a contract's custom properties."""

import re
from datetime import time
from zoneinfo import available_timezones

from txplatform.contracts.business_day import DAYS_OF_UTC, BusinessDay
from txplatform.contracts.keys.business_day import BUSINESS_DAY
from txplatform.contracts.section import Section

_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)


def read_business_day(custom: Section) -> BusinessDay:
    """The declared days, by default those of UTC; raise ContractError."""
    entry = custom.section("businessDay", BUSINESS_DAY)
    entry.check_keys()
    zone = entry.text("timeZone") if entry.has("timeZone") else DAYS_OF_UTC.time_zone
    if zone not in available_timezones():
        problem = f"'{entry.name_of('timeZone')}' is '{zone}'"
        raise entry.error(problem, "name a zone of the IANA database, such as Europe/Prague, or UTC")
    if not entry.has("cutOff"):
        return BusinessDay(zone)
    text = entry.text("cutOff")
    if not _TIME.fullmatch(text):
        raise entry.error(f"'{entry.name_of('cutOff')}' is '{text}'", "write a time of day as HH:MM, such as 17:00")
    return BusinessDay(zone, time.fromisoformat(text))
