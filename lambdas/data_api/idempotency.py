"""Idempotency keys: a request that comes again with its key gets the answer that it got, and has its effect once.

The row with the answer to a write of one record is written in the transaction that writes the record: both are there,
or neither is, whenever a function dies. A batch is too large for a transaction, so its row is claimed before it is
carried out. When the function dies before it has answered, the claim ends, and the batch is carried out again: its
operations have versions, so that each takes effect once.
"""

import gzip
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from lambdas.data_api import audit
from lambdas.data_api.core import Request
from lambdas.data_api.errors import IdempotencyKeyInUseError, IdempotencyKeyReusedError, MalformedRequestError
from lambdas.data_api.preconditions import HEADERS
from lambdas.data_api.problem import Answer
from lambdas.data_api.store_errors import translated
from lambdas.shared.aws import AWS_ERRORS, refused_item
from lambdas.shared.jsonio import dumps, loads

HEADER = "idempotency-key"
REPLAYED = "idempotency-replayed"
LIFE_SECONDS = 24 * 3600
CLAIM_SECONDS = 30  # no invocation lasts longer
MAX_ANSWER_BYTES = 300_000  # of a row, compressed: an item of DynamoDB holds 400 KB

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
_CLAIMED_UNTIL = "claimed_until"
_NAMES = {"#id": "id", "#expires": "expires_at", "#fingerprint": "fingerprint", "#answer": "answer"}
_IF_FREE = "attribute_not_exists(#id) OR #expires < :now"
_IF_UNANSWERED = f"{_IF_FREE} OR (#fingerprint = :fingerprint AND attribute_not_exists(#answer))"
_IF_UNCLAIMED = (
    f"{_IF_FREE} OR (#fingerprint = :fingerprint AND attribute_not_exists(#answer) AND #claimed_until < :now)"
)


class AnsweredMeanwhileError(Exception):
    """Another request with the same key was first; `row` is what it left."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self.row = row


@dataclass(slots=True)
class Receipt:
    """The row of one request. `is_kept` says that it holds the answer.

    `sees_personal` is of the caller who asks now: an entity tag is made of what a caller sees.
    """

    table: str
    row_id: str
    fingerprint: str
    now: float
    sees_personal: bool
    is_kept: bool = False

    def keeping(self, answer: Answer) -> dict[str, Any]:
        """A put of the row with the answer, for a call or a transaction; fails where there is one."""
        return self._put({"answer": {"B": _packed(answer, self.sees_personal)}}, _IF_UNANSWERED, _NAMES)

    def claiming(self) -> dict[str, Any]:
        """A put of the row with a claim, as long as an invocation may last; fails where one holds, or an answer."""
        until = {"N": str(int(self.now) + CLAIM_SECONDS)}
        return self._put({_CLAIMED_UNTIL: until}, _IF_UNCLAIMED, {**_NAMES, "#claimed_until": _CLAIMED_UNTIL})

    def releasing(self) -> dict[str, Any]:
        """A put of the row with a claim that has ended."""
        return self._put({_CLAIMED_UNTIL: {"N": "0"}}, _IF_UNANSWERED, _NAMES)

    def _put(self, attributes: Mapping[str, Any], condition: str, names: Mapping[str, str]) -> dict[str, Any]:
        row = {
            "id": {"S": self.row_id},
            "fingerprint": {"S": self.fingerprint},
            "expires_at": {"N": str(int(self.now) + LIFE_SECONDS)},
            **attributes,
        }
        values = {":now": {"N": str(int(self.now))}, ":fingerprint": {"S": self.fingerprint}}
        return {
            "TableName": self.table,
            "Item": row,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": dict(names),
            "ExpressionAttributeValues": values,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }


class Receipts:
    """The table of rows; each is that of one key of one client."""

    def __init__(self, dynamodb: Any, table: str, clock: Callable[[], float]) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._clock = clock

    def open(self, request: Request) -> Receipt | None:
        """The receipt that a request asks for by its header; raise MalformedRequestError."""
        key = request.headers.get(HEADER)
        if key is None or request.action.partition(" ")[0] not in _UNSAFE:
            return None
        if not _KEY.fullmatch(key):
            raise MalformedRequestError(f"{HEADER} must be 1 to 255 visible characters of ASCII")
        row_id, fingerprint = _row_id(request.caller, key), _fingerprint(request)
        return Receipt(self._table, row_id, fingerprint, self._clock(), request.sees_personal)

    def find(self, receipt: Receipt) -> Answer | None:
        """The answer that the same request got; raise where the key is another's, or its request under way."""
        try:
            key = {"id": {"S": receipt.row_id}}
            row = self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        except AWS_ERRORS as error:
            raise translated(self._table, error) from error
        if row is None or float(row["expires_at"]["N"]) < receipt.now:
            return None
        return self.replay(receipt, row)

    def replay(self, receipt: Receipt, row: Mapping[str, Any]) -> Answer | None:
        """The answer in a row; None where its claim has ended without one."""
        if row["fingerprint"]["S"] != receipt.fingerprint:
            raise IdempotencyKeyReusedError(f"the {HEADER} was used for another request")
        if "answer" in row:
            receipt.is_kept = True
            return _unpacked(row["answer"]["B"], receipt.sees_personal)
        seconds = int(row[_CLAIMED_UNTIL]["N"]) - int(self._clock())
        if seconds >= 0:
            message = f"the request with this {HEADER} is under way"
            raise IdempotencyKeyInUseError(message, {"retry-after": str(seconds + 1)})
        return None

    def answer_of_other(self, receipt: Receipt, row: Mapping[str, Any]) -> Answer:
        """The answer of the request that was first; raise where there is none, so that this one comes again."""
        answer = self.replay(receipt, row)
        if answer is None:
            raise IdempotencyKeyInUseError(f"the request with this {HEADER} has just ended without an answer")
        return answer

    def claim(self, receipt: Receipt) -> None:
        """Claim the row; raise AnsweredMeanwhileError where another request has it."""
        self._put(receipt.claiming())

    def release(self, receipt: Receipt) -> None:
        """End a claim, so that the request may come again at once."""
        try:
            self._put(receipt.releasing())
        except AnsweredMeanwhileError:
            receipt.is_kept = True

    def keep(self, receipt: Receipt, answer: Answer) -> Answer:
        """Keep an answer, and return the one that is kept: another request with the key may have been first."""
        if receipt.is_kept:
            return answer
        try:
            self._put(receipt.keeping(answer))
        except AnsweredMeanwhileError as meanwhile:
            return self.answer_of_other(receipt, meanwhile.row)
        return answer

    def _put(self, put: Mapping[str, Any]) -> None:
        try:
            self._dynamodb.put_item(**put)
        except AWS_ERRORS as error:
            row = refused_item(error)
            if row is not None:
                raise AnsweredMeanwhileError(row) from error
            raise translated(self._table, error) from error


def _row_id(caller: tuple[str, str], key: str) -> str:
    """The row of a caller's key. The caller is hashed: a key of DynamoDB has 2,048 bytes, and clients name themselves.

    Two issuers may give the same id to different clients.
    """
    return f"{hashlib.sha256(dumps(caller).encode()).hexdigest()}#{key}"


def _fingerprint(request: Request) -> str:
    """What makes two requests the same: what they ask for, not who asked when."""
    conditions = [request.headers.get(name) for name in HEADERS]
    asked = [request.action, request.entity, request.key, dict(sorted(request.query.items())), conditions, request.body]
    return hashlib.sha256(dumps(asked).encode()).hexdigest()


def _packed(answer: Answer, sees_personal: bool) -> bytes:
    around = [int(answer.status), dict(answer.headers), answer.shows_record, sees_personal]
    packed = gzip.compress(dumps([*around, answer.body]).encode(), mtime=0)
    if len(packed) > MAX_ANSWER_BYTES:
        packed = gzip.compress(dumps([*around, None]).encode(), mtime=0)
    return packed


def _unpacked(packed: bytes, sees_personal: bool) -> Answer:
    """The answer, without a tag that is of what another scope sees."""
    status, headers, *around, body = loads(gzip.decompress(packed).decode())
    # A row of a release that masked nothing says neither; it is gone after a day.
    shows_record, of_scope = around or (isinstance(body, dict) and "code" not in body, None)
    if of_scope is not sees_personal:
        headers.pop("etag", None)
    return Answer(HTTPStatus(status), body, {**headers, REPLAYED: "true"}, shows_record, audit.REPLAYED)
