"""Which dead letters are meant: by rule, field, entity, kind, id and time."""

from dataclasses import dataclass
from datetime import datetime

from txplatform.dead_letters.message import DeadLetter, Kind
from txplatform.dead_letters.places import field_of, general_place


@dataclass(frozen=True, slots=True)
class Between:
    """A span of time: from `since` on, before `until`; None is open."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, moment: datetime) -> bool:
        """Say whether a moment lies in the span."""
        return (self.since is None or moment >= self.since) and (self.until is None or moment < self.until)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a dead letter must match, all of it; an empty set matches everything.

    Of `rules` and `fields`, one reason must match both. `ids` are those of DeadLetter.ids.
    """

    rules: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    entities: frozenset[str] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    ids: frozenset[str] = frozenset()
    set_aside: Between = Between()
    sent: Between = Between()

    def matches(self, message: DeadLetter) -> bool:
        """Say whether a dead letter is meant."""
        return (
            (not self.kinds or message.kind in self.kinds)
            and (not self.entities or not self.entities.isdisjoint(message.entities))
            and (not self.ids or not self.ids.isdisjoint(message.ids))
            and self._matches_reasons(message)
            and self.set_aside.holds(message.set_aside_at)
            and self.sent.holds(message.sent_at)
        )

    def _matches_reasons(self, message: DeadLetter) -> bool:
        if not self.rules and not self.fields:
            return True
        return any(
            (not self.rules or reason.rule in self.rules) and (not self.fields or self._names(reason.field))
            for reason in message.reasons
        )

    def _names(self, place: str) -> bool:
        """Whether a place is meant: by itself, by its form without positions, or by its field."""
        return not self.fields.isdisjoint((place, general_place(place), field_of(place)))


EVERYTHING = Filter()
