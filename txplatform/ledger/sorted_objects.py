"""Landed objects in the order of a listing, though they come in none: sorted on disk, since they may be millions."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Self

from txplatform.contracts.names import Lane
from txplatform.ledger.rows import LandedObject

_CREATE = "CREATE TABLE objects (lane, entity, bucket, object_key, etag, size, landed_at, dt)"
_ADD = "INSERT INTO objects VALUES (?, ?, ?, ?, ?, ?, ?, ?)"


class SortedObjects:
    """A temporary file that takes objects as a listing names them, and gives them back by day and key."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("")  # the empty name is SQLite's own for a file that goes with the connection
        self._rows.execute(_CREATE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._rows.close()

    def add(self, item: LandedObject) -> None:
        """Take one object; its version is not kept."""
        place = (item.lane, item.entity, item.bucket, item.object_key)
        values = (*place, item.etag, item.size, item.landed_at.timestamp(), item.dt.isoformat())
        self._rows.execute(_ADD, values)

    def __iter__(self) -> Iterator[LandedObject]:
        found = self._rows.execute("SELECT * FROM objects ORDER BY dt, object_key")
        for lane, entity, bucket, key, etag, size, landed_at, day in found:
            moment = datetime.fromtimestamp(landed_at, UTC)
            yield LandedObject(Lane(lane), entity, bucket, key, "", etag, size, moment, date.fromisoformat(day))
