"""What becomes of a write, decided from what is stored, without AWS.

The conditions by which `adapters` writes in one call say the same: a differential test holds the two together. The
greatest version wins, and of a deletion and an upsert of one version the deletion. Of two different upserts of one
version the one wins that the contract's tie-breakers rank higher. Where they do not tell, the first is stored and the
other is a conflict: only their source knows which of them is right.
"""

from enum import StrEnum

from lambdas.data_api.stored import Stored
from lambdas.shared.schema import EntitySchema, Record


class Outcome(StrEnum):
    """What became of a write."""

    CREATED = "created"
    REPLACED = "replaced"
    DELETED = "deleted"
    UNCHANGED = "unchanged"
    STALE = "stale"
    ALREADY_DELETED = "already_deleted"
    VERSION_CONFLICT = "version_conflict"
    EXISTS = "exists"
    PARTITION_DIFFERS = "partition_differs"
    NOT_FOUND = "not_found"
    CHANGES_MISSING = "changes_missing"

    @property
    def writes(self) -> bool:
        """Whether the table changes."""
        return self in (Outcome.CREATED, Outcome.REPLACED, Outcome.DELETED)


def upsert_outcome(schema: EntitySchema, record: Record, stored: Stored | None) -> Outcome:
    """What an upsert does to what is stored.

    A version older than what is stored is superseded: stale, whatever it says; so is one that a deletion of the same
    version outranks. One as new or newer that moves the record to another partition contradicts what is stored: it is
    no duplicate, and may not vanish.
    """
    version = schema.version_of(record)
    if stored is None or (stored.deleted and stored.version < version):
        return Outcome.CREATED
    if stored.deleted or version < stored.version:
        return Outcome.STALE
    if version == stored.version:
        return _tied_outcome(schema, record, stored.record)
    if stored.identity.get(schema.partition_field) != record[schema.partition_field]:
        return Outcome.PARTITION_DIFFERS
    return Outcome.REPLACED


def holds_changes(schema: EntitySchema, merged: Record, stored: Stored) -> bool:
    """Whether a patch older than what is stored has nothing to add: with its changes the record is the same."""
    if schema.version_of(merged) >= stored.version:
        return False
    return {**merged, schema.version_field: stored.record[schema.version_field]} == stored.record


def _tied_outcome(schema: EntitySchema, record: Record, stored: Record) -> Outcome:
    """What an upsert does to a record of the same version, by the contract's tie-breakers.

    They are compared as the contract has them now, whichever was in force when the record was stored.
    """
    if schema.rank_of(record) < schema.rank_of(stored):
        return Outcome.STALE
    if stored.get(schema.partition_field) != record[schema.partition_field]:
        return Outcome.PARTITION_DIFFERS
    if schema.rank_of(record) > schema.rank_of(stored):
        return Outcome.REPLACED
    return Outcome.UNCHANGED if stored == record else Outcome.VERSION_CONFLICT


def create_outcome(schema: EntitySchema, record: Record, stored: Stored | None) -> Outcome:
    """What a creation does: it writes where nothing lives; a tombstone as new or newer keeps it out."""
    if stored is None or (stored.deleted and stored.version < schema.version_of(record)):
        return Outcome.CREATED
    if stored.deleted:
        return Outcome.STALE
    return Outcome.UNCHANGED if stored.record == record else Outcome.EXISTS


def delete_outcome(version: str, stored: Stored | None) -> Outcome:
    """What a deletion of a version does, also where nothing is stored. It outranks an upsert of the same version."""
    if stored is None or stored.version < version or (stored.version == version and not stored.deleted):
        return Outcome.DELETED
    if stored.version == version:
        return Outcome.UNCHANGED
    return Outcome.ALREADY_DELETED if stored.deleted else Outcome.STALE
