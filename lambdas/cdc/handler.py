"""Composition root of `cdc`: a DynamoDB stream event in, gzipped change files in the lake.

A change that cannot be rendered, most often because its item does not fit its contract, becomes a line that the lake
quarantines with the reason. Only a record that is not a change of any entity ends the batch before it: what came
before is written, and Lambda retries from there.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.cdc.adapters import LandingArea
from lambdas.cdc.core import (
    Change,
    Line,
    objects,
    parse_change,
    render_line,
    render_undecodable,
    sequence_number_of,
)
from lambdas.cdc.settings import Settings
from lambdas.shared.aws import client
from lambdas.shared.errors import DecodeError, MalformedEventError
from lambdas.shared.items import trace_id_of
from lambdas.shared.logging import logger
from lambdas.shared.registry import CurrentSchema, SchemaRegistry
from lambdas.shared.settings import load

log = logger("cdc")


class ChangeCapture:
    """The function with all it is wired to."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._registry = SchemaRegistry(client("dynamodb"), settings.registry_table)
        self._area = LandingArea(client("s3"), settings.lake_bucket)

    def process(self, event: dict[str, Any]) -> dict[str, Any]:
        """Write the event's changes; raise when the registry or the lake does not answer, so that all is retried."""
        if "Records" not in event:
            raise MalformedEventError("the event is not a DynamoDB stream event")
        lines, failed = self._render(event["Records"])
        written = {key: self._area.put(key, body) for key, body in objects(lines, self._settings.cdc_prefix).items()}
        log.info("changes", extra={"lines": len(lines), "objects": len(written), "new": sum(written.values())})
        return {"batchItemFailures": [{"itemIdentifier": failed}] if failed else []}

    def _render(self, records: Sequence[Any]) -> tuple[list[Line], str | None]:
        """The lines up to the first record that is not a change of any entity, and that record's sequence number."""
        lines: list[Line] = []
        known: dict[str, tuple[CurrentSchema, int]] = {}
        for record in records:
            try:
                change = parse_change(record, self._settings.table)
            except DecodeError as error:
                failed = sequence_number_of(record)
                log.error("not a change", extra={"reason": str(error), "sequence_number": failed})
                return lines, failed
            entity = change.entity
            if entity not in known:
                known[entity] = CurrentSchema(self._registry, entity), self._registry.generation(entity)
            lines.append(_line(*known[entity], change))
        return lines, None


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
            "correlation_id": trace_id_of(change.image),
        }
        log.error("undecodable change", extra=details)
        return render_undecodable(schema, generation, change, error)


@cache
def _cdc() -> ChangeCapture:
    return ChangeCapture(load(Settings))


@log.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """The entry point that Lambda calls."""
    return _cdc().process(event)
