"""Skeleton (signatures final): what has landed and is pending, done or failed, and each entity's watermark."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from txplatform.aws import AwsClients
from txplatform.contracts.names import Lane


@dataclass(frozen=True, slots=True)
class LandedObject:
    lane: Lane
    entity: str
    bucket: str
    object_key: str
    version_id: str
    etag: str
    size: int
    landed_at: datetime
    dt: date
    attempts: int = 0
    batch_id: str | None = None
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    batch_id: str
    objects: tuple[LandedObject, ...]


class Ledger:
    def __init__(self, clients: AwsClients) -> None: ...
    def pending(self, lane: Lane, entity: str | None = None, *, entities: Sequence[str] = (),
                now: datetime | None = None) -> list[LandedObject]:
        """Objects not yet in the lake, oldest first; with `now`, only those whose back-off is over."""
        raise NotImplementedError
    def claim(self, lane: Lane, entity: str, limit: int = 500, now: datetime | None = None) -> list[Batch]: raise NotImplementedError
    def done(self, objects: Iterable[LandedObject]) -> None: raise NotImplementedError
    def failed(self, objects: Iterable[LandedObject], reason: str, now: datetime | None = None) -> list[LandedObject]:
        """Count a failed attempt; return the objects given up for good (the fifth attempt)."""
        raise NotImplementedError
    def refuse(self, objects: Iterable[LandedObject], reason: str) -> None:
        """Give objects up at once (state FAILED with the reason), e.g. a day outside the entity's partitions."""
        raise NotImplementedError
    def watermark(self, entity: str) -> datetime | None: raise NotImplementedError
    def set_watermark(self, entity: str, watermark: datetime) -> None: raise NotImplementedError
    def reconcile(self, lane: Lane, entity: str, days: Iterable[date]) -> int:
        """List the days' S3 prefixes and add missing ledger rows; return how many were added."""
        raise NotImplementedError
