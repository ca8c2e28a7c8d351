"""The audit log: one line for each write that took effect or was refused, when that is known.

A line says who asked, in which call, what for, of which record, and what came of it; it holds no value but a key's. A
key that holds a personal field is hashed, and so is one that nothing has validated: a path can hold any text. When a
function ends between a write and its line, the item itself says who wrote it.

The lines do not pass through the logger, whose lines cost ten times as much: a batch has up to a hundred. The reasons:
docs/decisions/audit-lines.md
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lambdas.data_api.outcomes import Outcome
from lambdas.shared.logging import write_line
from lambdas.shared.provenance import Provenance
from lambdas.shared.record_key import hashed_key, shown_key
from lambdas.shared.schema import EntitySchema
from lambdas.shared.timestamps import timestamp_text

REFUSED = "refused"  # nothing happened, and `code` says why
FAILED = "failed"  # the server could not answer: the item says whether the write took effect
REPLAYED = "replayed"  # the answer of an earlier request with the same idempotency key
SUPERSEDED = "superseded"  # something newer is stored, and so nothing had to happen
BATCH = "batch"

_OPERATIONS = {
    "POST": "create",
    "POST batch": BATCH,
    "PUT {key}": "replace",
    "PATCH {key}": "patch",
    "DELETE {key}": "delete",
}

_SUPERSEDED = (Outcome.STALE.value, Outcome.ALREADY_DELETED.value)


@dataclass(slots=True)
class Entry:
    """What is known of a write so far. `operation` is empty where nothing is to be written."""

    provenance: Provenance
    entity: str = ""
    operation: str = ""
    key: str = ""
    version: str = ""

    @classmethod
    def of_request(cls, event: Mapping[str, Any], provenance: Provenance) -> "Entry":
        """What the route of a request says, before anything of it is read."""
        method, _, template = str(event.get("routeKey", "")).partition(" ")
        _, _, entity, *rest = [*template.split("/"), "", ""]
        operation = _OPERATIONS.get(" ".join([method, *(part for part in rest if part)]), "")
        if not operation:
            return cls(provenance)
        parameters: Mapping[str, str] = event.get("pathParameters") or {}
        return cls(provenance, entity, operation, hashed_key(parameters["key"]) if "key" in parameters else "")

    def about(self, schema: EntitySchema, key: str, version: str = "") -> None:
        """The record is known, and its key valid."""
        self.key, self.version = shown_key(schema, key), version

    def write(self, outcome: str, code: str = "") -> None:
        """Write the line."""
        if not self.operation:
            return
        said = {
            "level": "INFO",
            "message": "write",
            "timestamp": timestamp_text(datetime.now(UTC)),
            "service": "data_api",
            "written_by": self.provenance.written_by,
            "request_id": self.provenance.request_id,
            "correlation_id": self.provenance.trace_id,
            "entity": self.entity,
            "operation": self.operation,
            "key": self.key,
            "version": self.version,
            "outcome": SUPERSEDED if outcome in _SUPERSEDED else outcome,
            "code": code,
        }
        write_line({name: value for name, value in said.items() if value})
