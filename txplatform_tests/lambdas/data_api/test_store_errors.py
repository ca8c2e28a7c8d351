"""An error of DynamoDB means the same for a request, whichever route met it."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ParamValidationError

from lambdas.data_api import handler as module
from lambdas.data_api.store_errors import translated
from lambdas.shared.errors import ItemTooLargeError, StoreRefusedError, StoreUnavailableError
from txplatform_tests.lambdas.data_api.conftest import Reply


def of_aws(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


UNAVAILABLE = [
    of_aws("ProvisionedThroughputExceededException"),
    of_aws("InternalServerError"),
    of_aws("ResourceNotFoundException"),
    of_aws("AccessDeniedException"),
    EndpointConnectionError(endpoint_url="https://dynamodb"),
]
REFUSED = [of_aws("ValidationException"), of_aws("SerializationException"), ParamValidationError(report="no")]
TOO_LARGE = of_aws("ValidationException", "Item size has exceeded the maximum allowed size")


def named(error: Exception) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        *((error, StoreUnavailableError) for error in UNAVAILABLE),
        *((error, StoreRefusedError) for error in REFUSED),
        (TOO_LARGE, ItemTooLargeError),
    ],
    ids=lambda item: named(item) if isinstance(item, Exception) else "",
)
def test_what_an_error_means(error: Exception, kind: type[Exception]) -> None:
    assert type(translated("a-table", error)) is kind


class Failing:
    """DynamoDB of which every call on a table of records fails alike."""

    def __init__(self, dynamodb: Any, error: Exception) -> None:
        self._dynamodb = dynamodb
        self._error = error

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            if arguments.get("TableName", "payments").endswith("payments"):
                raise self._error
            return getattr(self._dynamodb, operation)(**arguments)

        return call


ROUTES = [
    ("GET", "/v1/payments/pay_1", None, {}),
    ("GET", "/v1/payments", None, {}),
    ("GET", "/v1/payments", {"customer_id": "cus_1"}, {}),
    ("POST", "/v1/payments", None, {}),
    ("PUT", "/v1/payments/pay_1", None, {}),
    ("PUT", "/v1/payments/pay_1", None, {"if_match": "*"}),
    ("PUT", "/v1/payments/pay_1", None, {"idempotency_key": "key-1"}),
    ("DELETE", "/v1/payments/pay_1", None, {}),
]


@pytest.mark.parametrize(("method", "path", "query", "headers"), ROUTES)
@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(UNAVAILABLE[0], 503, "store_unavailable"), (REFUSED[0], 500, "store_refused")],
    ids=["unavailable", "refused"],
)
def test_every_route_answers_it_alike(
    call: Callable[..., Reply],
    payment: dict[str, Any],
    dynamodb: Any,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    path: str,
    query: dict[str, str] | None,
    headers: dict[str, str],
    error: Exception,
    status: int,
    code: str,
) -> None:
    monkeypatch.setattr(module, "client", lambda _: Failing(dynamodb, error))
    answer = call(method, path, payment, query=query, **headers)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert ("retry-after" in answer.headers) is (status == 503), "what is refused for good is not to be repeated"
