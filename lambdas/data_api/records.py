"""The routes of the data API: each takes a request and gives an answer; errors are raised, never answered here.

What does not fit the kept schema, a request or a stored item, is tried again with the one published meanwhile; so is a
conflict of versions, which the newer contract's tie-breakers may resolve.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from lambdas.data_api.batch import Batches
from lambdas.data_api.checks import Checks, check_key
from lambdas.data_api.core import Request, check_query
from lambdas.data_api.errors import (
    InsufficientScopeError,
    NoSuchRouteError,
    NotFoundError,
    RequestError,
    VersionConflictError,
)
from lambdas.data_api.idempotency import AnsweredMeanwhileError, Receipt, Receipts
from lambdas.data_api.personal import PersonalScope
from lambdas.data_api.preconditions import Preconditions
from lambdas.data_api.problem import Answer, problem
from lambdas.data_api.writes import DELETE, RecordWrites, Tables
from lambdas.shared.errors import DecodeError, FunctionError, InvalidJsonError, InvalidRecordError
from lambdas.shared.registry import CurrentSchema
from lambdas.shared.schema import EntitySchema

_KEPT_ERRORS = (RequestError, InvalidRecordError, InvalidJsonError)  # the same request meets them again


class Records:
    """The routes over a store, and the receipts of requests with an idempotency key."""

    def __init__(self, tables: Tables, receipts: Receipts, checks: Checks | None = None) -> None:
        self._tables = tables
        self._receipts = receipts
        checks = checks or Checks()
        self._batches = Batches(tables, checks)
        writes = RecordWrites(tables, checks)
        self._writes: Mapping[str, Callable[[EntitySchema, Request, Receipt | None], Answer]] = {
            "POST": writes.create,
            "PUT {key}": writes.replace,
            "PATCH {key}": writes.patch,
            DELETE: writes.delete,
        }

    def answer(self, current: CurrentSchema, request: Request) -> Answer:
        """Answer a request; one that came before with its idempotency key gets the same answer.

        What is kept is whole. Here, after all else, it is masked for the caller who asks.
        """
        answer = self._whole_answer(current, request)
        return PersonalScope.of(current.schema, request).masked(answer)

    def _whole_answer(self, current: CurrentSchema, request: Request) -> Answer:
        receipt = self._receipts.open(request)
        if receipt is None:
            return self._dispatch(current, request, None)
        kept = self._receipts.find(receipt)
        if kept is not None:
            return kept
        try:
            answer = self._dispatch(current, request, receipt)
        except _KEPT_ERRORS as error:
            if error.retryable or isinstance(error, InsufficientScopeError):  # which another token may better
                raise
            answer = problem(error)
        except AnsweredMeanwhileError as meanwhile:
            return self._receipts.answer_of_other(receipt, meanwhile.row)
        return self._receipts.keep(receipt, answer)

    def _dispatch(self, current: CurrentSchema, request: Request, receipt: Receipt | None) -> Answer:
        """Dispatch by the request's action."""
        if request.action == "POST batch":
            return self._batch(current, request, receipt)
        schema = current.schema
        try:
            return self._route(schema, request, receipt)
        except (DecodeError, InvalidRecordError, VersionConflictError):
            newer = current.newer_than(schema)
            if newer is None:
                raise
            return self._route(newer, request, receipt)

    def _route(self, schema: EntitySchema, request: Request, receipt: Receipt | None) -> Answer:
        if request.action in self._writes:
            return self._writes[request.action](schema, request, receipt)
        if request.action == "GET {key}":
            return self.read(schema, request)
        raise NoSuchRouteError(f"no route {request.action!r}")

    def _batch(self, current: CurrentSchema, request: Request, receipt: Receipt | None) -> Answer:
        if receipt is None:
            return self._batches.answer(current, request)
        self._receipts.claim(receipt)
        try:
            return self._batches.answer(current, request)
        except FunctionError as error:
            if error.retryable:
                self._receipts.release(receipt)
            raise

    def read(self, schema: EntitySchema, request: Request) -> Answer:
        check_query(request.query, ())
        check_key(schema, request)
        preconditions = Preconditions.parse(request.headers)
        stored = self._tables.read(schema, request.key)
        if stored is None or stored.deleted:
            raise NotFoundError(f"there is no {schema.entity} {request.key!r}")
        record = stored.record
        headers = {"etag": PersonalScope.of(schema, request).tag(record)}
        preconditions.check_match(headers["etag"])
        if preconditions.is_not_modified(headers["etag"]):
            return Answer(HTTPStatus.NOT_MODIFIED, None, headers)
        return Answer(HTTPStatus.OK, record, headers, shows_record=True)
