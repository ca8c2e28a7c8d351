"""Takes off what is around a payload: SNS, EventBridge, CloudEvents, arrays and gzip, in each other in any order.

A payload may be a FIX message, as a text or in any of them.

https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

import base64
import binascii
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from lambdas.shared.errors import InvalidJsonError
from lambdas.shared.jsonio import Limits, loads
from lambdas.shared.mapping import fix
from lambdas.shared.mapping.refusals import Refusal, RefusedError

MAX_ENVELOPES = 5  # in each other
MAX_PAYLOADS = 1_000  # of one message
MAX_BYTES = 4 * 1024 * 1024  # of one message, once it is unpacked
LIMITS = Limits(depth=32, text=1_048_576)  # a text may be as long as the longest message of SQS

_GZIP = "H4sI"  # how base64 of gzip begins
_NOTIFICATION = frozenset(("Type", "MessageId", "TopicArn", "Message"))
_EVENT = frozenset(("version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"))
_CLOUD_EVENT = frozenset(("specversion", "id", "source", "type"))


@dataclass(frozen=True, slots=True)
class EnvelopeId:
    """The id that an envelope gives what is in it."""

    envelope: str
    id: str

    def as_dict(self) -> dict[str, str]:
        return {"envelope": self.envelope, "id": self.id}


Ids = tuple[EnvelopeId, ...]


class Payload(NamedTuple):
    """One payload with the ids of the envelopes around it, the outermost first."""

    value: Any
    ids: Ids


class Unwrapped(NamedTuple):
    """What a message holds: its payloads, and why others cannot be reached."""

    payloads: tuple[Payload, ...]
    refusals: tuple[Refusal, ...]

    @property
    def ids(self) -> Ids:
        """The ids of all envelopes, each once."""
        return tuple(dict.fromkeys(found for payload in self.payloads for found in payload.ids))


def unwrap(text: str, envelopes: Collection[str]) -> Unwrapped:
    """Take off these envelopes. Whatever the text is, what cannot be read becomes a refusal."""
    reader = _Reader(envelopes)
    reader.read_text(text, (), 0)
    if reader.has_too_many:
        return Unwrapped((), (Refusal("too_many", f"holds more than {MAX_PAYLOADS} payloads"),))
    return Unwrapped(tuple(reader.payloads), tuple(reader.refusals))


class _Reader:
    def __init__(self, envelopes: Collection[str]) -> None:
        self._envelopes = envelopes
        self._bytes_left = MAX_BYTES
        self.payloads: list[Payload] = []
        self.refusals: list[Refusal] = []
        self.has_too_many = False

    def read_text(self, text: str, ids: Ids, depth: int) -> None:
        try:
            if "gzip" in self._envelopes and text.startswith(_GZIP):
                self._check_depth(depth)
                self.read_text(self._unpack(text), ids, depth + 1)
            elif self._is_fix(text):
                self._keep(fix.decode(text), ids)
            else:
                self.read(loads(text, LIMITS), ids, depth)
        except InvalidJsonError as error:
            self._refuse(error.code, str(error))
        except RefusedError as error:
            self._refuse(error.rule, error.message)

    def read(self, value: Any, ids: Ids, depth: int) -> None:
        if isinstance(value, list) and "array" in self._envelopes:
            self._check_depth(depth)
            items = cast("list[Any]", value)
            self.has_too_many = self.has_too_many or len(items) > MAX_PAYLOADS
            for item in items:
                if self.has_too_many:
                    break
                self._read_inner(item, ids, depth + 1)
        elif isinstance(value, dict):
            self._read_object(cast("dict[str, Any]", value), ids, depth)
        elif isinstance(value, str) and self._is_fix(value):
            self._keep(fix.decode(value), ids)
        else:
            self._keep(value, ids)

    def _is_fix(self, text: str) -> bool:
        return "fix" in self._envelopes and text.startswith(fix.START)

    def _read_object(self, value: dict[str, Any], ids: Ids, depth: int) -> None:
        if "sns" in self._envelopes and value.keys() >= _NOTIFICATION and value["Type"] == "Notification":
            self._enter("sns", value["MessageId"], value["Message"], ids, depth)
        elif "eventbridge" in self._envelopes and value.keys() >= _EVENT:
            self._enter("eventbridge", value["id"], value["detail"], ids, depth)
        elif "cloudevents" in self._envelopes and value.keys() >= _CLOUD_EVENT and value["specversion"] == "1.0":
            self._enter("cloudevents", value["id"], _data(value), ids, depth)
        else:
            self._keep(value, ids)

    def _enter(self, envelope: str, envelope_id: Any, inner: Any, ids: Ids, depth: int) -> None:
        self._check_depth(depth)
        if not isinstance(envelope_id, str):
            raise RefusedError("envelope", f"the id of the {envelope} envelope is no text")
        self._read_inner(inner, (*ids, EnvelopeId(envelope, envelope_id)), depth + 1)

    def _read_inner(self, value: Any, ids: Ids, depth: int) -> None:
        """Read what an envelope holds: JSON as a text, or a value; one that cannot be read leaves the others."""
        if isinstance(value, str):
            self.read_text(value, ids, depth)
            return
        try:
            self.read(value, ids, depth)
        except RefusedError as error:
            self._refuse(error.rule, error.message)

    def _keep(self, value: Any, ids: Ids) -> None:
        if self._has_room():
            self.payloads.append(Payload(value, ids))

    def _refuse(self, rule: str, message: str) -> None:
        if self._has_room():
            self.refusals.append(Refusal(rule, message))

    def _has_room(self) -> bool:
        """Whether another payload fits, readable or not."""
        self.has_too_many = self.has_too_many or len(self.payloads) + len(self.refusals) == MAX_PAYLOADS
        return not self.has_too_many

    def _check_depth(self, depth: int) -> None:
        if depth == MAX_ENVELOPES:
            raise RefusedError("envelope", f"has more than {MAX_ENVELOPES} envelopes in each other")

    def _unpack(self, text: str) -> str:
        try:
            if self._bytes_left < 0:  # to zlib, no bytes mean no limit
                raise RefusedError("too_large", f"unpacks to more than {MAX_BYTES} bytes")
            packed = base64.b64decode(text, validate=True)
            unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
            unpacked = unpacker.decompress(packed, self._bytes_left + 1)
            self._bytes_left -= len(unpacked)
            if self._bytes_left < 0:
                raise RefusedError("too_large", f"unpacks to more than {MAX_BYTES} bytes")
            if not unpacker.eof or unpacker.unused_data:
                raise RefusedError("envelope", "is cut off, or has something after its end")
            return unpacked.decode()
        except (binascii.Error, zlib.error, UnicodeDecodeError) as error:
            raise RefusedError("envelope", "is no gzip in base64 of a text") from error


def _data(event: dict[str, Any]) -> Any:
    """The data of a CloudEvent, in either of its two forms."""
    packed = event.get("data_base64")
    if packed is None:
        return event.get("data")
    if not isinstance(packed, str) or "data" in event:
        raise RefusedError("envelope", "has no CloudEvents data in one form")
    try:
        return base64.b64decode(packed, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise RefusedError("envelope", "has no text in data_base64") from error
