"""The message stream: the versions of each record as messages, then repeated and reordered as real sources do."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from txplatform.demo import ignored, malformed, wire
from txplatform.demo.messages import Kind, Message, deleted, identity
from txplatform.demo.money_lives import MOST_PAYOUTS, payouts
from txplatform.demo.records import Record, RecordMaker
from txplatform.demo.system_lives import SystemLives

_SOURCE_FORMATS: dict[str, Callable[[Record], Mapping[str, Any]]] = {
    "customers": wire.account_system,
    "payments": wire.payment_provider,
    "trades": wire.exchange,
}
_SHARES = {"payments": 62, "trades": 26, "customers": 12}
_NEXT = {"authorised": "captured", "captured": "settled", "settled": "refunded"}
_BY_STRIPE = 0.4  # of the payments that are new
_BY_SALESFORCE = 0.5  # of the customers
_WINDOW = timedelta(hours=3)


class MessageMaker:
    """Makes the stream of one moment; `known` holds the records that came by file, which sources go on changing."""

    def __init__(self, maker: RecordMaker, now: datetime, known: Mapping[str, Sequence[Record]]) -> None:
        self._maker = maker
        self._random = maker.random
        self._now = now
        self._known = {entity: list(records) for entity, records in known.items()}
        self._known["payments"] = [record for record in known["payments"] if record["status"] in _NEXT]
        self._customers = [record["customer_id"] for record in known["customers"]]
        self._lives = SystemLives(maker, self._recent)

    def stream(self, count: int) -> list[Message]:
        """Return `count` messages in the order they are sent."""
        aside = [self._malformed(defect) for defect in malformed.defects(count)]
        aside += [self._ignored(payload) for payload in ignored.ignored(count)]
        wanted = max(count - len(aside), 0)
        duplicates = wanted // 20
        stream = self._interleaved(self._lives_in(wanted - duplicates))
        end = len(stream)
        arrivals: list[tuple[float, Message]] = list(enumerate(stream))
        for place in self._random.sample(range(end), duplicates):
            again = replace(stream[place], kind=Kind.DUPLICATED)
            arrivals.append((self._random.uniform(place, end), again))
        arrivals += [(self._random.uniform(0, end), message) for message in aside]
        return [message for _, message in sorted(arrivals, key=itemgetter(0))]

    def _lives_in(self, count: int) -> list[Message]:
        """Whole lives, so that the money of each adds up, and the payouts of all, filled up with trades."""
        good: list[Message] = []
        while len(good) + len(life := self._life()) <= count - MOST_PAYOUTS:
            good += life
        good += payouts(good, self._now - timedelta(minutes=1))
        while len(good) < count:
            good.append(self._upsert("trades", Kind.NEW, self._maker.trade(self._recent())))
        return good

    def _life(self) -> list[Message]:
        """All messages of one record, oldest first."""
        entity = self._random.choices(list(_SHARES), list(_SHARES.values()))[0]
        return {"payments": self._payment, "trades": self._trade, "customers": self._customer}[entity]()

    def _payment(self) -> list[Message]:
        if self._random.random() < 0.25 and (known := self._take("payments")):
            changed = self._maker.advanced_payment(known, _NEXT[known["status"]], self._recent())
            return [self._upsert("payments", Kind.UPDATED, changed)]
        if self._random.random() < _BY_STRIPE:
            return self._lives.payment_life(self._random.choice(self._customers))
        at = self._recent()
        record = self._maker.payment(self._random.choice(self._customers), at)
        life = [self._upsert("payments", Kind.NEW, record)]
        outcome = self._random.random()
        steps = (
            ["failed"]
            if outcome < 0.05
            else ["captured", "settled", "refunded"][: self._random.choice((0, 1, 1, 2, 2, 3))]
        )
        for step in steps:
            at += timedelta(milliseconds=self._random.randint(5, 4_000))
            record = self._maker.advanced_payment(record, step, at)
            life.append(self._upsert("payments", Kind.UPDATED, record))
        if self._random.random() < 0.03:
            life.append(self._delete("payments", record, at + timedelta(seconds=1)))
        return life

    def _trade(self) -> list[Message]:
        if self._random.random() < 0.04 and (known := self._take("trades")):
            return [self._delete("trades", known, self._recent())]
        at = self._recent()
        record = self._maker.trade(at)
        life = [self._upsert("trades", Kind.NEW, record)]
        if self._random.random() < 0.1:
            at += timedelta(milliseconds=self._random.randint(5, 4_000))
            life.append(self._upsert("trades", Kind.UPDATED, self._maker.corrected_trade(record, at)))
        return life

    def _customer(self) -> list[Message]:
        if self._random.random() < _BY_SALESFORCE:
            life = self._lives.customer_life()
            if life[-1].record is not None:
                self._customers.append(life[-1].record["customer_id"])
            return life
        at = self._recent()
        if self._random.random() < 0.6 and (known := self._take("customers")):
            if self._random.random() < 0.08:
                return [self._delete("customers", known, at)]
            return [self._upsert("customers", Kind.UPDATED, self._maker.changed_customer(known, at))]
        record = self._maker.customer(at)
        self._customers.append(record["customer_id"])
        return [self._upsert("customers", Kind.NEW, record)]

    def _take(self, entity: str) -> Record | None:
        """A record that came by file; each is taken once, so that its versions stay in order."""
        records = self._known[entity]
        return records.pop(self._random.randrange(len(records))) if records else None

    def _recent(self) -> datetime:
        return self._now - timedelta(microseconds=self._random.randrange(1, int(_WINDOW.total_seconds()) * 1_000_000))

    def _upsert(self, entity: str, kind: Kind, record: Record) -> Message:
        style = self._random.random()
        content = _SOURCE_FORMATS[entity](record) if style < 0.3 else record
        body = wire.to_json({"op": "upsert", "record": content} if style > 0.8 else content)
        return Message(entity, kind, body, "upsert", record)

    def _delete(self, entity: str, record: Record, at: datetime) -> Message:
        content = deleted(entity, record, at)
        return Message(entity, Kind.DELETED, wire.to_json({"op": "delete", "record": content}), "delete", content)

    def _malformed(self, defect: malformed.Defect) -> Message:
        record = self._record(defect.entity, by_system=defect.system is not None)
        return Message(defect.entity, Kind.MALFORMED, defect.apply(record), system=defect.system)

    def _ignored(self, payload: ignored.Ignored) -> Message:
        body = wire.to_json(payload.write(self._record(payload.entity, by_system=True)))
        return Message(payload.entity, Kind.IGNORED, body, system=payload.system)

    def _record(self, entity: str, *, by_system: bool) -> Record:
        """A new record, as its source system knows it or as the entity's own source does."""
        payer, at = self._random.choice(self._customers), self._recent()
        match entity:
            case "customers":
                return self._lives.customer() if by_system else self._maker.customer(at)
            case "payments":
                return self._lives.payment(payer) if by_system else self._maker.payment(payer, at)
            case _:
                return self._maker.trade(at)

    def _interleaved(self, lives: Sequence[Message]) -> list[Message]:
        """Mix the records' lives; most keep their own order, some versions overtake older ones."""
        arrivals = list(self._arrivals(lives))
        return [lives[index] for index in sorted(range(len(lives)), key=arrivals.__getitem__)]

    def _arrivals(self, lives: Sequence[Message]) -> Iterator[float]:
        """When each message arrives: a life starts somewhere, its next steps follow, now and then too early."""
        at = 0.0
        before: tuple[str, ...] = ()
        for message in lives:
            assert message.record is not None
            key = identity(message.entity, message.record)
            at = at + self._random.random() * 0.1 if key == before else self._random.random() * 0.9
            early = key == before and self._random.random() < 0.12
            before = key
            yield at - 0.15 if early else at
