"""What the table holds under a key, decoded only as far as a decision needs.

A deletion needs the identity alone, so it takes what another contract has written too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from lambdas.shared.errors import DecodeError, StoreContendedError
from lambdas.shared.items import (
    DELETED,
    KEY,
    REQUEST_ID,
    SYSTEM,
    TRACE_ID,
    VERSION,
    WRITTEN_AT,
    Attributes,
    decode_identity,
    decode_record,
    is_tombstone,
)
from lambdas.shared.provenance import Provenance
from lambdas.shared.record_key import shown_key
from lambdas.shared.schema import EntitySchema, Record

MAX_ATTEMPTS = 20  # of writing over what was read, while others write in between
_MARKS = (VERSION, WRITTEN_AT, TRACE_ID, REQUEST_ID, DELETED)


@dataclass(frozen=True, slots=True)
class Upsert:
    """A record to be stored."""

    record: Record


@dataclass(frozen=True, slots=True)
class Deletion:
    """A tombstone to be stored; `identity` is the key and, where known, the partition field."""

    identity: Record
    version: str


Write = Upsert | Deletion


@dataclass(frozen=True, slots=True)
class Stored:
    """An item, a tombstone too. Where it does not fit its contract, its properties raise a DecodeError naming it."""

    schema: EntitySchema
    item: Attributes

    @property
    def deleted(self) -> bool:
        return is_tombstone(self.item)

    @property
    def version(self) -> str:
        """The version as a text that sorts."""
        version = self.item.get(VERSION, {}).get("S")
        if not isinstance(version, str):
            raise self._undecodable(DecodeError(f"attribute {VERSION!r} is not of DynamoDB type S"))
        return version

    @property
    def record(self) -> Record:
        """The canonical record; of a tombstone its identity."""
        try:
            return decode_record(self.schema, self.item)
        except DecodeError as error:
            raise self._undecodable(error) from error

    @property
    def identity(self) -> Record:
        """Key and, where known, partition field."""
        try:
            return decode_identity(self.schema, self.item)
        except DecodeError as error:
            raise self._undecodable(error) from error

    @property
    def is_bare(self) -> bool:
        """Whether an item holds no more than a tombstone should."""
        return self.item.keys() <= SYSTEM.union(self.schema.identity)

    @property
    def marked(self) -> tuple[str, ...]:
        """The attributes of which every write changes at least one: while they are the same, the item is.

        Those that break ties are among them, for writes of one version that clocks put into one microsecond.
        """
        return tuple(dict.fromkeys((*_MARKS, *(item.field for item in self.schema.tie_breakers))))

    @property
    def marks(self) -> Attributes:
        return {name: self.item[name] for name in self.marked if name in self.item}

    def _undecodable(self, error: DecodeError) -> DecodeError:
        key = shown_key(self.schema, self.item.get(KEY, {}).get("S", ""))
        return DecodeError(f"what is stored under {self.schema.entity} {key!r} does not fit the contract: {error}")


class RewrittenTables(Protocol):
    """What a write needs of the store that builds on what it read."""

    def read(self, schema: EntitySchema, key: str) -> Stored | None: ...
    def write_over(
        self,
        schema: EntitySchema,
        key: str,
        stored: Stored | None,
        write: Write,
        provenance: Provenance,
        receipt: Mapping[str, Any] | None = None,
    ) -> bool: ...


def contended(schema: EntitySchema, key: str) -> StoreContendedError:
    """The error of an item that others wrote before each attempt."""
    return StoreContendedError(f"{schema.entity} {shown_key(schema, key)!r} was written by others {MAX_ATTEMPTS} times")
