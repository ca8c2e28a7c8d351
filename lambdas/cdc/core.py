"""What `cdc` decides, without AWS: which line a stream record becomes, and in which object lines travel.

An item that a bootstrap has read becomes a line too: before every change of the generation that the bootstrap started,
and after all of those before.
"""

import gzip
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, cast

from lambdas.shared.errors import DecodeError, MalformedEventError
from lambdas.shared.items import (
    DELETED,
    WRITTEN_AT,
    Attributes,
    decode_identity,
    decode_record,
    is_tombstone,
)
from lambdas.shared.jsonio import dumps
from lambdas.shared.nested import plain
from lambdas.shared.provenance import Provenance, provenance_of
from lambdas.shared.schema import EntitySchema, Scalar
from lambdas.shared.settings import entity_in
from lambdas.shared.timestamps import timestamp_text

SEQUENCE_DIGITS = 40
GENERATION_DIGITS = 6
LANE = 1  # the operational store outranks files, whose order keys begin with 0

SCANNED = "0"  # the sequence number of what was not a change: a stream has none so small

Operation = Literal["insert", "modify", "remove", "read"]
_OPERATIONS: Mapping[str, Operation] = {
    "INSERT": "insert",
    "MODIFY": "modify",
    "REMOVE": "remove",
}
_ORDER_KEY = re.compile(rf"{LANE}\|[0-9]{{{GENERATION_DIGITS}}}\|[0-9]{{{SEQUENCE_DIGITS}}}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Change:
    """One record of a stream. `image` is the new image, or the last one of an item that is gone.

    `replaced` is the image that a modification replaced. What a bootstrap has read is the operation `read`; where it
    found a row that is not at the item's place, that is `left`, and `order_key` outranks all that the lake has.
    """

    entity: str
    sequence_number: str
    op: Operation
    occurred_at: datetime
    image: Attributes
    replaced: Attributes | None = None
    left: Mapping[str, Scalar] | None = None
    order_key: str | None = None

    @property
    def deleted(self) -> bool:
        return self.op == "remove" or is_tombstone(self.image)

    @property
    def provenance(self) -> Provenance:
        """Who made the change. Of an item that was removed past the API, its image tells who wrote it, not who did."""
        found = provenance_of(self.image)
        return found if self.op != "remove" or DELETED in self.image else Provenance(found.trace_id)

    @property
    def day(self) -> str:
        return self.occurred_at.date().isoformat()


@dataclass(frozen=True, slots=True)
class ScannedPart:
    """Part of a bootstrap: items as they were read, and rows of the lake that no item stands for.

    `started_at` is when the generation began; `name` is unique within it.
    """

    entity: str
    generation: int
    started_at: datetime
    name: str
    items: Sequence[Attributes]
    absent: Sequence["AbsentRow"]


@dataclass(frozen=True, slots=True)
class AbsentRow:
    """A row that is to become a tombstone: its key and partition field, and the item that lies elsewhere, if any."""

    identity: Mapping[str, Scalar]
    order_key: str
    item: Attributes | None


@dataclass(frozen=True, slots=True)
class Line:
    """A change as one line of a change file."""

    change: Change
    text: str


def sequence_number_of(record: object) -> str:
    """By which a record is reported as failed; raise MalformedEventError where it has none."""
    try:
        return str(cast("Any", record)["dynamodb"]["SequenceNumber"])
    except (KeyError, TypeError) as error:
        raise MalformedEventError("the event is not a DynamoDB stream event") from error


def parse_change(record: Mapping[str, Any], table_pattern: str) -> Change:
    """Read one stream record; raise DecodeError when it is not what a stream with both images delivers.

    Such a record has no entity, place or time under which it could land.
    """
    try:
        table = str(record["eventSourceARN"]).partition(":table/")[2].partition("/")[0]
        entity = entity_in(table_pattern, table)
        if entity is None:
            raise DecodeError(f"table {table!r} is not an entity table")
        body = record["dynamodb"]
        op = _OPERATIONS[record["eventName"]]
        sequence_number = str(body["SequenceNumber"])
        if not (sequence_number.isascii() and sequence_number.isdigit() and len(sequence_number) <= SEQUENCE_DIGITS):
            raise DecodeError("the sequence number is not a number of at most 40 digits")
        microseconds = int(Decimal(str(body["ApproximateCreationDateTime"])) * 1_000_000)
        occurred_at = _EPOCH + timedelta(microseconds=microseconds)
        image = dict(body["OldImage" if op == "remove" else "NewImage"])
        replaced = dict(body["OldImage"]) if op == "modify" and "OldImage" in body else None
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise DecodeError(f"the stream record is not of the documented shape: {type(error).__name__}") from error
    return Change(entity, sequence_number, op, occurred_at, image, replaced)


def parse_part(document: Any) -> ScannedPart:
    """Read what `txplatform bootstrap` sends; raise MalformedEventError."""
    try:
        part = ScannedPart(
            entity=str(document["entity"]),
            generation=int(document["generation"]),
            started_at=datetime.fromisoformat(document["started_at"]),
            name=str(document["part"]),
            items=[dict(item) for item in document["items"]],
            absent=[AbsentRow(dict(row["identity"]), str(row["order_key"]), row["item"]) for row in document["absent"]],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedEventError("the event is not a part of a bootstrap") from error
    if not re.fullmatch(r"[a-z0-9-]{1,80}", part.name):
        raise MalformedEventError("the part of a bootstrap has no usable name")
    if not all(_ORDER_KEY.fullmatch(row.order_key) for row in part.absent):
        raise MalformedEventError("a row of a bootstrap has no usable order key")
    return part


def scanned_changes(part: ScannedPart) -> list[Change]:
    """The items of a part as changes: each of the moment it was written, where that is known."""
    read = [Change(part.entity, SCANNED, "read", _written_at(item, part.started_at), item) for item in part.items]
    moved = [
        Change(
            part.entity,
            SCANNED,
            "read",
            _written_at(row.item, part.started_at),
            row.item,
            left=row.identity,
            order_key=row.order_key,
        )
        for row in part.absent
        if row.item is not None
    ]
    return read + moved


def absent_lines(schema: EntitySchema, part: ScannedPart) -> list[Line]:
    """A tombstone for each row whose item is gone."""
    return [
        _line(
            schema,
            part.generation,
            Change(part.entity, SCANNED, "remove", part.started_at, {}, order_key=row.order_key),
            {"deleted": True, "record": row.identity},
        )
        for row in part.absent
        if row.item is None
    ]


def part_object(part: ScannedPart, lines: Sequence[Line], prefix: str) -> tuple[str, bytes]:
    """The lines of a part as one gzipped object, in the folder of the day on which its generation began."""
    day = part.started_at.astimezone(UTC).date().isoformat()
    name = f"bootstrap-{part.generation:0{GENERATION_DIGITS}d}-{part.name}"
    return f"{prefix}/{part.entity}/dt={day}/{name}.jsonl.gz", _compressed(lines)


def render_line(schema: EntitySchema, generation: int, change: Change) -> Line:
    """The change as canonical JSON, exact to the digit; raise DecodeError when its image does not fit the schema.

    Whatever else one image makes go wrong is a DecodeError too, which names its type: nobody foresees every image, and
    one must not stop the changes beside it.
    """
    try:
        record = decode_identity(schema, change.image) if change.deleted else decode_record(schema, change.image)
        absent = [name for name in schema.key if name not in record]
        if absent:
            raise DecodeError(f"the item has no key field {absent[0]!r}")
        if schema.nested:
            record = plain(record, json_texts=True)
        return _line(schema, generation, change, {"deleted": change.deleted, "record": record})
    except DecodeError:
        raise
    except Exception as error:
        raise DecodeError(f"the item cannot be rendered: {type(error).__name__}") from error


def render_undecodable(schema: EntitySchema, generation: int, change: Change, error: DecodeError) -> Line:
    """The change as a line that the lake refuses with this reason and keeps, raw image and all, in quarantine."""
    return _line(schema, generation, change, {"undecodable": str(error), "image": change.image})


def _line(schema: EntitySchema, generation: int, change: Change, content: Mapping[str, Any]) -> Line:
    sequence_number = change.sequence_number.zfill(SEQUENCE_DIGITS)
    provenance = change.provenance
    envelope: dict[str, Any] = {
        "entity": change.entity,
        "op": change.op,
        "order_key": change.order_key or f"{LANE}|{generation:0{GENERATION_DIGITS}d}|{sequence_number}",
        "sequence_number": change.sequence_number,
        "occurred_at": timestamp_text(change.occurred_at),
        "schema_version": schema.version,
        "trace_id": provenance.trace_id,
        "written_by": provenance.written_by,
        "request_id": provenance.request_id,
    }
    previous = _previous_identity(schema, change)
    if previous is not None:
        envelope["previous"] = previous
    return Line(change, dumps({**envelope, **content}))


def _previous_identity(schema: EntitySchema, change: Change) -> Mapping[str, Scalar] | None:
    """Key and partition field as the change found them, if it changed one of them and the lake may hold a row there.

    An identity that cannot be decoded never came into the lake, so there is none to leave.
    """
    if change.left is not None:
        return change.left
    old, new = change.replaced, change.image
    names = dict.fromkeys((*schema.key, schema.partition_field))
    if old is None or all(old.get(name) == new.get(name) for name in names):
        return None
    previous = _identity(schema, old)
    return None if previous is None or len(previous) < len(names) or previous == _identity(schema, new) else previous


def _identity(schema: EntitySchema, image: Attributes) -> Mapping[str, Scalar] | None:
    try:
        return decode_identity(schema, image)
    except Exception:  # noqa: BLE001 # as in render_line: nobody foresees every image
        return None


def _written_at(item: Attributes, otherwise: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(item[WRITTEN_AT]["S"])
    except (KeyError, TypeError, ValueError):
        return otherwise
    return moment if moment.tzinfo else otherwise


def objects(lines: Sequence[Line], prefix: str) -> dict[str, bytes]:
    """Lines as gzipped objects by key, one per entity and UTC day. The same lines give the same bytes and keys."""
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        groups.setdefault((line.change.entity, line.change.day), []).append(line)
    return {
        f"{prefix}/{entity}/dt={day}/{_padded(group[0])}-{_padded(group[-1])}.jsonl.gz": _compressed(group)
        for (entity, day), group in groups.items()
    }


def _padded(line: Line) -> str:
    return line.change.sequence_number.zfill(SEQUENCE_DIGITS)


def _compressed(lines: Sequence[Line]) -> bytes:
    return gzip.compress("".join(f"{line.text}\n" for line in lines).encode(), compresslevel=6, mtime=0)
