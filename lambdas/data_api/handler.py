"""Composition root of `data_api`: an HTTP API event (payload 2.0) in, an HTTP answer out."""

import time
from dataclasses import replace
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.data_api.adapters import EntityTables
from lambdas.data_api.audit import Entry
from lambdas.data_api.core import check_in_force, parse_request, provenance_of_call
from lambdas.data_api.cursors import Cursors
from lambdas.data_api.documents import Documents, is_document
from lambdas.data_api.idempotency import Receipts
from lambdas.data_api.listing import Listing
from lambdas.data_api.page_reads import PageReads
from lambdas.data_api.problem import Answer, problem
from lambdas.data_api.records import Records
from lambdas.data_api.settings import Settings
from lambdas.shared import correlation
from lambdas.shared.aws import client
from lambdas.shared.errors import DecodeError, FunctionError
from lambdas.shared.initialization import made_at_init
from lambdas.shared.logging import correlated, logger
from lambdas.shared.registry import CurrentSchema, SchemaRegistry
from lambdas.shared.remaining_time import limited_to
from lambdas.shared.settings import load

# Of every answer that says nothing else of caches: masked or not, and of problems too, so that none has to be asked
# whether it shows something of a person. https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.5
NOT_KEPT = "no-store"

log = logger("data_api")


class DataApi:
    """The function with all it is wired to."""

    def __init__(self, settings: Settings) -> None:
        dynamodb = client("dynamodb")
        self._registry = SchemaRegistry(dynamodb, settings.registry_table)
        self._documents = Documents(self._registry, settings.release)
        self._listing = Listing(PageReads(dynamodb, settings.table), Cursors(self._registry.cursor_key))
        tables = EntityTables(dynamodb, settings.table, settings.tombstone_days)
        self._records = Records(tables, Receipts(dynamodb, settings.idempotency_table, time.time))

    def process(self, event: dict[str, Any]) -> Answer:
        """Answer one request, under its correlation id; what goes wrong becomes a problem document."""
        correlation_id = correlation.of_request(event)
        provenance = provenance_of_call(event, correlation_id)
        with correlated(log, correlation_id, request_id=provenance.request_id):
            answer = self._answer(event, Entry.of_request(event, provenance))
        headers = {"cache-control": NOT_KEPT, **answer.headers, correlation.HEADER: correlation_id}
        return replace(answer, headers=headers)

    def _answer(self, event: dict[str, Any], audit: Entry) -> Answer:
        try:
            check_in_force(event, time.time(), may_be_open=is_document(event))
            document = self._documents.answer(event)
            if document is not None:
                return document
            request = parse_request(event, audit)
            routes = self._listing if request.action == Listing.ACTION else self._records
            answer = routes.answer(CurrentSchema(self._registry, request.entity), request)
        except FunctionError as error:
            answer = problem(error)
            if answer.status >= 500 or isinstance(error, DecodeError):
                log.error("not answered", extra={"code": error.code, "reason": str(error)})
        if answer.outcome:  # of a batch, each operation has its own line
            audit.write(answer.outcome, answer.code)
        return answer


@made_at_init
@cache
def _data_api() -> DataApi:
    return DataApi(load(Settings))


@log.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The entry point that Lambda calls."""
    with limited_to(context.get_remaining_time_in_millis()):
        return _data_api().process(event).as_payload()
