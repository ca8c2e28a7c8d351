"""Composition root of `landing`: S3 notifications by way of SQS in, rows of the ledger out.

An object that has no place in the lake is counted, which raises an alarm: no sensor would ever see its row.
"""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any

from lambdas.landing.adapters import LedgerTable
from lambdas.landing.core import ledger_item, parse_notification
from lambdas.landing.settings import Settings
from lambdas.shared.aws import client
from lambdas.shared.errors import FunctionError, MalformedEventError
from lambdas.shared.logging import logger
from lambdas.shared.metrics import Metrics
from lambdas.shared.settings import load

log = logger("landing")


class Landing:
    """The function with all it is wired to."""

    def __init__(self, settings: Settings) -> None:
        self._ledger = LedgerTable(client("dynamodb"), settings.ledger_table)
        self._metrics = Metrics(client("cloudwatch"), settings.metric_namespace, "Prefix", log)
        self._lanes = {settings.raw_prefix: "files", settings.cdc_prefix: "changes"}
        self._entities = frozenset(settings.entities.split(","))

    def process(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Record every object of an SQS event; messages that failed go back to the queue one by one."""
        failed: list[dict[str, str]] = []
        unrecognised: Counter[str] = Counter()
        try:
            messages = [(str(item["messageId"]), str(item["body"])) for item in event["Records"]]
        except (KeyError, TypeError) as error:
            raise MalformedEventError("the event is no SQS event") from error
        for message_id, body in messages:
            try:
                unrecognised.update(self._record(body))
            except FunctionError as error:
                log.error("not recorded", extra={"code": error.code, "reason": str(error), "message_id": message_id})
                failed.append({"itemIdentifier": message_id})
        if unrecognised:
            self._metrics.put({prefix: {"ObjectsUnrecognised": count} for prefix, count in unrecognised.items()})
        return {"batchItemFailures": failed}

    def _record(self, body: str) -> list[str]:
        """Write the rows of one notification; return the prefix of each object that cannot be placed."""
        unrecognised: list[str] = []
        for landed in parse_notification(body):
            item = ledger_item(landed, self._lanes, self._entities)
            new = self._ledger.add(item)
            said = {"object_key": landed.object_key, "row": item["pk"]["S"], "state": item["state"]["S"], "new": new}
            log.info("landed", extra=said)
            if "pending" not in item:
                unrecognised.append(landed.prefix)
        return unrecognised


@cache
def _landing() -> Landing:
    return Landing(load(Settings))


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """The entry point that Lambda calls."""
    return _landing().process(event)
