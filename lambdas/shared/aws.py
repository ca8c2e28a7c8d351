"""The functions' AWS clients: each made once per container, on first use, and shared between threads.

The only module that imports boto3 and botocore.
"""

import threading
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from lambdas.shared import remaining_time


class OutOfTimeError(BotoCoreError):
    """No time is left for another attempt of a call; the client does not try again after it."""

    fmt = "the invocation has no time left for the call"


AWS_ERRORS: tuple[type[Exception], ...] = (ClientError, BotoCoreError)

_CONFIG = Config(
    connect_timeout=2, read_timeout=10, max_pool_connections=32, retries={"mode": "standard", "total_max_attempts": 3}
)
# An alert is published once and briefly: no invocation may outlive its time by waiting for it.
_BRIEF = _CONFIG.merge(Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 1}))
# DynamoDB answers within milliseconds or not at all; three attempts and the pauses between them take 18 seconds.
_QUICK = _CONFIG.merge(Config(connect_timeout=1, read_timeout=4))
_CONFIGS = {"sns": _BRIEF, "dynamodb": _QUICK}
_making = threading.Lock()


@cache
def _session() -> Any:  # boto3's types know clients by literal names of services alone
    return boto3.Session()


@cache
def _make(service: str) -> Any:
    made = _session().client(service, config=_CONFIGS.get(service, _CONFIG))
    longest = made.meta.config.connect_timeout + made.meta.config.read_timeout

    def refuse_when_late(**_: Any) -> None:
        if not remaining_time.allows(longest):
            raise OutOfTimeError

    made.meta.events.register_first("before-send", refuse_when_late)
    return made


def client(service: str) -> Any:
    """The container's client of a service, e.g. "dynamodb"; region, endpoint and credentials come from the runtime."""
    with _making:
        return _make(service)


class Fault(Enum):
    """What an error of AWS means for the call that failed."""

    CONDITION = "another item stands in the way"
    CONFLICT = "another transaction writes the same item; the same call may succeed at once"
    TOO_LARGE = "the item is larger than DynamoDB takes"
    INVALID = "AWS refuses the call, whenever it is made"
    UNAVAILABLE = "the same call may succeed later"


# Whatever is not listed is UNAVAILABLE: throttling, AWS's own faults, no connection, and what an operator corrects
# while the caller retries (a missing table, a missing permission).
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
_FAULTS: Mapping[str, Fault] = {
    "ConditionalCheckFailedException": Fault.CONDITION,
    "ConditionalCheckFailed": Fault.CONDITION,  # so in the reasons of a cancelled transaction
    "TransactionConflictException": Fault.CONFLICT,
    "TransactionConflict": Fault.CONFLICT,
    "ItemCollectionSizeLimitExceededException": Fault.TOO_LARGE,
    "ItemCollectionSizeLimitExceeded": Fault.TOO_LARGE,
    "ValidationException": Fault.INVALID,
    "ValidationError": Fault.INVALID,
    "SerializationException": Fault.INVALID,
    "ParamValidationError": Fault.INVALID,
}
_ITEM_SIZE = "maximum allowed size"


def error_code(error: Exception) -> str:
    """The code that AWS gives the error, or the name of its class where AWS was not reached."""
    code = error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None
    return code or type(error).__name__


def fault_of(error: Exception) -> Fault:
    """What an error of AWS_ERRORS means."""
    message = error.response.get("Error", {}).get("Message", "") if isinstance(error, ClientError) else ""
    return _fault(error_code(error), message)


def _fault(code: str, message: str) -> Fault:
    fault = _FAULTS.get(code, Fault.UNAVAILABLE)
    return Fault.TOO_LARGE if fault is Fault.INVALID and _ITEM_SIZE in message else fault


def refused_item(error: Exception) -> dict[str, Any] | None:
    """The stored item that made a DynamoDB condition fail ({} without one), or None when the error is another."""
    if fault_of(error) is not Fault.CONDITION or not isinstance(error, ClientError):
        return None
    return cast("dict[str, Any]", error.response).get("Item", {})


def cancellation(error: Exception) -> list[tuple[Fault | None, dict[str, Any]]]:
    """Why a transaction was cancelled: a fault, or None, and the item in the way for each of its actions, in order.

    Empty when the error is another.
    """
    reasons = cast("Any", error.response).get("CancellationReasons", ()) if isinstance(error, ClientError) else ()
    return [
        (
            None if reason.get("Code", "None") == "None" else _fault(reason["Code"], reason.get("Message", "")),
            reason.get("Item", {}),
        )
        for reason in reasons
    ]
