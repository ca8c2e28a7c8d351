"""Composition root of `landing`: S3 notifications by way of SQS in, rows of the ledger out.

An object that has no place in the lake is counted, which raises an alarm: no sensor would ever see its row. The count
is written as the invocation ends, also with an error.
"""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.landing.adapters import LedgerTable
from lambdas.landing.core import ledger_item, parse_notification
from lambdas.landing.settings import Settings
from lambdas.shared import correlation
from lambdas.shared.aws import client
from lambdas.shared.errors import FunctionError, MalformedEventError
from lambdas.shared.initialization import made_at_init
from lambdas.shared.logging import correlated, logger
from lambdas.shared.metrics import Counts, Metrics
from lambdas.shared.settings import load

log = logger("landing")


class Landing:
    """The function with all it is wired to."""

    def __init__(self, settings: Settings) -> None:
        self._ledger = LedgerTable(client("dynamodb"), settings.ledger_table)
        self._metrics = Metrics(settings.metric_namespace, "Prefix")
        self._lanes = {settings.raw_prefix: "files", settings.cdc_prefix: "changes"}
        self._entities = frozenset(settings.entities.split(","))

    def process(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Record every object of an SQS event; messages that failed go back to the queue one by one."""
        failed: list[dict[str, str]] = []
        try:
            messages = [
                (str(item["messageId"]), str(item["body"]), correlation.of_message(item)) for item in event["Records"]
            ]
        except (KeyError, TypeError, AttributeError) as error:
            raise MalformedEventError("the event is not an SQS event") from error
        with self._metrics.counting() as counts:
            for message_id, body, correlation_id in messages:
                with correlated(log, correlation_id):
                    try:
                        self._record(body, counts)
                    except FunctionError as error:
                        details = {"code": error.code, "reason": str(error), "message_id": message_id}
                        log.error("not recorded", extra=details)
                        failed.append({"itemIdentifier": message_id})
        return {"batchItemFailures": failed}

    def _record(self, body: str, counts: Counts) -> None:
        """Write the rows of one notification; count each object that cannot be placed, by its prefix.

        What is no file, such as a marker or a folder, has no row.
        """
        for landed in parse_notification(body):
            if landed.is_ignored:
                log.info("ignored by its name", extra={"object_key": landed.object_key})
                continue
            item = ledger_item(landed, self._lanes, self._entities)
            new = self._ledger.add(item)
            row = {"row": item["pk"]["S"], "state": item["state"]["S"], "new": new}
            log.info("landed", extra={"object_key": landed.object_key, **row})
            if "pending" not in item:
                counts.setdefault(landed.prefix, Counter())["ObjectsUnrecognised"] += 1


@made_at_init
@cache
def _landing() -> Landing:
    return Landing(load(Settings))


@log.inject_lambda_context
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """The entry point that Lambda calls."""
    return _landing().process(event)
