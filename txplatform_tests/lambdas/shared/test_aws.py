"""What each error of AWS means, and that no call outlives the invocation."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError

from lambdas.data_api.adapters import EntityTables
from lambdas.shared import aws
from lambdas.shared.aws import Fault, OutOfTimeError, cancellation, fault_of, refused_item
from lambdas.shared.errors import ItemTooLargeError, StoreRefusedError, StoreUnavailableError
from lambdas.shared.provenance import Provenance
from lambdas.shared.remaining_time import RESERVED_SECONDS, allows, limited_to
from lambdas.shared.schema import EntitySchema
from txplatform.contracts import names

SIZE = "Item size has exceeded the maximum allowed size"
UPDATED_SIZE = "Item size to update has exceeded the maximum allowed size"


def client_error(code: str, message: str = "", **more: Any) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}, **more}, "PutItem")


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (client_error("ConditionalCheckFailedException"), Fault.CONDITION),
        (client_error("ProvisionedThroughputExceededException"), Fault.UNAVAILABLE),
        (client_error("ThrottlingException"), Fault.UNAVAILABLE),
        (client_error("RequestLimitExceeded"), Fault.UNAVAILABLE),
        (client_error("InternalServerError"), Fault.UNAVAILABLE),
        (client_error("ResourceNotFoundException"), Fault.UNAVAILABLE),
        (client_error("AccessDeniedException"), Fault.UNAVAILABLE),
        (client_error("TransactionConflictException"), Fault.CONFLICT),
        (client_error("ValidationException", "One or more parameter values were invalid"), Fault.INVALID),
        (client_error("ValidationException", SIZE), Fault.TOO_LARGE),
        (
            client_error("ValidationException", "Item size to update has exceeded the maximum allowed size"),
            Fault.TOO_LARGE,
        ),
        (client_error("ItemCollectionSizeLimitExceededException"), Fault.TOO_LARGE),
        (EndpointConnectionError(endpoint_url="https://x"), Fault.UNAVAILABLE),
        (OutOfTimeError(), Fault.UNAVAILABLE),
    ],
    ids=str,
)
def test_each_error_means_one_thing(error: Exception, fault: Fault) -> None:
    assert fault_of(error) is fault
    assert (refused_item(error) is not None) is (fault is Fault.CONDITION)


def test_the_reasons_of_a_cancelled_transaction_are_those_of_its_actions() -> None:
    item = {"pk": {"S": "pay_1"}}
    reasons = [
        {"Code": "None"},
        {"Code": "ConditionalCheckFailed", "Item": item},
        {"Code": "TransactionConflict"},
        {"Code": "ValidationError", "Message": SIZE},
        {"Code": "ThrottlingError"},
    ]
    assert cancellation(client_error("TransactionCanceledException", CancellationReasons=reasons)) == [
        (None, {}),
        (Fault.CONDITION, item),
        (Fault.CONFLICT, {}),
        (Fault.TOO_LARGE, {}),
        (Fault.UNAVAILABLE, {}),
    ]
    assert cancellation(client_error("ThrottlingException")) == []


@pytest.mark.parametrize(
    ("error", "raised", "retryable"),
    [
        (client_error("ValidationException", "Key too long"), StoreRefusedError, False),
        (client_error("ValidationException", SIZE), ItemTooLargeError, False),
        (client_error("ThrottlingException"), StoreUnavailableError, True),
    ],
    ids=str,
)
def test_the_store_raises_what_the_table_says(
    payments: EntitySchema, payment: dict[str, Any], error: ClientError, raised: type[Exception], retryable: bool
) -> None:
    class Failing:
        def put_item(self, **_: Any) -> Any:
            raise error

    with pytest.raises(raised) as found:
        EntityTables(Failing(), names.ENTITY_SLOT, 30).upsert(payments, "pay_1", payment, Provenance("trace-1"))
    assert found.value.retryable is retryable


@pytest.fixture
def silent() -> Iterator[tuple[str, list[socket.socket]]]:
    """An endpoint that takes connections and never answers, with those that it took."""
    server = socket.create_server(("127.0.0.1", 0))
    taken: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                taken.append(server.accept()[0])
            except OSError:
                return

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}", taken
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()
    for each in taken:
        each.close()


@pytest.fixture
def hanging(silent: tuple[str, list[socket.socket]], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Makes the functions' client of DynamoDB, with short timeouts, for the endpoint that never answers."""

    def make(**timeouts: float) -> Any:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": silent[0],
            "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        }.items():
            monkeypatch.setenv(name, value)
        config = Config(**timeouts, retries={"mode": "standard", "total_max_attempts": 3})
        monkeypatch.setitem(aws._CONFIGS, "dynamodb", config)
        monkeypatch.setattr(aws, "_session", boto3.Session)
        return aws._make.__wrapped__("dynamodb")

    return make


def test_a_call_that_hangs_ends_before_the_invocation_does(
    hanging: Callable[..., Any], silent: tuple[str, list[socket.socket]], payments: EntitySchema
) -> None:
    """Of three attempts of half a second, two fit into the time that is left."""
    tables = EntityTables(hanging(connect_timeout=0.1, read_timeout=0.5), names.ENTITY_SLOT, 30)
    ends = time.monotonic() + 3
    with limited_to(3000), pytest.raises(StoreUnavailableError):
        tables.read(payments, "pay_1")
    assert time.monotonic() < ends - RESERVED_SECONDS / 2
    assert 1 <= len(silent[1]) <= 3


def test_no_attempt_begins_that_could_outlive_the_invocation(
    hanging: Callable[..., Any], silent: tuple[str, list[socket.socket]], payments: EntitySchema
) -> None:
    tables = EntityTables(hanging(connect_timeout=1, read_timeout=4), names.ENTITY_SLOT, 30)
    with limited_to(5500), pytest.raises(StoreUnavailableError, match="OutOfTimeError"):
        tables.read(payments, "pay_1")
    assert silent[1] == []


def test_the_time_left_is_that_of_one_context() -> None:
    assert allows(1e9), "outside an invocation there is no limit"
    with limited_to(10_000):
        assert allows(8.5)
        assert not allows(9.5)
    assert allows(1e9)


def test_all_attempts_of_one_call_fit_into_an_invocation() -> None:
    config = aws._CONFIGS["dynamodb"]
    longest = config.connect_timeout + config.read_timeout
    assert 3 * longest + 3 < 29 - RESERVED_SECONDS, "the pauses of the standard mode take up to one and two seconds"
