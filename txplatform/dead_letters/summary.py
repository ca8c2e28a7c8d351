"""Counts of dead letters by rule and field, with the oldest and the newest of each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from txplatform.contracts.model import Contract
from txplatform.dead_letters.message import DeadLetter, Kind
from txplatform.dead_letters.places import field_of, general_place

UNKNOWN_FIELD = "(unknown field)"
_UNKNOWN = "unknown_field"  # the rule


@dataclass(slots=True)
class Group:
    """How many messages broke a rule, when the first and the last of them were set aside."""

    count: int
    oldest: datetime
    newest: datetime

    def add(self, moment: datetime) -> None:
        """Count one more message."""
        self.count += 1
        self.oldest = min(self.oldest, moment)
        self.newest = max(self.newest, moment)


class Summary:
    """All messages in `total`, and those by `(rule, field)` in `groups`; what has no reason counts under its kind.

    A message with several reasons counts in several groups, and once in each. Names of fields that the contract does
    not know are a source's own words and may be many: they count as one.
    """

    def __init__(self, contract: Contract | None) -> None:
        self._known = None if contract is None else {"", *(field.name for field in contract.fields)}
        self.total: Group | None = None
        self.groups: dict[tuple[str, str], Group] = {}

    def add(self, messages: Iterable[DeadLetter]) -> None:
        """Count messages."""
        for message in messages:
            moment = message.set_aside_at
            self.total = _added(self.total, moment)
            for key in set(self._keys(message)):
                self.groups[key] = _added(self.groups.get(key), moment)

    def _keys(self, message: DeadLetter) -> Iterator[tuple[str, str]]:
        if message.kind is not Kind.REFUSED:
            yield message.kind.value, ""
        for reason in message.reasons:
            known = reason.rule != _UNKNOWN and (self._known is None or field_of(reason.field) in self._known)
            yield reason.rule, general_place(reason.field) if known else UNKNOWN_FIELD


def _added(group: Group | None, moment: datetime) -> Group:
    if group is None:
        return Group(1, moment, moment)
    group.add(moment)
    return group
