"""The data API as a program calls it: records of an entity, one by one, by the page or in batches."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import quote, urlencode
from uuid import uuid4

from txplatform.client import jsontext
from txplatform.client.batches import BatchResult, Operation, batches
from txplatform.client.errors import Problem, UnexpectedAnswerError
from txplatform.client.listing import Order, Query, RecordList
from txplatform.client.problems import further_violations, violation
from txplatform.client.timing import Clock, Retries
from txplatform.client.tokens import ClientCredentials
from txplatform.client.transport import CORRELATION_HEADER, Answer, Request, Transport
from txplatform.client.values import Key, KeyValue, Record, Typing, record_key
from txplatform.contracts.model import Contract
from txplatform.contracts.names import API_VERSION

_MERGE_PATCH = "application/merge-patch+json"
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as the API answers it. `etag` is what `if_match` takes; `created` says that it was not there before.

    `masked` names the personal fields that are left out because the client lacks their scope; ("*",) is all of them.
    """

    record: dict[str, Any]
    etag: str | None
    created: bool
    correlation_id: str
    masked: tuple[str, ...] = ()


class DataApi:
    """A client of the data API, for any number of threads.

    Every call is tried again where that may help, within its total time: each is safe to repeat. Close it when done, or
    use it in a `with` statement.
    """

    def __init__(
        self,
        url: str,
        credentials: ClientCredentials,
        *,
        retries: Retries | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._transport = Transport(url, credentials, retries or Retries(), clock or Clock())

    def entity(self, name: str, contract: Contract | None = None) -> "Records":
        """Return the records of an entity; with its contract, values have their types and keys are known."""
        return Records(self._transport, name, contract)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Records:
    """The records of one entity. Methods raise the errors of `txplatform.client.errors`.

    `correlation_id` follows the call into logs and, with a write, into the lake; without one the API makes its own.
    """

    def __init__(self, transport: Transport, name: str, contract: Contract | None) -> None:
        self._transport = transport
        self._path = f"/{API_VERSION}/{quote(name, safe='')}"
        self._typing = Typing(contract)

    def get(self, key: Key, *, correlation_id: str | None = None) -> StoredRecord:
        """Read a record, strongly consistent; raise NotFoundError."""
        return self._stored(self._call("GET", self._at(record_key(key)), correlation_id=correlation_id))

    def get_if_changed(self, key: Key, etag: str, *, correlation_id: str | None = None) -> StoredRecord | None:
        """Read a record whose ETag is another one by now, else return None; raise NotFoundError."""
        headers = {"if-none-match": etag}
        answer = self._call("GET", self._at(record_key(key)), None, headers, correlation_id)
        return None if answer.status == HTTPStatus.NOT_MODIFIED else self._stored(answer)

    def list(
        self,
        where: Mapping[str, KeyValue] | None = None,
        *,
        personal: Mapping[str, KeyValue] | None = None,
        order: Order | None = None,
        fields: Iterable[str] = (),
        page_size: int | None = None,
        correlation_id: str | None = None,
    ) -> RecordList:
        """Iterate over the records, or over those that an index looks up; see `Query`.

        Personal fields are known by the contract; without one, name them in `personal`.
        """
        found = dict(where or {})
        hidden = {name: found.pop(name) for name in self._typing.personal & found.keys()} | dict(personal or {})

        def fetch(query: Query, cursor: str | None) -> tuple[dict[str, Any], tuple[str, ...]]:
            answer = self._call("GET", self._path + query.parameters(cursor), None, query.headers(), correlation_id)
            return _object(answer), _masked(answer)

        return RecordList(fetch, Query(found, hidden, order, tuple(fields), page_size), self._typing)

    def create(
        self, record: Record, *, idempotency_key: str | None = None, correlation_id: str | None = None
    ) -> StoredRecord:
        """Create a record; the same one again is no error. Raise AlreadyExistsError, StaleVersionError."""
        headers = {"idempotency-key": idempotency_key or str(uuid4())}
        return self._stored(self._call("POST", self._path, record, headers, correlation_id))

    def replace(
        self,
        record: Record,
        key: Key | None = None,
        *,
        if_match: str | None = None,
        if_none_match: str | None = None,
        idempotency_key: str | None = None,
        correlation_id: str | None = None,
    ) -> StoredRecord:
        """Create or replace a record by the version rule; `key` may be left out with a contract.

        Raise StaleVersionError, VersionConflictError, PartitionImmutableError, PreconditionFailedError.
        """
        headers = _preconditions(if_match, if_none_match, idempotency_key)
        path = self._at(self._typing.key(record) if key is None else record_key(key))
        return self._stored(self._call("PUT", path, record, headers, correlation_id))

    def patch(
        self,
        key: Key,
        changes: Record,
        *,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        correlation_id: str | None = None,
    ) -> StoredRecord:
        """Change fields of a record by a JSON merge patch (RFC 7396): None removes one; raise as `replace` does."""
        headers = _preconditions(if_match, None, idempotency_key or str(uuid4())) | {"content-type": _MERGE_PATCH}
        return self._stored(self._call("PATCH", self._at(record_key(key)), changes, headers, correlation_id))

    def delete(
        self,
        key: Key,
        *,
        version: str | int | None = None,
        if_match: str | None = None,
        idempotency_key: str | None = None,
        correlation_id: str | None = None,
    ) -> None:
        """Delete a record: at `version`, also before it arrives, or else what is stored, if any (NotFoundError)."""
        query = "" if version is None else f"?{urlencode({'version': version})}"
        repeated = idempotency_key or (str(uuid4()) if version is None else None)
        headers = _preconditions(if_match, None, repeated)
        self._call("DELETE", self._at(record_key(key)) + query, None, headers, correlation_id)

    def batch(self, operations: Iterable[Operation], *, correlation_id: str | None = None) -> Iterator[BatchResult]:
        """Apply operations and give the result of each, in order, request by request as they are consumed."""
        for chunk, body in batches(operations):
            path = f"{self._path}/batch"
            page = _object(self._call("POST", path, body, correlation_id=correlation_id))
            results = cast("Sequence[dict[str, Any]]", page["results"])
            if [result["index"] for result in results] != list(range(len(chunk))):
                raise UnexpectedAnswerError(Problem(200, "batch_in_part", "the API answered a batch in part"))
            for operation, result in zip(chunk, results, strict=True):
                violations = tuple(violation(reason) for reason in result.get("errors", ()))
                more = further_violations(result)
                retryable = result.get("retryable", False)
                yield BatchResult(operation, result["key"], result["status"], violations, more, retryable)

    def upsert_all(self, records: Iterable[Record], *, correlation_id: str | None = None) -> Iterator[BatchResult]:
        """Create or replace records in batches by the version rule; give the result of each, in order."""
        return self.batch((Operation("upsert", record) for record in records), correlation_id=correlation_id)

    def patch_all(self, changes: Iterable[Record], *, correlation_id: str | None = None) -> Iterator[BatchResult]:
        """Change fields of records in batches: each names its key and version, and None removes a field.

        One that finds no record is not carried out, and its result is `retryable`.
        """
        return self.batch((Operation("patch", record) for record in changes), correlation_id=correlation_id)

    def _at(self, key: str) -> str:
        return f"{self._path}/{quote(key, safe='')}"

    def _call(
        self,
        method: str,
        path: str,
        content: Record | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        correlation_id: str | None = None,
    ) -> Answer:
        body = jsontext.dumps(jsontext.fields(content)) if isinstance(content, Mapping) else content
        sent = {
            "accept": _JSON,
            **({} if body is None else {"content-type": _JSON}),
            **(headers or {}),
            **({CORRELATION_HEADER: correlation_id} if correlation_id else {}),
        }
        return self._transport.call(Request(method, path, body, sent))

    def _stored(self, answer: Answer) -> StoredRecord:
        record = self._typing.record(_object(answer))
        created = answer.status == HTTPStatus.CREATED
        return StoredRecord(record, answer.headers.get("etag"), created, answer.correlation_id, _masked(answer))


def _preconditions(if_match: str | None, if_none_match: str | None, idempotency_key: str | None) -> dict[str, str]:
    """Return the headers of a write; a conditional one has a key, so that its repetition does not refute it."""
    conditions = {"if-match": if_match, "if-none-match": if_none_match}
    given = {name: value for name, value in conditions.items() if value is not None}
    key = idempotency_key or (str(uuid4()) if given else None)
    return given | ({"idempotency-key": key} if key else {})


def _masked(answer: Answer) -> tuple[str, ...]:
    return tuple(filter(None, answer.headers.get("masked-fields", "").split(", ")))


def _object(answer: Answer) -> dict[str, Any]:
    try:
        document = jsontext.loads(answer.body)
    except ValueError:
        document = None
    if isinstance(document, dict):
        return cast("dict[str, Any]", document)
    detail = "the answer is no JSON object"
    problem = Problem(answer.status, "unreadable", detail, correlation_id=answer.correlation_id)
    raise UnexpectedAnswerError(problem)
