"""Composition root of `cdc`: a DynamoDB stream event in, gzipped change files in the lake.

A change that cannot be rendered, most often because its item does not fit its contract, becomes a line that the lake
quarantines with the reason. Only a record that is not a change of any entity ends the batch before it: what came
before is written, and Lambda retries from there.

Besides the streams' events it takes those of the command line: parts of a bootstrap, and batches that the mapping
abandoned, with the moment at which it did.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.cdc.adapters import LandingArea
from lambdas.cdc.core import (
    Change,
    Line,
    ScannedPart,
    absent_lines,
    objects,
    parse_change,
    parse_part,
    part_object,
    render_line,
    render_undecodable,
    scanned_changes,
    sequence_number_of,
)
from lambdas.cdc.settings import Settings
from lambdas.shared.aws import client
from lambdas.shared.errors import DecodeError, MalformedEventError
from lambdas.shared.initialization import made_at_init
from lambdas.shared.items import KEY
from lambdas.shared.logging import logger
from lambdas.shared.metrics import Metrics
from lambdas.shared.registry import CurrentSchema, SchemaRegistry
from lambdas.shared.settings import load

log = logger("cdc")


class ChangeCapture:
    """The function with all it is wired to."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._registry = SchemaRegistry(client("dynamodb"), settings.registry_table)
        self._area = LandingArea(client("s3"), settings.lake_bucket)
        self._metrics = Metrics(settings.metric_namespace, "Entity")

    def process(self, event: dict[str, Any]) -> dict[str, Any]:
        """Write the event's changes; raise when the registry or the lake does not answer, so that all is retried."""
        if "bootstrap" in event:
            return self._write_part(parse_part(event["bootstrap"]))
        if "Records" not in event:
            raise MalformedEventError("the event is not a DynamoDB stream event")
        changes, failed = self._parse(event["Records"])
        abandoned_at = _abandoned_at(event)
        lines = self._render(changes, abandoned_at)
        written = {key: self._area.put(key, body) for key, body in objects(lines, self._settings.cdc_prefix).items()}
        log.info("changes", extra={"lines": len(lines), "objects": len(written), "new": sum(written.values())})
        if abandoned_at is None:
            self._count_heartbeats(changes)
        return {"batchItemFailures": [{"itemIdentifier": failed}] if failed else []}

    def _parse(self, records: Sequence[Any]) -> tuple[list[Change], str | None]:
        """The changes up to the first record that is not one of any entity, and that record's sequence number."""
        changes: list[Change] = []
        for record in records:
            try:
                changes.append(parse_change(record, self._settings.table))
            except DecodeError as error:
                failed = sequence_number_of(record)
                log.error("not a change", extra={"reason": str(error), "sequence_number": failed})
                return changes, failed
        return changes, None

    def _render(self, changes: Sequence[Change], abandoned_at: datetime | None) -> list[Line]:
        """A line for each change of a record.

        The generation is read now: a line of an older one is of a change that a newer bootstrap found already.
        """
        known: dict[str, tuple[CurrentSchema, int]] = {}
        lines: list[Line] = []
        for change in changes:
            if self._is_heartbeat(change):
                continue
            entity = change.entity
            if entity not in known:
                known[entity] = CurrentSchema(self._registry, entity), self._generation(entity, abandoned_at)
            lines.append(_line(*known[entity], change))
        return lines

    def _write_part(self, part: ScannedPart) -> dict[str, Any]:
        """Write what a bootstrap has read; say in which object, and how many lines it holds."""
        current = CurrentSchema(self._registry, part.entity)
        changes = [change for change in scanned_changes(part) if not self._is_heartbeat(change)]
        lines = [_line(current, part.generation, change) for change in changes]
        lines += absent_lines(current.schema, part)
        if not lines:
            return {"lines": 0}
        key, body = part_object(part, lines, self._settings.cdc_prefix)
        self._area.put(key, body)
        return {"object": key, "lines": len(lines)}

    def _generation(self, entity: str, abandoned_at: datetime | None) -> int:
        """Changes that were abandoned take the generation that they would have got from the mapping then."""
        if abandoned_at is None:
            return self._registry.generation(entity)
        return self._registry.generation_at(entity, abandoned_at)

    def _is_heartbeat(self, change: Change) -> bool:
        return change.image.get(KEY) == {"S": self._settings.heartbeat_key}

    def _count_heartbeats(self, changes: Sequence[Change]) -> None:
        """Count them once all that came with them is written."""
        with self._metrics.counting() as counts:
            for change in filter(self._is_heartbeat, changes):
                counts.setdefault(change.entity, Counter())["Heartbeats"] += 1


def _abandoned_at(event: dict[str, Any]) -> datetime | None:
    """When the mapping abandoned changes that are redriven; None for those that come by the stream."""
    if "abandoned_at" not in event:
        return None
    try:
        return datetime.fromisoformat(event["abandoned_at"]).astimezone(UTC)
    except (TypeError, ValueError) as error:
        raise MalformedEventError("the moment at which changes were abandoned is not a timestamp") from error


def _line(current: CurrentSchema, generation: int, change: Change) -> Line:
    schema = current.schema
    try:
        return render_line(schema, generation, change)
    except DecodeError as error:
        if current.newer_than(schema) is not None:  # the API may have known a newer contract already
            return _line(current, generation, change)
        details = {
            "entity": change.entity,
            "reason": str(error),
            "sequence_number": change.sequence_number,
            "correlation_id": change.provenance.trace_id,
        }
        log.error("undecodable change", extra=details)
        return render_undecodable(schema, generation, change, error)


@made_at_init
@cache
def _cdc() -> ChangeCapture:
    return ChangeCapture(load(Settings))


@log.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """The entry point that Lambda calls."""
    return _cdc().process(event)
