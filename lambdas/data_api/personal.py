"""What becomes of an entity's personal fields for a caller whose token does not have the scope `<entity>.personal`.

They are left out of every answer that shows a record, and the header `masked-fields` names them. Records are masked in
one place, after all else, so that a kept answer is masked for whoever asks again. docs/decisions/masked-fields.md has
the reasons.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from lambdas.data_api.core import Request
from lambdas.data_api.errors import InsufficientScopeError
from lambdas.data_api.outcomes import Outcome, upsert_outcome
from lambdas.data_api.preconditions import entity_tag
from lambdas.data_api.problem import Answer
from lambdas.data_api.stored import MAX_ATTEMPTS, RewrittenTables, Stored, Upsert, contended
from lambdas.shared.provenance import Provenance
from lambdas.shared.schema import EntitySchema, Record

HEADER = "masked-fields"
ALL = "*"
MAX_HEADER_BYTES = 4_000  # API Gateway lets the headers of an answer have 10,240 bytes

_LOSES = (Outcome.REPLACED, Outcome.VERSION_CONFLICT)


@dataclass(frozen=True, slots=True)
class PersonalScope:
    """What one caller sees of an entity's records: all, or all but `hidden`, the personal fields."""

    schema: EntitySchema
    granted: bool
    hidden: tuple[str, ...]

    @classmethod
    def of(cls, schema: EntitySchema, request: Request) -> "PersonalScope":
        """The scope of a request's caller."""
        granted = request.sees_personal
        return cls(schema, granted, () if granted else schema.personal)

    def shown(self, record: Record) -> Record:
        """The record as the caller sees it. One that another contract wrote shows no field that this one lacks."""
        if self.granted:
            return record
        fields = self.schema.fields
        return {name: value for name, value in record.items() if name in fields and not fields[name].personal}

    def tag(self, record: Record) -> str:
        """The strong tag of what the caller sees: two callers who see different bytes have different tags."""
        return entity_tag(self.shown(record))

    def masked(self, answer: Answer) -> Answer:
        """The answer with its record as the caller sees it. What shows no record stays as it is."""
        if not answer.shows_record or answer.body is None:
            return answer
        record = cast("Record", answer.body)
        tag = answer.headers.get("etag") or self.tag(record)
        return replace(answer, body=self.shown(record), headers={**answer.headers, "etag": tag, **self.headers})

    @property
    def headers(self) -> Mapping[str, str]:
        """The header that names the hidden fields, or says `*` where their names are too many for one."""
        names = ", ".join(self.hidden)
        if not names:
            return {}
        return {HEADER: names if len(names) <= MAX_HEADER_BYTES else ALL}

    def check_asked(self, names: Collection[str]) -> None:
        """Raise InsufficientScopeError where a request asks for a hidden field, or for records by one."""
        asked = [name for name in self.hidden if name in names]
        if asked:
            raise InsufficientScopeError(f"{', '.join(asked[:20])}: asking for this needs {self._permission}")

    def unsaid(self, given: object) -> tuple[str, ...]:
        """The hidden fields of which a whole record says nothing, neither a value nor null.

        The caller may have read it masked, and may not know that there is something to lose.
        """
        said: Mapping[str, Any] = cast("Mapping[str, Any]", given) if isinstance(given, Mapping) else {}
        return tuple(name for name in self.hidden if name not in said)

    def check_kept(self, unsaid: Collection[str], stored: Stored | None) -> None:
        """Raise InsufficientScopeError where a whole record would erase what it says nothing of."""
        lost = [] if stored is None or stored.deleted else [name for name in unsaid if name in stored.item]
        if lost:
            raise InsufficientScopeError(
                f"{', '.join(lost[:20])}: stored, hidden from this token and left out of the record. Give a value, or "
                f"null to remove one; send a merge patch; or use a token with {self._permission}"
            )

    def outcome(self, record: Record, unsaid: Collection[str], stored: Stored | None) -> Outcome:
        """What an upsert does to what is stored; raise InsufficientScopeError where it would lose a hidden value."""
        outcome = upsert_outcome(self.schema, record, stored)
        if outcome in _LOSES:
            self.check_kept(unsaid, stored)
        return outcome

    def upsert(
        self, tables: RewrittenTables, key: str, record: Record, unsaid: Collection[str], provenance: Provenance
    ) -> Outcome:
        """Write a record of which hidden fields are unsaid; raise InsufficientScopeError, StoreContendedError."""
        for _ in range(MAX_ATTEMPTS):
            stored = tables.read(self.schema, key)
            outcome = self.outcome(record, unsaid, stored)
            if not outcome.writes or tables.write_over(self.schema, key, stored, Upsert(record), provenance):
                return outcome
        raise contended(self.schema, key)

    @property
    def _permission(self) -> str:
        return f"the permission {self.schema.entity}.personal"
