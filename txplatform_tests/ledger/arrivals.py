"""Objects that land as they do in production: notified late, twice, out of order or not at all; and who takes them.

The function `landing` runs in this process. What was taken is counted by version, a batch once however often it is
resumed, as the lake counts it.
"""

import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote_plus

import pytest

from lambdas.landing import handler as landing
from lambdas.landing.settings import Settings
from txplatform.clock import timestamp_text
from txplatform.contracts import names
from txplatform.contracts.names import Lane
from txplatform_tests.lake_stand import Stand

_MESSAGES = 10  # of a batch from the queue
_LOST_EVERY, _DOUBLED_EVERY, _KILLED_EVERY = 50, 10, 3
FIRST_DAY = date(2026, 1, 1)
Version = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Notified:
    """A version of an object, and what S3 says of it."""

    version: Version
    message: str


@dataclass
class Traffic:
    """What has landed. `expected` are the versions that must be taken once; `late` is delivered after all others."""

    notified: list[Notified] = field(default_factory=list[Notified])
    late: list[Notified] = field(default_factory=list[Notified])
    expected: set[Version] = field(default_factory=set[Version])
    lost: int = 0


class Arrivals:
    """One lane of a stand's entity."""

    def __init__(self, stand: Stand, lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(landing, "client", stand.clients.client)
        monkeypatch.setattr(landing.log, "info", lambda *_, **__: None)
        entity = stand.contract.name
        self._function = landing.Landing(
            Settings(names.LEDGER_TABLE, names.RAW_PREFIX, names.CDC_PREFIX, entity, names.METRIC_NAMESPACE)
        )
        self._stand, self._lane = stand, lane
        self._random = random.Random(7)
        self.taken: Counter[Version] = Counter()
        self._committed: set[str] = set()

    def land(self, count: int, same_second: int, overwritten: int, late: int) -> Traffic:
        """Put so many objects: some of one second, some overwritten, some into old days and notified last."""
        traffic, moment = Traffic(), datetime(2099, 1, 1, tzinfo=UTC)  # not before S3 says that it was modified
        for number in range(count):
            day = FIRST_DAY + timedelta(days=number % 30)
            moment += timedelta(seconds=0 if number < same_second else 1)
            versions = [self._put(f"dt={day}/{number:06d}.csv", number, moment)]
            if number >= count - overwritten:
                versions.append(self._put(f"dt={day}/{number:06d}.csv", -number, moment + timedelta(seconds=1)))
            is_lost = number % _LOST_EVERY == 0
            traffic.lost += is_lost
            traffic.expected.update(item.version for item in (versions[-1:] if is_lost else versions))
            traffic.notified += [] if is_lost else versions
        for number in range(late):
            day = FIRST_DAY - timedelta(days=365 + number)
            traffic.late.append(self._put(f"dt={day}/late.csv", number, moment))
            traffic.expected.add(traffic.late[-1].version)
        self._random.shuffle(traffic.notified)
        return traffic

    def deliver(self, notified: Sequence[Notified]) -> None:
        """Hand notifications to the function, some of them twice."""
        messages = [item.message for item in notified]
        messages += messages[::_DOUBLED_EVERY]
        for start in range(0, len(messages), _MESSAGES):
            batch = enumerate(messages[start : start + _MESSAGES])
            event = {"Records": [{"messageId": str(number), "body": body} for number, body in batch]}
            if self._function.process(event) != {"batchItemFailures": []}:
                raise AssertionError("the function failed")

    def take(self) -> int:
        """Take batches until nothing is due, and return how many; every third time the first who takes one dies."""
        ledger, entity, count = self._stand.ledger, self._stand.contract.name, 0
        while batch := ledger.claim(self._lane, entity):
            count += 1
            if batch.batch_id not in self._committed:
                self._committed.add(batch.batch_id)
                self.taken.update((item.object_key, item.version_id) for item in batch.objects)
            if count % _KILLED_EVERY:
                ledger.done(batch.objects)
        return count

    def wrong(self, expected: Iterable[Version]) -> int:
        """How many versions were not taken exactly once, or should not have been."""
        return (Counter(expected) - self.taken).total() + (self.taken - Counter(expected)).total()

    def _put(self, name: str, content: int, moment: datetime) -> Notified:
        key, bucket = names.lane_prefix(self._lane, self._stand.contract.name) + name, self._stand.settings.lake_bucket
        body = str(content).encode()
        answer = self._stand.clients.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
        described = {"key": quote_plus(key, safe="/"), "size": len(body), "eTag": answer["ETag"].strip('"')}
        described |= {"versionId": answer["VersionId"], "sequencer": "0"}
        record: dict[str, Any] = {"eventName": "ObjectCreated:Put", "eventTime": timestamp_text(moment)}
        record["s3"] = {"bucket": {"name": bucket}, "object": described}
        return Notified((key, answer["VersionId"]), json.dumps({"Records": [record]}))
