"""Partial updates: records of which a few fields changed, merged into what is stored under the version rule.

A patch is a JSON merge patch that names its record and a version of it. It means what PATCH of a single record means:
what is stored with its changes is written as that version. It builds on what is stored, so it never brings back what
was deleted, and where there is nothing to build on it is to be tried again. It cannot be merged into something newer:
which fields of that were said later, nobody knows.
"""

from collections.abc import Mapping, Set
from typing import Any

from lambdas.data_api.checks import Checks, valid
from lambdas.data_api.merge_patch import apply_merge_patch, keeps_nothing, merged
from lambdas.data_api.outcomes import Outcome, upsert_outcome
from lambdas.data_api.stored import MAX_ATTEMPTS, RewrittenTables, Upsert, contended
from lambdas.shared.nested import canonical_nested
from lambdas.shared.provenance import Provenance
from lambdas.shared.schema import EntitySchema, Record
from lambdas.shared.validation import Checked


class PartialUpdates:
    """Merges over a store."""

    def __init__(self, tables: RewrittenTables, checks: Checks) -> None:
        self._tables = tables
        self._checks = checks

    def apply(self, schema: EntitySchema, patch: Checked, provenance: Provenance) -> Outcome:
        """Write what is stored with the changes of a valid patch, unless something newer is stored.

        Then the patch is unchanged where its changes are stored all the same, as those of one that came before, and
        else its changes are missing. A deletion outranks the patches of its version; one of a later version is for a
        record that is to come again.
        Raise InvalidRecordError where the merged record violates its contract, StoreContendedError where others write
        the item without end.
        """
        version = schema.version_of(patch.record)
        for _ in range(MAX_ATTEMPTS):
            stored = self._tables.read(schema, patch.key)
            if stored is None or (stored.deleted and stored.version < version):
                return Outcome.NOT_FOUND
            if stored.deleted:
                return Outcome.STALE
            changes = {**patch.record, **dict.fromkeys(patch.removed)}
            if version < stored.version:
                is_there = _are_stored(schema, changes, stored.record, {schema.version_field})
                return Outcome.UNCHANGED if is_there else Outcome.CHANGES_MISSING
            merged = valid(self._checks.upsert(schema, apply_merge_patch(schema, stored.record, changes))).record
            outcome = upsert_outcome(schema, merged, stored)
            outranking = {item.field for item in schema.tie_breakers}
            if outcome is Outcome.STALE and not _are_stored(schema, changes, stored.record, outranking):
                return Outcome.CHANGES_MISSING
            if not outcome.writes or self._tables.write_over(schema, patch.key, stored, Upsert(merged), provenance):
                return outcome
        raise contended(schema, patch.key)


def _are_stored(schema: EntitySchema, changes: Mapping[str, Any], stored: Record, but: Set[str]) -> bool:
    """Whether a record has all changes but those of some fields."""
    return all(
        stored.get(name) == (_merged(schema, name, stored.get(name), value) if name in schema.nested else value)
        for name, value in changes.items()
        if name not in but
    )


def _merged(schema: EntitySchema, name: str, stored: Any, change: Any) -> Any:
    """What is stored of a field with its change, in canonical form."""
    if change is None:
        return None
    made = merged(stored, change)
    return None if keeps_nothing(schema, name, made) else canonical_nested(schema.nested[name], made, [])
