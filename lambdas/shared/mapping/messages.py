"""Reads messages of a source system whole: unwrapped, mapped, aligned and validated. What passes is canonical."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from lambdas.shared.errors import UnknownEntityError, Violation
from lambdas.shared.mapping.document import SystemMapping
from lambdas.shared.mapping.engine import Mapped, MappedRecord, map_payload
from lambdas.shared.mapping.envelopes import Ids, Unwrapped, unwrap
from lambdas.shared.mapping.limits import MAX_REFUSALS, Bounds
from lambdas.shared.mapping.refusals import Refusal
from lambdas.shared.nested import plain
from lambdas.shared.operations import Operation, check_operation
from lambdas.shared.schema import EntitySchema, Record

NOTHING = "no_records"  # the reason under which a message is ignored that holds nothing to map

Schemas = Callable[[str], EntitySchema]
"""The schema of an entity; raises UnknownEntityError."""


class ReadRecord(NamedTuple):
    """A canonical record that fits its contract, with how it was mapped, and from which payload of the message."""

    operation: Operation
    record: Record
    removed: frozenset[str]  # the fields that a patch removes, and the personal ones that a whole record does not have
    mapped: MappedRecord
    position: int

    @property
    def entity(self) -> str:
        return self.mapped.rule.entity

    @property
    def texts(self) -> Record:
        """The record with a text for each JSON value, as lines of changes have it."""
        return plain(self.record, json_texts=True)

    def refusal(self, violation: Violation) -> Refusal:
        """A reason that is found later, such as one of the API."""
        return _refusal(self.mapped, violation, self.position)


@dataclass(slots=True)
class ReadMessage:
    """What a message holds: the ids of its envelopes, its records, and reasons why others are refused or ignored.

    There are `further` refusals beside those that are kept.
    """

    ids: Ids
    records: list[ReadRecord]
    refusals: list[Refusal]
    ignored: list[str]
    further: int = 0

    def refuse(self, refusals: Sequence[Refusal]) -> None:
        """Keep these refusals, as far as there is room, and count the others."""
        room = max(0, MAX_REFUSALS - len(self.refusals))
        self.refusals += refusals[:room]
        self.further += len(refusals[room:])


def read_message(mapping: SystemMapping, schemas: Schemas, text: str, *, is_known: bool = False) -> ReadMessage:
    """Read the text of a message. `is_known` says that something outside it names the system."""
    [read] = read_messages(mapping, schemas, [(text, is_known)])
    return read


def read_messages(mapping: SystemMapping, schemas: Schemas, messages: Sequence[tuple[str, bool]]) -> list[ReadMessage]:
    """Read the texts of messages, of each of which is said whether something outside it names the system.

    All go through one stage before the next: ten take a fifth less time so, as a processor that repeats a stage has its
    code and its branches at hand.
    """
    unwrapped = [unwrap(text, mapping.envelopes) for text, _ in messages]
    mapped = [_mapped(mapping, found, is_known) for found, (_, is_known) in zip(unwrapped, messages, strict=True)]
    return [_validated(schemas, *both) for both in zip(unwrapped, mapped, strict=True)]


def _mapped(mapping: SystemMapping, unwrapped: Unwrapped, is_known: bool) -> list[Mapped]:
    bounds = Bounds()
    return [map_payload(mapping, payload.value, bounds, is_known=is_known) for payload in unwrapped.payloads]


def _validated(schemas: Schemas, unwrapped: Unwrapped, payloads: Sequence[Mapped]) -> ReadMessage:
    read = ReadMessage(unwrapped.ids, [], list(unwrapped.refusals), [])
    for position, mapped in enumerate(payloads):
        if mapped.refusals:
            read.refuse([replace(refusal, payload=position) for refusal in mapped.refusals])
        if mapped.ignored is not None:
            read.ignored.append(mapped.ignored)
        for record in mapped.records:
            _validate(record, schemas, position, read)
    if not (read.records or read.refusals or read.ignored):
        read.ignored.append(NOTHING)
    return read


def _validate(record: MappedRecord, schemas: Schemas, position: int, read: ReadMessage) -> None:
    refusals = [replace(refusal, payload=position) for refusal in record.refused]
    try:
        schema = schemas(record.rule.entity)
    except UnknownEntityError as error:
        read.refuse([*refusals, _refusal(record, Violation("", error.code, str(error)), position)])
        return
    checked = check_operation(schema, record.operation, record.fields)
    if checked.violations:
        named = {refusal.field for refusal in refusals}
        refusals += [_refusal(record, item, position) for item in checked.violations if item.field not in named]
    if refusals:
        read.refuse(refusals)
    else:
        read.records.append(ReadRecord(record.operation, checked.record, checked.removed, record, position))


def _refusal(record: MappedRecord, violation: Violation, position: int) -> Refusal:
    rule, name = record.rule, violation.field
    return Refusal(violation.rule, violation.message, rule.name, rule.entity, name, record.pointer(name), position)


def schemas_of(documents: Mapping[str, Mapping[str, Any]]) -> Schemas:
    """The schemas of registry documents, by entity; raise ConfigurationError where one cannot be used."""
    parsed = {entity: EntitySchema.parse(document) for entity, document in documents.items()}

    def schema(entity: str) -> EntitySchema:
        if entity not in parsed:
            raise UnknownEntityError(entity)
        return parsed[entity]

    return schema
