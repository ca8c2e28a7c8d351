"""The keys of a contract that say who answers for an entity, how it is tagged and how fresh it has to be.

The platform shows owners and tags in Dagster and checks the service levels there. A service level that nothing
checks is refused, because a promise that nobody measures is worse than none.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from txplatform.contracts.document import Section
from txplatform.contracts.model import ServiceLevels, Team, TeamMember

OWNER = "owner"
SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=3660)  # Dagster evaluates no window below a minute

_TEAM_KEYS = ("id", "name", "description", "members", "authoritativeDefinitions")
_MEMBER_KEYS = ("id", "username", "name", "description", "role", "dateIn", "dateOut", "replacedByUsername")
_SLA_KEYS = ("id", "property", "value", "unit", "driver", "description")
_SLA_PROPERTIES = ("freshness", "frequency")
_DRIVERS = ("regulatory", "analytics", "operational")
_UNITS = {
    **dict.fromkeys(("min", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hour", "hours"), timedelta(hours=1)),
    **dict.fromkeys(("d", "day", "days"), timedelta(days=1)),
}
_TEAM_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 _-]{0,61}[A-Za-z0-9])?")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,7}")  # what Dagster takes for an owner
_TAG = re.compile(r"[A-Za-z0-9_.-]{1,63}")  # the keys of Dagster's tags


def read_team(source: Section) -> Team | None:
    """Read `team`: a mapping, or, before version 3.1 of the standard, the list of its members; raise ContractError."""
    if not source.has("team"):
        return None
    if source.is_list("team"):
        name, members = None, source.sections("team")
    else:
        section = source.section("team")
        section.allow_only(_TEAM_KEYS)
        name, members = section.text("name"), section.sections("members")
        if not _TEAM_NAME.fullmatch(name):
            problem = f"'{section.name_of('name')}' is '{name}'"
            raise source.error(problem, "use up to 63 letters, digits, spaces, '-' and '_', a letter or digit first")
    team = Team(name, tuple(_member(member) for member in members))
    if not team.owners:
        remedy = f"name the team (team.name), or give a member who is there 'role: {OWNER}'"
        raise source.error("'team' names no owner", remedy)
    return team


def _member(source: Section) -> TeamMember:
    source.allow_only(_MEMBER_KEYS)
    member = TeamMember(
        username=source.text("username"),
        name=source.optional_text("name"),
        role=source.optional_text("role"),
        joined=_day(source, "dateIn"),
        left=_day(source, "dateOut"),
    )
    if member.is_owner and not _EMAIL.fullmatch(member.username):
        problem = f"'{source.name_of('username')}' of an owner is '{member.username}', not an e-mail address"
        raise source.error(problem, "write an address such as payments-data@example.com")
    return member


def _day(source: Section, key: str) -> date | None:
    text = source.optional_text(key)
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise source.error(f"'{source.name_of(key)}' is '{text}'", "write a day as YYYY-MM-DD") from error


def read_tags(*sources: Section) -> tuple[str, ...]:
    """The tags of all given mappings, each tag once, in the order of the file; raise ContractError."""
    return tuple(dict.fromkeys(tag for source in sources for tag in _tags(source)))


def _tags(source: Section) -> Iterable[str]:
    for tag in source.texts("tags"):
        if not _TAG.fullmatch(tag):
            problem = f"'{source.name_of('tags')}' holds '{tag}'"
            raise source.error(problem, "use up to 63 letters, digits, '_', '-' and '.' for a tag")
        yield tag


def read_service_levels(source: Section) -> ServiceLevels:
    """Read `slaProperties`; raise ContractError for a property that the platform does not check."""
    levels: dict[str, timedelta] = {}
    for entry in source.sections("slaProperties"):
        entry.allow_only(_SLA_KEYS)
        name = entry.choice("property", _SLA_PROPERTIES)
        if name in levels:
            raise entry.error(f"the service level '{name}' appears twice", "keep one of them")
        if entry.has("driver"):
            entry.choice("driver", _DRIVERS)
        levels[name] = _duration(entry)
    return ServiceLevels(**levels)


def _duration(source: Section) -> timedelta:
    value = source.number("value")
    if value is None:
        raise source.error(f"'{source.name_of('value')}' is missing", "give it a number, e.g. value: 15 with unit: min")
    unit = _UNITS[source.choice("unit", tuple(_UNITS))]
    seconds = value * Decimal(unit.total_seconds())
    if not SHORTEST.total_seconds() <= seconds <= LONGEST.total_seconds():
        problem = f"'{source.name_of('value')}' is {value:f} {source.text('unit')}"
        raise source.error(problem, f"choose a duration from {SHORTEST.seconds // 60} minute to {LONGEST.days} days")
    return timedelta(microseconds=int(seconds * 1_000_000))
